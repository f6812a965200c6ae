"""Which tasks there are, and how a task with sizes and numbers becomes a simulation."""

import difflib
import math
import pkgutil
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np

    from sakana_envs.grid.program import Program
    from sakana_envs.grid.simulation import Simulation
    from sakana_envs.grid.world import Number
    from sakana_envs.tasks.task import Task

TWINS = {"Discrete": True, "Continuous": False}
"""Names of the twins, and whether their actions are discrete."""

_INFRASTRUCTURE = {"check", "references", "registry", "task"}
_added: "dict[str, Task]" = {}


def _builtin() -> dict[str, str]:
    """Names of the tasks that ship with the package, each with its module: the files of this folder."""
    import sakana_envs.tasks

    modules = [module.name for module in pkgutil.iter_modules(sakana_envs.tasks.__path__)]
    return {
        "".join(word.capitalize() for word in module.split("_")): f"sakana_envs.tasks.{module}"
        for module in modules
        if module not in _INFRASTRUCTURE
    }


def names() -> list[str]:
    """Names of all tasks, shipped and added."""
    return sorted([*_builtin(), *_added])


def get(name: str) -> "Task":
    """The task called ``name``. Raises ``KeyError`` that names the nearest ones."""
    if name in _added:
        return _added[name]
    builtin = _builtin()
    if name not in builtin:
        raise KeyError(f"there is no task {name!r}{nearest(name, names())}; tasks: {', '.join(names())}")
    return import_module(builtin[name]).TASK


def add(task: "Task") -> None:
    """Make a task known under its name. Raises ``ValueError`` if the name is taken."""
    check_name(task.name)
    _added[task.name] = task


def check_name(name: str) -> None:
    """Raise ``ValueError`` if a task's name is taken."""
    if name in names():
        raise ValueError(f"task {name!r} exists already; choose another name than {', '.join(names())}")


def nearest(name: str, known: Iterable[str]) -> str:
    """`` - did you mean 'x'?`` for the known name that is most like ``name``, or nothing."""
    matches = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f" - did you mean {matches[0]!r}?" if matches else ""


@cache
def program(task: "Task", discrete: bool, radius: int, debug: bool = False) -> "Program":
    """Compose a task's program for one twin and view radius; Numba compiles it at the first call.

    With ``debug`` every index into an array is checked.
    """
    from sakana_envs.grid.cpu import compile_kernels
    from sakana_envs.grid.program import Program
    from sakana_envs.grid.record import compile_view
    from sakana_envs.grid.sensors import window_length
    from sakana_envs.grid.world import EPISODE_STATISTICS

    fields = task.fields
    numbers = tuple(task.all_numbers)
    # Another name makes another type of world, for which all rules are compiled anew, this time with checks.
    name = f"{task.name}_debug" if debug else task.name
    view = compile_view(name, fields, numbers, radius)
    kernels = compile_kernels(name, task.rules(debug), view, discrete, radius)
    window = window_length(radius)
    return Program(
        name=task.name,
        discrete=discrete,
        radius=radius,
        fields=fields,
        numbers=numbers,
        kernels=kernels,
        window=window,
        layers=task.layers,
        observation_length=window * (1 + len(task.layers)) + len(task.feature_names),
        debug=debug,
        statistics=EPISODE_STATISTICS + tuple(name for name in fields if name.startswith("reward_")),
    )


class Settings(NamedTuple):
    """A preset with what was given in its place, checked: sizes, numbers, the map's cells, the task's pictures."""

    sizes: dict[str, int]
    numbers: dict[str, float]
    lists: "Mapping[str, np.ndarray]"
    pictures: "dict[str, np.ndarray]"


