"""What a simulation of a task is made with: a preset, and what was given in its place."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sakana_envs.core.files import quoted
from sakana_envs.tasks.effect import numbers_with_effect, sizes_with_effect
from sakana_envs.tasks.names import ARGUMENTS, nearest

if TYPE_CHECKING:
    import numpy as np

    from sakana_envs.core.levels import LevelSet
    from sakana_envs.core.numbers import Range
    from sakana_envs.core.structure import Number
    from sakana_envs.tasks.task import Task


_UNIFORM = "uniform"


class Settings(NamedTuple):
    """A preset with what was given in its place, checked: sizes, numbers, the cells of each map, the task's pictures.

    A number is a value, a value for each world, or a range.
    """

    sizes: dict[str, int]
    numbers: "dict[str, float | np.ndarray | Range]"
    sets: "Sequence[Mapping[str, np.ndarray]]"
    pictures: "dict[str, np.ndarray]"
    levels: "LevelSet | None"


def settings(
    task: "Task",
    *,
    preset: str = "default",
    map: Any = None,
    levels: Any = None,
    split: str | None = None,
    **given: Any,
) -> Settings:
    """Sizes, numbers, map, levels and pictures of a preset, with the given ones in their place.

    ``map`` is text, codes or colours, see :mod:`sakana_envs.grid.terrain`, a level of bodies or its file, see
    :mod:`sakana_envs.bodies.level`, or a list of such, and sets sizes of the world, as height and width. ``levels`` is
    how many fixed levels there are, or a :class:`sakana_envs.core.levels.Curriculum`, and ``split`` one of ``SPLITS``,
    among whose numbers they are. Raises ``TypeError`` for an unknown name, and for a size or number without effect, see
    :mod:`sakana_envs.tasks.effect`, and ``ValueError`` for a value that isn't allowed; all say what is.
    """
    from sakana_envs.core.scalars import plain

    known_sizes = task.engine.sizes
    if not isinstance(preset, str) or preset not in task.presets:
        raise ValueError(
            f"{task.name} has no preset {quoted(preset)}{nearest(preset, task.presets)}; "
            f"presets: {', '.join(task.presets)}"
        )
    chosen = {name: plain(value) for name, value in {**task.presets[preset], **given}.items()}
    allowed = {**known_sizes, **task.all_numbers}
    taken = {**sizes_with_effect(task), **numbers_with_effect(task)}
    for name in chosen:
        if name not in taken and name not in task.pictures:
            known = [*taken, *task.pictures, *ARGUMENTS]
            why = _without_effect(task, name) if name in allowed else nearest(name, known)
            raise TypeError(
                f"{task.name} has no argument {quoted(name)}{why}; arguments: {', '.join(known)} "
                f"(got an unexpected keyword argument {quoted(name)})"  # Python's words, which clients look for
            )
    values: dict[str, Any] = {name: number.default for name, number in allowed.items()} | chosen
    read_maps = task.engine.read_maps
    if map is not None and read_maps is None:
        raise ValueError(f"{task.name}: there are no maps of worlds of {task.engine.name}; leave map out")
    maps = () if map is None or read_maps is None else read_maps(map, {name: chosen[name] for name in given})
    if maps:
        for side, length in maps[0].sizes.items():
            if given.get(side, length) != length:
                raise ValueError(f"{task.name}: the map has {side} {length}, so {side}={given[side]!r} can't be given")
            values[side] = length
    for name in known_sizes:
        _check_value(task.name, name, values[name], allowed[name], whole=True)
    numbers = {name: read_number(task.name, name, values[name], allowed[name]) for name in task.all_numbers}
    sizes = {name: int(values[name]) for name in known_sizes}
    sets = [terrain.lists(sizes) for terrain in maps] or [{}]
    for number, lists in enumerate(sets):
        task.engine.check_room(task.name, sizes, lists, f" of map {number}" if len(sets) > 1 else "")
    pictures = {name: _picture(given.get(name), draw, sizes) for name, draw in task.pictures.items()}
    return Settings(sizes, numbers, sets, pictures, _read_levels(task.name, levels, split, len(sets)))


def _picture(given: Any, draw: Callable, sizes: Mapping[str, int]) -> "np.ndarray":
    """The picture that was given, or the one that the task draws."""
    from sakana_envs.grid.picture import read_picture
    from sakana_envs.grid.tiles import KINDS

    shape = (sizes["height"], sizes["width"])
    return draw(*shape, sizes["agents"]) if given is None else read_picture(given, shape, KINDS)


def _read_levels(task: str, levels: Any, split: Any, maps: int) -> "LevelSet | None":
    """From which levels episodes begin: those asked for, or a level for each of several maps."""
    from sakana_envs.core.levels import MOST, SPLITS, Curriculum, LevelSet
    from sakana_envs.core.scalars import is_whole, plain

    if levels is None:
        if split is not None:
            raise ValueError(f"{task}: split={quoted(split)} is a choice of levels: give levels= too")
        return LevelSet(maps, range(maps), fixed=False) if maps > 1 else None
    if split is not None and (not isinstance(split, str) or split not in SPLITS):
        raise ValueError(
            f"{task}: split must be one of {', '.join(repr(name) for name in SPLITS)}, got {quoted(split)}"
            f"{nearest(split, SPLITS)}"
        )
    among = SPLITS[split or "train"]
    if isinstance(levels, Curriculum):
        return LevelSet(levels.candidates, among, fixed=True, curriculum=levels)
    if not is_whole(plain(levels), 1, MOST):
        raise ValueError(
            f"{task}: levels must be a whole number from 1 to {MOST}, or a Curriculum, got {quoted(levels)}"
        )
    return LevelSet(plain(levels), among, fixed=True)


def _without_effect(task: "Task", name: str) -> str:
    from sakana_envs.tasks import registry

    others = {other: registry.get(other) for other in registry.names()}
    where = [other for other, its in others.items() if name in {**sizes_with_effect(its), **numbers_with_effect(its)}]
    also = f", as it has in {', '.join(where)}" if where else ""
    meaning = {**task.engine.sizes, **task.all_numbers}[name].meaning
    return f" ({meaning}): none of its rules reads it, so it would have no effect{also}"


def read_number(task: str, name: str, value: Any, number: "Number") -> "float | np.ndarray | Range":
    """A number of worlds as it was given: a value, a value for each world, or ``("uniform", low, high)``.

    Raises ``ValueError`` for values outside of the number's range, for a range that ends before it begins, and for what
    is none of the three.
    """
    import numpy as np

    from sakana_envs.core.numbers import Range
    from sakana_envs.core.scalars import plain

    if not isinstance(value, (list, tuple)) and not (isinstance(value, np.ndarray) and value.ndim > 0):
        _check_value(task, name, value, number, whole=False)
        return float(value)
    if len(value) > 0 and isinstance(value[0], str):
        if len(value) != 3 or value[0] != _UNIFORM:
            hint = nearest(value[0], [_UNIFORM]) if value[0] != _UNIFORM else ""
            raise ValueError(f"{task}: {name} can be drawn from ({_UNIFORM!r}, low, high), got {quoted(value)}{hint}")
        bounds = [plain(bound) for bound in value[1:]]
        for end, bound in zip(("low", "high"), bounds, strict=True):
            _check_value(task, f"{name}'s {end}", bound, number, whole=False)
        if bounds[0] > bounds[1]:
            raise ValueError(f"{task}: {name}'s low must be at most its high, got {quoted(value)}")
        return Range(*map(float, bounds))
    for world, each in enumerate(value):
        _check_value(task, f"{name} of world {world}", plain(each), number, whole=False)
    return np.array(value, dtype=np.float64)


def check_worlds(task: str, numbers: "Mapping[str, Any]", worlds: int) -> None:
    """Raise ``ValueError`` for numbers, as :func:`read_number` gives them, that have other than a value per world."""
    for name, value in numbers.items():
        given = getattr(value, "shape", (worlds,))[0]
        if given != worlds:
            raise ValueError(
                f"{task}: {name} must be one number, one for each of the {worlds} worlds, or ({_UNIFORM!r}, low, high)"
                f"; got {given} numbers"
            )


def _check_value(task: str, name: str, value: Any, number: "Number", whole: bool) -> None:
    try:
        fits = math.isfinite(value) and number.low <= value <= number.high and (not whole or value == int(value))
    except (TypeError, ValueError, OverflowError):
        fits = False
    if not fits or isinstance(value, bool):
        kind = "a whole number" if whole else "a number"
        raise ValueError(f"{task}: {name} must be {kind} from {number.low:g} to {number.high:g}, got {quoted(value)}")
