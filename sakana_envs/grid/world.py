"""What a world consists of: its sizes, its numbers, its arrays, and the record that rules are handed."""

from typing import NamedTuple

import numpy as np

from sakana_envs.grid.memory import Field


class Number(NamedTuple):
    """A number of the world or of a task: its default, the closed range allowed, its meaning and unit."""

    default: float
    low: float
    high: float
    meaning: str = ""


MOST_PACE = 2.0**20
"""A pace lies between it and its opposite."""

SIZES = {
    "agents": Number(128, 1, 1_000_000, "agents per world"),
    "height": Number(128, 1, 8192, "rows of the map, without its border"),
    "width": Number(128, 1, 8192, "columns of the map, without its border"),
    "radius": Number(5, 1, 15, "cells that an agent sees in each direction; the window is 2 * radius + 1 wide"),
    "horizon": Number(512, 1, 2**31 - 1, "ticks of an episode"),
}
"""Whole numbers that decide what is allocated. Only ``radius`` is known to the compiler."""

NUMBERS = {
    "speed": Number(1.0, 0.0, 1.0, "cells that an action of length 1 moves along an axis in a tick"),
    "lifespan": Number(0.0, 0.0, 1e9, "mean ticks before an agent reappears at a free cell; 0: never"),
    "food_density": Number(0.0, 0.0, 1.0, "probability that a free cell has food as an episode begins"),
    "food_regrowth": Number(1.0, 0.0, 1.0, "probability per tick that an eaten food tries to grow elsewhere"),
}
"""Real numbers of every world. They never cause a recompilation."""

FIELDS = {
    "seed": Field("world", np.uint64, "seed of the world"),
    "episode": Field("world", np.int64, "episodes begun since the world was seeded, from 0"),
    "clock": Field("world", np.int64, "ticks since the episode began"),
    "episode_length": Field("world", np.int64, "ticks of the running episode, or of the last one until the next tick"),
    "time_limit": Field("world", np.int64, "ticks after which the episode is cut off, 1 to the horizon"),
    "over": Field("world", np.uint8, "1 once the episode has ended, until the next one begins"),
    "fault": Field("world", np.uint8, "what a rule did wrong: what, and the rule's number; zeros: nothing", 2),
    "fault_agent": Field("world", np.int32, "whose fault it is, or how many are concerned, see faults.py"),
    "food": Field("world", np.int64, "cells with food"),
    "missing_food": Field("world", np.int64, "eaten food that hasn't grown again yet"),
    "row": Field("agent", np.float32, "row of the position, in cells, in [0, height), a multiple of 1/1024"),
    "col": Field("agent", np.float32, "column of the position, in cells, in [0, width), a multiple of 1/1024"),
    "cell": Field("agent", np.uint32, "the agent's cell, as a flat index into the codes"),
    "pace": Field("agent", np.float32, "share of the world's speed at which the agent moves; 1 unless init says less"),
    "target_row": Field("agent", np.float32, "where this tick's motion ends, in cells"),
    "target_col": Field("agent", np.float32, "where this tick's motion ends, in cells"),
    "wanted": Field("agent", np.uint32, "the cell in which this tick's motion ends, as a flat index"),
    "reward": Field("agent", np.float32, "reward of this tick"),
    "kind": Field("agent", np.uint8, "kind (colour) of the agent, 0..3"),
    "claim": Field("agent", np.uint8, "scratch: what the agent's cell shows while it claims the cell it wants"),
    "ate": Field("agent", np.uint8, "event: 1 if the agent ate food this tick"),
    "bumped": Field("agent", np.uint8, "event: 1 if a wall, an agent or a lost draw blocked it this tick"),
    "respawned": Field("agent", np.uint8, "event: 1 if its life ended and it reappeared this tick"),
    "terminated": Field("agent", np.uint8, "1 if the task ended the episode for this agent this tick"),
    "by_place": Field("agent", np.int32, "the agents in the order in which they are visited: from the map's top down"),
    "queue": Field("agent", np.int32, "scratch: agents that look for a cell this tick"),
    "episode_return": Field("agent", np.float64, "sum of rewards since the episode began"),
    "meals": Field("agent", np.int32, "food eaten since the episode began"),
    "wall_bumps": Field("agent", np.int32, "ticks blocked by a wall since the episode began"),
    "agent_bumps": Field("agent", np.int32, "ticks blocked by an agent or a lost draw since the episode began"),
    "respawns": Field("agent", np.int32, "respawns since the episode began"),
    "score": Field("agent", np.float32, "score in [0, 1] of the last episode that ended"),
    "cells": Field("cell", np.uint8, "cell codes, border of walls included: map cell (0, 0) is at [radius, radius]"),
}
"""The arrays of every world. A task adds its own under ``memory``.

They lie in memory in this order, those of bytes together, so that one agent's world is three cache lines and a map.
"""

EPISODE_STATISTICS = ("episode_return", "meals", "wall_bumps", "agent_bumps", "respawns", "score")
"""Fields that describe an episode; they stay readable until the next one's first tick."""
