"""``info``: scalars that clients can use, and with ``info="always"`` an episode's statistics in every step."""

import json

import gymnasium
import numpy as np
import pytest
from worlds import IDS, SMALL, inner, parallel, random_actions, single, split, vector

import sakana_envs

FORAGE = "Sakana/Forage-Discrete-v0"
STATISTICS = {"score", "episode_return", "episode_length", "meals", "wall_bumps", "agent_bumps", "respawns"}


def act(env, id, random):
    """Random actions as the face wants them."""
    discrete = split(id)[1]
    if hasattr(env, "possible_agents"):
        rows = random_actions(discrete, len(env.agents), random)
        return dict(zip(env.agents, rows, strict=True))
    rows = random_actions(discrete, getattr(env, "num_envs", 1), random)
    return rows if hasattr(env, "num_envs") else rows[0]


@pytest.mark.parametrize("id", IDS)
def test_the_course_is_the_same(id, random):
    asked, plain = vector(id, food_density=0.3, info="always"), vector(id, food_density=0.3)
    assert (asked.reset(seed=1)[0] == plain.reset(seed=1)[0]).all()
    for _ in range(2 * SMALL["horizon"] + 2):
        actions = random_actions(split(id)[1], 12, random)
        told, expected = asked.step(actions), plain.step(actions)
        assert all((left == right).all() for left, right in zip(told[:4], expected[:4], strict=True))
        if expected[4]:
            rows = expected[4]["_score"]
            assert set(told[4]) == set(expected[4])
            assert all((told[4][name][rows] == expected[4][name][rows]).all() for name in expected[4])
        assert (inner(asked).blocks == inner(plain).blocks).all()


@pytest.mark.parametrize("mode", ["NextStep", "SameStep", "Disabled"])
@pytest.mark.parametrize("others", [None, "random"])
def test_every_step_of_the_vector_face(mode, others, random):
    env = vector(FORAGE, worlds=3, others=others, autoreset_mode=mode, info="always", food_density=0.3)
    rows = env.num_envs
    _, info = env.reset(seed=1)
    check_nothing_yet(info, rows)
    returns, length, over, scored = np.zeros(rows), 0, False, False
    for _ in range(2 * SMALL["horizon"] + 2):
        if over and mode == "Disabled":
            check_nothing_yet(env.reset(options={"reset_mask": np.ones(rows, bool)})[1], rows)
        restarts = over and mode == "NextStep"
        if over:
            returns, length = np.zeros(rows), 0
        _, rewards, _, truncated, info = env.step(random_actions(True, rows, random))
        over = truncated.all()
        if restarts:
            check_nothing_yet(info, rows)
            continue
        returns, length = returns + rewards, length + 1
        assert all(info[f"_{name}"].all() and info[name].shape == (rows,) for name in STATISTICS)
        assert info["episode_return"] == pytest.approx(returns, abs=1e-5)
        assert (info["episode_length"] == length).all()
        # The score of Forage: food per tick against the reference's 0.48, which is worth a half.
        assert info["score"] == pytest.approx(np.minimum(0.5 * info["meals"] / (length * 0.48), 1.0), rel=1e-6)
        assert ("final_info" in info) == (over and mode == "SameStep")
        scored |= info["score"].any()
    assert scored


def check_nothing_yet(info, rows):
    for name in STATISTICS:
        assert info[name].shape == (rows,) and not info[name].any() and info[f"_{name}"].all()


def test_last_information_is_of_ended_worlds_only():
    env = vector("Sakana/FillBasket-Discrete-v0", worlds=4, autoreset_mode="SameStep", info="always", food_density=0.5)
    env.reset(seed=1)
    apart = 0
    for _ in range(60):
        _, _, terminated, truncated, info = env.step(env.unwrapped.policy_actions("scripted"))
        ended = terminated | truncated
        if ended.any():
            assert (info["final_info"]["_score"] == ended).all() and (info["_final_info"] == ended).all()
            assert not info["final_info"]["episode_length"][~ended].any() and info["_score"].all()
            apart += not ended.all()
    assert apart


