"""LateTool: going east is the tool. It ends an episode, until it is all that pays.

A trainer that fails here stops learning too soon: first it must unlearn an action, and only then does it come to where
that action pays. Its policy has become certain, its learning rate too small, or its network can't change any more.
"""

import numpy as np

from sakana_envs.grid.vocabulary import STAY, Field, is_late, late_ticks, spawn_lattice
from sakana_envs.tasks.probes.choices import EAST, LONE, chosen
from sakana_envs.tasks.task import Task


def use(world, agent):
    """In the first half 0.1 for each tick without the tool, in the second 1 for each with it."""
    used = chosen(world, agent) > 0.5
    world.broken[agent] = used and not is_late(world)
    world.uses[agent] += used and is_late(world)
    return 1.0 * used if is_late(world) else 0.1 * (not used)


def broke_it(world, agent):
    """The tool was used in the first half."""
    return world.broken[agent] == 1


def see_half(world, agent, out):
    """255 once the second half begins."""
    out[0] = 255 * (world.tick >= world.horizon // 2)


def used_late(world, agent):
    """Share of the second half with the tool."""
    return world.uses[agent] / late_ticks(world)


def use_late(view, window, wander, draw):
    """The tool, once the second half begins."""
    return EAST if view[window] > 0 else STAY


TASK = Task(
    name="ProbeLateTool",
    description="A tool that breaks if used in the first half of an episode, and is all that pays in the second.",
    init=spawn_lattice,
    reward=use,
    terminated=broke_it,
    score=used_late,
    features=see_half,
    feature_names=("late",),
    scripted=use_late,
    memory={
        "broken": Field("agent", np.uint8, "1 if it was used too early"),
        "uses": Field("agent", np.int32, "ticks of the second half with the tool"),
    },
    presets={"default": {**LONE, "horizon": 16}},
)
