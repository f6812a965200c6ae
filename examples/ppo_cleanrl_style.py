"""Proximal policy optimisation in one file of plain PyTorch, read from top to bottom; it knows nothing but an id.

    python examples/ppo_cleanrl_style.py
    python examples/ppo_cleanrl_style.py --env-id Sakana/Forage-Continuous-v0
    python examples/ppo_cleanrl_style.py --one-learner --num-envs 8         # SyncVectorEnv: the others are scripted

By default every agent of a world is a row of ``gymnasium.make_vec(id, num_envs=...)``. Any id whose observations are a
vector works, from this package or not, as long as its vector environment restarts in the step after the last one.
"""

import argparse
import time

import gymnasium
import numpy as np
import torch
from torch import nn
from torch.distributions import Categorical, Independent, Normal

import sakana_envs  # noqa: F401, registers the ids

GAMMA, GAE_LAMBDA = 0.99, 0.95
CLIP, ENTROPY_WEIGHT, VALUE_WEIGHT, GRADIENT_NORM = 0.2, 0.01, 0.5, 0.5


def linear(inputs, outputs, gain):
    layer = nn.Linear(inputs, outputs)
    nn.init.orthogonal_(layer.weight, gain)
    nn.init.zeros_(layer.bias)
    return layer


def network(inputs, outputs, gain):
    return nn.Sequential(
        linear(inputs, 64, 2**0.5), nn.Tanh(), linear(64, 64, 2**0.5), nn.Tanh(), linear(64, outputs, gain)
    )


class Agent(nn.Module):
    """A policy and a value of their own networks; the policy is categorical or normal, as the action space asks."""

    def __init__(self, observation_space, action_space):
        super().__init__()
        self.discrete = isinstance(action_space, gymnasium.spaces.Discrete)
        inputs = int(np.prod(observation_space.shape))
        outputs = int(action_space.n) if self.discrete else int(np.prod(action_space.shape))
        self.policy = network(inputs, outputs, 0.01)
        self.value = network(inputs, 1, 1.0)
        self.log_deviation = nn.Parameter(torch.zeros(outputs))

    def distribution(self, observations):
        output = self.policy(observations)
        if self.discrete:
            return Categorical(logits=output)
        return Independent(Normal(output, self.log_deviation.exp().expand_as(output)), 1)


def to_environment(actions, action_space):
    """Normal distributions know no bounds, so continuous actions are clipped; the policy learns from unclipped ones."""
    if isinstance(action_space, gymnasium.spaces.Discrete):
        return actions.numpy()
    return np.clip(actions.numpy(), action_space.low, action_space.high)


def make(env_id, num_envs, one_learner):
    mode = "sync" if one_learner else None  # None: the id's own vector environment
    return gymnasium.wrappers.vector.RecordEpisodeStatistics(
        gymnasium.make_vec(env_id, num_envs=num_envs, vectorization_mode=mode)
    )


def collect(envs, agent, observations, begins, ticks):
    """Play on for some ticks. ``begins`` marks rows whose last step ended an episode: their next step only restarts."""
    kept = {name: [] for name in ("observations", "actions", "log_probs", "values", "rewards", "ends", "real")}
    finished = []
    for _ in range(ticks):
        tensor = torch.as_tensor(observations, dtype=torch.float32)
        with torch.no_grad():
            distribution = agent.distribution(tensor)
            actions = distribution.sample()
            kept["log_probs"].append(distribution.log_prob(actions))
            kept["values"].append(agent.value(tensor).squeeze(1))
        observations, rewards, terminated, truncated, info = envs.step(
            to_environment(actions, envs.single_action_space)
        )
        kept["observations"].append(tensor)
        kept["actions"].append(actions)
        kept["rewards"].append(torch.as_tensor(rewards, dtype=torch.float32))
        kept["ends"].append(torch.as_tensor(terminated))
        # A restart ignores the action and pays nothing, so there is nothing to learn from it.
        kept["real"].append(torch.as_tensor(~begins))
        begins = terminated | truncated
        if begins.any():
            finished.append(info["episode"]["r"][begins])
    with torch.no_grad():
        last_values = agent.value(torch.as_tensor(observations, dtype=torch.float32)).squeeze(1)
    return {name: torch.stack(rows) for name, rows in kept.items()}, last_values, observations, begins, finished


