"""Coin: whoever has a habit loses.

A policy that fails here doesn't draw its actions: it takes the likeliest one, or training has made it certain. The best
that can be done without remembering what was done is to toss a coin.
"""

import numpy as np

from sakana_envs.grid.vocabulary import Field, below, spawn_lattice
from sakana_envs.tasks.probes.choices import LONE, chosen, coin, side_of
from sakana_envs.tasks.task import Task


def guess(world):
    """An opponent remembers the sides that the agent chose, and guesses one of them at random."""
    for agent in range(world.agents):
        east, west = world.sides[agent, 0], world.sides[agent, 1]
        habit = 1 if below(world, 0, agent, east + west + 2) <= east else -1
        side = side_of(chosen(world, agent), 0.5)
        world.won[agent] = habit * side < 0
        world.sides[agent, 0] += side > 0
        world.sides[agent, 1] += side < 0


def win(world, agent):
    """1 for a side that the opponent didn't guess."""
    world.wins[agent] += world.won[agent]
    return 1.0 * world.won[agent]


def half(world, agent):
    """1 for winning half of the ticks, 0 for a quarter: four times the share of ticks won, less 1."""
    return 4.0 * world.wins[agent] / world.tick - 1.0


def toss(view, window, wander, draw):
    """East or west, as a coin falls."""
    return coin(draw)


TASK = Task(
    name="ProbeCoin",
    description="Choose the side that an opponent, who knows your habits, doesn't guess.",
    init=spawn_lattice,
    update=guess,
    reward=win,
    score=half,
    scripted=toss,
    memory={
        "sides": Field("agent", np.int32, "how often it chose east, and west", 2),
        "won": Field("agent", np.uint8, "whether it wasn't guessed"),
        "wins": Field("agent", np.int32, "how often it wasn't"),
    },
    presets={"default": {**LONE, "horizon": 128}},
)
