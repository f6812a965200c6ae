"""Copies of an environment: by ``deepcopy`` exact; by pickle, for batches, with seeds of their own."""

import copy
import pickle
import threading

import numpy as np
import pytest
from test_buffers import arrays, make
from worlds import SMALL, USER_IDS, inner, parallel, random_actions, single, vector

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


def test_nobody_is_inside_a_copy():
    env = vector(ID)
    env.reset(seed=1)
    with inner(env)._inside:
        copies = [copy.deepcopy(env), pickled(env)]
    inner(env)._inside["thread"] = threading.main_thread().ident + 1
    for twin in copies:
        assert not inner(twin)._inside
        twin.step(act(twin, 3))


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


IDS = ["Sakana/Forage-Discrete-v0", "Sakana/PredatorPrey-Continuous-v0", USER_IDS[0]]
ALL_FACES = ["single", "parallel", "SB3", "NextStep", "SameStep", "Disabled"]
COPIES = {"deepcopy": copy.deepcopy, "pickle": lambda env: pickle.loads(pickle.dumps(env))}


def simulation(env):
    """The simulation inside of an environment, those of Stable-Baselines3 included."""
    return inner(getattr(env, "env", env))


def course(env, face, act, ticks):
    """All that an environment returns; where it doesn't begin episodes by itself, resets without a seed do."""
    random, seen = np.random.default_rng(1), []
    for _ in range(ticks):
        over = face in ("single", "parallel", "Disabled") and simulation(env).view("over").any()
        seen += arrays(env.reset() if over else env.step(act(random)))
    return [array.tobytes() for array in seen if array.dtype != object]


@pytest.mark.parametrize(
    ("face", "way"),
    [(face, "deepcopy") for face in ALL_FACES] + [(face, "pickle") for face in ("SB3", "NextStep", "SameStep")],
)
@pytest.mark.parametrize("id", IDS)
def test_a_copy_goes_on_as_the_original(id, face, way):
    """Over ends too; where episodes begin by ``reset``, a copy by pickle draws seeds of its own there."""
    env, _, act = make(face, id, "flat")
    env.seed(1) if face == "SB3" else env.reset(seed=1)
    env.reset()
    course(env, face, act, 5)
    twin = COPIES[way](env)
    expected = course(env, face, act, 2 * SMALL["horizon"])
    after = simulation(env).blocks.tobytes()
    assert len(expected) >= 2 * SMALL["horizon"]
    assert course(twin, face, act, 2 * SMALL["horizon"]) == expected
    assert simulation(env).blocks.tobytes() == simulation(twin).blocks.tobytes() == after
    course(twin, face, act, 1)
    assert simulation(env).blocks.tobytes() == after


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("face", ALL_FACES)
def test_copies_that_were_never_reset_differ(face, way):
    env, _, act = make(face, IDS[0], "flat")
    twin = COPIES[way](env)
    env.reset()
    twin.reset()
    assert course(env, face, act, 5) != course(twin, face, act, 5)
