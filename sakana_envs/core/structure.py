"""What worlds consist of, as their engine and their task declare it: sizes, numbers and arrays."""

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

TABLES = {
    "drawn_numbers": "int64",
    "number_ranges": "float64",
    "levels": "int64",
    "level_numbers": "int64",
    "level_shares": "int64",
}
"""What worlds of every kind read as an episode begins, and no state holds: names of lists, with the types of items.

``drawn_numbers`` are positions of those numbers that are drawn anew, and ``number_ranges`` has for each world, and each
of these, the lowest and the highest value. ``levels`` says how many levels there are, and whether they are fixed, see
:mod:`sakana_envs.core.levels`; without any it is empty. ``level_shares`` is empty if all levels are equally likely."""


class Number(NamedTuple):
    """A number of the world or of a task: its default, the closed range allowed, its meaning and unit."""

    default: float
    low: float
    high: float
    meaning: str = ""


class Field(NamedTuple):
    """One named array of a world.

    ``per`` says its shape: ``"world"`` (size,), or a dimension of the engine's, such as ``"agent"``, (agents,), which
    is (agents, size) with a size above 1. ``dtype`` is a NumPy scalar type.
    """

    per: str
    dtype: type
    meaning: str = ""
    size: int = 1


class Axis(NamedTuple):
    """How long an axis of an array is: a size of the world, or nothing without one, and ``more``."""

    size: str
    more: int = 0


class _Structure(NamedTuple):
    sizes: tuple[str, ...]
    lists: tuple[str, ...]
    constants: Mapping[str, int]
    dimensions: Mapping[str, tuple[Axis, ...]]
    slack: Mapping[str, int]
    rows: Mapping[str, str]
    fields: Mapping[str, Field]
    numbers: tuple[str, ...]


class Structure(_Structure):
    """What the compiler must know of a kind of world, so that its sizes can be data.

    ``sizes`` are names, the first is ``"agents"``; ``constants`` are sizes that the compiler knows. ``lists`` are names
    of lists of integers, of which there are one or more sets: a world has set ``level % sets``, or if its level is
    below 0, the guest set ``-1 - level``, which lies behind these. ``dimensions`` say which axes an array has that is
    per agent and so on, and ``slack`` how many bytes behind it may be read. ``rows`` name arrays of several axes as one
    row. The order of ``fields`` and ``numbers`` is that in memory.

    All worlds of a batch share a header (int64): the sizes and the bytes of a world; how many sets of lists there are,
    and where it has begin and length of each set's list; begin and length of each of ``TABLES``; an offset for the
    numbers and one for each field; the lists and tables.
    """

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where in the header each size, ``"stride"``, list, table, ``"numbers"`` and field is."""
        tables = [part for name in TABLES for part in (name, f"length of {name}")]
        names = [*self.sizes, "stride", "sets", *self.lists, *tables, "numbers", *self.fields]
        return {name: position for position, name in enumerate(names)}

    def axes(self, field: str) -> tuple[Axis, ...]:
        """The axes of a field's array."""
        declared = self.fields[field]
        own = (Axis("", declared.size),)
        if declared.per == "world":
            return own
        return self.dimensions[declared.per] + (own if declared.size > 1 else ())
