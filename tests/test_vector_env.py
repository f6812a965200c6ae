"""The vector face: Gymnasium's contract for vector environments, which no checker covers, and its wrappers."""

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space
from worlds import IDS, SMALL, inner, parallel, radius_of, random_actions, single, split, vector

import sakana_envs

pytestmark = pytest.mark.filterwarnings("error")

MODES = list(AutoresetMode)


@pytest.mark.parametrize("obs", ["flat", "planes", "bytes"])
@pytest.mark.parametrize("others", [None, "scripted"])
@pytest.mark.parametrize("id", IDS)
def test_contract(id, others, obs):
    env = vector(id, worlds=3, others=others, obs=obs, render_mode="rgb_array")
    rows = 3 if others else 3 * SMALL["agents"]
    assert env.num_envs == rows
    assert env.spec.id == id
    assert env.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    assert env.observation_space == batch_space(env.single_observation_space, rows)
    assert env.action_space == batch_space(env.single_action_space, rows)
    alone = single(id, obs=obs)
    assert env.single_observation_space == alone.observation_space
    assert env.single_action_space == alone.action_space
    observations, info = env.reset(seed=1)
    assert env.observation_space.contains(observations) and info == {}
    env.action_space.seed(1)
    for _ in range(SMALL["horizon"] + 3):
        observations, rewards, terminated, truncated, info = env.step(env.action_space.sample())
        assert env.observation_space.contains(observations)
        assert rewards.shape == terminated.shape == truncated.shape == (rows,)
        assert rewards.dtype == np.float32 and terminated.dtype == truncated.dtype == np.bool_
        assert isinstance(info, dict)
    frames = env.render()
    assert len(frames) == rows and all(frame.dtype == np.uint8 and frame.shape[2] == 3 for frame in frames)
    assert all(frames[row] is frames[row // (rows // 3) * (rows // 3)] for row in range(rows))
    env.close()


@pytest.mark.parametrize("mode", MODES)
def test_mode_is_declared_per_instance(mode):
    env = vector(IDS[0], autoreset_mode=mode)
    assert env.metadata["autoreset_mode"] is mode
    assert vector(IDS[0], autoreset_mode=mode.value).metadata["autoreset_mode"] is mode
    assert type(env.unwrapped).metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP


@pytest.mark.parametrize("id", IDS)
def test_rows_are_worlds_times_agents(id):
    env = vector(id, worlds=2, obs="bytes")
    observations, _ = env.reset(seed=1)
    sim = inner(env)
    side = 2 * radius_of(sim) + 1
    window = side * side
    for row in range(env.num_envs):
        world, agent = divmod(row, sim.agents)
        top, left = int(sim.view("row")[world, agent]), int(sim.view("col")[world, agent])
        around = sim.view("cells")[world, top : top + side, left : left + side]
        assert (observations[row, :window] == around.reshape(-1)).all()


@pytest.mark.parametrize("id", IDS)
def test_views_of_one_observation_agree(id):
    observations = {}
    for obs in ("flat", "planes", "bytes"):
        env = vector(id, obs=obs)
        observations[obs], _ = env.reset(seed=2)
        env.action_space.seed(2)
        observations[obs] = env.step(env.action_space.sample())[0]
    rows, window = len(observations["bytes"]), (2 * radius_of(inner(env)) + 1) ** 2
    one_hot = np.eye(7, dtype=np.float32)[observations["bytes"][:, :window]].transpose(0, 2, 1)
    rest = observations["bytes"][:, window:] * np.float32(1.0 / 255.0)
    flat = np.concatenate([one_hot.reshape(rows, -1), rest], axis=1)
    assert (observations["flat"] == flat).all()
    assert (observations["planes"][:, :7].reshape(rows, -1) == flat[:, : 7 * window]).all()


def test_returned_arrays_are_the_callers_own(random):
    for obs in ("flat", "planes", "bytes"):
        for mode in (AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP):
            env = vector("Sakana/Forage-Discrete-v0", obs=obs, autoreset_mode=mode)
            kept = [env.reset(seed=1)[0]]
            copies = [kept[0].copy()]
            actions = random_actions(True, env.num_envs, random)
            before = actions.copy()
            for _ in range(30):
                kept += env.step(actions)[:4]
                copies += [array.copy() for array in kept[-4:]]
            assert all((array == copy).all() for array, copy in zip(kept, copies, strict=True))
            assert (actions == before).all()
            for array in kept:
                array[...] = 0
            clean = vector("Sakana/Forage-Discrete-v0", obs=obs, autoreset_mode=mode)
            clean.reset(seed=1)
            for _ in range(30):
                clean.step(actions)
            assert (inner(clean).blocks == inner(env).blocks).all()
            assert (clean.step(actions)[0] == env.step(actions)[0]).all()


def test_more_worlds_than_one_need_whole_worlds():
    with pytest.raises(ValueError, match=r"num_envs must be a multiple of the 6 learners.*got 7; pass num_envs=6"):
        gymnasium.make_vec("Sakana/Forage-Discrete-v0", num_envs=7, **SMALL)


@pytest.mark.parametrize("id", IDS)
def test_an_id_alone_is_one_learner(id, random):
    rows, alone = gymnasium.make_vec(id, **SMALL), single(id)
    assert rows.num_envs == 1 and inner(rows).agents == SMALL["agents"]
    assert (rows.reset(seed=2)[0][0] == alone.reset(seed=2)[0]).all()
    for _ in range(3):
        actions = random_actions(split(id)[1], 1, random)
        assert (rows.step(actions)[0][0] == alone.step(actions[0])[0]).all()
    assert (inner(rows).blocks == inner(alone).blocks).all()


def test_one_row_of_a_group():
    env = gymnasium.make_vec("Sakana/PredatorPrey-Discrete-v0", learners="prey", **SMALL)
    assert env.num_envs == 1 and env.unwrapped.seats.learners.tolist() == [3]


@pytest.mark.parametrize(
    ("arguments", "rows"), [({}, 18), ({"others": "scripted"}, 3), ({"learners": "prey"}, 9), ({"num_envs": 18}, 18)]
)
def test_worlds_instead_of_rows(arguments, rows):
    env = gymnasium.make_vec("Sakana/PredatorPrey-Continuous-v0", worlds=3, **arguments, **SMALL)
    assert env.num_envs == rows and inner(env).worlds == 3
    assert env.action_space == batch_space(env.single_action_space, rows)
    observations, _ = env.reset(seed=1)
    same = gymnasium.make_vec("Sakana/PredatorPrey-Continuous-v0", **{"num_envs": rows, **arguments}, **SMALL)
    assert (same.reset(seed=1)[0] == observations).all()
    assert env.step(env.action_space.sample())[1].shape == (rows,)


def test_one_world_of_many_rows():
    assert gymnasium.make_vec("Sakana/Forage-Discrete-v0", worlds=1, **SMALL).num_envs == 6


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"worlds": 3, "num_envs": 12}, r"worlds=3 with 6 learners each are 18 rows, got num_envs=12"),
        ({"worlds": 0}, r"worlds must be a whole number from 1 to .*got 0"),
        ({"worlds": 1.5}, r"worlds must be a whole number.*got 1\.5"),
        ({"worlds": True}, r"worlds must be a whole number.*got True"),
    ],
)
def test_wrong_numbers_of_worlds(arguments, message):
    with pytest.raises(ValueError, match=message):
        gymnasium.make_vec("Sakana/Forage-Discrete-v0", **arguments, **SMALL)


