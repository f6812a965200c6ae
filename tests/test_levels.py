"""Levels: fixed beginnings of episodes by numbers, how they are drawn, counted and chosen."""

import copy
import pickle
from itertools import product

import gymnasium
import numpy as np
import pytest
import reference
from test_many_maps import CODES, MAPS
from test_state import course
from worlds import (
    IDS,
    SMALL,
    agent_fields,
    inner,
    parallel,
    random_actions,
    simulation,
    single,
    split,
    through_a_file,
    vector,
)

import sakana_envs
from sakana_envs import Curriculum
from sakana_envs.core import cpu
from sakana_envs.core.levels import SPLITS
from sakana_envs.tools.record.replay import Recording, replay

FORAGE = "Sakana/Forage-Discrete-v0"
SEED_OF_LEVELS = 0x1E7E15
LEVEL = 2**20 + 9
MODES = ["NextStep", "SameStep", "Disabled"]


def begun(id=FORAGE, worlds=6, seed=4, **arguments):
    sim = simulation(id, worlds=worlds, **{"levels": 3, **arguments})
    sim.seed(seed)
    sim.reset()
    return sim


def start(sim, world):
    """Everything with which a world's episode began but its clock and its last episode."""
    names = {"cells", "food", "missing_food", "numbers", *agent_fields(sim)} - {"score", *sim.program.statistics}
    return b"".join(sim.view(name)[world].tobytes() for name in sorted(names - {"target_row", "target_col", "wanted"}))


@pytest.mark.parametrize("id", IDS)
def test_a_level_is_the_same_in_every_world_and_episode(id, random):
    starts = {}
    for seed in (4, 5):
        fresh = simulation(id, worlds=6, levels=3, lifespan=("uniform", 2.0, 9.0))
        for _ in range(3):
            # A fresh one each time, since scratch memory and claims are left over from the last episode.
            fresh.seed(seed)
            fresh.blocks[:, fresh.layout.offsets["row"] :] = 0
            fresh.reset()
            for world, level in enumerate(fresh.view("level")[:, 0].tolist()):
                starts.setdefault(level, set()).add(start(fresh, world))
            seed += 10
    assert {0, 1, 2} == starts.keys() and all(len(each) == 1 for each in starts.values())
    assert len(set.union(*starts.values())) == 3
    # What happens later is the world's own matter.
    sim = begun(id, worlds=20, levels=1, lifespan=2.0)
    assert len(np.unique(sim.view("cells"), axis=0)) == 1
    sim.step(np.zeros(20 * 6, np.int64) if split(id)[1] else np.zeros((120, 2), np.float32))
    assert len(np.unique(sim.view("cells"), axis=0)) > 10


@pytest.mark.parametrize("id", IDS)
def test_a_level_is_an_episode_of_the_levels_seed(id):
    sim = begun(id, levels=9, food_density=("uniform", 0.0, 0.5))
    plain = simulation(id, worlds=6, food_density=("uniform", 0.0, 0.5))
    plain.seed([SEED_OF_LEVELS] * 6)
    plain.view("episode")[:] = sim.view("level") - 1
    plain.reset()
    for name in ("cells", "row", "col", "kind", "numbers"):
        assert (plain.view(name) == sim.view(name)).all()


@pytest.mark.parametrize("arguments", [{}, {"lifespan": ("uniform", 1.0, 9.0)}])
@pytest.mark.parametrize("id", IDS)
def test_levels_are_drawn_alike_in_any_batch(id, arguments):
    sim, alone = begun(id, worlds=9, levels=1000, **arguments), begun(id, worlds=1, levels=1000, **arguments)
    seen = set()
    for tick in range(50):
        assert (sim.blocks[0] == alone.blocks[0]).all()
        seen |= set(sim.view("level")[:, 0].tolist())
        actions = np.full(sim.rows, tick % 9) if split(id)[1] else np.full((sim.rows, 2), 0.5, np.float32)
        for each in (sim, alone):
            each.step(actions[: each.rows])
    assert len(seen) >= 20 and min(seen) >= 0 and max(seen) < 1000


