"""Gap: be in the row that isn't blocked next.

As small as a task can be that has to be looked at: a map of two cells, of which one is blocked in each tick. A feature
says which one will be in the next, so the best thing to do depends on the observation alone, and is paid at once.
"""

import numpy as np
from numba import njit

from sakana_envs.grid.vocabulary import Field, below, spawn_uniform, steer
from sakana_envs.tasks.task import Task


@njit
def init(world):
    """Agents at random empty cells; a random row will be blocked."""
    spawn_uniform(world)
    world.blocked_next[0] = below(world, 0, 0, world.height)


@njit
def update(world):
    """The row that was announced is blocked, and another announced."""
    world.blocked[0] = world.blocked_next[0]
    world.blocked_next[0] = below(world, 0, 0, world.height)


@njit
def reward(world, agent):
    """-1 in the row that is blocked."""
    hit = int(world.row[agent]) == world.blocked[0]
    world.hits[agent] += hit
    return -1.0 * hit


@njit
def score(world, agent):
    """1 less twice the share of ticks in which it was hit: whoever doesn't look is hit in half of them."""
    return 1.0 - 2.0 * world.hits[agent] / world.tick


@njit
def features(world, agent, out):
    """The row that is blocked next: 0 for the first, 255 for the last."""
    out[0] = 255 * world.blocked_next[0] // max(world.height - 1, 1)


@njit
def scripted(view, window, wander, draw):
    """Step out of the row that is blocked next."""
    first = view[window] == 0
    return steer(view, window, 1.0 if first else -1.0, 0.0)


TASK = Task(
    name="Gap",
    description="Be in the one of two rows that isn't blocked next.",
    init=init,
    update=update,
    reward=reward,
    score=score,
    features=features,
    feature_names=("blocked_next",),
    scripted=scripted,
    memory={
        "blocked": Field("world", np.int32, "row that is blocked"),
        "blocked_next": Field("world", np.int32, "row that is blocked in the next tick"),
        "hits": Field("agent", np.int32, "ticks in the row that was blocked"),
    },
    presets={"default": {"agents": 1, "height": 2, "width": 1, "radius": 1, "horizon": 64}},
)
