"""Train stock PPO for a minute on each of five games; writes ``docs/games.json`` and the table of ``docs/games.md``.

python docs/make_games.py                # all, some ten minutes on one CPU core
python docs/make_games.py --only Battle  # these anew, the rest of the file stays
python docs/make_games.py --only         # train nothing, write the page's table only
"""

import argparse
import json
import re
import time
from pathlib import Path
from typing import NamedTuple

import gymnasium
import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import VecNormalize

import sakana_envs
from sakana_envs.tasks import registry

FILE = Path(__file__).with_name("games.json")
PAGE = Path(__file__).with_name("games.md")
SEEDS = (0, 1)
ROWS = 128
EVALUATION_SEED = 1_000_000
EVALUATION_WORLDS = 16


class Training(NamedTuple):
    """The side that learns, the preset, agent-steps, and what of PPO isn't as all have it."""

    group: str
    preset: str
    steps: int
    settings: dict = {}


TRAININGS = {
    "Battle": Training("red", "small", 196_608),
    "Commons": Training("agent", "default", 131_072),
    "Convert": Training("agent", "small", 262_144, {"learning_rate": 1e-3, "gamma": 0.95}),
    "Herd": Training("shepherd", "small", 393_216, {"learning_rate": 1e-3, "gamma": 0.95}),
    "Snake": Training("agent", "default", 196_608),
}


def learners_of(task):
    """How many agents of a world learn, and what says so to ``make``."""
    record, training = registry.get(task), TRAININGS[task]
    agents = registry.settings(record, preset=training.preset).sizes["agents"]
    count = sum(record.group_of(agent, agents) == training.group for agent in range(agents))
    return count, {"preset": training.preset} | ({"learners": training.group} if count < agents else {})


def evaluate(task, act):
    """The mean score of all learners in first episodes of worlds that no training sees; ``act(env, observations)``."""
    learners, chosen = learners_of(task)
    env = gymnasium.make_vec(f"Sakana/{task}-Discrete-v0", num_envs=EVALUATION_WORLDS * learners, **chosen)
    observations, _ = env.reset(seed=EVALUATION_SEED)
    scores = np.full(env.num_envs, np.nan)
    while np.isnan(scores).any():
        observations, *_, info = env.step(act(env, observations))
        if "score" in info:
            scores = np.where(info["_score"] & np.isnan(scores), info["score"], scores)
    return round(float(scores.mean()), 4)


def train(task, seed, steps=None):
    """Scores of random, trained and scripted agents, and the CPU seconds that the training took."""
    training, (learners, chosen) = TRAININGS[task], learners_of(task)
    rows = learners * max(1, ROWS // learners)
    env = sakana_envs.SB3VecEnv(f"Sakana/{task}-Discrete-v0", num_envs=rows, **chosen)
    env = VecNormalize(env, norm_obs=False, gamma=training.settings.get("gamma", 0.99))
    model = PPO("MlpPolicy", env, n_steps=128, batch_size=2048, seed=seed, device="cpu", **training.settings)
    began = time.process_time()
    model.learn(steps or training.steps)
    return {
        "task": task,
        "seed": seed,
        "seconds": round(time.process_time() - began),
        "random": evaluate(task, lambda env, observations: env.policy_actions("random")),
        "trained": evaluate(task, lambda env, observations: model.predict(observations)[0]),
        "scripted": evaluate(task, lambda env, observations: env.policy_actions("scripted")),
    }


def table(runs):
    """The page's table: a row for each task, its seeds side by side."""
    lines = [
        "| task | side | preset | agent-steps | CPU seconds | beside the stock | random | trained | scripted |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for task, training in TRAININGS.items():
        chosen = [run for run in runs if run["task"] == task]
        seconds, trained = (", ".join(str(run[name]) for run in chosen) for name in ("seconds", "trained"))
        settings = ", ".join(f"`{name}={value:g}`" for name, value in training.settings.items())
        scores = (str(chosen[0][name]) for name in ("random", "scripted")) if chosen else ("", "")
        random, scripted = scores
        lines.append(
            f"| {task} | {training.group} | {training.preset} | {training.steps:,} | {seconds} | {settings} "
            f"| {random} | {trained} | {scripted} |"
        )
    return "\n".join(lines)


def read():
    """What was measured before."""
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else []


def write(runs):
    """The file, and the table of the page."""
    runs.sort(key=lambda run: (run["task"], run["seed"]))
    FILE.write_text("[\n" + ",\n".join(json.dumps(run) for run in runs) + "\n]\n", encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    page = re.sub(
        "(<!-- trainings -->\n).*?(\n<!-- end -->)", lambda found: found[1] + table(runs) + found[2], page, flags=re.S
    )
    PAGE.write_text(page, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=list(TRAININGS), choices=list(TRAININGS), metavar="TASK")
    parser.add_argument("--seeds", nargs="*", type=int, default=SEEDS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    for seed in arguments.seeds:
        for task in arguments.only:
            result = train(task, seed)
            print(result, flush=True)
            write([run for run in read() if (run["task"], run["seed"]) != (task, seed)] + [result])
    write(read())


if __name__ == "__main__":
    main()
