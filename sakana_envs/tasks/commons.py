"""Commons: harvest what grows back only where enough is left.

Food grows in orchards, the faster the more food is left within two cells, and never again where none is. So who eats
the last of a place takes it from all, for good; and one who is patient is eaten out by those who aren't. An agent that
eats where little is left is marked for some ticks, by its kind. Any agent may press its button to sanction one beside
it, which costs the one a little, and has the other pay a fine and stand still for a while.
"""

import numpy as np
from numba import njit

from sakana_envs.grid.vocabulary import *
from sakana_envs.tasks.task import Task

USE = 9  # the row of the table that stays and presses the button
GOOD, GREEDY, SANCTIONED = range(3)  # kinds
ENOUGH = 4  # other food within two cells of one that may be eaten unmarked
TURNS = 8  # a cell has its turn to bear food every so many ticks, in the mean


def init(world):
    """Agents at random cells, and round orchards full of food at others."""
    spawn_uniform(world)
    for orchard in range(max(1, round(world.orchard_density * world.height * world.width))):
        mid_row, mid_col = below(world, 0, orchard, world.height), below(world, 1, orchard, world.width)
        for row in range(max(0, mid_row - 3), min(world.height, mid_row + 4)):
            for col in range(max(0, mid_col - 3), min(world.width, mid_col + 4)):
                if (row - mid_row) ** 2 + (col - mid_col) ** 2 <= 10:
                    world.orchard[row + world.radius, col + world.radius] = 1
                    place_food(world, row, col)


@njit
def _food_near(world, row, col):
    """Food within two cells of a cell, its own not counted."""
    found = 0
    for near_row in range(row - 2, row + 3):
        for near_col in range(col - 2, col + 3):
            found += (near_row != row or near_col != col) and code_at(world, near_row, near_col) == FOOD
    return found


@njit
def _other_beside(world, agent):
    """An agent in one of the eight cells around, from a random one on clockwise; -1 if there is none."""
    first = below(world, 2, int(world.row[agent]) * world.width + int(world.col[agent]), 8)
    for turn in range(8):
        row, col = offset(1 + (first + turn) % 8)
        other = agent_at(world, int(world.row[agent]) + row, int(world.col[agent]) + col)
        if other >= 0:
            return other
    return -1


def update(world):
    """Sanctions take effect, after all have chosen; then food grows."""
    for agent in range(world.agents):
        thin = world.ate[agent] > 0 and _food_near(world, int(world.row[agent]), int(world.col[agent])) < ENOUGH
        world.marked[agent] = 10 if thin else max(0, world.marked[agent] - 1)
        world.used[agent], world.fined[agent] = 0, 0
    for agent in range(world.agents):
        other = _other_beside(world, agent) if world.action[agent, 2] > 0.5 and world.waits[agent] == 0 else -1
        if other >= 0:
            world.used[agent], world.fined[other] = 1, 1
    for agent in range(world.agents):
        world.waits[agent] = 15 if world.fined[agent] else max(0, world.waits[agent] - 1)
        world.pace[agent] = 0.0 if world.waits[agent] > 0 else 1.0
        set_kind(world, agent, SANCTIONED if world.waits[agent] > 0 else GREEDY if world.marked[agent] > 0 else GOOD)
    for attempt in range(world.height * world.width // TURNS):
        row, col = below(world, 3, attempt, world.height), below(world, 4, attempt, world.width)
        bare = world.orchard[row + world.radius, col + world.radius] and code_at(world, row, col) == EMPTY
        if bare and uniform(world, 5, attempt) < TURNS * world.growth * _food_near(world, row, col):
            place_food(world, row, col)


def eat(world, agent):
    """0.1 for each food eaten."""
    return 0.1 * world.ate[agent]


def sanction(world, agent):
    """-0.02 for sanctioning somebody, -0.2 for being sanctioned."""
    return -0.02 * world.used[agent] - 0.2 * world.fined[agent]


def score(world, agent):
    """Food per tick against the reference's; twice as much is a score of 1."""
    return 0.5 * world.meals[agent] / (world.tick * world.reference_meals)


def scripted(view, window, wander, draw):
    """Sanction who is marked; step to the nearest food that has enough around it, or wait where there is too little."""
    row, col = nearest(view, window, AGENT + GREEDY, draw)
    if max(abs(row), abs(col)) == 1:
        return USE
    width, to_row, to_col, least, any_food = side(window), 0, 0, 1e9, False
    for place in range(window):
        cell = (place + np.int64(draw % np.uint64(window))) % window
        row, col = cell // width - width // 2, cell % width - width // 2
        any_food |= view[cell] == FOOD
        distance = max(abs(row), abs(col))
        if view[cell] == FOOD and distance < least and _thick(view, width, cell):
            to_row, to_col, least = row, col, distance
    if least < 1e9:
        return steer(view, window, to_row, to_col)
    if any_food and draw % np.uint64(4) > 0:
        return STAY
    row, col = offset(wander)
    ahead = view[window // 2 + row * width + col]
    return wander if ahead == EMPTY else STAY if ahead == FOOD else steer_or_turn(view, window, wander, draw)


@njit
def _thick(view, width, cell):
    """Whether a cell of the window has enough other food within two cells, as far as is seen."""
    found = 0
    for row in range(max(0, cell // width - 2), min(width, cell // width + 3)):
        for col in range(max(0, cell % width - 2), min(width, cell % width + 3)):
            found += view[row * width + col] == FOOD
    return found > ENOUGH + 2  # itself, and two that others may eat in this tick


TASK = Task(
    name="Commons",
    description="Harvest orchards that grow back only where enough is left, and sanction who takes the last.",
    init=init,
    update=update,
    reward={"eat": eat, "sanction": sanction},
    score=score,
    scripted=scripted,
    numbers={
        "orchard_density": Number(0.0025, 0.0, 0.1, "orchards per cell of the map"),
        "growth": Number(0.01, 0.0, 0.1, "probability per tick that food grows, for each food within two cells"),
        "reference_meals": Number(0.15, 1e-6, 1.0, "food per tick of the scripted harvesters: a score of 0.5"),
    },
    memory={
        "orchard": Field("cell", np.uint8, "1 where food grows"),
        "marked": Field("agent", np.int32, "ticks for which it stays marked"),
        "waits": Field("agent", np.int32, "ticks for which it stands still"),
        "used": Field("agent", np.uint8, "1 if it sanctioned somebody in this tick"),
        "fined": Field("agent", np.uint8, "1 if it was sanctioned in this tick"),
    },
    presets={
        "default": {"agents": 32, "height": 48, "width": 48, "food_regrowth": 0.0},
        "large": {"height": 720, "width": 1080, "agents": 4096, "food_regrowth": 0.0},
    },
    actions=MOVES.with_button("use"),
)
