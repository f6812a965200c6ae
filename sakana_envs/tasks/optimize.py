"""Optimize: find the highest places of a hidden landscape.

Each episode has another landscape, a sum of random hills. Agents sense its height in the cells around them, as a second
layer beside the cell codes, and are paid for the height under their own feet. Climbing the nearest hill is easy; but
there is room for one agent in a cell, hills differ in height, and on flat ground a window shows no way up. With
``consumption`` the ground wears down under who stands on it, and holding a place no longer pays.
"""

import math

import numpy as np
from numba import njit

from sakana_envs.core import rng
from sakana_envs.grid.vocabulary import FOOD, Field, Number, side, spawn_uniform, steer, steer_or_turn
from sakana_envs.tasks.task import LARGE, MEDIUM, STEADY, Task

HILL = 0
"""Stream of random draws: where the hills are and how wide and high."""


@njit
def init(world):
    """A new landscape, and agents at random empty cells."""
    for hill in range(int(world.hills)):
        _raise_hill(world, hill)
    _find_best(world)
    spawn_uniform(world)


@njit
def _raise_hill(world, hill):
    """Add a Gaussian of random place and height; the landscape is cut off at 255."""
    row = rng.uniform(world, HILL, 3 * hill) * world.height
    col = rng.uniform(world, HILL, 3 * hill + 1) * world.width
    height = 255.0 * (0.25 + 0.75 * rng.uniform(world, HILL, 3 * hill + 2))
    reach = int(4.0 * world.hill_width)
    for near_row in range(max(0, int(row) - reach), min(world.height, int(row) + reach + 1)):
        for near_col in range(max(0, int(col) - reach), min(world.width, int(col) + reach + 1)):
            square = (near_row + 0.5 - row) ** 2 + (near_col + 0.5 - col) ** 2
            added = height * math.exp(-0.5 * square / world.hill_width**2)
            before = world.landscape[near_row + world.radius, near_col + world.radius]
            world.landscape[near_row + world.radius, near_col + world.radius] = min(int(before) + int(added), 255)


@njit
def _find_best(world):
    """The mean value of the highest cells, one for each agent."""
    for row in range(world.radius, world.height + world.radius):
        for col in range(world.radius, world.width + world.radius):
            world.cells_of_value[world.landscape[row, col]] += 1
    left = world.agents
    total = 0
    for value in range(255, -1, -1):
        taken = min(left, world.cells_of_value[value])
        total += taken * value
        left -= taken
    world.best[0] = total / (255.0 * world.agents)


@njit
def update(world):
    """Where agents stand, the landscape wears down."""
    if world.consumption > 0.0:
        for agent in range(world.agents):
            row = int(world.row[agent]) + world.radius
            col = int(world.col[agent]) + world.radius
            world.landscape[row, col] = int(world.landscape[row, col] * (1.0 - world.consumption))


@njit
def reward(world, agent):
    """A tenth of the value under the agent, which lies in [0, 1]."""
    value = world.landscape[int(world.row[agent]) + world.radius, int(world.col[agent]) + world.radius] / 255.0
    world.value_sum[agent] += value
    return 0.1 * value


@njit
def score(world, agent):
    """Mean value under the agent against the mean of the highest cells that all agents together could hold."""
    return world.value_sum[agent] / (world.tick * max(world.best[0], 1.0 / 255.0))


@njit
def scripted(view, window, wander, draw):
    """Step towards the highest free cell in view, a nearer one first; wander on flat ground."""
    width = side(window)
    radius = width // 2
    best = view[window + window // 2]
    row = 0
    col = 0
    distance = 0
    for cell in range(window):
        value = view[window + cell]
        far = max(abs(cell // width - radius), abs(cell % width - radius))
        if view[cell] <= FOOD and (value > best or (value == best and far < distance)):
            best = value
            row = cell // width - radius
            col = cell % width - radius
            distance = far
    if best == 0:
        return steer_or_turn(view, window, wander, draw)
    return steer(view, window, row, col)


TASK = Task(
    name="Optimize",
    description="Climb a landscape of random hills and hold the highest places; agents sense the height around them.",
    init=init,
    update=update,
    reward=reward,
    score=score,
    scripted=scripted,
    numbers={
        "hills": Number(6.0, 1.0, 1000.0, "number of hills"),
        "hill_width": Number(8.0, 0.5, 1000.0, "standard deviation of a hill, in cells"),
        "consumption": Number(0.0, 0.0, 1.0, "share of a cell's value that an agent on it uses up in a tick"),
    },
    memory={
        "landscape": Field("cell", np.uint8, "value of a cell, 255 for 1; 0 in the border"),
        "cells_of_value": Field("world", np.int64, "how many cells had each value at the start", 256),
        "best": Field("world", np.float64, "mean value of the highest cells at the start, one for each agent"),
        "value_sum": Field("agent", np.float64, "sum over ticks of the value under the agent"),
    },
    layers=("landscape",),
    presets={
        "default": {"agents": 64},
        "medium": {**MEDIUM, "agents": 384, "hills": 18.0, "hill_width": 12.0},
        "large": {**LARGE, "hills": 60.0, "hill_width": 20.0},
        "steady": {**STEADY, "agents": 64},
    },
)
