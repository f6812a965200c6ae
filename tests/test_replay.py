"""Recorded episodes: small files that play again to the same bytes, and wrong files that say so."""

import json

import numpy as np
import pytest
from worlds import IDS, SMALL, random_actions, split

from sakana_envs.tools import replay as replay_module
from sakana_envs.tools.replay import Recording, replay

FORAGE = "Sakana/Forage-Discrete-v0"


def record(path, id=FORAGE, **settings):
    recording = Recording(id, **{"seed": 4, "num_envs": 12, "obs": "bytes", "lifespan": 9.0, **SMALL, **settings})
    random = np.random.default_rng(1)
    for _ in range(30):
        recording.step(random_actions(split(id)[1], recording.env.num_envs, random))
    recording.save(path)
    return recording


@pytest.mark.parametrize("settings", [{}, {"others": "scripted", "num_envs": 2}, {"autoreset_mode": "SameStep"}])
@pytest.mark.parametrize("id", IDS)
def test_an_episode_plays_again(id, settings, tmp_path):
    recording = record(tmp_path / "episode.npz", id, **settings)
    again = replay(tmp_path / "episode.npz")
    assert again.hash() == recording.hash()
    assert (again.observations == recording.observations).all()
    assert (again.env.get_state()["blocks"] == recording.env.get_state()["blocks"]).all()
    assert (tmp_path / "episode.npz").stat().st_size < 10_000


def test_actions_are_kept_as_they_were(tmp_path):
    recording = Recording(FORAGE, num_envs=6, **SMALL)
    actions = np.zeros(6, dtype=np.int64)
    for choice in range(5):
        actions[:] = choice
        recording.step(actions)
    recording.save(tmp_path / "episode.npz")
    assert np.load(tmp_path / "episode.npz")["actions"][:, 0].tolist() == [0, 1, 2, 3, 4]


def test_a_map_and_an_empty_episode(tmp_path):
    recording = Recording(FORAGE, num_envs=2, agents=2, map="....\n.##.\n.o..")
    recording.save(tmp_path / "episode.npz")
    assert replay(tmp_path / "episode.npz").hash() == recording.hash()


def change(path, **parts):
    with np.load(path, allow_pickle=False) as file:
        np.savez(path, **{**file, **parts})


def configured(path, **parts):
    with np.load(path, allow_pickle=False) as file:
        given = json.loads(str(file["configuration"]))
    change(path, configuration=np.array(json.dumps({**given, **parts})))


def test_what_comes_out_differently(tmp_path):
    path = tmp_path / "episode.npz"
    record(path)
    with np.load(path) as file:
        actions = file["actions"]
    change(path, actions=(actions + 1) % 9)
    with pytest.raises(ValueError, match="comes out differently: it was recorded with sakana_envs"):
        replay(path)
    change(path, actions=actions)
    replay(path)
    configured(path, seed=5)
    with pytest.raises(ValueError, match="comes out differently"):
        replay(path)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"version": np.array(2)}, "has version 2, this package reads 1"),
        ({"version": np.array([1, 1])}, "has version"),
        ({"configuration": np.array("{")}, "configuration that can't be played"),
        ({"configuration": np.array("[]")}, "configuration that can't be played"),
        ({"configuration": np.array("[" * 20_000)}, "bytes of configuration|can't be played"),
        ({"configuration": np.array("{}")}, "configuration that can't be played"),
        ({"configuration": np.zeros(3)}, "configuration that can't be played"),
        ({"actions": np.full((3, 12), 9)}, "can't be played at step 0: action 9"),
        ({"actions": np.zeros((3, 11), int)}, "can't be played at step 0: .*shape"),
        ({"actions": np.zeros((3, 12))}, "can't be played at step 0: .*integers"),
        ({"actions": np.array(3)}, "actions"),
        ({"actions": np.array([object()])}, "damaged: actions can't be read"),
        ({"hash": np.array("")}, "comes out differently"),
    ],
)
def test_wrong_parts(parts, message, tmp_path):
    record(tmp_path / "episode.npz")
    change(tmp_path / "episode.npz", **parts)
    with pytest.raises(ValueError, match=message):
        replay(tmp_path / "episode.npz")


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"id": "Sakana/Forrage-Discrete-v0"}, "no id 'Sakana/Forrage"),
        ({"id": 3}, "can't be played"),
        ({"num_envs": 7}, "multiple of the 6 learners"),
        ({"num_envs": "many"}, "num_envs must be a whole number"),
        ({"num_envs": 10**12}, "too large to replay"),
        ({"num_envs": 10**6, "settings": {"agents": 10**6, "height": 1000, "width": 1000}}, "too large to replay"),
        ({"seed": -1}, "seed"),
        ({"seed": "x"}, "seed must be a whole number"),
        ({"settings": {"agnets": 3}}, "agnets"),
        ({"settings": {"map": "/etc/passwd.txt"}}, "names no files"),
        ({"settings": {"agents": [1]}}, "agents is list"),
        ({"settings": {"agents": 1, "height": 8192, "width": 8192}, "num_envs": 1000}, "too large to replay"),
        (
            {"settings": {"agents": 1, "height": 8192, "width": 8192, "others": "still"}, "num_envs": 1000},
            "too large to replay",
        ),
        ({"settings": {"seed": 3}}, "can't be played"),
        ({"settings": 3}, "can't be played"),
    ],
)
def test_wrong_configurations(parts, message, tmp_path):
    record(tmp_path / "episode.npz")
    configured(tmp_path / "episode.npz", **parts)
    with pytest.raises(ValueError, match=message):
        replay(tmp_path / "episode.npz")


def test_too_many_actions_are_not_read(tmp_path, monkeypatch):
    record(tmp_path / "episode.npz")
    monkeypatch.setattr(replay_module, "_MOST_ACTIONS", 100)
    with pytest.raises(ValueError, match="has 2880 bytes of actions; at most 100 fit"):
        replay(tmp_path / "episode.npz")


def test_damaged_files(tmp_path):
    path = tmp_path / "episode.npz"
    record(path)
    whole = path.read_bytes()
    for length in range(0, len(whole), len(whole) // 20):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"not a replay|damaged"):
            replay(path)
    for place in range(30, len(whole), len(whole) // 40):
        torn = bytearray(whole)
        torn[place] ^= 0x55
        path.write_bytes(torn)
        try:
            replay(path)
        except ValueError:
            continue
    np.save(tmp_path / "array.npy", np.zeros(3))
    with pytest.raises(ValueError, match="not a replay"):
        replay(tmp_path / "array.npy")
    with pytest.raises(FileNotFoundError):
        replay(tmp_path / "nothing.npz")


@pytest.mark.parametrize("wrong", [{"seed": 1.5}, {"num_envs": 0}, {"others": lambda views: views}, {"map": "a.txt"}])
def test_what_cannot_be_recorded(wrong):
    with pytest.raises(ValueError, match=r"must be|keeps|names no files"):
        Recording(FORAGE, **{**SMALL, "num_envs": 6, **wrong})
