"""A quantity that must be held at 0.3, while it drifts: two floats are all that agents sense, one is all that they do.

    python examples/hold.py

Agents see nobody and go nowhere. What they do along rows pushes: three ways in the discrete twin, any in the other.
"""

import gymnasium
import numpy as np

import sakana_envs
from sakana_envs.rules import *

UP, DOWN = 5, 1


def update(world):
    for agent in range(world.agents):
        drift = world.drift * (2.0 * uniform(world, 0, agent) - 1.0)
        push = world.push * np.float64(world.action[agent, 0])
        world.velocity[agent] = 0.9 * world.velocity[agent] + push + drift
        world.value[agent] = min(1.0, max(-1.0, world.value[agent] + world.velocity[agent]))
        world.held[agent] += abs(world.value[agent] - world.goal) < 0.05


def sense(world, agent, out):
    out[0] = world.value[agent] - world.goal
    out[1] = world.velocity[agent]


def scripted(view, window, wander, draw):
    values = float_features(view, window)
    ahead = values[0] + 9.0 * values[1]
    return STAY if abs(ahead) < 0.02 else DOWN if ahead > 0.0 else UP


TASK = Task(
    name="Hold",
    init=spawn_lattice,
    update=update,
    reward=lambda world, agent: -abs(world.value[agent] - world.goal),
    score=lambda world, agent: world.held[agent] / world.tick,
    features=sense,
    feature_names={"error": (-2.0, 2.0), "velocity": (-1.0, 1.0)},
    scripted=scripted,
    numbers={
        "goal": Number(0.3, -1.0, 1.0, "where the value shall be"),
        "push": Number(0.02, 0.0, 0.1, "how much a whole push changes the velocity"),
        "drift": Number(0.005, 0.0, 0.1, "how far it drifts in a tick at most"),
    },
    memory={
        "value": Field("agent", np.float64, "-1 to 1"),
        "velocity": Field("agent", np.float64, "its change in a tick"),
        "held": Field("agent", np.int32, "ticks in which it was within 0.05 of the goal"),
    },
    presets={"default": {"agents": 16, "height": 16, "width": 16, "radius": 1, "speed": 0.0, "horizon": 256}},
)

if __name__ == "__main__":
    sakana_envs.register(TASK)
    for twin in ("Discrete", "Continuous"):
        envs = gymnasium.make_vec(f"Sakana/Hold-{twin}-v0", worlds=4)
        for policy in ("random", "scripted"):
            envs.reset(seed=0)
            info = {}
            while "score" not in info:
                info = envs.step(envs.policy_actions(policy))[-1]
            print(f"{twin:10} {policy:8} score {info['score'].mean():.2f}")
