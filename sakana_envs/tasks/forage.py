"""Forage: eat what is in view before the others do.

An agent that enters a cell with food eats it. For each food eaten another grows at a random empty cell, so the map
never runs bare, and what counts is how quickly an agent finds the next one. Where several want the same food, one of
them gets it. An agent sees a small window only: with nothing in it, the best it can do is to move on.
"""

from numba import njit

from sakana_envs.grid.vocabulary import FOOD, Number, meals_score, nearest, spawn_among_food, steer_or_wander
from sakana_envs.tasks.task import LARGE, MEDIUM, STEADY, STREAM, Task


@njit
def reward(world, agent):
    """``food_reward`` for each food eaten in this tick."""
    return world.food_reward * world.ate[agent]


@njit
def scripted(view, window, wander, draw):
    """Step towards the nearest food in view; wander when there is none."""
    row, col = nearest(view, window, FOOD, draw)
    return steer_or_wander(view, window, row, col, wander, draw)


TASK = Task(
    name="Forage",
    description="Eat as much food as possible; eaten food grows again at a random empty cell.",
    init=spawn_among_food,
    reward=reward,
    score=meals_score,
    scripted=scripted,
    numbers={
        "food_reward": Number(0.1, -1.0, 1.0, "reward for each food eaten"),
        "reference_meals": Number(0.48, 1e-6, 1.0, "food per tick of the scripted forager: a score of 0.5"),
    },
    presets={
        "default": {"food_density": 0.1},
        "medium": {**MEDIUM, "agents": 768, "food_density": 0.1, "reference_meals": 0.49},
        "large": {**LARGE, "food_density": 0.1, "reference_meals": 0.51},
        "stream": {**STREAM, "food_density": 0.1, "reference_meals": 0.51},
        "steady": {**STEADY, "food_density": 0.1},
    },
)
