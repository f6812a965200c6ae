"""What a task's rules reach: which numbers have an effect, what they ask of worlds, and which functions they call."""

from collections.abc import Mapping
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from sakana_envs.core.bytecode import names_in

if TYPE_CHECKING:
    from sakana_envs.core.structure import Number
    from sakana_envs.tasks.task import Task

_FOREIGN = ("numba", "numpy", "llvmlite")
"""Packages whose functions read no world, and reach half of Python."""


def numbers_with_effect(task: "Task") -> "dict[str, Number]":
    """Those of a task's numbers that something reads, the task's rules or the engine, as a world stores them."""
    return {name: number for name, number in task.all_numbers.items() if name in _read(task)}


def sizes_with_effect(task: "Task") -> "dict[str, Number]":
    """The sizes of a task's worlds, without those that only what isn't in the task would look at."""
    engine = task.engine
    return {name: size for name, size in engine.sizes.items() if name not in engine.constants or name in _read(task)}


@cache
def _read(task: "Task") -> set[str]:
    """Names of what a task's rules and its engine read, constants among them."""
    engine, rules = task.engine, task.rules()
    constants = _Noting(engine.default_constants)
    structure = engine.structure(task.fields, tuple(task.all_numbers), constants)
    # Composed for the task, an engine has of drives and senses those that it uses; nothing is compiled yet.
    phases = engine.compile_phases(rules, task.actions, structure)
    return _names((tuple(rules.of_worlds().values()), phases)) | constants.read


class _Noting(dict[str, int]):
    """Constants that note which of them were asked for."""

    def __init__(self, constants: Mapping[str, int]) -> None:
        super().__init__(constants)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> int:
        self.read.add(name)
        return super().__getitem__(name)


@cache
def asked_of_worlds(task: "Task") -> frozenset[str]:
    """Names of attributes in the code of a task's rules, and of all that they use: what they may ask of a world."""
    return frozenset(_names((tuple(task.functions().values()), task.senses), texts=False))


def _names(root: Any, texts: bool = True) -> set[str]:
    """Names in the code of a function, or of several, and of all that it uses: of attributes, globals, and texts."""
    return _Reach(root, texts).names


def reached(rule: Any) -> dict[FunctionType, None]:
    """The functions in Python that a rule is or may call, in the order in which they are met."""
    return _Reach(rule, texts=False).functions


class _Reach:
    """What is met on the way from a function, or from several, into all that it uses."""

    def __init__(self, root: Any, texts: bool) -> None:
        self.names: set[str] = set()
        self.functions: dict[FunctionType, None] = {}
        self._texts = texts
        self._seen: set[int] = set()
        self._look(root, set())

    def _look(self, value: Any, used: set[str]) -> None:
        value = python_of(value)
        if isinstance(value, ModuleType):
            if value.__name__.partition(".")[0] not in _FOREIGN:
                for name in used & vars(value).keys():
                    self._look(vars(value)[name], used - {name})
        elif id(value) not in self._seen:
            self._seen.add(id(value))
            self._look_into(value)

    def _look_into(self, value: Any) -> None:
        if isinstance(value, FunctionType) and (value.__module__ or "").partition(".")[0] not in _FOREIGN:
            used = _names_in(value.__code__, self._texts)
            self.functions[value] = None
            self.names.update(used)
            self.names.add(value.__name__)  # which may be called by another name
            for place, name, *attributes in names_in(value.__code__):  # a field may have the name of some function
                if place == "global" and name in value.__globals__:
                    self._look(value.__globals__[name], set(attributes) or used)
            for cell in value.__closure__ or ():
                self._look(cell.cell_contents, used)
        elif isinstance(value, tuple):
            for part in value:
                self._look(part, set())
        elif isinstance(value, str) and self._texts:  # for getattr(world, value)
            self.names.add(value)
        elif isinstance(value, Mapping):
            self._look_into(tuple(value.values()))


def python_of(function: Any) -> Any:
    """What Numba compiles, as it is in Python; anything else is returned as it is."""
    return getattr(function, "py_func", getattr(function, "_defn", function))


def _names_in(code: CodeType, texts: bool) -> set[str]:
    names = {*code.co_names, *(constant for constant in code.co_consts if isinstance(constant, str) and texts)}
    return names.union(*(_names_in(inner, texts) for inner in code.co_consts if isinstance(inner, CodeType)))
