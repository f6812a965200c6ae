"""Herd: shepherds drive sheep into the pen; sheep would rather graze.

Half of the agents are shepherds, half sheep, which are slower, and run from shepherds. The pen lies around a post in
the middle of the map, and agents sense where they are. A tick after it came in, a sheep is shut in and plays no more.
"""

from sakana_envs.grid.vocabulary import *
from sakana_envs.tasks.task import Task

SHEPHERD, SHEEP, PEN = 0, 1, 3.0  # two kinds; cells from the post to the pen's edge


def init(world):
    """The post; shepherds and sheep at random empty cells, food on a share ``food_density`` of the others."""
    place_wall(world, world.height // 2, world.width // 2)
    spawn_among_food(world)
    for agent in range(world.agents):
        set_kind(world, agent, SHEPHERD if 2 * agent < world.agents else SHEEP)
        world.pace[agent] = 1.0 if world.kind[agent] == SHEPHERD else world.sheep_pace
        world.away[agent] = center_distance(world, agent)


def update(world):
    """Sheep that were in the pen leave the field; the others may have come nearer to it than ever before."""
    for agent in range(world.agents):
        if world.kind[agent] == SHEEP and is_alive(world, agent):
            world.penned[0] += world.away[agent] <= PEN and remove_agent(world, agent)
            away = min(world.away[agent], center_distance(world, agent))
            world.nearer[agent], world.away[agent] = world.away[agent] - away, away


def reward(world, agent):
    """Shepherds: 0.1 for each cell that sheep in view came nearer than ever. Sheep: 0.1 for a food, -1 if shut in."""
    if world.kind[agent] == SHEEP:
        return 0.1 * world.ate[agent] - world.died[agent]
    return 0.1 * sum_in_view(world, agent, world.nearer)


def score(world, agent):
    """Shepherds: share of sheep penned. Sheep: food per tick, 0.5 is what the reference eats."""
    return meals_score(world, agent) if world.kind[agent] == SHEEP else world.penned[0] / max(1, world.agents // 2)


def scripted(view, window, wander, draw):
    """Sheep run from shepherds, leave the pen, and graze; a shepherd gets a sheep between itself and the pen."""
    sheep, pen_row, pen_col = own_kind(view, window) == SHEEP, 127.5 - view[window], 127.5 - view[window + 1]
    away = (pen_row**2 + pen_col**2) ** 0.5
    if sheep and (away < 50.0 or nearest(view, window, AGENT + SHEPHERD, draw) != (0, 0)):
        row, col = pull(view, window, 0.05, -1.0, -0.05)
        return steer(view, window, row - 0.1 * pen_row / away, col - 0.1 * pen_col / away)
    row, col = nearest(view, window, FOOD if sheep else AGENT + SHEEP, draw)
    behind = 0.0 if sheep or (row, col) == (0, 0) else 3.0 / away
    return steer_or_wander(view, window, row - behind * pen_row, col - behind * pen_col, wander, draw)


TASK = Task(
    name="Herd",
    description="Shepherds drive slower sheep into a pen; sheep run from them, and would rather graze.",
    init=init,
    update=update,
    reward=reward,
    score=score,
    features=sense_position,
    feature_names=("row", "col"),
    scripted=scripted,
    numbers={
        "sheep_pace": Number(0.8, 0.0, 1.0, "speed of sheep, as a share of the shepherds'"),
        "reference_meals": Number(0.06, 1e-6, 1.0, "food per tick of scripted sheep: a score of 0.5"),
    },
    memory={
        "away": Field("agent", float, "fewest cells to the pen's post so far"),
        "nearer": Field("agent", float, "cells by which a sheep came nearer to it in this tick"),
        "penned": Field("world", int, "how many sheep are shut in"),
    },
    presets={
        "default": {"agents": 24, "height": 64, "width": 64, "food_density": 0.1},
        "small": {"agents": 16, "height": 32, "width": 32, "food_density": 0.1, "sheep_pace": 0.6, "horizon": 128},
    },
    agent_names=("shepherd", "sheep"),
)
