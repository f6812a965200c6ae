"""Waterworld: against figures of PettingZoo 1.25's, which make_waterworld_figures.py measured."""

import numpy as np
import pytest
from make_waterworld_figures import AGENTS, CONFIGURATIONS, FILE, UNIT, configurations

from sakana_envs.tasks import registry


def sisl(worlds, **given):
    simulation = registry.simulation("Waterworld", False, worlds=worlds, preset="sisl", **given)
    simulation.seed(0)
    return simulation


def test_senses_what_pettingzoos_does():
    planes = np.load(FILE)["sensors"].astype(np.int32)
    right = ((planes[0] | planes[1] << 8 | planes[2] << 16) << 8 >> 8) * UNIT
    simulation = sisl(CONFIGURATIONS)
    simulation.reset()
    for name, values in zip(("x", "y", "vx", "vy"), np.moveaxis(configurations(), -1, 0), strict=True):
        simulation.view(name)[:] = values
    every = np.arange(CONFIGURATIONS)
    seen = simulation.observe().reshape(CONFIGURATIONS, AGENTS, 242)[every, every % AGENTS, :240]
    assert (seen.reshape(-1, 8, 30) < 1).mean(axis=(0, 2)).min() > 0.01
    np.testing.assert_allclose(seen, right, atol=1e-5, rtol=0)


def test_random_play_is_paid_as_pettingzoos_is():
    """What food, touch and poison pay in an episode is within two standard errors; each, of three, within three."""
    right, error = np.load(FILE)["returns"]
    simulation = sisl(4096)
    simulation.reset()
    for _ in range(500):
        simulation.step(simulation.random_actions())
    assert simulation.view("over").all()
    own = np.stack([simulation.view(f"reward_{term}").mean(axis=1) for term in ("food", "touch", "poison")], axis=-1)
    own = np.column_stack([own, own.sum(axis=1)])
    off = abs(own.mean(axis=0) - right) / np.hypot(error, own.std(axis=0) / len(own) ** 0.5)
    assert (off < (3, 3, 3, 2)).all(), off


def alone(simulation, *agents):
    """Everything at rest and far away, but for the first food at (0.2, 0.2), and both agents at (their own x, 0.2)."""
    for name, value in (("x", 0.9), ("y", 0.9), ("vx", 0.0), ("vy", 0.0)):
        simulation.view(name)[0, :-1] = value
    simulation.view("y")[0, :2] = 0.2
    simulation.view("x")[0, :2] = agents
    simulation.view("x")[0, 2] = simulation.view("y")[0, 2] = 0.2


def rewards(simulation, term):
    """What a tick of nothing adds to a term of both agents."""
    before = simulation.view(f"reward_{term}")[0].copy()
    simulation.step(np.zeros((2, 2), np.float32))
    return (simulation.view(f"reward_{term}")[0] - before).tolist()


@pytest.mark.parametrize(
    ("n_coop", "fed"), [(1, [[10, 0], [0, 0], [0, 10], [10, 0]]), (2, [[0, 0], [0, 0], [0, 10], [10, 0]])]
)
def test_food_feeds_as_a_touch_begins_and_as_it_ends(n_coop, fed):
    """If enough touch it; it then lies elsewhere, and whoever else touched it has lost it."""
    simulation = sisl(1, n_coop=n_coop)
    simulation.reset()
    for agents, right in zip(([0.2, 0.7], [0.21, 0.7], [0.21, 0.18], [0.7, 0.18]), fed, strict=True):
        alone(simulation, *agents)
        assert rewards(simulation, "food") == right
    assert (simulation.view("x")[0, 2], simulation.view("y")[0, 2]) != (0.2, 0.2)
    assert rewards(simulation, "food") == [0, 0]


def test_poison_is_paid_for_by_all_and_moves():
    simulation = sisl(1)
    simulation.reset()
    alone(simulation, 0.7, 0.71)
    simulation.view("x")[0, 7], simulation.view("y")[0, 7] = 0.705, 0.2
    assert rewards(simulation, "poison") == [-1, -1]
    assert simulation.observe()[:, -1].tolist() == [1, 1]
    assert rewards(simulation, "poison") == [0, 0]
    assert simulation.observe()[:, -1].tolist() == [0, 0]


def test_an_action_changes_the_velocity_by_itself():
    """By half of it, at most by half, which is paid for; a velocity is at most 0.2 along each axis."""
    simulation = sisl(1)
    simulation.reset()
    alone(simulation, 0.7, 0.3)
    simulation.view("vx")[0, 0] = simulation.view("vy")[0, 0] = -0.2
    simulation.step(np.array([[1.0, 1.0], [0.3, -0.2]], np.float32))
    half = 0.5 * 0.5**0.5
    np.testing.assert_allclose(simulation.view("vx")[0, :2], [half - 0.2, 0.15], rtol=1e-6)
    np.testing.assert_allclose(simulation.view("vy")[0, :2], [half - 0.2, -0.1], rtol=1e-6)
    np.testing.assert_allclose(simulation.view("reward_thrust")[0], [-0.25, -0.5 * 0.13**0.5 / 2], rtol=1e-6)
    simulation.step(np.array([[1.0, 0.0], [0.3, -0.2]], np.float32))
    np.testing.assert_allclose(simulation.view("vx")[0, :2], [0.2, 0.2])


@pytest.mark.parametrize("discs", [2, 3])
def test_worlds_of_few_discs(discs):
    """Without room for a rock, or for anything to eat."""
    simulation = sisl(4, discs=discs)
    simulation.reset()
    for _ in range(20):
        simulation.step(simulation.random_actions())
    assert (simulation.view("reward_food") == 0).all()


@pytest.mark.parametrize("preset", ["sisl", "toy"])
def test_scores_are_in_order(preset):
    """Who stays gets less than who swims anywhere, and the scripted one gets most."""
    found = []
    for policy in ("still", "random", "scripted"):
        simulation = registry.simulation("Waterworld", True, worlds=256, preset=preset)
        simulation.seed(0)
        observations = simulation.reset()
        for _ in range(500):
            if policy == "still":
                actions = np.zeros(simulation.rows, np.int64)
            elif policy == "random":
                actions = simulation.random_actions()
            else:
                actions = simulation.scripted_actions(observations)
            observations = simulation.step(actions).observations
        found.append(simulation.view("score").mean())
    assert 1.2 * found[0] < found[1] < 0.25 * found[2] and found[2] < 0.9, found