def test_what_is_drawn_is_what_the_rules_say():
    sim = begun(levels=7)
    weights = np.array([1.0, 0.0, 2.0, 0.5, 0.0, 0.0, 1.5])
    for weighted in (False, True):
        if weighted:
            sim.levels.weights = weights
        for _ in range(4):
            course(sim, 3)
            sim.reset()
            for world, level in enumerate(sim.view("level")[:, 0].tolist()):
                draw = reference.World(sim, world).draw(LEVEL, 0)
                shares = np.floor(np.cumsum(weights) / weights.sum() * 2**53)
                assert level == (np.argmax(shares > draw >> 11) if weighted else (draw >> 32) * 7 >> 32)


@pytest.mark.parametrize("threads", [2, 7])
def test_threads_change_nothing(threads, monkeypatch):
    monkeypatch.setattr("sakana_envs.core.threads.ROWS_PER_THREAD", 1)
    sims = [begun(worlds=16, levels=50, threads=count) for count in (1, threads)]
    for sim in sims:
        sim.levels.weights = np.arange(50)
    assert course(sims[0], 60) == course(sims[1], 60)


@pytest.mark.parametrize("mode", [cpu.NEXT_STEP, cpu.SAME_STEP])
def test_weights_count_from_the_next_step_on_in_every_thread(mode, monkeypatch):
    """A helper is still inside of the step before, with what was true then."""
    monkeypatch.setattr("sakana_envs.core.threads.ROWS_PER_THREAD", 1)
    sim = begun(worlds=400, levels=5, mode=mode, horizon=1, threads=2)
    for number in range(200):
        sim.levels.weights = np.eye(5)[number % 5]
        outcome = sim.step(np.zeros(sim.rows, dtype=np.int64)).outcome
        if mode == cpu.SAME_STEP or (outcome == cpu.RESTARTED).all():
            assert (sim.view("level") == number % 5).all()


def test_splits_have_no_level_in_common():
    numbers = {name: begun(levels=50, split=name).levels.numbers for name in SPLITS}
    assert len(np.unique(np.concatenate(list(numbers.values())))) == 150
    assert all(number in SPLITS[name] for name in SPLITS for number in numbers[name].tolist())
    ends = sorted((each.start, each.stop) for each in SPLITS.values())
    assert [start for start, _ in ends] == [0, *(stop for _, stop in ends[:-1])] and ends[-1][1] == 2**31
    assert (begun(levels=50).levels.numbers == numbers["train"]).all()
    starts = [begun(levels=1, split=name).view("cells")[0].tobytes() for name in SPLITS]
    assert len(set(starts)) == 3


def faces(id, mode="NextStep", **arguments):
    """Every face with levels, and how many worlds and learners it has."""
    return {
        "single": (single(id, **arguments), 1),
        "parallel": (parallel(id, **arguments), 6),
        "vector": (vector(id, worlds=3, autoreset_mode=mode, **arguments), 18),
        "others": (vector(id, worlds=3, others="random", autoreset_mode=mode, **arguments), 3),
    }


