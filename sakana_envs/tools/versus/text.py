"""What came of matches, as tables of text."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sakana_envs.tools.versus.matches import Versus

_MOST_NAME = 20


def text(result: "Versus") -> str:
    """Ratings and who won how often against whom, and the scores of each side; the best player comes first."""
    order = sorted(range(len(result.players)), key=lambda number: -result.ratings[number].mu)
    names = [shorten(result.players[number]) for number in order]
    won = []
    for number in order:
        rating = result.ratings[number]
        low, high = rating.interval
        cells = [f"{rating.mu:.1f} ({low:.1f} to {high:.1f})"]
        for other in order:
            if other == number:
                cells.append("-")
                continue
            share, (low, high) = result.share(result.players[number], result.players[other])
            cells.append(f"{share:.2f} ({low:.2f} to {high:.2f})")
        won.append(cells)
    said = [
        f"{result.id}, {result.worlds} matches of each pair, seed {result.seed}",
        "",
        *_table("matches won", names, ["rating", *names], won),
    ]
    for side, name in enumerate(result.sides):
        # A row is who plays the side; of the second side that is the second index.
        scores = result.scores[side] if side == 0 else result.scores[side].swapaxes(0, 1)
        means = scores.mean(axis=2)
        rows = [["-" if one == other else f"{means[one, other]:.3f}" for other in order] for one in order]
        said += ["", *_table(f"{name} score", names, names, rows)]
    return "\n".join(said)


def shorten(name: str) -> str:
    """A name that fits into a column."""
    return name if len(name) <= _MOST_NAME else f"...{name[3 - _MOST_NAME :]}"


def _table(corner: str, rows: list[str], columns: list[str], cells: list[list[str]]) -> Iterable[str]:
    lines = [[corner, *columns], *([name, *each] for name, each in zip(rows, cells, strict=True))]
    widths = [max(len(line[number]) for line in lines) for number in range(len(lines[0]))]
    for line in lines:
        padded = [
            line[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)),
        ]
        yield "  ".join(padded)