def advantages(kept, last_values):
    """Generalised advantages (ticks, rows). A row whose step was a restart separates two episodes.

    The observation after a step is the true last one of its episode, so the value after it is right for truncation
    (an episode cut short is worth what would have followed) and is left out for termination.
    """
    values, result = kept["values"], torch.zeros_like(kept["values"])
    following, running = last_values, torch.zeros_like(last_values)
    for tick in reversed(range(len(values))):
        error = kept["rewards"][tick] + GAMMA * following * ~kept["ends"][tick] - values[tick]
        running = (error + GAMMA * GAE_LAMBDA * running * ~kept["ends"][tick]) * kept["real"][tick]
        result[tick], following = running, values[tick]
    return result


def update(agent, optimizer, kept, advantage, epochs, minibatch):
    """Several passes over the collected steps in random minibatches, with the clipped objective."""
    real = kept["real"].flatten()
    observations, actions, log_probs, values = (
        kept[name].flatten(0, 1)[real] for name in ("observations", "actions", "log_probs", "values")
    )
    advantage = advantage.flatten()[real]
    returns = advantage + values
    for _ in range(epochs):
        for chosen in torch.randperm(len(returns)).split(minibatch):
            distribution = agent.distribution(observations[chosen])
            ratio = (distribution.log_prob(actions[chosen]) - log_probs[chosen]).exp()
            weight = advantage[chosen]
            weight = (weight - weight.mean()) / (weight.std(correction=0) + 1e-8)
            policy_loss = -torch.minimum(ratio * weight, ratio.clamp(1 - CLIP, 1 + CLIP) * weight).mean()
            value_loss = 0.5 * (agent.value(observations[chosen]).squeeze(1) - returns[chosen]).square().mean()
            loss = policy_loss + VALUE_WEIGHT * value_loss - ENTROPY_WEIGHT * distribution.entropy().mean()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(agent.parameters(), GRADIENT_NORM)
            optimizer.step()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--env-id", default="Sakana/Forage-Discrete-v0")
    parser.add_argument("--num-envs", type=int, default=128)
    parser.add_argument("--one-learner", action="store_true", help="environments of gymnasium.make, one after another")
    parser.add_argument("--timesteps", type=int, default=500_000)
    parser.add_argument("--ticks", type=int, default=128, help="steps of each row between two updates")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--minibatches", type=int, default=8)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    torch.manual_seed(arguments.seed)
    torch.set_num_threads(1)  # networks this small gain nothing from more
    envs = make(arguments.env_id, arguments.num_envs, arguments.one_learner)
    agent = Agent(envs.single_observation_space, envs.single_action_space)
    optimizer = torch.optim.Adam(agent.parameters(), lr=arguments.learning_rate, eps=1e-5)
    batch = arguments.num_envs * arguments.ticks
    updates = max(arguments.timesteps // batch, 1)
    observations, _ = envs.reset(seed=arguments.seed)
    begins, started = np.zeros(arguments.num_envs, dtype=bool), time.perf_counter()
    for done in range(1, updates + 1):
        optimizer.param_groups[0]["lr"] = arguments.learning_rate * (1 - (done - 1) / updates)
        kept, last_values, observations, begins, finished = collect(envs, agent, observations, begins, arguments.ticks)
        update(agent, optimizer, kept, advantages(kept, last_values), arguments.epochs, batch // arguments.minibatches)
        reward = kept["rewards"].sum().item() / kept["real"].sum().item()
        episodes = f"{np.concatenate(finished).mean():.2f}" if finished else "-"
        speed = done * batch / (time.perf_counter() - started)
        print(f"{done * batch:>9,} steps  reward {reward:.4f}  finished episodes {episodes:>6}  {speed:,.0f} steps/s")
    envs.close()


if __name__ == "__main__":
    main()