def settings(task: "Task", *, preset: str = "default", map: Any = None, **given: Any) -> Settings:
    """Sizes, numbers, map and pictures of a preset, with the given ones in their place.

    ``map`` is text, codes or colours, see :mod:`sakana_envs.grid.terrain`, and sets height and width. Raises
    ``TypeError`` for an unknown name and ``ValueError`` for a value that isn't allowed; both say what is.
    """
    from sakana_envs.grid.terrain import read_map, read_picture
    from sakana_envs.grid.tiles import KINDS
    from sakana_envs.grid.world import SIZES

    if preset not in task.presets:
        raise ValueError(
            f"{task.name} has no preset {preset!r}{nearest(preset, task.presets)}; presets: {', '.join(task.presets)}"
        )
    allowed = {**SIZES, **task.all_numbers}
    for name in given:
        if name not in allowed and name not in task.pictures:
            known = [*allowed, *task.pictures, *_OTHER_ARGUMENTS]
            raise TypeError(
                f"{task.name} has no argument {name!r}{nearest(name, known)}; arguments: {', '.join(known)}"
            )
    values: dict[str, Any] = {name: number.default for name, number in allowed.items()}
    values |= {**task.presets[preset], **given}
    terrain = None if map is None else read_map(map)
    if terrain is not None:
        for side, length in zip(("height", "width"), terrain.codes.shape, strict=True):
            if given.get(side, length) != length:
                raise ValueError(f"{task.name}: the map has {side} {length}, so {side}={given[side]!r} can't be given")
            values[side] = length
    for name, number in allowed.items():
        _check_value(task.name, name, values[name], number, whole=name in SIZES)
    sizes = {name: int(values[name]) for name in SIZES}
    cells = sizes["height"] * sizes["width"]
    lists = {} if terrain is None else terrain.lists(sizes["radius"])
    spawn_cells = len(lists.get("spawn_cells", ()))
    places = spawn_cells or cells - len(lists.get("wall_cells", ()))
    if sizes["agents"] > places:
        what = "cells where the map lets agents appear" if spawn_cells else "cells"
        raise ValueError(
            f"{task.name}: {sizes['agents']} agents don't fit on {places} {what} "
            f"(height {sizes['height']} x width {sizes['width']}); agents may be at most {places}"
        )
    shape = (sizes["height"], sizes["width"])
    pictures = {
        name: read_picture(given[name], shape, KINDS) if given.get(name) is not None else draw(*shape, sizes["agents"])
        for name, draw in task.pictures.items()
    }
    return Settings(sizes, {name: float(values[name]) for name in task.all_numbers}, lists, pictures)


_OTHER_ARGUMENTS = ("preset", "map", "obs", "others", "learners", "render_mode", "threads", "stagger", "debug")


def _check_value(task: str, name: str, value: Any, number: "Number", whole: bool) -> None:
    try:
        fits = math.isfinite(value) and number.low <= value <= number.high and (not whole or value == int(value))
    except (TypeError, ValueError, OverflowError):
        fits = False
    if not fits or isinstance(value, bool):
        kind = "a whole number" if whole else "a number"
        raise ValueError(f"{task}: {name} must be {kind} from {number.low:g} to {number.high:g}, got {value!r}")


def simulation(
    task: str,
    discrete: bool,
    *,
    worlds: int = 1,
    mode: int = 0,
    debug: bool = False,
    threads: int | None = None,
    stagger: bool = False,
    **given: Any,
) -> "Simulation":
    """A simulation of the named task; ``given`` is for :func:`settings`. Raises ``ValueError`` for bad ``threads``."""
    from sakana_envs.grid.simulation import Simulation

    record = get(task)
    if threads is not None and (isinstance(threads, bool) or not isinstance(threads, int) or threads < 1):
        raise ValueError(f"{task}: threads must be a whole number from 1, or None for all processors, got {threads!r}")
    chosen = settings(record, **given)
    sizes = dict(chosen.sizes)
    radius = sizes.pop("radius")
    made = Simulation(
        program(record, discrete, radius, debug), sizes, chosen.numbers, worlds, mode, chosen.lists, threads, stagger
    )
    for name, picture in chosen.pictures.items():
        made.view(name)[:, radius:-radius, radius:-radius] = picture
    return made
