"""What an agent can do: drive motors and thrusters, each by the slot that it listens to."""

import numpy as np

from sakana_envs.bodies.constants import DT, MOTOR_GRIP, MOTOR_LIMIT, MOTOR_POWER, MOTOR_SPEED, THRUST
from sakana_envs.bodies.world import MOTORS, PIN, SLOTS, THRUSTERS
from sakana_envs.core.actions import Actions
from sakana_envs.core.inner import inner
from sakana_envs.core.trig import sine_cosine, tanh

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)


def _only(slot: int, value: float) -> list[float]:
    return [value if each == slot else 0.0 for each in range(SLOTS)]


DRIVE = Actions(
    low=(-1.0,) * SLOTS,
    high=(1.0,) * SLOTS,
    table=[
        *(_only(motor, value) for motor in range(MOTORS) for value in (-1.0, 1.0)),
        [0.0] * SLOTS,
        *(_only(MOTORS + thruster, 1.0) for thruster in range(THRUSTERS)),
    ],
    names=[
        *(f"motor {motor + 1} {way}" for motor in range(MOTORS) for way in ("back", "ahead")),
        "nothing",
        *(f"thruster {thruster + 1}" for thruster in range(THRUSTERS)),
    ],
    coordinates=[
        *(f"motor_{motor + 1}" for motor in range(MOTORS)),
        *(f"thruster_{each + 1}" for each in range(THRUSTERS)),
    ],
    tables=[(0.0, 1.0, -1.0)] * MOTORS + [(0.0, 1.0)] * THRUSTERS,
)
"""How fast the motors of each slot are to turn, -1 to 1, and how hard its thrusters push: below 0, not at all."""


@inner
def use(world, agent, action):
    """Keep what is asked for until the tick's motion."""
    for slot in range(SLOTS):
        asked = action[slot]
        world.control[slot] = asked if slot < MOTORS else max(asked, _ZERO)


@inner
def run_motors(world):
    """Let all motors act, each by the spins that bodies had before any did."""
    for body in range(world.polygons + world.circles):
        world.spin_before[body] = world.spin[body]
    for joint in range(world.joints):
        first, second = world.first[joint], world.second[joint]
        asked = world.control[world.motor_slot[joint]]
        still = (world.inverse_mass[first] == _ZERO) & (world.inverse_mass[second] == _ZERO)
        if (world.joint[joint] != PIN) | (world.motor[joint] == 0) | (asked == _ZERO) | still:
            continue
        inertia_1, inertia_2 = world.inverse_inertia[first], world.inverse_inertia[second]
        both = inertia_1 + inertia_2
        power = MOTOR_POWER * world.motor_power[joint] * DT * (_ONE / (both if both != _ZERO else _ONE))
        missing = world.spin_before[second] - world.spin_before[first] - world.motor_speed[joint] * asked * MOTOR_SPEED
        if world.limited[joint] != 0:
            power *= _left(world, joint, asked)
        force = power * tanh(missing * MOTOR_GRIP)
        world.spin[first] += force * inertia_1
        world.spin[second] -= force * inertia_2


@inner
def _left(world, joint, asked):
    """What share of its power a motor has so near to its limits."""
    bend = world.angle[world.second[joint]] - world.angle[world.first[joint]] - world.rest_angle[joint]
    least, most = world.least_angle[joint] + MOTOR_LIMIT, world.most_angle[joint] - MOTOR_LIMIT
    beyond = bend - min(max(bend, least), most)
    towards = (beyond > _ZERO and asked > _ZERO) or (beyond < _ZERO and asked < _ZERO)
    return max(_ZERO, _ONE - abs(beyond) / MOTOR_LIMIT) if towards else _ONE


@inner
def run_thrusters(world):
    """Let all thrusters push."""
    for thruster in range(world.thrusters):
        asked = world.control[MOTORS + np.int64(world.thruster_slot[thruster])]
        if (world.thruster[thruster] == 0) | (asked == _ZERO):
            continue
        body = world.thrusts[thruster]
        at_x, at_y = world.thruster_x[thruster], world.thruster_y[thruster]
        cosine, sine = world.cosine[body], world.sine[body]
        px, py = cosine * at_x - sine * at_y, sine * at_x + cosine * at_y
        uy, ux = sine_cosine(world.thruster_angle[thruster] + world.angle[body])
        force = world.thruster_power[thruster] * THRUST * asked * DT
        world.spin[body] += world.inverse_inertia[body] * (px * uy - py * ux) * force
        world.vx[body] += world.inverse_mass[body] * ux * force
        world.vy[body] += world.inverse_mass[body] * uy * force
