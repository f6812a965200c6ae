"""Registering a task of one's own checks its rules once, and not in every process."""

import os
import subprocess
import sys
from pathlib import Path
from types import FunctionType, ModuleType

import pytest
from numba.core import event

import sakana_envs
from sakana_envs.core import disk_cache
from sakana_envs.tasks import check


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder of the cache."""
    monkeypatch.setenv("SAKANA_CACHE_DIR", str(tmp_path / "cache"))
    return disk_cache.folder()


MINE = """
import sys, time
import gymnasium
from numba.core import event
import numpy as np
import prices
import sakana_envs
from sakana_envs.rules import spawn_uniform

recorder = event.RecordingListener()
event.register("numba:compile", recorder)

def reward(world, agent):
    return prices.FOOD

start = time.perf_counter()
ids = sakana_envs.register(sakana_envs.Task(name="Mine", init=spawn_uniform, reward=reward))
checked = len(recorder.buffer)
print(time.perf_counter() - start, file=sys.stderr)
env = gymnasium.make_vec(ids[0], num_envs=2, agents=2, height=8, width=8)
env.reset(seed=1)
print(env.step(np.zeros(2, dtype=int))[1].sum(), checked > 0, len(recorder.buffer) > checked)
"""


def test_a_users_task_is_checked_and_compiled_once(tmp_path):
    """Two processes, the second of which finds all on disk, and two more after an edit, one that is wrong."""
    (tmp_path / "mine.py").write_text(MINE)

    def run(prices):
        (tmp_path / "prices.py").write_text(prices)
        environment = {**os.environ, "SAKANA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
        environment["PYTHONPATH"] = os.pathsep.join([str(Path(sakana_envs.__file__).parent.parent), str(tmp_path)])
        command = [sys.executable, str(tmp_path / "mine.py")]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
        return done.stdout.strip() or done.stderr.strip()

    assert run("FOOD = 1.0") == "2.0 True True"
    assert run("FOOD = 1.0") == "2.0 False False"
    assert run("FOOD = 2.0") == "4.0 True True"
    for _ in range(2):
        assert "reward(world, agent) must return a number" in run("FOOD = 'much'")
    assert run("FOOD = 2.0") == "4.0 False False"


def right(world, agent):
    return 1.0


def other(world, agent):
    return 2.0


def wrong(world, agent):
    return "much"


def init(world):
    pass


@pytest.mark.parametrize(
    ("change", "again"),
    [
        ({}, False),
        ({"description": "Another."}, False),
        ({"reward": other}, True),
        ({"score": right}, True),
        ({"name": "OnceMore"}, True),
        ({"numbers": {"price": sakana_envs.Number(1, 0, 2)}}, True),
        ({"memory": {"tally": sakana_envs.Field("agent", int)}}, True),
    ],
)
def test_what_was_checked_is_remembered(folder, change, again):
    def compiles(**parts):
        parts = {"name": "Once", "init": init, "reward": right, **parts}
        # New functions of the same code: those that this process has compiled it doesn't compile again.
        parts = {
            name: FunctionType(part.__code__, part.__globals__) if isinstance(part, FunctionType) else part
            for name, part in parts.items()
        }
        with event.install_recorder("numba:compile") as recorder:
            check.check_rules(sakana_envs.Task(**parts))
        return len(recorder.buffer) > 0

    assert compiles()
    assert compiles(**change) == again
    assert not compiles()


def test_what_is_wrong_is_not_remembered(folder):
    task = sakana_envs.Task(name="Wrong", init=init, reward=wrong)
    for _ in range(2):
        with pytest.raises(check.RuleError, match="must return a number"):
            check.check_rules(task)
    assert not list(folder.glob("*.checked"))


def test_another_check_finds_nothing_remembered(folder, monkeypatch, tmp_path):
    task = sakana_envs.Task(name="Once", init=init, reward=right)
    check.check_rules(task)
    (tmp_path / "check.py").write_text("another")
    monkeypatch.setattr(check, "__file__", str(tmp_path / "check.py"))
    check.check_rules(task)
    assert len(list(folder.glob("once-*.checked"))) == 2


def test_what_has_no_fingerprint_is_checked_each_time(folder):
    module = ModuleType("unheard_of")
    module.price = 3.25

    def reward(world, agent):
        alias = module
        return alias.price

    check.check_rules(sakana_envs.Task(name="Odd", init=init, reward=reward))
    assert not list(folder.glob("*.checked"))
