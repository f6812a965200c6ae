"""An episode as one HTML file that plays in a browser, without a server, a network or a library."""

from sakana_envs.tools.page.write import write_page

__all__ = ["write_page"]
