"""Convert: carry things from site to site, each of which makes something else of them.

Mines give ore and forests wood to whoever comes with empty hands. A workshop keeps the first half of a pair until
somebody brings the other one, who leaves with a tool; a depot pays for it. Sites lie at random, and an agent sees what
each one in its window is, and holds. It carries one thing at a time, and may change ore for wood where it finds it.
"""

import numpy as np

from sakana_envs.grid.vocabulary import *
from sakana_envs.tasks.task import LARGE, Task

NOTHING, ORE, WOOD, TOOL = range(4)
GROUND, MINE, FOREST, DEPOT, WORKSHOP, WITH_ORE, WITH_WOOD = range(7)
# What an agent carries, and where; what it carries then, and what the site is then; its pay in tenths.
RECIPES = (
    (TOOL, DEPOT, NOTHING, DEPOT, 10),
    (ORE, WITH_WOOD, TOOL, WORKSHOP, 2),
    (WOOD, WITH_ORE, TOOL, WORKSHOP, 2),
    (ORE, WORKSHOP, NOTHING, WITH_ORE, 2),
    (WOOD, WORKSHOP, NOTHING, WITH_WOOD, 2),
    (NOTHING, MINE, ORE, MINE, 0),
    (NOTHING, FOREST, WOOD, FOREST, 0),
    (ORE, FOREST, WOOD, FOREST, 0),
    (WOOD, MINE, ORE, MINE, 0),
)


def init(world):
    """Agents at random empty cells; each cell is a site with probability ``site_density``, of one of four sorts."""
    spawn_uniform(world)
    for cell in range(world.height * world.width):
        if uniform(world, 0, cell) < world.site_density:
            row, col = cell // world.width + world.radius, cell % world.width + world.radius
            world.site[row, col] = MINE + below(world, 1, cell, 4)


def update(world):
    """Where what an agent carries and the site that it stands on are those of a recipe, both are changed."""
    for agent in range(world.agents):
        carried, site, world.pay[agent] = world.carried[agent], world.site[here(world, agent)], 0
        for recipe in RECIPES:
            if recipe[0] == carried and recipe[1] == site:
                world.carried[agent], world.site[here(world, agent)], world.pay[agent] = recipe[2:]
        world.delivered[agent] += world.pay[agent] == 10


def reward(world, agent):
    """1 for a tool that is delivered, 0.2 for what a workshop takes."""
    return 0.1 * world.pay[agent]


def score(world, agent):
    """Tools delivered per tick against the reference's; twice as many are a score of 1."""
    return 0.5 * world.delivered[agent] / (world.tick * world.reference_deliveries)


def features(world, agent, out):
    """255 for what is carried: ore, wood or a tool."""
    for item in range(3):
        out[item] = 255 * (world.carried[agent] == ORE + item)


def scripted(view, window, wander, draw):
    """Step to the nearest free site that takes what is carried, paying ones first; wander when there is none."""
    carried = ORE * (view[2 * window] > 0) + WOOD * (view[2 * window + 1] > 0) + TOOL * (view[2 * window + 2] > 0)
    to_row, to_col, best = 0, 0, 1000
    for recipe in RECIPES:
        if recipe[0] == carried:
            row, col = nearest_free(view, window, window, recipe[1], draw)
            distance = max(abs(row), abs(col)) + 100 * (recipe[4] == 0)
            if (row, col) != (0, 0) and distance < best:
                to_row, to_col, best = row, col, distance
    return steer_or_wander(view, window, to_row, to_col, wander, draw)


TASK = Task(
    name="Convert",
    description="Carry ore and wood to workshops, which make tools of pairs, and tools to depots.",
    init=init,
    update=update,
    reward=reward,
    score=score,
    features=features,
    feature_names=("ore", "wood", "tool"),
    scripted=scripted,
    numbers={
        "site_density": Number(0.04, 0.0, 1.0, "probability that a cell is a site as an episode begins"),
        "reference_deliveries": Number(0.02, 1e-6, 1.0, "deliveries per tick of the scripted carrier: a score of 0.5"),
    },
    memory={
        "site": Field("cell", np.uint8, "ground, mine, forest, depot, workshop, workshop with ore, workshop with wood"),
        "carried": Field("agent", np.uint8, "nothing, ore, wood, or a tool"),
        "pay": Field("agent", np.uint8, "tenths earned in this tick"),
        "delivered": Field("agent", np.int32, "tools delivered in this episode"),
    },
    layers={"site": 7},
    presets={"default": {"agents": 80, "height": 64, "width": 64}, "large": LARGE},
)
