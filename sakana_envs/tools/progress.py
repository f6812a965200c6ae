"""Progress bars, in terminals only."""

import sys
from collections.abc import Iterable, Iterator
from typing import Any


def track(items: Iterable[Any], what: str, total: int | None = None) -> Iterator[Any]:
    """The items one by one, with a bar that says how many of ``total`` are done, if all output is to a terminal."""
    from rich.console import Console
    from rich.progress import track as rich_track

    console = Console(stderr=True)
    # Beside a bar rich moves what is printed to the bar's console: away from a pipe that waits for it.
    shown = console.is_terminal and sys.stdout.isatty()
    yield from rich_track(items, what, total, console=console, transient=True, disable=not shown)
