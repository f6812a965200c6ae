"""The documentation's site: built without a warning, its links lead somewhere, nothing in it comes from elsewhere."""

import functools
import http.server
import json
import re
import shutil
import subprocess
import sys
import threading
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from shipped import SHIPPED

import sakana_envs
from sakana_envs import rules

pytest.importorskip("sphinx", reason='the documentation is built with pip install -e ".[docs]"')

ROOT = Path(__file__).resolve().parent.parent
LOADS = {"img": "src", "script": "src", "iframe": "src", "source": "src", "link": "href"}
"""Elements for which a browser fetches something, and where they say what."""
NOT_FETCHED = {"index", "next", "prev", "search"}
WORDS = re.compile(r"\w+ \w+")
"""What the description of a picture has; a name of a file, which Sphinx puts where there is none, hasn't."""
WITHOUT_ADDRESSES = {"about", "data", "javascript", "mailto"}


class Page(HTMLParser):
    """What a page refers to: names of its own parts, links, and what is loaded with it."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.loads, self.alone = set(), [], [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        """Keep what an element refers to."""
        found = dict(attributes)
        self.ids |= {found[name] for name in ("id", "name") if found.get(name)}
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        if tag in LOADS and found.get(LOADS[tag]) and found.get("rel") not in NOT_FETCHED:
            self.loads.append(found[LOADS[tag]])
        if tag == "img" and "_static/" not in found["src"] and not WORDS.search(found.get("alt", "")):
            self.alone.append(found["src"])


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A folder of versions: this checkout's, built in a copy of what the site is made from, and two of a few words."""
    folder = tmp_path_factory.mktemp("published")
    sources = tmp_path_factory.mktemp("sources")
    for name in ("docs", "examples", "studies"):
        shutil.copytree(ROOT / name, sources / name)
    for name in ("CHANGELOG.md", "CONTRIBUTING.md"):
        shutil.copy(ROOT / name, sources)
    for page in ("0.0.9/index.html", "0.0.9/faq.html", "0.0.10/index.html"):
        (folder / page).parent.mkdir(exist_ok=True)
        (folder / page).write_text(f"<title>{page}</title>")
    command = [sys.executable, sources / "docs" / "publish.py", folder]
    result = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert result.returncode == 0, (result.stdout + result.stderr)[-4000:]
    return folder


@pytest.fixture(scope="module")
def site(published):
    """The folder of the built site, and its pages by path."""
    folder = published / "development"
    return folder, {path: Page(path) for path in folder.rglob("*.html") if "_static" not in path.parts}


def test_every_link_leads_somewhere(site):
    folder, pages = site
    assert len(pages) > 30
    for path, page in pages.items():
        for link in [*page.links, *page.loads]:
            address = urlsplit(link)
            if address.scheme in ("http", "https"):
                assert re.fullmatch(r"[\w.-]+\.\w+(:\d+)?", address.netloc) and " " not in link, f"{path}: {link}"
            elif address.scheme not in WITHOUT_ADDRESSES:
                target = (path.parent / unquote(address.path)).resolve() if address.path else path
                assert target.is_relative_to(folder.resolve()) and target.exists(), f"{path}: {link}"
                if address.fragment and link in page.links:
                    assert unquote(address.fragment) in pages[target].ids, f"{path}: {link}"


MISTAKES = {
    "[a page](nowhere.md)": "target not found: 'nowhere.md'",
    "[an anchor](index.md#nowhere)": "'nowhere'",
    "![A picture of nothing](nothing.gif)": "image file not readable: nothing.gif",
    "```{eval-rst}\n.. autofunction:: sakana_envs.nothing\n```": "failed to import 'nothing'",
    "```{eval-rst}\n:func:`sakana_envs.nothing`\n```": "target not found: sakana_envs.nothing",
    "```{nothing}\n```": "Unknown directive type: 'nothing'",
}
"""What a page may get wrong, and what the build says then."""


