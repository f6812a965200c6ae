"""Squared and Gap: when they end, and what they pay."""

import gymnasium
import numpy as np
import pytest
from worlds import map_cells

from sakana_envs.grid.tiles import FOOD


@pytest.mark.parametrize("twin", ["Discrete", "Continuous"])
def test_squared_ends_in_the_tick_in_which_it_is_decided(twin):
    env = gymnasium.make_vec(f"Sakana/Squared-{twin}-v0", worlds=300)
    env.reset(seed=0)
    simulation = env.unwrapped.seats.simulation
    food = np.argwhere(map_cells(simulation) == FOOD)
    assert food[:, 0].tolist() == list(range(300)), "one food in each world"
    away = np.abs(food[:, 1:] - 5).max(axis=1)
    assert away.min() == 1 and away.max() == 5
    ended = np.zeros(300, dtype=int)
    for tick in range(1, 6):
        _, rewards, terminated, _, info = env.step(env.policy_actions("scripted"))
        first = terminated & (ended == 0)
        ended[first] = tick
        assert (rewards[first] == 1).all() and (rewards[ended == 0] == 0).all()
        assert not first.any() or ((info["episode_return"][first] == 1).all() and (info["score"][first] == 1).all())
    assert (ended == away).all()


def test_squared_ends_at_its_edge():
    env = gymnasium.make("Sakana/Squared-Discrete-v0")
    env.reset(seed=1)  # whose food isn't in the way
    ends = [env.step(1)[1:3] for _ in range(6)]
    assert ends == [(0.0, False)] * 5 + [(-1.0, True)]


def test_gap_announces_what_is_blocked():
    env = gymnasium.make_vec("Sakana/Gap-Discrete-v0", worlds=50, obs="bytes")
    observations, _ = env.reset(seed=0)
    seen = set()
    for _ in range(63):
        announced = observations[:, -1] // 255
        actions = np.where(np.arange(50) % 2 == 0, np.where(announced == 0, 5, 1), np.where(announced == 0, 1, 5))
        observations, rewards, *_ = env.step(actions)
        assert (rewards == np.where(np.arange(50) % 2 == 0, 0.0, -1.0)).all()
        seen |= set(announced.tolist())
    assert seen == {0, 1}
