"""Steps that write into arrays of the caller's: the same course as without, in their memory and nobody else's."""

import copy
import pickle

import gymnasium
import numpy as np
import pytest
from worlds import IDS, SMALL, inner, random_actions, split, vector

DISCRETE, CONTINUOUS = "Sakana/Forage-Discrete-v0", "Sakana/PredatorPrey-Continuous-v0"
WORLDS = 4
NAMES = ("observations", "rewards", "terminated", "truncated")
HOW = {
    "everyone": {},
    "one of each world": {"others": "scripted"},
    "a group": {"learners": "prey"},
    "shared": {"copy": False},
    "poisoned": {"copy": False, "debug": True},
    "threads": {"threads": 3, "agents": 512, "height": 40, "width": 40},
}


def forms(env):
    """The shape and dtype of what a step returns, by name."""
    rows, space = env.num_envs, env.single_observation_space
    flags = (rows,), np.bool_
    shapes = {"observations": ((rows, *space.shape), space.dtype), "rewards": ((rows,), np.float32)}
    return {**shapes, "terminated": flags, "truncated": flags}


def room(env, make=np.empty, **others):
    """Arrays for all that a step returns, with others in their place."""
    return {name: make(*form) for name, form in forms(env).items()} | others


def tensors(env):
    """The same as tensors of torch."""
    torch = pytest.importorskip("torch")
    types = {name: torch.from_numpy(np.empty(0, dtype)).dtype for name, (_, dtype) in forms(env).items()}
    return {name: torch.empty(shape, dtype=types[name]) for name, (shape, _) in forms(env).items()}


def buffers(env):
    """The same as memory of Python's own, which has the buffer protocol."""
    size = {name: int(np.prod(shape)) * np.dtype(dtype).itemsize for name, (shape, dtype) in forms(env).items()}
    codes = {name: np.dtype(dtype).char for name, (_, dtype) in forms(env).items()}
    return {name: memoryview(bytearray(size[name])).cast(codes[name], shape) for name, (shape, _) in forms(env).items()}


def course(env, steps=2 * SMALL["horizon"], give=lambda tick: None):
    """What a reset and steps return, copied as soon as they did; ``give`` is called before each."""
    random = np.random.default_rng(3)
    give(0)
    returned = [env.reset(seed=1)[0].copy()]
    for tick in range(1, steps + 1):
        if env.unwrapped.autoreset_mode.value == "Disabled" and inner(env).view("over").any():
            returned.append(env.reset()[0].copy())
        discrete = inner(env).twin
        give(tick)
        step = env.step(random_actions(discrete, env.num_envs, random))
        returned += [part.copy() for part in step[:4]]
        returned += [part for part in step[4].get("final_obs", ()) if part is not None]
    return returned


def same(left, right):
    return len(left) == len(right) and all(np.array_equal(*pair) for pair in zip(left, right, strict=True))


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("obs", ["flat", "planes", "bytes"])
@pytest.mark.parametrize("mode", ["NextStep", "SameStep", "Disabled"])
@pytest.mark.parametrize("id", [DISCRETE, CONTINUOUS])
def test_the_same_course(id, mode, obs, how):
    # Forage has one group only.
    settings = {"others": {"agent": "random"}} if how == "a group" and id == DISCRETE else HOW[how]
    arguments = {"worlds": WORLDS, "autoreset_mode": mode, "obs": obs, **SMALL, **settings}
    ticks = 6 if how == "threads" else 2 * SMALL["horizon"]
    expected = course(gymnasium.make_vec(id, **arguments), ticks)
    env = gymnasium.make_vec(id, **arguments)
    given = room(env)
    env.unwrapped.write_into(**given)
    assert same(course(env, ticks), expected)
    step = env.step(random_actions(split(id)[1], env.num_envs, np.random.default_rng(0))) if mode != "Disabled" else ()
    assert all(np.shares_memory(part, given[name]) for part, name in zip(step, NAMES, strict=False))


@pytest.mark.parametrize("id", IDS)
def test_every_task_in_tensors(id):
    expected = course(vector(id, obs="bytes"))
    env = vector(id, obs="bytes")
    given = tensors(env)
    env.unwrapped.write_into(**given)
    found = course(env)
    assert same(found, expected)
    assert all((given[name].numpy() == last).all() for name, last in zip(NAMES, found[-4:], strict=True))


