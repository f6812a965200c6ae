"""What joints do: they hold two places of two bodies together, and a weld its angle, a pin perhaps within limits."""

import numpy as np

from sakana_envs.bodies.constants import JOINT_MOVE, JOINT_SHARE, JOINT_SPEED, LIMIT_SPEED, WELD_SPEED
from sakana_envs.bodies.world import WELD
from sakana_envs.core.inner import inner
from sakana_envs.core.trig import square_root

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)


@inner
def _not_zero(value):
    return value if value != _ZERO else _ONE


@inner
def begin_joints(world):
    """Begin with the impulses of the step before."""
    for joint in range(world.joints):
        if world.joint[joint] != 0:
            first, second = world.first[joint], world.second[joint]
            cosine_1, sine_1 = world.cosine[first], world.sine[first]
            cosine_2, sine_2 = world.cosine[second], world.sine[second]
            ax = cosine_1 * world.first_x[joint] - sine_1 * world.first_y[joint]
            ay = sine_1 * world.first_x[joint] + cosine_1 * world.first_y[joint]
            bx = cosine_2 * world.second_x[joint] - sine_2 * world.second_y[joint]
            by = sine_2 * world.second_x[joint] + cosine_2 * world.second_y[joint]
            jx, jy, twist = world.pull_x[joint], world.pull_y[joint], world.twist[joint]
            world.vx[first] += jx * world.inverse_mass[first]
            world.vy[first] += jy * world.inverse_mass[first]
            world.spin[first] += world.inverse_inertia[first] * (ax * jy - ay * jx + twist)
            world.vx[second] -= jx * world.inverse_mass[second]
            world.vy[second] -= jy * world.inverse_mass[second]
            world.spin[second] -= world.inverse_inertia[second] * (bx * jy - by * jx + twist)


@inner
def _twist(world, joint, spin, inertia):
    """The angular impulse that an angle needs, at a spin of the second body against the first."""
    bend = world.angle[world.second[joint]] - world.angle[world.first[joint]] - world.rest_angle[joint]
    if world.joint[joint] == WELD:
        impulse = (spin + bend * WELD_SPEED) / inertia
        world.twist[joint] += impulse
        return impulse
    if world.limited[joint] != 0:
        beyond = bend - min(max(bend, world.least_angle[joint]), world.most_angle[joint])
        wanted = beyond * LIMIT_SPEED
        if (beyond > _ZERO and spin > _ZERO) or (beyond < _ZERO and spin < _ZERO):
            return (spin + wanted) / inertia
    return _ZERO


@inner
def solve_joints(world):
    """One round: each joint sees what the one before it did. Bodies are also moved a part of the way at once."""
    for joint in range(world.joints):
        first, second = world.first[joint], world.second[joint]
        mass_1, mass_2 = world.inverse_mass[first], world.inverse_mass[second]
        if (world.joint[joint] == 0) | ((mass_1 == _ZERO) & (mass_2 == _ZERO)):
            continue
        inertia_1, inertia_2 = world.inverse_inertia[first], world.inverse_inertia[second]
        mass, inertia = _not_zero(mass_1 + mass_2), _not_zero(inertia_1 + inertia_2)
        cosine_1, sine_1 = world.cosine[first], world.sine[first]
        cosine_2, sine_2 = world.cosine[second], world.sine[second]
        x_1, y_1, x_2, y_2 = world.x[first], world.y[first], world.x[second], world.y[second]
        ax = cosine_1 * world.first_x[joint] - sine_1 * world.first_y[joint]
        ay = sine_1 * world.first_x[joint] + cosine_1 * world.first_y[joint]
        bx = cosine_2 * world.second_x[joint] - sine_2 * world.second_y[joint]
        by = sine_2 * world.second_x[joint] + cosine_2 * world.second_y[joint]
        at_x, at_y, to_x, to_y = x_1 + ax, y_1 + ay, x_2 + bx, y_2 + by
        px, py = at_x, at_y
        if mass_1 != _ZERO:
            px, py = to_x, to_y
            if mass_2 != _ZERO:
                both = _ONE / mass_1 + _ONE / mass_2
                px, py = (at_x / mass_1 + to_x / mass_2) / both, (at_y / mass_1 + to_y / mass_2) / both
        spin_1, spin_2 = world.spin[first], world.spin[second]
        vx = (world.vx[second] - spin_2 * (py - y_2)) - (world.vx[first] - spin_1 * (py - y_1))
        vy = (world.vy[second] + spin_2 * (px - x_2)) - (world.vy[first] + spin_1 * (px - x_1))
        speed = _not_zero(square_root(vx * vx + vy * vy))
        ux, uy = vx / speed, vy / speed
        lever_1, lever_2 = ax * uy - ay * ux, bx * uy - by * ux
        weight = _not_zero(mass + (lever_1 * lever_1 * inertia_1 + lever_2 * lever_2 * inertia_2))
        ex, ey = to_x - at_x, to_y - at_y
        jx = (vx + JOINT_SPEED * ex) / weight * JOINT_SHARE
        jy = (vy + JOINT_SPEED * ey) / weight * JOINT_SHARE
        turn_1, turn_2 = (ax * jy - ay * jx) * inertia_1, -(bx * jy - by * jx) * inertia_2
        twist = _twist(world, joint, spin_2 + turn_2 - spin_1 - turn_1, inertia)
        world.vx[first] += mass_1 * jx
        world.vy[first] += mass_1 * jy
        world.spin[first] += turn_1 + twist * inertia_1
        world.vx[second] -= mass_2 * jx
        world.vy[second] -= mass_2 * jy
        world.spin[second] += turn_2 - twist * inertia_2
        world.x[first] = x_1 + ex / mass * mass_1 * JOINT_MOVE
        world.y[first] = y_1 + ey / mass * mass_1 * JOINT_MOVE
        world.x[second] = x_2 - ex / mass * mass_2 * JOINT_MOVE
        world.y[second] = y_2 - ey / mass * mass_2 * JOINT_MOVE
        world.pull_x[joint] += jx
        world.pull_y[joint] += jy
