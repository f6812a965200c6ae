"""PPO by RLlib on a cluster of two nodes: env runners of each play worlds of their own, one learner learns of all.

python examples/clients/rllib_cluster.py                      # two nodes on this machine, rows of the vector env
python examples/clients/rllib_cluster.py --face parallel      # agents by their names
python examples/clients/rllib_cluster.py --address auto       # the cluster that `ray start` began
"""

import argparse
import hashlib
import time
from functools import partial
from itertools import chain

import numpy as np
import ray
import torch
from ray.cluster_utils import Cluster
from ray.rllib.algorithms.ppo import PPOConfig
from ray.rllib.env.wrappers.pettingzoo_env import ParallelPettingZooEnv
from ray.tune.registry import register_env

import sakana_envs

ENV_ID = "Sakana/Targets-Discrete-v0"
APART = 1000
"""RLlib seeds world i of runner r with seed + r + i: unless that is mended, runners play the same worlds."""


class SeedsApart(ParallelPettingZooEnv):
    """One world; no other runner's has its seed."""

    def __init__(self, settings):
        self.worker_index = settings.worker_index
        super().__init__(sakana_envs.parallel_env(ENV_ID, **settings))

    def reset(self, *, seed=None, options=None):
        return super().reset(seed=None if seed is None else seed + APART * self.worker_index, options=options)


def configuration(face, runners, worlds, seed, steps):
    """Either face: ``steps`` agent-steps an update, by ``runners`` processes with ``worlds`` worlds each."""
    config = PPOConfig().env_runners(num_env_runners=runners, num_cpus_per_env_runner=1).debugging(seed=seed)
    config.training(lr=1e-3, gamma=0.97, num_epochs=8, minibatch_size=512, entropy_coeff=0.0, vf_clip_param=1e6)
    if face == "vector":
        config.environment(f"sakana_envs:{ENV_ID}")
        config.env_runners(num_envs_per_env_runner=8 * worlds, gym_env_vectorize_mode="vector_entry_point")
        return config.training(train_batch_size_per_learner=steps)
    register_env("targets", SeedsApart)
    config.environment("targets").env_runners(num_envs_per_env_runner=worlds)
    config.multi_agent(policies={"shared"}, policy_mapping_fn=lambda *_, **__: "shared")
    return config.training(train_batch_size_per_learner=steps // 8)  # ticks of a world of eight


def policy(module):
    """A network as a function from observations (rows, 15) to actions (rows,), drawn by their chances."""

    def act(observations):
        with torch.no_grad():
            output = module.forward_inference({"obs": torch.as_tensor(observations)})
        return torch.distributions.Categorical(logits=output["action_dist_inputs"]).sample().numpy()

    return act


def first_ticks(runner):
    """What the agents of each of a runner's worlds see first, as one number a world; the training begins so too."""
    observations, _ = runner.env.reset(seed=runner._seed)
    if isinstance(observations, np.ndarray):
        worlds = observations.reshape(-1, 8 * observations.shape[-1])
    else:
        worlds = [np.concatenate([seen[agent] for agent in sorted(seen)]) for seen in observations]
    return [hashlib.sha256(world.tobytes()).hexdigest()[:8] for world in worlds]


def cpu_seconds(algorithm):
    """Of the learner's process and all runners'."""
    return sum(algorithm.env_runner_group.foreach_env_runner(lambda _: time.process_time()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--face", choices=("vector", "parallel"), default="vector")
    parser.add_argument("--address", help="of a running cluster; without it two nodes begin on this machine")
    parser.add_argument("--runners", type=int, default=2)
    parser.add_argument("--worlds", type=int, default=4, help="of eight agents, in each runner")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--updates", type=int, default=20)
    parser.add_argument("--steps", type=int, default=4096, help="agent-steps an update")
    arguments = parser.parse_args()

    if arguments.address:
        ray.init(address=arguments.address)
    else:
        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
        cluster.add_node(num_cpus=1)
        ray.init(address=cluster.address)

    algorithm = configuration(
        arguments.face, arguments.runners, arguments.worlds, arguments.seed, arguments.steps
    ).build_algo()
    on_each = partial(algorithm.env_runner_group.foreach_env_runner, local_env_runner=False)
    nodes = on_each(lambda _: ray.get_runtime_context().get_node_id())
    worlds = [*chain.from_iterable(on_each(first_ticks))]
    print(f"runners: {len(nodes)} on {len(set(nodes))} nodes", end="; ")
    print(f"{len(set(worlds))} of {len(worlds)} worlds differ:", *sorted(worlds))
    module = algorithm.get_module("default_policy" if arguments.face == "vector" else "shared")
    print(f"before: score {sakana_envs.evaluate(policy(module), ENV_ID, episodes=16).mean:.3f}")
    began, used = time.perf_counter(), cpu_seconds(algorithm)
    for _ in range(arguments.updates):
        algorithm.train()
    seconds, cpu = time.perf_counter() - began, cpu_seconds(algorithm) - used
    weights = np.concatenate([each.ravel() for each in module.get_state().values()])
    print(f"weights: {hashlib.sha256(weights.tobytes()).hexdigest()[:8]}")
    print(f"after:  score {sakana_envs.evaluate(policy(module), ENV_ID, episodes=16).mean:.3f}", end=", ")
    print(f"{arguments.updates * arguments.steps:,} agent-steps in {seconds:.1f} s, {cpu:.1f} CPU seconds")
    algorithm.stop()
    ray.shutdown()


if __name__ == "__main__":
    main()
