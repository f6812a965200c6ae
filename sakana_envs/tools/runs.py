"""Parts of an observation in few lines, for a person to read: hundreds of rays are one."""

import re
from collections.abc import Sequence

from sakana_envs.core.engine import Stretch

_LONGEST = 8
"""Parts that may follow each other before all come again, as the numbers that tell of one disc."""


def in_runs(parts: Sequence[Stretch]) -> list[Stretch]:
    """The same parts, in order, but what comes again and again and only counts up is one: ``ray 1 to 30``.

    Only parts of one number each are put together, alone or several in turn; they then stand one after the other,
    behind what they all begin with.
    """
    told: list[Stretch] = []
    place = 0
    while place < len(parts):
        lengths = [(period, _turns(parts[place:], period)) for period in range(1, _LONGEST + 1)]
        period, turns = next(((period, turns) for period, turns in lengths if turns > 1), (1, 1))
        last = place + period * (turns - 1)
        firsts, lasts = parts[place : place + period], parts[last : last + period]
        told.append(Stretch(firsts[0].start, lasts[-1].stop, _meaning(firsts, lasts)))
        place = last + period
    return told


def _turns(parts: Sequence[Stretch], period: int) -> int:
    """How often the first parts come in turn: each time all the same, but for one number that is higher by one."""
    turns, counter = 1, None
    while period * (turns + 1) <= len(parts):
        before, after = (parts[period * turn : period * (turn + 1)] for turn in (turns - 1, turns))
        found = {_counter(*pair) for pair in zip(before, after, strict=True)}
        if len(found) > 1 or None in found or counter not in (None, *found):
            break
        (counter,) = found
        turns += 1
    return turns


def _counter(before: Stretch, after: Stretch) -> int | None:
    """Which number in two meanings counts up from one to the other, if that is all in which they differ."""
    first, second = _pieces(before), _pieces(after)
    alone = before.stop == before.start + 1 and after.stop == after.start + 1
    places = [n for n, (a, b) in enumerate(zip(first, second, strict=False)) if a != b]
    counts = len(first) == len(second) and len(places) == 1 and places[0] % 2 == 1
    return places[0] if alone and counts and int(second[places[0]]) == int(first[places[0]]) + 1 else None


def _pieces(part: Stretch) -> list[str]:
    """A meaning, every second piece a whole number."""
    return re.split(r"(\d+)", part.meaning)


def _meaning(firsts: Sequence[Stretch], lasts: Sequence[Stretch]) -> str:
    meanings = []
    for first, last in zip(firsts, lasts, strict=True):
        pieces = zip(_pieces(first), _pieces(last), strict=True)
        meanings.append("".join(a if a == b else f"{a} to {b}" for a, b in pieces))
    head, colon, _ = meanings[0].partition(": ")
    same = head + colon if colon and all(meaning.startswith(head + colon) for meaning in meanings) else ""
    return same + "; ".join(meaning.removeprefix(same) for meaning in meanings)
