"""PPO by Stable-Baselines3 through SuperSuit's chain: every agent of eight copies of a PettingZoo world is a row.

python examples/clients/supersuit_ppo.py
"""

import argparse
import time

import supersuit
import torch
from stable_baselines3 import PPO

import sakana_envs

ENV_ID = "Sakana/Targets-Discrete-v0"
WORLDS, TICKS = 8, 64


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--steps", type=int, default=65_536, help="agent-steps")
    arguments = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(1)

    rows = supersuit.pettingzoo_env_to_vec_env_v1(sakana_envs.parallel_env(ENV_ID))
    rows = supersuit.concat_vec_envs_v1(rows, WORLDS, num_cpus=0, base_class="stable_baselines3")
    # PPO's own `seed` can't be given: the chain has no method for it.
    model = PPO("MlpPolicy", rows, n_steps=TICKS, batch_size=512, learning_rate=1e-3, gamma=0.97, device="cpu")

    print(f"before: score {sakana_envs.evaluate(model, ENV_ID, episodes=16).mean:.3f}")
    began, used = time.perf_counter(), time.process_time()
    model.learn(arguments.steps)
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    print(f"after:  score {sakana_envs.evaluate(model, ENV_ID, episodes=16).mean:.3f}", end=", ")
    print(f"{arguments.steps:,} agent-steps in {seconds:.1f} s, {cpu:.1f} CPU seconds")


if __name__ == "__main__":
    main()
