"""The measured scores: reproduced within their intervals, and in the order that makes a score worth reporting."""

import importlib.util
import json
from pathlib import Path

import gymnasium
import numpy as np
import pytest
from shipped import SHIPPED
from worlds import USER_IDS

import sakana_envs
from sakana_envs.tasks import references, registry
from sakana_envs.tasks.references import Reference, References
from sakana_envs.tools.check.plays import play
from sakana_envs.tools.check.policies import Mixture
from sakana_envs.tools.check.references import POLICIES, measure
from sakana_envs.tools.intervals import interval

SCRIPT = Path(__file__).resolve().parent.parent / "docs" / "make_references.py"
CASES = [
    (task, preset, group)
    for task in SHIPPED
    for preset in registry.get(task).presets
    for group in registry.get(task).agent_names
]
MEASURED = [*CASES, *((probe, "default", "agent") for probe in sakana_envs.probe_names())]
LAZY = ("still", "spinning", "corner", "random")
WHOLE = ("Forage", "PredatorPrey", "Snake", "Targets", "ProbeRecall")
"""Tasks of which all figures are made anew: one group, two, agents that die, discs, one agent."""
TELLING = ("default", "medium", "large")
"""Presets in which whoever doesn't look has to do badly. What of that the others keep, docs/presets.md explains."""

EPISODES = {16: 1024, 32: 256, 1024: 64, float("inf"): 8}
"""How many are measured where so many agents at most are in a world."""


def few(task, preset):
    """Whether a world of this size plays its 64 episodes or more in seconds."""
    sizes = registry.settings(registry.get(task), preset=preset).sizes
    return sizes["agents"] * sizes.get("rays", 1) <= 300


@pytest.fixture(scope="module")
def script():
    """The script that measures."""
    spec = importlib.util.spec_from_file_location("make_references", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("task", "preset", "group"), [case for case in MEASURED if few(*case[:2])])
def test_figures_are_reproduced(task, preset, group):
    """Every digit of every interval; only random actions differ between twins, one of the other policies shows it.

    Of most tasks the two ends of the scale of scores stand for all: what measures the others is the same code.
    """
    every = POLICIES if preset == "default" else (*LAZY, "scripted")
    discrete, continuous = (every, ("random", "corner")) if task in WHOLE else (("scripted",), ("random",))
    for twin, policies in {"Discrete": discrete, "Continuous": continuous}.items():
        stored = sakana_envs.references(task, preset, twin, group)
        measured = measure(registry.get(task), preset, twin, group, policies)
        assert measured == {policy: stored[policy] for policy in policies}, twin


@pytest.mark.parametrize(("task", "group"), [("Forage", "agent"), ("PredatorPrey", "prey"), ("Squared", "agent")])
def test_whoever_plays_gets_the_same_figures(task, group):
    """By a vector environment, the others scripted, of the first episode of each world."""
    stored = sakana_envs.references(task, "default", "Continuous", group)
    episodes, record = stored["random"].episodes, registry.get(task)
    learners = registry.settings(record).sizes["agents"] // len(record.agent_names)
    chosen = {"learners": group} if len(record.agent_names) > 1 else {}
    env = gymnasium.make_vec(f"Sakana/{task}-Continuous-v0", num_envs=episodes * learners, obs="bytes", **chosen)
    for policy in ("random", "scripted"):
        env.reset(seed=stored[policy].seed)
        scores = np.full(env.num_envs, np.nan)
        while np.isnan(scores).any():
            *_, info = env.step(env.unwrapped.policy_actions(policy))
            if "score" in info:
                scores = np.where(info["_score"] & np.isnan(scores), info["score"], scores)
        mean, ends = interval(scores.reshape(episodes, learners).mean(axis=1))
        assert stored[policy].score == pytest.approx(mean, abs=1e-4)
        assert stored[policy].score_interval == pytest.approx(ends, abs=1e-4)


