"""Spread: cover every landmark, and keep out of each other's way.

As many landmarks as agents lie about, and nobody is told which one is whose. All are paid for how near the nearest
agent is to each, so two at one landmark leave another bare; and who bumps pays by itself. The constants of motion and
contact are those of the Multi-Agent Particle Environments' cooperative navigation (Lowe et al., 2017).
"""

import numpy as np
from numba import njit

from sakana_envs.discs.vocabulary import *
from sakana_envs.tasks.task import Task


def init(world):
    """Landmarks, which nothing meets, and agents at random free places of a square of 2 metres."""
    for disc in range(world.discs):
        landmark = disc >= world.agents
        world.radius[disc] = 0.05 if landmark else 0.15
        world.inverse_mass[disc] = 0.0 if landmark else 1.0
        world.solid[disc] = 0 if landmark else 1 << AGENT
        world.drag[disc] = 0.25
    for agent in range(world.agents):
        world.power[agent] = 5.0
    spawn_discs(world)


def update(world):
    """How far the nearest agent is from each landmark, on average, and how many landmarks have one upon them."""
    far, covered = 0.0, 0
    for landmark in range(world.agents, world.discs):
        away = np.float64(distance_to_nearest(world, landmark, AGENT))
        far += away
        covered += away < 0.15
    world.far[0] = far / max(1, world.discs - world.agents)
    world.covered_ticks[0] += covered * is_late(world)


def distances(world, agent):
    """Less the mean distance in metres from a landmark to its nearest agent."""
    return -world.far[0]


def bumps(world, agent):
    """Less ``bump_cost`` for each tick in which it touches another agent or a wall."""
    return -world.bump_cost * world.bumped[agent]


def score(world, agent):
    """Share of landmarks with an agent upon them, over the second half."""
    return world.covered_ticks[0] / (late_ticks(world) * max(1, world.discs - world.agents))


@njit
def scripted(view, draw):
    """Make for the nearest landmark to which no other agent in view is nearer, else the nearest; brake before it."""
    seen = (view.size - 4) // 6
    landmarks, agents = view[4 : 4 + 3 * seen], view[4 + 3 * seen :]
    target = first_unclaimed(landmarks, agents, 3)
    dx, dy = landmarks[target] - 0.2 * view[0], landmarks[target + 1] - 0.2 * view[1]
    return toward(dx, dy) if max(abs(dx), abs(dy)) > 0.02 else 0


TASK = Task(
    name="Spread",
    description="Agents cover all landmarks, without a word of who takes which.",
    engine=DISCS,
    init=init,
    update=update,
    reward={"distances": distances, "bumps": bumps},
    score=score,
    scripted=scripted,
    kinds={AGENT: "agent", LANDMARK: "landmark"},
    senses=(own("velocity", "position"), nearest(LANDMARK, reach=2.0), nearest(AGENT, reach=2.0)),
    numbers={"bump_cost": Number(0.1, 0.0, 10.0, "price of a tick in which an agent touches another or a wall")},
    memory={
        "far": Field("world", np.float32, "mean distance in metres from a landmark to its nearest agent"),
        "covered_ticks": Field("world", np.int64, "sum of landmarks covered over ticks of the second half"),
    },
    presets={"default": {"agents": 3, "discs": 6, "neighbours": 3, "horizon": 100}},
)
