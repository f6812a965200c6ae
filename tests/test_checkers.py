"""What the ecosystem's own checkers say, with every warning an error."""

import warnings
from types import SimpleNamespace

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from pettingzoo.test import api_test, max_cycles_test, parallel_api_test, parallel_seed_test, render_test, seed_test
from pettingzoo.utils import parallel_to_aec
from worlds import ALL_IDS, IDS, kind_of, parallel, single, small, task_of

from sakana_envs.tasks import registry

id_of = id
CHECKED = [*IDS, *(id for id in ALL_IDS if kind_of(task_of(id)) == "discs")]
OBSERVATIONS = {"cells": ["flat", "planes", "bytes"], "discs": ["flat"]}
FORMS = [(id, obs) for id in CHECKED for obs in OBSERVATIONS[kind_of(task_of(id))]]

pytestmark = [
    pytest.mark.filterwarnings("error"),
    # PettingZoo's and SB3's own imports, which no environment can influence.
    pytest.mark.filterwarnings("default:.*pkg_resources.*:DeprecationWarning"),
]


def aec(id, **arguments):
    return parallel_to_aec(parallel(id, **arguments))


@pytest.mark.parametrize(("id", "obs"), FORMS)
def test_gymnasium(id, obs):
    check_env(single(id, obs=obs, render_mode="rgb_array").unwrapped)


@pytest.mark.parametrize("id", CHECKED)
def test_gymnasium_passive_checks_while_playing(id):
    env = single(id, obs=OBSERVATIONS[kind_of(task_of(id))][-1], render_mode="rgb_array")
    env.reset(seed=1)
    env.action_space.seed(1)
    for _ in range(60):
        _, _, terminated, truncated, _ = env.step(env.action_space.sample())
        assert env.render().dtype == np.uint8
        if terminated or truncated:
            env.reset()


@pytest.mark.parametrize(("id", "obs"), FORMS)
def test_stable_baselines3(id, obs):
    check_sb3 = pytest.importorskip("stable_baselines3.common.env_checker").check_env

    with warnings.catch_warnings():
        if obs == "planes":
            # SB3 takes every space of three axes for a picture of uint8 up to 255, which it would divide by 255.
            warnings.filterwarnings("ignore", "It seems that your observation .* is an image")
            warnings.filterwarnings("ignore", "The minimal resolution for an image is 36x36")
        actions = registry.get(task_of(id)).actions
        if (actions.low != -actions.high).any():  # as of agents that can't go back
            warnings.filterwarnings("ignore", "We recommend you to use a symmetric and normalized Box")
        check_sb3(single(id, obs=obs).unwrapped, warn=True)


@pytest.mark.parametrize("id", CHECKED)
def test_every_agent_has_spaces_of_its_own(id):
    env = parallel(id)
    for spaces, space_of in (
        (env.action_spaces, env.action_space),
        (env.observation_spaces, env.observation_space),
    ):
        assert list(spaces) == env.possible_agents and len(spaces) == 6
        own = [space_of(agent) for agent in env.possible_agents]
        assert len({id_of(space) for space in own}) == 6 and all(space == own[0] for space in own)
        assert all(space_of(agent) is spaces[agent] is space for agent, space in zip(spaces, own, strict=True))
        own[0].seed(1)
        expected = [own[0].sample() for _ in range(3)]
        own[0].seed(1)
        own[1].seed(2)
        drawn = []
        for _ in range(3):
            own[1].sample()
            drawn.append(own[0].sample())
        assert all((left == right).all() for left, right in zip(expected, drawn, strict=True))
    with pytest.raises(KeyError, match="agnet_0"):
        env.action_space("agnet_0")


@pytest.mark.parametrize("id", CHECKED)
def test_pettingzoo_parallel(id):
    parallel_api_test(parallel(id), num_cycles=100)


@pytest.mark.parametrize("id", CHECKED)
def test_pettingzoo_aec(id):
    api_test(aec(id), num_cycles=100)


@pytest.mark.parametrize("id", CHECKED)
def test_pettingzoo_seeds(id):
    seed_test(lambda: aec(id), num_cycles=60)
    parallel_seed_test(lambda: parallel(id), num_cycles=60)


@pytest.mark.parametrize("id", CHECKED)
def test_pettingzoo_render(id):
    render_test(lambda render_mode: aec(id, render_mode=render_mode))


@pytest.mark.parametrize("id", CHECKED)
def test_pettingzoo_max_cycles(id):
    def seeded(max_cycles):
        # The test seeds nothing: whether an episode ends early by its own rule would be a matter of luck.
        env = parallel(id, max_cycles=max_cycles)
        env.reset(seed=1)
        for seed, agent in enumerate(env.possible_agents):
            env.action_space(agent).seed(seed)
        return env

    max_cycles_test(SimpleNamespace(parallel_env=seeded, env=lambda max_cycles: parallel_to_aec(seeded(max_cycles))))


@pytest.mark.parametrize("id", CHECKED)
def test_pettingzoo_registry(id):
    pettingzoo = pytest.importorskip("pettingzoo", minversion="1.27")
    env = pettingzoo.make("parallel", id, **small(id, {"agents": 3}))
    assert len(env.possible_agents) == 3


@pytest.mark.parametrize("id", CHECKED)
def test_parallel_state_and_spaces(id):
    env = parallel(id)
    env.reset(seed=1)
    assert env.state_space.contains(env.state())
    if kind_of(task_of(id)) == "cells":
        assert np.allclose(env.state().sum(axis=0).max(), 1.0)
    for agent in env.possible_agents:
        assert env.observation_space(agent) is env.observation_spaces[agent] is env.observation_space(agent)
        assert env.action_space(agent) is env.action_spaces[agent]


def test_ids_with_the_module_in_front():
    env = gymnasium.make("sakana_envs:Sakana/Forage-Discrete-v0", agents=3, height=12, width=10)
    assert env.reset(seed=1)[0].dtype == np.float32