def tolerance(bounds, reference):
    """How far one of the episodes may lie from the mean over all: three standard errors."""
    of_unit = interval(np.arange(reference.episodes) % 2)[1]  # as wide as an interval is with their deviation
    unit = (np.arange(reference.episodes) % 2).std(ddof=1)
    deviation = (bounds[1] - bounds[0]) / (of_unit[1] - of_unit[0]) * unit
    return 3 * deviation * (1 - 1 / reference.episodes) ** 0.5 + 1e-3 * abs(bounds[1]) + 1e-4


@pytest.mark.parametrize(("task", "preset", "group"), [case for case in MEASURED if not few(*case[:2])])
def test_figures_of_large_worlds_are_near(task, preset, group):
    """All of their episodes take minutes; one of each lies where the interval over all lets it be."""
    record = registry.get(task)
    chosen = registry.settings(record, preset=preset)
    agents = chosen.sizes["agents"]
    members = np.array([record.group_of(agent, agents) == group for agent in range(agents)])
    for twin, policy in (("Discrete", "scripted"), ("Continuous", "random")):
        reference = sakana_envs.references(task, preset, twin, group)[policy]
        assert reference.episodes == next(count for most, count in EPISODES.items() if agents <= most)
        simulation = registry.simulation(record, registry.TWINS[twin], chosen=chosen, copy=False)
        scores, returns = play(simulation, policy, chosen.sizes["horizon"], reference.seed, members).of(members)
        for values, mean, bounds in (
            (scores, reference.score, reference.score_interval),
            (returns, reference.episode_return, reference.return_interval),
        ):
            assert values.mean() == pytest.approx(mean, abs=tolerance(bounds, reference)), (policy, twin)


def test_no_figure_was_changed_by_hand(script):
    stored = json.loads(references.FILE.read_text())
    assert script.digest(stored["tasks"]) == stored["digest"], "docs/make_references.py measures, and writes the digest"
    assert stored["tasks"].keys() == {*SHIPPED, *sakana_envs.probe_names()}


@pytest.mark.parametrize("twin", registry.TWINS)
@pytest.mark.parametrize(("task", "preset", "group"), CASES)
def test_order(task, preset, group, twin):
    """Whoever doesn't look scores less than the scripted policy; where scores have to tell, less than half of it."""
    measured = sakana_envs.references(task, preset, twin, group)
    unseeing = (*LAZY, "blind", "open-loop") if preset == "default" else LAZY
    assert set(measured) == {*unseeing, "scripted"}
    for policy in unseeing:
        upper = measured[policy].score_interval[1]
        assert upper < measured["scripted"].score_interval[0], policy
        if preset in TELLING and policy in LAZY:
            assert upper <= 0.3, policy
            assert upper < 0.5 * measured["scripted"].score_interval[0], policy


@pytest.mark.parametrize("task", ["Forage", "Squared"])
def test_who_does_not_look_does_the_same_in_both_twins(task):
    policies = ("blind", "open-loop")
    measured = measure(registry.get(task), "default", "Continuous", "agent", policies)
    assert measured == {policy: sakana_envs.references(task)[policy] for policy in policies}


@pytest.mark.parametrize(("task", "group"), [(task, group) for task, preset, group in CASES if preset == "default"])
def test_the_best_mixture_is_as_good_as_those_that_were_tried(task, group):
    """One action for ever and all actions alike are among them, but the best of few worlds isn't quite the best."""
    measured = sakana_envs.references(task, group=group)
    tried = max(measured[policy].score for policy in ("still", "corner", "random"))
    assert measured["blind"].score_interval[1] >= 0.95 * tried


