"""PPO by Stable-Baselines3: every agent of eight worlds is one of its environments.

python examples/clients/sb3_ppo.py
"""

import argparse
import time

import torch
from stable_baselines3 import PPO

import sakana_envs

ENV_ID = "Sakana/Targets-Discrete-v0"
WORLDS, TICKS = 8, 64


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--steps", type=int, default=65_536, help="agent-steps")
    arguments = parser.parse_args()

    torch.set_num_threads(1)

    rows = sakana_envs.SB3VecEnv(ENV_ID, worlds=WORLDS)
    settings = {"n_steps": TICKS, "batch_size": 512, "learning_rate": 1e-3, "gamma": 0.97}
    model = PPO("MlpPolicy", rows, seed=0, device="cpu", **settings)

    print(f"before: score {sakana_envs.evaluate(model, ENV_ID, episodes=16).mean:.3f}")
    began, used = time.perf_counter(), time.process_time()
    model.learn(arguments.steps)
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    print(f"after:  score {sakana_envs.evaluate(model, ENV_ID, episodes=16).mean:.3f}", end=", ")
    print(f"{arguments.steps:,} agent-steps in {seconds:.1f} s, {cpu:.1f} CPU seconds")


if __name__ == "__main__":
    main()