def ends(env, face, id, random, steps=90):
    """Levels and scores of the learners' episodes that ended, in order, as ``info`` tells them."""
    found, one = [], 3 if split(id)[1] else np.float32([0.5, 1.0])
    env.reset(seed=7)
    for _ in range(steps):
        playing = inner(env).view("level")[:, 0].copy()
        if face == "parallel":
            infos = env.step(dict.fromkeys(env.agents, one))[-1]
            told = [(info["level"], info["score"]) for info in infos.values() if info]
            done = not env.agents
        elif face == "single":
            *_, terminated, truncated, info = env.step(one)
            told = [(info["level"], info["score"])] if info else []
            done = terminated or truncated
        else:
            actions = random_actions(split(id)[1], env.num_envs, random)
            *_, terminated, truncated, info = env.step(actions)
            rows = np.flatnonzero(info["_level"]) if "level" in info else []
            told = [(info["level"][row], info["score"][row]) for row in rows]
            done = env.unwrapped.autoreset_mode.value == "Disabled" and (terminated | truncated).all()
            per_world = env.num_envs // 3
            for row in rows:
                assert info["level"][row] == playing[row // per_world]
            if len(rows) and "final_info" in info:
                assert (info["final_info"]["level"] == info["level"]).all()
        found += told
        if done:
            env.reset()
    return found


@pytest.mark.parametrize(
    ("face", "mode"), [("single", None), ("parallel", None), *product(["vector", "others"], MODES)]
)
@pytest.mark.parametrize("id", IDS)
def test_every_face_tells_and_counts_what_was_played(id, face, mode, random):
    long = {"basket_size": 100.0} if mode == "Disabled" and "FillBasket" in id else {}
    env, learners = faces(id, mode or MODES[0], levels=4, **long)[face]
    found = ends(env, face, id, random)
    worlds = 3 if face in ("vector", "others") else 1
    levels, per_world = env.unwrapped.levels, learners // worlds
    assert len(found) >= 4 * learners
    plays, wins = np.zeros(4), np.zeros(4)
    for level, score in found:
        plays[int(level)] += 1 / per_world
        wins[int(level)] += score / per_world
    np.testing.assert_allclose(levels.plays, plays, atol=1e-9)
    np.testing.assert_allclose(levels.wins, wins, atol=1e-5)
    p = wins[plays > 0] / plays[plays > 0]
    np.testing.assert_allclose(levels.learnability[plays > 0], p * (1 - p), atol=1e-5)
    assert (levels.learnability[levels.plays == 0] == 0).all()


def test_every_info_with_info_always():
    for mode in MODES[:2]:
        env = vector(FORAGE, worlds=3, levels=9, info="always", autoreset_mode=mode)
        info = env.reset(seed=1)[1]
        for _ in range(60):
            assert info["_level"].all()
            playing = np.repeat(inner(env).view("level")[:, 0], 6)
            ended = info["episode_length"] == SMALL["horizon"]
            assert (info["level"] == playing)[~ended].all() or mode == "SameStep"
            if mode == "SameStep" and not ended.any():
                assert (info["level"] == playing).all()
            info = env.step(np.zeros(18, dtype=np.int64))[-1]
    env = single(FORAGE, levels=9, info="always")
    assert env.reset(seed=1)[1]["level"] == inner(env).view("level")[0, 0]
    assert "level" not in single(FORAGE, info="always").reset(seed=1)[1]
    assert single(FORAGE).unwrapped.levels is None


def test_stable_baselines3():
    pytest.importorskip("stable_baselines3")
    env = sakana_envs.SB3VecEnv(FORAGE, num_envs=12, levels=5, **SMALL)
    env.seed(1)
    env.reset()
    playing = np.repeat(inner(env.env).view("level")[:, 0], 6)
    for _ in range(SMALL["horizon"]):
        *_, infos = env.step(np.zeros(12, dtype=np.int64))
    assert [info["level"] for info in infos] == playing.tolist()
    assert env.get_attr("levels")[0].plays.sum() == 2


def test_what_was_counted_before_a_state_or_a_reset_is_of_other_worlds():
    env = vector(FORAGE, worlds=2, levels=9, autoreset_mode="SameStep")
    still = np.zeros(12, dtype=np.int64)
    env.reset(seed=1)
    for _ in range(5):
        env.step(still)
    state = env.unwrapped.get_state()
    expected = np.repeat(inner(env).view("level")[:, 0], 6)
    env.reset(seed=2)
    env.step(still)
    env.unwrapped.set_state(state)
    for _ in range(SMALL["horizon"] - 5):
        info = env.step(still)[-1]
    assert (info["level"] == expected).all()
    env.unwrapped.clone(0, 1)
    playing = inner(env).view("level")[:, 0].copy()
    for _ in range(SMALL["horizon"]):
        info = env.step(still)[-1]
    assert playing[0] == playing[1] and (info["level"] == playing[0]).all()


def test_weights():
    sim = begun(worlds=2000, levels=4)
    assert sim.levels.weights.tolist() == [1, 1, 1, 1]
    drawn = sim.view("level")[:, 0].copy()
    assert np.bincount(drawn).min() > 400
    sim.levels.weights = [0, 3, 0, 1.0]
    sim.reset()
    counts = np.bincount(sim.view("level")[:, 0], minlength=4)
    assert counts[0] == counts[2] == 0 and 1400 < counts[1] < 1600
    for last in ([1e-300, 0, 1e-300, 0], [1e308, 0, 1e308, 0], np.array([2, 0, 2, 0])):
        sim.levels.weights = last
        sim.reset()
        assert set(sim.view("level")[:, 0].tolist()) == {0, 2}
    sim.levels.weights = np.full(4, 7)
    sim.seed(4)
    sim.reset()
    assert (sim.view("level")[:, 0] == drawn).all()
    for name in ("weights", "plays", "wins", "numbers"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(sim.levels, name)[0] = 3
        if name != "weights":
            with pytest.raises(AttributeError):
                setattr(sim.levels, name, np.ones(4))


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1, 1, 1], r"one for each of the 4 levels, got int64 with shape \(3,\)"),
        (1, r"shape \(\)"),
        (None, "object"),
        ([[1], [1, 2]], "object"),
        (["a"] * 4, "<U1"),
        ([True] * 4, "bool"),
        ([1, 1, -0.5, 1], "finite and from 0 on, got -0.5 for level 2"),
        ([1, np.nan, 1, 1], "got nan for level 1"),
        ([1, 1, 1, np.inf], "got inf for level 3"),
        ([0, 0, 0, 0], "must not all be 0"),
    ],
)
def test_wrong_weights(weights, message):
    levels = begun(levels=4).levels
    levels.weights = [1, 2, 3, 4]
    with pytest.raises(ValueError, match=message):
        levels.weights = weights
    assert levels.weights.tolist() == [1, 2, 3, 4]