def test_a_mixture_is_drawn_as_its_shares_say():
    """By each agent for itself, in each tick anew, and where worlds have mixtures of their own, by these."""
    simulation = registry.simulation(registry.get("Forage"), registry.TWINS["Discrete"], worlds=8)
    simulation.seed(3)
    simulation.reset()
    shares = np.array([1.0, 0, 2, 0, 0, 0, 0, 0, 1])
    drawn = Mixture(shares).draw(simulation)
    agents = len(drawn)
    counts = np.bincount(drawn, minlength=9)
    assert counts[[1, 3, 4, 5, 6, 7]].sum() == 0
    assert counts[[0, 2, 8]] == pytest.approx(agents * shares[[0, 2, 8]] / 4, abs=4 * agents**0.5)
    simulation.step(drawn)
    assert (Mixture(shares).draw(simulation) != drawn).any()
    own = Mixture(np.eye(9)[:8]).draw(simulation).reshape(8, -1)
    assert (own == np.arange(8)[:, None]).all()


def test_what_the_page_of_presets_says_of_scores():
    """Which policies change places there."""
    for task, preset, group in (
        ("Scatter", "steady", "agent"),
        ("PredatorPrey", "steady", "prey"),
        ("PredatorPrey", "stream", "prey"),
    ):
        measured = sakana_envs.references(task, preset, group=group)
        assert measured["still"].score_interval[0] > measured["random"].score_interval[1], (task, preset)
    assert measured.normalised(measured["still"].score) > 0.5, "nearly as much as prey that runs"
    assert sakana_envs.references("Scatter", "stream")["scripted"].score < 0.2


@pytest.mark.parametrize(("task", "preset", "group"), MEASURED)
def test_normalised_scores(task, preset, group):
    """Random agents have 0, scripted ones 1, and what lies between stays in its order and in proportion."""
    for twin in registry.TWINS:
        figures = sakana_envs.references(task, preset, twin, group)
        low, high = figures["random"].score, figures["scripted"].score
        assert figures.normalised(low) == 0.0 and figures.normalised(high) == 1.0
        assert type(figures.normalised(np.float32(high))) is float
        between = figures.normalised(np.array([[low, 0.75 * low + 0.25 * high], [high, 2 * high - low]]))
        assert between == pytest.approx(np.array([[0.0, 0.25], [1.0, 2.0]]))


@pytest.mark.parametrize(
    ("score", "error", "message"),
    [
        ("0.5", TypeError, "a score is a number, or an array of numbers, got '0.5'"),
        (None, TypeError, "a number, or an array of numbers, got None"),
        (True, TypeError, "a number, or an array of numbers, got True"),
        (float("nan"), ValueError, "a score is a finite number, got nan"),
        ([0.5, np.inf], ValueError, r"a score is a finite number, got \[0.5, inf\]"),
    ],
)
def test_what_is_no_score(score, error, message):
    with pytest.raises(error, match=message):
        sakana_envs.references("Forage").normalised(score)


def test_nothing_to_measure_by():
    """Of a task whose scripted agents do no better than random ones, or hardly: 0.5 would be anything."""
    random, scripted = (Reference(mean, (mean - 0.05, mean + 0.05), 1.0, (0.9, 1.1), 64, 1) for mean in (0.25, 0.26))
    with pytest.raises(ValueError, match=r"agents score 0\.26, random ones 0\.25, .*: there is nothing between"):
        References({"random": random, "scripted": scripted}).normalised(0.5)


def test_a_task_of_ones_own_without_a_policy_has_no_scale():
    """Its scripted agents wander, which here is no better than random: said with the figures that were measured."""
    figures = sakana_envs.references(USER_IDS[0])
    with pytest.raises(ValueError, match=f"scripted agents score {figures['scripted'].score}, random ones .* nothing"):
        figures.normalised(0.5)


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
        (("Forage", "larg"), r"Forage: preset 'larg' - did you mean 'large'\?; there are some for .*large"),
        (("Forage", "default", "discrete"), r"twin must be one of 'Discrete', 'Continuous', got 'discrete'"),
        (("PredatorPrey",), r"PredatorPrey: group None; there are some for predator, prey"),
    ],
)
def test_what_was_not_measured_is_an_error(arguments, message):
    with pytest.raises(ValueError, match=message):
        sakana_envs.references(*arguments)
