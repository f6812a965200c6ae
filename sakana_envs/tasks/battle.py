"""Battle: two teams, each of which wants the other one gone.

An agent that presses its button and stands still hits an enemy beside it, one of them at random. Who has no health
left falls for good; health comes back slowly. Agents see farther than elsewhere, and the health of all in view, so a
team can strike together at the weak, and its own weak can step back. The episode ends as soon as one team is gone.
"""

import numpy as np
from numba import njit

from sakana_envs.grid.vocabulary import *
from sakana_envs.tasks.task import Task

USE = 9  # the row of the table that stays and presses the button


def init(world):
    """One half on the left, the other on the right."""
    for agent in range(world.agents):
        world.kind[agent] = 2 * agent >= world.agents  # the second half, as in agent_names
        world.health[agent] = 1.0
    spawn_sides(world)
    _show(world)


@njit
def _show(world):
    """Health on the map, where it is seen: 255 is all of it."""
    for agent in range(world.agents):
        world.strength[world.shown[agent, 0], world.shown[agent, 1]] = 0
    for agent in range(world.agents):
        if is_alive(world, agent):
            row, col = int(world.row[agent]) + world.radius, int(world.col[agent]) + world.radius
            world.shown[agent, 0], world.shown[agent, 1] = row, col
            world.strength[row, col] = np.uint8(255.0 * world.health[agent])


def update(world):
    """Who presses the button hits; after all have hit, who has no health left falls."""
    for agent in range(world.agents):
        world.hits[agent], world.felled[agent] = 0, 0
        world.health[agent] = min(1.0, world.health[agent] + world.recovery)
    for agent in range(world.agents):
        stands = max(abs(world.action[agent, 0]), abs(world.action[agent, 1])) < 0.5
        if is_alive(world, agent) and world.action[agent, 2] > 0.5 and stands:
            enemy = _enemy_beside(world, agent)
            if enemy >= 0:
                world.health[enemy] -= world.damage
                world.hits[agent], world.target[agent] = 1, _place(world, enemy)
    for agent in range(world.agents):
        target = world.target[agent]
        enemy = agent_at(world, target // world.width, target % world.width)
        world.felled[agent] = world.hits[agent] and world.health[enemy] <= 0.0
    for agent in range(world.agents):
        if is_alive(world, agent) and world.health[agent] <= 0.0:
            remove_agent(world, agent)
            world.fallen[world.kind[agent]] += 1
    _show(world)


@njit
def _place(world, agent):
    """An agent's cell, row times width plus column."""
    return int(world.row[agent]) * world.width + int(world.col[agent])


@njit
def _enemy_beside(world, agent):
    """An enemy in one of the eight cells around, from a random one on clockwise; -1 if there is none."""
    first = below(world, 0, _place(world, agent), 8)
    for turn in range(8):
        row, col = offset(1 + (first + turn) % 8)
        other = agent_at(world, int(world.row[agent]) + row, int(world.col[agent]) + col)
        if other >= 0 and world.kind[other] != world.kind[agent]:
            return other
    return -1


@njit
def _enemies(world, agent):
    """How many there were at first."""
    return max(1, (world.agents + world.kind[agent]) // 2)


def reward(world, agent):
    """0.1 for a hit, 0.5 more if the enemy falls in this tick, -0.5 for falling."""
    return 0.1 * world.hits[agent] + 0.5 * world.felled[agent] - 0.5 * world.died[agent]


def terminated(world, agent):
    """Whether all enemies have fallen."""
    return world.fallen[1 - world.kind[agent]] >= _enemies(world, agent)


def score(world, agent):
    """Share of the enemies that have fallen."""
    return world.fallen[1 - world.kind[agent]] / _enemies(world, agent)


def features(world, agent, out):
    """The agent's own health."""
    out[0] = world.health[agent]


def scripted(view, window, wander, draw):
    """Hit if an enemy is beside it, else step to the nearest one; wander when there is none."""
    row, col = nearest(view, window, AGENT + 1 - own_kind(view, window), draw)
    near = max(abs(row), abs(col))
    return USE if near == 1 else steer(view, window, row, col) if near else steer_or_turn(view, window, wander, draw)


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
        "hits": Field("agent", np.uint8, "1 if it hit an enemy in this tick"),
        "target": Field("agent", np.int32, "the cell of whom it hit last, row times width plus column"),
        "felled": Field("agent", np.uint8, "1 if that one fell in this tick"),
        "shown": Field("agent", np.int16, "row and column, of the map with its border, where its health is shown", 2),
        "fallen": Field("world", np.int32, "how many of each team have fallen", 2),
    },
    layers={"strength": 0},
    presets={"default": {"agents": 64, "height": 32, "width": 32, "radius": 6}},
    agent_names=("red", "blue"),
    actions=MOVES.with_button("use"),
)
