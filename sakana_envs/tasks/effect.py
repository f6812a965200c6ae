"""Which numbers have an effect in a task: those that its rules read, and those that the engine reads in every world."""

from collections.abc import Mapping
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sakana_envs.core.structure import Number
    from sakana_envs.tasks.task import Task

_FOREIGN = ("numba", "numpy", "llvmlite")
"""Packages whose functions read no world, and reach half of Python."""


@cache
def numbers_with_effect(task: "Task") -> "dict[str, Number]":
    """Those of a task's numbers that its rules read, or its worlds' phases, as a world stores them."""
    engine, rules = task.engine, task.rules()
    structure = engine.structure(task.fields, tuple(task.all_numbers), engine.default_constants)
    phases = engine.compile_phases(rules, task.actions, structure)  # which are put together of what the task needs
    read = _names(phases) | _names(rules._replace(senses=()))
    return {name: number for name, number in task.all_numbers.items() if name in read}


@cache
def asked_of_worlds(task: "Task") -> frozenset[str]:
    """Names of attributes in the code of a task's rules, and of all that they use: what they may ask of a world."""
    return frozenset(_names(tuple(task.functions().values()), texts=False))


def _names(root: Any, texts: bool = True) -> set[str]:
    """Names in the code of a function, or of several, and of all that it uses: of attributes, globals, and texts."""
    names: set[str] = set()
    seen: set[int] = set()

    def look(value: Any, used: set[str]) -> None:
        value = getattr(value, "py_func", getattr(value, "_defn", value))  # of what Numba compiles
        if isinstance(value, ModuleType):
            if value.__name__.partition(".")[0] not in _FOREIGN:
                for name in used & vars(value).keys():
                    look(vars(value)[name], used - {name})
        elif id(value) not in seen:
            seen.add(id(value))
            look_into(value)

    def look_into(value: Any) -> None:
        if isinstance(value, FunctionType) and (value.__module__ or "").partition(".")[0] not in _FOREIGN:
            used = _names_in(value.__code__, texts)
            names.update(used)
            names.add(value.__name__)  # which may be called by another name
            for name in used & value.__globals__.keys():
                look(value.__globals__[name], used)
            for cell in value.__closure__ or ():
                look(cell.cell_contents, used)
        elif isinstance(value, tuple):
            for part in value:
                look(part, set())
        elif isinstance(value, str) and texts:  # for getattr(world, value)
            names.add(value)
        elif isinstance(value, Mapping):
            look_into(tuple(value.values()))

    look(root, set())
    return names


def _names_in(code: CodeType, texts: bool) -> set[str]:
    names = {*code.co_names, *(constant for constant in code.co_consts if isinstance(constant, str) and texts)}
    return names.union(*(_names_in(inner, texts) for inner in code.co_consts if isinstance(inner, CodeType)))
