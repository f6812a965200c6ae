"""The measured scores: reproduced within their intervals, and in the order that makes a score worth reporting."""

import importlib.util
import json
from pathlib import Path

import pytest
from shipped import SHIPPED
from worlds import USER_IDS

import sakana_envs
from sakana_envs.tasks import references, registry

SCRIPT = Path(__file__).resolve().parent.parent / "docs" / "make_references.py"
CASES = [
    (task, preset, group)
    for task in SHIPPED
    for preset in registry.get(task).presets
    for group in registry.get(task).agent_names
]
LAZY = ("still", "spinning", "corner", "random")


@pytest.fixture(scope="module")
def script():
    """The script that measures."""
    spec = importlib.util.spec_from_file_location("make_references", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("task", "group"),
    [(task, group) for task, preset, group in CASES if preset == "default"]
    + [(probe, "agent") for probe in sakana_envs.probe_names()],
)
def test_figures_are_reproduced(script, task, group):
    """Every digit of every interval; only random actions differ between twins, one of the other policies shows it."""
    for twin, policies in {"Discrete": ("scripted", *LAZY), "Continuous": ("random", "corner")}.items():
        stored = sakana_envs.references(task, "default", twin, group)
        for policy in policies:
            reference = stored[policy]
            assert (reference.seed, reference.episodes) == (script.SEED, script.episodes_of(task, "default"))
            settings = script.settings_of(task, "default", group)
            returns, scores = script.play(task, twin, policy, reference.episodes, **settings)
            assert script.interval(scores) == [reference.score, *reference.score_interval], (policy, twin)
            assert script.interval(returns) == [reference.episode_return, *reference.return_interval], (policy, twin)


def tolerance(interval, reference, quantile):
    """How far one of the episodes may lie from the mean over all: three standard errors."""
    deviation = (interval[1] - interval[0]) / 2 / quantile * reference.episodes**0.5
    return 3 * deviation * (1 - 1 / reference.episodes) ** 0.5 + 1e-3 * abs(interval[1]) + 1e-4


@pytest.mark.parametrize(("task", "group"), [(task, group) for task, preset, group in CASES if preset == "large"])
def test_figures_of_large_worlds_are_near(script, task, group):
    """All of their episodes take minutes; one of each lies where the interval over all lets it be."""
    for twin, policy in (("Discrete", "scripted"), ("Continuous", "random")):
        reference = sakana_envs.references(task, "large", twin, group)[policy]
        assert (reference.seed, reference.episodes) == (script.SEED, script.EPISODES["large"])
        returns, scores = script.play(task, twin, policy, 1, **script.settings_of(task, "large", group))
        for values, mean, interval in (
            (scores, reference.score, reference.score_interval),
            (returns, reference.episode_return, reference.return_interval),
        ):
            allowed = tolerance(interval, reference, script.QUANTILES[reference.episodes])
            assert values.mean() == pytest.approx(mean, abs=allowed), (policy, twin)


def test_no_figure_was_changed_by_hand(script):
    stored = json.loads(references.FILE.read_text())
    assert script.digest(stored["tasks"]) == stored["digest"], "docs/make_references.py measures, and writes the digest"
    assert stored["tasks"].keys() == {*SHIPPED, *sakana_envs.probe_names()}


@pytest.mark.parametrize("twin", registry.TWINS)
@pytest.mark.parametrize(("task", "preset", "group"), CASES)
def test_order(task, preset, group, twin):
    """Whoever doesn't look scores under 0.3, and under half of what the scripted policy does."""
    measured = sakana_envs.references(task, preset, twin, group)
    assert set(measured) == {*LAZY, "scripted"}
    for policy in LAZY:
        upper = measured[policy].score_interval[1]
        assert upper <= 0.3, policy
        assert upper < 0.5 * measured["scripted"].score_interval[0], policy


def test_an_interval_contains_its_mean_and_isnt_the_whole_scale():
    for task, preset, group in CASES:
        for reference in sakana_envs.references(task, preset, group=group).values():
            low, high = reference.score_interval
            assert low <= reference.score <= high
            assert high - low < 0.05


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("Forrage",), r"there is no task 'Forrage' - did you mean 'Forage'\?"),
        ((USER_IDS[0], "larg"), r"no references for FillBasket: preset 'larg'; there are some for default"),
        (("Forage", "larg"), r"Forage: preset 'larg' - did you mean 'large'\?; there are some for default, large"),
        (("Forage", "default", "discrete"), r"twin must be one of 'Discrete', 'Continuous', got 'discrete'"),
        (("PredatorPrey",), r"PredatorPrey: group None; there are some for predator, prey"),
    ],
)
def test_what_was_not_measured_is_an_error(arguments, message):
    with pytest.raises(ValueError, match=message):
        sakana_envs.references(*arguments)
