"""Snake: grow by what is eaten, and run into nothing.

A snake is an agent, its head, and the cells that it was in last, which are walls: as many as it has eaten. Who is
blocked, by a wall, a body or a head, dies with all of its body, and comes back elsewhere as a mere head.
"""

from numba import njit

from sakana_envs.grid.vocabulary import *
from sakana_envs.tasks.task import LARGE, Task

LONGEST = 63  # cells of a body


@njit
def _passed(world, agent, back):
    """The cell (row, col) that the head was in so many cells ago."""
    return divmod(world.trail[agent, (world.entered[agent] - back) % (LONGEST + 1)], world.width)


def update(world):
    """The dead come back where the cell that is drawn is empty; bodies follow heads; who was blocked dies."""
    for agent in range(world.agents):
        revive_agent(world, agent, below(world, 0, agent, world.height), below(world, 1, agent, world.width))
    for agent in range(world.agents):
        (row, col), body, entered = cell_of(world, agent), world.body[agent], world.entered[agent]
        if world.bumped[agent] and remove_agent(world, agent):
            for back in range(2, body + 2):
                clear_cell(world, *_passed(world, agent, back))
            world.entered[agent], world.body[agent] = 0, 0
        elif is_alive(world, agent) and (entered == 0 or _passed(world, agent, 1) != (row, col)):
            world.body[agent] = min(LONGEST, body + world.ate[agent])
            if entered > 0:
                clear_cell(world, *_passed(world, agent, 1))  # of food that grew there in this tick
                place_wall(world, *_passed(world, agent, 1))
            if entered > body == world.body[agent]:
                clear_cell(world, *_passed(world, agent, body + 1))
            world.trail[agent, entered % (LONGEST + 1)], world.entered[agent] = row * world.width + col, entered + 1
        world.growth[agent] += world.body[agent]


def reward(world, agent):
    """0.1 for each food, -1 for dying."""
    return 0.1 * world.ate[agent] - world.died[agent]


def score(world, agent):
    """The length of its body over the longest possible, in the mean over ticks; 0 while dead."""
    return world.growth[agent] / (world.tick * LONGEST)


def scripted(view, window, wander, draw):
    """Step to the free neighbour that is nearest to food and has room around it, and no other head beside it."""
    to_row, to_col = nearest(view, window, FOOD, draw)
    best, most = STAY, -99.0
    for action in range(1, 9):
        row, col = offset(action)
        crowd = count_seen(view, window, row, col, 1, WALL) + 20 * count_seen(view, window, row, col, 1, AGENT)
        worth = -crowd - 2.0 * max(abs(to_row - row), abs(to_col - col)) + 0.5 * (action == wander)
        if is_free(view, window, action) and worth > most:
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
    memory={
        "trail": Field("agent", int, "cells of the head, row times width plus column, in a ring", LONGEST + 1),
        "entered": Field("agent", int, "how many of them there were in this life"),
        "body": Field("agent", int, "cells of the body"),
        "growth": Field("agent", int, "sum of that over ticks"),
    },
    presets={"default": {"food_density": 0.1}, "large": {**LARGE, "food_density": 0.1}},
)
