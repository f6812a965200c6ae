"""What a step returns is the caller's own, on every face; what a step is given stays as it was."""

import numpy as np
import pytest
from worlds import SMALL, inner, parallel, random_actions, single, vector

import sakana_envs

TWINS = ["Sakana/Forage-Discrete-v0", "Sakana/Assemble-Continuous-v0"]
STEPS = 25


def arrays(value):
    """All arrays in what was returned, however deep."""
    if isinstance(value, np.ndarray):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [array for part in value for array in arrays(part)] if isinstance(value, (list, tuple)) else []


def others(rows):
    """A policy that keeps what it is shown."""
    others.seen.append(rows)
    return np.zeros(len(rows), dtype=np.int64) if others.discrete else np.zeros((len(rows), 2), dtype=np.float32)


def make(face, id, obs):
    """An env of a face, its reset, and actions for it."""
    discrete = "Discrete" in id
    one = 3 if discrete else np.float32([0.5, -1.0])
    if face == "single":
        env = single(id, obs=obs, others="random")
        return env, lambda: env.reset(seed=1), lambda random: one
    if face == "parallel":
        env = parallel(id, obs=obs)
        return env, lambda: env.reset(seed=1), lambda random: dict.fromkeys(env.agents, one)
    if face == "SB3":
        pytest.importorskip("stable_baselines3")
        env = sakana_envs.SB3VecEnv(id, num_envs=12, obs=obs, **SMALL)
        return env, env.reset, lambda random: random_actions(discrete, 12, random)
    others.seen, others.discrete = [], discrete
    env = vector(id, obs=obs, autoreset_mode=face, others=None if face != "Disabled" else others)
    return env, lambda: env.reset(seed=1), lambda random: random_actions(discrete, env.num_envs, random)


@pytest.mark.parametrize("obs", ["flat", "planes", "bytes"])
@pytest.mark.parametrize("face", ["single", "parallel", "SB3", "NextStep", "SameStep", "Disabled"])
@pytest.mark.parametrize("id", TWINS)
def test_what_is_returned_stays_as_it_was(id, face, obs, random):
    env, reset, act = make(face, id, obs)
    sim = inner(env.env if face == "SB3" else env)
    kept = arrays(reset())
    copies = [array.copy() for array in kept]
    for _ in range(STEPS):
        if face in ("single", "parallel", "Disabled") and sim.view("over").any():
            new = arrays(reset())
        else:
            actions = act(random)
            given = [array.copy() for array in arrays(actions)]
            new = arrays(env.step(actions))
            assert all((left == right).all() for left, right in zip(arrays(actions), given, strict=True))
            assert not any(np.shares_memory(array, action) for array in new for action in arrays(actions))
        kept += new
        copies += [array.copy() for array in new]
    assert len(kept) > STEPS
    for array, copy in zip(kept, copies, strict=True):
        assert array.dtype == object or array.tobytes() == copy.tobytes()
        assert not np.shares_memory(array, sim.blocks)


@pytest.mark.parametrize("face", ["single", "parallel", "SB3", "NextStep", "SameStep", "Disabled"])
@pytest.mark.parametrize("id", TWINS)
def test_writing_into_what_was_returned_changes_nothing(id, face):
    courses = []
    for spoil in (False, True):
        env, reset, act = make(face, id, "bytes")
        sim = inner(env.env if face == "SB3" else env)
        if face == "SB3":
            env.seed(1)
        random = np.random.default_rng(5)
        returned = reset()
        course = []
        for _ in range(STEPS):
            for array in arrays(returned) if spoil else []:
                if array.dtype != object:
                    array[...] = 1
            if face in ("single", "parallel", "Disabled") and sim.view("over").any():
                break
            returned = env.step(act(random))
            course.append([array.tobytes() for array in arrays(returned) if array.dtype != object])
        courses.append((course, sim.blocks.tobytes()))
    assert courses[0] == courses[1]


@pytest.mark.parametrize("id", TWINS)
def test_actions_may_be_read_only_and_reused(id, random):
    env = vector(id)
    env.reset(seed=1)
    actions = random_actions("Discrete" in id, 12, random)
    actions.setflags(write=False)
    env.step(actions)
    before = inner(env).blocks.tobytes()
    writable = actions.copy()
    writable[:] = 0
    assert inner(env).blocks.tobytes() == before
    state = env.unwrapped.get_state()
    kept = {name: array.copy() for name, array in state.items()}
    env.step(actions)
    env.unwrapped.set_state(state)
    env.step(actions)
    assert all((state[name] == kept[name]).all() for name in state)
