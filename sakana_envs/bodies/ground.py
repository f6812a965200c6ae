"""Bare ground: nothing but a floor, two walls and a ceiling."""

import numpy as np

from sakana_envs.bodies.derive import turn
from sakana_envs.bodies.world import CORNERS, ROLES, SLOTS, WALLS
from sakana_envs.core.inner import seldom

_ZERO, _ONE, _PULL = np.float32(0.0), np.float32(1.0), np.float32(-9.81)
_FREE = 2

_WALLS = np.array([[2.5, -4.8], [0.0, 0.0], [0.0, 0.0], [2.5, 10.2]], np.float32)
"""Middles of floor, left wall, right wall and ceiling, of 5 by 5 metres of room; its lower 0.4 metres are floor."""

_UPPER, _LOWER = 5.2, -5.2
_OUTLINES = np.array(
    [
        [[2.5, _UPPER], [2.5, _LOWER], [-2.5, _LOWER], [-2.5, _UPPER]],
        [[-5.0, 5.0], [0.0, 5.0], [0.0, 0.0], [-5.0, 0.0]],
        [[5.0, 5.0], [10.0, 5.0], [10.0, 0.0], [5.0, 0.0]],
        [[2.5, _UPPER], [2.5, _LOWER], [-2.5, _LOWER], [-2.5, _UPPER]],
    ],
    np.float32,
)


@seldom
def clear(world):
    """Leave nothing of the episode before."""
    world.pull[0], world.pull[1] = _ZERO, _PULL
    for slot in range(SLOTS):
        world.control[slot] = _ZERO
    for pair in range(ROLES * ROLES):
        world.met[pair] = 0
    for body in range(world.polygons + world.circles):
        world.x[body], world.y[body], world.angle[body] = _ZERO, _ZERO, _ZERO
        world.vx[body], world.vy[body], world.spin[body] = _ZERO, _ZERO, _ZERO
        world.inverse_mass[body], world.inverse_inertia[body] = _ZERO, _ZERO
        world.friction[body], world.restitution[body] = _ZERO, _ZERO
        world.density[body], world.radius[body] = _ZERO, _ZERO
        world.active[body], world.mode[body], world.role[body] = 0, 0, 0
    for polygon in range(world.polygons):
        world.corners[polygon] = CORNERS
        for corner in range(CORNERS):
            world.corner_x[polygon, corner], world.corner_y[polygon, corner] = _ZERO, _ZERO
    for joint in range(world.joints):
        world.joint[joint], world.first[joint], world.second[joint] = 0, 0, 0
        world.first_x[joint], world.first_y[joint] = _ZERO, _ZERO
        world.second_x[joint], world.second_y[joint] = _ZERO, _ZERO
        world.rest_angle[joint], world.limited[joint] = _ZERO, 0
        world.least_angle[joint], world.most_angle[joint] = _ZERO, _ZERO
        world.motor[joint], world.motor_slot[joint] = 0, 0
        world.motor_speed[joint], world.motor_power[joint] = _ZERO, _ZERO
        world.pull_x[joint], world.pull_y[joint], world.twist[joint] = _ZERO, _ZERO, _ZERO
    for thruster in range(world.thrusters):
        world.thruster[thruster], world.thrusts[thruster], world.thruster_slot[thruster] = 0, 0, 0
        world.thruster_x[thruster], world.thruster_y[thruster] = _ZERO, _ZERO
        world.thruster_angle[thruster], world.thruster_power[thruster] = _ZERO, _ZERO
    for point in range(len(world.touch)):
        world.touch[point] = 0
        world.push[point], world.rub[point] = _ZERO, _ZERO


@seldom
def build_walls(world):
    """Put up floor, walls and ceiling."""
    for wall in range(WALLS):
        world.x[wall], world.y[wall] = _WALLS[wall, 0], _WALLS[wall, 1]
        world.friction[wall], world.density[wall] = _ONE, _ONE
        world.active[wall], world.mode[wall] = 1, _FREE
        turn(world, wall)
        for corner in range(CORNERS):
            world.corner_x[wall, corner] = _OUTLINES[wall, corner, 0]
            world.corner_y[wall, corner] = _OUTLINES[wall, corner, 1]
