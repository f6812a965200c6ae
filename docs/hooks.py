"""What MkDocs does for this site beyond its configuration: pages made from the package, and live replays."""

import posixpath
import re
import tempfile
from functools import cache
from pathlib import Path

from mkdocs.structure.files import File
from task_pages import (
    EXAMPLES,
    cards,
    example_page,
    example_uri,
    list_page,
    replay_uri,
    replay_world,
    task_page,
    task_uri,
)

from sakana_envs import rules
from sakana_envs.tasks import registry
from sakana_envs.tools.record import record

CARDS = "<!-- a card for each task -->"


def on_config(config):
    """Give the pages that are made here their places in the navigation."""
    _section(config.nav, "Tasks").extend({name: task_uri(name)} for name in registry.names())
    examples = _section(_section(config.nav, "Tutorials"), "Examples")
    examples.extend({path.name: example_uri(path)} for path in EXAMPLES)


def _section(nav, title):
    return next(item[title] for item in nav if title in item)


def on_files(files, config):
    """Add the pages that are made here, and the replays."""
    pages = {f"{name}/index.md": list_page(name) for name in ("tasks", "examples")}
    pages |= {task_uri(name): task_page(name) for name in registry.names()}
    pages |= {example_uri(path): example_page(path) for path in EXAMPLES}
    for uri, text in pages.items():
        files.append(File.generated(config, uri, content=text))
    for name in registry.names():
        files.append(File.generated(config, replay_uri(name), content=_replay(name)))


@cache
def _replay(task):
    """A page that plays a short episode of a small world. Both twins' scripted policies play the same."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "replay.html"
        record(path, f"{task}-Discrete", **replay_world(task))
        return path.read_text(encoding="utf-8")


def on_page_markdown(markdown, page, config, files):
    """Fill in cards and the words for rules, and lead links to examples to the pages that show them here."""
    here = posixpath.dirname(page.file.src_uri)
    targets = {f"../examples/{path.name}": example_uri(path) for path in EXAMPLES}
    for link, uri in targets.items():
        markdown = markdown.replace(f"]({link})", f"]({posixpath.relpath(uri, here)})")
    markdown = re.sub("<!-- words of ([\\w.]+) -->", _words, markdown)
    return markdown.replace(CARDS, cards())


def _words(match):
    """Entries for the functions of a module that rules may use."""
    functions = [getattr(rules, name) for name in rules.__all__]
    own = [function for function in functions if getattr(function, "__module__", "") == match[1]]
    own.sort(key=lambda function: function.__code__.co_firstlineno)
    return "\n\n".join(f"::: {match[1]}.{function.__name__}\n    options:\n      heading_level: 3" for function in own)
