"""Snake: grow by what is eaten, and run into nothing.

A snake is an agent, its head, and the cells that it was in last, which are walls: one more for each food. Who is
blocked, by a wall, a body or a head, dies with all of its body, and so does the other one if two heads meet. The dead
come back elsewhere after a while, as small as at first. Who stays in a cell for more than three ticks grows shorter.
"""

import numpy as np
from numba import njit

from sakana_envs.grid.vocabulary import *
from sakana_envs.tasks.task import LARGE, Task

SHORTEST, LONGEST = 3, 64


@njit
def _free(world, agent, back):
    """Clear the cell in which the head was so many cells ago; returns its row and column."""
    cell = world.trail[agent, (world.entered[agent] - back) % LONGEST]
    clear_cell(world, cell // world.width, cell % world.width)
    return cell // world.width, cell % world.width


@njit
def _follow(world, agent):
    """If the head is in a new cell, its last one becomes body, and the end of the body is free, unless it ate."""
    row, col = cell_of(world, agent)
    count, length = world.entered[agent], SHORTEST + world.grown[agent]
    moved = count == 0 or world.trail[agent, (count - 1) % LONGEST] != row * world.width + col
    world.idle[agent] = 0 if moved else world.idle[agent] + 1
    shrinks = world.idle[agent] > 3 and length > SHORTEST
    grows = moved and world.ate[agent] > 0 and length < LONGEST
    if moved and count > 0:
        place_wall(world, *_free(world, agent, 1))  # free of food that grew there in this tick
    if count >= length and (shrinks or (moved and not grows)):
        _free(world, agent, length)
    world.grown[agent] += int(grows) - int(shrinks)
    if moved:
        world.trail[agent, count % LONGEST] = row * world.width + col
        world.entered[agent] += 1


def update(world):
    """Bodies follow; then who is blocked dies, and whom its head met; the dead come back in some later tick."""
    for agent in range(world.agents):
        world.met[agent] = 0
        if is_alive(world, agent):
            _follow(world, agent)
            world.growth[agent] += world.grown[agent]
    for agent in range(world.agents):
        if world.bumped[agent]:
            row = np.floor(world.row[agent] + world.speed * world.action[agent, 0])
            col = np.floor(world.col[agent] + world.speed * world.action[agent, 1])
            other = agent_at(world, int(row), int(col))
            if other >= 0:
                world.met[other] = 1
    for agent in range(world.agents):
        if (world.bumped[agent] or world.met[agent]) and remove_agent(world, agent):
            for back in range(2, min(world.entered[agent], SHORTEST + world.grown[agent]) + 1):  # 1 is the head
                _free(world, agent, back)
            world.entered[agent], world.grown[agent], world.idle[agent] = 0, 0, 0
        elif uniform(world, 0, agent) < world.return_chance:
            revive_agent(world, agent, below(world, 1, agent, world.height), below(world, 2, agent, world.width))


def reward(world, agent):
    """0.1 for each food, -1 for dying."""
    return 0.1 * world.ate[agent] - world.died[agent]


def score(world, agent):
    """By how much it has grown, over the most that is possible, in the mean over ticks; 0 while dead."""
    return world.growth[agent] / (world.tick * (LONGEST - SHORTEST))


def scripted(view, window, wander, draw):
    """Step to the free neighbour that is nearest to food and has room around it, and no other head beside it."""
    row, col = nearest(view, window, FOOD, draw)
    if row == 0 and col == 0:
        row, col = offset(wander)
    best, most = STAY, -99.0
    for action in range(1, 9):
        to_row, to_col = offset(action)
        room = count_seen(view, window, to_row, to_col, 1, EMPTY) + count_seen(view, window, to_row, to_col, 1, FOOD)
        others = count_seen(view, window, to_row, to_col, 1, AGENT) - 1
        worth = room - 20.0 * others - 2.0 * max(abs(row - to_row), abs(col - to_col))
        if view[window // 2 + to_row * side(window) + to_col] <= FOOD and worth > most:
            best, most = action, worth
    return best


TASK = Task(
    name="Snake",
    description="Grow by eating; who runs into a wall or a snake dies, and comes back small.",
    init=spawn_among_food,
    update=update,
    reward=reward,
    score=score,
    scripted=scripted,
    numbers={"return_chance": Number(0.2, 0.0, 1.0, "probability that a dead snake comes back, in each tick")},
    memory={
        "trail": Field("agent", np.int32, "cells of the head, row times width plus column, in a ring", LONGEST),
        "entered": Field("agent", np.int32, "how many of them there were in this life"),
        "grown": Field("agent", np.int32, "cells that the snake has more than at first"),
        "idle": Field("agent", np.int32, "ticks since the head entered a cell"),
        "growth": Field("agent", np.int64, "sum of that over ticks"),
        "met": Field("agent", np.uint8, "1 if another head ran into it in this tick"),
    },
    presets={
        "default": {"agents": 32, "height": 64, "width": 64, "food_density": 0.1},
        "large": {**LARGE, "food_density": 0.1},
    },
)
