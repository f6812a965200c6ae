"""Recorded episodes: small files that play again to the same bytes, and wrong files that say so."""

import hashlib
import json

import numpy as np
import pytest
from crafted import little_memory
from worlds import IDS, SMALL, random_actions, split

from sakana_envs.tools.record import replay as replay_module
from sakana_envs.tools.record.replay import Recording, replay
from sakana_envs.wrappers.vector_env import VectorEnv

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
        ({"version": np.array([1, 1])}, r"must have a whole number as version, got int64 with shape \(2,\)"),
        ({"version": np.array(1.0)}, "must have a whole number as version, got float64"),
        ({"configuration": np.array("{")}, "configuration is no JSON"),
        ({"configuration": np.array("[]")}, "configuration must have settings by name"),
        ({"configuration": np.array("[" * 20_000)}, "configuration is no JSON"),
        ({"configuration": np.array('{"a":' * 20_000)}, "configuration is no JSON"),
        ({"configuration": np.array("9" * 5_000)}, "configuration is no JSON"),
        ({"configuration": np.array('{"settings": {"speed": NaN}}')}, "NaN is no number"),
        ({"configuration": np.array('{"settings": {}, "settings": {}}')}, "a name comes twice"),
        ({"configuration": np.array('{"settings": {}}')}, "it lacks id, seed, num_envs"),
        ({"configuration": np.array("{}")}, "configuration must have settings by name"),
        ({"configuration": np.zeros(3)}, r"configuration must be text, got float64 with shape \(3,\)"),
        ({"actions": np.full((3, 12), 9)}, "can't be played: step 0: action 9"),
        ({"actions": np.zeros((3, 11), int)}, r"actions must be int64 with shape \(steps, 12\), got .*\(3, 11\)"),
        ({"actions": np.zeros((3, 12))}, "actions must be int64"),
        ({"actions": np.zeros((3, 12), np.int8)}, "actions must be int64"),
        ({"actions": np.array(3)}, "actions must be int64"),
        ({"actions": np.array([object()])}, "damaged: actions can't be read"),
        ({"steps": np.array(3)}, "not a replay: .*it also has 'steps'"),
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
        ({"settings": {"agents": [1]}}, "agents must be a whole number"),
        ({"settings": {"speed": [1.0] * 1000}}, "'speed' has 1000 values, more than there are worlds"),
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


def test_the_hash_is_of_all_that_is_returned():
    """Reckoned once more from what every step returns: observations, rewards and both flags, then the worlds."""
    recording = Recording("Sakana/FillBasket-Discrete-v0", num_envs=12, **{**SMALL, "food_density": 0.5})
    hashed = hashlib.sha256(recording.observations.tobytes())
    random = np.random.default_rng(1)
    seen = [0, 0]
    for _ in range(30):
        result = recording.step(random.integers(0, 9, 12))
        for array in result[:4]:
            hashed.update(array.tobytes())
        seen = [before + array.sum() for before, array in zip(seen, result[2:4], strict=True)]
    assert min(seen) > 0
    hashed.update(recording.env.get_state()["blocks"].tobytes())
    assert recording.hash() == hashed.hexdigest()


@pytest.mark.parametrize("part", [0, 1, 2, 3])
def test_whatever_a_step_returns_differently_is_noticed(part, tmp_path, monkeypatch):
    """Even in a single step, after which the worlds are the same again."""
    record(tmp_path / "episode.npz")
    replay(tmp_path / "episode.npz")
    step = VectorEnv.step
    steps = []

    def changed(env, actions):
        result = step(env, actions)
        steps.append(env)
        if len(steps) == 4:
            result[part].flat[0] = not result[part].flat[0]
        return result

    monkeypatch.setattr(VectorEnv, "step", changed)
    with pytest.raises(ValueError, match="comes out differently"):
        replay(tmp_path / "episode.npz")
    assert len(steps) == 30


