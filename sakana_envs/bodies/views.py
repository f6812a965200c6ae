"""The form of observations of worlds of bodies: a row of float32."""

from collections.abc import Callable, Mapping

import numpy as np

from sakana_envs.bodies.sight import MOST, OF_CIRCLE, OF_JOINT, OF_POLYGON, OF_THRUSTER
from sakana_envs.bodies.world import WALLS
from sakana_envs.core.engine import Senses, Stretch, View

_MOST_BODIES = 64
_NUMBERS = ("x", "y", "angle", "vx", "vy", "spin", "role", "active")


def _things(constants: Mapping[str, int]) -> list[tuple[str, tuple[str, ...]]]:
    """What a row tells of, in turn, each with the names of its numbers."""
    polygons = [f"polygon {n + 1}" for n in range(constants["polygons"] - WALLS)]
    circles = [f"circle {n + 1}" for n in range(constants["circles"])]
    at = tuple(f"1 at {name}" for name in ("the floor", "the left wall", "the right wall", "the ceiling"))
    at += tuple(f"1 at {name}" for name in (*polygons, *circles))
    of_joint = (*OF_JOINT, *(f"{name} as its second" for name in at), *(f"{name} as its first" for name in at))
    return [
        ("the floor", OF_POLYGON),
        *((name, OF_POLYGON) for name in polygons),
        *((name, OF_CIRCLE) for name in circles),
        *((f"joint {n + 1}", of_joint) for n in range(constants["joints"])),
        *((f"thruster {n + 1}", (*OF_THRUSTER, *at)) for n in range(constants["thrusters"])),
        ("gravity", ("a tenth of it, upwards",)),
    ]


def row(senses: Senses, constants: Mapping[str, int]) -> View:
    """A row as it is written: the world, then the task's features; only these are parts that ought to change."""
    told = _told(senses, constants)
    first = len(told) - len(senses.features)
    parts = tuple(Stretch(first + n, first + n + 1, f"feature {name!r}") for n, name in enumerate(senses.features))
    return _row(senses, told)._replace(parts=parts)


def _told(senses: Senses, constants: Mapping[str, int]) -> list[str]:
    """What each number of a row means."""
    if senses.parts:
        raise ValueError("worlds of bodies are seen as they are: leave senses out; features may add numbers")
    if len(senses.ranges) < len(senses.features):
        raise ValueError(
            "features of worlds of bodies are float32, each in its range: feature_names={'name': (low, high)}"
        )
    seen = [f"{thing}: {number}" for thing, numbers in _things(constants) for number in numbers]
    return [*seen, *(f"the feature {name}" for name in senses.features)]


def _row(senses: Senses, told: list[str]) -> View:
    seen = len(told) - len(senses.ranges)
    low = [*[-MOST] * seen, *(bounds[0] for bounds in senses.ranges)]
    high = [*[MOST] * seen, *(bounds[1] for bounds in senses.ranges)]
    parts = tuple(Stretch(n, n + 1, name) for n, name in enumerate(told))
    return View(np.array(low, np.float32), np.array(high, np.float32), (len(told),), np.float32, parts=parts)


def views(senses: Senses, constants: Mapping[str, int]) -> dict[str, View]:
    """The only form there is."""
    return {"flat": _row(senses, _told(senses, constants))}


def _write_summary(
    view: Callable[[str], np.ndarray], world: int, constants: Mapping[str, int], out: np.ndarray
) -> None:
    out[:] = 0.0
    for place, name in enumerate(_NUMBERS):
        values = view(name)[world, WALLS:][:_MOST_BODIES]
        out[: len(values), place] = values


SUMMARY = View(-np.inf, np.inf, (_MOST_BODIES, len(_NUMBERS)), np.float32, _write_summary)
"""Place, angle, velocity, spin and role of the first 64 bodies behind the walls, and 1 if they are there."""
