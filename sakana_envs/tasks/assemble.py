"""Assemble: agents of several colours form a picture.

A picture lies on the map, and agents sense it in the cells around them, as a second layer beside the cell codes; with
``sense_picture=0`` only what they are paid tells where it is. Each is paid for standing on a pixel of its own kind. All
begin in a heap at the top: those who come first must make room inside the picture for those who follow, or the outer
pixels are taken and the inner ones stay empty. The package draws a fish; a picture of your own goes in as
``picture="logo.png"`` or as text.
"""

import math

import numpy as np
from numba import njit

from sakana_envs.grid.picture import LEVEL
from sakana_envs.grid.vocabulary import (
    EMPTY,
    KINDS,
    STAY,
    Field,
    Number,
    is_late,
    late_ticks,
    nearest_free,
    offset,
    own_kind,
    sense_position,
    side,
    spawn_crowd,
    spawn_uniform,
    steer,
    steer_or_turn,
)
from sakana_envs.tasks.task import LARGE, STEADY, STREAM, Task


def fish(height, width, agents):
    """The package's own picture: a striped fish of two kinds, with a seventh more pixels than agents."""
    rows, cols = np.ogrid[0:height, 0:width]
    share = 0.3  # of the map that a fish as wide as the map covers
    scale = min(1.0, math.sqrt(8 / 7 * agents / (share * height * width)))
    y = (rows + 0.5 - height / 2) / (scale * height / 2)
    x = (cols + 0.5 - width / 2) / (scale * width / 2)
    body = ((x + 0.15) / 0.6) ** 2 + (y / 0.45) ** 2 <= 1.0
    tail = (x > 0.35) & (x < 0.85) & (abs(y) <= 1.0 * (x - 0.3))
    stripes = body & ((abs(x + 0.35) < 0.06) | (abs(x) < 0.06))
    fin = (abs(x + 0.1) < 0.25) & (y < -0.38) & (y > -0.7 + 0.6 * abs(x + 0.1)) & ~body
    eye = (x + 0.55) ** 2 + (y + 0.1) ** 2 <= 0.06**2
    kinds = np.zeros((height, width), dtype=np.uint8)
    kinds[body | tail] = 1
    kinds[(stripes | fin) & ~eye] = 2
    kinds[eye] = 2
    return kinds * np.uint8(LEVEL)


@njit
def pixel(world, agent):
    """What the picture has in the agent's cell, as it is stored."""
    return world.picture[int(world.row[agent]) + world.radius, int(world.col[agent]) + world.radius]


