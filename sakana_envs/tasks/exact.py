"""What rules call that gives other bits on other machines, for worlds whose kind promises the same ones everywhere."""

import builtins
import math
import operator
from collections.abc import Iterator
from types import FunctionType, ModuleType

import numpy as np

from sakana_envs.core.bytecode import names_in, powers_in

_CIRCLE, _TANH, _ROOT = "sine_cosine(angle)", "tanh(value)", "square_root(x * x + y * y)"
_VECTOR = "the vector itself, without its angle"
_POWER = "products, and square_root(value) for a power of 0.5"
_ELSE = "what sums, products, quotients, square_root(value) and tanh(value) can make"
_INSTEAD = {
    "sin cos tan": _CIRCLE,
    "tanh": _TANH,
    "hypot": _ROOT,
    "asin acos atan atan2 arcsin arccos arctan arctan2": _VECTOR,
    "pow power float_power": _POWER,
    "sinh cosh asinh acosh atanh arcsinh arccosh arctanh exp exp2 expm1 log log2 log10 log1p logaddexp logaddexp2 cbrt "
    "erf erfc gamma lgamma sinc": _ELSE,
}
"""Names of functions that a system's library decides in the last place, and what of the vocabulary to use instead."""

_LIBRARY = {
    id(getattr(module, name)): instead
    for names, instead in _INSTEAD.items()
    for name in names.split()
    for module in (math, np, operator, builtins)
    if hasattr(module, name)
}


def library_calls(function: FunctionType) -> Iterator[tuple[str, str, int | None]]:
    """Each such call in a function's code, as it is written, what to use instead, and its line where that is known."""
    code = function.__code__
    cells = dict(zip(code.co_freevars, function.__closure__ or (), strict=True))
    known = {**vars(builtins), **function.__globals__, **{name: cell.cell_contents for name, cell in cells.items()}}
    for place, name, *attributes in names_in(code):
        value = known.get(name) if place in ("global", "closure") else None
        for attribute in attributes:
            value = getattr(value, attribute, None) if isinstance(value, ModuleType) else value
        if id(value) in _LIBRARY:
            yield ".".join((name, *attributes)), _LIBRARY[id(value)], None
    for exponent, line in powers_in(code):
        if not isinstance(known.get(exponent), int):
            yield "**", _POWER, line
