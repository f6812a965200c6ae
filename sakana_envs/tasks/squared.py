"""Squared: reach the food in a small square, and don't run into its edge.

The first thing to train: a lone agent begins in the middle and sees the whole square, the food among it. It is paid 1
for the food and -1 for a bump, and either ends the episode. A trainer that needs more than some seconds of a processor
for this has a fault: the probes tell which.
"""

from numba import njit

from sakana_envs.grid.vocabulary import FOOD, Number, below, nearest, place_food, spawn_crowd, steer
from sakana_envs.tasks.task import Task


@njit
def init(world):
    """Agents in the middle, one food at a random cell."""
    spawn_crowd(world, world.height // 2, world.width // 2)
    for attempt in range(64):
        row, col = below(world, 0, attempt, world.height), below(world, 1, attempt, world.width)
        if place_food(world, row, col):
            break


@njit
def reward(world, agent):
    """1 for food eaten in this tick, -1 for a bump into the edge, or into another agent."""
    return float(world.ate[agent]) - float(world.bumped[agent])


@njit
def terminated(world, agent):
    """An agent has eaten ``enough``, or has bumped ``lives`` times."""
    meals = world.meals[agent] + world.ate[agent]  # which is added to them after all have been judged
    return meals >= world.enough or world.wall_bumps[agent] + world.agent_bumps[agent] >= world.lives


@njit
def score(world, agent):
    """1 for an agent that has eaten ``enough``, less in proportion."""
    return world.meals[agent] / world.enough


@njit
def scripted(view, window, wander, draw):
    """Step towards the food."""
    row, col = nearest(view, window, FOOD, draw)
    return steer(view, window, row, col)


TASK = Task(
    name="Squared",
    description="Reach the one food of a small square without running into its edge.",
    init=init,
    reward=reward,
    terminated=terminated,
    score=score,
    scripted=scripted,
    numbers={
        "enough": Number(1.0, 1.0, 1e6, "food after which an episode ends"),
        "lives": Number(1.0, 1.0, 1e6, "bumps after which an episode ends"),
    },
    presets={"default": {"agents": 1, "height": 11, "width": 11, "horizon": 33}},
)
