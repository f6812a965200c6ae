"""Words by which rules join bodies, drive them, and ask about them."""

import numpy as np

from sakana_envs.bodies import wrongs
from sakana_envs.bodies.derive import derive_groups
from sakana_envs.bodies.shapes import ball, box, fix, place_body, role, triangle
from sakana_envs.bodies.world import PIN, WALLS, WELD
from sakana_envs.core.faults import note
from sakana_envs.core.inner import inner, seldom
from sakana_envs.core.trig import square_root

_ZERO = np.float32(0.0)
_INIT = np.int64(0)


@inner
def _seen_from(world, body, x, y):
    """A place in the world as a body has it, unturned."""
    dx, dy = np.float32(x) - world.x[body], np.float32(y) - world.y[body]
    cosine, sine = world.cosine[body], world.sine[body]
    return cosine * dx + sine * dy, cosine * dy - sine * dx


@seldom
def _join(world, first, second, x, y, kind):
    for joint in range(world.joints):
        if world.joint[joint] == 0:
            world.joint[joint], world.first[joint], world.second[joint] = kind, first, second
            world.first_x[joint], world.first_y[joint] = _seen_from(world, first, x, y)
            world.second_x[joint], world.second_y[joint] = _seen_from(world, second, x, y)
            world.rest_angle[joint] = world.angle[second] - world.angle[first]
            world.limited[joint], world.motor[joint], world.motor_slot[joint] = 0, 0, 0
            world.least_angle[joint], world.most_angle[joint] = _ZERO, _ZERO
            world.motor_speed[joint], world.motor_power[joint] = _ZERO, _ZERO
            world.pull_x[joint], world.pull_y[joint], world.twist[joint] = _ZERO, _ZERO, _ZERO
            derive_groups(world)
            return joint
    note(world, wrongs.FULL, world.joints, _INIT)
    return -1


@seldom
def pin(world, first, second, x, y):
    """Join two bodies at a place in metres, about which they turn. Returns the joint's number."""
    return _join(world, first, second, x, y, PIN)


@seldom
def weld(world, first, second, x, y):
    """Join two bodies at a place in metres, so that they don't turn either. Returns the joint's number."""
    return _join(world, first, second, x, y, WELD)


@seldom
def limit(world, joint, least, most):
    """Let the angle of a pin, 0 as it is now, stay from ``least`` to ``most`` radians."""
    if joint >= 0:
        world.limited[joint] = 1
        world.least_angle[joint], world.most_angle[joint] = np.float32(least), np.float32(most)


@seldom
def motor(world, joint, slot, speed=1.0, power=1.0):
    """Let a motor turn the second body of a pin against the first, counter-clockwise if control ``slot`` says 1.

    ``speed`` is in 6 radians per second.
    """
    if joint >= 0:
        world.motor[joint], world.motor_slot[joint] = 1, slot
        world.motor_speed[joint], world.motor_power[joint] = np.float32(speed), np.float32(power)


@seldom
def thruster(world, body, x, y, angle, slot, power=1.0):
    """Let a thruster push a body at a place in metres, towards an angle in radians, if its control ``slot`` says so.

    ``power`` is in 10 newtons. Place and angle are those of the world as it is now; they turn with the body.
    """
    for number in range(world.thrusters):
        if world.thruster[number] == 0:
            world.thruster[number], world.thrusts[number] = 1, body
            world.thruster_x[number], world.thruster_y[number] = _seen_from(world, body, x, y)
            world.thruster_angle[number] = np.float32(angle) - world.angle[body]
            world.thruster_slot[number], world.thruster_power[number] = slot, np.float32(power)
            return number
    note(world, wrongs.FULL, world.thrusters, _INIT)
    return -1


@inner
def _point_of(world, one, other):
    """Where in the arrays of points a pair of different bodies begins; -1 for two walls, which have none."""
    first, second = min(one, other), max(one, other)
    polygons, circles = world.polygons, world.circles
    movers = polygons - WALLS
    of_polygons = WALLS * movers + movers * (movers - 1) // 2
    if second < WALLS:
        return -1
    if second < polygons:
        later = max(first - WALLS, 0)
        before = min(first, WALLS) * movers + later * (movers - 1) - later * (later - 1) // 2
        return 2 * (before + second - max(first + 1, WALLS))
    if first < polygons:
        return 2 * of_polygons + (second - polygons) * polygons + first
    before = first - polygons
    of_circles = before * (circles - 1) - before * (before - 1) // 2 + second - first - 1
    return 2 * of_polygons + polygons * circles + of_circles


@inner
def touching(world, one, other):
    """Whether two different bodies touched in the last step of motion."""
    point = _point_of(world, np.int64(one), np.int64(other))
    return point >= 0 and world.touch[point] != 0


@inner
def met(world, one, other):
    """The tick's first step of motion, from 1, in which bodies of two roles touched; 0 if none did."""
    return np.int64(world.met[4 * one + other])


@inner
def angle(world, joint):
    """The angle of a joint's second body against its first, in radians; 0 as it was joined."""
    return world.angle[world.second[joint]] - world.angle[world.first[joint]] - world.rest_angle[joint]


@inner
def speed(world, body):
    """How fast a body moves, in metres per second, float32."""
    return square_root(world.vx[body] * world.vx[body] + world.vy[body] * world.vy[body])


CHANGES = (ball, box, fix, limit, motor, pin, place_body, role, thruster, triangle, weld)
"""Words that change a world for all its agents."""
