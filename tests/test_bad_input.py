"""Wrong input: a clear error that names the value and what is allowed, and a world that is as it was."""

import re

import gymnasium
import numpy as np
import pytest
from worlds import IDS, SMALL, inner, observe, parallel, random_actions, simulation, single, split, vector

import sakana_envs
from sakana_envs.core import simulation as simulation_module

FORAGE = "Sakana/Forage-Discrete-v0"

# Changes to good actions of 12 rows: the wrong ones, and what the message must say about them.
WRONG_DISCRETE = {
    "too large": (lambda a: np.where(np.arange(12) == 5, 9, a), "action 9 of row 5.*0..8"),
    "negative": (lambda a: np.where(np.arange(12) == 11, -1, a), "action -1 of row 11.*0..8"),
    "huge": (lambda a: a.astype(np.uint64) + np.uint64(2**63), "action 92233720368547758.. of row 0.*0..8"),
    "float": (lambda a: a.astype(np.float32), "integers in 0..8.*float32"),
    "NaN": (lambda a: np.full(12, np.nan), "integers.*float64"),
    "bool": (lambda a: a > 4, "integers.*bool"),
    "text": (lambda a: a.astype(str), "integers"),
    "objects": (lambda a: a.astype(object), "integers.*object"),
    "too few": (lambda a: a[:-1], r"shape \(12,\).*\(11,\)"),
    "too many": (lambda a: np.append(a, 0), r"shape \(12,\).*\(13,\)"),
    "two axes": (lambda a: a[:, None], r"shape \(12,\).*\(12, 1\)"),
    "a number": (lambda a: 3, r"shape \(12,\)"),
    "nothing": (lambda a: None, "integers.*object"),
}
WRONG_CONTINUOUS = {
    "too large": (lambda a: np.where(np.arange(24).reshape(12, 2) == 10, 1.001, a), r"row 5 .*\[-1, 1\].*ClipAction"),
    "NaN": (lambda a: np.where(np.arange(24).reshape(12, 2) == 3, np.nan, a), r"nan.*row 1 .*\[-1, 1\]"),
    "infinite": (lambda a: np.where(np.arange(24).reshape(12, 2) == 0, -np.inf, a), r"-inf.*row 0 .*\[-1, 1\]"),
    "overflowing": (lambda a: np.full((12, 2), 1e300), r"1\.e\+300.* of row 0 .*\[-1, 1\]"),
    "complex": (lambda a: a.astype(complex), "real numbers.*complex128"),
    "text": (lambda a: a.astype(str), "real numbers"),
    "one axis": (lambda a: a[:, 0], r"shape \(12, 2\).*\(12,\)"),
    "three": (lambda a: np.concatenate([a, a[:, :1]], axis=1), r"shape \(12, 2\).*\(12, 3\)"),
    "too few": (lambda a: a[:-1], r"shape \(12, 2\).*\(11, 2\)"),
}


@pytest.mark.filterwarnings("ignore:overflow encountered in cast")
@pytest.mark.parametrize("others", [None, "scripted"])
@pytest.mark.parametrize("id", IDS)
def test_wrong_actions(id, others, random):
    env = vector(id, worlds=12 if others else 2, others=others)
    env.reset(seed=1)
    good = random_actions(split(id)[1], 12, random)
    env.step(good)
    before = inner(env).blocks.tobytes()
    for name, (spoil, message) in (WRONG_DISCRETE if split(id)[1] else WRONG_CONTINUOUS).items():
        if others:
            message = "actions? "  # which row is named, and what is looked at first, differs with other seats
        with pytest.raises((ValueError, TypeError), match=message):
            env.step(spoil(good))
        assert inner(env).blocks.tobytes() == before, name
    env.step(good)
    assert inner(env).blocks.tobytes() != before


