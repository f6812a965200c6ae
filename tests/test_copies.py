"""Copies of an environment: by ``deepcopy`` exact; by pickle, for batches, with seeds of their own."""

import copy
import pickle

import numpy as np
import pytest
from worlds import SMALL, inner, parallel, random_actions, single, vector

import sakana_envs

ID = "Sakana/Forage-Discrete-v0"
FACES = {"single": single, "parallel": parallel, "vector": vector}


def act(env, row):
    """The same action for everybody."""
    if hasattr(env, "possible_agents"):
        return dict.fromkeys(env.agents, row)
    return np.full(env.num_envs, row) if hasattr(env, "num_envs") else row


def observe(env):
    return inner(env).observe().tobytes()


def pickled(env):
    return pickle.loads(pickle.dumps(env))


@pytest.mark.parametrize("face", FACES)
def test_a_running_episode_goes_on_in_every_copy(face):
    env = FACES[face](ID)
    env.reset(seed=42)
    copies = [copy.deepcopy(env), pickled(env)]
    for tick in range(SMALL["horizon"] - 1):
        for each in (env, *copies):
            each.step(act(each, tick % 9))
        assert all(inner(each).blocks.tobytes() == inner(env).blocks.tobytes() for each in copies)


@pytest.mark.parametrize("face", FACES)
def test_a_reset_tells_copies_by_pickle_apart(face):
    env = FACES[face](ID)
    env.reset(seed=42)
    exact, copies = copy.deepcopy(env), [pickled(env) for _ in range(3)]
    copies.append(pickled(copies[0]))
    for each in (env, exact, *copies):
        each.reset()
    assert observe(exact) == observe(env)
    assert len({observe(each) for each in (env, *copies)}) == 5
    for each in (env, exact, *copies):
        each.reset()
    assert observe(exact) == observe(env)
    assert len({observe(each) for each in (env, *copies)}) == 5


@pytest.mark.parametrize("face", FACES)
def test_a_seed_makes_copies_by_pickle_equal(face):
    env = FACES[face](ID)
    env.reset(seed=42)
    copies = [pickled(env) for _ in range(2)]
    for seed in (3, None, None):  # later episodes come from the seed
        for each in (env, *copies):
            each.reset(seed=seed)
        assert {observe(each) for each in copies} == {observe(env)}


@pytest.mark.parametrize("face", FACES)
def test_a_state_brings_its_seed_into_a_copy(face):
    env = FACES[face](ID)
    env.reset(seed=42)
    twin = pickled(env)
    twin.reset()
    twin.unwrapped.set_state(env.unwrapped.get_state())
    for each in (env, twin):
        each.reset()
    assert observe(twin) == observe(env)


def test_a_partial_reset_of_a_copy_leaves_other_worlds_alone(random):
    env = vector(ID, worlds=3)
    env.reset(seed=42)
    twin = pickled(env)
    first = np.arange(18) < 6
    before = inner(twin).blocks[1:].copy()
    twin.reset(options={"reset_mask": first})
    assert (inner(twin).blocks[1:] == before).all()
    env.reset(options={"reset_mask": first})
    assert (inner(twin).blocks[0] != inner(env).blocks[0]).any()
    # A clone has the seed of its source, also if that one is borrowed.
    twin.unwrapped.clone(1, 0)
    actions = random_actions(True, 18, random)
    twin.step(actions)
    env.step(actions)
    assert (inner(twin).blocks[1:] == inner(env).blocks[1:]).all()
    twin.reset(options={"reset_mask": first})
    other = pickled(env)
    other.unwrapped.clone(1, 0)
    other.reset(options={"reset_mask": first})
    assert (inner(twin).blocks[0] != inner(other).blocks[0]).any()


def test_supersuit_trains_on_different_worlds():
    supersuit = pytest.importorskip("supersuit")
    pytest.importorskip("stable_baselines3")
    env = sakana_envs.parallel_env(ID, **SMALL)
    env.reset(seed=42)
    rows = supersuit.concat_vec_envs_v1(
        supersuit.pettingzoo_env_to_vec_env_v1(env), 3, num_cpus=0, base_class="stable_baselines3"
    )
    worlds = rows.reset().reshape(3, 6, -1)
    assert len({world.tobytes() for world in worlds}) == 3
    for _ in range(SMALL["horizon"]):
        observations = rows.step(np.zeros(18, dtype=np.int64))[0]
    assert len({world.tobytes() for world in observations.reshape(3, 6, -1)}) == 3
