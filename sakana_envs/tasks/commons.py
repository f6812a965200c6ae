"""Commons: harvest what grows back only where enough is left.

Food grows in orchards, the faster the more food is left within two cells, and never again where none is. So who eats
the last of a place takes it from all, for good; and one who is patient is eaten out by those who aren't. An agent that
eats where little is left is marked for some ticks, by its kind. Any agent may press its button to sanction one beside
it, which costs the one a little, and has the other pay a fine and stand still for a while.
"""

import numpy as np

from sakana_envs.grid.vocabulary import *
from sakana_envs.tasks.task import LARGE, Task

GOOD, GREEDY, SANCTIONED = range(3)  # kinds
ENOUGH = 4  # other food within two cells of one that may be eaten unmarked
TURNS = 8  # a cell has its turn to bear food every so many ticks, in the mean


def init(world):
    """Agents at random cells, and round orchards full of food at others."""
    spawn_uniform(world)
    for orchard in range(max(1, round(world.orchard_density * world.height * world.width))):
        mid_row, mid_col = below(world, 0, orchard, world.height), below(world, 1, orchard, world.width)
        for row in range(mid_row - 3, mid_row + 4):
            for col in range(mid_col - 3, mid_col + 4):
                if (row - mid_row) ** 2 + (col - mid_col) ** 2 <= 10 and code_at(world, row, col) != WALL:
                    world.orchard[row + world.radius, col + world.radius] = 1
                    place_food(world, row, col)


def update(world):
    """Sanctions take effect, after all have chosen; then food grows."""
    for agent in range(world.agents):
        thin = world.ate[agent] > 0 and count_near(world, *cell_of(world, agent), 2, FOOD) < ENOUGH
        world.marked[agent] = 10 if thin else max(0, world.marked[agent] - 1)
        world.used[agent], world.fined[agent] = 0, 0
    for agent in range(world.agents):
        uses = world.action[agent, 2] > 0.5 and world.waits[agent] == 0
        other = agent_beside(world, 2, agent) if uses else -1
        if other >= 0:
            world.used[agent], world.fined[other] = 1, 1
    for agent in range(world.agents):
        world.waits[agent] = 15 if world.fined[agent] else max(0, world.waits[agent] - 1)
        world.pace[agent] = 0.0 if world.waits[agent] > 0 else 1.0
        set_kind(world, agent, SANCTIONED if world.waits[agent] > 0 else GREEDY if world.marked[agent] > 0 else GOOD)
    for attempt in range(world.height * world.width // TURNS):
        row, col = below(world, 3, attempt, world.height), below(world, 4, attempt, world.width)
        bare = world.orchard[row + world.radius, col + world.radius] and code_at(world, row, col) == EMPTY
        if bare and uniform(world, 5, attempt) < TURNS * world.growth * count_near(world, row, col, 2, FOOD):
            place_food(world, row, col)


def eat(world, agent):
    """0.1 for each food eaten."""
    return 0.1 * world.ate[agent]


def sanction(world, agent):
    """-0.02 for sanctioning somebody, -0.2 for being sanctioned."""
    return -0.02 * world.used[agent] - 0.2 * world.fined[agent]


def scripted(view, window, wander, draw):
    """Sanction who is marked; step to the nearest food that has enough around it, or wait where there is too little."""
    row, col = nearest(view, window, AGENT + GREEDY, draw)
    if max(abs(row), abs(col)) == 1:
        return BUTTON
    to_row, to_col, least, width = 0, 0, window, side(window)
    for place in range(window):
        cell = (place + np.int64(draw % np.uint64(window))) % window
        row, col = cell // width - width // 2, cell % width - width // 2
        distance = max(abs(row), abs(col))
        # Enough besides itself and two that others may eat in this tick.
        if view[cell] == FOOD and distance < least and count_seen(view, window, row, col, 2, FOOD) > ENOUGH + 2:
            to_row, to_col, least = row, col, distance
    ahead_row, ahead_col = offset(wander)
    food_in_view = nearest(view, window, FOOD, draw) != (0, 0) and draw % np.uint64(4) > 0
    if least == window and (food_in_view or view[window // 2 + ahead_row * width + ahead_col] == FOOD):
        return STAY
    return steer_or_wander(view, window, to_row, to_col, wander, draw)


TASK = Task(
    name="Commons",
    description="Harvest orchards that grow back only where enough is left, and sanction who takes the last.",
    init=init,
    update=update,
    reward={"eat": eat, "sanction": sanction},
    score=meals_score,
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
        "large": {**LARGE, "food_regrowth": 0.0},
    },
    actions=MOVES.with_button("use"),
)
