"""Patience: a little at once, or four times as much nine ticks later.

A trainer that fails here looks at the reward of the moment: its discount is (near) 0, it bootstraps from no value, or
it takes the end of a rollout for the end of an episode.
"""

import numpy as np

from sakana_envs.grid.vocabulary import Field, spawn_lattice
from sakana_envs.tasks.probes.choices import EAST, LONE, chosen
from sakana_envs.tasks.task import Task


def invest(world, agent):
    """In the first tick minus a quarter of the choice, in the last one all of it."""
    if world.tick == 1:
        world.choice[agent] = chosen(world, agent)
        return -0.25 * world.choice[agent]
    return world.choice[agent] if world.tick == world.horizon else 0.0


def see_choice(world, agent, out):
    """Whether it is to choose, and what it has chosen."""
    out[0], out[1] = world.tick == 0, world.choice[agent]


def patience(world, agent):
    """The choice of the first tick, at least 0."""
    return world.choice[agent]


def go_east(view, window, wander, draw):
    """East, always."""
    return EAST


TASK = Task(
    name="ProbePatience",
    description="One choice: a little at once, or four times as much nine ticks later.",
    init=spawn_lattice,
    reward=invest,
    score=patience,
    features=see_choice,
    feature_names={"to_choose": (0.0, 1.0), "choice": (-1.0, 1.0)},
    scripted=go_east,
    memory={"choice": Field("agent", np.float64, "the choice of the first tick")},
    presets={"default": {**LONE, "horizon": 10}},
)
