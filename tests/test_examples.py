"""Every example runs as a user would run it, training ones with a tiny budget; the tutorial lists the vocabulary."""

import json
import os
import re
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from sakana_envs import rules

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
ARGUMENTS = {
    "train_ppo.py": ["--task", "Center", "--twin", "Discrete", "--timesteps", "8192", "--out", "runs"],
    "ppo_cleanrl_style.py": ["--timesteps", "16384"],
    "custom_map.py": ["--out", "runs"],
    "first_minute.py": ["--steps", "4096", "--runs", "2", "--out", "runs"],
    "learn_squared.py": ["--steps", "8192"],
    "policy_gradient.py": ["--updates", "12", "--gammas", "0.9"],
    "ppo_fast.py": ["--steps", "16384", "--worlds", "2", "--out", "runs"],
    "probe_ppo.py": ["Bandit"],
    "maze_curriculum.py": ["--steps", "8192", "--seeds", "0", "--plot", "--out", "runs"],
    "self_play.py": ["--rounds", "2", "--steps", "512", "--worlds", "2", "--choose", "rating", "--out", "runs"],
    "self_play_fast.py": ["--rounds", "2", "--steps", "512", "--worlds", "2", "--out", "runs"],
    "what_changed.py": ["near", "--steps", "4096", "--seeds", "0"],
}
PRINTS = {
    "custom_map.py": ["two_rooms.png: ", "maze.png: ", "can't be reached from the others"],
    "custom_task.py": ["Sakana/Meadow-Continuous-v0", "scripted score 0."],
    "first_minute.py": ["normalised  0.00; random", "played      2 runs of 128 episodes", "trained: runs/", "seconds"],
    "go_explore.py": ["random walk: 119 of 287 cells", "Go-Explore: 287 of 287 cells", "the last tick eats it: True"],
    "learn_gap.py": ["blank 1, reward: not yet", "blank 2, feature: not yet", "blank 3, score: not yet"],
    "learn_squared.py": ["before: score 0.", "after:  score 0."],
    "maze_curriculum.py": ["uniform, seed 0: after    8192 steps", "curriculum, seed 0: after    8192 steps"],
    "policy_gradient.py": ["gamma 0.9: 0."],
    "ppo_fast.py": ["16,384 steps  score ", "greedy score 0."],
    "probe_ppo.py": ["ProbeBandit-Discrete: score 1.00", "ProbeBandit-Continuous: score "],
    "self_play.py": ["round 2, prey: reward", "matches won", "self-play"],
    "self_play_fast.py": ["round 2, prey: score 0.", "CPU seconds", "matches won", "self-play"],
    "train_ppo.py": ["trained PPO"],
    "what_changed.py": ["trained in  before  after", "near        0."],
}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_example_runs(example, tmp_path):
    result = subprocess.run(
        [sys.executable, example, *ARGUMENTS.get(example.name, [])],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=500,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert result.returncode == 0, result.stderr[-4000:]
    for text in PRINTS.get(example.name, []):
        assert text in result.stdout
    assert not list(tmp_path.glob("*.*")), "files belong into the folder that was named"


def test_the_example_of_a_task_is_short():
    text = (ROOT / "examples" / "custom_task.py").read_text()
    task = text[text.index("def init") : text.index("\n", text.index("sakana_envs.register"))]
    assert len([line for line in task.splitlines() if line.strip()]) <= 25


def test_the_page_of_levels_says_what_was_measured_in_mazes():
    results = json.loads((ROOT / "docs" / "images" / "maze_curriculum.json").read_text())
    arms = results["mean, low, high"]
    assert sorted((run["arm"], run["seed"]) for run in results["runs"]) == sorted(product(arms, range(5)))
    curves = {arm: np.array([run["curve"] for run in results["runs"] if run["arm"] == arm]) for arm in arms}
    steps = curves["uniform"][0, :, 0].astype(int).tolist()
    page = (ROOT / "docs" / "levels.md").read_text()
    table = [line.strip("| ").split(" | ") for line in page.splitlines() if re.match(r"\| \d+,\d+ \|", line)]
    assert len(table) == 4
    for at, *cells in table:
        point = steps.index(int(at.replace(",", "")))
        for cell, (arm, summary) in zip(cells, arms.items(), strict=True):
            mean, low, high = (values[point] for values in summary)
            assert cell == f"{mean:.2f} ({low:.2f} to {high:.2f})"
            assert abs(curves[arm][:, point, 1].mean() - mean) < 1e-4
            assert (curves[arm][:, point, 0] == steps[point]).all()


def test_the_tutorial_lists_the_whole_vocabulary():
    page = (ROOT / "docs" / "custom_tasks.md").read_text()
    table = page[page.index("## What rules are written with") : page.index("## Numbers, memory")]
    listed = set(re.findall(r"`(\w+)", table)) & set(vars(rules))
    assert listed == set(rules.__all__)
