"""Which worlds can be: what the fields of every kind may hold, and how they agree with each other.

The rest is the engine's to say. What a task remembers is its own matter.
"""

from collections.abc import Mapping
from typing import Any

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
    ended = ticked & ((clock >= field["time_limit"]) | _ended_by_agents(layout, blocks, field["terminated"]))
    refuse(field["over"] != ended, "an episode that has an end and goes on, or is over without one")
    refuse(ticked & (length != clock), "an episode's length isn't its clock")
    for name in ("terminated", "reward"):
        refuse(~ticked & (field[name] != 0), f"{name} before the first tick")
    if "action" in layout.shapes:
        action, actions = layout.view(blocks, "action"), program.actions
        refuse(
            ~((action >= np.minimum(actions.low, 0)) & (action <= np.maximum(actions.high, 0))),
            "an action that can't be",
        )
    for name in program.statistics:
        if name not in program.engine.fields:
            refuse(~np.isfinite(layout.view(blocks, name)), f"{name} is no finite number")
    program.engine.check_begun(program, layout, blocks)


def _ended_by_agents(layout: Layout, blocks: np.ndarray, terminated: np.ndarray) -> np.ndarray:
    """Where the task ended an episode for a living agent, or nobody lives, (worlds, 1) bool."""
    ended: Any = terminated.any(axis=1)
    if "alive" not in layout.shapes:
        return ended[:, None]
    alive, died = (layout.view(blocks, name) for name in ("alive", "died"))
    check_ranges({"alive": alive, "died": died}, {"alive": (0, 1), "died": (0, 1)})
    refuse((alive != 0) & (died != 0), "agents that live and died")
    ticked = layout.view(blocks, "clock") > 0
    refuse(ticked & (alive == 0) & (terminated != died), "dead agents that were terminated at another time")
    ended = (terminated * alive).any(axis=1) | (alive == 0).all(axis=1)
    return ended[:, None]


def refuse(wrong: np.ndarray, what: str) -> None:
    """Raise ``ValueError`` that says ``what`` is wrong, if anything is."""
    if wrong.any():
        raise ValueError(what)


def check_ranges(field: Mapping[str, np.ndarray], ranges: Mapping[str, tuple[float, float]]) -> None:
    """Raise ``ValueError`` for fields with values outside of their closed ranges."""
    for name, (low, high) in ranges.items():
        refuse(~((field[name] >= low) & (field[name] <= high)), f"{name} is outside of its range")
