"""A task of your own: agents look for the few flowers of a meadow, and want them in view but not trodden down.

    python examples/custom_task.py

The task is what stands between the imports and ``register``: rules that Numba compiles, and a record that names them.
"""

import gymnasium
import numpy as np

import sakana_envs
from sakana_envs.rules import (
    FOOD,
    STAY,
    Field,
    Number,
    Task,
    count_in_view,
    nearest,
    scatter_food,
    spawn_uniform,
    steer,
)


def init(world):
    spawn_uniform(world)
    scatter_food(world)  # what engine and code call food are this task's flowers


def reward(world, agent):
    flowers = count_in_view(world, agent, FOOD)
    world.ticks_of_joy[agent] += flowers > 0
    return 0.1 * flowers - world.price_of_a_flower * world.ate[agent]


def score(world, agent):
    return world.ticks_of_joy[agent] / world.tick


def scripted(view, window, wander, draw):
    row, col = nearest(view, window, FOOD, draw)
    distance = max(abs(row), abs(col))
    return wander if distance == 0 else STAY if distance == 1 else steer(view, window, row, col)


meadow = Task(
    name="Meadow",
    init=init,
    reward=reward,
    score=score,
    scripted=scripted,
    numbers={"price_of_a_flower": Number(1.0, 0.0, 10.0, "what treading on a flower costs")},
    memory={"ticks_of_joy": Field("agent", np.int32, "ticks with a flower in view")},
    presets={"default": {"agents": 32, "height": 64, "width": 64, "food_density": 0.002}},
)
print("registered:", sakana_envs.register(meadow))

# One learner; the task's scripted policy plays the others.
env = gymnasium.make("Sakana/Meadow-Continuous-v0", price_of_a_flower=2.0)
observation, info = env.reset(seed=0)
observation, reward, terminated, truncated, info = env.step(env.action_space.sample())

# PettingZoo: every agent by its name.
world = sakana_envs.parallel_env("Sakana/Meadow-Discrete-v0")
observations, infos = world.reset(seed=0)
observations, rewards, *_ = world.step({agent: world.action_space(agent).sample() for agent in world.agents})
print(f"the first of {len(rewards)} agents is paid {rewards['agent_0']:.2f}")

# The fast way: every agent of eight worlds in one batch. The last step's info has the score.
envs = gymnasium.make_vec("Sakana/Meadow-Discrete-v0", num_envs=8 * 32)
for policy in ("still", "random", "scripted"):
    envs.reset(seed=0)
    info = {}
    while "score" not in info:
        info = envs.step(envs.policy_actions(policy))[-1]
    print(f"{policy:8} score {info['score'].mean():.2f}, return {info['episode_return'].mean():.1f}")
