"""Scatter: leave the crowd and stay out of each other's sight ("introverts").

All agents begin as one crowd, shoulder to shoulder. Those in the middle can't move before those at the edge have left,
so a good policy goes outwards at once, and keeps going until nobody is in view. In the second half of the episode,
which the score looks at, it must hold a place of its own without being found by latecomers.
"""

import numpy as np
from numba import njit

from sakana_envs.grid.vocabulary import (
    Field,
    Number,
    count_agents_in_view,
    is_late,
    late_ticks,
    pull,
    spawn_crowd,
    spawn_uniform,
    steer,
)
from sakana_envs.tasks.task import LARGE, MEDIUM, STEADY, STREAM, Task


@njit
def init(world):
    """A crowd in the middle of the map, or with ``uniform_spawn`` random empty cells."""
    if world.uniform_spawn > 0.0:
        spawn_uniform(world)
    else:
        spawn_crowd(world, world.height // 2, world.width // 2, int(world.free_rows))


@njit
def reward(world, agent):
    """Minus a tenth for each other agent in view, for ten at most."""
    others = count_agents_in_view(world, agent)
    if is_late(world) and others == 0:
        world.ticks_alone[agent] += 1
    return -0.1 * min(others, 10)


@njit
def score(world, agent):
    """Share of the second half with nobody in view."""
    return world.ticks_alone[agent] / late_ticks(world)


@njit
def scripted(view, window, wander, draw):
    """Step away from all others, from nearer ones more; stay when alone."""
    row, col = pull(view, window, -1.0, -1.0, 0.0)
    return steer(view, window, row, col)


TASK = Task(
    name="Scatter",
    description="Leave the crowd in the middle and find a place with nobody in view.",
    init=init,
    reward=reward,
    score=score,
    scripted=scripted,
    numbers={
        "uniform_spawn": Number(0.0, 0.0, 1.0, "1: begin anywhere; 0: begin as a crowd in the middle"),
        "free_rows": Number(0.0, 0.0, 100.0, "rows left free between those of the crowd, where the map has room"),
    },
    memory={"ticks_alone": Field("agent", np.int32, "ticks of the second half with nobody in view")},
    presets={
        "default": {"agents": 256},
        "medium": {**MEDIUM, "agents": 1536, "horizon": 1024},
        "large": {**LARGE, "horizon": 2048},
        "stream": {**STREAM, "lifespan": 0.0, "free_rows": 3.0},
        "steady": {**STEADY, "agents": 256, "free_rows": 3.0},
    },
)
