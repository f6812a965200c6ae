"""Who sits in the seats that don't learn."""

import gymnasium
import numpy as np
import pytest
from worlds import IDS, SMALL, inner, observe, random_actions, simulation, single, split, vector

from sakana_envs.grid.motion import MOTIONS

AGENTS = SMALL["agents"]


def learner_rows(worlds):
    return np.arange(worlds) * AGENTS


@pytest.mark.parametrize("others", ["scripted", "random", "still"])
@pytest.mark.parametrize("id", IDS)
def test_others_do_what_their_policy_says(id, others, random):
    discrete = split(id)[1]
    env = vector(id, worlds=3, others=others, obs="bytes")
    sim = simulation(id, worlds=3)
    observations, _ = env.reset(seed=1)
    sim.seed(1)
    assert (sim.reset()[learner_rows(3)] == observations).all()
    for _ in range(30):
        own = random_actions(discrete, 3, random)
        if others == "random":
            actions = sim.random_actions()
        else:
            still = np.zeros(sim.rows, dtype=np.int64)
            choices = sim.scripted_actions(observe(sim)) if others == "scripted" else still
            actions = choices if discrete else MOTIONS[choices].copy()
        actions[learner_rows(3)] = own
        expected = sim.step(actions)
        observations, rewards, terminated, truncated, _ = env.step(own)
        assert (observations == expected.observations[learner_rows(3)]).all()
        assert (rewards == expected.rewards[learner_rows(3)]).all()
        assert (terminated == expected.terminated[learner_rows(3)]).all()
        assert (truncated == expected.truncated[learner_rows(3)]).all()
        assert inner(env).blocks.tobytes() == sim.blocks.tobytes()


@pytest.mark.parametrize("id", IDS)
def test_the_single_face_is_the_first_row(id, random):
    alone, rows = single(id), vector(id, worlds=1, others="scripted")
    first = alone.reset(seed=4)[0], rows.reset(seed=4)[0][0]
    assert (first[0] == first[1]).all()
    for _ in range(SMALL["horizon"]):
        action = random_actions(split(id)[1], 1, random)
        left, right = alone.step(action[0]), rows.step(action)
        assert (left[0] == right[0][0]).all()
        assert left[1:4] == (right[1][0], right[2][0], right[3][0])
        if left[2] or left[3]:
            break


@pytest.mark.parametrize("obs", ["flat", "planes", "bytes"])
@pytest.mark.parametrize("id", IDS)
def test_a_function_gets_a_batch_and_acts(id, obs):
    discrete, seen = split(id)[1], []

    def everybody_north(observations):
        seen.append(observations)
        return np.full(len(observations), 1) if discrete else np.tile(MOTIONS[1], (len(observations), 1))

    for env, worlds in (
        (single(id, others=everybody_north, obs=obs), 1),
        (vector(id, 2, others=everybody_north, obs=obs), 2),
    ):
        env.reset(seed=2)
        sim = inner(env)
        before = sim.view("row").copy()
        env.step(env.action_space.sample())
        space = getattr(env, "single_observation_space", env.observation_space)
        assert seen[-1].shape == (worlds * (AGENTS - 1), *space.shape) and seen[-1].dtype == space.dtype
        moved = before - sim.view("row")
        assert ((moved > 0) | (sim.view("bumped") == 1) | (sim.view("pace") == 0))[:, 1:].all()


@pytest.mark.parametrize(
    "answer",
    [lambda o: np.zeros(len(o) + 1, int), lambda o: 0, lambda o: np.full(len(o), 1.7), lambda o: np.full(len(o), 9)],
)
def test_a_function_that_answers_wrongly(answer):
    env = vector("Sakana/Forage-Discrete-v0", others=answer)
    env.reset(seed=1)
    before = inner(env).blocks.tobytes()
    with pytest.raises(ValueError, match=r"others must return|action 9"):
        env.step(np.zeros(2, dtype=np.int64))
    assert inner(env).blocks.tobytes() == before


def test_one_agent_needs_no_others():
    for others in (None, "scripted", "still"):
        env = gymnasium.make_vec("Sakana/Forage-Discrete-v0", num_envs=3, others=others, **{**SMALL, "agents": 1})
        env.reset(seed=1)
        assert env.step(np.ones(3, dtype=np.int64))[1].shape == (3,)
