"""PPO by skrl: every agent of eight worlds is a row of one batched environment.

python examples/clients/skrl_ppo.py
"""

import argparse
import tempfile
import time

import gymnasium
import torch
from skrl.agents.torch.ppo import PPO, PPO_CFG
from skrl.envs.wrappers.torch import wrap_env
from skrl.memories.torch import RandomMemory
from skrl.models.torch import CategoricalMixin, DeterministicMixin, Model
from skrl.trainers.torch import SequentialTrainer
from skrl.utils import set_seed
from torch import nn

import sakana_envs

ENV_ID = "Sakana/Targets-Discrete-v0"
WORLDS, TICKS = 8, 64


def network(inputs, outputs):
    return nn.Sequential(nn.Linear(inputs, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, outputs))


class Policy(CategoricalMixin, Model):
    def __init__(self, observation_space, action_space):
        Model.__init__(self, observation_space=observation_space, action_space=action_space)
        CategoricalMixin.__init__(self)
        self.network = network(self.num_observations, self.num_actions)

    def compute(self, inputs, role):
        return self.network(inputs["observations"]), {}


class Value(DeterministicMixin, Model):
    def __init__(self, observation_space, action_space):
        Model.__init__(self, observation_space=observation_space, action_space=action_space)
        DeterministicMixin.__init__(self)
        self.network = network(self.num_observations, 1)

    def compute(self, inputs, role):
        return self.network(inputs["observations"]), {}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--steps", type=int, default=65_536, help="agent-steps")
    arguments = parser.parse_args()
    set_seed(0)
    torch.set_num_threads(1)

    env = wrap_env(gymnasium.make_vec(ENV_ID, worlds=WORLDS))
    models = {"policy": Policy(env.observation_space, env.action_space)}
    models["value"] = Value(env.observation_space, env.action_space)
    config = PPO_CFG(rollouts=TICKS, learning_epochs=10, mini_batches=8, learning_rate=1e-3, discount_factor=0.97)
    config.time_limit_bootstrap = True  # without it values of one episode run into the one before
    config.experiment.directory = tempfile.mkdtemp()
    config.experiment.write_interval = config.experiment.checkpoint_interval = 0
    agent = PPO(
        models=models,
        memory=RandomMemory(memory_size=TICKS, num_envs=env.num_envs),
        observation_space=env.observation_space,
        action_space=env.action_space,
        cfg=config,
    )
    ticks = arguments.steps // env.num_envs
    # It draws every tick unless it is headless.
    settings = {"timesteps": ticks, "headless": True, "disable_progressbar": True}
    trainer = SequentialTrainer(env=env, agents=agent, cfg=settings)

    def act(observations):
        with torch.no_grad():
            return models["policy"].act({"observations": torch.as_tensor(observations)})[0].flatten().numpy()

    print(f"before: score {sakana_envs.evaluate(act, ENV_ID, episodes=16).mean:.3f}")
    began, used = time.perf_counter(), time.process_time()
    trainer.train()
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    print(f"after:  score {sakana_envs.evaluate(act, ENV_ID, episodes=16).mean:.3f}", end=", ")
    print(f"{arguments.steps:,} agent-steps in {seconds:.1f} s, {cpu:.1f} CPU seconds")


if __name__ == "__main__":
    main()
