"""Errors of a task's rules, found when it is registered, in words that name the task, the function and the line."""

import inspect
import linecache
import re
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from numba import config, types
from numba.core import errors
from numba.np.numpy_support import from_dtype

from sakana_envs.core import disk_cache
from sakana_envs.core.bytecode import names_in
from sakana_envs.core.faults import label
from sakana_envs.core.fingerprint import UnknownValueError, fingerprint
from sakana_envs.core.record import WorldType
from sakana_envs.tasks.effect import python_of, reached
from sakana_envs.tasks.exact import library_calls
from sakana_envs.tasks.names import nearest

if TYPE_CHECKING:
    from sakana_envs.tasks.task import Task

_OF_BYTECODE: type[Exception] = getattr(errors, "UnsupportedBytecodeError", errors.NumbaError)  # Numba 0.60 has none
_UNCOMPILED = (errors.NumbaError, _OF_BYTECODE, NotImplementedError, AttributeError, TypeError)
"""What Numba raises for code that it can't compile."""


class RuleError(TypeError):
    """A rule of a task that can't be compiled, or that returns the wrong thing."""


class RuleWarning(UserWarning):
    """A rule of a task that compiles, and doesn't keep what its kind of world promises."""


def check_rules(task: "Task", vocabulary: Sequence[str] = ()) -> None:
    """Compile each of a task's rules. Raises :class:`RuleError` for the first that can't be.

    What was once found right is remembered on disk, and isn't compiled again for as long as nothing of it changes.
    ``vocabulary`` are names that a rule may have meant when it uses one that isn't defined. If sine and cosine are
    among them, such worlds are to be the same on all machines: :class:`RuleWarning` says what in a rule isn't.
    """
    if "sine_cosine" in vocabulary:
        _warn_of_library(task)
    if config.DISABLE_JIT:
        return
    engine = task.engine
    constants = engine.default_constants
    world = WorldType(task.name, engine.structure(task.fields, tuple(task.all_numbers), constants))
    row = types.Array(from_dtype(np.dtype(engine.row(task.sensed, constants).dtype)), 1, "C")
    rules = task.rules()
    out = types.Array(types.float32, 1, "C") if task.sensed.ranges else row
    arguments = {"init": (world,), "update": (world,), "features": (world, types.int64, out)}
    returns = {"init": None, "update": None, "terminated": "True or False", "features": None}
    checks = [
        (label(name), rule, arguments.get(name, (world, types.int64)), returns.get(name, "a number"))
        for name, rule in rules.of_worlds().items()
    ]
    of_policy = {"view": row, "draw": types.uint64}
    given = tuple(of_policy.get(name, types.int64) for name in inspect.signature(engine.policy).parameters)
    checks.append(("scripted", rules.scripted, given, "a whole number"))
    try:
        name = f"{task.name}-{fingerprint([Path(__file__).read_bytes(), engine.changes, *checks])[:32]}.checked".lower()
    except UnknownValueError:
        name = ""
    if name and disk_cache.load(name) is not None:
        return
    for check in checks:
        _check(task, world, vocabulary, *check)
    if name:
        disk_cache.save(name, b"")


def _warn_of_library(task: "Task") -> None:
    said = set()
    for name, rule in task.functions().items():
        for function in reached(rule):
            for call, instead, line in library_calls(function):
                if (function, call) in said:
                    continue
                said.add((function, call))
                helper = "" if function is python_of(rule) else f" in {function.__name__}"
                place = _quote(function, line or _first_line_with(call, function))
                warnings.warn(
                    f"task {task.name}: {name} calls {call}{helper}, whose last bits differ between machines, and "
                    f"so will worlds; use {instead}\n{place}",
                    RuleWarning,
                    stacklevel=4,
                )


_RETURNS = {
    "a number": (types.Number, types.Boolean),
    "True or False": (types.Boolean,),
    "a whole number": (types.Integer,),
}


def _check(
    task: "Task",
    world: WorldType,
    vocabulary: Sequence[str],
    name: str,
    function,
    arguments: tuple,
    returns: str | None,
) -> None:
    python = function.py_func
    where = f"task {task.name}: {name}({', '.join(python.__code__.co_varnames[: len(arguments)])})"
    _check_randomness(where, python)
    if name not in _MAY_CHANGE:
        _check_changes(where, python, task.engine.changes)
    try:
        function.compile(arguments)
        result = function.overloads[arguments].signature.return_type
    except _UNCOMPILED as error:
        text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
        raise RuleError(
            f"{where} can't be compiled: {_cause(text, world, vocabulary, python)}\n{_line(text, python)}"
        ) from None
    if returns is not None and not isinstance(types.unliteral(result), _RETURNS[returns]):
        raise RuleError(f"{where} must return {returns}; it returns {_returned(result)}\n{_line('', python)}")


def _returned(result: types.Type) -> str:
    if isinstance(result, types.Optional):
        return f"{_plain(str(types.unliteral(result.type)))} on one way, nothing on another; end each way with return"
    if result == types.none:
        return "nothing; end it with return"
    return _plain(str(types.unliteral(result)))