def test_a_level_picks_one_of_several_maps_too():
    arguments = {"map": MAPS, "agents": 3, "height": 4, "width": 7, "food_density": 0.0}
    sim = begun(worlds=200, levels=7, **arguments)
    levels = sim.view("level")[:, 0]
    assert set(levels.tolist()) == set(range(7))
    for world, level in enumerate(levels.tolist()):
        walls = sim.view("cells")[world, 5:-5, 5:-5] == 2
        assert (walls == (CODES[level % 3] == 2)).all()
    assert len(np.unique(sim.view("cells"), axis=0)) == 7
    # Without levels=, maps are levels whose layouts differ.
    loose = begun(worlds=200, levels=None, **arguments)
    assert loose.levels.numbers.tolist() == [0, 1, 2] and len(np.unique(loose.view("cells"), axis=0)) > 7


@pytest.mark.parametrize("id", IDS)
def test_states(id):
    sim = begun(id, levels=100)
    course(sim, 7)
    state = through_a_file(sim.get_state())
    expected = course(sim, 60)
    other = begun(id, levels=100, seed=1)
    other.set_state(state)
    assert course(other, 60) == expected
    # The running episode goes on wherever it is put; the next begins from what is there.
    for levels, where in ((None, [0]), (1, SPLITS["test"])):
        plain = begun(id, levels=levels, **({} if levels is None else {"split": "test"}))
        plain.set_state(state)
        course(plain, 25)
        assert all(level in where for level in plain.view("level")[:, 0].tolist())


def test_copies_have_levels_of_their_own():
    env = vector(FORAGE, worlds=2, levels=4).unwrapped
    env.reset(seed=1)
    for twin in (copy.deepcopy(env), pickle.loads(pickle.dumps(env))):
        twin.levels.weights = [0, 0, 0, 1]
        twin.reset(seed=3)
        assert (inner(twin).view("level") == 3).all()
        for _ in range(SMALL["horizon"]):
            twin.step(np.zeros(12, dtype=np.int64))
        assert twin.levels.plays.tolist() == [0, 0, 0, 2] and env.levels.plays.sum() == 0
        assert env.levels.weights.tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"levels": 0}, "levels must be a whole number from 1 to 1000000, or a Curriculum, got 0"),
        ({"levels": 1_000_001}, "levels must be"),
        ({"levels": 2.5}, "levels must be"),
        ({"levels": True}, "levels must be"),
        ({"levels": [1, 2]}, "levels must be"),
        ({"levels": "test"}, "levels must be .*got 'test'"),
        ({"levels": Curriculum}, "levels must be"),
        ({"split": "test"}, "split='test' is a choice of levels: give levels= too"),
        ({"levels": 3, "split": "tset"}, "split must be one of 'train', 'validation', 'test', got 'tset'.*'test'"),
        ({"levels": 3, "split": 1}, "split must be one of .*got 1"),
        ({"level": 3}, "no argument 'level' - did you mean 'levels'"),
    ],
)
def test_wrong_arguments(arguments, message):
    for make in (single, vector, parallel):
        with pytest.raises((ValueError, TypeError), match=message):
            make(FORAGE, **arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"candidates": 0}, "candidates must be a whole number from 1 to 500000, got 0"),
        ({"candidates": 1.5}, "candidates"),
        ({"keep": True}, "keep must be"),
        ({"keep": 10**6}, "keep must be"),
        ({"fresh": -0.1}, "fresh must be a number from 0 to 1, got -0.1"),
        ({"fresh": float("nan")}, "fresh"),
        ({"fresh": "half"}, "fresh"),
        ({"every": 0}, "every must be a whole number from 1, or None"),
        ({"every": "often"}, "every"),
    ],
)
def test_wrong_curricula(arguments, message):
    with pytest.raises(ValueError, match=message):
        Curriculum(**arguments)


