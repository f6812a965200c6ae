"""float32 numbers of plain Python that become float64 where compiled ones do.

To the compiler a number in a rule's text is an int64 or a float64, and a float32 with it makes a float64. NumPy keeps
the float32. So rules that run as plain Python read arrays of float32 as numbers with the compiler's ways, and so is
whatever is made of them.
"""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import config


class Single(np.float32):
    """A float32 that makes a float64 with one of Python's own numbers."""

    __hash__ = np.float32.__hash__

    def __array_ufunc__(self, function: np.ufunc, method: str, *given: Any, **options: Any) -> Any:
        return _kept(getattr(function, method)(*map(_plain, given), **options))


class Singles(np.ndarray):
    """An array of float32 whose items are such numbers."""

    def __getitem__(self, place: Any) -> Any:
        return _kept(super().__getitem__(place))


single = Single if config.DISABLE_JIT else np.float32
"""Makes a constant of float32 whose sums and products with numbers in a rule's text are what compiled ones are."""


def as_singles(value: Any) -> Any:
    """The same array, if it is one of float32, with such items; anything else as it is."""
    return value.view(Singles) if isinstance(value, np.ndarray) and value.dtype == np.float32 else value


def _plain(value: Any) -> Any:
    kind = type(value)
    return np.float32(value) if kind is Single else np.float64(value) if kind in (int, float) else value


def _kept(value: Any) -> Any:
    return Single(value) if type(value) is np.float32 else value


def _binary(function: Callable, quick: Callable, swapped: bool = False) -> Callable:
    def operate(self: Single, other: Any) -> Any:
        if type(other) in (Single, np.float32):
            return _kept(quick(self, other))
        given = np.float32(self), _plain(other)
        return _kept(function(*(reversed(given) if swapped else given)))

    return operate


def _power(self: Single, exponent: Any) -> Any:
    """By a whole exponent it stays what it is."""
    return _kept(np.float32(self) ** (exponent if type(exponent) is int else _plain(exponent)))


def _unary(quick: Callable) -> Callable:
    return lambda self: Single(quick(self))


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "lt", "le", "gt", "ge", "eq", "ne"):
    _function = getattr(operator, _name)
    setattr(Single, f"__{_name}__", _binary(_function, getattr(np.float32, f"__{_name}__")))
    if hasattr(np.float32, f"__r{_name}__"):
        setattr(Single, f"__r{_name}__", _binary(_function, getattr(np.float32, f"__r{_name}__"), swapped=True))
for _name in ("__neg__", "__pos__", "__abs__"):
    setattr(Single, _name, _unary(getattr(np.float32, _name)))
_powers = {"__pow__": _power, "__rpow__": _binary(operator.pow, np.float32.__rpow__, swapped=True)}
for _name, _function in _powers.items():
    setattr(Single, _name, _function)
