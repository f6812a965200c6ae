"""Steady: a value must be brought to 0.3, quickly, and left there.

A trainer of the continuous twin that fails here gets the scale of actions wrong: they are squashed, clipped or scaled
to another box than the space's, or its noise never shrinks. The discrete twin's steps can't do it exactly, so there the
bar is lower: this is where continuous actions win.
"""

import numpy as np

from sakana_envs.grid.vocabulary import STAY, Field, float_features, is_late, late_ticks, spawn_lattice, uniform
from sakana_envs.tasks.probes.choices import EAST, LONE, WEST, chosen
from sakana_envs.tasks.task import Task

GOAL, STEP, NEAR = 0.3, 0.25, 0.125


def set_out(world):
    """Each agent's value is random, -1 to -0.8: with whole steps 0.3 is reached as the second half begins."""
    spawn_lattice(world)
    for agent in range(world.agents):
        world.value[agent] = 0.2 * uniform(world, 0, agent) - 1.0


def push(world, agent):
    """Minus how far the value is from 0.3, after a quarter of the choice was added to it."""
    world.value[agent] = min(1.0, max(-1.0, world.value[agent] + STEP * chosen(world, agent)))
    error = abs(world.value[agent] - GOAL)
    if is_late(world):
        world.held[agent] += max(0.0, 1.0 - error / NEAR)
    return -error


def see_error(world, agent, out):
    """How far the value is above 0.3."""
    out[0] = world.value[agent] - GOAL


def held(world, agent):
    """Mean of the second half: 1 at 0.3 exactly, 0 at an eighth from it and farther off."""
    return world.held[agent] / late_ticks(world)


def approach(view, window, wander, draw):
    """Whole steps towards 0.3, as long as they bring it nearer: the best that steps of 0.25 can do."""
    error = float_features(view, window)[0]
    return STAY if abs(error) <= STEP / 2 else WEST if error > 0.0 else EAST


TASK = Task(
    name="ProbeSteady",
    description="Bring a value to 0.3 by steps of up to 0.25, quickly, and hold it there exactly.",
    init=set_out,
    reward=push,
    score=held,
    features=see_error,
    feature_names={"error": (-1.3, 0.7)},
    scripted=approach,
    memory={
        "value": Field("agent", np.float64, "-1 to 1"),
        "held": Field("agent", np.float64, "sum of how near it was in the second half"),
    },
    presets={"default": {**LONE, "horizon": 12}},
)
