"""Change one thing of a world, train anew, and compare: Scatter with other starts, lives, episodes and views.

python examples/what_changed.py
python examples/what_changed.py crowded uniform --seeds 2 3 4
"""

import argparse
import time
from dataclasses import replace

import gymnasium
import numpy as np
import torch
from stable_baselines3 import PPO

import sakana_envs
from sakana_envs.rules import *
from sakana_envs.tasks import scatter

FIRST = {"agents": 16, "height": 32, "width": 32, "radius": 5, "spacing": 1, "lifespan": 0, "horizon": 512}
CHANGES = {
    "crowded": {},
    "spaced": {"spacing": 4},
    "uniform": {"spacing": 0},
    "lifespan": {"lifespan": 64},
    "short": {"horizon": 64},
    "near": {"radius": 3},
}
"""What each world has otherwise than the first one."""


def init(world):
    """A square of agents in the middle, each ``spacing`` cells from the next; 0: anywhere."""
    if world.spacing == 0.0:
        spawn_uniform(world)
        return
    side = int(np.ceil(np.sqrt(world.agents)))
    for agent in range(world.agents):
        row = world.height // 2 + int(world.spacing) * (agent // side - side // 2)
        col = world.width // 2 + int(world.spacing) * (agent % side - side // 2)
        place_agent_near(world, agent, row, col)


# All but the start is Scatter's own.
NUMBERS = {"spacing": Number(1, 0, 16, "cells between agents")}
TASK = replace(scatter.TASK, name="Starts", init=init, numbers=NUMBERS, presets={"default": {}})
ENV_ID = "Sakana/Starts-Discrete-v0"


def score(model, world, radius):
    """The mean score of an episode in 16 worlds that weren't trained in, of a model that sees ``radius`` cells."""
    envs = gymnasium.make_vec(ENV_ID, worlds=16, obs="planes", **world)
    observations, info = envs.reset(seed=1_000_000)
    seen = slice(world["radius"] - radius, world["radius"] + radius + 1)  # a model that sees less is shown the middle
    while "score" not in info:
        observations = observations[:, :, seen, seen].reshape(envs.num_envs, -1)
        observations, _, _, _, info = envs.step(model.predict(observations)[0])
    envs.close()
    return info["score"].mean()


def train(change, seed, steps):
    """Scores before and after training in a changed world, and after it in the first one."""
    world = FIRST | CHANGES[change]
    env = sakana_envs.SB3VecEnv(ENV_ID, num_envs=128, **world)
    sizes = {"n_steps": 32, "batch_size": 512, "learning_rate": 1e-3, "gamma": 0.9}
    model = PPO("MlpPolicy", env, seed=seed, device="cpu", **sizes)
    before = score(model, world, world["radius"])
    model.learn(steps)
    return before, score(model, world, world["radius"]), score(model, FIRST, world["radius"])


def main():
    """A line for each world: the mean over seeds, and the lowest and the highest of them."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("changes", nargs="*", default=list(CHANGES), metavar="change", help=", ".join(CHANGES))
    parser.add_argument("--steps", type=int, default=98_304, help="actions of all agents together")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    arguments = parser.parse_args()
    if unknown := set(arguments.changes) - set(CHANGES):
        parser.error(f"there is no change {', '.join(sorted(unknown))}; there are {', '.join(CHANGES)}")
    torch.set_num_threads(1)
    sakana_envs.register(TASK)
    print("trained in  before  after               in the first world")
    for change in arguments.changes:
        begin = time.process_time()
        before, after, first = np.array([train(change, seed, arguments.steps) for seed in arguments.seeds]).T
        seconds = time.process_time() - begin
        after, first = (f"{each.mean():.2f} ({each.min():.2f} to {each.max():.2f})" for each in (after, first))
        print(f"{change:10}  {before.mean():.2f}    {after}  {first}  {seconds:3.0f} CPU s", flush=True)


if __name__ == "__main__":
    main()
