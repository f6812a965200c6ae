"""The comparison with other suites: runs without any of them, says which are missing, and reports what it measured."""

import io
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from sakana_envs.tasks import registry

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
NOT_SIZES = {"task", "twin", "worlds", "obs", "face"}
"""What a pair says of ours that isn't the task's."""


@pytest.fixture
def modules(monkeypatch):
    """``benchmarks`` is a folder of scripts, which find each other beside themselves."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def rivals(*words):
    command = [sys.executable, BENCHMARKS / "rivals.py", "--seconds", "0.05", "--repeats", "1", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def test_ours_alone(tmp_path):
    done = rivals("--rivals", "--json", tmp_path / "figures.json")
    assert done.returncode == 0, done.stderr
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert [row["ours"]["worlds"] for row in figures["rows"]] == [1, 8, 64, 512, 4096]
    for row in figures["rows"]:
        assert row["rival"] is None and row["ours"]["worlds"] * row["ours"]["agents"] == 4096
        assert row["ours"]["observation_bytes"] == 121
        assert 0 < row["ours"]["wall"]["lowest"] <= row["ours"]["wall"]["median"] <= row["ours"]["wall"]["highest"]


def test_missing_rivals_are_named(tmp_path):
    bare = tmp_path / "no_such_interpreter"
    done = rivals("--rivals", "vmas", "magent2", "--python", f"vmas={bare}", "--python", f"magent2={sys.executable}")
    assert done.returncode == 0, done.stderr
    assert f"vmas: not installed in {bare}" in done.stdout and "vmas==" in done.stdout
    assert "magent2: not installed" in done.stdout and "pip install magent2==" in done.stdout
    assert "4096 worlds of 1 agent: ours" in done.stdout


def test_wrong_words_are_named():
    assert "RIVAL=PATH" in rivals("--python", "unknown=python").stderr
    assert "invalid choice: 'unknown'" in rivals("--rivals", "unknown").stderr


def test_every_pair_is_of_a_known_rival_and_of_worlds_that_there_are(modules):
    import pairs
    import report
    import rivals

    assert list(rivals.INSTALL) == [name for name in report.NAMES if name != "ours"]
    for pair in pairs.PAIRS:
        assert pair.rival in rivals.INSTALL
        sizes = {name: value for name, value in pair.ours.items() if name not in NOT_SIZES}
        registry.settings(registry.get(pair.ours["task"]), **sizes)  # raises for what a task doesn't take


def row(rival, mine_speed, rival_speed, **shape):
    def spread(value):
        return {"median": value, "lowest": 0.9 * value, "highest": 1.1 * value}

    size = {"worlds": 8, "agents": 512, **shape}
    mine = {
        **size,
        "task": "Forage",
        "twin": "Discrete",
        "height": 9,
        "width": 9,
        "obs": "bytes",
        "observation_bytes": 121,
    }
    theirs = {**size, "system": rival, "title": "world", "observation": "9 int8", "observation_bytes": 9}
    return {
        "ours": {**mine, "wall": spread(mine_speed)},
        "rival": {**theirs, "wall": spread(rival_speed)},
        "ratio": spread(mine_speed / rival_speed),
        "share_of_core": 1.0,
    }


def test_report(modules, tmp_path):
    import report

    (tmp_path / "images").mkdir()
    page = tmp_path / "benchmarks.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    discs = row("sisl", 3e7, 1e7)
    discs["ours"] = {**discs["ours"], "task": "Waterworld", "worlds": 4, "agents": 2, "observation_bytes": 968}
    del discs["ours"]["obs"]
    results = {
        "machine": {"processor": "abacus"},
        "repeats": 3,
        "seconds": 0.5,
        "systems": {"ours": {"version": "1.2"}, "vmas": {"version": "3.4"}, "mpe2": {"missing": "no module"}},
        "rows": [row("vmas", 5e7, 5e6), row("vmas", 2e7, 1e3, worlds=3), row("pufferlib", 4e7, 2e7), discs],
    }
    report.write(results, tmp_path)
    text = page.read_text()
    assert text.startswith("before\n") and text.endswith("\nafter\n") and "old" not in text
    assert "sakana_envs 1.2, VMAS 3.4." in text and "MPE2" not in text
    assert (
        text.index("VMAS world |")
        < text.index("PufferLib world |")
        < text.index("VMAS world, 3 worlds of 512 agents |")
    )
    assert text.index("**Worlds of discs**") < text.index("PettingZoo SISL world, 8 worlds of 512 agents |")
    assert "| Waterworld-Discrete, 4 worlds of 2 agents, 968 B |" in text
    assert "| 50.0 (45.0 to 55.0) | **10.0** (9.0 to 11.0) |" in text and "**20,000**" in text
    assert (tmp_path / "images" / "rivals.png").stat().st_size > 10_000
    report.write(results, tmp_path)
    assert page.read_text() == text


def test_turns_with_the_most_of_the_core_are_kept(modules):
    import rivals
    from pairs import Pair

    class Scripted:
        """Answers as a worker does, with a core that something else takes half of every second time."""

        def __init__(self, steps):
            self.steps, self.measured = steps, 0

        def ask(self, make=None, measure=None):
            if make is not None:
                return {"worlds": 1, "agents": 1, "observation": "", "observation_bytes": 1}
            self.measured += 1
            wall = 2.0 if self.measured % 2 else 1.0
            return {"agent_steps": self.steps, "wall_seconds": wall, "processor_seconds": 1.0}

    workers = {"ours": Scripted(600), "vmas": Scripted(200)}
    options = type("Options", (), {"repeats": 2, "seconds": 1.0})
    measured = rivals.measure(Pair("vmas", "world", {}, {}), {}, workers, options)
    assert workers["ours"].measured == workers["vmas"].measured == 4
    assert measured["ours"]["wall"] == {"median": 600, "lowest": 600, "highest": 600}
    assert measured["rival"]["wall"]["median"] == 200 and measured["ratio"]["median"] == 3
    assert measured["share_of_core"] == 1


def test_a_world_is_built_anew_only_if_it_is_another_one(modules, monkeypatch):
    import worker
    from systems import Batch

    built = []

    def make(size):
        built.append(size)
        if size == 0:
            raise ValueError("no room")
        return Batch(lambda ticks: ticks * size, 1, size, "", 1, block=1)

    monkeypatch.setitem(sys.modules, "systems.scripted", SimpleNamespace(version=lambda: "1", make=make))
    asked = [{"make": {"size": size}} for size in (3, 3, 5, 0, 5)]
    answers = io.StringIO()
    worker.serve("scripted", map(json.dumps, asked), answers)
    _, *said = map(json.loads, answers.getvalue().splitlines())
    assert built == [3, 5, 0, 5]
    assert [answer.get("agents") for answer in said] == [3, 3, 5, None, 5] and "no room" in said[3]["failed"]
