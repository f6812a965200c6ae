"""PredatorPrey: one half keeps the other half in view, which keeps out of it.

Half of the agents are predators, half prey. Nobody is eaten: a predator is paid for each prey in view, and a prey
charged for each predator, so a hunt goes on for the whole episode. Predators are a little slower, so one alone doesn't
catch up with prey that runs; several can share them out or drive them into a corner. Train one side against the
scripted other one with ``learners="predator"`` or ``learners="prey"``, or both.
"""

import numpy as np
from numba import njit

from sakana_envs.grid.vocabulary import (
    AGENT,
    Field,
    Number,
    count_in_view,
    count_seen,
    is_late,
    late_ticks,
    nearest,
    own_kind,
    pull,
    spawn_sides,
    spawn_uniform,
    steer_or_turn,
    steer_or_wander,
)
from sakana_envs.tasks.task import LARGE, MEDIUM, STEADY, STREAM, Task

PREDATOR = 0
PREY = 1


@njit
def init(world):
    """Predators and prey at random empty cells, or with ``sides_spawn`` on opposite sides of the map."""
    for agent in range(world.agents):
        world.kind[agent] = PREDATOR if 2 * agent < world.agents else PREY
        world.pace[agent] = world.predator_pace if world.kind[agent] == PREDATOR else 1.0
    if world.sides_spawn > 0.0:
        spawn_sides(world)
    else:
        spawn_uniform(world)


@njit
def reward(world, agent):
    """Opponents in view, at most ten, over ten; predators gain what prey lose."""
    predator = world.kind[agent] == PREDATOR
    opponents = count_in_view(world, agent, AGENT + (PREY if predator else PREDATOR))
    world.ticks_in_contact[agent] += (opponents > 0) & is_late(world)
    return (0.1 if predator else -0.1) * min(opponents, 10)


@njit
def score(world, agent):
    """Over the second half: predators' share of ticks with prey in view, prey's with no predator in view."""
    contact = world.ticks_in_contact[agent] / late_ticks(world)
    return contact if world.kind[agent] == PREDATOR else 1.0 - contact


@njit
def scripted(view, window, wander, draw):
    """Prey step away from predators and a little from walls, predators to the nearest prey, unless another holds it.

    Both wander when there is nothing to do.
    """
    if own_kind(view, window) == PREY:
        row, col = pull(view, window, 0.0, -1.0, -0.02)
        return steer_or_wander(view, window, row, col, wander, draw)
    row, col = nearest(view, window, AGENT + PREY, draw)
    near = max(abs(row), abs(col)) <= 1
    if not near and count_seen(view, window, row, col, 1, AGENT + PREDATOR) > 0:  # another one holds it
        return steer_or_turn(view, window, wander, draw)
    return steer_or_wander(view, window, row, col, wander, draw)


TASK = Task(
    name="PredatorPrey",
    description="Predators keep prey in view; prey keep out of it. What one side gains the other loses.",
    init=init,
    reward=reward,
    score=score,
    scripted=scripted,
    numbers={
        "predator_pace": Number(0.85, 0.0, 1.0, "speed of predators, as a share of the prey's"),
        "sides_spawn": Number(0.0, 0.0, 1.0, "1: predators begin on the left, prey on the right; 0: anywhere"),
    },
    memory={"ticks_in_contact": Field("agent", np.int32, "ticks of the second half with an opponent in view")},
    presets={
        "default": {"agents": 80},
        "medium": {**MEDIUM, "agents": 480},
        "large": LARGE,
        "stream": {**STREAM, "predator_pace": 1.0},
        "steady": {**STEADY, "agents": 80},
    },
    agent_names=("predator", "prey"),
)
