"""Battle: two teams, each of which wants the other one gone.

Who stands and presses the button hits a random enemy beside it; a blow at nobody costs health. Who has none left falls
for good; health comes back slowly. Agents see the health of all in view, so a team can strike together at the weak.
"""

import numpy as np
from numba import njit

from sakana_envs.grid.vocabulary import *
from sakana_envs.tasks.task import Task

EFFORT, RECOVERY = 0.02, 0.005  # health that a blow at nobody costs, and that comes back in a tick


def init(world):
    """The first half of the agents on the left, the second on the right, as in ``agent_names``."""
    for agent in range(world.agents):
        world.kind[agent], world.health[agent] = 2 * agent >= world.agents, 1.0
    spawn_sides(world)
    show_agents(world, world.strength, world.health)


def update(world):
    """All blows fall at once; who has no health left falls; the others recover, or tire by a blow at nobody."""
    for agent in range(world.agents):
        world.foe[agent] = agent_beside(world, 0, agent, 1 - world.kind[agent]) if presses(world, agent) else -1
        if world.foe[agent] >= 0:
            world.health[world.foe[agent]] -= world.damage
    for agent in range(world.agents):
        if world.health[agent] <= 0.0 and remove_agent(world, agent):
            world.fallen[world.kind[agent]] += 1
        misses = presses(world, agent) and world.foe[agent] < 0
        world.health[agent] = min(1.0, world.health[agent] + RECOVERY - EFFORT * misses)
    show_agents(world, world.strength, world.health)


def reward(world, agent):
    """0.1 for a hit, -0.5 for falling."""
    return 0.1 * (world.foe[agent] >= 0) - 0.5 * world.died[agent]


@njit
def score(world, agent):
    """Share of the enemies that have fallen."""
    return world.fallen[1 - world.kind[agent]] / max(1, (world.agents + world.kind[agent]) // 2)


def terminated(world, agent):
    """Whether all enemies have fallen."""
    return score(world, agent) >= 1.0


def scripted(view, window, wander, draw):
    """Hit if an enemy is beside it, else step to the nearest one; wander when there is none."""
    row, col = nearest(view, window, AGENT + 1 - own_kind(view, window), draw)
    return BUTTON if max(abs(row), abs(col)) == 1 else steer_or_wander(view, window, row, col, wander, draw)


TASK = Task(
    name="Battle",
    description="Two teams fight until one is gone: hit who stands beside, step back with little health.",
    init=init,
    update=update,
    reward=reward,
    terminated=terminated,
    score=score,
    scripted=scripted,
    numbers={"damage": Number(0.2, 0.01, 1.0, "health that a hit takes")},
    memory={
        "strength": Field("cell", np.uint8, "health of who is there, 0 to 255"),
        "health": Field("agent", np.float32, "1 to 0"),
        "foe": Field("agent", np.int32, "whom it hits in this tick, -1 if nobody"),
        "fallen": Field("world", np.int32, "how many of each team have fallen", 2),
    },
    layers={"strength": 0},
    presets={"default": {"agents": 64, "height": 32, "width": 32}, "small": {"agents": 16, "height": 16, "width": 16}},
    agent_names=("red", "blue"),
    actions=MOVES.with_button("use"),
)
