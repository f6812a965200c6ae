"""Which tasks there are, and how a task with sizes and numbers becomes a simulation."""

import difflib
import math
import pkgutil
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sakana_envs.grid.simulation import Program, Simulation
    from sakana_envs.tasks.task import Task

TWINS = {"Discrete": True, "Continuous": False}
"""Names of the twins, and whether their actions are discrete."""

_INFRASTRUCTURE = {"registry", "task"}
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
    if task.name in names():
        raise ValueError(f"task {task.name!r} exists already; choose another name than {', '.join(names())}")
    _added[task.name] = task


def nearest(name: str, known: Iterable[str]) -> str:
    """`` - did you mean 'x'?`` for the known name that is most like ``name``, or nothing."""
    matches = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f" - did you mean {matches[0]!r}?" if matches else ""


@cache
def program(task: "Task", discrete: bool, radius: int) -> "Program":
    """Compose a task's program for one twin and view radius; Numba compiles it at the first call."""
    from sakana_envs.grid.cpu import compile_kernels
    from sakana_envs.grid.record import compile_view
    from sakana_envs.grid.sensors import window_length
    from sakana_envs.grid.simulation import Program
    from sakana_envs.grid.world import EPISODE_STATISTICS

    fields = task.fields
    numbers = tuple(task.all_numbers)
    view = compile_view(task.name, fields, numbers, radius)
    kernels = compile_kernels(task.name, task.rules(), view, discrete, radius)
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
        statistics=EPISODE_STATISTICS + tuple(name for name in fields if name.startswith("reward_")),
    )


def settings(task: "Task", preset: str, given: Mapping[str, Any]) -> tuple[dict[str, int], dict[str, float]]:
    """Sizes and numbers of a preset with the given ones in their place.

    Raises ``TypeError`` for an unknown name and ``ValueError`` for a value out of range; both say what is allowed.
    """
    from sakana_envs.grid.world import SIZES

    if preset not in task.presets:
        raise ValueError(
            f"{task.name} has no preset {preset!r}{nearest(preset, task.presets)}; presets: {', '.join(task.presets)}"
        )
    allowed = {**SIZES, **task.all_numbers}
    for name in given:
        if name not in allowed:
            raise TypeError(
                f"{task.name} has no argument {name!r}{nearest(name, allowed)}; arguments: {', '.join(allowed)}"
            )
    values: dict[str, Any] = {name: number.default for name, number in allowed.items()}
    values |= {**task.presets[preset], **given}
    for name, number in allowed.items():
        value = values[name]
        whole = name in SIZES
        try:
            fits = math.isfinite(value) and number.low <= value <= number.high and (not whole or value == int(value))
        except (TypeError, ValueError):
            fits = False
        if not fits or isinstance(value, bool):
            kind = "a whole number" if whole else "a number"
            raise ValueError(
                f"{task.name}: {name} must be {kind} from {number.low:g} to {number.high:g}, got {value!r}"
            )
    sizes = {name: int(values[name]) for name in SIZES}
    cells = sizes["height"] * sizes["width"]
    if sizes["agents"] > cells:
        raise ValueError(
            f"{task.name}: {sizes['agents']} agents don't fit on {cells} cells "
            f"(height {sizes['height']} x width {sizes['width']}); agents may be at most {cells}"
        )
    return sizes, {name: float(values[name]) for name in task.all_numbers}


def simulation(
    task: str, discrete: bool, *, worlds: int = 1, mode: int = 0, preset: str = "default", **given: Any
) -> "Simulation":
    """A simulation of the named task; ``given`` are sizes and numbers that differ from the preset's."""
    from sakana_envs.grid.simulation import Simulation

    record = get(task)
    pictures = {name: given.pop(name, None) for name in record.pictures}
    sizes, numbers = settings(record, preset, given)
    radius = sizes.pop("radius")
    made = Simulation(program(record, discrete, radius), sizes, numbers, worlds, mode)
    for name, picture in pictures.items():
        inside = made.view(name)[:, radius:-radius, radius:-radius]
        inside[:] = record.pictures[name](*inside.shape[1:], made.agents) if picture is None else picture
    return made
