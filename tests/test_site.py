"""The documentation's site: built without a warning, its links lead somewhere, nothing in it comes from elsewhere."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from shipped import SHIPPED

import sakana_envs
from sakana_envs import rules

pytest.importorskip("mkdocs", reason='the documentation is built with pip install -e ".[docs]"')
pytest.importorskip("mkdocstrings", reason='the documentation is built with pip install -e ".[docs]"')

ROOT = Path(__file__).resolve().parent.parent
LOADS = {"img": "src", "script": "src", "iframe": "src", "source": "src", "link": "href"}
"""Elements for which a browser fetches something, and where they say what."""
NOT_FETCHED = {"canonical", "next", "prev"}
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
        if tag == "img" and "alt" not in found:
            self.alone.append(found.get("src"))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the built site, and its pages by path."""
    folder = tmp_path_factory.mktemp("site")
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, env=environment)
    assert result.returncode == 0, (result.stdout + result.stderr)[-4000:]
    return folder, {path: Page(path) for path in folder.rglob("*.html")}


def test_every_link_leads_somewhere(site):
    folder, pages = site
    assert len(pages) > 30
    for path, page in pages.items():
        for link in [*page.links, *page.loads]:
            address = urlsplit(link)
            if address.scheme in ("http", "https"):
                assert re.fullmatch(r"[\w.-]+\.\w+(:\d+)?", address.netloc) and " " not in link, f"{path}: {link}"
            elif address.scheme not in WITHOUT_ADDRESSES and path.name != "404.html":
                target = (path.parent / unquote(address.path)).resolve() if address.path else path
                assert target.is_relative_to(folder.resolve()) and target.exists(), f"{path}: {link}"
                if address.fragment and link in page.links:
                    assert unquote(address.fragment) in pages[target].ids, f"{path}: {link}"


def test_nothing_is_loaded_from_elsewhere(site):
    folder, pages = site
    for path, page in pages.items():
        assert not [load for load in page.loads if urlsplit(load).netloc], path
    for path in folder.rglob("*.css"):
        assert not re.search(r"url\(\s*[\"']?(https?:)?//|@import", path.read_text(encoding="utf-8")), path


def test_every_picture_says_what_it_shows(site):
    for path, page in site[1].items():
        assert not page.alone, path


def test_every_task_has_a_page_with_its_pictures_and_a_replay(site):
    folder, pages = site
    for task in SHIPPED:
        page = next(page for path, page in pages.items() if path.parent.name == "tasks" and _title(path) == task)
        for twin in ("Discrete", "Continuous"):
            assert f"../images/{task}-{twin}.gif" in page.loads
        replay = next(urlsplit(load).path for load in page.loads if "replays/" in load)
        assert (folder / "tasks" / replay).stat().st_size < 300_000


def _title(path):
    return re.search(r"<h1[^>]*>(\w*)", path.read_text(encoding="utf-8"))[1]


def test_every_public_name_is_in_the_reference(site):
    folder, pages = site
    reference = [path for path in pages if path.parent == folder / "api"]
    entries = {name.rpartition(".")[2] for path in reference for name in pages[path].ids}
    mentioned = {
        name for path in reference for name in re.findall(r"<code>(?:sakana_envs\.)?(\w+)</code>", path.read_text())
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
