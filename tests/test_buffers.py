"""What a step returns is the caller's own, on every face, or with copy=False for as long as is promised."""

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


def make(face, id, obs, **settings):
    """An env of a face, its reset, and actions for it."""
    discrete = "Discrete" in id
    one = 3 if discrete else np.float32([0.5, -1.0])
    if face == "single":
        env = single(id, obs=obs, others="random", **settings)
        return env, lambda: env.reset(seed=1), lambda random: one
    if face == "parallel":
        env = parallel(id, obs=obs, **settings)
        return env, lambda: env.reset(seed=1), lambda random: dict.fromkeys(env.agents, one)
    if face == "SB3":
        pytest.importorskip("stable_baselines3")
        env = sakana_envs.SB3VecEnv(id, num_envs=12, obs=obs, **SMALL, **settings)
        return env, env.reset, lambda random: random_actions(discrete, 12, random)
    others.seen, others.discrete = [], discrete
    env = vector(id, obs=obs, autoreset_mode=face, others=None if face != "Disabled" else others, **settings)
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


def stepped(face, id, obs, **settings):
    """What each of some steps returned, arrays and their copies, and a face's name for what is shared."""
    env, reset, act = make(face, id, obs, **settings)
    if face == "SB3":
        env.seed(1)
    random = np.random.default_rng(5)
    first = arrays(reset())
    steps = []
    for _ in range(SMALL["horizon"] - 1):
        # Arrays of objects hold the last observations of episodes: those are never shared.
        new = [array for array in arrays(env.step(act(random))) if array.dtype != object]
        steps.append((new, [array.copy() for array in new]))
    return first, steps


FACES = ["parallel", "SB3", "NextStep", "SameStep", "Disabled"]


@pytest.mark.parametrize("obs", ["flat", "planes", "bytes"])
@pytest.mark.parametrize("face", [*FACES, "single"])
@pytest.mark.parametrize("id", TWINS)
def test_shared_arrays_hold_the_same(id, face, obs):
    _, own = stepped(face, id, obs)
    first, shared = stepped(face, id, obs, copy=False)
    for (_, expected), (_, found) in zip(own, shared, strict=True):
        assert all((left == right).all() for left, right in zip(expected, found, strict=True))
    assert not any(np.shares_memory(array, later) for array in first for later in shared[-1][0])


@pytest.mark.parametrize("obs", ["flat", "planes", "bytes"])
@pytest.mark.parametrize("face", FACES)
def test_shared_arrays_last_for_one_more_step(face, obs):
    env, reset, act = make(face, TWINS[0], obs, copy=False)
    random = np.random.default_rng(5)
    reset()
    steps = []
    for _ in range(6):
        steps.append(arrays(env.step(act(random))))
        for array, later in zip(steps[-1], steps[-2] if len(steps) > 1 else (), strict=False):
            assert not np.shares_memory(array, later)
    # Without others the learners' rows are the buffer itself; with others they are picked out of it.
    reused = [np.shares_memory(*pair) for pair in zip(steps[-1], steps[-3], strict=True)]
    assert any(reused) or (face == "Disabled" and obs == "bytes")


@pytest.mark.parametrize("obs", ["flat", "planes", "bytes"])
@pytest.mark.parametrize("face", ["SB3", "NextStep", "SameStep"])
def test_debug_poisons_what_nobody_may_read_any_more(face, obs):
    _, plain = stepped(face, TWINS[0], obs, copy=False)
    _, steps = stepped(face, TWINS[0], obs, copy=False, debug=True)
    for (_, expected), (_, found) in zip(plain, steps, strict=True):
        assert all((left == right).all() for left, right in zip(expected, found, strict=True))
    for arrays_then, copies in steps[-2:]:
        assert all((array == copy).all() for array, copy in zip(arrays_then, copies, strict=True))
    poisoned = 0
    for arrays_then, copies in steps[:-2]:
        observations, rewards = arrays_then[:2]
        assert np.isnan(observations).all() if observations.dtype == np.float32 else (observations == 0xAA).all()
        assert np.isnan(rewards).all()
        if face != "SB3":
            assert arrays_then[2].all() and arrays_then[3].all()
        poisoned += not all(np.array_equal(*pair) for pair in zip(arrays_then, copies, strict=True))
    assert poisoned == len(steps) - 2


@pytest.mark.parametrize("debug", [False, True])
def test_a_refused_step_ends_nobodys_time(debug):
    env = vector(TWINS[0], obs="bytes", copy=False, debug=debug)
    env.reset(seed=1)
    kept = [arrays(env.step(np.ones(12, dtype=np.int64))) for _ in range(2)]
    copies = [[array.copy() for array in step] for step in kept]
    for wrong in (np.full(12, 9), np.ones(11, dtype=np.int64), None):
        with pytest.raises((ValueError, TypeError), match="action"):
            env.step(wrong)
    for step, copied in zip(kept, copies, strict=True):
        assert all((array == copy).all() for array, copy in zip(step, copied, strict=True))
    env.step(np.ones(12, dtype=np.int64))
    assert all((array == copy).all() for array, copy in zip(kept[1], copies[1], strict=True))


def test_trainers_live_with_shared_arrays():
    algorithms = pytest.importorskip("stable_baselines3")
    torch = pytest.importorskip("torch")
    learnt = []
    for settings in ({}, {"copy": False}, {"copy": False, "debug": True}):
        env = sakana_envs.SB3VecEnv(TWINS[0], num_envs=12, **SMALL, **settings)
        model = algorithms.PPO("MlpPolicy", env, n_steps=16, batch_size=64, n_epochs=2, seed=1, device="cpu")
        model.learn(384)
        learnt.append(torch.cat([parameter.detach().flatten() for parameter in model.policy.parameters()]))
    assert torch.isfinite(learnt[0]).all()
    assert all(torch.equal(learnt[0], other) for other in learnt[1:])


@pytest.mark.parametrize("copy", [None, 0, "no"])
def test_copy_is_true_or_false(copy):
    with pytest.raises(ValueError, match=r"copy must be True or False, got"):
        vector(TWINS[0], copy=copy)
