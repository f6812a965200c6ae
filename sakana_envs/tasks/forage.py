"""Forage: eat what is in view before the others do."""

from numba import njit

from sakana_envs.grid.motion import offset, toward
from sakana_envs.grid.spawn import scatter_food, spawn_uniform
from sakana_envs.grid.tiles import FOOD
from sakana_envs.grid.world import Number
from sakana_envs.tasks.task import Task


@njit
def init(world):
    spawn_uniform(world)
    scatter_food(world)


@njit
def reward(world, agent):
    return world.food_reward * world.ate[agent]


@njit
def score(world, agent):
    return world.meals[agent] / (world.tick * world.reference_meals)


@njit
def scripted(view, window, wander, draw):
    """Step towards the nearest food in view; wander when there is none or something is in the way."""
    width = int(window**0.5)
    radius = width // 2
    best = window
    action = wander
    for cell in range(window):
        if view[cell] == FOOD:
            row = cell // width - radius
            col = cell % width - radius
            distance = max(abs(row), abs(col))
            if distance < best:
                best = distance
                action = toward(row, col)
    row, col = offset(action)
    if view[(radius + row) * width + radius + col] > FOOD:
        return 1 + int(draw % 8)
    return action


TASK = Task(
    name="Forage",
    description="Eat as much food as possible; eaten food grows again at a random empty cell.",
    init=init,
    reward=reward,
    score=score,
    scripted=scripted,
    numbers={
        "food_reward": Number(0.1, -1.0, 1.0, "reward for each food eaten"),
        "reference_meals": Number(0.35, 1e-6, 1.0, "food per tick of the scripted forager: a score of 1"),
    },
    presets={
        "default": {"food_density": 0.1},
        "large": {"food_density": 0.1, "height": 720, "width": 1080, "agents": 4096},
    },
)