@pytest.mark.parametrize("make", [tensors, buffers])
def test_memory_that_is_no_array(make):
    env = vector(DISCRETE, obs="planes")
    given = make(env)
    env.unwrapped.write_into(**given)
    assert same(course(env), course(vector(DISCRETE, obs="planes")))
    step = env.step(np.zeros(env.num_envs, dtype=np.int64))
    for name, returned in zip(NAMES, step, strict=False):
        assert np.shares_memory(returned, np.asarray(given[name])), name


@pytest.mark.parametrize("names", [("rewards",), ("observations", "truncated"), ()])
def test_only_some_of_them(names):
    env = vector(DISCRETE)
    given = room(env)
    env.unwrapped.write_into(**given)
    env.unwrapped.write_into(**{name: given[name] for name in names})
    env.reset(seed=1)
    first, second = (env.step(np.ones(env.num_envs, dtype=np.int64))[:4] for _ in range(2))
    for name, array, later in zip(NAMES, first, second, strict=True):
        assert np.shares_memory(array, given[name]) == np.shares_memory(array, later) == (name in names)


@pytest.mark.parametrize("obs", ["flat", "bytes"])
def test_a_rollout_is_written_where_it_is_kept(obs):
    steps = 30
    env, plain = vector(DISCRETE, obs=obs), vector(DISCRETE, obs=obs)
    kept = [room(env) for _ in range(steps + 1)]
    found = course(env, steps, lambda tick: env.unwrapped.write_into(**kept[tick]))
    assert same(found, course(plain, steps))
    assert same([kept[0]["observations"]], found[:1])
    for tick in range(steps):
        assert same(kept[tick + 1].values(), found[1 + 4 * tick : 5 + 4 * tick])


def test_bytes_are_written_at_once_and_compile_nothing():
    env = vector(DISCRETE, obs="bytes")
    course(env, 3)
    kernel = inner(env).program.kernels.step
    compiled = len(kernel.signatures)
    given = room(env)
    env.unwrapped.write_into(**given)
    course(env, 3)
    transition = inner(env).step(np.zeros(env.num_envs, dtype=np.int64))
    assert transition.observations is inner(env).given["observations"]
    assert np.shares_memory(transition.observations, given["observations"])
    assert len(kernel.signatures) == compiled


def test_a_refused_step_writes_nothing():
    env = vector(DISCRETE, obs="bytes")
    given = room(env)
    env.unwrapped.write_into(**given)
    course(env, 3)
    before = [array.copy() for array in given.values()]
    for wrong in (np.full(12, 9), np.ones(11, dtype=np.int64), None):
        with pytest.raises((ValueError, TypeError), match="action"):
            env.step(wrong)
    assert same(before, given.values())


def test_what_was_given_before_is_left_alone():
    env = vector(DISCRETE, copy=False, debug=True)
    given = room(env)
    env.unwrapped.write_into(**given)
    course(env, 3)
    before = [array.copy() for array in given.values()]
    env.unwrapped.write_into()
    course(env, 5)
    assert same(before, given.values())


@pytest.mark.parametrize("how", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])
def test_a_copy_writes_into_nothing_of_the_original(how):
    env = vector(DISCRETE, obs="bytes")
    given = room(env)
    env.unwrapped.write_into(**given)
    course(env, 3)
    before = [array.copy() for array in given.values()]
    twin = how(env)
    first, second = (twin.step(np.ones(12, dtype=np.int64))[:4] for _ in range(2))
    assert same(before, given.values())
    assert not any(np.shares_memory(*pair) for pair in zip(first, second, strict=True))
    assert env.step(np.ones(12, dtype=np.int64))[0] is inner(env).given["observations"]


def test_gymnasiums_wrappers_on_top():
    env = gymnasium.wrappers.vector.RecordEpisodeStatistics(vector(DISCRETE))
    given = room(env)
    env.unwrapped.write_into(**given)
    env.reset(seed=1)
    for _ in range(SMALL["horizon"]):
        observations, *_, info = env.step(np.ones(env.num_envs, dtype=np.int64))
    assert np.shares_memory(observations, given["observations"])
    assert (info["episode"]["r"] == info["episode_return"].astype(np.float32)).all()


