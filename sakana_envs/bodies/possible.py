"""Which worlds of bodies can be: what every field may hold, and how fields agree with each other."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from sakana_envs.bodies.world import (
    CORNERS,
    FARTHEST,
    FASTEST,
    FASTEST_SPIN,
    FIELDS,
    HEAVIEST,
    LARGEST,
    MOST_ANGLE,
    MOST_POWER,
    MOTORS,
    ROLES,
    THRUSTERS,
)
from sakana_envs.core.memory import Layout
from sakana_envs.core.possible import check_ranges, refuse

if TYPE_CHECKING:
    from sakana_envs.core.program import Program

_LENGTH, _TURNED, _POWER = (-LARGEST, LARGEST), (-MOST_ANGLE, MOST_ANGLE), (-MOST_POWER, MOST_POWER)
_FINITE = (-float(np.finfo(np.float32).max), float(np.finfo(np.float32).max))

RANGES = {
    **dict.fromkeys(("x", "y"), (-FARTHEST, FARTHEST)),
    **dict.fromkeys(("vx", "vy"), (-FASTEST, FASTEST)),
    "spin": (-FASTEST_SPIN, FASTEST_SPIN),
    **dict.fromkeys(("inverse_mass", "inverse_inertia", "friction", "restitution", "density"), (0.0, HEAVIEST)),
    "radius": (0.0, 2.0 * LARGEST),
    **dict.fromkeys(("corner_x", "corner_y", "first_x", "first_y", "second_x", "second_y"), _LENGTH),
    **dict.fromkeys(("thruster_x", "thruster_y"), _LENGTH),
    **dict.fromkeys(("angle", "rest_angle", "least_angle", "most_angle", "thruster_angle"), _TURNED),
    **dict.fromkeys(("motor_speed", "motor_power", "thruster_power"), _POWER),
    **dict.fromkeys(("active", "limited", "motor", "thruster"), (0, 1)),
    **dict.fromkeys(("mode", "joint"), (0, 2)),
    "role": (0, ROLES - 1),
    "corners": (3, CORNERS),
    "motor_slot": (0, MOTORS - 1),
    "thruster_slot": (0, THRUSTERS - 1),
    "pull": (-HEAVIEST, HEAVIEST),
}
"""Closed ranges of what a level may say."""

_KEPT = {
    **dict.fromkeys(("push", "rub", "pull_x", "pull_y", "twist"), _FINITE),
    "control": (-1.0, 1.0),
    "touch": (0, 1),
    "met": (0, 4),
}
_FLAT, _NEAR = 1e-6, 1e-4


def corners_that_cant_be(corners: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Which polygons (...) of so many corners, at x and y (..., 4), have dents, or go round the wrong way."""
    x, y = x.astype(np.float64), y.astype(np.float64)
    wrong = np.zeros(corners.shape, dtype=np.bool_)
    for count in (3, CORNERS):
        edges_x = np.roll(x[..., :count], -1, axis=-1) - x[..., :count]
        edges_y = np.roll(y[..., :count], -1, axis=-1) - y[..., :count]
        bend = edges_y * np.roll(edges_x, -1, axis=-1) - edges_x * np.roll(edges_y, -1, axis=-1)
        fits = ((bend > _FLAT) & (edges_x**2 + edges_y**2 > _FLAT)).all(axis=-1)
        wrong |= (corners == count) & ~fits
    return wrong


def _faces(corners: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where the edges of polygons face, and how far they reach there, each (..., 4)."""
    following = np.arange(CORNERS) + 1
    following = np.where(following < corners[..., None], following, 0)
    along_x = np.take_along_axis(x, following, axis=-1) - x
    along_y = np.take_along_axis(y, following, axis=-1) - y
    length = np.sqrt(along_x * along_x + along_y * along_y)
    length = np.where(length > 0, length, 1)
    face_x, face_y = -along_y / length, along_x / length
    there = np.arange(CORNERS) < corners[..., None]
    reach = face_x[..., None] * x[..., None, :] + face_y[..., None] * y[..., None, :]
    return face_x, face_y, np.where(there[..., None, :], reach, -np.inf).max(axis=-1)


def _groups(field: Mapping[str, np.ndarray]) -> np.ndarray:
    """The number that each body has in common with those that it hangs together with."""
    worlds, bodies = field["active"].shape
    group = np.tile(np.arange(bodies), (worlds, 1))
    rows, joints = np.arange(worlds), field["joint"].shape[1]
    for joint in [*range(joints)] * joints:
        first, second, there = (field[name][:, joint] for name in ("first", "second", "joint"))
        lower = np.minimum(group[rows, first], group[rows, second])
        for body in (first, second):
            group[rows, body] = np.where(there > 0, lower, group[rows, body])
    return group


def check_room(task: str, sizes: Mapping[str, int], lists: Mapping[str, np.ndarray], which: str = "") -> None:
    """Raise ``ValueError`` for what can't be begun: there is nothing; levels are checked as they are read."""


def check_any(program: "Program", layout: Layout, blocks: np.ndarray) -> None:
    """Raise ``ValueError`` for what can't be in any world, also before its first episode: there is nothing."""


def check_begun(program: "Program", layout: Layout, blocks: np.ndarray) -> None:
    """Raise ``ValueError`` for what can't be in a world whose episode has begun."""
    field = {name: layout.view(blocks, name) for name in FIELDS}
    check_ranges(field, {**RANGES, **_KEPT})
    check_links(field)
    refuse(field["group"] != _groups(field), "bodies that hang together and aren't said to, or the other way round")
    there = field["active"][:, : field["corners"].shape[1]] != 0
    shape = field["corners"], field["corner_x"], field["corner_y"]
    refuse(there & corners_that_cant_be(*shape), "a polygon whose corners can't be")
    for name, value in zip(("face_x", "face_y", "face_at"), _faces(*shape), strict=True):
        refuse(there[..., None] & ~(abs(field[name] - value) <= _NEAR), f"{name} isn't that of the corners")
    turned = field["angle"].astype(np.float64)
    for name, value in (("sine", np.sin(turned)), ("cosine", np.cos(turned))):
        refuse(~(abs(field[name] - value) <= _NEAR), f"{name} isn't that of the angle")


def check_links(field: Mapping[str, np.ndarray]) -> None:
    """Raise ``ValueError`` for joints and thrusters at bodies that aren't there, or limits that aren't in order."""
    bodies = field["active"].shape[1]
    for name in ("first", "second", "thrusts"):
        refuse(field[name] >= bodies, f"{name} is a body that there isn't")
    for kind, name in (("joint", "first"), ("joint", "second"), ("thruster", "thrusts")):
        there = np.take_along_axis(field["active"], field[name].astype(np.int64), axis=1) != 0
        refuse((field[kind] != 0) & ~there, f"{name} is a body that isn't there")
    joint = field["joint"] != 0
    refuse(joint & (field["first"] == field["second"]), "a joint of a body with itself")
    refuse(joint & (field["least_angle"] > field["most_angle"]), "limits of a joint that aren't in order")
