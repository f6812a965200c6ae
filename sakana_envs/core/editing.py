"""A world that is edited: what every kind has, values by their names. The rest is the engine's to say."""

import math
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from sakana_envs.core.memory import Layout
from sakana_envs.core.names import nearest
from sakana_envs.core.program import Program
from sakana_envs.core.scalars import is_whole, plain

Bounds = tuple[float, float]
_ANY = (-math.inf, math.inf)


class Editor:
    """A copy of a world, until the block of ``edit()`` ends.

    Values have names: a task's memory and pictures, numbers of the world, and what an engine adds in ``RANGES``.
    ``INSTEAD`` says which methods change what can't be set by itself, since it must agree with something else.
    """

    RANGES: Mapping[str, Bounds] = {}
    INSTEAD: Mapping[str, str] = {}

    def __init__(self, program: Program, layout: Layout, block: np.ndarray, numbers: Collection[str]) -> None:
        self._program = program
        self._layout = layout
        self._block: np.ndarray | None = block
        optional = program.engine.optional_of(program.actions).values()
        kept = {*program.engine.fields, *program.statistics}.union(*optional)
        own = [name for name in layout.structure.fields if name not in kept]
        clock = int(self._field("clock")[0])
        self._ranges: dict[str, Bounds] = {
            "time_limit": (clock + 1, layout.size("horizon")),
            **self.RANGES,
            **dict.fromkeys(own, _ANY),
            **{name: (number.low, number.high) for name, number in program.numbers.items() if name in numbers},
        }

    def __getattr__(self, name: str) -> Any:
        words = [word for word in dir(type(self)) if word.islower() and word[0] != "_" and word != "end"]
        other = f": world.set({name!r}, ...) may set it" if name in self.RANGES else nearest(name, words)
        raise AttributeError(f"a world that is edited has no {name!r}{other}; it has {', '.join(words)}")

    def end(self) -> None:
        """Let nothing be read or set any more."""
        self._block = None

    @property
    def names(self) -> dict[str, str]:
        """What :meth:`set` takes: each name with what it means."""
        fields, numbers = self._layout.structure.fields, self._program.numbers
        return {name: (fields[name] if name in fields else numbers[name]).meaning for name in self._ranges}

    def get(self, name: str, at: Any = None) -> Any:
        """A number of the world, or values of any of its fields.

        ``at`` is an index, such as an agent, or a tuple with one for each axis; without it, a copy of the whole array,
        or its only value if there is one. Raises ``KeyError`` for an unknown name, ``IndexError`` for a wrong index.
        """
        array = self._values(name)
        place = self._place(name, array.shape, at)
        return array[place].item() if len(place) == array.ndim else array.copy()

    def set(self, name: str, value: Any, at: Any = None) -> None:
        """Give a number of the world, or values of a field, other values. An engine says which."""
        if name not in self._ranges:
            raise KeyError(self._why_not(name))
        array = self._values(name)
        place = self._place(name, array.shape, at)
        array[place] = _converted(name, value, array.dtype, array[place].shape, self._ranges[name])

    def _why_not(self, name: Any) -> str:
        """Why a name can't be set."""
        if name in self.INSTEAD:
            return f"{name} can't be set by itself: use {self.INSTEAD[name]}"
        if name in self._program.numbers:
            return f"{name} can't be set: no rule of this task reads it, so it would have no effect"
        known = ", ".join(self._ranges)
        if name in self._layout.structure.fields:
            return f"{name} can't be set: the engine keeps it; there are {known}"
        return f"a world has no {name!r}{nearest(name, [*self._ranges, *self.INSTEAD])}; there are {known}"

    def _values(self, name: str) -> np.ndarray:
        """A number's only value, or those of a field as the user counts them; writable."""
        if name in self._program.numbers:
            return self._field("numbers")[[*self._program.numbers].index(name) :][:1].reshape(())
        if name not in self._layout.structure.fields:
            known = [*self._program.numbers, *self._layout.structure.fields]
            raise KeyError(f"a world has no {name!r}{nearest(name, known)}; it has {', '.join(known)}")
        return self._field(name)

    def _field(self, name: str) -> np.ndarray:
        """A field of the world, writable."""
        if self._block is None:
            raise RuntimeError("the block of edit() has ended: begin another one")
        return self._layout.view(self._block, name)[0]

    def _place(self, name: str, shape: tuple[int, ...], at: Any) -> tuple[int, ...]:
        """An index into an array of a shape; an empty one for all of it."""
        if at is None:
            return (0,) if shape == (1,) else ()
        place = tuple(at) if isinstance(at, (tuple, list, np.ndarray)) else (at,)
        place = tuple(map(plain, place))
        inside = len(place) == len(shape) and all(map(is_whole, place, [0] * len(shape), [n - 1 for n in shape]))
        if not inside:
            last = tuple(length - 1 for length in shape)
            allowed = f"from 0 to {last[0]}" if len(last) == 1 else f"from {(0,) * len(last)} to {last}"
            raise IndexError(f"{name}: at must be {allowed if shape else 'left out'}, got {at!r}")
        return place


def _converted(name: str, value: Any, dtype: np.dtype, shape: tuple[int, ...], allowed: Bounds) -> np.ndarray:
    """Values for an array: numbers, one or of its shape, that its type can hold and that lie in the closed range."""
    try:
        given = np.asarray(value)
    except ValueError:  # of unequal lengths
        given = np.asarray(None)
    if given.dtype.kind not in ("iuf" if dtype.kind == "f" else "biuf"):
        raise TypeError(f"{name} must be numbers, got {value!r}")
    if given.shape not in ((), shape):
        raise ValueError(f"{name} must be one number{f' or have shape {shape}' if shape else ''}, got {given.shape}")
    with np.errstate(all="ignore"):
        stored = given.astype(dtype)
    low, high = allowed
    # Floats may be rounded, but not to infinity.
    held = np.isfinite(stored) | ~np.isfinite(given) if dtype.kind == "f" else stored == given
    if allowed != _ANY:  # written so that NaN fails too
        held &= (stored >= low) & (stored <= high)
    if not held.all():
        bounds = _bounds(dtype, allowed)
        wrong = given[~held].flat[0] if given.ndim else given
        raise ValueError(f"{name} must be {bounds}, got {wrong}")
    return stored


def _bounds(dtype: np.dtype, allowed: Bounds) -> str:
    """What values a type and a range allow, in words."""
    low, high = allowed
    if dtype.kind == "b":
        return "True or False"
    if dtype.kind == "f":
        return f"from {low:g} to {high:g}" if allowed != _ANY else f"what {dtype} holds"
    if allowed == _ANY:
        low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    return f"a whole number from {low} to {high}"
