"""Options of a reset: numbers that stay, and a level or a map for the episodes that begin now."""

import gymnasium
import numpy as np
import pytest
from test_many_maps import CODES, MAPS
from test_state import course, refuse, sealed
from worlds import IDS, inner, random_actions, simulation, split, through_a_file

import sakana_envs
from sakana_envs.core.levels import SPLITS
from sakana_envs.core.memory import MOST_GUESTS

FORAGE = "Sakana/Forage-Discrete-v0"
SMALL = {"agents": 3, "height": 4, "width": 7, "horizon": 12}
STILL = {True: np.zeros(12, dtype=np.int64), False: np.zeros((12, 2), dtype=np.float32)}


def vector(id=FORAGE, worlds=4, **arguments):
    return gymnasium.make_vec(id, worlds=worlds, **{**SMALL, **arguments}).unwrapped


def number(env, name="speed"):
    sim = inner(env)
    return sim.view("numbers")[:, list(sim.program.numbers).index(name)].tolist()


def levels(env):
    return inner(env).view("level")[:, 0].tolist()


def walls(env, world=0):
    radius = inner(env).program.structure.constants["radius"]
    return inner(env).view("cells")[world, radius:-radius, radius:-radius] == 2


def to_the_end(env):
    """Step into the next episodes."""
    for _ in range(SMALL["horizon"] + 1):
        env.step(STILL[inner(env).twin][: env.num_envs])


@pytest.mark.parametrize("id", IDS)
def test_numbers_stay_until_they_are_changed(id):
    env = vector(id, speed=0.5, lifespan=("uniform", 5.0, 9.0))
    env.reset(seed=1)
    before = inner(env).blocks.copy()
    mask = np.repeat([True, False, False, True], 3)
    env.reset(options={"numbers": {"speed": 0.25, "lifespan": [1, 2, 3, 4]}, "reset_mask": mask})
    assert number(env) == [0.25, 0.5, 0.5, 0.25]
    assert (inner(env).blocks[1:3] == before[1:3]).all()
    drawn = number(env, "lifespan")
    assert drawn[::3] == [1, 4] and all(5 <= each <= 9 for each in drawn[1:3])
    to_the_end(env)
    assert number(env) == [0.25, 0.5, 0.5, 0.25]
    assert number(env, "lifespan")[::3] == [1, 4] and number(env, "lifespan")[1] != drawn[1]
    # A clone draws from where the other does.
    env.clone(3, [1])
    to_the_end(env)
    assert number(env, "lifespan")[1::2] == [4, 4]
    env.reset(seed=1, options={"numbers": {"speed": 1}})
    assert number(env) == [1, 1, 1, 1]


@pytest.mark.parametrize("id", IDS)
def test_numbers_of_a_reset_are_those_of_make(id):
    sims = []
    for made, given in ((0.5, {}), (1.0, {"speed": np.float32(0.5)}), (("uniform", 0.0, 1.0), {"speed": [0.5] * 4})):
        env = vector(id, speed=made)
        env.reset(seed=3, options={"numbers": given})
        sims.append(inner(env))
    assert (sims[0].blocks == sims[1].blocks).all() and (sims[0].blocks == sims[2].blocks).all()
    assert len({course(sim, 40) for sim in sims}) == 1


@pytest.mark.parametrize("id", IDS)
def test_a_level_for_the_episodes_that_begin_now(id):
    env = vector(id, levels=5)
    env.reset(seed=1, options={"level": 3})
    assert levels(env) == [3] * 4 and len(np.unique(inner(env).view("cells"), axis=0)) == 1
    env.reset(options={"level": np.array([4, 0, 2, 1]), "reset_mask": np.repeat([True, False, True, True], 3)})
    assert levels(env) == [4, 3, 2, 1]
    shown = inner(env).view("cells")[2].copy()
    alone = gymnasium.make(id, levels=1, **SMALL)
    alone.reset(seed=9, options={"level": 2})
    assert (inner(alone).view("cells")[0] == shown).all()
    to_the_end(env)
    other = vector(id, levels=5)
    other.reset(seed=1)
    other.reset()
    other.reset()
    drawn = [levels(env)[0], levels(env)[2]], [levels(other)[0], levels(other)[2]]
    assert drawn[0] == drawn[1]  # the third episode's, in those that were reset twice
    # Any level can be asked for; what isn't in the set isn't counted.
    far = SPLITS["test"].start + 7
    env.reset(options={"level": far})
    assert levels(env) == [far] * 4
    plays = env.levels.plays
    to_the_end(env)
    assert (env.levels.plays == plays).all()


