"""Which worlds of discs can be: what every field may hold, and how fields agree with each other."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from sakana_envs.core.memory import Layout
from sakana_envs.core.possible import check_ranges, refuse
from sakana_envs.discs.world import FARTHEST, FASTEST, FIELDS, KINDS, LARGEST, SMALLEST, STRONGEST

if TYPE_CHECKING:
    from sakana_envs.core.program import Program

RANGES = {
    **dict.fromkeys(("x", "y"), (-FARTHEST, FARTHEST)),
    **dict.fromkeys(("vx", "vy"), (-FASTEST, FASTEST)),
    **dict.fromkeys(("drag", "elasticity"), (0.0, 1.0)),
    **dict.fromkeys(("inverse_mass", "top_speed", "axis_speed"), (0.0, LARGEST)),
    "top_push": (0.0, STRONGEST),
    "spin": (-LARGEST, LARGEST),
    "power": (-STRONGEST, STRONGEST),
    "radius": (SMALLEST, FARTHEST),
    "kind": (0, KINDS - 1),
}
"""Closed ranges of what rules, or a user, may set."""

_PUSH = (-1.001 * STRONGEST, 1.001 * STRONGEST)
"""Of what an action of 1 is at most: a little more, as a heading may be a little longer than 1."""


def check_room(task: str, sizes: Mapping[str, int], lists: Mapping[str, np.ndarray], which: str = "") -> None:
    """Raise ``ValueError`` for fewer discs than agents."""
    if sizes["discs"] < sizes["agents"]:
        raise ValueError(
            f"{task}: agents are discs too: discs must be at least agents, {sizes['agents']}, got {sizes['discs']}"
        )


def check_any(program: "Program", layout: Layout, blocks: np.ndarray) -> None:
    """Raise ``ValueError`` for what can't be in any world, also before its first episode: there is nothing."""


def check_begun(program: "Program", layout: Layout, blocks: np.ndarray) -> None:
    """Raise ``ValueError`` for what can't be in a world whose episode has begun."""
    field = {name: layout.view(blocks, name) for name in FIELDS}
    light = field["inverse_mass"]
    refuse((light > 0) & (light < SMALLEST), "inverse_mass is neither 0 nor at least 1e-30")
    check_ranges(field, {**RANGES, "bumped": (0, 1), "block": (0, 1), "push_x": _PUSH, "push_y": _PUSH})
    refuse(~(abs(field["hx"] ** 2 + field["hy"] ** 2 - 1.0) <= 1e-3), "a heading's length isn't 1")  # NaN's neither
    there = field["block"].reshape(len(blocks), -1).any(axis=1, keepdims=True)
    refuse(field["has_blocks"] != there, "has_blocks doesn't say whether there are blocks")
    ticked, length = field["clock"] > 0, field["episode_length"]
    refuse((field["bumps"] > length) | (field["bumps"] < 0), "more bumps than ticks, or less than none")
    refuse(~ticked & (field["bumped"] != 0), "bumped before the first tick")
    refuse(ticked & (field["bumped"] > 0) & (field["bumps"] == 0), "bumped, and no bumps")
