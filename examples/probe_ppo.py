"""A trainer that passes all probes: Stable-Baselines3's PPO, which explores at first and remembers four observations.

    sakana probe examples/probe_ppo.py
    python examples/probe_ppo.py Recall

Change a line of it, such as the discount, and see which probe notices.
"""

import sys

import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import VecFrameStack

import sakana_envs

STEPS = 98_304


class LessAndLess(BaseCallback):
    """Lowers the entropy bonus to nothing, evenly over the first fifth of the training."""

    def _on_training_start(self):
        self.first = self.model.ent_coef

    def _on_step(self):
        return True

    def _on_rollout_end(self):
        self.model.ent_coef = self.first * max(0.0, 1.0 - self.num_timesteps / (0.2 * self.model._total_timesteps))


class Remembering:
    """A policy that is shown the last few observations of each row, as VecFrameStack shows them in training."""

    def __init__(self, model, frames):
        self.model, self.frames = model, frames

    def reset(self):
        self.seen = None

    def __call__(self, observations):
        if self.seen is None:
            self.seen = np.zeros((self.frames, *observations.shape), observations.dtype)
        self.seen = np.concatenate([self.seen[1:], observations[None]])
        return self.model.predict(np.hstack(self.seen))[0]


def train(env_id, seed, steps=STEPS, frames=4, gamma=0.95, entropy=0.3, deviation=1.0, rate=3e-3, wrap=lambda env: env):
    """A policy for the environment, after so many steps in 128 rows of it."""
    torch.set_num_threads(1)
    env = VecFrameStack(wrap(sakana_envs.SB3VecEnv(env_id, num_envs=128)), frames)
    sizes = {"n_steps": 16, "batch_size": 512, "learning_rate": lambda left: rate * min(1.0, 2.0 * left)}
    noise = {"log_std_init": np.log(deviation)}  # of continuous actions, as the training begins
    model = PPO("MlpPolicy", env, gamma=gamma, ent_coef=entropy, seed=seed, device="cpu", policy_kwargs=noise, **sizes)
    model.learn(steps, callback=LessAndLess())
    return Remembering(model, frames)


if __name__ == "__main__":
    from sakana_envs.tools.probe import BARS, probe

    for result in probe(train, [f"Probe{name}" for name in sys.argv[1:]] or BARS):
        print(f"{result.probe}-{result.twin}: score {result.score:.2f} of {result.bar}, {result.cpu_seconds:.1f} CPU s")