def test_a_curriculum_keeps_the_most_learnable():
    sim = begun(worlds=500, levels=Curriculum(candidates=40, keep=10, fresh=0.25, every=400), split="validation")
    levels, first = sim.levels, SPLITS["validation"].start
    assert (levels.numbers == first + np.arange(40)).all() and np.ptp(levels.weights) == 0

    def play(times):
        """Levels whose number ends in 0 are always lost, in 9 nearly always won."""
        for _ in range(times):
            levels.count(levels.numbers, (levels.numbers - first) % 10 / 10)

    play(9)
    assert (levels.plays == 9).all() and len(levels.numbers) == 40
    play(1)
    assert (levels.numbers[:10] - first).tolist() == [5, 15, 25, 35, 4, 6, 14, 16, 24, 26]
    assert (levels.numbers[10:] == first + 40 + np.arange(40)).all()
    assert levels.plays.tolist() == [5] * 10 + [0] * 40
    np.testing.assert_allclose(levels.weights[:10].sum(), 0.75)
    np.testing.assert_allclose(levels.weights.sum(), 1)
    sim.reset()
    kept = np.isin(sim.view("level")[:, 0], levels.numbers[:10]).mean()
    assert 0.65 < kept < 0.85
    play(8)
    assert (levels.numbers[:8] - first).tolist() == [5, 15, 25, 35, 45, 55, 65, 75]
    # What is no level of the set isn't counted, and what is always lost isn't kept.
    levels.count(np.array([7, -1, 2**31 - 1]), np.ones(3))
    assert levels.plays[10:].sum() == 0
    before = set(levels.numbers[:10].tolist())
    for _ in range(10):
        levels.count(levels.numbers[10:], np.zeros(40))
    assert set(levels.numbers[:10].tolist()) == before and len(levels.numbers) == 50
    with pytest.raises(AttributeError, match="a Curriculum sets the weights of its levels itself"):
        levels.weights = np.ones(50)


@pytest.mark.parametrize("id", IDS)
@pytest.mark.parametrize("mode", MODES[:2])
def test_a_curriculum_on_the_vector_face(id, mode, random):
    def run():
        chosen = Curriculum(candidates=12, keep=4, every=20)
        env = vector(id, worlds=5, levels=chosen, autoreset_mode=mode, lifespan=3.0)
        env.reset(seed=3)
        bytes_, choices = [], np.random.default_rng(2)
        for _ in range(150):
            observations, *_ = env.step(random_actions(split(id)[1], env.num_envs, choices))
            bytes_.append(observations.tobytes())
        return bytes_, env.unwrapped.levels

    (first, levels), (second, again) = run(), run()
    assert first == second and (levels.numbers == again.numbers).all()
    assert levels.numbers.max() >= 12 + 11 and len(levels.numbers) <= 16


def test_replays_keep_levels(tmp_path):
    recording = Recording(FORAGE, seed=3, num_envs=12, levels=5, split="test", **SMALL)
    for tick in range(45):
        recording.step(np.full(12, tick % 9))
    recording.save(tmp_path / "episode.npz")
    assert replay(tmp_path / "episode.npz").hash() == recording.hash()
    with pytest.raises(ValueError, match="a replay keeps numbers and text, and 'levels' is Curriculum"):
        Recording(FORAGE, num_envs=12, levels=Curriculum(), **SMALL)


def test_a_level_keeps_its_place_in_large_sets():
    env = gymnasium.make_vec(FORAGE, worlds=2, levels=1_000_000, split="test", **SMALL)
    env.reset(seed=1)
    assert all(level in SPLITS["test"] for level in inner(env).view("level")[:, 0].tolist())
