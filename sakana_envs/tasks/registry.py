"""Which tasks there are, and how a task with sizes and numbers becomes a simulation."""

import os
import pkgutil
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sakana_envs.tasks.names import nearest
from sakana_envs.tasks.settings import Settings, check_worlds, settings

if TYPE_CHECKING:
    from sakana_envs.core.actions import Twin
    from sakana_envs.core.program import Program
    from sakana_envs.core.simulation import Simulation
    from sakana_envs.tasks.task import Task

TWINS = {"Discrete": True, "Continuous": False}
"""Names of the twins that every task has, and whether their actions are discrete."""

MULTIDISCRETE = "MultiDiscrete"
"""Name of a third one, of tasks whose actions have a table for each coordinate."""

_INFRASTRUCTURE = {"check", "effect", "exact", "ids", "members", "names", "references", "registry", "settings", "task"}
_PROBES = "probes"
"""The folder of those that are listed apart, with what they share."""
_SHARED_BY_PROBES = {"choices"}
_added: "dict[str, Task]" = {}
_contents: dict[str, dict[str, Any]] = {}
"""What the members of added tasks were when they were added: what their functions name may have changed since."""


@cache
def _builtin() -> dict[str, str]:
    """Names of the tasks that ship with the package, each with its module: the files of this folder."""
    import sakana_envs.tasks

    return _modules(sakana_envs.tasks.__path__, "sakana_envs.tasks", "", {*_INFRASTRUCTURE, _PROBES})


@cache
def _probes() -> dict[str, str]:
    """Names of the probes, each with its module: the files of their folder."""
    import sakana_envs.tasks

    folders = [os.path.join(folder, _PROBES) for folder in sakana_envs.tasks.__path__]
    return _modules(folders, f"sakana_envs.tasks.{_PROBES}", "Probe", _SHARED_BY_PROBES)


def _modules(folders: Iterable[str], package: str, prefix: str, others: set[str]) -> dict[str, str]:
    found = [module.name for module in pkgutil.iter_modules(folders) if module.name not in others]
    return {prefix + "".join(map(str.capitalize, name.split("_"))): f"{package}.{name}" for name in found}


def names() -> list[str]:
    """Names of all tasks, shipped and added, but for the probes."""
    return sorted([*_builtin(), *_added])


def probe_names() -> list[str]:
    """Names of the probes: tasks that a trainer without fault learns in seconds, such as ``"ProbeBandit"``."""
    return sorted(_probes())


def all_names() -> list[str]:
    """Names of all tasks, the probes last."""
    return [*names(), *probe_names()]


def get(name: str) -> "Task":
    """The task called ``name``. Raises ``KeyError`` that names the nearest ones."""
    if name in _added:
        return _added[name]
    builtin = _builtin() | _probes()
    if name not in builtin:
        raise KeyError(f"there is no task {name!r}{nearest(name, all_names())}; tasks: {', '.join(names())}")
    return import_module(builtin[name]).TASK


def twins(task: "Task") -> "dict[str, Twin]":
    """A task's twins, by name."""
    from sakana_envs.core.actions import Twin

    third = {} if task.actions.tables is None else {MULTIDISCRETE: Twin.MULTIDISCRETE}
    return {name: Twin(discrete) for name, discrete in TWINS.items()} | third


def twin(task: str, name: str) -> "Twin":
    """The twin called ``name`` of the task called ``task``."""
    return twins(get(task))[name]


def names_of_twins(name: str) -> tuple[str, ...]:
    """Names of the twins of the task called ``name``, which isn't loaded for it: those of the package have two."""
    return tuple(twins(_added[name]) if name in _added else TWINS)


def add(task: "Task") -> None:
    """Make a task known under its name, in the place of another that has it."""
    _added[task.name] = task
    _contents[task.name] = _content(task)


def check_new(task: "Task", replace: bool = False) -> None:
    """Raise ``ValueError`` if a task's name is the package's, or unless ``replace`` that of a record that differs."""
    if task.name in _builtin() | _probes():
        raise ValueError(
            f"task {task.name!r} comes with the package and can't be replaced; "
            f"choose another name than {', '.join(_builtin())}"
        )
    known = _added.get(task.name)
    different = [] if known is None or replace else _differences(task)
    if different:
        raise ValueError(
            f"task {task.name!r} exists already and differs in {', '.join(different)}; register(task, replace=True) "
            "replaces it, and environments made before go on with the old one; or choose another name"
        )