@pytest.mark.parametrize("id", IDS)
def test_wrong_actions_of_one_learner(id):
    discrete = split(id)[1]
    wrong = [9, -1, np.uint64(2**63), 1.5, [1], [[1], [1, 2]], "north", None]
    if not discrete:
        wrong = [[1.5, 0.0], [np.nan, 0.0], [0.0, 1e300], 0.5, [0.1], [[1], [1, 2]], ["a", "b"], [[0, 0]], None]
    for env in (single(id).unwrapped, single(id, agents=1).unwrapped):
        env.reset(seed=1)
        before = inner(env).blocks.tobytes()
        for action in wrong:
            allowed = "an integer in 0..8" if discrete else r"two real numbers in \[-1, 1\]"
            with pytest.raises((ValueError, TypeError), match=rf"an action must be {allowed}") as caught:
                env.step(action)
            assert not re.search("row|world|mask|(?<!clip_)actions", str(caught.value))
            assert inner(env).blocks.tobytes() == before
    if discrete:
        with pytest.raises(ValueError, match=r"^action 9223372036854775808 is not allowed"):
            env.step(np.uint64(2**63))


@pytest.mark.parametrize("id", IDS)
def test_wrong_actions_of_parallel_agents(id):
    env, discrete = parallel(id), split(id)[1]
    env.reset(seed=1)
    before = inner(env).blocks.tobytes()
    good = {agent: env.action_space(agent).sample() for agent in env.agents}
    last = env.agents[-1]
    with pytest.raises(KeyError, match=f"no action for {last}"):
        env.step({agent: good[agent] for agent in env.agents[:-1]})
    for wrong in (12, -1, 1.5, [1, 2]) if discrete else ([2.0, 0.0], [np.nan, 0.0], 0.5, ["a", "b"]):
        with pytest.raises((ValueError, TypeError), match=f"{last}: .*an action must be") as caught:
            env.step(good | {last: np.array(wrong)})
        assert "row" not in str(caught.value)
    for wrong in (list(good.values()), None, 3):
        with pytest.raises(TypeError, match=r"actions must be a dictionary.*got"):
            env.step(wrong)
    for wrong in (good | {"agnet_0": good[last]}, {"agnet_0": good[last]}, {**good, 7: good[last]}):
        with pytest.raises(KeyError, match=r"actions for ('agnet_0'|7).*agents are those in env.agents"):
            env.step(wrong)
    typed = {name.replace(last, f"{last}_"): action for name, action in good.items()}
    with pytest.raises(KeyError, match=f"actions for '{last}_' - did you mean '{last}'"):
        env.step(typed)
    assert inner(env).blocks.tobytes() == before and len(env.agents) == 6


