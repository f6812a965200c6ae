"""A task as a user would write it, with every optional hook; the whole test matrix runs over it too."""

import numpy as np
from numba import njit

import sakana_envs
from sakana_envs.grid.spawn import scatter_food, spawn_uniform


@njit
def init(world):
    spawn_uniform(world)
    scatter_food(world)
    for agent in range(world.agents):
        world.basket[agent] = 0


@njit
def update(world):
    for agent in range(world.agents):
        world.basket[agent] += world.ate[agent]


def reward(world, agent):
    return world.ate[agent] - world.bump_cost * world.bumped[agent]


def terminated(world, agent):
    return world.basket[agent] >= world.basket_size


def score(world, agent):
    return world.basket[agent] / world.basket_size


def features(world, agent, out):
    out[0] = min(255, 255 * world.basket[agent] // world.basket_size)


TASK = sakana_envs.Task(
    name="FillBasket",
    init=init,
    update=update,
    reward=reward,
    terminated=terminated,
    score=score,
    features=features,
    feature_names=("basket",),
    numbers={
        "bump_cost": sakana_envs.Number(0.0625, 0.0, 1.0, "price of a bump"),
        "basket_size": sakana_envs.Number(3.0, 1.0, 100.0, "food that fills a basket"),
    },
    memory={"basket": sakana_envs.Field("agent", np.int32, "food eaten")},
    presets={"default": {"food_density": 0.2}},
)