@njit
def init(world):
    """Kinds as frequent as their pixels; all agents in a heap at the top, or anywhere with ``uniform_spawn``."""
    pixels = 0
    for kind in range(KINDS):
        world.pixels_of_kind[kind] = np.sum(world.picture == LEVEL * (kind + 1))
        pixels += world.pixels_of_kind[kind]
    for agent in range(world.agents):
        # Kinds in proportion to their pixels, mixed over the indices.
        left = int((agent * 2654435761) % world.agents + 0.5) * pixels / world.agents
        kind = 0
        while kind < KINDS - 1 and left >= world.pixels_of_kind[kind]:
            left -= world.pixels_of_kind[kind]
            kind += 1
        world.kind[agent] = kind
        world.agents_of_kind[kind] += 1
    if world.sense_picture > 0.0:
        world.shown[:] = world.picture
    if world.uniform_spawn > 0.0:
        spawn_uniform(world)
    else:
        spawn_crowd(world, 0, world.width // 2)
    for agent in range(world.agents):
        world.distance_before[agent] = _distance(world, agent)


@njit
def _distance(world, agent):
    """Distance to the centre over half the map's diagonal, 0 to 1."""
    # Unlike hypot, a square root gives the same bits everywhere, and soon.
    down = 2.0 * np.float64(world.row[agent]) - world.height
    right = 2.0 * np.float64(world.col[agent]) - world.width
    return math.sqrt((down * down + right * right) / (world.height**2 + world.width**2))


@njit
def matched(world, agent):
    """1 on a pixel of the own kind."""
    match = pixel(world, agent) == LEVEL * (world.kind[agent] + 1)
    if is_late(world) and match:
        world.ticks_matched[agent] += 1
    return 1.0 if match else 0.0


@njit
def distance(world, agent):
    """Minus ``distance_weight`` times the distance to the centre, over half the map's diagonal."""
    return -world.distance_weight * _distance(world, agent)


@njit
def shaping(world, agent):
    """How much nearer to the centre the agent came; a potential, so it changes no best policy."""
    before = world.distance_before[agent]
    world.distance_before[agent] = _distance(world, agent)
    return world.shaping_weight * (before - world.distance_before[agent])


@njit
def score(world, agent):
    """Share of the second half on a matching pixel, against the share of the own kind for which there are pixels."""
    kind = world.kind[agent]
    agents = max(world.agents_of_kind[kind], 1)  # 0 in a state made up by hand only
    possible = min(world.pixels_of_kind[kind], agents) / agents
    return world.ticks_matched[agent] / (late_ticks(world) * possible) if possible > 0.0 else 0.0


@njit
def scripted(view, window, wander, draw):
    """Go to the nearest free matching pixel in view, else wander about the picture; on one, make room inwards."""
    wanted = LEVEL * (own_kind(view, window) + 1)
    if view[window + window // 2] == wanted:
        action = 1 + np.int64(draw % np.uint64(8))
        row, col = offset(action)
        near = window // 2 + row * side(window) + col
        return action if view[near] == EMPTY and view[window + near] == wanted else STAY
    row, col = nearest_free(view, window, window, wanted, draw)
    if row == 0 and col == 0:
        if view[window : 2 * window].any():
            return steer_or_turn(view, window, wander, draw)
        return steer(view, window, 127.5 - view[2 * window], 127.5 - view[2 * window + 1])
    action = steer(view, window, row, col)
    return action if action != STAY else steer_or_turn(view, window, wander, draw)


TASK = Task(
    name="Assemble",
    description="Agents of several colours form a picture: each looks for a pixel of its own colour.",
    init=init,
    reward={"matched": matched, "distance": distance, "shaping": shaping},
    score=score,
    features=sense_position,
    feature_names=("row", "col"),
    scripted=scripted,
    numbers={
        "distance_weight": Number(0.01, 0.0, 1.0, "cost of being half a diagonal away from the centre"),
        "shaping_weight": Number(0.0, 0.0, 10.0, "reward for coming half a diagonal nearer to the centre"),
        "uniform_spawn": Number(0.0, 0.0, 1.0, "1: begin anywhere; 0: begin as a blob at the top"),
        "sense_picture": Number(1.0, 0.0, 1.0, "1: agents sense the picture around them; 0: they see cells only"),
    },
    memory={
        "shown": Field("cell", np.uint8, "the picture as agents sense it, blank if they don't"),
        "pixels_of_kind": Field("world", np.int64, "pixels of each kind", KINDS),
        "agents_of_kind": Field("world", np.int64, "agents of each kind", KINDS),
        "ticks_matched": Field("agent", np.int32, "ticks of the second half on a pixel of the own kind"),
        "distance_before": Field("agent", np.float64, "distance to the centre at the last tick"),
    },
    pictures={"picture": fish},
    layers=("shown",),
    presets={
        "default": {"height": 64, "width": 64, "agents": 300},
        "medium": {"height": 128, "width": 128, "agents": 1200, "horizon": 1024},
        "large": {**LARGE, "horizon": 2048},
        "stream": {**STREAM, "uniform_spawn": 1.0, "sense_picture": 0.0, "distance_weight": 0.00707},
        "steady": {**STEADY, "height": 64, "width": 64, "agents": 300, "uniform_spawn": 1.0},
    },
)
