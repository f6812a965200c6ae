"""The study of twins: its page is what its results make, and what stopped goes on."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("matplotlib")
ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "studies" / "twins"))

import figures  # noqa: E402
import one  # noqa: E402
import plan  # noqa: E402
import run  # noqa: E402

import sakana_envs  # noqa: E402

SMALL = plan.Problem("Targets", 1024, {"worlds": 2, "ticks": 8, "minibatch": 64, "set": ("horizon=16",)})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where a study begins."""
    for name in ("RUNS", "CURVES"):
        monkeypatch.setattr(run, name, tmp_path / f"{name.lower()}.csv")
    monkeypatch.setenv("STUDY_POLICIES", str(tmp_path / "policies"))
    return tmp_path


def test_the_page_is_made_of_the_results(tmp_path):
    page = ROOT / "docs" / "twins.md"
    text = page.read_text(encoding="utf-8")
    assert figures.fill(text, run.read(run.RUNS)) == text, "python studies/twins/figures.py"
    figures.curves(run.read(run.CURVES), tmp_path / "curves.svg")
    assert (tmp_path / "curves.svg").read_text().count("<path") > 50


def test_results_are_of_the_plan():
    """No problem, arm or seed that the plan doesn't have, none twice, and the settings that the search chose."""
    runs = run.read(run.RUNS)
    problems = {each.label: each for each in (*plan.PROBLEMS, *plan.SCORES)}
    keys = [(each["problem"], each["arm"], each["stage"], each["seed"], *settings(each)) for each in runs]
    assert len(set(keys)) == len(keys) > 0
    for each in runs:
        problem = problems[each["problem"]]
        assert each["arm"] in problem.arms
        if each["stage"] == "run":
            assert int(each["seed"]) in plan.SEEDS
            assert dict(zip(plan.SEARCH[0], settings(each), strict=True)) == run.best(problem, each["arm"], runs)
            assert problem.steps <= int(each["steps"]) < problem.steps * 1.05 + 70_000
        assert 0 <= float(each["sampled"]) <= 1.5


def settings(row):
    return [float(row[name]) for name in plan.SEARCH[0]]


def test_a_run_and_its_curve(folder):
    row, curve = one.train(SMALL, "beta", "run", 3, {"learning_rate": 0.001, "entropy": 0.0})
    assert tuple(row) == one.COLUMNS
    assert (row["problem"], row["arm"], row["seed"], row["steps"]) == ("Targets", "beta", 3, 1024)
    assert [point["steps"] for point in curve] == sorted({point["steps"] for point in curve})
    assert all(0 <= point["score"] <= 1 for point in curve) and 0 <= row["greedy"] <= 1
    assert 0 < row["entropy_before"] <= np.log(9)
    card = json.loads((folder / "policies" / "Targets-beta-run-3" / "policy.json").read_text())
    assert card["sampled"] == row["sampled"] and card["settings"]["hidden"] == plan.HIDDEN


def test_what_is_there_is_not_run_again(folder, monkeypatch):
    """The search first, its best for all seeds, each of them once, whatever was stopped between."""
    played = []

    def process(arguments, **_):
        label, arm, stage, seed, *chosen = arguments[2:]
        given = {name: float(value) for name, value in (each.split("=") for each in chosen)}
        played.append((stage, int(seed), given))
        row = dict.fromkeys(one.COLUMNS) | {"problem": label, "arm": arm, "stage": stage, "seed": int(seed), **given}
        row |= {"sampled": given["learning_rate"] + given["entropy"], "cpu_seconds": 1}
        fails = len(played) == 3  # as a process that was killed
        return SimpleProcess(int(fails), json.dumps([row, [row | {"steps": 1, "score": 0.5}]]))

    monkeypatch.setattr(run.subprocess, "run", process)
    monkeypatch.setattr(plan, "PROBLEMS", (plan.Problem("Targets", 1000, arms=("discrete",)),))
    monkeypatch.setattr(plan, "SCORES", ())
    monkeypatch.setattr(sys, "argv", ["run.py", "--jobs", "1"])
    for _ in range(2):
        run.main()
    assert [stage for stage, *_ in played].count("search") == len(plan.SEARCH) + 1  # one had failed
    best = max(plan.SEARCH, key=lambda given: sum(given.values()))
    assert sorted(seed for stage, seed, given in played if stage == "run") == sorted(plan.SEEDS)
    assert played[-1][2] == best
    rows = run.read(run.RUNS)
    assert len(rows) == len(plan.SEARCH) + len(plan.SEEDS) == len(run.read(run.CURVES))


class SimpleProcess:
    stderr = ""

    def __init__(self, returncode, stdout):
        self.returncode, self.stdout = returncode, stdout


def test_figures_of_runs_that_are_known(tmp_path):
    """Means and differences, normalised by the discrete twin's references."""
    known = sakana_envs.references("Forage")
    problem = next(each for each in plan.PROBLEMS if each.label == "Forage")
    zero, one_ = known["random"].score, known["scripted"].score
    rows = [
        {"problem": "Forage", "arm": arm, "stage": "run", "sampled": zero + share * (one_ - zero)}
        for arm, shares in {"discrete": (0.8, 0.9, 1.0, 0.9, 0.9), "gaussian": (0.4,) * 5}.items()
        for share in shares
    ]
    assert figures.finals(rows, problem, "discrete") == pytest.approx([0.8, 0.9, 1.0, 0.9, 0.9])
    assert figures.with_interval(figures.finals(rows, problem, "gaussian")[:, None]) == "0.40 (0.40 to 0.40)"
    pair = np.stack([figures.finals(rows, problem, arm) for arm in ("gaussian", "discrete")], 1)
    assert figures.with_interval(pair, figures._difference, "+").startswith("-0.50 (-0.")
