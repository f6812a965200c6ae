"""Options of a reset: from what the episodes that begin now are to begin. All are checked before anything changes."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sakana_envs.core.levels import LAST
from sakana_envs.core.numbers import Range
from sakana_envs.core.scalars import is_whole, plain
from sakana_envs.core.start import Start
from sakana_envs.grid.terrain import are_several
from sakana_envs.tasks.effect import numbers_with_effect
from sakana_envs.tasks.names import nearest
from sakana_envs.tasks.settings import check_worlds, read_number
from sakana_envs.tasks.task import Task
from sakana_envs.wrappers.images import read_source

START = ("numbers", "map", "level")
"""Options that every face takes."""


def check_options(options: Any, known: tuple[str, ...] = START) -> Mapping[str, Any]:
    """The options of a reset, by name; ``known`` are those that the face takes.

    Raises ``ValueError`` for other options, which would be ignored, and ``TypeError`` for options that aren't named.
    """
    if options is None:
        return {}
    if not isinstance(options, Mapping):
        raise TypeError(f"options must be a dictionary or None, got {options!r}")
    for name in options:
        if name not in known:
            raise ValueError(
                f"there is no option {name!r}{nearest(name, known)}; options are {', '.join(known)}: numbers go into "
                "options['numbers'], and sizes are arguments of make"
            )
    return options


def read_start(task: Task, simulation: Any, options: Mapping[str, Any]) -> Start | None:
    """What the options ``"numbers"``, ``"map"`` and ``"level"`` ask for; None if they ask for nothing.

    ``numbers`` maps names to values for all worlds, or to one for each; ``map`` is one map, as ``make`` takes it, of
    the worlds' size; ``level`` is a level's number, or one for each world. Raises ``ValueError``, ``TypeError`` and
    ``FileNotFoundError`` for what can't be.
    """
    given = {name: options[name] for name in START if options.get(name) is not None}
    if not given:
        return None
    if "map" in given and "level" in given:
        raise ValueError("a reset takes a map or a level, not both: a level says on which map it is")
    numbers = _read_numbers(task, given.get("numbers", {}), simulation.worlds)
    levels = _read_levels(given["level"], simulation) if "level" in given else None
    lists = _read_lists(task, given["map"], simulation) if "map" in given else None
    return Start(numbers, levels, lists)


def _read_numbers(task: Task, numbers: Any, worlds: int) -> dict[str, np.ndarray]:
    if not isinstance(numbers, Mapping):
        raise TypeError(f"options['numbers'] must be a dictionary, as {{'speed': 0.5}}, got {numbers!r}")
    known = numbers_with_effect(task)
    values = {}
    for name, given in numbers.items():
        if name not in known:
            raise ValueError(
                f"{task.name} has no number {name!r} to set{nearest(name, known)}; numbers: {', '.join(known)}"
            )
        value = read_number(task.name, name, plain(given), known[name])
        if isinstance(value, Range):
            raise ValueError(f"{task.name}: {name} can't be given a range by a reset; ranges are arguments of make")
        check_worlds(task.name, {name: value}, worlds)
        values[name] = np.broadcast_to(np.asarray(value, dtype=np.float64), (worlds,))
    return values


def _read_levels(level: Any, simulation: Any) -> np.ndarray:
    levels, worlds = simulation.levels, simulation.worlds
    if levels is None:
        raise ValueError("these worlds have no levels: give levels= or a list of maps to make")
    last = LAST if levels.fixed else len(levels.numbers) - 1
    several = isinstance(level, (list, tuple)) or (isinstance(level, np.ndarray) and level.ndim > 0)
    chosen = [plain(each) for each in level] if several else [plain(level)] * worlds
    if len(chosen) != worlds or not all(is_whole(each, 0, last) for each in chosen):
        raise ValueError(
            f"level must be a whole number from 0 to {last}, or one for each of the {worlds} worlds, got {level!r}"
        )
    return np.array(chosen, dtype=np.int64)


def _read_lists(task: Task, source: Any, simulation: Any) -> Mapping[str, np.ndarray]:
    if are_several(source):
        raise ValueError("a reset takes one map; a list of maps is an argument of make")
    if task.engine.read_maps is None:
        raise ValueError(f"{task.name}: there are no maps of worlds of {task.engine.name}")
    sizes = {**simulation.sizes, **simulation.program.structure.constants}
    terrain = task.engine.read_maps(read_source(source), sizes)[0]
    if any(sizes[name] != size for name, size in terrain.sizes.items()):
        own, theirs = (", ".join(f"{name} {each[name]}" for name in terrain.sizes) for each in (terrain.sizes, sizes))
        raise ValueError(f"{task.name}: the map has {own}, and the worlds have {theirs}: a reset changes no sizes")
    lists = terrain.lists(sizes)
    task.engine.check_room(task.name, sizes, lists)
    return lists


def merge(options: list[Mapping[str, Any]], per_world: int) -> dict[str, Any]:
    """One set of options for all worlds, from those of each row, ``per_world`` of each world.

    Raises ``ValueError`` for rows of a world that differ, and worlds that differ in what they are given.
    """
    of_worlds = options[::per_world]
    if any(not _same(each, of_worlds[row // per_world]) for row, each in enumerate(options)):
        raise ValueError("options must be the same for all environments of a world: they share it, and begin together")
    merged = dict(of_worlds[0])
    if any(each.keys() != merged.keys() for each in of_worlds):
        raise ValueError("options must name the same things for all environments: one may be None")
    if any(not _same(each.get("map"), merged.get("map")) for each in of_worlds):
        raise ValueError("a reset takes one map for all environments; levels of a list of maps may differ")
    if "level" in merged:
        merged["level"] = [each["level"] for each in of_worlds]
    numbers = [each.get("numbers") or {} for each in of_worlds]
    if any(not isinstance(each, Mapping) or each.keys() != numbers[0].keys() for each in numbers):
        raise ValueError("options['numbers'] must be a dictionary with the same names for all environments")
    return merged | {"numbers": {name: [each[name] for each in numbers] for name in numbers[0]}}


def _same(one: Any, other: Any) -> bool:
    """Whether two options, or dictionaries of options, say the same."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    return one is other or (type(one) is type(other) and np.array_equal(one, other))


def world_mask(rows: Any, worlds: int, learners: int) -> np.ndarray:
    """A mask of rows, ``learners`` of each world, as one of worlds, (worlds,) bool; ``ValueError`` for another."""
    rows = np.asarray(rows)
    if rows.dtype != np.bool_ or rows.shape != (worlds * learners,):
        raise ValueError(
            f"reset_mask must be bool with shape ({worlds * learners},), got {rows.dtype} with shape {rows.shape}"
        )
    per_world = rows.reshape(worlds, learners)
    mask = per_world[:, 0].copy()
    if (per_world != mask[:, None]).any():
        raise ValueError("reset_mask must be the same for all rows of a world: they share it, and begin together")
    return mask
