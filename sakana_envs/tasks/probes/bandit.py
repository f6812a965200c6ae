"""Bandit: one choice, paid at once.

A trainer that fails here doesn't climb its own reward: signs, advantages, or which reward belongs to which action are
wrong, observations don't reach the policy, or its actions come short of the ends of the box.
"""

import numpy as np

from sakana_envs.grid.vocabulary import Field, below, float_features, spawn_lattice
from sakana_envs.tasks.probes.choices import EAST, LONE, WEST, chosen
from sakana_envs.tasks.task import Task

MEMORY = {"cue": Field("agent", np.int8, "-1 for west, 1 for east")}


def give_cues(world):
    """Each agent has a random cue, west or east."""
    spawn_lattice(world)
    for agent in range(world.agents):
        world.cue[agent] = 2 * below(world, 0, agent, 2) - 1


def pay_answer(world, agent):
    """In the last tick the choice, times the cue."""
    return world.cue[agent] * chosen(world, agent) if world.tick == world.horizon else 0.0


def show_cue(world, agent, out):
    """The cue, as an episode begins only."""
    out[0] = world.cue[agent] if world.tick == 0 else 0


def was_right(world, agent):
    """What the answer was paid, at least 0; who doesn't know the cue gets 0.5 at most."""
    return world.episode_return[agent]


def at_once(world, agent):
    """After the only tick."""
    return True


def do_as_cued(view, window, wander, draw):
    """The side of the cue; without one, east."""
    return WEST if float_features(view, window)[0] < 0.0 else EAST


TASK = Task(
    name="ProbeBandit",
    description="Choose the side that is shown.",
    init=give_cues,
    reward=pay_answer,
    terminated=at_once,
    score=was_right,
    features=show_cue,
    feature_names={"cue": (-1.0, 1.0)},
    scripted=do_as_cued,
    memory=MEMORY,
    presets={"default": {**LONE, "horizon": 1}},
)
