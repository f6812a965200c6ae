"""Transport: loads that are too heavy for one are to be pushed to a goal.

Nobody can hold a load; whoever touches it pushes it away from itself, so several have to come round to the side that is
far from the goal. A load loses a share of its speed in every tick: two push it twice as fast as one. All are paid for
each metre by which loads come nearer to the goal, and for each that arrives; each pays a little for being far from
loads. One that arrived stays there; when all have, the episode ends. VMAS (Bettini et al., 2022) has a task of this
name, with a box.
"""

import math

import numpy as np
from numba import njit

from sakana_envs.discs.vocabulary import *
from sakana_envs.tasks.task import Task

LOAD, GOAL = 1, 2
NEAR = np.float32(0.1)
"""Metres from the goal's middle to that of a load that has arrived, at most."""


def init(world):
    """Loads, and as the last disc the goal, each with room for agents around it; then agents at random free places."""
    for disc in range(world.agents, world.discs):
        world.kind[disc] = GOAL if disc == world.discs - 1 else LOAD
        world.radius[disc] = 0.45
        world.inverse_mass[disc] = 1.0 / world.load_mass
        world.solid[disc] = 1 << AGENT
        spawn_disc(world, disc)
    for disc in range(world.discs):
        world.drag[disc] = 0.25
        world.radius[disc] = 0.06 if disc < world.agents else 0.2 if world.kind[disc] == LOAD else NEAR
        if disc < world.agents:
            world.power[disc] = 2.0
            spawn_disc(world, disc)
        elif world.kind[disc] == LOAD:
            world.start[disc] = distance(world, disc, world.discs - 1)
            world.far[disc] = world.start[disc]
        else:
            settle(world, disc)


@njit
def settle(world, disc):
    """A disc becomes a part of the goal: nothing moves it, and it meets nothing."""
    world.kind[disc] = GOAL
    world.inverse_mass[disc] = 0.0
    world.solid[disc] = 0


def update(world):
    """How much nearer to the goal loads came, and which arrive."""
    world.nearer[0], world.arrivals[0], world.left[0] = 0.0, 0, 0
    for load in range(world.agents, world.discs - 1):
        if world.kind[load] == LOAD:
            far = distance(world, load, world.discs - 1)
            world.nearer[0] += world.far[load] - far
            world.far[load] = far
            world.left[0] += 1
            if far < NEAR:
                settle(world, load)
                world.arrivals[0] += 1
                world.left[0] -= 1


def progress(world, agent):
    """5 for each metre by which loads came nearer to the goal."""
    return 5.0 * world.nearer[0]


def arrival(world, agent):
    """1 for each load that arrives."""
    return world.arrivals[0]


def approach(world, agent):
    """Less ``approach_weight`` for each metre, at most 3, from the agent to the nearest load that hasn't arrived."""
    return -world.approach_weight * min(distance_to_nearest(world, agent, LOAD), 3.0)


def terminated(world, agent):
    """All loads have arrived."""
    return world.left[0] == 0


def score(world, agent):
    """1 for a load that arrived, for another half of the share of its way that it came nearer; the mean over loads."""
    total = 0.0
    for load in range(world.agents, world.discs - 1):
        share = max(0.0, 1.0 - world.far[load] / max(world.start[load], NEAR))
        total += 1.0 if world.kind[load] == GOAL else 0.5 * share
    return total / max(1, world.discs - 1 - world.agents)


@njit
def scripted(view, draw):
    """Come round to the side of the nearest load that is far from the goal, and push it from there."""
    x, y = np.float64(view[4]), np.float64(view[5])
    dx, dy = view[9] - x, view[10] - y
    scale = 0.03 / math.sqrt(dx * dx + dy * dy + 1e-6)
    dx, dy = past(x - scale * dx, y - scale * dy, x, y, 0.075)
    return toward(dx, dy)


TASK = Task(
    name="Transport",
    description="Agents push loads that are too heavy for one to a goal.",
    engine=DISCS,
    init=init,
    update=update,
    reward={"progress": progress, "arrival": arrival, "approach": approach},
    terminated=terminated,
    score=score,
    scripted=scripted,
    kinds={AGENT: "agent", LOAD: "load", GOAL: "goal"},
    senses=(
        own("velocity", "position"),
        nearest(LOAD, 1, reach=4.0, velocity=True),
        nearest(GOAL, 1, reach=4.0),
        nearest(AGENT, reach=4.0),
    ),
    numbers={
        "load_mass": Number(20.0, 0.1, 1e6, "kilograms of a load; an agent has 1"),
        "approach_weight": Number(0.05, 0.0, 10.0, "price of a metre to the nearest load in a tick"),
    },
    memory={
        "start": Field("disc", np.float64, "metres from a load to the goal as the episode begins"),
        "far": Field("disc", np.float64, "metres from a load to the goal, of one that arrived as it did"),
        "nearer": Field("world", np.float64, "metres by which loads came nearer to the goal in this tick, their sum"),
        "arrivals": Field("world", np.int32, "loads that arrive in this tick"),
        "left": Field("world", np.int32, "loads that haven't arrived"),
    },
    presets={
        "default": {"agents": 4, "discs": 6, "width": 3, "height": 3, "neighbours": 3, "horizon": 200},
        "large": {"agents": 64, "discs": 73, "width": 8, "height": 8, "neighbours": 4, "horizon": 400},
    },
)
