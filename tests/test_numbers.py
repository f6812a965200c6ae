"""Numbers that differ: a value for each world, or one drawn anew by each episode."""

import gymnasium
import numpy as np
import pytest
import reference
from test_state import course
from worlds import IDS, SMALL, inner, parallel, simulation, single, split, vector

import sakana_envs
from sakana_envs.core import cpu
from sakana_envs.tasks import registry
from sakana_envs.tools.record.replay import Recording, replay

FORAGE = "Sakana/Forage-Discrete-v0"
RANGES = {"speed": ("uniform", 0.25, 0.75), "lifespan": ["uniform", 5, 50], "food_density": ("uniform", 0.0, 0.5)}
NUMBER = 2**20 + 8


def begun(id, worlds=3, mode=cpu.NEXT_STEP, seed=4, **arguments):
    sim = simulation(id, worlds=worlds, mode=mode, **arguments)
    sim.seed(seed)
    sim.reset()
    return sim


@pytest.mark.parametrize("id", IDS)
def test_each_world_is_as_if_all_had_its_number(id):
    speeds, lifespans = [0.3, 1.0, 0.55], np.array([0, 4, 30])
    sim = begun(id, speed=speeds, lifespan=lifespans)
    alike = [begun(id, speed=speeds[w], lifespan=lifespans[w]) for w in range(3)]
    for each in (sim, *alike):
        course(each, 30)
    for world in range(3):
        assert (sim.blocks[world] == alike[world].blocks[world]).all()
    assert (sim.blocks[0] != sim.blocks[1]).any()


@pytest.mark.parametrize("mode", [cpu.NEXT_STEP, cpu.SAME_STEP])
@pytest.mark.parametrize("id", IDS)
def test_each_episode_draws_its_own_numbers_in_any_batch(id, mode):
    sim = begun(id, worlds=5, mode=mode, **RANGES)
    alone, used = begun(id, worlds=1, mode=mode, **RANGES), begun(id, worlds=5, mode=mode, seed=9, **RANGES)
    used.seed(4)
    used.reset()
    seen = []
    for tick in range(45):
        seen.append(sim.view("numbers").copy())
        assert (sim.blocks[0] == alone.blocks[0]).all() and (sim.blocks == used.blocks).all()
        actions = np.full(sim.rows, tick % 9) if split(id)[1] else np.full((sim.rows, 2), 0.5, np.float32)
        for each in (sim, used, alone):
            each.step(actions[: each.rows])
    names = list(sim.program.numbers)
    for name in ("speed", "lifespan"):
        _, low, high = RANGES[name]
        drawn = np.array(seen)[:, :, names.index(name)]
        assert ((drawn >= low) & (drawn <= high)).all()
        # As long as an episode lasts, and another one in each episode and world.
        assert 10 <= len(np.unique(drawn)) < 120
    assert np.array(seen)[:, :, names.index("food_regrowth")].std() == 0


def test_what_is_drawn_is_what_the_rules_say():
    sim = begun(FORAGE, worlds=4, **RANGES)
    for _ in range(2):
        for index in range(4):
            world = reference.World(sim, index)
            for position, name in enumerate(sim.program.numbers):
                if name in RANGES:
                    _, low, high = RANGES[name]
                    assert getattr(world, name) == low + (high - low) * world.uniform(NUMBER, position)
        sim.reset()
    fixed = begun(FORAGE, speed=("uniform", 0.3, 0.3))
    assert (fixed.view("numbers")[:, 0] == 0.3).all()


@pytest.mark.parametrize("threads", [2, 7])
def test_threads_change_nothing(threads, monkeypatch):
    monkeypatch.setattr("sakana_envs.core.threads.ROWS_PER_THREAD", 1)
    one, several = (begun(FORAGE, worlds=16, threads=count, **RANGES) for count in (1, threads))
    assert course(one, 60) == course(several, 60)


def test_twins_draw_alike():
    discrete, continuous = (begun(id, **RANGES) for id in (FORAGE, "Sakana/Forage-Continuous-v0"))
    assert (discrete.blocks == continuous.blocks).all()


@pytest.mark.parametrize("id", IDS)
def test_states_of_worlds_that_differ(id):
    sim = begun(id, **RANGES)
    course(sim, 7)
    state = sim.get_state()
    expected = course(sim, 50)
    again = begun(id, seed=1, **RANGES)
    again.set_state(state)
    assert course(again, 50) == expected
    # The running episode is the state's; the next one is drawn from what the simulation has.
    plain = simulation(id, worlds=3)
    plain.set_state(state)
    assert plain.get_state()["blocks"].tobytes() == state["blocks"].tobytes()
    drawn = plain.view("numbers").copy()
    course(plain, 50)
    assert (plain.view("numbers") == drawn).all()


