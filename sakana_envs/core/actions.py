"""What agents can do, as data.

An agent acts by a vector. The continuous twin is handed it; the discrete twin picks a row of a table; the
multi-discrete one picks each coordinate from a table of its own. Everything after that is the same code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np


class Twin(IntEnum):
    """In which form a task takes actions."""

    CONTINUOUS = 0
    DISCRETE = 1
    MULTIDISCRETE = 2


@dataclass(frozen=True, eq=False)
class Actions:
    """Vectors of k coordinates that agents act by.

    Parameters
    ----------
    low, high : bounds of each coordinate, (k,): the continuous twin's box.
    table : (n, k), the rows that the discrete twin picks from; each lies in the box.
    names : of the rows, such as ``("stay", "north", ...)``.
    coordinates : names of the coordinates, such as ``("row", "col")``.
    tables : for each coordinate the values that the multi-discrete twin picks from; None: there is no such twin.

    All become float32 arrays that can't be written. Raises ``ValueError`` for what doesn't fit together.
    """

    low: Any
    high: Any
    table: Any
    names: Sequence[str]
    coordinates: Sequence[str]
    tables: Any = None

    def __post_init__(self) -> None:
        for name in ("names", "coordinates"):
            words = getattr(self, name)
            named = isinstance(words, (tuple, list)) and all(isinstance(word, str) for word in words)
            if not named or not words or len(set(words)) < len(words):
                raise ValueError(f"actions: {name} must be different names, at least one, got {words!r}")
            object.__setattr__(self, name, tuple(words))
        size = len(self.coordinates)
        for name, shape in (("low", (size,)), ("high", (size,)), ("table", (len(self.names), size))):
            object.__setattr__(self, name, _floats(f"actions: {name}", getattr(self, name), shape))
        if (self.low > self.high).any():
            raise ValueError(f"actions: low must be at most high, got {self.low.tolist()} and {self.high.tolist()}")
        outside = ((self.table < self.low) | (self.table > self.high)).any(axis=1)
        if outside.any():
            row = self.table[outside.argmax()].tolist()
            raise ValueError(f"actions: the table's row {row} lies outside of the box of low and high")
        if self.tables is not None:
            if size < 2 or not isinstance(self.tables, (tuple, list, np.ndarray)) or len(self.tables) != size:
                raise ValueError(f"actions: tables must have one for each of at least two coordinates, of {size}")
            own = tuple(_floats("actions: each of tables", values, (np.size(values),)) for values in self.tables)
            for values, low, high in zip(own, self.low, self.high, strict=True):
                if len(values) == 0 or values.min() < low or values.max() > high:
                    raise ValueError(f"actions: tables have {values.tolist()}, where the box is {low:g} to {high:g}")
            object.__setattr__(self, "tables", own)

    def __eq__(self, other: object) -> bool:
        """Whether other actions are made of the same."""
        return isinstance(other, Actions) and self._content() == other._content()

    def __hash__(self) -> int:
        return hash(self._content())

    def _content(self) -> tuple:
        arrays = (self.low, self.high, self.table, *(self.tables or ()))
        return tuple(array.tobytes() for array in arrays), self.names, self.coordinates, self.tables is None

    @property
    def still(self) -> int:
        """The first row of the table that is all zeros, or else the first row."""
        return int((self.table == 0).all(axis=1).argmax())

    @property
    def box(self) -> tuple[np.ndarray, np.ndarray, np.float32, np.float32]:
        """``low``, ``high``, the highest of ``low`` and the lowest of ``high``."""
        return self.low, self.high, self.low.max(), self.high.min()

    def limits(self, twin: Twin) -> np.ndarray:
        """How many choices there are, int64: for the one of the discrete twin, or for each coordinate's."""
        tables = self.tables if twin == Twin.MULTIDISCRETE and self.tables is not None else (self.table,)
        return np.array([len(table) for table in tables], dtype=np.int64)

    def of_rows(self, choices: np.ndarray, twin: Twin) -> np.ndarray:
        """Rows of the table (rows,) int64 in a twin's form; a multi-discrete one's are the nearest that it has."""
        if twin == Twin.DISCRETE:
            return choices
        vectors = self.table[choices]
        if twin == Twin.CONTINUOUS:
            return vectors
        columns = zip(self.tables, vectors.T, strict=True)
        return np.stack([abs(values - column[:, None]).argmin(axis=1) for values, column in columns], axis=1)

    def nearest(self, vector: np.ndarray, twin: Twin) -> Any:
        """A twin's action that is nearest to a vector (k,); of rows, one whose buttons, behind the motion, are."""
        if twin == Twin.CONTINUOUS:
            return np.clip(vector, self.low, self.high)
        if twin == Twin.MULTIDISCRETE:
            return np.array([abs(values - each).argmin() for values, each in zip(self.tables, vector, strict=True)])
        away = (self.table - vector) ** 2
        return int(np.lexsort((away.sum(axis=1), away[:, 2:].sum(axis=1)))[0])

    def with_button(self, name: str) -> "Actions":
        """These, and one coordinate more, 0 to 1: the table has it 0, and one more row that stays and has it 1."""
        rows = [*([*row, 0.0] for row in self.table.tolist()), [*self.table[self.still].tolist(), 1.0]]
        tables = None if self.tables is None else (*self.tables, (0.0, 1.0))
        return Actions(
            [*self.low, 0.0], [*self.high, 1.0], rows, (*self.names, name), (*self.coordinates, name), tables
        )


def _floats(what: str, values: Any, shape: tuple[int, ...]) -> np.ndarray:
    try:
        array = np.array(values, dtype=np.float32)
    except (TypeError, ValueError):
        raise ValueError(f"{what} must be numbers with shape {shape}, got {values!r}") from None
    if array.shape != shape or not np.isfinite(array).all():
        raise ValueError(f"{what} must be finite numbers with shape {shape}, got shape {array.shape}: {array.tolist()}")
    array += np.float32(0.0)  # no negative zero, which compares as equal and has other bits
    array.setflags(write=False)
    return array