def test_mistakes_stop_the_build(tmp_path):
    docs = tmp_path / "docs"
    docs.mkdir()
    for name in ("static", "templates"):
        shutil.copytree(ROOT / "docs" / name, docs / name)
    for name in ("conf.py", "docstrings.py"):
        shutil.copy(ROOT / "docs" / name, docs)
    (docs / "extra").mkdir()
    (docs / "index.md").write_text("# Home\n\n" + "\n\n".join(MISTAKES))
    (docs / "alone.md").write_text("# In no list\n")
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet", docs, tmp_path / "site"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert result.returncode == 1
    for complaint in [*MISTAKES.values(), "alone.md: WARNING: document isn't included in any toctree"]:
        assert complaint in result.stderr, complaint


def test_nothing_is_loaded_from_elsewhere(site):
    folder, pages = site
    for path, page in pages.items():
        assert not [load for load in page.loads if urlsplit(load).netloc], path
    for path in folder.rglob("*.css"):
        assert not re.search(r"(url\(|@import)\s*[\"']?(https?:)?//", path.read_text(encoding="utf-8")), path


def test_every_picture_says_what_it_shows(site):
    for path, page in site[1].items():
        assert not page.alone, path


def test_every_task_has_a_page_with_its_pictures_and_a_replay(site):
    folder, pages = site
    for task in SHIPPED:
        page = next(page for path, page in pages.items() if path.parent.name == "tasks" and _title(path) == task)
        for twin in ("Discrete", "Continuous"):
            assert f"../_images/{task}-{twin}.gif" in page.loads
        replay = next(urlsplit(load).path for load in page.loads if "replays/" in load)
        assert (folder / "tasks" / replay).stat().st_size < 300_000


def _title(path):
    return re.search(r"<h1[^>]*>(\w*)", path.read_text(encoding="utf-8"))[1]


def test_what_a_page_shows_as_a_file_has_its_name(site):
    assert "sunny.py" in (site[0] / "custom_tasks.html").read_text(encoding="utf-8")
    for example in (ROOT / "examples").glob("*.py"):
        page = (site[0] / "examples" / f"{example.stem}.html").read_text(encoding="utf-8")
        assert f'caption-text">examples/{example.name}<' in page
        assert f'href="examples/{example.stem}.html"' in (site[0] / "tutorials.html").read_text(encoding="utf-8")


def test_every_public_name_is_in_the_reference(site):
    folder, pages = site
    reference = [path for path in pages if path.parent == folder / "api"]
    entries = {name.rpartition(".")[2] for path in reference for name in pages[path].ids}
    mentioned = {
        name
        for path in reference
        for name in re.findall(r'class="pre">(?:sakana_envs\.)?(\w+),?</span>', path.read_text())
    }
    missing = {*sakana_envs.__all__, *rules.__all__} - entries
    constants = {name for name in missing if name.isupper() or name == "__version__"}
    assert missing == constants and constants <= mentioned


def test_the_citation_is_that_of_the_file():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "cite.md").read_text(encoding="utf-8").replace("\\_", "_")
    for field in ("title", "version"):
        value = re.search(rf'^{field}: "?(.*?)"?$', citation, flags=re.MULTILINE)[1]
        assert f"{field} = {{{value}}}" in page, field
    assert sakana_envs.__version__ in citation


def test_versions_are_named_newest_first(published):
    versions = json.loads((published / "versions.json").read_text())
    assert [version["folder"] for version in versions] == ["0.0.10", "0.0.9", "development"]
    assert [version["name"] for version in versions] == ["0.0.10 (newest)", "0.0.9", "development"]
    assert 'href="0.0.10/index.html"' in (published / "index.html").read_text()
    assert {path.name for path in published.iterdir()} == {
        "0.0.9",
        "0.0.10",
        "development",
        "index.html",
        "versions.json",
    }


