"""Battle: two teams, each of which wants the other one gone.

Who presses the button and stands still hits an enemy beside it, a random one. Who has no health left falls for good;
health comes back slowly. Agents see farther than elsewhere, and the health of all in view, so a team can strike
together at the weak, and its own weak can step back. The episode ends as soon as one team is gone.
"""

import numpy as np
from numba import njit

from sakana_envs.grid.vocabulary import *
from sakana_envs.tasks.task import Task


def init(world):
    """The first half of the agents on the left, the second on the right, as in ``agent_names``."""
    for agent in range(world.agents):
        world.kind[agent], world.health[agent] = 2 * agent >= world.agents, 1.0
    spawn_sides(world)
    show_agents(world, world.strength, world.health)


@njit
def _target(world, agent):
    """The enemy whom an agent hits, or -1."""
    stands = max(abs(world.action[agent, 0]), abs(world.action[agent, 1])) < 0.5
    hits = is_alive(world, agent) and stands and world.action[agent, 2] > 0.5
    return agent_beside(world, 0, agent, 1 - world.kind[agent]) if hits else -1


def update(world):
    """Who presses the button and stands hits; after all have hit, who has no health left falls."""
    for agent in range(world.agents):
        world.health[agent] = min(1.0, world.health[agent] + world.recovery)
    for agent in range(world.agents):
        if _target(world, agent) >= 0:
            world.health[_target(world, agent)] -= world.damage
    for agent in range(world.agents):
        enemy = _target(world, agent)
        world.won[agent] = 0.0 if enemy < 0 else 0.6 if world.health[enemy] <= 0.0 else 0.1
    for agent in range(world.agents):
        if world.health[agent] <= 0.0 and remove_agent(world, agent):
            world.fallen[world.kind[agent]] += 1
    show_agents(world, world.strength, world.health)


def reward(world, agent):
    """0.1 for a hit, 0.5 more if the enemy falls in this tick, -0.5 for falling."""
    return world.won[agent] - 0.5 * world.died[agent]


@njit
def score(world, agent):
    """Share of the enemies that have fallen."""
    return world.fallen[1 - world.kind[agent]] / max(1, (world.agents + world.kind[agent]) // 2)


def terminated(world, agent):
    """Whether all enemies have fallen."""
    return score(world, agent) >= 1.0


def features(world, agent, out):
    """The agent's own health."""
    out[0] = world.health[agent]


def scripted(view, window, wander, draw):
    """Hit if an enemy is beside it, else step to the nearest one; wander when there is none."""
    row, col = nearest(view, window, AGENT + 1 - own_kind(view, window), draw)
    beside = max(abs(row), abs(col)) == 1
    return BUTTON if beside else steer_or_wander(view, window, row, col, wander, draw)


TASK = Task(
    name="Battle",
    description="Two teams fight until one is gone: hit who stands beside, step back with little health.",
    init=init,
    update=update,
    reward=reward,
    terminated=terminated,
    score=score,
    features=features,
    feature_names={"health": (0.0, 1.0)},
    scripted=scripted,
    numbers={
        "damage": Number(0.2, 0.01, 1.0, "health that a hit takes"),
        "recovery": Number(0.005, 0.0, 1.0, "health that comes back in a tick"),
    },
    memory={
        "strength": Field("cell", np.uint8, "health of who is there, 0 to 255"),
        "health": Field("agent", np.float32, "1 to 0"),
        "won": Field("agent", np.float64, "reward for a hit in this tick"),
        "fallen": Field("world", np.int32, "how many of each team have fallen", 2),
    },
    layers={"strength": 0},
    presets={"default": {"agents": 64, "height": 32, "width": 32, "radius": 6}},
    agent_names=("red", "blue"),
    actions=MOVES.with_button("use"),
)