def _plain(text: str) -> str:
    """Numba's names of types in words."""
    text = re.sub(r"\bWorld_\w+", "world", text)
    text = re.sub(r"Literal\[str\]\((.*?)\)", r"the text '\1'", text)
    text = re.sub(r"Literal\[int\]\((.*?)\)", r"\1", text)
    text = re.sub(r"array\((\w+), (\d)d, \w+\)", r"an array of \1 with \2 axes", text).replace("1 axes", "1 axis")
    return text.replace("unicode_type", "text")


def _check_randomness(where: str, python: Callable) -> None:
    for place, name, *attributes in names_in(python.__code__):
        value = python.__globals__.get(name) if place == "global" else None
        module = value.__name__ if isinstance(value, ModuleType) else ""
        if module == "numpy" and attributes[:1] == ["random"]:
            module = "numpy.random"
        if module in ("random", "numpy.random"):
            raise RuleError(
                f"{where} draws from {module}, which no seed of a world "
                f"reaches; use uniform(world, stream, index) of sakana_envs.rules\n{_line('', python)}"
            )


_MAY_CHANGE = ("init", "update")
"""Rules of a whole world; the others are asked for one agent after another, so that their changes would favour some."""


def _check_changes(where: str, python: Callable, changes: Sequence[Callable]) -> None:
    changing = set(map(python_of, changes))
    name = next((function.__name__ for function in reached(python) if function in changing), None)
    if name is not None:
        raise RuleError(
            f"{where} calls {name}, which changes the world; only init and update may: note in the agent's memory what "
            f"is to happen, and let update do it\n{_quote(python, _first_line_with(name, python))}"
        )


def _cause(text: str, world: WorldType, vocabulary: Sequence[str], python: Callable) -> str:
    """What Numba's message comes down to."""
    attribute = re.search(r"Unknown attribute '(\w+)' of type World_", text)
    if attribute:
        known = [*world.fields, *world.numbers, *world.values, *world.structure.rows]
        return f"world has no {attribute[1]!r}{nearest(attribute[1], known)}; it has {', '.join(sorted(known))}"
    name = re.search(r"NameError: (?:global )?name '(\w+)' is not defined", text)
    if name:
        return f"the name {name[1]!r} is not defined{nearest(name[1], [*vocabulary, *python.__globals__])}"
    untyped = re.search(r"Untyped global name '(\w+)':.*?<class '([\w.]+)'>", text)
    if untyped:
        return (
            f"it calls {untyped[1]!r}, a plain Python function; put @numba.njit on it"
            if untyped[2] == "function"
            else f"it uses {untyped[1]!r}, a {untyped[2].rsplit('.')[-1]}, which compiled code can't; "
            "use numbers, NumPy arrays and @njit functions"
        )
    assigned = re.search(r"lowering World_\w+\.(\w+) =|setattr: \(World_\w+\)\.(\w+)", text)
    if assigned:
        return (
            f"it assigns to world.{assigned[1] or assigned[2]}; rules write into arrays, as in world.kind[agent] = 1, "
            "and what a task wants to keep is declared as memory: memory={'total': Field('world', np.float64)}, "
            "world.total[0] = 1.0"
        )
    call = re.search(r"Cannot bind 'args=\((.*?)\) kws=.*? to signature '(.*?)'", text, flags=re.DOTALL)
    if call:
        return f"it calls a function that takes {call[2]} with ({_plain(call[1])})"
    if "Can't unify return type" in text:
        kinds = re.findall(r"type '([^']+)', location", text)
        return f"it returns values of different types: {', '.join(map(_plain, kinds))}"
    operation = re.search(r">>> (.+)", text)
    if operation and re.match(r"\w*[gs]etitem\(array\([^)]*\), .*float", operation[1]):
        return "a place in an array is a whole number; int() makes one, as in int(world.row[agent])"
    if operation:
        return f"there is no operation {_plain(operation[1])}"
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("Failed in nopython")]
    return _plain(lines[0]) if lines else "Numba gave no reason"


def _line(text: str, python: Callable) -> str:
    """``file:line`` and the line itself, where the message points, or the function's beginning."""
    places = re.findall(r"at (\S+) \((\d+)\)", text) or re.findall(r'File "([^"]+)", line (\d+)', text)
    own = [int(line) for file, line in places if file.rsplit("/")[-1] == python.__code__.co_filename.rsplit("/")[-1]]
    culprit = _CULPRIT.search(text)
    word = culprit["name"] or culprit["attribute"] if culprit else ""
    return _quote(python, own[0] if own else _first_line_with(word, python))


def _quote(python: Callable, number: int) -> str:
    source = linecache.getline(python.__code__.co_filename, number).strip()
    return f"  {python.__code__.co_filename}:{number}: {source}"


_CULPRIT = re.compile(r"name '(?P<name>\w+)' is not defined|lowering World_\w+(?P<attribute>\.\w+) =")


def _first_line_with(word: str, python: Callable) -> int:
    """The number of the function's first line that has a word, or of its beginning if none is given or has it."""
    first = python.__code__.co_firstlineno
    if not word:
        return first
    pattern = re.compile(re.escape(word) + r"\b")
    lines = sorted({line for _, _, line in python.__code__.co_lines() if line})
    return next((n for n in lines if pattern.search(linecache.getline(python.__code__.co_filename, n))), first)