def test_only_what_the_changelog_knows_is_published_as_a_release(tmp_path):
    if f"## [{sakana_envs.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"):
        pytest.skip("this checkout is a release")
    command = [sys.executable, ROOT / "docs" / "publish.py", tmp_path / "published", "--release"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.returncode == 1 and f"no section for {sakana_envs.__version__}" in result.stderr
    assert not [*tmp_path.iterdir()]


@pytest.fixture
def visit(chromium):
    """Opens pages; at the end nothing may have gone wrong, or been loaded from elsewhere."""
    contexts, complaints = [], []

    def wrong(message):  # a version may lack a page that another has, and the menu asks for it first
        return message.type == "error" and "status of 404" not in message.text

    def open_page(address, width=1280, scheme="light"):
        contexts.append(chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme))
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(message.text) if wrong(message) else None)
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        home = ("file:", "data:", "blob:", "http://127.0.0.1:")
        page.on("request", lambda request: request.url.startswith(home) or complaints.append(request.url))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_fit_and_are_light_or_dark_as_the_system_is(site, visit, width, scheme):
    for name in ("index", "quick_start", "tasks/forage", "api/environments", "custom_tasks"):
        page = visit((site[0] / f"{name}.html").as_uri(), width, scheme)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width, name
        cut_off = page.evaluate(
            """() => [...document.querySelectorAll("article :is(p, dt, dd, h1, h2, h3, img, iframe)")]
                .filter((each) => each.offsetParent && !each.closest("table, pre, .sig")
                    && each.getBoundingClientRect().right > document.documentElement.clientWidth)
                .map((each) => each.outerHTML.slice(0, 200))"""
        )
        assert not cut_off, name
        background = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
        brightness = sum(int(part) for part in background.removeprefix("rgb(").removesuffix(")").split(","))
        assert (brightness > 384) == (scheme == "light")


def test_search_needs_no_network(site, visit):
    page = visit((site[0] / "tasks" / "forage.html").as_uri())
    page.keyboard.press("Control+k")
    page.keyboard.type("autoreset")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li a")
    assert "faq.html" in " ".join(link.get_attribute("href") for link in page.query_selector_all("#search-results a"))


def test_a_replay_plays_in_its_page(site, visit):
    page = visit((site[0] / "tasks" / "forage.html").as_uri())
    page.locator("iframe.replay").scroll_into_view_if_needed()
    inner = page.frame_locator("iframe.replay")
    inner.locator('#play[aria-label="Pause"]').wait_for()
    first = inner.locator("#tick").inner_text()
    inner.locator(f'#tick:not(:text-is("{first}"))').wait_for()


def test_a_site_on_a_disk_says_which_version_it_is(site, visit):
    page = visit((site[0] / "faq.html").as_uri())
    assert page.locator(".versions").first.text_content() == "development"
    assert page.locator(".versions select").count() == 0


@pytest.mark.parametrize("width", [390, 1280])
def test_the_menu_of_versions(published, visit, width):
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(quiet, directory=published))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"http://127.0.0.1:{server.server_port}"
    try:
        for start, version, end in [
            ("faq.html", "0.0.9", "0.0.9/faq.html"),
            ("faq.html#threads", "0.0.9", "0.0.9/faq.html#threads"),
            ("rules.html", "0.0.9", "0.0.9/index.html"),
            ("tasks/forage.html", "development", None),
        ]:
            page = visit(f"{host}/development/{start}", width)
            menu = page.locator(".versions select:visible")
            if width < 960:
                page.click(".pst-navbar-icon.primary-toggle")
            menu.wait_for()
            assert menu.input_value() == "development"
            assert menu.locator("option").all_inner_texts() == ["0.0.10 (newest)", "0.0.9", "development"]
            if end:
                menu.select_option(version)
                page.wait_for_url(f"{host}/{end}")
    finally:
        server.shutdown()
        server.server_close()
