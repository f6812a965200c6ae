"""Center: pack around the middle of the map."""

import math

import numpy as np
from numba import njit

from sakana_envs.grid.clock import is_late, late_ticks
from sakana_envs.grid.memory import Field
from sakana_envs.grid.sensors import sense_position
from sakana_envs.grid.spawn import spawn_uniform
from sakana_envs.grid.steering import steer
from sakana_envs.tasks.task import Task


@njit
def reward(world, agent):
    distance = math.hypot(world.row[agent] - 0.5 * world.height, world.col[agent] - 0.5 * world.width)
    if is_late(world) and math.pi * distance**2 <= 2 * world.agents:  # a disc of twice the area that all agents fill
        world.ticks_inside[agent] += 1
    return -0.2 * distance / math.hypot(world.height, world.width)


@njit
def score(world, agent):
    return world.ticks_inside[agent] / late_ticks(world)


@njit
def scripted(view, window, wander, draw):
    return steer(view, window, 127.5 - view[window], 127.5 - view[window + 1])


TASK = Task(
    name="Center",
    description="Gather around the middle of the map, as closely as one agent per cell allows.",
    init=spawn_uniform,
    reward=reward,
    score=score,
    features=sense_position,
    feature_names=("row", "col"),
    scripted=scripted,
    memory={"ticks_inside": Field("agent", np.int32, "ticks of the second half near the centre")},
    presets={"default": {"agents": 64}, "large": {"height": 720, "width": 1080, "agents": 4096}},
)
