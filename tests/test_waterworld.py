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
    seen = simulation.observe().reshape(CONFIGURATIONS, AGENTS, 242)[..., :240]
    assert (seen.reshape(-1, 8, 30) < 1).mean(axis=(0, 2)).min() > 0.01
    np.testing.assert_allclose(seen, right, atol=1e-5, rtol=0)


def test_random_play_is_paid_as_pettingzoos_is():
    """Food, touch and poison, each and together: means of episodes are within two standard errors."""
    right = np.load(FILE)["returns"].astype(float)
    simulation = sisl(1024)
    simulation.reset()
    for _ in range(500):
        simulation.step(simulation.random_actions())
    assert simulation.view("over").all()
    own = np.stack([simulation.view(f"reward_{term}").mean(axis=1) for term in ("food", "touch", "poison")], axis=-1)
    for one, other in ((own.T[term], right.T[term]) for term in range(3)):
        error = np.sqrt(one.var() / len(one) + other.var() / len(other))
        assert abs(one.mean() - other.mean()) < 2 * error
    one, other = own.sum(axis=1), right.sum(axis=1)
    assert abs(one.mean() - other.mean()) < 2 * np.sqrt(one.var() / len(one) + other.var() / len(other))
