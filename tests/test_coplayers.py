"""The package's co-players: there are enough of them, and the page says of each what matches said."""

import importlib.util
import json

import pytest
from shipped import SHIPPED
from test_examples import ROOT

import sakana_envs
from sakana_envs.tasks import registry

_spec = importlib.util.spec_from_file_location("make_matches", ROOT / "docs" / "make_matches.py")
matches = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(matches)
RESULTS = json.loads(matches.FILE.read_text())


def test_every_task_with_two_sides_has_four_to_six():
    two = [task for task in SHIPPED if len(registry.get(task).agent_names) == 2]
    assert list(RESULTS) == list(matches.frozen()) == sorted(two)
    assert all(4 <= len(names) <= 6 for names in RESULTS.values())


@pytest.mark.parametrize("task", RESULTS)
def test_the_file_has_what_the_cards_say(task):
    """Of each side the same, but for what is another policy with the kinds exchanged."""
    for name, sides in matches.frozen()[task].items():
        for file in sides.values():
            told = RESULTS[task][name]
            assert matches.made(sakana_envs.load_policy(file).card) == tuple(told[key] for key in matches.MADE)


def test_the_page_has_what_the_file_says():
    assert matches.table(RESULTS) in matches.PAGE.read_text()


@pytest.mark.parametrize("task", ["Battle", "PredatorPrey", "Tag"])
def test_self_play_beats_random_agents(task):
    """By its last round; Herd's shepherds have learned too little, as the page says."""
    last = max(
        (told for told in RESULTS[task].values() if "self-play, " in told["made"]), key=lambda told: told["steps"]
    )
    assert last["won"]["random"]["share"] >= 0.9


def test_matches_come_out_as_they_did():
    assert matches.play("Tag", "frozen:1") == RESULTS["Tag"]["frozen:1"]["won"]
