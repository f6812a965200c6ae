"""Which worlds can be: what the fields of every kind may hold, and how they agree with each other.

The rest is the engine's to say. What a task remembers is its own matter.
"""

from collections.abc import Mapping

import numpy as np

from sakana_envs.core.fields import AGENT_FIELDS, START_FIELDS, WORLD_FIELDS
from sakana_envs.core.memory import Layout
from sakana_envs.core.program import Program

_LARGEST_REWARD = float(np.finfo(np.float32).max)


def check_any_world(program: Program, layout: Layout, blocks: np.ndarray) -> None:
    """Raise ``ValueError`` for what can't be in any world, also before its first episode."""
    lowest, highest = np.array([(number.low, number.high) for number in program.numbers.values()]).T
    numbers = layout.view(blocks, "numbers")
    # Written so that NaN fails too.
    refuse(~((numbers >= lowest) & (numbers <= highest)), "a number of the world is outside of its range")
    refuse(layout.view(blocks, "level") < layout.lowest_level, "a level that doesn't exist")
    program.engine.check_any(program, layout, blocks)


def check_begun_worlds(program: Program, layout: Layout, blocks: np.ndarray) -> None:
    """Raise ``ValueError`` for what can't be in a world whose episode has begun."""
    field = {name: layout.view(blocks, name) for name in (*WORLD_FIELDS, *START_FIELDS, *AGENT_FIELDS)}
    horizon = layout.size("horizon")
    check_ranges(
        field,
        {
            "fault": (0, 0),
            "clock": (0, horizon),
            "episode": (-1, 2**62),
            "episode_length": (0, horizon),
            "time_limit": (1, horizon),
            "reward": (-_LARGEST_REWARD, _LARGEST_REWARD),
            "episode_return": (-_LARGEST_REWARD * 2**31, _LARGEST_REWARD * 2**31),
            "score": (0, 1),
            "terminated": (0, 1),
        },
    )
    clock, length = field["clock"], field["episode_length"]
    ticked = clock > 0
    ended = ticked & ((clock >= field["time_limit"]) | field["terminated"].any(axis=1, keepdims=True))
    refuse(field["over"] != ended, "an episode that has an end and goes on, or is over without one")
    refuse(ticked & (length != clock), "an episode's length isn't its clock")
    for name in ("terminated", "reward"):
        refuse(~ticked & (field[name] != 0), f"{name} before the first tick")
    for name in program.statistics:
        if name not in program.engine.fields:
            refuse(~np.isfinite(layout.view(blocks, name)), f"{name} is no finite number")
    program.engine.check_begun(program, layout, blocks)


def refuse(wrong: np.ndarray, what: str) -> None:
    """Raise ``ValueError`` that says ``what`` is wrong, if anything is."""
    if wrong.any():
        raise ValueError(what)


def check_ranges(field: Mapping[str, np.ndarray], ranges: Mapping[str, tuple[float, float]]) -> None:
    """Raise ``ValueError`` for fields with values outside of their closed ranges."""
    for name, (low, high) in ranges.items():
        refuse(~((field[name] >= low) & (field[name] <= high)), f"{name} is outside of its range")
