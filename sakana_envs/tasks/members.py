"""Whether the members of a task's record can be, checked when it is made."""

from collections.abc import Mapping
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from sakana_envs.core.actions import Actions
from sakana_envs.core.scalars import is_whole, plain
from sakana_envs.core.structure import TABLES, Field, Number
from sakana_envs.tasks.names import ARGUMENTS, nearest

if TYPE_CHECKING:
    from sakana_envs.tasks.task import Task

_GYMNASIUM = {"num_envs", "worlds", "autoreset_mode", "max_episode_steps", "max_cycles"}
_TAKEN = {"task", "twin", *ARGUMENTS, *_GYMNASIUM, *TABLES, "tick", "key", "numbers", "stride"}
_OF_CALLS = {"rows", "single", "mode", "chosen", "id", "disable_env_checker", "vectorization_mode", "vector_kwargs"}
_OF_CALLS |= {"wrappers", "id_or_task", "policy", "seed", "deterministic"}
_OF_CALLS |= {"path", "ticks", "episodes", "fps", "progress"}
"""What functions that make environments, or play them, take besides: none of what users give by name is called so."""

_LARGEST = float(np.finfo(np.float32).max)


def check_names(task: "Task") -> None:
    """Raise ``ValueError`` for names that can't be, or that the world already uses."""
    terms = [f"reward_{term}" for term in task.reward] if isinstance(task.reward, Mapping) else []
    groups = {"number": task.numbers, "memory": task.memory, "picture": task.pictures, "reward's term": terms}
    every = [name for names in groups.values() for name in names]
    named = isinstance(task.agent_names, tuple) and all(
        isinstance(name, str) and name.isidentifier() for name in task.agent_names
    )
    if not named or not task.agent_names or len(set(task.agent_names)) < len(task.agent_names):
        raise ValueError(
            f"task {task.name}: agent_names must be a tuple of different names, as ('predator', 'prey'), "
            f"got {task.agent_names!r}"
        )
    engine = task.engine
    optional = [name for group in task._optional.values() for name in group]
    of_engine = {*engine.fields, *optional, *engine.numbers, *engine.sizes, *engine.lists, *engine.rows}
    taken = of_engine | _TAKEN
    for what, names in groups.items():
        for name in names:
            if not (isinstance(name, str) and name.isidentifier()):
                raise ValueError(f"task {task.name}: {what} {name!r} must be a name of letters, digits and _")
            if name in taken or every.count(name) > 1 or (what in ("number", "picture") and name in _OF_CALLS):
                raise ValueError(
                    f"task {task.name}: {what} {name!r} has a name that the world already uses; choose another"
                )


def check_values(task: "Task") -> None:
    """Raise ``ValueError`` for numbers, memory, pictures, layers, senses and features that can't be."""
    for what in ("pictures", "layers"):
        if getattr(task, what) and "cell" not in task.engine.owners:
            raise ValueError(f"task {task.name}: {what} are for worlds of cells, not of {task.engine.name}")
    if task.kinds and "disc" not in task.engine.owners:
        raise ValueError(f"task {task.name}: kinds name discs, not what is in worlds of {task.engine.name}")
    called = list(task.kinds.values()) if isinstance(task.kinds, Mapping) else [None]
    strings = all(isinstance(name, str) and name for name in called)
    if not strings or len(set(called)) < len(called) or not all(is_whole(plain(each), 0, 7) for each in task.kinds):
        raise ValueError(
            f"task {task.name}: kinds must be different names by kind, 0 to 7, as {{0: 'player', 1: 'ball'}}, "
            f"got {task.kinds!r}"
        )
    if not isinstance(task.senses, (tuple, list)):
        raise ValueError(f"task {task.name}: senses must be a tuple, as (own('velocity'),), got {task.senses!r}")
    for name, number in task.numbers.items():
        if not (isinstance(number, Number) and number.low <= number.default <= number.high):
            raise ValueError(
                f"task {task.name}: number {name!r} must be Number(default, low, high, meaning) with "
                f"low <= default <= high, got {number!r}"
            )
    for name, own in task.memory.items():
        places = task.engine.owners
        if not (isinstance(own, Field) and own.per in places and own.size >= 1):
            raise ValueError(
                f"task {task.name}: memory {name!r} must be Field(per, dtype, meaning) with per "
                f"{', '.join(map(repr, places[:-1]))} or {places[-1]!r}, got {own!r}"
            )
        if not _is_numeric(own.dtype):
            raise ValueError(f"task {task.name}: memory {name!r} must be numbers, such as np.float32, got {own!r}")
    for name in task.layers:
        cells = task.fields.get(name)
        if cells is None or cells.per != "cell" or np.dtype(cells.dtype) != np.uint8 or cells.size != 1:
            raise ValueError(
                f"task {task.name}: layer {name!r} must be the name of a picture, or of memory declared as "
                "Field('cell', np.uint8)"
            )
    features: Any = task.feature_names
    if isinstance(features, str):
        raise ValueError(f"task {task.name}: feature_names must be a tuple of names, got {features!r}")
    for name, bounds in task.feature_names.items() if isinstance(task.feature_names, Mapping) else ():
        if not _is_range(bounds):
            raise ValueError(
                f"task {task.name}: feature {name!r} must map to (low, high) with low < high, numbers that are "
                f"finite as float32, as is their difference, got {bounds!r}"
            )
    for name, categories in task.layers.items() if isinstance(task.layers, Mapping) else ():
        if not (is_whole(categories, 0, 255) and categories != 1):
            raise ValueError(
                f"task {task.name}: layer {name!r} must map to its number of categories, 2 to 255, or 0 for amounts, "
                f"got {categories!r}"
            )
    if bool(task.feature_names) != (task.features is not type(task).features):
        raise ValueError(
            f"task {task.name}: features and feature_names belong together: features(world, agent, out) writes "
            f"one value for each name, and there are {len(task.feature_names)} names"
        )
    try:
        task.engine.row(task.sensed, task.engine.default_constants)
    except ValueError as error:
        raise ValueError(f"task {task.name}: {error}") from None


