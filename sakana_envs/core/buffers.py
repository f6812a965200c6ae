"""Where the arrays that a step returns come from: new ones each time, or two sets that take turns."""

from collections.abc import Callable

import numpy as np

POISON = 0xAA
"""Every byte of a retired array of integers, where it means nothing. Floats become NaN, flags all true."""

# As types that NumPy needn't look up, which is a third of the time that a small array takes.
_BYTE, _FLOAT, _FLAG = np.dtype(np.uint8), np.dtype(np.float32), np.dtype(np.bool_)

Arrays = tuple[np.ndarray, ...]


class Buffers:
    """Gives out arrays to be filled.

    With ``copy`` they are new, and belong to whom they are returned. Without, two sets take turns: what a step returned
    stays as it is during the next step, and is overwritten by the one after that. With ``debug`` arrays whose time is
    over are poisoned and never used again, so that whoever still reads one notices.
    """

    def __init__(self, copy: bool = True, debug: bool = False) -> None:
        self._copy = copy
        self._debug = debug
        self._current: dict[str, Arrays] = {}
        self._previous: dict[str, Arrays] = {}

    def prepare(self, name: str, make: Callable[[], Arrays]) -> Arrays:
        """Arrays called ``name`` for a step that may still fail; they count from its :meth:`turn` on."""
        if self._copy:
            return make()
        self._prepared = name, self._previous[name] if name in self._previous and not self._debug else make()
        return self._prepared[1]

    def turn(self) -> None:
        """A step has succeeded: what was given out before the last turn is free."""
        if self._copy:
            return
        self._current, self._previous = self._previous, self._current
        if self._debug:
            for arrays in self._current.values():
                for array in arrays:
                    _poison(array)
            self._current.clear()
        name, arrays = self._prepared
        self._current[name] = arrays

    def get(self, name: str, make: Callable[[], Arrays]) -> Arrays:
        """This turn's arrays called ``name``, by ``make()`` if there are none; their contents are undefined."""
        if self._copy:
            return make()
        if name not in self._current:
            self._current[name] = make()
        return self._current[name]


def _poison(array: np.ndarray) -> None:
    array.fill({"f": np.nan, "b": True}.get(array.dtype.kind, POISON))


def new_outputs(shape: tuple[int, ...], dtype: np.dtype, worlds: int, separate: bool) -> Arrays:
    """What a step fills, uninitialized: observations, last observations (the same array unless ``separate``), rewards,
    terminated, truncated, and each world's outcome; ``shape`` (rows, length) and ``dtype`` are those of
    observations.
    """
    observations = np.empty(shape, dtype)
    return (
        observations,
        np.empty(shape, dtype) if separate else observations,
        np.empty(shape[0], _FLOAT),
        np.empty(shape[0], _FLAG),
        np.empty(shape[0], _FLAG),
        np.empty(worlds, _BYTE),
    )