@pytest.mark.parametrize("make", [single, parallel])
def test_faces_of_one_world_refuse_worlds(make):
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'worlds': this environment is one world"):
        make("Sakana/Forage-Discrete-v0", worlds=2)


@pytest.mark.parametrize("id", IDS)
def test_max_episode_steps(id):
    env = gymnasium.make(id, max_episode_steps=5, **SMALL)
    env.reset(seed=1)
    flags = [env.step(env.action_space.sample())[2:4] for _ in range(5)]
    assert any(flags[-1])
    rows = gymnasium.make_vec(id, num_envs=6, max_episode_steps=5, **SMALL)
    rows.reset(seed=1)
    ends = [np.logical_or(*rows.step(rows.action_space.sample())[2:4]).all() for _ in range(5)]
    assert ends == [False] * 4 + [True]
    assert inner(gymnasium.make_vec(id, num_envs=6, max_episode_steps=50, **SMALL)).sizes["horizon"] == 20


@pytest.mark.parametrize("preset", ["default", "large"])
def test_max_cycles_ends_episodes_earlier_and_never_later(preset):
    def horizon(**arguments):
        env = sakana_envs.parallel_env(IDS[0], preset=preset, agents=4, height=12, width=10, **arguments)
        return inner(env).sizes["horizon"]

    given = horizon()
    assert [horizon(max_cycles=cycles) for cycles in (5, given, given + 1)] == [5, given, given]
    assert [horizon(max_cycles=cycles, horizon=20) for cycles in (5, 20, 50)] == [5, 20, 20]
    with pytest.raises(ValueError, match=r"max_cycles must be a whole number from 1 to .*got 0"):
        horizon(max_cycles=0)


