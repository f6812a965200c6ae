"""Center: pack around the middle of the map.

Every agent senses where on the map it is, and is paid for being near the middle. There is room for one agent in a cell,
so the early ones are in the way of the late ones: the score asks for a disc of twice the area that all of them fill,
which only works if they keep closing the gaps.
"""

from numba import njit

from sakana_envs.grid.vocabulary import Field, is_late, late_ticks, sense_position, spawn_uniform, steer
from sakana_envs.tasks.task import LARGE, MEDIUM, STEADY, STREAM, Task


@njit
def reward(world, agent):
    """Minus a tenth of the distance to the centre, over half the map's diagonal."""
    square = (float(world.row[agent]) - world.height / 2) ** 2 + (float(world.col[agent]) - world.width / 2) ** 2
    if is_late(world) and 3.1416 * square <= 2 * world.agents:  # a disc of twice the area that all agents fill
        world.ticks_inside[agent] += 1
    return -0.2 * (square / (world.height**2 + world.width**2)) ** 0.5


@njit
def score(world, agent):
    """Share of the second half within a disc around the middle, of twice the area that all agents fill."""
    return world.ticks_inside[agent] / late_ticks(world)


@njit
def scripted(view, window, wander, draw):
    """Step towards the middle of the map if a free neighbour lies that way, else stay."""
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
    memory={"ticks_inside": Field("agent", int, "ticks of the second half near the centre")},
    presets={
        "default": {"agents": 64},
        "medium": {**MEDIUM, "agents": 384},
        "large": LARGE,
        "stream": STREAM,
        "steady": {**STEADY, "agents": 64},
    },
)
