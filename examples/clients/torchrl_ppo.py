"""PPO by TorchRL: every agent of eight worlds is a row of one batched environment.

python examples/clients/torchrl_ppo.py
"""

import argparse
import time

import gymnasium
import torch
from tensordict.nn import TensorDictModule
from torch import nn
from torchrl.collectors import Collector
from torchrl.envs import GymWrapper
from torchrl.modules import ProbabilisticActor, ValueOperator
from torchrl.objectives import ClipPPOLoss
from torchrl.objectives.value import GAE

import sakana_envs

ENV_ID = "Sakana/Targets-Discrete-v0"
WORLDS, TICKS = 8, 64


def network(inputs, outputs):
    return nn.Sequential(nn.Linear(inputs, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, outputs))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--steps", type=int, default=65_536, help="agent-steps")
    arguments = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(1)

    # TorchRL restarts in the step that ends. Categories are numbers, as the environment takes them, not one-hot.
    rows = gymnasium.make_vec(ENV_ID, worlds=WORLDS, autoreset_mode="SameStep")
    env = GymWrapper(rows, categorical_action_encoding=True)
    env.set_seed(0)
    seen, choices = rows.single_observation_space.shape[0], rows.single_action_space.n
    logits = network(seen, choices)
    actor = ProbabilisticActor(
        TensorDictModule(logits, in_keys=["observation"], out_keys=["logits"]),
        in_keys=["logits"],
        distribution_class=torch.distributions.Categorical,
        return_log_prob=True,
    )
    critic = ValueOperator(network(seen, 1), in_keys=["observation"])
    advantage = GAE(gamma=0.97, lmbda=0.95, value_network=critic, average_gae=True)
    loss = ClipPPOLoss(actor, critic, entropy_coeff=0.0, critic_coeff=0.5)
    optimizer = torch.optim.Adam(loss.parameters(), lr=1e-3)

    def act(observations):
        with torch.no_grad():
            return torch.distributions.Categorical(logits=logits(torch.as_tensor(observations))).sample().numpy()

    print(f"before: score {sakana_envs.evaluate(act, ENV_ID, episodes=16).mean:.3f}")
    began, used = time.perf_counter(), time.process_time()
    for batch in Collector(env, actor, frames_per_batch=rows.num_envs * TICKS, total_frames=arguments.steps):
        with torch.no_grad():
            advantage(batch)
        steps = batch.reshape(-1)
        for _ in range(10):
            for chosen in torch.randperm(len(steps)).split(512):
                found = loss(steps[chosen])
                optimizer.zero_grad()
                sum(found[name] for name in ("loss_objective", "loss_critic", "loss_entropy")).backward()
                nn.utils.clip_grad_norm_(loss.parameters(), 0.5)
                optimizer.step()
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    print(f"after:  score {sakana_envs.evaluate(act, ENV_ID, episodes=16).mean:.3f}", end=", ")
    print(f"{arguments.steps:,} agent-steps in {seconds:.1f} s, {cpu:.1f} CPU seconds")


if __name__ == "__main__":
    main()
