"""Split: two agents that see the same must do different things, and then keep to it.

A policy that fails here acts alike for all who see alike: it takes the likeliest action, or one draw serves all agents
of a world. Or it doesn't use what it observes, of which half of the score is lost.
"""

import numpy as np
from numba import njit

from sakana_envs.grid.vocabulary import Field, float_features, is_late, late_ticks, spawn_lattice
from sakana_envs.tasks.probes.choices import EAST, PAIR, WEST, chosen, coin, side_of
from sakana_envs.tasks.task import Task


def choose_sides(world):
    """Agents 0 and 1 are partners, as are 2 and 3, and so on."""
    for agent in range(world.agents):
        world.side[agent] = side_of(chosen(world, agent), 0.0)


@njit
def partner(world, agent):
    """The other agent of a pair."""
    return min(agent ^ 1, world.agents - 1)


def differ(world, agent):
    """1 for the side that its partner didn't choose."""
    apart = world.side[agent] * world.side[partner(world, agent)] < 0
    world.ticks_apart[agent] += apart and is_late(world)
    return 1.0 * apart


def see_sides(world, agent, out):
    """Which side it chose last, and which its partner."""
    out[0], out[1] = world.side[agent], world.side[partner(world, agent)]


def apart_in_the_end(world, agent):
    """Share of the second half on different sides."""
    return world.ticks_apart[agent] / late_ticks(world)


def keep_or_toss(view, window, wander, draw):
    """The side that it has, if its partner has the other; else as a coin falls."""
    own, other = float_features(view, window)[0], float_features(view, window)[1]
    return coin(draw) if own * other >= 0.0 else EAST if own > 0.0 else WEST


TASK = Task(
    name="ProbeSplit",
    description="Choose the side that your partner, who sees the same, doesn't choose.",
    init=spawn_lattice,
    update=choose_sides,
    reward=differ,
    score=apart_in_the_end,
    features=see_sides,
    feature_names={"own_side": (-1.0, 1.0), "partners_side": (-1.0, 1.0)},
    scripted=keep_or_toss,
    memory={
        "side": Field("agent", np.int8, "-1 for west, 1 for east, 0 for neither"),
        "ticks_apart": Field("agent", np.int32, "ticks of the second half on different sides"),
    },
    presets={"default": {**PAIR, "horizon": 16}},
)