def test_ends_of_lives_that_begin_anew_without_any():
    """Counts of an episode stay until the next one's first tick, which may have no lives that end."""
    sim = begun(FORAGE, lifespan=2.0)
    course(sim, 20)
    sim.view("numbers")[:, list(sim.program.numbers).index("lifespan")] = 0.0
    sim.reset()
    assert sim.view("respawns").any()
    sim.set_state(sim.get_state())


@pytest.mark.parametrize("id", IDS)
def test_every_face(id):
    one = 3 if split(id)[1] else np.float32([0.5, 1.0])
    for make in (single, parallel):
        env = make(id, **RANGES)
        seen = set()
        for _ in range(3):
            env.reset()
            seen.add(inner(env).view("numbers")[0, 0])
        env.step(one if make is single else dict.fromkeys(env.agents, one))
        assert len(seen) == 3
        assert inner(make(id, speed=0.5)).view("numbers")[0, 0] == 0.5
        with pytest.raises(ValueError, match=r"speed must be one number, one for each of the 1 worlds.*got 2 numbers"):
            make(id, speed=[0.5, 0.6])
    for others in (None, "random"):
        env = vector(id, others=others, speed=[0.5, 0.75], lifespan=("uniform", 1, 2))
        env.reset(seed=1)
        assert inner(env).view("numbers")[:, 0].tolist() == [0.5, 0.75]


def test_stable_baselines3():
    pytest.importorskip("stable_baselines3")
    env = sakana_envs.SB3VecEnv(FORAGE, num_envs=12, **{**SMALL, **RANGES, "food_reward": [0.25, 0.5]})
    env.reset()
    reward = list(inner(env.env).program.numbers).index("food_reward")
    assert inner(env.env).view("numbers")[:, reward].tolist() == [0.25, 0.5]


def test_numbers_compile_nothing():
    programs = {simulation(FORAGE, worlds=2, **each).program.kernels for each in ({}, RANGES, {"speed": [0.5, 1.0]})}
    assert len(programs) == 1


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([0.5], "speed must be one number, one for each of the 2 worlds, or .'uniform', low, high.; got 1 numbers"),
        ([], "got 0 numbers"),
        (np.ones(3), "got 3 numbers"),
        (np.ones((2, 2)), "speed of world 0 must be a number from 0 to 1"),
        ([0.5, 1.5], "speed of world 1 must be a number from 0 to 1, got 1.5"),
        ([0.5, np.nan], "speed of world 1 .*nan"),
        ([0.5, True], "speed of world 1 .*True"),
        ([0.5, "fast"], "speed of world 1 .*'fast'"),
        ([0.5, None], "speed of world 1 .*None"),
        (("uniform", 0.0), r"can be drawn from \('uniform', low, high\), got"),
        (("normal", 0.0, 1.0), r"can be drawn from \('uniform', low, high\), got"),
        (("unifrom", 0.0, 1.0), "did you mean 'uniform'"),
        (("uniform", 0.75, 0.5), "speed's low must be at most its high"),
        (("uniform", 0.0, 1.5), "speed's high must be a number from 0 to 1, got 1.5"),
        (("uniform", -1, 0.5), "speed's low must be a number from 0 to 1, got -1"),
        (("uniform", 0.0, float("inf")), "speed's high .*inf"),
        (("uniform", [0.0], 1.0), "speed's low"),
        ({0.5, 0.6}, "speed must be a number from 0 to 1"),
        ("uniform", "speed must be a number from 0 to 1, got 'uniform'"),
    ],
)
def test_wrong_numbers(value, message):
    with pytest.raises(ValueError, match=message):
        gymnasium.make_vec(FORAGE, worlds=2, **SMALL, speed=value)


def test_sizes_are_those_of_all_worlds():
    for value in ([6, 6], ("uniform", 4, 6)):
        with pytest.raises(ValueError, match=r"agents must be a whole number from 1 to .*got"):
            registry.simulation("Forage", True, worlds=2, agents=value)


def test_replays_keep_numbers_that_differ(tmp_path):
    numbers = {
        "speed": np.array([0.5, 0.75]),
        "food_density": ("uniform", 0.1, 0.4),
        "food_reward": [np.float64(0.5), 1],
    }
    recording = Recording(FORAGE, seed=3, num_envs=12, **SMALL, **numbers)
    for tick in range(25):
        recording.step(np.full(12, tick % 9))
    recording.save(tmp_path / "episode.npz")
    assert replay(tmp_path / "episode.npz").hash() == recording.hash()
    with pytest.raises(ValueError, match="a replay keeps numbers and text, and 'speed' is list"):
        Recording(FORAGE, num_envs=12, **SMALL, speed=[[0.5], [0.5]])
