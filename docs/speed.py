"""Agent-steps per second on one core: 8 worlds of 512 agents on 256 x 256 cells, every observation written."""

import time

import gymnasium
import numpy as np

import sakana_envs  # noqa: F401

world = {"agents": 512, "height": 256, "width": 256, "obs": "bytes", "threads": 1}
env = gymnasium.make_vec("Sakana/Forage-Discrete-v0", 8 * 512, **world)
actions = np.random.default_rng(0).integers(0, 9, (500, env.num_envs))
env.reset(seed=0)
for _ in range(5):
    start = time.perf_counter()
    for tick_actions in actions:
        env.step(tick_actions)
    print(f"{actions.size / (time.perf_counter() - start) / 1e6:.1f} million agent-steps per second")