def test_a_large_map_plays_again(tmp_path):
    drawn = "\n".join(["." * 200] * 200)
    recording = Recording(FORAGE, num_envs=4, agents=4, map=drawn)
    recording.save(tmp_path / "episode.npz")
    assert replay(tmp_path / "episode.npz").hash() == recording.hash()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"map": "\n".join(["." * 4100] * 4100)}, "characters are too long to replay"),
        ({"agents": 10**6, "height": 1000, "width": 1000}, "too large to replay"),
        ({"agents": 1, "height": 8192, "width": 8192, "others": "still", "num_envs": 100}, "too large to replay"),
        ({"obs": "x" * 200}, "no setting 'obs' that could be 'xxxx"),
        ({"x" * 200: 1}, "no setting 'xxxx"),
        ({"agents": 10**4000}, "agents must be a whole number"),
    ],
)
def test_what_is_too_much_is_neither_recorded_nor_played(settings, says, tmp_path):
    with little_memory(1 << 27), pytest.raises(ValueError, match=says) as caught:
        Recording(FORAGE, **{"num_envs": 1, **settings})
    assert len(str(caught.value)) < 600
    record(tmp_path / "episode.npz")
    configured(tmp_path / "episode.npz", num_envs=settings.get("num_envs", 1), settings={**settings, "num_envs": 1})
    with little_memory(1 << 28), pytest.raises(ValueError, match="can't be played"):
        replay(tmp_path / "episode.npz")


def test_rows_of_one_group_are_fewer_worlds():
    recording = Recording("Sakana/PredatorPrey-Discrete-v0", num_envs=4000, learners="predator", height=20, width=20)
    assert recording.env.seats.simulation.worlds == 100
    assert recording._bytes < 2 * 101 * 80 * 64 * 121


def test_worlds_and_steps_without_end(tmp_path, monkeypatch):
    """A file of a megabyte can have a billion steps; those that take hours are neither saved nor played."""
    recording = Recording(FORAGE, num_envs=1, agents=1, height=8000, width=8000, others="still")
    recording.steps = 10**6
    with pytest.raises(ValueError, match="1000000 steps of these worlds are too many to replay; at most"):
        recording.save(tmp_path / "episode.npz")
    record(tmp_path / "episode.npz", lifespan=0.0)
    monkeypatch.setattr(replay_module, "_MOST_WORK", 1 << 20)
    with pytest.raises(ValueError, match="can't be played: 30 steps of these worlds are too many to replay; at most"):
        replay(tmp_path / "episode.npz")


def test_steps_after_the_end(tmp_path):
    """Nobody resets in a replay, so a file can't go on where that was needed."""
    recording = Recording(FORAGE, num_envs=6, autoreset_mode="Disabled", **{**SMALL, "horizon": 2})
    for _ in range(2):
        recording.step(np.zeros(6, dtype=np.int64))
    recording.save(tmp_path / "episode.npz")
    replay(tmp_path / "episode.npz")
    change(tmp_path / "episode.npz", actions=np.zeros((3, 6), dtype=np.int64))
    with pytest.raises(ValueError, match="can't be played: step 2: the episode of world 0 is over"):
        replay(tmp_path / "episode.npz")


ESCAPE = "\x1b[2J\x07"


@pytest.mark.parametrize(
    "parts",
    [
        {"package": np.array(ESCAPE), "hash": np.array("0")},
        {"package": np.array(ESCAPE * 40), "hash": np.array("0")},
        {"configuration": np.array(json.dumps({"id": ESCAPE, "seed": 0, "num_envs": 1, "settings": {}}))},
        {"configuration": np.array(json.dumps({"id": FORAGE, "seed": ESCAPE, "num_envs": 1, "settings": {}}))},
        {"configuration": np.array(json.dumps({"id": FORAGE, "seed": 0, "num_envs": ESCAPE, "settings": {}}))},
        *(
            {"configuration": np.array(json.dumps({"id": FORAGE, "seed": 0, "num_envs": 128, "settings": settings}))}
            for settings in (
                {ESCAPE: 1},
                {ESCAPE: [1]},
                {"agents": ESCAPE},
                {"obs": ESCAPE},
                {"preset": ESCAPE},
                {"learners": ESCAPE},
                {"autoreset_mode": ESCAPE},
                {"threads": ESCAPE},
                {"map": ESCAPE + "\n" + ESCAPE},
                {"max_episode_steps": ESCAPE},
            )
        ),
        {"configuration": np.array(json.dumps({"id": 1, "seed": 1, "num_envs": 1, ESCAPE: 1, "settings": {}}))},
        {"configuration": np.array(ESCAPE)},
        {ESCAPE: np.array(1)},
    ],
)
def test_what_a_file_says_reaches_the_terminal_as_its_repr(parts, tmp_path):
    record(tmp_path / "episode.npz")
    change(tmp_path / "episode.npz", **parts)
    with pytest.raises(ValueError, match=r"\\x1b|no JSON") as caught:
        replay(tmp_path / "episode.npz")
    assert str(caught.value).isprintable() and len(str(caught.value)) < 3000  # it may list all tasks that there are
