"""Every task, twin and preset runs on every face, at the preset's own size; and what presets and staggering promise."""

import gymnasium
import numpy as np
import pytest
from worlds import FORMS_OF, kind_of, task_of

import sakana_envs
from sakana_envs.tasks import registry

CASES = [
    (identity, preset)
    for identity in sakana_envs.task_ids()
    for preset in registry.get(identity.split("/")[1].split("-")[0]).presets
]


def agents_of(identity, preset):
    task = registry.get(identity.split("/")[1].split("-")[0])
    return registry.settings(task, preset=preset).sizes["agents"]


@pytest.mark.parametrize(("identity", "preset"), CASES)
def test_vector_and_sb3(identity, preset):
    rows = agents_of(identity, preset)
    env = gymnasium.make_vec(identity, num_envs=rows, preset=preset, obs=FORMS_OF[kind_of(task_of(identity))][-1])
    env.reset(seed=0)
    observations, rewards, *_ = env.step(env.unwrapped.policy_actions("scripted"))
    assert observations.shape == env.observation_space.shape and np.isfinite(rewards).all()
    vec_env = sakana_envs.SB3VecEnv(identity, num_envs=rows, preset=preset)
    vec_env.seed(0)
    vec_env.reset()
    same, *_ = vec_env.step(env.unwrapped.policy_actions("still"))
    assert same.shape == (rows, *vec_env.observation_space.shape)


@pytest.mark.parametrize(("identity", "preset"), CASES)
def test_single_and_parallel(identity, preset):
    env = gymnasium.make(identity, preset=preset)
    observation, _ = env.reset(seed=0)
    assert env.observation_space.contains(observation)
    assert env.observation_space.contains(env.step(env.action_space.sample())[0])
    world = sakana_envs.parallel_env(identity, preset=preset)
    observations, _ = world.reset(seed=0)
    assert np.array_equal(observations[world.agents[0]], observation)
    actions = {agent: world.action_space(agent).sample() for agent in world.agents}
    assert len(world.step(actions)[0]) == agents_of(identity, preset)


def test_staggered_worlds_end_one_after_the_other():
    env = gymnasium.make_vec("Sakana/Forage-Discrete-v0", num_envs=4, agents=1, horizon=8, stagger=True)
    env.reset(seed=0)
    lengths = {row: [] for row in range(4)}
    for tick in range(1, 20):
        *_, truncated, _ = env.step(env.unwrapped.policy_actions("still"))
        for row in np.flatnonzero(truncated):
            lengths[int(row)].append(tick)
    # Each later episode takes its eight ticks and the step that resets.
    assert lengths == {0: [2, 11], 1: [4, 13], 2: [6, 15], 3: [8, 17]}
