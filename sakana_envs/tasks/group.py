"""Group: four kinds, each wants to be among its own.

Agents of four kinds begin mixed over the whole map. An agent is paid for its own kind in view and charged for all
others, so flocks of one colour have to form out of what an agent sees in its small window, and to keep apart. An agent
that has found nobody gets nothing: being alone is not the solution here.
"""

import numpy as np
from numba import njit

from sakana_envs.grid.vocabulary import (
    AGENT,
    KINDS,
    Field,
    count_agents_in_view,
    count_in_view,
    is_late,
    late_ticks,
    pull,
    spawn_uniform,
    steer_or_wander,
)
from sakana_envs.tasks.task import LARGE, MEDIUM, STEADY, STREAM, Task


@njit
def init(world):
    """The four kinds in turn, at random empty cells."""
    for agent in range(world.agents):
        world.kind[agent] = agent % KINDS
    spawn_uniform(world)


@njit
def reward(world, agent):
    """Others of the own kind in view minus those of other kinds, over ten, clipped to [-1, 1]."""
    same = count_in_view(world, agent, AGENT + world.kind[agent]) - 1
    others = count_agents_in_view(world, agent)
    if is_late(world) and same > 0:
        world.purity_sum[agent] += same / others
    return min(max(0.1 * (2 * same - others), -1.0), 1.0)


@njit
def score(world, agent):
    """Share of the own kind among the agents in view, 0 when alone, averaged over the second half."""
    return world.purity_sum[agent] / late_ticks(world)


@njit
def scripted(view, window, wander, draw):
    """Step towards the own kind and away from others; wander when alone."""
    row, col = pull(view, window, 1.0, -1.0, 0.0)
    return steer_or_wander(view, window, row, col, wander, draw)


TASK = Task(
    name="Group",
    description="Four kinds mix at the start; each agent wants its own kind in view, and no other.",
    init=init,
    reward=reward,
    score=score,
    scripted=scripted,
    memory={"purity_sum": Field("agent", np.float32, "sum over ticks of the own kind's share in view")},
    presets={
        "default": {"agents": 128},
        "medium": {**MEDIUM, "agents": 768},
        "large": LARGE,
        "stream": STREAM,
        "steady": {**STEADY, "agents": 128},
    },
)
