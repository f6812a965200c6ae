"""The limit of an episode: told where Gymnasium's wrappers look, kept by the worlds, and Gymnasium's own on top."""

import copy
import pickle

import gymnasium
import numpy as np
import pytest
from gymnasium.wrappers import TimeAwareObservation, TimeLimit
from worlds import IDS, SMALL, inner, single, vector

FORAGE = "Sakana/Forage-Discrete-v0"
HORIZON = SMALL["horizon"]


def wrappers(env):
    while isinstance(env, gymnasium.Wrapper):
        yield type(env)
        env = env.env


@pytest.mark.parametrize("make", [single, vector])
def test_the_spec_tells_the_horizon(make):
    env = make(FORAGE)
    assert env.spec.max_episode_steps == env.unwrapped.spec.max_episode_steps == HORIZON
    assert env.spec.id == FORAGE and env.spec.kwargs["horizon"] == HORIZON
    assert type(env.unwrapped).spec is None and gymnasium.spec(FORAGE).max_episode_steps is None
    assert pickle.loads(pickle.dumps(env)).spec == copy.deepcopy(env).spec == env.spec
    env.unwrapped.spec = None
    assert env.unwrapped.spec is None


def test_a_preset_decides_it_too():
    assert gymnasium.make(FORAGE).spec.max_episode_steps == 512


def test_no_wrapper_limits_what_the_world_does():
    assert TimeLimit not in wrappers(single(FORAGE))


@pytest.mark.parametrize("id", IDS)
def test_time_aware_observations(id):
    env = TimeAwareObservation(single(id), normalize_time=True)
    assert env.max_timesteps == HORIZON
    observation, _ = env.reset(seed=1)
    assert observation[-1] == 0.0
    assert env.step(env.action_space.sample())[0][-1] == pytest.approx(1 / HORIZON)


@pytest.mark.parametrize("make", [gymnasium.make, gymnasium.make_vec])
def test_a_spec_makes_the_same_again(make):
    env = make(FORAGE, **SMALL)
    again = make(env.spec)
    assert again.spec.max_episode_steps == HORIZON == inner(again).sizes["horizon"]
    assert (again.reset(seed=1)[0] == env.reset(seed=1)[0]).all()


def test_max_episode_steps_of_a_batch_is_the_worlds():
    env = gymnasium.make_vec(FORAGE, worlds=2, max_episode_steps=5, **SMALL)
    assert env.spec.max_episode_steps == inner(env).sizes["horizon"] == 5
    env.reset(seed=1)
    for _ in range(5):
        *_, truncated, info = env.step(np.zeros(12, dtype=np.int64))
    assert truncated.all() and info["_score"].all() and (info["episode_length"] == 5).all()


@pytest.mark.parametrize("id", IDS)
def test_an_end_by_gymnasiums_limit_has_the_score(id):
    by_make, by_hand = single(id, info="always", max_episode_steps=5), TimeLimit(single(id, info="always"), 5)
    assert by_make.spec.max_episode_steps == by_hand.spec.max_episode_steps == 5
    for env in (by_make, by_hand):
        env.reset(seed=1)
        done = False
        while not done:
            *_, terminated, truncated, info = env.step(env.action_space.sample())
            done = terminated or truncated
        assert 0.0 <= info["score"] <= 1.0 and info["episode_length"] <= 5


@pytest.mark.parametrize("limit", [None, 5])
@pytest.mark.parametrize("id", [FORAGE, "Sakana/Scatter-Continuous-v0"])
def test_monitor_of_stable_baselines3_keeps_scores(id, limit, tmp_path):
    monitor = pytest.importorskip("stable_baselines3.common.monitor")
    env = single(id, max_episode_steps=limit, **({"info": "always"} if limit else {}))
    env = monitor.Monitor(env, str(tmp_path / "log"), info_keywords=("score",))
    for seed in range(2):
        env.reset(seed=seed)
        done = False
        while not done:
            *_, truncated, info = env.step(env.action_space.sample())
            done = truncated
        assert info["episode"]["score"] == info["score"] and info["episode"]["l"] == (limit or HORIZON)
    env.close()
    assert (tmp_path / "log.monitor.csv").read_text().splitlines()[1] == "r,l,t,score"


@pytest.mark.parametrize("make", [gymnasium.make, gymnasium.make_vec])
@pytest.mark.parametrize("wrong", [{"task": "Center"}, {"twin": True}])
def test_an_id_says_task_and_twin(make, wrong):
    with pytest.raises(TypeError, match="Sakana/Forage-Continuous-v0 takes no 'task' and no 'twin'"):
        make("Sakana/Forage-Continuous-v0", agents=4, height=12, width=12, **wrong)
