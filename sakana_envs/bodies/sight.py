"""What an agent sees: the whole world as a row of numbers, in the layout of Kinetix 3.0: policies carry over."""

import numpy as np

from sakana_envs.bodies.world import CORNERS, MOTORS, PIN, THRUSTERS, WALLS
from sakana_envs.core.inner import inner
from sakana_envs.core.trig import sine_cosine, tanh

MOST = 10.0
"""No number of a row is larger."""

_ZERO, _ONE, _MOST, _TENTH = map(np.float32, (0.0, 1.0, MOST, 0.1))

OF_BODY: tuple[str, ...] = (
    "x",
    "y",
    "velocity x",
    "velocity y",
    "inverse mass",
    "inverse inertia",
    "density",
    "tanh of a tenth of its spin",
)
OF_BODY += ("grey", "green", "blue", "red", "sine of its angle", "cosine of its angle", "friction", "restitution")
OF_POLYGON = (*OF_BODY, "0", *(f"corner {n // 2 + 1} {'xy'[n % 2]}" for n in range(2 * CORNERS)), "1 for a triangle")
OF_CIRCLE = (*OF_BODY, "radius", "1")
OF_JOINT: tuple[str, ...] = ("1 if it is there", "1 for a weld", "second x", "second y", "first x", "first y")
OF_JOINT += ("sine of its rest angle", "cosine of its rest angle", "motor's speed", "motor's power", "1 with a motor")
OF_JOINT += ("1 with limits", *(f"1 for motor slot {n + 1}" for n in range(MOTORS)), "sine of the lower limit")
OF_JOINT += ("cosine of the lower limit", "sine of the upper limit", "cosine of the upper limit")
OF_JOINT += ("lower limit less the rest angle", "upper limit less the rest angle")
OF_THRUSTER: tuple[str, ...] = (
    "1 if it is there",
    "x",
    "y",
    *(f"1 for thruster slot {n + 1}" for n in range(THRUSTERS)),
)
OF_THRUSTER += ("sine of its angle", "cosine of its angle", "power")
"""Names of the numbers of each; joints and thrusters have one more for each body, or two: 1 for that which it is at."""


@inner
def _clip(value):
    return min(max(np.float32(value), -_MOST), _MOST)


@inner
def _write_body(world, body, out, at):
    """The numbers that circles and polygons both have."""
    out[at] = _clip(world.x[body])
    out[at + 1] = _clip(world.y[body])
    out[at + 2] = _clip(world.vx[body])
    out[at + 3] = _clip(world.vy[body])
    out[at + 4] = _clip(world.inverse_mass[body])
    out[at + 5] = _clip(world.inverse_inertia[body])
    out[at + 6] = _clip(world.density[body])
    out[at + 7] = tanh(world.spin[body] * _TENTH)
    out[at + 8 + np.int64(world.role[body])] = _ONE
    out[at + 12] = world.sine[body]
    out[at + 13] = world.cosine[body]
    out[at + 14] = _clip(world.friction[body])
    out[at + 15] = _clip(world.restitution[body])


@inner
def _write_joint(world, joint, out, at):
    out[at] = _ONE
    out[at + 2] = _clip(world.second_x[joint])
    out[at + 3] = _clip(world.second_y[joint])
    out[at + 4] = _clip(world.first_x[joint])
    out[at + 5] = _clip(world.first_y[joint])
    rest = world.rest_angle[joint]
    out[at + 6], out[at + 7] = sine_cosine(rest)
    if world.joint[joint] == PIN:
        out[at + 8] = _clip(world.motor_speed[joint])
        out[at + 9] = _clip(world.motor_power[joint])
        out[at + 10] = _ONE if world.motor[joint] != 0 else _ZERO
        out[at + 12 + np.int64(world.motor_slot[joint])] = _ONE
        if world.limited[joint] != 0:
            least, most = world.least_angle[joint], world.most_angle[joint]
            out[at + 11] = _ONE
            out[at + 16], out[at + 17] = sine_cosine(least)
            out[at + 18], out[at + 19] = sine_cosine(most)
            out[at + 20] = _clip(least - rest)
            out[at + 21] = _clip(most - rest)
    else:
        out[at + 1] = _ONE
    out[at + 22 + np.int64(world.second[joint])] = _ONE
    out[at + 22 + world.polygons + world.circles + np.int64(world.first[joint])] = _ONE


@inner
def _write_thruster(world, thruster, out, at):
    out[at] = _ONE
    out[at + 1] = _clip(world.thruster_x[thruster])
    out[at + 2] = _clip(world.thruster_y[thruster])
    out[at + 3 + np.int64(world.thruster_slot[thruster])] = _ONE
    out[at + 5], out[at + 6] = sine_cosine(world.thruster_angle[thruster])
    out[at + 7] = _clip(world.thruster_power[thruster])
    out[at + 8 + np.int64(world.thrusts[thruster])] = _ONE


@inner
def write_all(world, out):
    """Write the row; returns where it ends. What isn't there is zeros, and the walls but for the floor are left out."""
    bodies = world.polygons + world.circles
    out[:] = _ZERO
    at = 0
    for body in range(bodies):
        is_polygon = body < world.polygons
        if 0 < body < WALLS:
            continue
        if world.active[body] != 0:
            _write_body(world, body, out, at)
            if is_polygon:
                for corner in range(CORNERS):
                    there = corner < world.corners[body]
                    out[at + 17 + 2 * corner] = _clip(world.corner_x[body, corner]) if there else -_ONE
                    out[at + 18 + 2 * corner] = _clip(world.corner_y[body, corner]) if there else -_ONE
                out[at + 25] = _ONE if world.corners[body] == 3 else _ZERO
            else:
                out[at + 16] = _clip(world.radius[body])
                out[at + 17] = _ONE
        at += 26 if is_polygon else 18
    for joint in range(world.joints):
        if world.joint[joint] != 0:
            _write_joint(world, joint, out, at)
        at += 22 + 2 * bodies
    for thruster in range(world.thrusters):
        if world.thruster[thruster] != 0:
            _write_thruster(world, thruster, out, at)
        at += 8 + bodies
    out[at] = _clip(world.pull[1] * np.float32(world.gravity) * _TENTH)
    return at + 1
