"""Convert: bring ore and wood to workshops, which make tools of them.

Mines give ore and forests wood to whoever comes, also for what is carried. A workshop pays for the half of a pair that
it hasn't got; with both it makes a tool, and wants both again. Agents see what sites in view are, and hold, and by
kinds what they carry. The score is what workshops took of an agent per tick.
"""

import numpy as np

from sakana_envs.grid.vocabulary import *
from sakana_envs.tasks.task import LARGE, Task

NOTHING, ORE, WOOD = range(3)  # kinds
GROUND, MINE, FOREST, WORKSHOP, WITH_ORE, WITH_WOOD = range(6)
RECIPES = (  # what an agent carries, and where; what it carries then, and what the site is then
    (NOTHING, MINE, ORE, MINE),
    (WOOD, MINE, ORE, MINE),
    (NOTHING, FOREST, WOOD, FOREST),
    (ORE, FOREST, WOOD, FOREST),
    (ORE, WORKSHOP, NOTHING, WITH_ORE),
    (WOOD, WORKSHOP, NOTHING, WITH_WOOD),
    (ORE, WITH_WOOD, NOTHING, WORKSHOP),
    (WOOD, WITH_ORE, NOTHING, WORKSHOP),
)


def init(world):
    """Agents at random empty cells; each cell is a site with probability ``site_density``, of one of three sorts."""
    spawn_uniform(world)
    for row in range(world.height):
        for col in range(world.width):
            sort = int(3.0 * uniform(world, 0, row * world.width + col) / world.site_density)
            world.site[row + world.radius, col + world.radius] = MINE + sort if sort < 3 else GROUND


def update(world):
    """Where what an agent carries and the site that it stands on are those of a recipe, both are changed."""
    for agent in range(world.agents):
        carried, site, world.paid[agent] = world.kind[agent], world.site[here(world, agent)], 0
        for recipe in RECIPES:
            if recipe[0] == carried and recipe[1] == site:
                set_kind(world, agent, recipe[2])
                world.site[here(world, agent)], world.paid[agent] = recipe[3], recipe[2] == NOTHING


def reward(world, agent):
    """1 for what a workshop takes."""
    return 1.0 * world.paid[agent]


def scripted(view, window, wander, draw):
    """Step to the nearest free site that takes what is carried, or else changes it; wander when there is none."""
    to_row, to_col, least = 0, 0, 2 * window
    for recipe in RECIPES:
        row, col = nearest_free(view, window, window, recipe[1], draw)
        distance = max(abs(row), abs(col)) + window * (recipe[2] != NOTHING)
        if recipe[0] == own_kind(view, window) and (row, col) != (0, 0) and distance < least:
            to_row, to_col, least = row, col, distance
    return steer_or_wander(view, window, to_row, to_col, wander, draw)


TASK = Task(
    name="Convert",
    description="Carry ore and wood to workshops, which make tools of pairs.",
    init=init,
    update=update,
    reward=reward,
    scripted=scripted,
    numbers={"site_density": Number(0.15, 1e-6, 1.0, "probability that a cell is a site as an episode begins")},
    memory={
        "site": Field("cell", np.uint8, "ground, mine, forest, workshop, workshop with ore, workshop with wood"),
        "paid": Field("agent", bool, "whether a workshop took what it brought in this tick"),
    },
    layers={"site": 6},
    presets={
        "default": {"agents": 64, "height": 48, "width": 48},
        "small": {"agents": 16, "height": 24, "width": 24, "radius": 2},
        "large": LARGE,
    },
)
