"""Trainings of some seconds each: the first tasks and all probes pass, and trainers with a fault fail."""

import importlib.util
import json
from pathlib import Path

import pytest

from sakana_envs.tools.probe import BARS

DOCS = Path(__file__).resolve().parent.parent / "docs"
_spec = importlib.util.spec_from_file_location("make_probes", DOCS / "make_probes.py")
script = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(script)
_spec = importlib.util.spec_from_file_location("make_games", DOCS / "make_games.py")
games = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(games)

CASES = [(task, twin) for task in script.TRAININGS for twin in script.TWINS]
WRONG = [pytest.param(fault, twin, id=f"{fault.what}-{twin}") for fault in script.FAULTS for twin in fault.twins]


@pytest.mark.slow
@pytest.mark.parametrize(("task", "twin"), CASES)
def test_a_right_trainer_passes_in_the_stated_seconds(task, twin):
    training = script.TRAININGS[task]
    result = script.measure(task, twin, 0, script.train, training.settings)
    assert result["score"] >= training.bars[twin] and result["seconds"] <= training.seconds


@pytest.mark.slow
@pytest.mark.parametrize(("fault", "twin"), WRONG)
def test_a_trainer_with_a_fault_fails_the_probe_that_is_meant_for_it(fault, twin):
    result = script.measure(fault.probe, twin, 0, fault.trainer, fault.all_settings)
    assert result["score"] < BARS[fault.probe][twin]


def test_what_was_measured_is_on_the_page_and_within_what_is_stated():
    runs = json.loads((DOCS / "probes.json").read_text())
    page = (DOCS / "probes.md").read_text()
    assert all(table in page for table in script.tables(runs).values())
    right = [run for run in runs if not run["fault"]]
    assert {(run["task"], run["twin"]) for run in right} == set(CASES)
    for run in right:
        training = script.TRAININGS[run["task"]]
        assert run["score"] >= training.bars[run["twin"]] and run["seconds"] <= training.seconds, run
    wrong = [run for run in runs if run["fault"]]
    assert {(run["fault"], run["twin"]) for run in wrong} == {(f.what, twin) for f in script.FAULTS for twin in f.twins}
    assert all(run["score"] < BARS[run["task"]][run["twin"]] for run in wrong)


def learned(run):
    """Whether a trained policy is clearly better than a random one: by as much as that has, and by a tenth at least
    of what the scripted one is better."""
    gain, scripted = run["trained"] - run["random"], run["scripted"] - run["random"]
    return gain >= run["random"] and gain >= 0.1 * scripted > 0


@pytest.mark.slow
def test_a_game_is_learned_in_half_a_minute():
    """The quickest of them, by half of the steps that the page has."""
    run = games.train("Commons", 0, games.TRAININGS["Commons"].steps // 2)
    assert learned(run) and run["trained"] > 0.5 * (run["random"] + run["scripted"]) and run["seconds"] <= 30


def test_what_games_taught_is_on_the_page_and_is_something():
    runs = games.read()
    assert games.table(runs) in (DOCS / "games.md").read_text()
    assert {"Battle", "Commons", "Convert"} <= {run["task"] for run in runs} <= {*games.TRAININGS}
    assert all(learned(run) for run in runs if run["task"] not in ("Herd", "Snake"))  # not in so few steps