@pytest.mark.parametrize("source", [MAPS[0], CODES[0], CODES[0].tolist(), "file"])
@pytest.mark.parametrize("id", IDS)
def test_a_map_for_the_episodes_that_begin_now(id, source, tmp_path):
    if isinstance(source, str) and source == "file":
        source = tmp_path / "map.txt"
        source.write_text(MAPS[0])
    env = vector(id, map=MAPS[1:], lifespan=1.0)
    env.reset(seed=1)
    before = inner(env).blocks.copy()
    env.reset(options={"map": source, "reset_mask": np.repeat([False, True, True, False], 3)})
    assert (inner(env).blocks[::3] == before[::3]).all()
    assert levels(env)[1:3] == [-1, -1]
    own = registry_start(id, MAPS[0])
    for world in (1, 2):
        assert (inner(env).view("cells")[world] == own.view("cells")[world]).all()
    for _ in range(8):
        for each in (inner(env), own):
            each.step(STILL[split(id)[1]])
    if "FillBasket" not in id and "PredatorPrey" not in id:
        for world in (1, 2):
            assert (inner(env).view("cells")[world] == own.view("cells")[world]).all()
    to_the_end(env)
    assert all(level in (0, 1) for level in levels(env))


def registry_start(id, text):
    """Four worlds on a map of their own, in the second episode of seed 1."""
    env = vector(id, map=text, lifespan=1.0)
    env.reset(seed=1)
    env.reset()
    return inner(env)


@pytest.mark.parametrize("id", IDS)
def test_states_of_worlds_on_given_maps(id):
    env = vector(id, lifespan=3.0)
    sim = inner(env)
    env.reset(seed=1)
    free = sim.get_state()
    env.reset(options={"map": MAPS[0], "reset_mask": np.repeat([True, False, True, False], 3)})
    env.reset(options={"map": MAPS[1], "reset_mask": np.repeat([True, False, False, True], 3)})
    assert levels(env) == [-2, 0, -1, -2]
    state = through_a_file(sim.get_state())
    expected = course(sim, 100)
    sim.set_state(state)
    assert course(sim, 100) == expected
    sim.set_state(free)
    other = vector(id, lifespan=3.0)
    other.reset(seed=2)
    refuse(inner(other), dict(state), "damaged: a level that doesn't exist")
    other.reset(options={"map": MAPS[1]})
    refuse(inner(other), dict(state), "damaged: a level that doesn't exist")
    other.reset(options={"map": MAPS[0]})
    refuse(inner(other), dict(state), "given to another simulation's reset")
    inner(other).set_state(sim.get_state())
    # Worlds on maps that both know by the same level go on in the other.
    other.reset(options={"map": MAPS[0]})
    same = vector(id, lifespan=3.0)
    same.reset(seed=3, options={"map": MAPS[1]})
    same.reset(options={"map": MAPS[0]})
    inner(same).set_state(inner(other).get_state())
    assert course(inner(same), 30) == course(inner(other), 30)


def test_a_crafted_state_reaches_no_map_that_is_not_there():
    env = vector(lifespan=1.0)
    env.reset(seed=1, options={"map": MAPS[0]})
    sim = inner(env)
    for level in (-2, -(2**31)):
        state = sim.get_state()
        sim.layout.view(state["blocks"], "level")[2] = level
        refuse(sim, sealed(state), "damaged: a level that doesn't exist")
    state = sim.get_state()
    sim.layout.view(state["blocks"], "level")[:] = 5  # no given map, but signed as if there were one
    refuse(sim, sealed(state), "given to another simulation's reset")