@pytest.mark.parametrize(
    "make", [lambda **a: gymnasium.make(FORAGE, **a), lambda **a: sakana_envs.parallel_env(FORAGE, **a)]
)
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"agnets": 3}, "'agnets' - did you mean 'agents'"),
        ({"colour": 3}, "no argument 'colour'.*agents.*speed.*food_reward"),
        ({"agents": 0}, "agents must be a whole number from 1 to .*got 0"),
        ({"agents": 2.5}, "whole number.*2.5"),
        ({"agents": True}, "whole number.*True"),
        ({"agents": 121, "height": 10, "width": 12}, "121 agents don't fit on 120 cells"),
        ({"height": -1}, "height must be .*-1"),
        ({"radius": 16}, "radius must be .*1 to 15, got 16"),
        ({"horizon": 0}, "horizon must be .*got 0"),
        ({"speed": 1.5}, "speed must be a number from 0 to 1, got 1.5"),
        ({"speed": float("nan")}, "speed.*nan"),
        ({"food_density": "many"}, "food_density.*'many'"),
        ({"lifespan": float("inf")}, "lifespan.*inf"),
        ({"width": 10**400}, "width must be"),
        ({"preset": "defualt"}, "no preset 'defualt' - did you mean 'default'"),
        ({"obs": "flatt"}, "obs must be one of 'flat', 'planes', 'bytes', got 'flatt' - did you mean 'flat'"),
        ({"others": "scriptd"}, "others must be .*'scriptd' - did you mean 'scripted'"),
        ({"others": 3}, "others must be one of .*got 3"),
        ({"render_mode": "anis"}, "render_mode must be one of None, 'human', 'rgb_array', 'ansi', got 'anis'"),
        ({"camera": {"folow": 1}}, "camera has no option 'folow' - did you mean 'follow'.*options: zoom, size, follow"),
        ({"camera": {"follow": 128}}, "follow must be an agent from 0 to 127, got 128"),
        ({"camera": {"agent": -1}}, "agent must be an agent's index from 0, or None, got -1"),
        ({"camera": {"zoom": 0}}, "zoom must be pixels per cell, more than 0 and at most 512, or None, got 0"),
        ({"camera": {"size": (8, 512)}}, r"size must be \(height, width\), each 16 to 8192 pixels, got \(8, 512\)"),
        ({"camera": 3}, r"camera must be a dict such as \{'follow': 0\}, got 3"),
        ({"camera": {"zoom": "large"}}, "zoom must be pixels per cell.*got 'large'"),
        ({"camera": {"size": 512}}, r"size must be \(height, width\).*got 512"),
        ({"camera": {"follow": 1.5}}, "follow must be an agent's index from 0, or None, got 1.5"),
        ({"camera": {"trails": -1}}, "trails must be a number of ticks, 0 for none, got -1"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*render.*:UserWarning")
def test_wrong_arguments(make, arguments, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make(**arguments)


def test_unknown_ids():
    with pytest.raises(
        ValueError, match=r"no id 'Sakana/Forrage-Discrete-v0' - did you mean 'Sakana/Forage-Discrete-v0'"
    ):
        sakana_envs.parallel_env("Sakana/Forrage-Discrete-v0")
    for wrong in ("Forage-Both", "", "Sakana/Forage-Discrete-v1", "x" * 1000):
        with pytest.raises(ValueError, match=r"(ids: .*Sakana/|tasks: .*)Forage"):
            sakana_envs.parallel_env(wrong)
    with pytest.raises(gymnasium.error.NameNotFound, match=r"Did you mean: `Forage-Discrete`"):
        gymnasium.make("Sakana/Forrage-Discrete-v0")


WRONG_SEEDS = [(make, seed) for make in (single, vector, parallel) for seed in (-1, 2**64, 1.5, "1")]


@pytest.mark.parametrize(("make", "seed"), [*WRONG_SEEDS, (parallel, True), (vector, True)])  # make takes it for 1
def test_wrong_seeds(make, seed):
    env = make(FORAGE)
    env.reset(seed=1)
    before = inner(env).blocks.tobytes()
    with pytest.raises((ValueError, TypeError, gymnasium.error.Error), match=r"[Ss]eed"):
        env.reset(seed=seed)
    assert inner(env).blocks.tobytes() == before


@pytest.mark.parametrize("seed", [[1], [1, 2, 3], [1, None], [1, -1], [1.5, 2.5], [[1, 2]], ["a", "b"], []])
def test_wrong_lists_of_seeds(seed):
    env = vector(FORAGE, worlds=2)
    env.reset(seed=1)
    before = inner(env).blocks.tobytes()
    with pytest.raises(ValueError, match="seed must be"):
        env.reset(seed=seed)
    assert inner(env).blocks.tobytes() == before


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (np.ones(2, bool), r"bool with shape \(12,\), got bool with shape \(2,\)"),
        (np.ones(12, int), r"bool with shape \(12,\), got int64"),
        (np.arange(12) < 3, "same for all rows of a world"),
        (True, r"shape \(\)"),
    ],
)
def test_wrong_reset_masks(mask, message):
    env = vector(FORAGE, worlds=2)
    env.reset(seed=1)
    before = inner(env).blocks.tobytes()
    with pytest.raises(ValueError, match=message):
        env.reset(seed=2, options={"reset_mask": mask})
    assert inner(env).blocks.tobytes() == before


