"""IPPO by BenchMARL: its experiment on a task of this package, which ``benchmarl_pack.py`` puts into its registry.

python examples/clients/benchmarl_ippo.py
"""

import argparse
import tempfile
import time

import torch
from benchmarl.algorithms import IppoConfig
from benchmarl.environments import task_config_registry
from benchmarl.experiment import Experiment, ExperimentConfig
from benchmarl.models.mlp import MlpConfig
from benchmarl_pack import SakanaTask
from tensordict import TensorDict
from torchrl.envs.utils import ExplorationType, set_exploration_type

import sakana_envs

ENV_ID = "Sakana/Targets-Discrete-v0"
AGENTS, WORLDS, TICKS = 8, 8, 64


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--steps", type=int, default=65_536, help="agent-steps")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    assert task_config_registry["sakana/targets"] is SakanaTask.TARGETS

    config = ExperimentConfig.get_from_yaml()
    config.prefer_continuous_actions = False
    config.max_n_frames = arguments.steps // AGENTS  # BenchMARL counts ticks
    config.on_policy_n_envs_per_worker = WORLDS
    config.on_policy_collected_frames_per_batch = WORLDS * TICKS
    config.on_policy_n_minibatch_iters = 10
    config.on_policy_minibatch_size = 64
    config.lr, config.gamma = 1e-3, 0.97
    config.evaluation, config.render, config.loggers, config.create_json = False, False, [], False
    config.save_folder = tempfile.mkdtemp()
    network = MlpConfig(num_cells=[64, 64], layer_class=torch.nn.Linear, activation_class=torch.nn.Tanh)
    experiment = Experiment(
        task=SakanaTask.TARGETS.get_task(),
        algorithm_config=IppoConfig.get_from_yaml(),
        model_config=network,
        critic_model_config=network,
        seed=0,
        config=config,
    )
    policy = experiment.group_policies["agent"]

    def act(observations):
        seen = torch.as_tensor(observations).view(-1, AGENTS, observations.shape[-1])
        with torch.no_grad(), set_exploration_type(ExplorationType.RANDOM):
            acted = policy(TensorDict({"agent": TensorDict({"observation": seen}, seen.shape[:2])}, seen.shape[:1]))
        return acted["agent", "action"].flatten().numpy()

    print(f"before: score {sakana_envs.evaluate(act, ENV_ID, episodes=16).mean:.3f}")
    began, used = time.perf_counter(), time.process_time()
    experiment.run()
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    print(f"after:  score {sakana_envs.evaluate(act, ENV_ID, episodes=16).mean:.3f}", end=", ")
    print(f"{arguments.steps:,} agent-steps in {seconds:.1f} s, {cpu:.1f} CPU seconds")


if __name__ == "__main__":
    main()
