"""The first training: a policy that knows nothing, some seconds of PPO, and one that finds the food.

python examples/learn_squared.py
python examples/learn_squared.py --gamma 0
python examples/learn_squared.py --env-id Sakana/Gap-Continuous-v0
"""

import argparse
import time

import torch
from stable_baselines3 import PPO

import sakana_envs
from sakana_envs.tools.probe import evaluate

parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
parser.add_argument("--env-id", default="Sakana/Squared-Discrete-v0")
parser.add_argument("--steps", type=int, default=81_920, help="actions of all agents together")
parser.add_argument("--gamma", type=float, default=0.95, help="the discount: what a reward is worth a tick later")
arguments = parser.parse_args()

torch.set_num_threads(1)
env = sakana_envs.SB3VecEnv(arguments.env_id, num_envs=128)
sizes = {"n_steps": 16, "batch_size": 512, "learning_rate": 1e-3}
model = PPO("MlpPolicy", env, gamma=arguments.gamma, seed=0, device="cpu", **sizes)

print(f"before: score {evaluate(arguments.env_id, model):.2f}")
begin = time.process_time()
model.learn(arguments.steps)
seconds = time.process_time() - begin
print(f"after:  score {evaluate(arguments.env_id, model):.2f}, {arguments.steps:,} steps in {seconds:.0f} CPU seconds")
