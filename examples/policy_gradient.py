"""REINFORCE in NumPy: the whole of a policy gradient, and what the discount does."""

import argparse
import os
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")  # NumPy's threads wait for one another longer than they work, for this

import gymnasium
import numpy as np

import sakana_envs  # noqa: F401 - registers the ids

parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
parser.add_argument("--gammas", type=float, nargs="+", default=[0.0, 0.9, 1.0])
parser.add_argument("--updates", type=int, default=400, help="each of an episode in 256 worlds")
arguments = parser.parse_args()
random = np.random.default_rng(0)
envs = gymnasium.make_vec("Sakana/Squared-Discrete-v0", worlds=256)
envs.reset(seed=0)
rows, inputs, actions = envs.num_envs, envs.single_observation_space.shape[0], envs.single_action_space.n


def play(weights):
    """An episode in each world: observations, actions and their probabilities, rewards, and who was still playing."""
    observations, _ = envs.reset()
    playing, steps = np.ones(rows, bool), []
    while playing.any():
        scores = observations @ weights
        chances = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        chosen = (chances.cumsum(axis=1) < random.random((rows, 1))).sum(axis=1).clip(max=actions - 1)
        after, rewards, terminated, truncated, _ = envs.step(chosen)
        steps.append((observations, chosen, chances, rewards * playing, playing))
        observations, playing = after, playing & ~(terminated | truncated)
    return (np.array(part) for part in zip(*steps, strict=True))


def train(gamma):
    """Print how the share of worlds in which the food is found grows."""
    (weights, mean, square), found = np.zeros((3, inputs, actions), np.float32), []
    begin = time.process_time()
    for _ in range(arguments.updates):
        observations, chosen, chances, rewards, playing = play(weights)
        found.append((rewards.sum(axis=0) > 0).mean())
        # What each action led to: its reward, and those after it, each tick later worth gamma times as much.
        returns, later = np.zeros_like(rewards), 0.0
        for tick in reversed(range(len(rewards))):
            returns[tick] = later = rewards[tick] + gamma * later
        better = (returns - returns[playing].mean()) * playing / playing.sum()
        # The gradient of log(chance of what was chosen) by the scores is 1 for that action, less all chances.
        slope = (np.eye(actions)[chosen] - chances) * better[..., None]
        gradient = np.tensordot(observations, slope.astype(np.float32), axes=((0, 1), (0, 1)))
        # Adam, without its corrections: inputs that are rarely seen take steps as large as others'.
        mean, square = 0.9 * mean + 0.1 * gradient, 0.99 * square + 0.01 * gradient**2
        weights += 0.01 * mean / (np.sqrt(square) + 1e-8)
    shown = "  ".join(f"{np.mean(part):.2f}" for part in np.array_split(found, min(10, len(found))))
    print(f"gamma {gamma:.1f}: {shown}  ({time.process_time() - begin:.0f} CPU s)")


for gamma in arguments.gammas:
    train(gamma)
