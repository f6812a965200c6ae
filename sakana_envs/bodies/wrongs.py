"""What a task's rules can do wrong in a world of bodies, see :mod:`sakana_envs.core.faults`.

What could lead out of an array is also put right at once, since the world is looked at before the fault is told.
"""

from typing import Any

import numpy as np

from sakana_envs.bodies.world import (
    CORNERS,
    FARTHEST,
    FASTEST,
    FASTEST_SPIN,
    HEAVIEST,
    LARGEST,
    MOST_ANGLE,
    MOST_POWER,
    MOTORS,
    ROLES,
    THRUSTERS,
    WELD,
)
from sakana_envs.core.faults import FIRST_OF_ENGINE, note
from sakana_envs.core.inner import inner, seldom

FULL, PLACE, BODY, CORNER, JOINT, THRUSTER = map(np.int64, range(FIRST_OF_ENGINE, FIRST_OF_ENGINE + 6))

SAID: dict[Any, str] = {
    FULL: "built more than {agent} of a sort in world {world}, for which there is no room: polygons, circles, joints "
    "and thrusters of make say how many there can be, the four walls among the polygons",
    PLACE: "put body {agent} of world {world} where nothing can be, or moves it as nothing can: x and y are at most 15 "
    "metres, vx and vy 100 metres a second, spin 50 radians a second, all finite",
    BODY: "made body {agent} of world {world} what none can be: inverse_mass, inverse_inertia, friction and "
    "restitution are 0 to 1e6, a circle's radius 0.001 to 20, role 0 to 3, mode 0 to 2",
    CORNER: "gave polygon {agent} of world {world} corners that can't be: three or four, clockwise, round a shape "
    "without dents, within 20 metres",
    JOINT: "made joint {agent} of world {world} what none can be: it joins two different bodies that are there, limits "
    "are in order, motor_slot is 0 to 3",
    THRUSTER: "made thruster {agent} of world {world} what none can be: it pushes a body that is there, "
    "thruster_slot is 0 or 1",
}
"""What to say of each."""

_ZERO = np.float32(0.0)
_FARTHEST, _FASTEST, _FASTEST_SPIN = map(np.float32, (FARTHEST, FASTEST, FASTEST_SPIN))
_HEAVIEST, _LARGEST, _MOST_ANGLE, _MOST_POWER = map(np.float32, (HEAVIEST, LARGEST, MOST_ANGLE, MOST_POWER))
_SMALLEST, _FLAT = np.float32(1e-3), np.float32(1e-6)


@inner
def _is_place(world, body):
    well = (abs(world.x[body]) <= _FARTHEST) & (abs(world.y[body]) <= _FARTHEST)
    well &= (abs(world.vx[body]) <= _FASTEST) & (abs(world.vy[body]) <= _FASTEST)
    return well & (abs(world.spin[body]) <= _FASTEST_SPIN) & (abs(world.angle[body]) <= _MOST_ANGLE)


@inner
def _is_body(world, body):
    well = (world.role[body] < ROLES) & (world.mode[body] <= 2) & (world.active[body] <= 1)
    well &= (world.inverse_mass[body] >= _ZERO) & (world.inverse_mass[body] <= _HEAVIEST)
    well &= (world.inverse_inertia[body] >= _ZERO) & (world.inverse_inertia[body] <= _HEAVIEST)
    well &= (world.friction[body] >= _ZERO) & (world.friction[body] <= _HEAVIEST)
    well &= (world.restitution[body] >= _ZERO) & (world.restitution[body] <= _HEAVIEST)
    if body >= world.polygons and world.active[body] != 0:
        well &= (world.radius[body] >= _SMALLEST) & (world.radius[body] <= _LARGEST)
    return well


@inner
def _has_corners(world, polygon):
    corners = np.int64(world.corners[polygon])
    if corners != 3 and corners != CORNERS:
        return False
    well = True
    for corner in range(corners):
        second = corner + 1 if corner + 1 < corners else corner + 1 - corners
        third = corner + 2 if corner + 2 < corners else corner + 2 - corners
        x, y = world.corner_x[polygon, second], world.corner_y[polygon, second]
        ax, ay = x - world.corner_x[polygon, corner], y - world.corner_y[polygon, corner]
        bx, by = world.corner_x[polygon, third] - x, world.corner_y[polygon, third] - y
        well &= (abs(x) <= _LARGEST) & (abs(y) <= _LARGEST)
        well &= (ay * bx - ax * by > _FLAT) & (ax * ax + ay * ay > _FLAT)
    return well


@inner
def _is_there(world, body):
    if body >= world.polygons + world.circles:
        return False
    return world.active[body] != 0


@inner
def _is_joint(world, joint):
    first, second = world.first[joint], world.second[joint]
    well = (world.joint[joint] <= WELD) & (first != second) & (world.motor[joint] <= 1) & (world.limited[joint] <= 1)
    well &= _is_there(world, first) & _is_there(world, second) & (world.motor_slot[joint] < MOTORS)
    well &= (abs(world.first_x[joint]) <= _LARGEST) & (abs(world.first_y[joint]) <= _LARGEST)
    well &= (abs(world.second_x[joint]) <= _LARGEST) & (abs(world.second_y[joint]) <= _LARGEST)
    well &= (abs(world.rest_angle[joint]) <= _MOST_ANGLE) & (abs(world.least_angle[joint]) <= _MOST_ANGLE)
    well &= (abs(world.most_angle[joint]) <= _MOST_ANGLE) & (world.least_angle[joint] <= world.most_angle[joint])
    return well & (abs(world.motor_speed[joint]) <= _MOST_POWER) & (abs(world.motor_power[joint]) <= _MOST_POWER)


@inner
def _is_thruster(world, thruster):
    well = (world.thruster[thruster] == 1) & (world.thruster_slot[thruster] < THRUSTERS)
    well &= (abs(world.thruster_x[thruster]) <= _LARGEST) & (abs(world.thruster_y[thruster]) <= _LARGEST)
    well &= (abs(world.thruster_angle[thruster]) <= _MOST_ANGLE) & _is_there(world, world.thrusts[thruster])
    return well & (abs(world.thruster_power[thruster]) <= _MOST_POWER)


@seldom
def check_shapes(world, rule):
    """Note polygons that ``rule`` must have made what none can be."""
    for polygon in range(world.polygons):
        if world.active[polygon] != 0 and not _has_corners(world, polygon):
            note(world, CORNER, polygon, rule)
            world.corners[polygon] = 3


@inner
def check_bodies(world, rule):
    """Note what ``rule`` must have set that can't be."""
    for body in range(world.polygons + world.circles):
        if not _is_place(world, body):
            note(world, PLACE, body, rule)
        if not _is_body(world, body):
            note(world, BODY, body, rule)
            world.role[body] = 0
    for joint in range(world.joints):
        if world.joint[joint] != 0 and not _is_joint(world, joint):
            note(world, JOINT, joint, rule)
            _forget_joint(world, joint)
    for thruster in range(world.thrusters):
        if world.thruster[thruster] != 0 and not _is_thruster(world, thruster):
            note(world, THRUSTER, thruster, rule)
            _forget_thruster(world, thruster)


@seldom
def _forget_joint(world, joint):
    world.joint[joint], world.first[joint], world.second[joint], world.motor_slot[joint] = 0, 0, 0, 0


@seldom
def _forget_thruster(world, thruster):
    world.thruster[thruster], world.thrusts[thruster], world.thruster_slot[thruster] = 0, 0, 0
