"""Forage: eat what is in view before the others do.

An agent that enters a cell with food eats it. For each food eaten another grows at a random empty cell, so the map
never runs bare, and what counts is how quickly an agent finds the next one. Where several want the same food, one of
them gets it. An agent sees a small window only: with nothing in it, the best it can do is to move on.
"""

from numba import njit

from sakana_envs.grid.vocabulary import FOOD, Number, nearest, scatter_food, spawn_uniform, steer, steer_or_turn
from sakana_envs.tasks.task import Task


@njit
def init(world):
    """Agents at random empty cells, food on a share ``food_density`` of the others."""
    spawn_uniform(world)
    scatter_food(world)


@njit
def reward(world, agent):
    """``food_reward`` for each food eaten in this tick."""
    return world.food_reward * world.ate[agent]


@njit
def score(world, agent):
    """Food per tick against the reference's; twice as much is a score of 1, so a better policy still shows."""
    return 0.5 * world.meals[agent] / (world.tick * world.reference_meals)


@njit
def scripted(view, window, wander, draw):
    """Step towards the nearest food in view; wander when there is none."""
    row, col = nearest(view, window, FOOD, draw)
    if row == 0 and col == 0:
        return steer_or_turn(view, window, wander, draw)
    return steer(view, window, row, col)


TASK = Task(
    name="Forage",
    description="Eat as much food as possible; eaten food grows again at a random empty cell.",
    init=init,
    reward=reward,
    score=score,
    scripted=scripted,
    numbers={
        "food_reward": Number(0.1, -1.0, 1.0, "reward for each food eaten"),
        "reference_meals": Number(0.48, 1e-6, 1.0, "food per tick of the scripted forager: a score of 0.5"),
    },
    presets={
        "default": {"food_density": 0.1},
        "large": {"food_density": 0.1, "height": 720, "width": 1080, "agents": 4096, "reference_meals": 0.51},
    },
)