@pytest.mark.parametrize("id", IDS)
def test_step_before_reset(id, random):
    good = random_actions(split(id)[1], 12, random)
    with pytest.raises(RuntimeError, match=r"call reset\(\) before step\(\)"):
        vector(id).step(good)
    with pytest.raises(gymnasium.error.ResetNeeded):
        single(id).step(good[0])
    with pytest.raises(RuntimeError, match="reset"):
        single(id).unwrapped.step(good[0])
    with pytest.raises(RuntimeError, match=r"reset\(\) before step\(\)"):
        parallel(id).step({})


@pytest.mark.parametrize("id", IDS)
@pytest.mark.parametrize("make", [single, parallel])
def test_options_of_a_reset(make, id):
    env = make(id)
    for options in (None, {}):
        env.reset(seed=1, options=options)
    before = inner(env).blocks.tobytes()
    for options in ({"speed": 0.5}, {"reset_mask": np.array([True])}, {"options": 2}, {"options": 1, "speed": 1}):
        with pytest.raises(ValueError, match=f"no option '({'|'.join(options)})'.*arguments of make"):
            env.reset(seed=2, options=options)
    with pytest.raises(TypeError, match="options must be a dictionary or None, got 3"):
        env.reset(seed=2, options=3)
    assert inner(env).blocks.tobytes() == before


def test_step_after_the_end_without_autoreset():
    env = vector(FORAGE, autoreset_mode="Disabled")
    env.reset(seed=1)
    for _ in range(SMALL["horizon"]):
        env.step(np.zeros(12, dtype=np.int64))
    before = inner(env).blocks.tobytes()
    with pytest.raises(RuntimeError, match=r"episode of world 0 is over.*reset_mask"):
        env.step(np.zeros(12, dtype=np.int64))
    assert inner(env).blocks.tobytes() == before


@pytest.mark.parametrize("id", IDS)
def test_step_of_one_learner_while_no_episode_runs(id, random):
    asked = []

    def others(observations):
        asked.append(1)
        return random_actions(split(id)[1], len(observations), random)

    env, action = single(id, others=others).unwrapped, random_actions(split(id)[1], 1, random)[0]
    fresh = env.get_state()
    env.reset(seed=1)
    begun = env.get_state()
    while not any(env.step(action)[2:4]):
        pass
    over = env.get_state()
    for state in (None, begun, over, begun, fresh):
        if state is not None:
            env.set_state(state)
        if state is begun:
            env.step(action)
            continue
        before = len(asked), inner(env).blocks.tobytes()
        with pytest.raises(RuntimeError, match=r"^no episode is running: call reset\(\) before step\(\)$"):
            env.step(action)
        assert before == (len(asked), inner(env).blocks.tobytes())


def test_stable_baselines3_face():
    pytest.importorskip("stable_baselines3")
    with pytest.raises(ValueError, match="must be a multiple"):
        sakana_envs.SB3VecEnv(FORAGE, num_envs=7, **SMALL)
    env = sakana_envs.SB3VecEnv(FORAGE, num_envs=12, **SMALL)
    env.reset()
    before = inner(env.env).blocks.tobytes()
    for wrong in (np.full(12, 9), np.zeros(11, int), np.zeros(12)):
        with pytest.raises((ValueError, TypeError), match="action"):
            env.step(wrong)
    assert inner(env.env).blocks.tobytes() == before
    for indices in (None, [0]):
        with pytest.raises(AttributeError, match=r"'food_density' can't be set to 1: .* as arguments"):
            env.set_attr("food_density", 1, indices=indices)
    for options in ({"reset_mask": np.ones(12, bool)}, [{}] * 11 + [{"x": 1}]):
        with pytest.raises(ValueError, match=r"no option '(reset_mask|x)'"):
            env.set_options(options)


def test_observations_before_the_first_reset_hold_no_rubbish(monkeypatch):
    def rubbish(shape, dtype=float):
        return np.full(shape, 255, dtype=dtype)

    monkeypatch.setattr(simulation_module.np, "empty", rubbish)
    assert observe(simulation(FORAGE)).max() <= 6
