"""Make the pages and replays that come from the package itself, before Sphinx builds the site.

python docs/make_pages.py && sphinx-build -W docs site
"""

import shutil
from pathlib import Path

from task_pages import (
    EXAMPLES,
    cards,
    example_page,
    example_uri,
    list_page,
    replay_uri,
    replay_world,
    rules_page,
    task_page,
    task_uri,
)

from sakana_envs import reference
from sakana_envs.tasks import registry, squared
from sakana_envs.tools.record import record

DOCS = Path(__file__).resolve().parent
FOLDERS = ("tasks", "examples", "extra", "shown")
"""All that is in these is made here."""

SHOWN = [Path(squared.__file__), *sorted(Path(reference.__file__).parent.glob("[a-z]*.py"))]
"""Files of the package that pages show whole."""


def main() -> None:
    """Write every page anew, so that none is left of a task or an example that is gone."""
    pages = {f"{name}/index.md": list_page(name) for name in ("tasks", "examples")}
    pages |= {task_uri(task): task_page(task) for task in registry.names()}
    pages |= {example_uri(example): example_page(example) for example in EXAMPLES}
    pages |= {"api/rules.md": rules_page(), "cards.md": cards()}
    pages |= {f"shown/{path.name}": path.read_text(encoding="utf-8") for path in SHOWN}
    for folder in FOLDERS:
        shutil.rmtree(DOCS / folder, ignore_errors=True)
    for uri, text in pages.items():
        (DOCS / uri).parent.mkdir(exist_ok=True)
        (DOCS / uri).write_text(text, encoding="utf-8")
    for task in registry.names():
        path = DOCS / "extra" / replay_uri(task)
        path.parent.mkdir(parents=True, exist_ok=True)
        record(path, f"{task}-Discrete", **replay_world(task))


if __name__ == "__main__":
    main()
