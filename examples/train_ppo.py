"""Train Stable-Baselines3's PPO on a task's twins. Every agent of a world is a row of the batch; all share a policy.

    python examples/train_ppo.py                                        # both twins, a few minutes on a CPU
    python examples/train_ppo.py --twin Discrete --seeds 3 --timesteps 1000000

Prints a table of returns and scores, and writes a learning curve and videos of the trained agents to ``runs/``.
"""

import argparse
from pathlib import Path

import gymnasium
import imageio
import numpy as np
import torch
from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import VecMonitor

import sakana_envs

ROLLOUT = 128  # ticks between two updates
COLOURS = {"Discrete": "#0072b2", "Continuous": "#d55e00"}


def count_agents(env_id):
    return len(sakana_envs.parallel_env(env_id).possible_agents)


class Curve(BaseCallback):
    """Keeps every tick's reward, the mean over agents."""

    def _on_training_start(self):
        self.rewards = []

    def _on_step(self):
        self.rewards.append(self.locals["rewards"].mean())
        return True


def evaluate(env_id, act, worlds=4):
    """Play an episode in worlds of which training saw none; return, score and length for each agent (3, rows)."""
    env = gymnasium.make_vec(env_id, num_envs=worlds * count_agents(env_id))
    observations, info = env.reset(seed=1_000_000)
    while "score" not in info:
        observations, _, _, _, info = env.step(act(env, observations))
    return np.stack([info["episode_return"], info["score"], info["episode_length"]])


def train(env_id, seed, timesteps):
    agents = count_agents(env_id)
    env = VecMonitor(sakana_envs.SB3VecEnv(env_id, num_envs=max(128 // agents, 1) * agents))
    # Stock, except for sizes that suit many environments: shorter rollouts, and fewer, larger minibatches.
    model = PPO("MlpPolicy", env, n_steps=ROLLOUT, batch_size=2048, seed=seed, device="cpu")
    before = evaluate(env_id, lambda _, observations: model.predict(observations)[0])
    curve = Curve()
    model.learn(timesteps, callback=curve, progress_bar=True)
    after = evaluate(env_id, lambda _, observations: model.predict(observations)[0])
    return model, curve, before, after


def film(env_id, model, path, ticks=150):
    """A world small enough to look at, about as crowded as in training; what moves leaves a fading trail."""
    agents = count_agents(env_id) // 7
    env = gymnasium.make_vec(env_id, num_envs=agents, agents=agents, height=48, width=48, render_mode="rgb_array")
    observations, _ = env.reset(seed=0)
    images = [env.render()[0]]
    for _ in range(ticks):
        observations = env.step(model.predict(observations)[0])[0]
        image = env.render()[0]
        ground = image.max(axis=2, keepdims=True) < 40
        images.append(np.where(ground, np.maximum(image, images[-1] * 0.75), image).astype(np.uint8))
    imageio.mimsave(path, images, duration=1000 / env.metadata["render_fps"], loop=0)


def show(results):
    table = Table("twin", "policy", title="mean ± standard deviation over agents")
    table.add_column("return", justify="right")
    table.add_column("score", justify="right")
    for (twin, policy), (returns, scores, _) in results.items():
        cells = [
            f"{values.mean():.{digits}f} ± {values.std():.{digits}f}" for values, digits in ((returns, 1), (scores, 2))
        ]
        table.add_row(twin, policy, *cells, end_section=policy == "trained PPO")
    Console().print(table)


def plot(title, curves, results, path):
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for index, (twin, runs) in enumerate(curves.items()):
        rewards = np.array([run.rewards for run in runs]).reshape(len(runs), -1, ROLLOUT).mean(axis=2)
        returns = rewards * results[twin, "random"][2].mean()
        steps = np.arange(1, returns.shape[1] + 1) * ROLLOUT * runs[0].training_env.num_envs / 1000
        axes.plot(steps, returns.T, color=COLOURS[twin], alpha=0.25, linewidth=1)
        axes.plot(steps, returns.mean(axis=0), color=COLOURS[twin], linewidth=2.5, label=f"PPO, {twin.lower()}")
        for policy, dash in (("scripted", 5), ("random", 1)):
            level = results[twin, policy][0].mean()
            # Where the twins' levels are the same, their dashes take turns.
            style = (dash * index, (dash, dash))
            axes.axhline(level, color=COLOURS[twin], linestyle=style, label=f"{policy}, {twin.lower()}")
    axes.set(title=title, xlabel="thousand agent-steps", ylabel="return of an episode", xlim=(0, None), ylim=(0, None))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    figure.savefig(path, dpi=150)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", default="Forage")
    parser.add_argument("--twin", default="both", choices=("Discrete", "Continuous", "both"))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--timesteps", type=int, default=500_000)
    parser.add_argument("--out", type=Path, default=Path("runs"))
    arguments = parser.parse_args()
    # Networks this small gain nothing from more threads, and lose much where something else computes beside them.
    torch.set_num_threads(1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    curves, results = {}, {}
    for twin in COLOURS if arguments.twin == "both" else (arguments.twin,):
        env_id = f"Sakana/{arguments.task}-{twin}-v0"
        for policy in ("random", "scripted"):
            results[twin, policy] = evaluate(env_id, lambda env, _, policy=policy: env.policy_actions(policy))
        runs = []
        for seed in range(arguments.seeds):
            print(f"training PPO on {env_id}, seed {seed}")
            runs.append(train(env_id, seed, arguments.timesteps))
        curves[twin] = [curve for _, curve, _, _ in runs]
        results[twin, "untrained PPO"] = np.hstack([before for _, _, before, _ in runs])
        results[twin, "trained PPO"] = np.hstack([after for _, _, _, after in runs])
        film(env_id, runs[0][0], arguments.out / f"{arguments.task}-{twin}.gif")
    show(results)
    plot(arguments.task, curves, results, arguments.out / f"{arguments.task}.png")
    print(f"the learning curve and the videos are in {arguments.out}/")


if __name__ == "__main__":
    main()
