"""Herd: shepherds drive sheep into pens; sheep would rather graze.

Half of the agents are shepherds, half sheep, which are slower, and eat. Pens are discs on a lattice, and agents sense
where the middle of the nearest one lies. Sheep run from shepherds, so they are driven from the far side; who comes into
a pen is shut in, and plays no more.
"""

import numpy as np
from numba import njit

from sakana_envs.grid.vocabulary import *
from sakana_envs.tasks.task import Task

SHEPHERD, SHEEP = 0, 1
NEAR = 3  # cells within which a shepherd answers for where sheep go


@njit
def _to_pen(world, place):
    """Cells from a row or column to that of the nearest pen's middle."""
    return (0.5 - place / world.pen_spacing % 1.0) * world.pen_spacing


@njit
def _away(world, row, col):
    """Cells from a place to the nearest pen's middle."""
    return (_to_pen(world, row) ** 2 + _to_pen(world, col) ** 2) ** 0.5


def init(world):
    """Shepherds and sheep at random empty cells, food on a share ``food_density`` of the others."""
    spawn_among_food(world)
    for agent in range(world.agents):
        set_kind(world, agent, SHEPHERD if 2 * agent < world.agents else SHEEP)
        world.pace[agent] = 1.0 if world.kind[agent] == SHEPHERD else world.sheep_pace
        world.away[agent] = _away(world, world.row[agent], world.col[agent])
    for row in range(world.height):
        for col in range(world.width):
            away = _away(world, row + 0.5, col + 0.5)
            world.pen[row + world.radius, col + world.radius] = away <= world.pen_radius


def update(world):
    """How much nearer to a pen each sheep came; those that are in one leave the field."""
    world.penned_now[0] = 0
    for agent in range(world.agents):
        if is_alive(world, agent):
            away = _away(world, world.row[agent], world.col[agent])
            world.nearer[agent], world.away[agent] = max(-1.0, min(1.0, world.away[agent] - away)), away
            if world.kind[agent] == SHEEP and world.pen[here(world, agent)] > 0:
                world.penned_now[0] += remove_agent(world, agent)
    world.penned[0] += world.penned_now[0]
    world.penned_ticks[0] += world.penned[0] * is_late(world)


def reward(world, agent):
    """Shepherds: 0.1 per cell that sheep near come nearer to a pen, 1 for all penned. Sheep: 0.1 a food, -1 penned."""
    if world.kind[agent] == SHEEP:
        return 0.1 * world.ate[agent] - world.died[agent]
    driven, (row, col) = 0.0, cell_of(world, agent)
    for near_row in range(row - NEAR, row + NEAR + 1):
        for near_col in range(col - NEAR, col + NEAR + 1):
            other = agent_at(world, near_row, near_col)
            if other >= 0 and world.kind[other] == SHEEP:
                driven += np.float64(world.nearer[other])
    return 0.1 * driven + world.penned_now[0] / max(1, world.agents // 2)


def score(world, agent):
    """Shepherds: share of sheep penned, over the second half. Sheep: food per tick, 0.5 is what the reference eats."""
    if world.kind[agent] == SHEEP:
        return meals_score(world, agent)
    return world.penned_ticks[0] / (late_ticks(world) * max(1, world.agents // 2))


def features(world, agent, out):
    """Where the nearest pen's middle is, row and column, over half the distance between pens."""
    out[0] = 2.0 * _to_pen(world, world.row[agent]) / world.pen_spacing
    out[1] = 2.0 * _to_pen(world, world.col[agent]) / world.pen_spacing


def scripted(view, window, wander, draw):
    """Sheep run from shepherds, together, leave pens and graze; a shepherd gets a sheep between itself and the pen."""
    pen = float_features(view, 2 * window)
    length = max(1e-6, (pen[0] ** 2 + pen[1] ** 2) ** 0.5)
    sheep = own_kind(view, window) == SHEEP
    if sheep and nearest(view, window, AGENT + SHEPHERD, draw) != (0, 0):
        return steer(view, window, *pull(view, window, 0.05, -1.0, -0.05))
    if sheep and length < 0.4:
        return steer(view, window, -pen[0], -pen[1])
    row, col = nearest(view, window, FOOD if sheep else AGENT + SHEEP, draw)
    ahead = (row * pen[0] + col * pen[1]) / length
    if not sheep and ahead < 0.7 * (row * row + col * col) ** 0.5:  # a sheep that isn't between here and the pen
        return steer(view, window, row - 3.0 * pen[0] / length, col - 3.0 * pen[1] / length)
    return steer_or_wander(view, window, row, col, wander, draw)


TASK = Task(
    name="Herd",
    description="Shepherds drive slower sheep into pens; sheep run from them, and would rather graze.",
    init=init,
    update=update,
    reward=reward,
    score=score,
    features=features,
    feature_names={"pen_row": (-1.0, 1.0), "pen_col": (-1.0, 1.0)},
    scripted=scripted,
    numbers={
        "sheep_pace": Number(0.9, 0.0, 1.0, "speed of sheep, as a share of the shepherds'"),
        "pen_spacing": Number(48.0, 1.0, 4096.0, "cells from a pen's middle to the next one's"),
        "pen_radius": Number(2.0, 0.0, 4096.0, "cells from a pen's middle to its edge"),
        "reference_meals": Number(0.087, 1e-6, 1.0, "food per tick of scripted sheep: a score of 0.5"),
    },
    memory={
        "pen": Field("cell", np.uint8, "1 in a pen"),
        "away": Field("agent", np.float32, "cells to the nearest pen's middle"),
        "nearer": Field("agent", np.float32, "cells by which it came nearer in this tick, -1 to 1"),
        "penned": Field("world", np.int32, "how many sheep are in pens"),
        "penned_now": Field("world", np.int32, "how many came into one in this tick"),
        "penned_ticks": Field("world", np.int64, "sum of that over ticks of the second half"),
    },
    layers={"pen": 2},
    presets={"default": {"agents": 64, "height": 96, "width": 96, "food_density": 0.1}},
    agent_names=("shepherd", "sheep"),
)
