"""What agents among discs can do: four drives, each an :class:`Actions` and a function."""

import numpy as np

from sakana_envs.core.actions import Actions
from sakana_envs.core.inner import inner
from sakana_envs.core.trig import square_root

_ZERO = np.float32(0.0)
_EAST_FIRST = [(0, 0), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)]
_COMPASS = ("stay", "east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east")

THRUST = Actions((-1.0, -1.0), (1.0, 1.0), _EAST_FIRST, _COMPASS, ("push_x", "push_y"))
"""A force, ``power`` newtons for each unit, ``top_push`` at most: the agent keeps its velocity but for its drag."""

GLIDE = Actions((-1.0, -1.0), (1.0, 1.0), _EAST_FIRST, _COMPASS, ("go_x", "go_y"))
"""A velocity, ``power`` metres per second for each unit, which the agent has at once."""

_SPEEDS, _SPINS = (0.0, 0.5, 1.0), (-1.0, -0.5, 0.0, 0.5, 1.0)
UNICYCLE = Actions(
    (0.0, -1.0),
    (1.0, 1.0),
    [(speed, spin) for speed in _SPEEDS for spin in _SPINS],
    [
        f"{pace} {turn}"
        for pace in ("stand", "roll", "run")
        for turn in ("hard right", "right", "straight", "left", "hard left")
    ],
    ("speed", "spin"),
)
"""A speed ahead, ``power`` metres per second for each unit, and a spin, ``top_spin`` radians per second for each.

The agent comes to them by at most ``acceleration`` metres, and ``spin_acceleration`` radians, per second squared.
"""

TURN = Actions(
    (-1.0, -1.0),
    (1.0, 1.0),
    [(push, spin) for push in (0.0, 1.0, -1.0) for spin in (0.0, 1.0, -1.0)],
    [f"{push}{turn}" for push in ("coast", "ahead", "back") for turn in ("", " left", " right")],
    ("push_ahead", "turn"),
)
"""A force ahead, ``power`` newtons for each unit, and a spin, ``top_spin`` radians per second for each, had at once."""

DRIVES = (THRUST, GLIDE, UNICYCLE, TURN)
TURNING = (UNICYCLE.coordinates, TURN.coordinates)
"""First coordinates of what agents do that go where their heading points."""


@inner
def _thrust(world, agent, action):
    power, most = world.power[agent], world.top_push[agent]
    push_x, push_y = power * action[0], power * action[1]
    square = push_x * push_x + push_y * push_y
    if most > _ZERO and square > most * most:
        scale = most / square_root(square)
        push_x, push_y = push_x * scale, push_y * scale
    world.push_x[agent], world.push_y[agent] = push_x, push_y


@inner
def _glide(world, agent, action):
    power = world.power[agent]
    world.vx[agent] = power * action[0]
    world.vy[agent] = power * action[1]
    world.push_x[agent] = 0.0
    world.push_y[agent] = 0.0


@inner
def _nearer(now, wanted, most):
    """``wanted``, or as near as it comes from ``now`` by at most ``most``."""
    return now + min(max(wanted - now, -most), most)


@inner
def _unicycle(world, agent, action):
    dt = np.float32(world.dt)
    hx, hy = world.hx[agent], world.hy[agent]
    speed = world.vx[agent] * hx + world.vy[agent] * hy
    speed = _nearer(speed, world.power[agent] * action[0], np.float32(world.acceleration) * dt)
    spin = np.float32(world.top_spin) * action[1]
    world.spin[agent] = _nearer(world.spin[agent], spin, np.float32(world.spin_acceleration) * dt)
    world.vx[agent] = speed * hx
    world.vy[agent] = speed * hy
    world.push_x[agent] = 0.0
    world.push_y[agent] = 0.0


@inner
def _turn(world, agent, action):
    push = world.power[agent] * action[0]
    world.push_x[agent] = push * world.hx[agent]
    world.push_y[agent] = push * world.hy[agent]
    world.spin[agent] = np.float32(world.top_spin) * action[1]


_FUNCTIONS = {drive.coordinates: use for drive, use in zip(DRIVES, (_thrust, _glide, _unicycle, _turn), strict=True)}


def drive_of(actions: Actions):
    """The function ``use(world, agent, action)`` of the drive with which a task's actions begin."""
    return _FUNCTIONS[actions.coordinates[:2]]
