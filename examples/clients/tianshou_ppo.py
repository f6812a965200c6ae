"""PPO by Tianshou: every agent of eight worlds is one of its environments, all stepped by one call.

python examples/clients/tianshou_ppo.py
"""

import argparse
import time

import gymnasium
import numpy as np
import torch
from tianshou.algorithm import PPO
from tianshou.algorithm.modelfree.reinforce import DiscreteActorPolicy
from tianshou.algorithm.optim import AdamOptimizerFactory
from tianshou.data import Collector, VectorReplayBuffer
from tianshou.env import BaseVectorEnv
from tianshou.trainer import OnPolicyTrainerParams
from tianshou.utils.net.common import Net
from tianshou.utils.net.discrete import DiscreteActor, DiscreteCritic

import sakana_envs

ENV_ID = "Sakana/Targets-Discrete-v0"
WORLDS, TICKS = 8, 64


class Rows(BaseVectorEnv):
    """A batch of worlds; the rows of a world end together, and Tianshou begins them anew by their numbers."""

    def __init__(self, envs):
        self.envs, self.env_num = envs, envs.num_envs
        self.is_async, self.is_closed, self.waiting_id = False, False, []

    def get_env_attr(self, key, id=None):
        return [getattr(self.envs, f"single_{key}" if key.endswith("_space") else key)] * len(self._wrap_id(id))

    def reset(self, env_id=None, *, seed=None, options=None):
        rows = self._wrap_id(env_id)
        chosen = np.isin(np.arange(self.env_num), rows)
        observations, _ = self.envs.reset(seed=seed, options={"reset_mask": chosen})
        return observations[rows], np.array([{} for _ in rows])

    def step(self, action, id=None):
        observations, rewards, terminated, truncated, info = self.envs.step(action)
        told = [{"env_id": row} for row in range(self.env_num)]
        for row in np.flatnonzero(info.get("_score", ())):
            told[row]["score"] = info["score"][row]
        return observations, rewards, terminated, truncated, np.array(told)

    def close(self):
        self.is_closed = True
        self.envs.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--steps", type=int, default=65_536, help="agent-steps")
    arguments = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(1)

    rows = Rows(gymnasium.make_vec(ENV_ID, worlds=WORLDS, autoreset_mode="Disabled"))
    seen, choices = rows.observation_space[0].shape, rows.action_space[0].n
    networks = [Net(state_shape=seen, hidden_sizes=(64, 64), activation=torch.nn.Tanh) for _ in range(2)]
    policy = DiscreteActorPolicy(
        actor=DiscreteActor(preprocess_net=networks[0], action_shape=choices, softmax_output=False),
        dist_fn=lambda logits: torch.distributions.Categorical(logits=logits),
        action_space=rows.action_space[0],
        deterministic_eval=False,
    )
    algorithm = PPO(
        policy=policy,
        critic=DiscreteCritic(preprocess_net=networks[1]),
        optim=AdamOptimizerFactory(lr=1e-3),
        gamma=0.97,
        ent_coef=0.0,
        max_grad_norm=0.5,
    )
    rollout = rows.env_num * TICKS
    collector = Collector(algorithm, rows, VectorReplayBuffer(rollout, rows.env_num))
    collector.reset(gym_reset_kwargs={"seed": 0})

    def act(observations):
        with torch.no_grad():
            logits, _ = policy.actor(observations)
        return torch.distributions.Categorical(logits=logits).sample().numpy()

    print(f"before: score {sakana_envs.evaluate(act, ENV_ID, episodes=16).mean:.3f}")
    began, used = time.perf_counter(), time.process_time()
    algorithm.run_training(
        OnPolicyTrainerParams(
            training_collector=collector,
            test_collector=None,
            max_epochs=1,
            epoch_num_steps=arguments.steps,
            collection_step_num_env_steps=rollout,
            update_step_num_repetitions=10,
            batch_size=512,
            show_progress=False,
            verbose=False,
        )
    )
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    print(f"after:  score {sakana_envs.evaluate(act, ENV_ID, episodes=16).mean:.3f}", end=", ")
    print(f"{arguments.steps:,} agent-steps in {seconds:.1f} s, {cpu:.1f} CPU seconds")


if __name__ == "__main__":
    main()
