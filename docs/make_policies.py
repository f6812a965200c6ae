"""Make the trained policies of the package, ``sakana_envs/policies/<id>/<group>/trained.npz``, and their table.

    python docs/make_policies.py                  # train what TRAININGS has and the package hasn't, one after the other
    python docs/make_policies.py --only Squared   # of this task
    python docs/make_policies.py RUNS...          # of these folders, which examples/ppo_fast.py left, or train(...)
    python docs/make_policies.py runs/red --name frozen-2 --mirror    # a co-player, for the other side of a fair task

What was trained is measured in levels that no training sees. Drawn actions or the likeliest ones: the file says to do
what scored higher on the split "validation". A file that is there stays, unless a run scores higher on that split. The
score in the card, and in the table of ``docs/trained.md``, is that of the split "test".
"""

import argparse
import json
import re
import shlex
import subprocess
import sys
import tempfile
from dataclasses import fields
from pathlib import Path

import gymnasium
import numpy as np

import sakana_envs
from sakana_envs.tasks import registry
from sakana_envs.tasks.ids import read_id
from sakana_envs.wrappers.policy_files import FOLDER, read_network

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "trained.md"
sys.path.append(str(ROOT / "examples"))

import fast_policy  # noqa: E402
import ppo_fast  # noqa: E402

SMALL = "--worlds 128 --ticks 16 --minibatch 256 --epochs 3 --learning-rate 0.003 --gamma 0.95"
TRAININGS = {
    "Squared": f"{SMALL} --steps 300000",
    "Gap": f"{SMALL} --steps 300000",
    "Targets": "--worlds 64 --steps 2000000",
    "Commons": "--minibatch 1024 --steps 300000",
    "Tag pursuer": "--steps 2000000",
    "Tag prey": "--steps 2000000",
    "Battle red": "--steps 3000000",
    "Transport": "--worlds 256 --steps 1000000",
    "Flock": "--steps 1500000",
    "Snake": "--steps 4000000",
    "Convert": "--gamma 0.95 --steps 3000000",
    "Herd shepherd": "--gamma 0.95 --steps 3000000",
    "Herd sheep": "--steps 2000000",
    "PredatorPrey predator": "--steps 6000000",
    "PredatorPrey prey": "--steps 6000000",
    "Forage": "--steps 6000000",
    "Assemble": "--steps 8000000",
    "Center": "--steps 10000000",
    "Group": "--steps 8000000",
    "Optimize": "--steps 6000000",
    "Scatter": "--steps 10000000",
    "Spread": "--worlds 170 --steps 3000000",
    "Waterworld": "--worlds 256 --steps 2000000",
    "Navigate": "--worlds 512 --steps 3000000",
}
"""Arguments of the trainer for each task, or task and side, beside ``--hidden 64`` and, of continuous twins, HEADS."""
HEADS = {"Squared": "gaussian"}
"""Heads of the continuous twins; the others' is beta."""
FAIR = ("Battle",)
"""Tasks whose sides can do the same: a run of the first side is mirrored for the other one."""
HARDLY = 0.25
"""A normalised score below which the page says that a task was hardly learned."""
AGENTS = 1024
"""Agents that play for the measured score; half of them choose between drawn and likeliest actions."""
NOT_SAID = ("out", "threads", "device", "tensorboard")


def command(settings):
    """The command that does the same training."""
    words = []
    for field in fields(settings):
        value = getattr(settings, field.name)
        usual = value == field.default and field.name != "env_id"
        if field.name in NOT_SAID or usual or (field.name == "set" and not value):
            continue
        if field.name == "obs" and value == _usual_obs(settings.env_id):
            continue
        words.append(f"--{field.name.replace('_', '-')}")
        words += [] if value is True else map(str, value) if field.name == "set" else [str(value)]
    return shlex.join(["python", "examples/ppo_fast.py", *words])


