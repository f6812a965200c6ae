"""The site's settings, for Sphinx. Nothing is loaded from elsewhere: the site can be read from a folder on disk."""

import os
import re
import sys
from pathlib import Path

# Functions for rules are documented as the Python that they are written in.
os.environ["NUMBA_DISABLE_JIT"] = "1"
sys.path.insert(0, str(Path(__file__).parent))

from docstrings import to_restructured_text

project = "sakana_envs"
project_copyright = "the sakana_envs authors, MIT licence"
release = "development"  # docs/publish.py says otherwise for a release
html_title = project
html_show_sphinx = html_show_sourcelink = html_copy_source = False

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx_copybutton", "sphinx_design"]
exclude_patterns = ["templates", "extra", "cards.md"]
templates_path = ["templates"]
html_static_path = ["static"]
html_extra_path = ["extra"]
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_favicon = "static/favicon.svg"
html_show_search_summary = False  # fetched page by page, which a browser doesn't do from a disk

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
suppress_warnings = ["myst.header"]

# A docstring may name only what the reference has. Types in signatures may be anybody's, or the package's own affair.
nitpicky = True
nitpick_ignore_regex = [
    ("py:class", r"(?!sakana_envs\b)\w+\..*"),
    ("py:class", r"sakana_envs\.(core|render\.camera|tools\.describe|wrappers\.others)\..*"),
]
add_module_names = False
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
maximum_signature_line_length = 100
python_use_unqualified_type_names = True
toc_object_entries_show_parents = "hide"

html_theme = "pydata_sphinx_theme"
html_theme_options = {
    "logo": {"image_light": "static/favicon.svg", "image_dark": "static/favicon.svg", "text": project},
    "article_header_start": ["breadcrumbs"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "header_links_before_dropdown": 7,
    "navbar_align": "left",
    "navbar_end": ["versions", "theme-switcher"],
    "navigation_with_keys": False,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "secondary_sidebar_items": ["page-toc"],
    "show_toc_level": 2,
}
html_context = {"default_mode": "auto"}
html_sidebars = {"index": []}


def setup(app):
    """Where this site needs more than Sphinx's settings."""
    app.connect("source-read", _as_on_the_site)
    app.connect("autodoc-process-docstring", _docstring)
    app.connect("autodoc-process-signature", _signature)
    app.connect("html-page-context", _load_pictures_when_seen)


def _as_on_the_site(_app, _name, source):
    """Pages read well in the repository too: here links to examples lead to pages, and the names of files are shown."""
    text = re.sub(r"\]\(\.\./((?:\.\./)?examples/)(?:clients/)?(\w+)\.py\)", r"](\1\2.md)", source[0])
    source[0] = re.sub(r'^```(\w+) title="(.+)"$', r"```{code-block} \1\n:caption: \2\n", text, flags=re.MULTILINE)


def _docstring(_app, _kind, _name, _entry, _options, lines):
    lines[:] = to_restructured_text("\n".join(lines)).splitlines()


def _signature(_app, _kind, _name, _entry, _options, signature, returned):
    """Defaults that Python can't write down, such as functions, are three dots."""
    return signature and re.sub(r"<[^<>]*>", "...", signature), returned


def _load_pictures_when_seen(_app, _page, _template, context, _doctree):
    if "body" in context:
        context["body"] = context["body"].replace("<img ", '<img loading="lazy" ')
