"""Password: six choices in a row must be right, and giving up at the first pays a little.

A trainer that fails here explores too little: it settles for the reward that it finds first. An entropy bonus is
enough, since one in some hundred random tries is right.
"""

import numpy as np

from sakana_envs.grid.vocabulary import STAY, Field, spawn_lattice
from sakana_envs.tasks.probes.choices import EAST, LONE, WEST, chosen, side_of
from sakana_envs.tasks.task import Task

WORD = (1, -1, -1, 1, -1, 1)


def enter(world, agent):
    """1 for the whole password, 0.1 for giving up at once."""
    place = world.right[agent]
    if side_of(chosen(world, agent), 0.5) == WORD[place]:
        world.right[agent] += 1
        return 1.0 * (world.right[agent] == len(WORD))
    world.wrong[agent] = 1
    return 0.1 * (place == 0)


def give_up(world, agent):
    """A wrong choice."""
    return world.wrong[agent] == 1


def see_place(world, agent, out):
    """255 for the place of the choice that is next."""
    for place in range(len(WORD)):
        out[place] = 255 * (world.right[agent] == place)


def open_sesame(world, agent):
    """1 for the whole password."""
    return 1.0 * (world.right[agent] == len(WORD))


def know(view, window, wander, draw):
    """The password."""
    for place in range(len(WORD)):
        if view[window + place] > 0:
            return EAST if WORD[place] > 0 else WEST
    return STAY


TASK = Task(
    name="ProbePassword",
    description="Find the one sequence of six choices that is paid; giving up at once pays a little.",
    init=spawn_lattice,
    reward=enter,
    terminated=give_up,
    score=open_sesame,
    features=see_place,
    feature_names=("place_1", "place_2", "place_3", "place_4", "place_5", "place_6"),
    scripted=know,
    memory={
        "right": Field("agent", np.int32, "right choices"),
        "wrong": Field("agent", np.uint8, "1 after a wrong one"),
    },
    presets={"default": {**LONE, "horizon": len(WORD)}},
)
