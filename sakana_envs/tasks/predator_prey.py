"""PredatorPrey: one half keeps the other half in view, which keeps out of it."""

import numpy as np
from numba import njit

from sakana_envs.grid.clock import is_late, late_ticks
from sakana_envs.grid.memory import Field
from sakana_envs.grid.sensors import count_in_view
from sakana_envs.grid.spawn import spawn_sides, spawn_uniform
from sakana_envs.grid.steering import nearest, own_kind, pull, steer, steer_or_turn
from sakana_envs.grid.tiles import AGENT
from sakana_envs.grid.world import Number
from sakana_envs.tasks.task import Task

PREDATOR = 0
PREY = 1


@njit
def init(world):
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
    if opponents > 0 and is_late(world):
        world.ticks_in_contact[agent] += 1
    return (0.1 if predator else -0.1) * min(opponents, 10)


@njit
def score(world, agent):
    """Over the second half: predators' share of ticks with prey in view, prey's with no predator in view."""
    contact = world.ticks_in_contact[agent] / late_ticks(world)
    return contact if world.kind[agent] == PREDATOR else 1.0 - contact


@njit
def scripted(view, window, wander, draw):
    """Predators step towards the nearest prey, prey away from predators and a little from walls; both wander when alone."""
    if own_kind(view, window) == PREDATOR:
        row, col = nearest(view, window, AGENT + PREY, draw)
    else:
        row, col = pull(view, window, 0.0, -1.0, -0.02)
    if row == 0 and col == 0:
        return steer_or_turn(view, window, wander, draw)
    return steer(view, window, row, col)


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
        "default": {"agents": 64},
        "large": {"height": 720, "width": 1080, "agents": 2048},
    },
    agent_names=("predator", "prey"),
)