def _content(task: "Task") -> dict[str, Any]:
    """A record's members, functions by what they are made of: equal code and constants are equal."""
    from dataclasses import fields

    from sakana_envs.core.fingerprint import UnknownValueError, fingerprint

    def content(value: Any) -> Any:
        if callable(value):
            try:
                return fingerprint(value)
            except UnknownValueError:  # equal to itself only
                return value
        return {name: content(item) for name, item in value.items()} if isinstance(value, Mapping) else value

    return {member.name: content(getattr(task, member.name)) for member in fields(task)}


def _differences(task: "Task") -> list[str]:
    """Names of the members in which a record differs from the one that was added under its name."""
    known = _contents.get(task.name, {})
    return [name for name, content in _content(task).items() if content != known.get(name)]


@cache
def program(task: "Task", debug: bool = False, **constants: int) -> "Program":
    """Compose a task's program for the sizes that the compiler must know; the first call compiles it.

    With ``debug`` every index into an array is checked.
    """
    from sakana_envs.core.cpu import compile_kernels
    from sakana_envs.core.program import Program
    from sakana_envs.core.step import compile_step

    engine = task.engine
    structure = engine.structure(task.fields, tuple(task.all_numbers), constants)
    # Another name makes another type of world, for which all rules are compiled anew, this time with checks.
    name = f"{task.name}_debug" if debug else task.name
    rules = task.rules(debug)
    step = compile_step(engine, rules, task.actions, structure, debug)
    kernels = compile_kernels(name, step, rules.score, structure, task.actions, debug)
    return Program(
        name=task.name,
        engine=engine,
        structure=structure,
        numbers=task.all_numbers,
        actions=task.actions,
        kernels=kernels,
        rules={**rules.of_worlds(), "scripted": rules.scripted},
        senses=task.sensed,
        row=engine.row(task.sensed, constants),
        views=engine.views(task.sensed, constants),
        debug=debug,
        statistics=engine.statistics + tuple(name for name in task.fields if name.startswith("reward_")),
        pictures=tuple(task.pictures),
    )


def simulation(
    task: "Task | str",
    twin: "Twin | bool",
    *,
    worlds: int = 1,
    mode: int = 0,
    debug: bool = False,
    threads: int | None = None,
    stagger: bool = False,
    copy: bool = True,
    chosen: Settings | None = None,
    **given: Any,
) -> "Simulation":
    """A simulation of a task, by its name or record; ``given`` is for :func:`settings`, unless that was called and has
    ``chosen``.

    Raises ``ValueError`` for a twin that there isn't, and for bad ``threads``, ``debug``, ``stagger`` and ``copy``.
    """
    from sakana_envs.core.scalars import is_whole, plain
    from sakana_envs.core.simulation import Simulation

    record = get(task) if isinstance(task, str) else task
    task = record.name
    if twin not in twins(record).values():
        raise ValueError(f"{task} has no such twin; its twins: {', '.join(twins(record))}, got {twin!r}")
    threads, debug, stagger, copy = plain(threads), plain(debug), plain(stagger), plain(copy)
    if threads is not None and not is_whole(threads, 1):
        raise ValueError(f"{task}: threads must be a whole number from 1, or None for all processors, got {threads!r}")
    for name, flag in (("debug", debug), ("stagger", stagger), ("copy", copy)):
        if not isinstance(flag, bool):
            raise ValueError(f"{task}: {name} must be True or False, got {flag!r}")
    if chosen is None:
        chosen = settings(record, **given)
    check_worlds(task, chosen.numbers, worlds)
    sizes = dict(chosen.sizes)
    constants = {name: sizes.pop(name) for name in record.engine.constants}
    made = Simulation(
        program(record, debug, **constants),
        twin,
        sizes,
        chosen.numbers,
        worlds,
        mode,
        chosen.sets,
        threads,
        stagger,
        copy,
        chosen.levels,
    )
    for name, picture in chosen.pictures.items():
        border = constants["radius"]
        made.view(name)[:, border:-border, border:-border] = picture
    return made
