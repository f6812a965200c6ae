"""A level as a list of integers, which worlds read as their episode begins: each the bits of a float32."""

from collections.abc import Mapping

import numpy as np

from sakana_envs.bodies.derive import turn
from sakana_envs.core.inner import inner, seldom
from sakana_envs.core.single import single

OF_WORLD = ("pull",)
OF_BODY: tuple[str, ...] = ("x", "y", "angle", "vx", "vy", "spin", "inverse_mass", "inverse_inertia")
OF_BODY += ("friction", "restitution", "density", "radius", "active", "mode", "role")
OF_POLYGON = ("corners", "corner_x", "corner_y")
OF_JOINT: tuple[str, ...] = ("joint", "first", "second", "first_x", "first_y", "second_x", "second_y", "rest_angle")
OF_JOINT += ("limited", "least_angle", "most_angle", "motor", "motor_slot", "motor_speed", "motor_power")
OF_THRUSTER: tuple[str, ...] = (
    "thruster",
    "thrusts",
    "thruster_x",
    "thruster_y",
    "thruster_angle",
    "thruster_power",
    "thruster_slot",
)
GROUPS = (OF_WORLD, OF_BODY, OF_POLYGON, OF_JOINT, OF_THRUSTER)
"""Fields that a level sets, in the order of its words: of each group, thing by thing."""


def as_words(values: Mapping[str, np.ndarray]) -> np.ndarray:
    """A level's words (int64) from its fields."""
    columns = []
    for group in GROUPS:
        things = 1 if group is OF_WORLD else len(values[group[0]])
        rows = [np.asarray(values[name], np.float32).reshape(things, -1) for name in group]
        columns.append(np.concatenate(rows, axis=1).reshape(-1))
    return np.concatenate(columns).view(np.int32).astype(np.int64)


@inner
def _read(world, at):
    return single(np.int32(world.level_words[at]).view(np.float32))


@seldom
def _read_bodies(world, at):
    for body in range(world.polygons + world.circles):
        world.x[body], world.y[body], world.angle[body] = _read(world, at), _read(world, at + 1), _read(world, at + 2)
        world.vx[body], world.vy[body] = _read(world, at + 3), _read(world, at + 4)
        world.spin[body] = _read(world, at + 5)
        world.inverse_mass[body], world.inverse_inertia[body] = _read(world, at + 6), _read(world, at + 7)
        world.friction[body], world.restitution[body] = _read(world, at + 8), _read(world, at + 9)
        world.density[body], world.radius[body] = _read(world, at + 10), _read(world, at + 11)
        world.active[body] = int(_read(world, at + 12))
        world.mode[body], world.role[body] = int(_read(world, at + 13)), int(_read(world, at + 14))
        turn(world, body)
        at += 15
    for polygon in range(world.polygons):
        world.corners[polygon] = int(_read(world, at))
        for corner in range(4):
            world.corner_x[polygon, corner] = _read(world, at + 1 + corner)
            world.corner_y[polygon, corner] = _read(world, at + 5 + corner)
        at += 9
    return at


@seldom
def _read_joints(world, at):
    for joint in range(world.joints):
        world.joint[joint] = int(_read(world, at))
        world.first[joint], world.second[joint] = int(_read(world, at + 1)), int(_read(world, at + 2))
        world.first_x[joint], world.first_y[joint] = _read(world, at + 3), _read(world, at + 4)
        world.second_x[joint], world.second_y[joint] = _read(world, at + 5), _read(world, at + 6)
        world.rest_angle[joint], world.limited[joint] = _read(world, at + 7), int(_read(world, at + 8))
        world.least_angle[joint], world.most_angle[joint] = _read(world, at + 9), _read(world, at + 10)
        world.motor[joint], world.motor_slot[joint] = int(_read(world, at + 11)), int(_read(world, at + 12))
        world.motor_speed[joint], world.motor_power[joint] = _read(world, at + 13), _read(world, at + 14)
        at += 15
    for thruster in range(world.thrusters):
        world.thruster[thruster], world.thrusts[thruster] = int(_read(world, at)), int(_read(world, at + 1))
        world.thruster_x[thruster], world.thruster_y[thruster] = _read(world, at + 2), _read(world, at + 3)
        world.thruster_angle[thruster], world.thruster_power[thruster] = _read(world, at + 4), _read(world, at + 5)
        world.thruster_slot[thruster] = int(_read(world, at + 6))
        at += 7


@seldom
def place_level(world):
    """Lay the world out as its level says. Returns whether it has one; nothing happens if not."""
    if len(world.level_words) == 0:
        return False
    world.pull[0], world.pull[1] = _read(world, 0), _read(world, 1)
    _read_joints(world, _read_bodies(world, 2))
    return True