WRAPPERS = {
    "FlattenObservation": lambda env: gymnasium.wrappers.vector.FlattenObservation(env),
    "NormalizeObservation": lambda env: gymnasium.wrappers.vector.NormalizeObservation(env),
    "NormalizeReward": lambda env: gymnasium.wrappers.vector.NormalizeReward(env),
    "ClipReward": lambda env: gymnasium.wrappers.vector.ClipReward(env, -1.0, 1.0),
    "NumpyToTorch": lambda env: gymnasium.wrappers.vector.NumpyToTorch(env),
    "DictInfoToList": lambda env: gymnasium.wrappers.vector.DictInfoToList(env),
    "RecordEpisodeStatistics": lambda env: gymnasium.wrappers.vector.RecordEpisodeStatistics(env),
}


@pytest.mark.parametrize("name", WRAPPERS)
@pytest.mark.parametrize("id", ["Sakana/Forage-Discrete-v0", "Sakana/Forage-Continuous-v0"])
def test_gymnasium_vector_wrappers(id, name, random):
    if name == "NumpyToTorch":
        pytest.importorskip("torch")
        pytest.importorskip("array_api_compat")
    env = WRAPPERS[name](vector(id))
    env.reset(seed=1)
    for _ in range(SMALL["horizon"] + 5):
        actions = random_actions(split(id)[1], env.num_envs, random)
        if name == "NumpyToTorch":
            import torch

            actions = torch.as_tensor(actions)
        env.step(actions)


def test_record_video(tmp_path):
    pytest.importorskip("moviepy")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TQDM_DISABLE", "1")
        env = single("Sakana/Forage-Continuous-v0", render_mode="rgb_array", horizon=6)
        env = gymnasium.wrappers.RecordVideo(env, str(tmp_path / "single"), episode_trigger=lambda episode: True)
        env.reset(seed=1)
        for _ in range(6):
            env.step(env.action_space.sample())
        env.close()
        rows = vector("Sakana/Forage-Discrete-v0", worlds=4, others="scripted", render_mode="rgb_array", horizon=6)
        rows = gymnasium.wrappers.vector.RecordVideo(
            rows, str(tmp_path / "vector"), episode_trigger=lambda episode: True
        )
        rows.reset(seed=1)
        for _ in range(7):
            rows.step(rows.action_space.sample())
        rows.close()
        every = vector(
            "Sakana/Group-Discrete-v0", worlds=2, render_mode="rgb_array", camera={"size": (96, 96)}, horizon=6
        )
        every = gymnasium.wrappers.vector.RecordVideo(
            every, str(tmp_path / "every"), step_trigger=lambda step: step == 0
        )
        every.reset(seed=1)
        for _ in range(7):
            every.step(every.action_space.sample())
        every.close()
    for folder in ("single", "vector", "every"):
        assert any(file.stat().st_size > 0 for file in (tmp_path / folder).glob("*.mp4"))
