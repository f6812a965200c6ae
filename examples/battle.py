"""A battle of two teams: who stands beside an enemy can hit it, who is hit too often falls, until one team is gone.

    python examples/battle.py

A team is a kind. Its agents see what they have left of their health, and learn to press a button beside an enemy.
"""

import gymnasium
import numpy as np

import sakana_envs
from sakana_envs.rules import *

USE = 9  # the row of the table that stays and presses the button


def init(world):
    for agent in range(world.agents):
        world.kind[agent] = 2 * agent >= world.agents  # the second half, as in agent_names
        world.health[agent] = 1.0
    spawn_sides(world)


def update(world):
    for agent in range(world.agents):
        world.hits[agent] = 0
        if is_alive(world, agent) and world.action[agent, 2] > 0.5:
            for turn in range(8):
                row, col = offset(1 + (below(world, 0, agent, 8) + turn) % 8)
                enemy = agent_at(world, int(world.row[agent]) + row, int(world.col[agent]) + col)
                if enemy >= 0 and world.kind[enemy] != world.kind[agent]:
                    world.health[enemy] -= world.strength
                    world.hits[agent] = 1
                    break
    for agent in range(world.agents):  # after all have hit, so that no index matters
        if world.health[agent] <= 0.0:
            world.fallen[world.kind[agent]] += remove_agent(world, agent)  # whether it lived


def scripted(view, window, wander, draw):
    row, col = nearest(view, window, AGENT + 1 - own_kind(view, window), draw)
    near = max(abs(row), abs(col))
    return USE if near == 1 else steer(view, window, row, col) if near else steer_or_turn(view, window, wander, draw)


def health(world, agent, out):
    out[0] = world.health[agent]


TASK = Task(
    name="Battle",
    init=init,
    update=update,
    reward=lambda world, agent: world.hits[agent] * world.strength - 0.5 * world.died[agent],
    terminated=lambda world, agent: world.fallen[1 - world.kind[agent]] == (world.agents + world.kind[agent]) // 2,
    score=lambda world, agent: world.fallen[1 - world.kind[agent]] / max(1, (world.agents + world.kind[agent]) // 2),
    features=health,
    feature_names={"health": (0.0, 1.0)},
    scripted=scripted,
    numbers={"strength": Number(0.25, 0.01, 1.0, "health that a hit takes")},
    memory={
        "health": Field("agent", np.float32, "1 to 0"),
        "hits": Field("agent", np.uint8, "1 if it hit an enemy in this tick"),
        "fallen": Field("world", np.int32, "how many of each team fell", 2),
    },
    presets={"default": {"agents": 16, "height": 16, "width": 16, "horizon": 256}},
    agent_names=("red", "blue"),
    actions=MOVES.with_button("use"),
)

if __name__ == "__main__":
    sakana_envs.register(TASK)
    for red in ("random", "scripted"):
        envs = gymnasium.make_vec("Sakana/Battle-Discrete-v0", worlds=64, learners="blue", others=red)
        envs.reset(seed=0)
        scores = []
        for _ in range(500):
            info = envs.step(envs.policy_actions("scripted"))[-1]
            scores.extend(info["score"][info["_score"]] if "score" in info else ())
        print(f"blue scripted against red {red:8}: score {np.mean(scores):.2f}")