def test_an_environment_remembers_some_maps_only():
    env = vector(worlds=2, lifespan=2.0)
    env.reset(seed=1)
    for number in range(3 * MOST_GUESTS):
        drawn = CODES[0].copy()
        drawn[2, 4] = 1 if number % 2 else 0
        drawn[number % 4, 5 - number % 3] = 2
        drawn[3, number // 7 % 7] = 1
        env.reset(options={"map": drawn, "reset_mask": np.repeat([True, number % 5 == 0], 3)})
        assert (walls(env, 0) == (drawn == 2)).all()
        assert -MOST_GUESTS <= min(levels(env)) <= -1
        env.step(STILL[True][:6])
        assert inner(env).layout.lowest_level >= -MOST_GUESTS


def faces(**arguments):
    """The faces for one world, each with what resets it."""
    return [gymnasium.make(FORAGE, **SMALL, **arguments), sakana_envs.parallel_env(FORAGE, **SMALL, **arguments)]


def test_every_face_of_one_world():
    for env in faces(levels=3):
        env.reset(seed=1, options={"numbers": {"speed": 0.5}, "level": 2})
        assert number(env) == [0.5] and levels(env) == [2]
        env.reset(options={"map": MAPS[2]})
        assert number(env) == [0.5] and levels(env) == [-1] and (walls(env) == (CODES[2] == 2)).all()
        env.reset(options={"level": None, "map": None, "numbers": {}})
        assert levels(env)[0] in (0, 1, 2)
        # PettingZoo's own tests pass this.
        if "Parallel" in type(env).__name__:
            env.reset(seed=1, options={"options": 1})


def test_an_episode_on_a_given_map_is_of_no_level():
    env = gymnasium.make_vec(FORAGE, worlds=2, levels=3, info="always", autoreset_mode="SameStep", **SMALL).unwrapped
    info = env.reset(seed=1, options={"map": MAPS[0], "reset_mask": np.ones(6, bool)})[1]
    assert (info["level"] == -1).all()
    for _ in range(SMALL["horizon"]):
        info = env.step(STILL[True][:6])[-1]
    assert (info["level"] == -1).all() and env.levels.plays.sum() == 0
    assert (env.step(STILL[True][:6])[-1]["level"] >= 0).all()


def test_stable_baselines3():
    pytest.importorskip("stable_baselines3")
    env = sakana_envs.SB3VecEnv(FORAGE, num_envs=6, levels=9, **SMALL)
    env.seed(1)
    env.set_options({"numbers": {"speed": 0.5}, "level": 7})
    env.reset()
    assert number(env.env) == [0.5, 0.5] and levels(env.env) == [7, 7]
    rows = [{"numbers": {"speed": speed}, "level": level} for speed, level in ((0.25, 3), (0.75, 5)) for _ in range(3)]
    env.set_options(rows)
    env.reset()
    assert number(env.env) == [0.25, 0.75] and levels(env.env) == [3, 5]
    env.reset()
    assert number(env.env) == [0.25, 0.75] and levels(env.env) != [3, 5]
    env.set_options([{"map": MAPS[0]}] * 6)
    env.set_options(None)
    env.reset()
    assert min(levels(env.env)) >= 0
    env.set_options([{"map": CODES[0].copy()} for _ in range(6)])
    env.reset()
    assert levels(env.env) == [-1, -1]
    before = inner(env.env).blocks.tobytes()
    for options, message in (
        ([{}] * 5, "a list of 6, got 5"),
        ([{"level": 1}] * 4 + [{"level": 2}] * 2, "the same for all environments of a world"),
        ([{"level": 1}] * 3 + [{}] * 3, "name the same things"),
        ([{"map": MAPS[0]}] * 3 + [{"map": MAPS[1]}] * 3, "one map for all"),
        ([{"numbers": {"speed": 1}}] * 3 + [{"numbers": {"lifespan": 1}}] * 3, "the same names"),
        ([{"numbers": 3}] * 6, "a dictionary with the same names"),
        ({"level": -1}, "level must be a whole number"),
        ({"reset_mask": np.ones(6, bool)}, "no option 'reset_mask'"),
        ([3] * 6, "options must be a dictionary"),
    ):
        with pytest.raises((ValueError, TypeError), match=message):
            env.set_options(options)
    env.step(np.zeros(6, np.int64))
    assert inner(env.env).blocks.tobytes() != before


WRONG = [
    ({"levle": 3}, "no option 'levle' - did you mean 'level'.*numbers, map, level"),
    ({"speed": 0.5}, r"no option 'speed'.*numbers go into options\['numbers'\], and sizes are arguments of make"),
    ({"numbers": 3}, r"options\['numbers'\] must be a dictionary, as \{'speed': 0.5\}, got 3"),
    ({"numbers": {"sped": 1}}, "no number 'sped' to set - did you mean 'speed'.*speed, .*lifespan"),
    ({"numbers": {"agents": 2}}, "no number 'agents' to set"),
    ({"numbers": {"speed": 1.5}}, "speed must be a number from 0 to 1, got 1.5"),
    ({"numbers": {"speed": 0.5, "lifespan": "long"}}, "lifespan must be a number .*'long'"),
    ({"numbers": {"speed": ("uniform", 0, 1)}}, "speed can't be given a range by a reset"),
    ({"numbers": {"speed": [0.5, 0.5]}}, "speed must be one number, one for each of the .* got 2 numbers"),
    ({"level": -1}, "level must be a whole number from 0 to 2147483647, or one for each of the"),
    ({"level": 2**31}, "level must be"),
    ({"level": 1.5}, "level must be"),
    ({"level": True}, "level must be"),
    ({"level": [1, 2, 3]}, "level must be .*got"),
    ({"level": "1"}, "level must be"),
    ({"level": 1, "map": MAPS[0]}, "a map or a level, not both"),
    ({"map": MAPS}, "a reset takes one map"),
    (
        {"map": MAPS[0][:-8]},
        "height 3, width 7, and the worlds have height 4, width 7: a reset changes no sizes",
    ),
    ({"map": "A.x....\n" * 4}, "the map has 'x'"),
    ({"map": "#######\n" * 3 + "####AA.\n"}, "3 agents don't fit on 2 cells"),
    ({"map": "nowhere.txt"}, "there is no file"),
    ({"map": 3}, "a map must have"),
]


@pytest.mark.parametrize(("options", "message"), WRONG)
def test_what_is_wrong_changes_nothing(options, message):
    for env in (vector(levels=4), *faces(levels=4)):
        env.reset(seed=1)
        before, header = inner(env).blocks.tobytes(), inner(env).layout.header.tobytes()
        with pytest.raises((ValueError, TypeError, FileNotFoundError), match=message):
            env.reset(seed=5, options=options)
        assert inner(env).blocks.tobytes() == before and inner(env).layout.header.tobytes() == header


def test_levels_that_are_not_there():
    for env in (vector(), *faces()):
        env.reset(seed=1)
        with pytest.raises(ValueError, match="these worlds have no levels: give levels= or a list of maps to make"):
            env.reset(options={"level": 0})
    env = vector(map=MAPS)
    env.reset(seed=1, options={"level": 2})
    assert levels(env) == [2] * 4
    with pytest.raises(ValueError, match="level must be a whole number from 0 to 2, or"):
        env.reset(options={"level": 3})


def test_the_simulation_takes_them_in_any_mode(random):
    for mode in ("NextStep", "SameStep", "Disabled"):
        env = vector(levels=6, autoreset_mode=mode)
        env.reset(seed=2, options={"level": [5, 4, 3, 2]})
        assert levels(env) == [5, 4, 3, 2]
        env.step(random_actions(True, 12, random))
    sim = simulation(FORAGE, worlds=2, levels=3)
    sim.seed(1)
    assert sim.reset().shape[0] == sim.rows
