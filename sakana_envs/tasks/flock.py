"""Flock: fly together, in one direction, without collisions.

Agents fly as boids do (Reynolds, 1987): each sees the nearest others, where they are and how they move as seen from its
own nose, and turns. It is paid for flying where its neighbours look, all those in ``sight``, and charged for being far
from their middle, and for a tick in which it bumps. Nobody leads, and walls make the flock turn.
"""

import math

import numpy as np
from numba import njit

from sakana_envs.discs.vocabulary import *
from sakana_envs.tasks.task import Task

COMPANY = 3
"""Neighbours with which an agent isn't alone."""

COMMON = {"neighbours": 8, "top_spin": 2.0, "acceleration": 4.0, "spin_acceleration": 20.0, "horizon": 256}


def init(world):
    """Agents at random free places, looking anywhere."""
    for agent in range(world.agents):
        world.radius[agent] = 0.1
        world.power[agent] = 2.0
    spawn_discs(world)


def update(world):
    """What agents have of their neighbours, and how much all are one flock."""
    vx, vy, together, clear = 0.0, 0.0, 0, 0
    for agent in range(world.agents):
        look_around(world, agent)
        most = max(np.float64(world.power[agent]), 1e-6)
        vx += world.vx[agent] / most
        vy += world.vy[agent] / most
        together += world.company[agent] >= COMPANY
        clear += world.bumped[agent] == 0
    world.polarisation[0] = min(1.0, math.sqrt(vx * vx + vy * vy) / world.agents)
    if is_late(world):
        world.flocked[0] += world.polarisation[0] * together * clear / (world.agents * world.agents)


@njit
def look_around(world, agent):
    """Count an agent's neighbours, and note how it flies with them, and how far their middle is."""
    x, y = world.x[agent], world.y[agent]
    hx = hy = right = up = np.float32(0.0)
    count, square = 0, np.float32(world.sight * world.sight)
    for other in range(world.agents):
        dx, dy = world.x[other] - x, world.y[other] - y
        if other != agent and dx * dx + dy * dy < square:
            count += 1
            hx += world.hx[other]
            hy += world.hy[other]
            right += dx
            up += dy
    most = max(1, count) * max(np.float64(world.power[agent]), 1e-6)
    world.company[agent] = count
    world.alike[agent] = (world.vx[agent] * hx + world.vy[agent] * hy) / most
    far = np.float64(square_root(right * right + up * up)) / (max(1, count) * world.sight)
    world.far[agent] = far if count > 0 else 1.0


def alignment(world, agent):
    """Speed in the mean direction in which its neighbours look, 1 at full speed if all look the same way; over 5."""
    return 0.2 * world.alike[agent]


def cohesion(world, agent):
    """Less how far the middle of its neighbours is, 0 to 1 at the end of sight, also if there are none; over 10."""
    return -0.1 * world.far[agent]


def separation(world, agent):
    """Less 0.1 for a tick in which it touches another or a wall."""
    return -0.1 * world.bumped[agent]


def score(world, agent):
    """Polarisation x share that has company x share that doesn't bump, averaged over the second half."""
    return world.flocked[0] / late_ticks(world)


@njit
def scripted(view, draw):
    """Fly as the neighbours do, towards them but not into them, and the more away from a wall the nearer it is."""
    x, y, hx, hy = np.float64(view[2]), np.float64(view[3]), np.float64(view[4]), np.float64(view[5])
    x, y = 1.5 * (min(0.4, max(-0.4, x)) - x), 1.5 * (min(0.4, max(-0.4, y)) - y)
    others = view[6:]
    ahead, left = away_from(others, 5)
    ahead, left = 1.0 + 0.04 * ahead + x * hx + y * hy, 0.04 * left + y * hx - x * hy
    for other in range(0, others.size, 5):
        ahead += 0.3 * np.float64(others[other]) + 0.4 * np.float64(others[other + 2])
        left += 0.3 * np.float64(others[other + 1]) + 0.4 * np.float64(others[other + 3])
    return roll_toward(ahead, left)


TASK = Task(
    name="Flock",
    description="Agents fly as one flock: in one direction, near to each other, without collisions.",
    engine=DISCS,
    init=init,
    update=update,
    reward={"alignment": alignment, "cohesion": cohesion, "separation": separation},
    score=score,
    scripted=scripted,
    kinds={AGENT: "agent"},
    senses=(
        own("motion", "position", "heading", fast=2.0),
        nearest(AGENT, reach=3.0, velocity=True, fast=4.0, ahead=True),
    ),
    actions=UNICYCLE,
    numbers={"sight": Number(2.0, 0.01, 1e4, "metres within which others are neighbours")},
    memory={
        "company": Field("agent", np.int32, "neighbours"),
        "alike": Field(
            "agent", np.float64, "speed in the mean direction in which its neighbours look, over its full speed"
        ),
        "far": Field("agent", np.float64, "metres to the middle of its neighbours over sight; 1 without any"),
        "polarisation": Field("world", np.float64, "length of the mean velocity over the full speed, 0 to 1"),
        "flocked": Field("world", np.float64, "sum over ticks of the second half of how much all are one flock"),
    },
    presets={
        "default": {"agents": 32, "discs": 32, "width": 16, "height": 16, **COMMON},
        "small": {"agents": 16, "discs": 16, "width": 12, "height": 12, **COMMON},
    },
)
