"""One run of the study: trains, and prints a row for ``runs.csv`` and those for ``curves.csv`` as JSON.

python studies/twins/one.py Forage beta run 1 learning_rate=0.001 entropy=0.01
"""

import json
import os
import sys
import time
from pathlib import Path

import numpy as np
import plan

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples"))
import ppo_fast
from fast_policy import Player

import sakana_envs

COLUMNS = (
    *("problem", "arm", "stage", "seed", "learning_rate", "entropy", "steps", "seconds", "cpu_seconds", "sampled"),
    *("greedy", "entropy_before", "entropy_after", "way_before", "way_after"),
)
"""Of ``runs.csv``; a search has no more than it needs."""
POINTS = 25
"""So many at most has a curve."""
ROWS = 2048
"""Agents in all episodes of an evaluation, about."""
LOOK = 16
"""Ticks over which is measured how far agents get."""


def settings_of(problem, arm, stage, seed, chosen):
    twin, head = plan.ARMS[arm]
    steps = int(problem.steps * (plan.SEARCH_SHARE if stage == "search" else 1))
    env_id = f"Sakana/{problem.task}-{twin}-v0"
    given = {"hidden": plan.HIDDEN, **problem.settings, **chosen}
    folder = Path(os.environ.get("STUDY_POLICIES", "runs")) / f"{problem.label}-{arm}-{stage}-{seed}"
    return ppo_fast.Settings(env_id, head, steps, seed=seed, threads=1, out=str(folder), **given)


def positions(envs):
    """Where the agents that learn are, (rows, 2), in cells or metres."""
    simulation = envs.seats.simulation
    fields = [simulation.view(name)[:, : simulation.agents] for name in simulation.program.engine.whereabouts]
    if len(fields) == 1:
        fields = np.divmod(fields[0].astype(int), simulation.view("cells").shape[2])
    return np.stack(fields, axis=-1).astype(float).reshape(-1, len(fields))[envs.seats.learners]


def held_out(trainer, greedy=False):
    """What levels of the test split score, by drawn actions or by the likeliest ones: the mean over episodes."""
    settings = trainer.settings
    given = ppo_fast.sizes_and_numbers(settings) | {"learners": settings.group or None}
    episodes = max(8, ROWS // trainer.envs.seats.simulation.agents)
    player = Player(trainer.policy, trainer.card, greedy)
    given |= {"episodes": episodes, "obs": settings.obs, "threads": settings.threads}
    return float(sakana_envs.evaluate(player, settings.env_id, **given).mean)


def behaviour(trainer):
    """What the policy's motions are like: their entropy in nats, and how far they lead within 16 ticks.

    Both twins are measured alike: an action of the box counts as the nearest one of the discrete twin, and the way is
    the straight one.
    """
    envs = ppo_fast.make_envs(trainer.settings, 16)
    player = Player(trainer.policy, trainer.card)
    observations, _ = envs.reset(seed=7)
    table, starts = envs.seats.actions.table, positions(envs)
    counts = np.zeros(len(table))
    for _ in range(LOOK):
        actions = player(observations)
        nearest = actions if actions.ndim == 1 else np.square(actions[:, None] - table).sum(2).argmin(1)
        counts += np.bincount(nearest, minlength=len(table))
        observations = envs.step(actions)[0]
    shares = counts[counts > 0] / counts.sum()
    way = np.linalg.norm(positions(envs) - starts, axis=-1).mean()
    return -float((shares * np.log(shares)).sum()), float(way)


def train(problem, arm, stage, seed, chosen):
    """The rows of a run."""
    trainer = ppo_fast.Trainer(settings_of(problem, arm, stage, seed, chosen))
    about = {"problem": problem.label, "arm": arm, "stage": stage, "seed": seed, **chosen}
    run = dict.fromkeys(COLUMNS) | about
    run["entropy_before"], run["way_before"] = behaviour(trainer)
    of_update = trainer.settings.ticks * trainer.envs.num_envs
    updates = -(-trainer.settings.steps // of_update)
    curve, recent, began, cpu = [], [], time.perf_counter(), time.process_time()
    for update in range(updates):
        batch, scores = trainer.collect()
        trainer.learn(batch, 1 - update / updates)
        recent += scores
        if recent and (update + 1) * POINTS // updates > update * POINTS // updates:
            curve.append(about | {"steps": (update + 1) * of_update, "score": float(np.mean(recent))})
            recent = []
    run |= {
        "steps": updates * of_update,
        "seconds": time.perf_counter() - began,
        "cpu_seconds": time.process_time() - cpu,
    }
    run["sampled"] = held_out(trainer)
    if stage == "run":
        run["greedy"] = held_out(trainer, greedy=True)
        run["entropy_after"], run["way_after"] = behaviour(trainer)
        trainer.card |= {name: run[name] for name in ("steps", "seconds", "sampled", "greedy")}
        trainer.save()
    return run, curve


def short(row):
    return {name: float(f"{value:.4g}") if isinstance(value, float) else value for name, value in row.items()}


def main():
    label, arm, stage, seed, *chosen = sys.argv[1:]
    problem = next(each for each in (*plan.PROBLEMS, *plan.SCORES) if each.label == label)
    chosen = {name: float(value) for name, value in (each.split("=") for each in chosen)}
    run, curve = train(problem, arm, stage, int(seed), chosen)
    print(json.dumps([short(run), [short(point) for point in curve]]))


if __name__ == "__main__":
    main()
