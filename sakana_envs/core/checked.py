"""Functions compiled anew with every index checked, and so are all functions that they reach.

Numba calls a compiled function as it is: one that was compiled without checks, for other callers, stays unchecked. So
``debug=True`` runs copies. Numba's own switch, ``config.BOUNDSCHECK``, won't do: it is that of all threads at once.
"""

from types import CellType, FunctionType, ModuleType
from typing import Any

from numba import config, jit
from numba.core.registry import CPUDispatcher

from sakana_envs.core.bytecode import names_in

_copies: dict[CPUDispatcher, CPUDispatcher] = {}


def checked(function: Any) -> Any:
    """A compiled function's copy that checks its indices.

    Those that it calls by global names, through modules or closures are copies too.
    """
    if config.DISABLE_JIT:
        return function
    if function not in _copies:
        python = function.py_func
        scope = dict(python.__globals__)
        cells = tuple(CellType() for _ in python.__closure__ or ())
        twin = FunctionType(python.__code__, scope, python.__name__, python.__defaults__, cells)
        twin.__kwdefaults__, twin.__module__, twin.__qualname__ = (
            python.__kwdefaults__,
            python.__module__,
            python.__qualname__,
        )
        declared = None if function._can_compile else [signature.args for signature in function.nopython_signatures]
        if declared is None:  # before what it reaches, which may be itself
            _copies[function] = _compile(function, twin, None)
        names = {part for chain in names_in(python.__code__) for part in chain[1:]}
        scope.update({name: _reached(scope[name], names) for name in names & scope.keys()})
        for cell, own in zip(cells, python.__closure__ or (), strict=True):
            cell.cell_contents = _reached(own.cell_contents, names)
        if declared is not None:
            _copies[function] = _compile(function, twin, declared)
    return _copies[function]


def _compile(function: CPUDispatcher, twin: FunctionType, signatures: list | None) -> CPUDispatcher:
    return jit(signatures, locals=function.locals, **{**function.targetoptions, "boundscheck": True})(twin)


def _reached(value: Any, names: set[str]) -> Any:
    """A value that a function reaches by one of the ``names`` in its code, with copies in place of functions."""
    if isinstance(value, CPUDispatcher):
        return checked(value)
    if type(value) is tuple:
        return tuple(_reached(item, names) for item in value)
    if isinstance(value, ModuleType):
        own = {name: vars(value)[name] for name in names & vars(value).keys() if vars(value)[name] is not value}
        copies = {name: _reached(item, names - {name}) for name, item in own.items()}
        if any(copies[name] is not own[name] for name in own):
            twin = ModuleType(value.__name__)
            vars(twin).update({**vars(value), **copies})
            return twin
    return value