def check_actions(task: "Task") -> None:
    """Raise ``TypeError`` for what are no actions, and ``ValueError`` for those that the engine can't use."""
    given = task.actions
    if not isinstance(given, Actions):
        raise TypeError(f"task {task.name}: actions must be sakana_envs.rules.Actions, got {given!r}")
    bases = [base for base in task.engine.actions if base.coordinates == given.coordinates[: len(base.coordinates)]]
    if not bases:
        known = ", or ".join(", ".join(base.coordinates) for base in task.engine.actions)
        raise ValueError(
            f"task {task.name}: the first coordinates of actions must be {known}, got {', '.join(given.coordinates)}"
        )
    own, count = bases[0], len(bases[0].coordinates)
    if (given.low[:count] < own.low).any() or (given.high[:count] > own.high).any():
        raise ValueError(
            f"task {task.name}: {', '.join(own.coordinates)} of actions must lie in {own.low.tolist()} to "
            f"{own.high.tolist()}, got {given.low[:count].tolist()} to {given.high[:count].tolist()}"
        )


def check_presets(task: "Task") -> None:
    """Raise ``ValueError`` for presets of what there isn't, or that are out of range."""
    if "default" not in task.presets:
        raise ValueError(f"task {task.name}: presets must have a 'default', got {sorted(task.presets)}")
    known = {**task.engine.sizes, **task.all_numbers}
    for preset, values in task.presets.items():
        if not isinstance(values, Mapping):
            raise ValueError(f"task {task.name}: preset {preset!r} must be a dictionary of values, got {values!r}")
        for name, value in values.items():
            if name not in known:
                raise ValueError(
                    f"task {task.name}: preset {preset!r} sets {name!r}, which is neither a size nor a number"
                    f"{nearest(name, known)}; there are {', '.join(known)}"
                )
            if not (isinstance(plain(value), (int, float)) and known[name].low <= value <= known[name].high):
                raise ValueError(
                    f"task {task.name}: preset {preset!r} sets {name}={value!r}; it must be one number from "
                    f"{known[name].low:g} to {known[name].high:g}"
                )


def _is_range(bounds: Any) -> bool:
    """Whether bounds are two finite float32 numbers, the lower one first, with a difference that is one too."""
    if not (isinstance(bounds, tuple) and len(bounds) == 2 and all(isinstance(bound, Real) for bound in bounds)):
        return False
    if not -_LARGEST <= bounds[0] < bounds[1] <= _LARGEST:
        return False
    low, high = map(np.float32, bounds)
    return bool(low < high) and float(high) - float(low) <= _LARGEST


def _is_numeric(dtype: Any) -> bool:
    try:
        return np.dtype(dtype).kind in "biuf"
    except TypeError:  # it is no type at all
        return False
