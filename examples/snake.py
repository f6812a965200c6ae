"""Snakes that grow by what they eat, die where they bump into a wall or a snake, and come back after a while.

    python examples/snake.py

A snake is an agent, its head, and the cells where it was lately, which are walls. Who is run into is paid for it.
"""

import gymnasium
import numpy as np

import sakana_envs
from sakana_envs.rules import *


def init(world):
    spawn_uniform(world)
    scatter_food(world)
    world.length[:] = 3


def update(world):
    for agent in range(world.agents):
        world.hits[agent] = 0
        if is_alive(world, agent):
            row, col = int(world.row[agent]) + world.radius, int(world.col[agent]) + world.radius
            world.length[agent] += world.ate[agent]
            world.owner[row, col], world.until[row, col] = agent + 1, world.tick + world.length[agent]
    for agent in range(world.agents):  # before any is removed, so that no index matters
        if world.bumped[agent]:
            row = int(np.floor(world.row[agent] + world.speed * world.action[agent, 0]))
            col = int(np.floor(world.col[agent] + world.speed * world.action[agent, 1]))
            other = max(agent_at(world, row, col), world.owner[row + world.radius, col + world.radius] - 1)
            if other >= 0 and other != agent:
                world.hits[other] += 1
    for agent in range(world.agents):
        if world.bumped[agent]:
            remove_agent(world, agent)
            world.length[agent] = 3
        elif uniform(world, 1, agent) < 0.1:  # one that lives isn't revived
            revive_agent(world, agent, below(world, 2, agent, world.height), below(world, 3, agent, world.width))
    for row in range(world.radius, world.radius + world.height):  # memory per cell has a border
        for col in range(world.radius, world.radius + world.width):
            owner = world.owner[row, col] - 1
            if owner >= 0 and (world.bumped[owner] or world.tick >= world.until[row, col]):
                world.owner[row, col] = 0
                clear_cell(world, row - world.radius, col - world.radius)
            elif owner >= 0:
                place_wall(world, row - world.radius, col - world.radius)  # unless the head is there, or food grew


def scripted(view, window, wander, draw):
    row, col = nearest(view, window, FOOD, draw)
    return steer_or_turn(view, window, wander, draw) if row == 0 and col == 0 else steer(view, window, row, col)


TASK = Task(
    name="Snakes",
    init=init,
    update=update,
    reward=lambda world, agent: 0.1 * world.ate[agent] + 0.5 * world.hits[agent] - world.died[agent],
    score=lambda world, agent: world.length[agent] / 30.0,
    scripted=scripted,
    memory={
        "length": Field("agent", np.int32, "cells of a snake, its head among them"),
        "hits": Field("agent", np.int32, "how many ran into it in this tick"),
        "owner": Field("cell", np.int32, "whose snake is in a cell, its agent + 1"),
        "until": Field("cell", np.int64, "the tick in which the cell is free again"),
    },
    presets={"default": {"agents": 16, "height": 32, "width": 32, "food_density": 0.1}},
)

if __name__ == "__main__":
    sakana_envs.register(TASK)
    envs = gymnasium.make_vec("Sakana/Snakes-Discrete-v0", worlds=4)
    for policy in ("random", "scripted"):
        envs.reset(seed=0)
        info = {}
        while "score" not in info:
            info = envs.step(envs.policy_actions(policy))[-1]
        print(f"{policy:8} score {info['score'].mean():.2f}, return {info['episode_return'].mean():.1f}")