def _usual_obs(env_id):
    """What the trainer takes unless told."""
    return "bytes" if registry.get(read_id(env_id)[0]).engine.name == "cells" else "flat"


def played(path, settings, split, share=1.0):
    """How well the policy of a file does."""
    more = ppo_fast.sizes_and_numbers(settings) | ({"learners": settings.group} if settings.group else {})
    agents = int(AGENTS * share) // ppo_fast.make_envs(settings, 1).num_envs
    return sakana_envs.evaluate(str(path), settings.env_id, episodes=min(max(agents, 16), 128), split=split, **more)


def seen_in(path, settings):
    """Which numbers of flat observations are ever anything but 0, in some episodes that the policy plays."""
    more = ppo_fast.sizes_and_numbers(settings) | ({"learners": settings.group} if settings.group else {})
    envs = gymnasium.make_vec(settings.env_id, worlds=1, stagger=False, **more).unwrapped
    worlds = max(1, AGENTS // envs.num_envs)
    envs = gymnasium.make_vec(settings.env_id, worlds=worlds, **more).unwrapped
    policy, (observations, _) = sakana_envs.load_policy(path), envs.reset(seed=0)
    seen = np.zeros(observations.shape[1], dtype=bool)
    for _ in range(envs.seats.simulation.sizes["horizon"]):
        seen |= observations.any(axis=0)
        observations = envs.step(policy(observations))[0]
    return seen


def ship(folder, name="trained", mirror=False):
    """Make a file of the package of a run; what was done, in a line."""
    card = json.loads((folder / "policy.json").read_text())
    settings = ppo_fast.Settings(**card["settings"])
    task, twin = read_id(settings.env_id)
    groups = registry.get(task).agent_names
    group = settings.group or groups[0]
    if mirror:
        group = groups[1 - groups.index(group)]
    path = FOLDER / f"{task}-{twin}" / group / f"{name}.npz"
    before = read_network(path).card if path.exists() else {}
    mine = {"command": command(settings), "trainer": "examples/ppo_fast.py", "mirrored": mirror}
    if before.get("command") == mine["command"] and before.get("mirrored") == mirror:
        return f"{path.relative_to(FOLDER)} is this run's"
    mine |= {"id": settings.env_id, "group": group, "settings": ppo_fast.sizes_and_numbers(settings)}
    mine |= {"seed": settings.seed, "steps": card["steps"], "seconds": card["seconds"]}
    envs = ppo_fast.make_envs(settings, 1)
    given = ppo_fast.Settings(**card["settings"] | {"group": settings.group and group})
    with tempfile.TemporaryDirectory() as scratch:
        part = Path(scratch) / "part.npz"
        fast_policy.save_small(fast_policy.load(folder), envs, part, mirror=mirror)
        seen = seen_in(part, given)
        means = {}
        for greedy in (False, True):
            fast_policy.save_small(fast_policy.load(folder, greedy), envs, part, seen, mirror)
            means[greedy] = played(part, given, "validation", 0.5).mean
        greedy = means[True] > means[False]
        if before.get("validation", -1.0) >= means[greedy]:
            return f"{path.relative_to(FOLDER)} stays: {before['validation']:.3f}, and here {means[greedy]:.3f}"
        fast_policy.save_small(fast_policy.load(folder, greedy), envs, part, seen, mirror)
        found = played(part, given, "test")
        mine |= {"validation": round(means[greedy], 4), "score": round(found.mean, 4)}
        mine |= {"score_interval": [round(end, 4) for end in found.episode_interval]}
        mine |= {"normalised": round(found.normalised, 3), "episodes": found.scores.size}
        path.parent.mkdir(parents=True, exist_ok=True)
        fast_policy.save_small(fast_policy.load(folder, greedy), envs, path, seen, mirror, **mine)
    size = path.stat().st_size / 1000
    return f"{path.relative_to(FOLDER)} score {found.mean:.3f}, normalised {found.normalised:.2f}, {size:.0f} kB"


def wanted(only):
    """Task, folder and settings of what the package hasn't yet."""
    for label, words in TRAININGS.items():
        task, _, group = label.partition(" ")
        for twin in registry.TWINS:
            own = group or registry.get(task).agent_names[0]
            if (only and task not in only) or (FOLDER / f"{task}-{twin}" / own / "trained.npz").exists():
                continue
            given = ["--env-id", f"Sakana/{task}-{twin}-v0", "--hidden", "64", "--threads", "1", *words.split()]
            given += ["--group", group] if group else []
            given += ["--head", HEADS.get(task, "beta")] if twin == "Continuous" else []
            yield task, ROOT / "runs" / "policies" / f"{task}-{twin}-{own}", given


def rows():
    """A line of the table for each file."""
    for path in sorted(FOLDER.rglob("trained.npz")):
        policy = read_network(path)
        card, (low, high) = policy.card, policy.card["score_interval"]
        task, twin = read_id(card["id"])
        group = f", {card['group']}" if len(registry.get(task).agent_names) > 1 else ""
        worlds = " ".join(f"{name}={value}" for name, value in card["settings"].items())
        how = f"{policy.head}{'' if policy.sampled else ', likeliest'}"
        yield (
            f"| {task}{group} | {twin} | {worlds} | {card['steps'] / 1e6:.1f} | {card['seconds']:.0f} | {how} | "
            f"{card['score']:.3f} ({low:.3f} to {high:.3f}) | {card['normalised']:.2f} |"
        )


def remarks():
    """What was hardly learned, and what there isn't."""
    hardly, missing = [], []
    for task in registry.names():
        groups = registry.get(task).agent_names
        for twin, group in ((twin, group) for twin in registry.TWINS for group in groups):
            path = FOLDER / f"{task}-{twin}" / group / "trained.npz"
            label = f"{task}-{twin}{f', {group}' if len(groups) > 1 else ''}"
            card = read_network(path).card if path.exists() else None
            if card is None:
                missing.append(label)
            elif card["normalised"] < HARDLY:
                hardly.append(f"{label} ({card['score']:.3f}, normalised {card['normalised']:.2f})")
    if hardly:
        yield f"**Hardly learned**, in the steps that the table says: {'; '.join(hardly)}.\n"
    if missing:
        yield f'**Not trained yet**, so that `"trained"` is an error, or the discrete twin\'s: {"; ".join(missing)}.\n'


def write_table():
    """Write the table into the page."""
    head = [
        "| task | twin | worlds | million steps | seconds | head | score (95 % over episodes) | normalised |",
        "|---|---|---|---|---|---|---|---|",
    ]
    text = "\n".join(["<!-- policies -->", *head, *rows(), "", *remarks(), "<!-- end -->"])
    PAGE.write_text(re.sub(r"<!-- policies -->.*<!-- end -->", lambda _: text, PAGE.read_text(), flags=re.DOTALL))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="*", type=Path, help="folders of runs")
    parser.add_argument("--only", nargs="*", help="tasks to train, all unless given")
    parser.add_argument("--name", default="trained")
    parser.add_argument("--mirror", action="store_true", help="its first two kinds of agents change places")
    parser.add_argument("--table", action="store_true", help="write the table only")
    arguments = parser.parse_args()
    for folder in arguments.runs:
        print(ship(folder, arguments.name, arguments.mirror), flush=True)
    for task, folder, given in wanted(arguments.only) if not (arguments.runs or arguments.table) else ():
        program = [sys.executable, ROOT / "examples" / "ppo_fast.py", "--out", folder]
        subprocess.run([*program, *given], check=True)
        for mirror in (False, True) if task in FAIR else (False,):
            print(ship(folder, mirror=mirror), flush=True)
    if PAGE.exists():
        write_table()


if __name__ == "__main__":
    main()