@pytest.mark.parametrize("id", IDS)
def test_every_step_of_one_learner(id, random):
    env, rows = single(id, info="always"), vector(id, worlds=1, others="scripted", info="always")
    _, first = env.reset(seed=1)
    rows.reset(seed=1)
    check_scalars(first)
    assert not any(first.values())
    done = False
    while not done:
        actions = random_actions(split(id)[1], 1, random)
        *_, terminated, truncated, info = env.step(actions[0])
        expected = rows.step(actions)[4]
        check_scalars(info)
        assert info.keys() == first.keys()
        assert info == {name: np.float64(expected[name][0]) for name in info}
        done = terminated or truncated


@pytest.mark.parametrize("id", IDS)
def test_every_step_of_every_agent(id, random):
    env, rows = parallel(id, info="always"), vector(id, worlds=1, info="always")
    _, infos = env.reset(seed=1)
    rows.reset(seed=1)
    assert all(info.keys() >= STATISTICS and not any(info.values()) for info in infos.values())
    while env.agents:
        actions = act(env, id, random)
        *_, infos = env.step(actions)
        expected = rows.step(np.array(list(actions.values())))[4]
        assert list(infos) == env.possible_agents
        for row, info in enumerate(infos.values()):
            check_scalars(info)
            assert info == {name: np.float64(expected[name][row]) for name in info}


def check_scalars(info):
    assert info.keys() >= STATISTICS
    assert all(type(value) is np.float64 and isinstance(value, float) for value in info.values())
    json.dumps(info)


def test_every_step_of_stable_baselines3(random):
    pytest.importorskip("stable_baselines3")
    env = sakana_envs.SB3VecEnv(FORAGE, worlds=2, info="always", **SMALL)
    env.seed(1)
    env.reset()
    assert all(info.keys() >= STATISTICS and not any(info.values()) for info in env.reset_infos)
    for tick in range(1, SMALL["horizon"] + 1):
        _, _, dones, infos = env.step(random_actions(True, 12, random))
        for info in infos:
            check_scalars({name: info[name] for name in STATISTICS})
            assert info["episode_length"] == tick and ("terminal_observation" in info) == (tick == SMALL["horizon"])
    assert dones.all()


@pytest.mark.parametrize("id", [FORAGE, "Sakana/Assemble-Continuous-v0"])
def test_scalars_at_the_end(id, random):
    env = single(id)
    env.reset(seed=1)
    done = False
    while not done:
        *_, truncated, info = env.step(act(env, id, random))
        done = truncated
        assert bool(info) == done
    check_scalars(info)
    many = parallel(id)
    many.reset(seed=1)
    while many.agents:
        infos = many.step(act(many, id, random))[4]
    for info in infos.values():
        check_scalars(info)


def test_gymnasiums_own_batch_collects_it():
    env = gymnasium.make_vec(FORAGE, num_envs=2, vectorization_mode="sync", info="always", **SMALL)
    env.reset(seed=1)
    info = env.step(env.action_space.sample())[4]
    assert info["score"].dtype == np.float64 and info["_score"].all()


@pytest.mark.parametrize("make", [single, vector, parallel])
def test_wrong_values(make):
    with pytest.raises(ValueError, match=r"info must be one of 'end', 'always', got 'alwys' - did you mean 'always'"):
        make(FORAGE, info="alwys")


def test_the_mode_is_an_attribute():
    assert (
        vector(FORAGE, autoreset_mode="SameStep").unwrapped.autoreset_mode is gymnasium.vector.AutoresetMode.SAME_STEP
    )


@pytest.mark.parametrize("make", [single, parallel])
def test_an_unknown_argument_is_named_in_pythons_words_too(make):
    # TorchRL tries its own arguments first, and goes on without those of which an error says this.
    with pytest.raises(
        TypeError, match=r"no argument 'frameskip'.*arguments: .*got an unexpected keyword argument 'fra"
    ):
        make(FORAGE, frameskip=1)