def _read_only(env):
    array = np.empty(env.num_envs, np.float32)
    array.flags.writeable = False
    return array


def _misaligned(env):
    return np.frombuffer(bytearray(4 * env.num_envs + 1), np.float32, offset=1)


def _as_rewards(make):
    return lambda env: {"rewards": make(env)}


def _torch(dtype="float32", **arguments):
    def make(env):
        torch = pytest.importorskip("torch")
        return torch.empty(env.num_envs, dtype=getattr(torch, dtype), **arguments)

    return _as_rewards(make)


def _twice(env):
    return dict.fromkeys(["terminated", "truncated"], np.empty(env.num_envs, np.bool_))


def _overlapping(env):
    both = np.empty(env.num_envs + 1, np.bool_)
    return {"terminated": both[1:], "truncated": both[:-1]}


WRONG = {
    "a list": (_as_rewards(lambda env: [0.0] * env.num_envs), TypeError, r"rewards must be a NumPy array.*got list"),
    "shape": (_as_rewards(lambda env: np.empty(11, np.float32)), ValueError, r"\(12,\), C-cont.*with shape \(11,\)"),
    "type": (_as_rewards(lambda env: np.empty(12)), ValueError, r"rewards must be float32 .*, got float64 with"),
    "byte order": (_as_rewards(lambda env: np.empty(12, ">f4")), ValueError, r"must be float32 .*, got >f4 with"),
    "columns": (lambda env: {"observations": np.empty((12, 846), np.float32)}, ValueError, r"\(12, 847\), .*846"),
    "gaps": (_as_rewards(lambda env: np.empty(24, np.float32)[::2]), ValueError, r"C-contiguous .*strides \(8,\)"),
    "transposed": (lambda env: {"observations": np.empty((847, 12), np.float32).T}, ValueError, "C-contiguous"),
    "read-only": (_as_rewards(_read_only), ValueError, r"writable, got one that is read-only"),
    "bytes": (_as_rewards(lambda env: memoryview(bytes(48)).cast("f")), ValueError, "read-only"),
    "misaligned": (_as_rewards(_misaligned), ValueError, r"isn't aligned to 4 bytes"),
    "the same twice": (_twice, ValueError, "terminated and truncated share memory: each needs"),
    "overlapping": (_overlapping, ValueError, "terminated and truncated share memory"),
    "another device": (_torch(device="meta"), ValueError, r"rewards can't be written into: .*meta"),
    "half": (_torch(dtype="float16"), ValueError, "must be float32 .*, got float16"),
    "bfloat16": (_torch(dtype="bfloat16"), ValueError, "rewards can't be written into"),
    "a gradient": (_torch(requires_grad=True), ValueError, r"can't be written into: .*gradient"),
    "unknown": (lambda env: {"reward": np.empty(12, np.float32)}, TypeError, "'reward'"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_written_into(wrong):
    make, error, said = WRONG[wrong]
    env = vector(DISCRETE)
    given = room(env)
    env.unwrapped.write_into(**given)
    with pytest.raises(error, match=said):
        env.unwrapped.write_into(**{"observations": np.empty((12, 847), np.float32), **make(env)})
    env.reset(seed=1)
    step = env.step(np.zeros(12, dtype=np.int64))
    assert all(np.shares_memory(part, given[name]) for part, name in zip(step, NAMES, strict=False))


def test_pinned_memory_is_the_processors_own():
    tensor = pytest.importorskip("torch").zeros(12)

    class Pinned:
        def __dlpack_device__(self):
            return 3, 0

        def __dlpack__(self, **arguments):
            return tensor.__dlpack__(**arguments)

    env = vector(DISCRETE)
    env.unwrapped.write_into(rewards=Pinned())
    env.reset(seed=1)
    assert np.shares_memory(env.step(np.ones(12, dtype=np.int64))[1], tensor.numpy())


def test_memory_of_another_device_is_not_asked_for():
    class OnAGraphicsCard:
        device = "cuda:0"

        def __dlpack_device__(self):
            return 2, 0

        def __dlpack__(self, **_):
            raise AssertionError("asked for")

    with pytest.raises(ValueError, match=r"rewards can't be written into: it is on another device, cuda:0"):
        vector(DISCRETE).unwrapped.write_into(rewards=OnAGraphicsCard())
