"""An episode as one HTML file that plays in a browser, without a server, a network or a library."""

from sakana_envs.tools.page.embed import Page
from sakana_envs.tools.page.write import write_page

__all__ = ["Page", "write_page"]
