"""Which worlds of cells can be: what every field may hold, and how fields agree with each other.

Checked is what the engine sees to, whatever a task's rules do with the words that they are given: they may place walls
and food at any time, open walls, and set kinds, paces and the time limit, up to the horizon.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from sakana_envs.core.memory import Layout
from sakana_envs.core.possible import check_ranges, refuse
from sakana_envs.grid.dynamics import STEPS_PER_CELL
from sakana_envs.grid.tiles import AGENT, FOOD, KINDS, WALL
from sakana_envs.grid.world import FIELDS, MOST_PACE

if TYPE_CHECKING:
    from sakana_envs.core.program import Program

_MOST_MISSING = 2**24
"""Missing food at most, on a map of fewer cells: each is a draw in every tick, all of them some 0.1 s."""

_EVENTS = ("ate", "bumped", "respawned")


def check_room(task: str, sizes: Mapping[str, int], lists: Mapping[str, np.ndarray], which: str = "") -> None:
    """Raise ``ValueError`` for more agents than have a place on a map."""
    spawn_cells = len(lists.get("spawn_cells", ()))
    taken = len(lists.get("wall_cells", ())) + len(lists.get("food_cells", ()))
    places = spawn_cells or sizes["height"] * sizes["width"] - taken
    if sizes["agents"] > places:
        what = "cells where the map lets agents appear" if spawn_cells else "cells"
        raise ValueError(
            f"{task}: {sizes['agents']} agents don't fit on {places} {what}{which} "
            f"(height {sizes['height']} x width {sizes['width']}); agents may be at most {places}"
        )


def check_any(program: "Program", layout: Layout, blocks: np.ndarray) -> None:
    """Raise ``ValueError`` for what can't be in any world, also before its first episode."""
    refuse(layout.view(blocks, "cells") >= AGENT + KINDS, "cells with codes that don't exist")
    for name, side in (("row", "height"), ("col", "width")):
        position = layout.view(blocks, name)
        # An agent for which there was no place is at -1. Written so that NaN fails too.
        refuse(~((position >= -1.0) & (position < layout.size(side))), "agents outside of the map")


def check_begun(program: "Program", layout: Layout, blocks: np.ndarray) -> None:
    """Raise ``ValueError`` for what can't be in a world whose episode has begun."""
    field = {name: layout.view(blocks, name) for name in FIELDS}
    alive = (
        layout.view(blocks, "alive") != 0 if "alive" in layout.shapes else np.ones_like(field["kind"], dtype=np.bool_)
    )
    _check_places(layout, field, alive)
    if "occupant" in layout.shapes:
        occupant = layout.view(blocks, "occupant")
        refuse((occupant < 0) | (occupant >= layout.size("agents")), "occupants that aren't agents")
    height, width = layout.size("height"), layout.size("width")
    nowhere = -1 if "alive" in layout.shapes else 0
    check_ranges(
        field,
        {
            "pace": (-MOST_PACE, MOST_PACE),
            "velocity_row": (-MOST_PACE, MOST_PACE),
            "velocity_col": (-MOST_PACE, MOST_PACE),
            "missing_food": (0, max(height * width, _MOST_MISSING)),
            "target_row": (nowhere, height),
            "target_col": (nowhere, width),
            "wanted": (0, math.prod(layout.shapes["cells"]) - 1),
            "queue": (0, layout.size("agents")),
            **dict.fromkeys(_EVENTS, (0, 1)),
        },
    )
    _check_events(field, layout.view(blocks, "numbers")[:, [list(program.numbers).index("lifespan")]])
    _check_food(field)


def _check_places(layout: Layout, field: dict[str, np.ndarray], alive: np.ndarray) -> None:
    """Living agents are where the cells show them, one in a cell, dead ones nowhere; the map has a border."""
    radius = layout.structure.constants["radius"]
    height, width = layout.shapes["cells"]
    worlds, agents = field["cell"].shape
    rows, cols = (field[name].astype(np.int64) + radius for name in ("row", "col"))
    codes = field["cells"].reshape(worlds, height * width)
    rows, cols = np.where(alive, rows, radius), np.where(alive, cols, radius)
    wrong = (field["cell"] != rows * width + cols) | (field["kind"] >= KINDS)
    for name in ("row", "col"):
        wrong |= np.where(alive, (field[name] < 0) | (field[name] * STEPS_PER_CELL % 1 != 0), field[name] != -1)
    wrong |= alive & (np.take_along_axis(codes, rows * width + cols, axis=1) != AGENT + field["kind"])
    shown = np.flatnonzero(codes >= AGENT)
    expected = np.sort((field["cell"] + np.arange(worlds)[:, None] * (height * width))[alive])
    if wrong.any() or not np.array_equal(shown, expected):
        raise ValueError("agents not where the cells show them")
    refuse(np.sort(field["by_place"], axis=1) != np.arange(agents), "by_place doesn't name every agent once")
    cells = field["cells"]
    for strip in (cells[:, :radius], cells[:, -radius:], cells[:, :, :radius], cells[:, :, -radius:]):
        refuse(strip != WALL, "the map's border isn't all walls")


def _check_events(field: dict[str, np.ndarray], lifespan: np.ndarray) -> None:
    """Events and counts of an episode agree. Until its first tick counts are the last one's."""
    ticked, length = field["clock"] > 0, field["episode_length"]
    for name in _EVENTS:
        refuse(~ticked & (field[name] != 0), f"{name} before the first tick")
    counts = {name: field[name] for name in ("meals", "wall_bumps", "agent_bumps", "respawns")}
    for count, number in counts.items():
        refuse((number > length) | (number < 0), f"more {count} than ticks, or less than none")
    counts["bumps"] = counts["wall_bumps"] + counts["agent_bumps"]
    for event, count in (("ate", "meals"), ("bumped", "bumps"), ("respawned", "respawns")):
        refuse(ticked & (field[event] > 0) & (counts[count] == 0), f"{event}, and no {count}")
    refuse(counts["bumps"] > length, "more bumps than ticks")
    refuse((field["ate"] > 0) & (field["bumped"] > 0), "an agent ate where it was blocked")
    refuse((lifespan <= 0) & (field["respawned"] > 0), "an agent respawned without a lifespan")


def _check_food(field: dict[str, np.ndarray]) -> None:
    shown = (field["cells"] == FOOD).sum(axis=(1, 2))[:, None]
    refuse(field["food"] != shown, "food isn't the number of cells that show it")
    eaten = np.where(field["clock"] > 0, field["meals"].sum(axis=1, dtype=np.int64)[:, None], 0)
    refuse(field["missing_food"] > eaten, "more food is missing than was eaten")
