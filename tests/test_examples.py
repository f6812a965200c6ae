"""Every example runs as a user would run it, training ones with a tiny budget; the tutorial lists the vocabulary."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sakana_envs import rules

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
ARGUMENTS = {
    "train_ppo.py": ["--task", "Center", "--twin", "Discrete", "--timesteps", "8192", "--out", "runs"],
    "ppo_cleanrl_style.py": ["--timesteps", "16384"],
    "custom_map.py": ["--out", "runs"],
    "maze_curriculum.py": ["--steps", "8192", "--seeds", "0", "--plot", "--out", "runs"],
}
PRINTS = {
    "custom_map.py": ["two_rooms.png: ", "maze.png: ", "can't be reached from the others"],
    "custom_task.py": ["Sakana/Meadow-Continuous-v0", "scripted score 0."],
    "go_explore.py": ["random walk: 119 of 287 cells", "Go-Explore: 287 of 287 cells", "the last tick eats it: True"],
    "maze_curriculum.py": ["uniform, seed 0: after    8192 steps", "curriculum, seed 0: after    8192 steps"],
    "train_ppo.py": ["trained PPO"],
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


def test_the_tutorial_lists_the_whole_vocabulary():
    page = (ROOT / "docs" / "custom_tasks.md").read_text()
    table = page[page.index("## What rules are written with") : page.index("## Numbers, memory")]
    listed = set(re.findall(r"`(\w+)", table)) & set(vars(rules))
    assert listed == set(rules.__all__)
