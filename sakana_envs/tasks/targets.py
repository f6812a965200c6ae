"""Targets: reach a goal, which is then somewhere else.

Agents turn, and push ahead. Whoever reaches a goal is paid 1, which is all that there is, and the goal is placed anew.
An agent knows where the nearest goals and agents are from its own nose. The game is ``target`` of PufferLib (Suárez,
2024), with a heading that has no seam, and with agents that get into each other's way.
"""

import numpy as np
from numba import njit

from sakana_envs.discs.vocabulary import *
from sakana_envs.tasks.task import Task

GOAL = LANDMARK
COMMON = {"top_spin": 3.0, "horizon": 256}


def init(world):
    """Agents and goals at random free places; nothing meets goals."""
    for disc in range(world.discs):
        goal = disc >= world.agents
        world.radius[disc] = 0.3 if goal else 0.2
        world.solid[disc] = 0 if goal else 1 << AGENT
        world.drag[disc] = 0.25
    for agent in range(world.agents):
        world.power[agent] = 5.0
    spawn_discs(world)


def update(world):
    """Goals that are reached are placed anew; agents are the fresher the less time passed since their last goal."""
    for agent in range(world.agents):
        world.reached[agent] = 0
        world.freshness[agent] = max(0.0, world.freshness[agent] - 1.0 / world.patience)
    for goal in range(world.agents, world.discs):
        reached = False
        for agent in range(world.agents):
            if touch(world, agent, goal):
                reached = True
                world.reached[agent] += 1
                world.freshness[agent] = 1.0
        if reached:
            spawn_disc(world, goal)
    for agent in range(world.agents):
        world.freshness_sum[agent] += world.freshness[agent] * is_late(world)


def reward(world, agent):
    """1 for each goal that it reaches in this tick."""
    return world.reached[agent]


def score(world, agent):
    """Freshness, 1 at a goal and 0 from ``patience`` ticks after it on, averaged over the second half."""
    return world.freshness_sum[agent] / late_ticks(world)


@njit
def scripted(view, draw):
    """Make for the nearest goal to which no other agent in view is nearer, else for the nearest."""
    goal = 3 + first_unclaimed(view[3:9], view[9:15], 3)
    return turn_toward(view[goal], view[goal + 1])


TASK = Task(
    name="Targets",
    description="Agents reach goals, each of which is then placed anew.",
    engine=DISCS,
    init=init,
    update=update,
    reward=reward,
    score=score,
    scripted=scripted,
    kinds={AGENT: "agent", LANDMARK: "target"},
    senses=(
        own("motion", "spin", fast=2.0),
        nearest(GOAL, 2, reach=5.0, ahead=True),
        nearest(AGENT, 2, reach=5.0, ahead=True),
    ),
    actions=TURN,
    numbers={"patience": Number(100.0, 1.0, 1e6, "ticks after a goal in which an agent's freshness goes from 1 to 0")},
    memory={
        "reached": Field("agent", np.int32, "goals that it reaches in this tick"),
        "freshness": Field("agent", np.float64, "1 as it reaches a goal, 0 from patience ticks after it on"),
        "freshness_sum": Field("agent", np.float64, "sum of freshness over ticks of the second half"),
    },
    presets={
        "default": {"agents": 8, "discs": 12, "width": 6, "height": 6, **COMMON},
        "large": {"agents": 128, "discs": 192, "width": 24, "height": 24, **COMMON},
    },
)
