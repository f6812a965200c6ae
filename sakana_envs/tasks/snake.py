"""Snake: grow by what is eaten, and run into nothing.

A snake is an agent, its head, and the cells that it was in last, which are walls: one more for each food. Who is
blocked, by a wall, a body or a head, dies with all of its body, and so does the other one if two heads meet. The dead
come back elsewhere after a while, as small as at first. Who stays in a cell for more than three ticks grows shorter.
"""

import numpy as np
from numba import njit

from sakana_envs.grid.vocabulary import *
from sakana_envs.tasks.task import Task

SHORTEST, LONGEST = 3, 64


def init(world):
    """Heads at random empty cells, food on a share ``food_density`` of the others."""
    spawn_uniform(world)
    scatter_food(world)


@njit
def _follow(world, agent):
    """If the head is in a new cell, its last one becomes body, and the end of the body is free, unless it ate."""
    cell, count = int(world.row[agent]) * world.width + int(world.col[agent]), world.entered[agent]
    last = world.trail[agent, (count - 1) % LONGEST]
    length = SHORTEST + world.grown[agent]
    end = world.trail[agent, (count - length) % LONGEST]  # the last cell of the body, if it is that long yet
    if count > 0 and cell == last:
        world.idle[agent] += 1
        if world.idle[agent] > 3 and world.grown[agent] > 0:
            world.grown[agent] -= 1
            if count >= length:
                clear_cell(world, end // world.width, end % world.width)
        return
    world.idle[agent] = 0
    if count > 0:
        clear_cell(world, last // world.width, last % world.width)  # food that grew there in this tick
        place_wall(world, last // world.width, last % world.width)
    if world.ate[agent] > 0 and length < LONGEST:
        world.grown[agent] += 1
    elif count >= length:
        clear_cell(world, end // world.width, end % world.width)
    world.trail[agent, count % LONGEST], world.entered[agent] = cell, count + 1


def update(world):
    """Bodies follow; then who is blocked dies, and whom its head met; the dead come back in some later tick."""
    for agent in range(world.agents):
        world.met[agent] = 0
        if is_alive(world, agent):
            _follow(world, agent)
            world.growth[agent] += world.grown[agent]
    for agent in range(world.agents):
        if world.bumped[agent]:
            row = int(np.floor(world.row[agent] + world.speed * world.action[agent, 0]))
            col = int(np.floor(world.col[agent] + world.speed * world.action[agent, 1]))
            other = agent_at(world, row, col)
            if other >= 0:
                world.met[other] = 1
    for agent in range(world.agents):
        if not is_alive(world, agent):
            if uniform(world, 0, agent) < world.return_chance:
                revive_agent(world, agent, below(world, 1, agent, world.height), below(world, 2, agent, world.width))
        elif world.bumped[agent] or world.met[agent]:
            remove_agent(world, agent)
            count = world.entered[agent]
            for back in range(2, min(count, SHORTEST + world.grown[agent]) + 1):  # 1 is the head
                cell = world.trail[agent, (count - back) % LONGEST]
                clear_cell(world, cell // world.width, cell % world.width)
            world.entered[agent], world.grown[agent], world.idle[agent] = 0, 0, 0


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
    best, most = STAY, -100.0
    for action in range(1, 9):
        to_row, to_col = offset(action)
        if view[window // 2 + to_row * side(window) + to_col] <= FOOD:
            worth = _room(view, window, to_row, to_col) - 2.0 * max(abs(row - to_row), abs(col - to_col))
            if worth > most:
                best, most = action, worth
    return best


@njit
def _room(view, window, row, col):
    """Free cells around a neighbour, less twenty for each other head."""
    room = 0
    for action in range(1, 9):
        d_row, d_col = offset(action)
        code = view[window // 2 + (row + d_row) * side(window) + col + d_col]
        room += 1 if code <= FOOD else -20 if code >= AGENT and (row + d_row != 0 or col + d_col != 0) else 0
    return room


TASK = Task(
    name="Snake",
    description="Grow by eating; who runs into a wall or a snake dies, and comes back small.",
    init=init,
    update=update,
    reward=reward,
    score=score,
    scripted=scripted,
    numbers={"return_chance": Number(0.2, 0.0, 1.0, "probability that a dead snake comes back, in each tick")},
    memory={
        "trail": Field(
            "agent", np.int32, "cells that the head was in, row times width plus column, in a ring", LONGEST
        ),
        "entered": Field("agent", np.int32, "how many of them there were in this life"),
        "grown": Field("agent", np.int32, "cells that the snake has more than at first"),
        "idle": Field("agent", np.int32, "ticks since the head entered a cell"),
        "growth": Field("agent", np.int64, "sum of that over ticks"),
        "met": Field("agent", np.uint8, "1 if another head ran into it in this tick"),
    },
    presets={
        "default": {"agents": 32, "height": 64, "width": 64, "food_density": 0.1},
        "large": {"agents": 4096, "height": 720, "width": 1080, "food_density": 0.1},
    },
)
