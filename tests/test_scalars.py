"""NumPy's scalars count as Python's, in every argument."""

from dataclasses import replace
from pathlib import Path

import gymnasium
import numpy as np
import pytest
from worlds import SMALL, inner, parallel, single, vector

import sakana_envs
from sakana_envs.core.scalars import is_whole, plain
from sakana_envs.tasks import registry
from sakana_envs.tools.play.game import Game
from sakana_envs.tools.play.player import Player
from sakana_envs.tools.record.replay import Recording, replay
from sakana_envs.tools.record.rollout import Rollout
from sakana_envs.tools.record.video import check_fps

FORAGE = "Sakana/Forage-Discrete-v0"


def begun(env, seed=3):
    """A face whose episode has begun."""
    env.reset(seed=seed)
    return env


def course(env):
    """The bytes of the worlds as an episode begins and after a few ticks in which nobody acts."""
    sim = inner(env)
    blocks = [sim.blocks.tobytes()]
    for _ in range(4):
        sim.step(np.zeros(sim.rows, dtype=np.int64))
        blocks.append(sim.blocks.tobytes())
    return blocks


@pytest.mark.parametrize("face", [single, vector, parallel])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("agents", np.int64(7)),
        ("agents", np.uint8(7)),
        ("agents", np.float32(7)),
        ("height", np.uint8(200)),
        ("width", np.int16(200)),
        ("horizon", np.int32(6)),
        ("radius", np.int64(5)),
        ("speed", np.float32(0.5)),
        ("speed", np.int64(1)),
        ("lifespan", np.float16(4)),
        ("food_density", np.float64(0.25)),
        ("threads", np.int64(1)),
        ("debug", np.bool_(False)),
        ("stagger", np.bool_(True)),
        ("copy", np.bool_(False)),
        ("camera", {"follow": np.uint8(2), "trails": np.int64(3), "zoom": np.float32(4), "size": (np.uint8(96),) * 2}),
    ],
)
def test_arguments_of_every_face(face, name, value):
    if name == "camera":
        python = {key: tuple(map(int, part)) if key == "size" else part.item() for key, part in value.items()}
    else:
        python = value.item()
    if face is vector and name == "agents":
        envs = [gymnasium.make_vec(FORAGE, num_envs=14, **{**SMALL, name: each}) for each in (value, python)]
    else:
        envs = [face(FORAGE, render_mode="rgb_array", **{name: each}) for each in (value, python)]
    left, right = (course(begun(env)) for env in envs)
    assert left == right
    if name == "camera":
        frames = [env.unwrapped.seats.frame() for env in envs]
        assert (frames[0] == frames[1]).all()


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.int64])
def test_numbers_of_rows_and_ticks(kind):
    rows = gymnasium.make_vec(
        FORAGE, num_envs=kind(120), max_episode_steps=kind(4), agents=kind(30), height=kind(100), width=kind(100)
    )
    assert rows.num_envs == 120 and type(rows.unwrapped.num_envs) is int
    assert inner(rows).worlds == 4 and inner(rows).sizes["horizon"] == 4
    assert inner(parallel(FORAGE, max_cycles=kind(4))).sizes["horizon"] == 4
    assert (
        gymnasium.make_vec(FORAGE, num_envs=kind(120), others="still", **SMALL).reset(seed=kind(1))[0].shape[0] == 120
    )


@pytest.mark.parametrize("face", [single, vector, parallel])
@pytest.mark.parametrize("seed", [np.int64(3), np.uint8(3), np.uint64(2**63 + 5)])
def test_seeds(face, seed):
    assert course(begun(face(FORAGE), seed)) == course(begun(face(FORAGE), int(seed)))


def test_lists_of_seeds():
    blocks = [course(begun(vector(FORAGE), seeds)) for seeds in ([4, 5], [np.int64(4), np.uint64(5)], np.array([4, 5]))]
    assert blocks[0] == blocks[1] == blocks[2]


@pytest.mark.parametrize("face", [single, vector, parallel])
@pytest.mark.parametrize("name", ["agents", "height", "speed", "threads"])
def test_a_flag_is_no_number(face, name):
    for flag in (True, np.bool_(True)):
        with pytest.raises(ValueError, match=f"{name} must be"):
            face(FORAGE, **{name: flag})
    with pytest.raises(ValueError, match="seed must be"):
        face(FORAGE).reset(seed=np.bool_(True))


def test_a_number_is_no_flag():
    for name in ("debug", "stagger", "copy"):
        with pytest.raises(ValueError, match=f"{name} must be True or False, got 1"):
            vector(FORAGE, **{name: np.int64(1)})


def test_a_preset_of_a_task():
    preset = {"agents": np.int64(5), "speed": np.float32(0.5)}
    chosen = registry.settings(replace(registry.get("Center"), name="Preset", presets={"default": preset}))
    assert chosen.sizes["agents"] == 5 and type(chosen.numbers["speed"]) is float


def test_tools(tmp_path):
    assert Game("Forage-Discrete", agent=np.int64(1), agents=2).agent == 1
    with pytest.raises(ValueError, match="agent must be"):
        Game("Forage-Discrete", agent=np.bool_(True), agents=2)
    Player(Game("Forage-Discrete", agents=2), fps=np.int64(8), size=(64, 64), folder=tmp_path)
    for fps in (np.float32(20.0), np.int64(20), 20):
        check_fps(Path("x.mp4"), fps)
    with pytest.raises(ValueError, match="fps"):
        check_fps(Path("x.mp4"), np.bool_(True))
    rollout = Rollout("Forage", worlds=np.int64(2), seed=np.uint64(2**63), policy="still", **SMALL)
    assert len(list(rollout.ticks(count=np.int64(2)))) == 3
    recording = Recording(FORAGE, seed=np.uint64(7), num_envs=np.int64(6), copy=np.bool_(True), **SMALL)
    recording.step(np.zeros(6, dtype=np.int64))
    recording.save(tmp_path / "episode.npz")
    assert replay(tmp_path / "episode.npz").hash() == recording.hash()


@pytest.mark.parametrize("dtype", [np.uint64, np.int8, np.uint16])
def test_actions_of_one(dtype):
    env = begun(single(FORAGE))
    env.step(dtype(3))
    world = begun(parallel(FORAGE))
    world.step({agent: dtype(3) for agent in world.agents})
    assert inner(env).view("clock")[0, 0] == inner(world).view("clock")[0, 0] == 1


def test_stable_baselines3():
    pytest.importorskip("stable_baselines3")
    env = sakana_envs.SB3VecEnv(FORAGE, num_envs=np.int64(12), **SMALL)
    assert env.num_envs == 12
    env.reset()


def test_the_rule_itself():
    assert [type(plain(value)) for value in (np.bool_(True), np.uint8(1), np.float32(1))] == [bool, int, float]
    array = np.zeros(2)
    assert plain(array) is array and plain("x") == "x" and plain(None) is None
    assert is_whole(3, 3, 3) and not any(is_whole(value, 1, 3) for value in (0, 4, 2.0, True, "2", None))
