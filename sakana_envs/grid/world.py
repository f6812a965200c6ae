"""What a world consists of: its sizes, its numbers, its arrays, and the record that rules are handed."""

import numpy as np

from sakana_envs.core.fields import AGENT_FIELDS, START_FIELDS, WORLD_FIELDS
from sakana_envs.core.structure import Axis, Field, Number
from sakana_envs.grid.occupants import PLACES

MOST_PACE = 2.0**20
"""A pace lies between it and its opposite."""

SIZES = {
    "agents": Number(128, 1, 1_000_000, "agents per world"),
    "height": Number(128, 1, 8192, "rows of the map, without its border"),
    "width": Number(128, 1, 8192, "columns of the map, without its border"),
    "radius": Number(5, 1, 15, "cells that an agent sees in each direction; the window is 2 * radius + 1 wide"),
    "sense_offset": Number(0, 0, 1, "1: agents also sense where in their cell they are, as two more features"),
    "horizon": Number(512, 1, 2**31 - 1, "ticks of an episode"),
}
"""Whole numbers that decide what is allocated. Only ``radius`` and ``sense_offset`` are known to the compiler."""

LISTS = ("wall_cells", "food_cells", "spawn_cells")
"""Flat indices of cells: those with walls and with food as an episode begins, and those where agents may appear (none:
everywhere). Each map of a batch has its own."""


def dimensions(constants):
    """What arrays can be per: agent, (agents,), or cell, (height, width) and the border on each side."""
    border = 2 * constants["radius"]
    return {"agent": (Axis("agents"),), "cell": (Axis("height", border), Axis("width", border))}


NUMBERS = {
    "speed": Number(1.0, 0.0, 1.0, "cells that an action of length 1 moves along an axis in a tick"),
    "inertia": Number(0.0, 0.0, 1.0, "share of its velocity that an agent keeps each tick; an action gives the rest"),
    "lifespan": Number(0.0, 0.0, 1e9, "mean ticks before an agent reappears at a free cell; 0: never"),
    "food_density": Number(0.0, 0.0, 1.0, "probability that a free cell has food as an episode begins"),
    "food_regrowth": Number(1.0, 0.0, 1.0, "probability per tick that an eaten food tries to grow elsewhere"),
}
"""Real numbers of every world. They never cause a recompilation."""

FIELDS = {
    **WORLD_FIELDS,
    "food": Field("world", np.int32, "cells with food"),
    "missing_food": Field("world", np.int32, "eaten food that hasn't grown again yet"),
    "row": Field("agent", np.float32, "row of the position, in cells, in [0, height), a multiple of 1/1024"),
    "col": Field("agent", np.float32, "column of the position, in cells, in [0, width), a multiple of 1/1024"),
    "cell": Field("agent", np.uint32, "the agent's cell, as a flat index into the codes"),
    "pace": Field("agent", np.float32, "share of the world's speed at which the agent moves; 1 unless init says less"),
    "target_row": Field("agent", np.float32, "where this tick's motion ends, in cells"),
    "target_col": Field("agent", np.float32, "where this tick's motion ends, in cells"),
    "wanted": Field("agent", np.uint32, "the cell in which this tick's motion ends, as a flat index"),
    "reward": AGENT_FIELDS["reward"],
    "kind": Field("agent", np.uint8, "kind (colour) of the agent, 0..3"),
    "claim": Field("agent", np.uint8, "scratch: what the agent's cell shows while it claims the cell it wants"),
    "ate": Field("agent", np.uint8, "event: 1 if the agent ate food this tick"),
    "bumped": Field("agent", np.uint8, "event: 1 if a wall, an agent or a lost draw blocked it this tick"),
    "respawned": Field("agent", np.uint8, "event: 1 if its life ended and it reappeared this tick"),
    "terminated": AGENT_FIELDS["terminated"],
    "by_place": Field("agent", np.int32, "the agents in the order in which they are visited: from the map's top down"),
    "queue": Field("agent", np.int32, "scratch: agents that look for a cell this tick"),
    "episode_return": AGENT_FIELDS["episode_return"],
    "meals": Field("agent", np.int32, "food eaten since the episode began"),
    "wall_bumps": Field("agent", np.int32, "ticks blocked by a wall since the episode began"),
    "agent_bumps": Field("agent", np.int32, "ticks blocked by an agent or a lost draw since the episode began"),
    "respawns": Field("agent", np.int32, "respawns since the episode began"),
    "score": AGENT_FIELDS["score"],
    **START_FIELDS,
    "velocity_row": Field("agent", np.float32, "rows per tick, of an agent with inertia; else without meaning"),
    "velocity_col": Field("agent", np.float32, "columns per tick, of an agent with inertia; else without meaning"),
    "cells": Field("cell", np.uint8, "cell codes, border of walls included: map cell (0, 0) is at [radius, radius]"),
}
"""The arrays of every world. A task adds its own under ``memory``.

They lie in memory in this order, those of bytes together, so that one agent's world is three cache lines and a map.
"""

OPTIONAL = {
    "occupants": {"occupant": Field("agent", np.int32, "a table by hashes of cells of who came there last", PLACES)}
}
"""More fields, by what rules read if they need them."""

EPISODE_STATISTICS = ("episode_return", "meals", "wall_bumps", "agent_bumps", "respawns", "score")
"""Fields that describe an episode; they stay readable until the next one's first tick."""
