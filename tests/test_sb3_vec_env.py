"""The Stable-Baselines3 face: what it takes and gives beyond the vector face, and what it refuses."""

import gymnasium
import numpy as np
import pytest
from worlds import IDS, SMALL, USER_IDS, inner, random_actions, split

import sakana_envs

VecMonitor = pytest.importorskip("stable_baselines3.common.vec_env").VecMonitor

FORAGE = "Sakana/Forage-Discrete-v0"


def make(id=FORAGE, **arguments):
    return sakana_envs.SB3VecEnv(id, **{**SMALL, **arguments})


@pytest.mark.parametrize("id", IDS)
def test_an_id_alone_is_one_learner(id, random):
    env, alone = make(id), gymnasium.make(id, **SMALL)
    assert env.num_envs == 1 and inner(env.env).agents == SMALL["agents"]
    env.seed(3)
    # A batch of one world seeded with 3 is the world of a single environment with that seed.
    assert (env.reset()[0] == alone.reset(seed=3)[0]).all()
    for _ in range(3):
        actions = random_actions(split(id)[1], 1, random)
        observations, rewards, *_ = env.step(actions)
        expected = alone.step(actions[0])
        assert (observations[0] == expected[0]).all() and rewards[0] == np.float32(expected[1])


def test_worlds_instead_of_rows():
    env = make(worlds=3)
    assert env.num_envs == 18 and env.reset().shape[0] == 18
    assert make(worlds=3, others="still").num_envs == 3
    with pytest.raises(ValueError, match=r"worlds=3 with 6 learners each are 18 rows, got num_envs=12"):
        make(worlds=3, num_envs=12)


@pytest.mark.parametrize("id", IDS)
def test_states_and_clones(id, random):
    env = make(id, worlds=3)
    env.seed(1)
    env.reset()
    env.step(random_actions(split(id)[1], 18, random))
    state = env.get_state()
    actions = [random_actions(split(id)[1], 18, random) for _ in range(5)]
    expected = [env.step(each)[0] for each in actions]
    seen = env.set_state(state)
    assert seen.shape == expected[0].shape
    assert all((env.step(each)[0] == then).all() for each, then in zip(actions, expected, strict=True))
    env.set_state(env.get_state([2]), worlds=[0])
    observations = env.clone(2, 1).reshape(3, 6, -1)
    assert (observations == observations[2]).all()
    blocks = inner(env.env).blocks
    assert (blocks == blocks[2]).all()
    with pytest.raises(ValueError, match="worlds must be indices"):
        env.get_state([3])


@pytest.mark.parametrize("id", USER_IDS)
def test_a_truncation_is_told_from_a_termination(id):
    env = make(id, worlds=4, food_density=0.5, horizon=200)
    env.seed(1)
    env.reset()
    found = {False: 0, True: 0}
    for _ in range(150):
        _, _, dones, infos = env.step(env.env.policy_actions("scripted"))
        for row in np.flatnonzero(dones):
            # A basket that is full is worth 1 and ends its agent's episode; for the other agents it is cut off.
            assert infos[row]["TimeLimit.truncated"] is bool(infos[row]["score"] < 1.0)
            found[infos[row]["TimeLimit.truncated"]] += 1
    assert all(found.values())


def test_nothing_is_accepted_without_effect():
    env = VecMonitor(make(worlds=1))
    plain = dict(vars(env.venv.env))
    for name in ("food_density", "render_mode", "num_envs", "others"):
        with pytest.raises(AttributeError, match=rf"'{name}' can't be set"):
            env.set_attr(name, 1)
    assert vars(env.venv.env) == plain and env.get_attr("render_mode") == [None] * 6
    for nothing in (None, {}, [], [{}] * 6):
        env.set_options(nothing)
    with pytest.raises(ValueError, match=r"no option 'speed'; options are numbers, map, level"):
        env.set_options({"speed": 0.5})
    env.reset()


def test_its_repr_is_the_vector_faces():
    env = make(worlds=2)
    assert "SB3VecEnv" in repr(env) and FORAGE in repr(env)
    assert repr(env).replace("SB3VecEnv", "VectorEnv") == repr(env.env)
