"""A list of maps: each episode takes one of them, drawn by its world."""

import gymnasium
import numpy as np
import pytest
from shipped import SHIPPED
from test_state import course, refuse, sealed
from worlds import IDS, agent_fields, inner, radius_of, random_actions, split, tasks_of

import sakana_envs
from sakana_envs.core.memory import Layout
from sakana_envs.tasks import registry
from sakana_envs.tools.record.replay import Recording, replay

FORAGE = "Sakana/Forage-Discrete-v0"
MAPS = [
    "AA..#.o\nAA....o\n...#...\n.......\n",
    ".......\n.AA.AA.\n..#....\noo.....\n",
    "......A\n.##..AA\n......A\n...oo..\n",
]
CODES = [np.array([[".o#A".index(sign) for sign in row] for row in text.split()], dtype=np.uint8) for text in MAPS]
SIZES = {"height": 128, "width": 128, "horizon": 512}
SMALL = {"agents": 3, "horizon": 12, "lifespan": 3.0, "food_regrowth": 0.0}


def begun(id=FORAGE, worlds=4, seed=6, **arguments):
    task, discrete = split(id)
    sim = registry.simulation(task, discrete, worlds=worlds, **{"map": MAPS, **SMALL, **arguments})
    sim.seed(seed)
    sim.reset()
    return sim


@pytest.mark.parametrize("id", IDS)
def test_each_episode_is_as_on_its_map_alone(id, random):
    sim, seen = begun(id, worlds=6), set()
    alone = [begun(id, worlds=6, map=text) for text in MAPS]
    for _ in range(4):
        for each in alone:
            each.view("episode")[:] = sim.view("episode") - 1
            each.reset()
        levels, episodes = sim.view("level")[:, 0].tolist(), sim.view("episode").copy()
        seen.update(levels)
        for _ in range(10):
            actions = random_actions(split(id)[1], sim.rows, random)
            for each in (sim, *alone):
                each.step(actions)
            for name in {"cells", "food", "missing_food", *agent_fields(sim)} - {"score"}:
                for world in np.flatnonzero(sim.view("episode") == episodes):
                    level = levels[world]
                    assert (sim.view(name)[world] == alone[level].view(name)[world]).all(), name
        sim.reset()
    assert seen == {0, 1, 2}


@pytest.mark.parametrize("id", IDS)
def test_worlds_draw_their_maps_in_any_batch(id):
    sim, alone = begun(id, worlds=9), begun(id, worlds=1)
    drawn = []
    for _ in range(40):
        assert (sim.blocks[0] == alone.blocks[0]).all()
        drawn.append(sim.view("level")[:, 0].copy())
        for each in (sim, alone):
            each.reset()
    counts = np.bincount(np.ravel(drawn), minlength=3)
    assert len(counts) == 3 and counts.min() > 80  # of 360, a third each, but for four standard deviations


@pytest.mark.parametrize("threads", [2, 7])
def test_threads_change_nothing(threads, monkeypatch):
    monkeypatch.setattr("sakana_envs.core.threads.ROWS_PER_THREAD", 1)
    one, several = (begun(worlds=16, threads=count) for count in (1, threads))
    assert course(one, 60) == course(several, 60)


@pytest.mark.parametrize("id", IDS)
def test_agents_appear_where_their_own_map_has_them(id, random):
    sim = begun(id, worlds=30, lifespan=1.0, speed=0.0)
    for _ in range(5):
        sim.step(random_actions(split(id)[1], sim.rows, random))
        radius = radius_of(sim)
        for world, level in enumerate(sim.view("level")[:, 0].tolist()):
            rows, cols = (sim.view(name)[world].astype(int) for name in ("row", "col"))
            born = sim.view("respawned")[world] == 1
            assert (CODES[level][rows, cols] == 3)[born].all()
            assert ((sim.view("cells")[world, radius:-radius, radius:-radius] == 2) >= (CODES[level] == 2)).all()


@pytest.mark.parametrize("id", IDS)
def test_states(id):
    sim = begun(id)
    course(sim, 7)
    state, other = sim.get_state(), begun(id, seed=1)
    expected = course(sim, 300)
    other.set_state(state)
    assert course(other, 300) == expected
    for maps in (MAPS[:2], MAPS[::-1], MAPS[0]):
        with pytest.raises(ValueError, match="the state is of"):
            begun(id, map=maps).set_state(state)


def test_a_state_with_a_level_that_cannot_be():
    sim = begun()
    state = sim.get_state()
    sim.layout.view(state["blocks"], "level")[1] = -1
    refuse(sim, sealed(state), "damaged: a level that doesn't exist")
    sim.layout.view(state["blocks"], "level")[1] = 2**31 - 1  # a number like another: map 1
    sim.set_state(sealed(state))
    course(sim, 30)


@pytest.mark.parametrize("task", tasks_of("cells", SHIPPED))
def test_a_small_world_has_room_for_a_level(task):
    """One agent's world is as many cache lines as without."""
    layout = registry.simulation(task, True, agents=1).layout
    fields = {name: field for name, field in layout.structure.fields.items() if name != "level"}
    without = layout.structure._replace(fields=fields)
    bytes_of = layout.offsets["cells"], Layout(without, {**SIZES, "agents": 1}).offsets["cells"]
    assert len({-(-each // 64) for each in bytes_of}) == 1


def test_every_face(tmp_path):
    (tmp_path / "first.txt").write_text(MAPS[0])
    sources = [tmp_path / "first.txt", CODES[1], MAPS[2]]
    for make in (gymnasium.make, sakana_envs.parallel_env):
        env = make(FORAGE, map=sources, **SMALL)
        seen = set()
        for _ in range(20):
            env.reset()
            seen.add(inner(env).view("level")[0, 0])
        assert seen == {0, 1, 2}
    for arguments in ({}, {"others": "scripted"}):
        env = gymnasium.make_vec(FORAGE, worlds=8, map=tuple(sources), **SMALL, **arguments)
        env.reset(seed=3)
        env.step(env.action_space.sample())
        assert (inner(env).view("level")[:, 0] == begun(worlds=8, seed=3).view("level")[:, 0]).all()


def test_replays_keep_lists_of_maps(tmp_path):
    recording = Recording(FORAGE, seed=3, num_envs=12, map=MAPS, **SMALL)
    for tick in range(25):
        recording.step(np.full(12, tick % 9))
    recording.save(tmp_path / "episode.npz")
    assert replay(tmp_path / "episode.npz").hash() == recording.hash()
    (tmp_path / "map.txt").write_text(MAPS[0])
    with pytest.raises(ValueError, match="names no files: map must be lines of text"):
        Recording(FORAGE, num_envs=12, map=[MAPS[0], str(tmp_path / "map.txt")], **SMALL)


@pytest.mark.parametrize(
    ("maps", "message"),
    [
        ([MAPS[0], MAPS[1][:-8]], "map 1 has 3 x 7 cells and map 0 has 4 x 7: all must have the same size"),
        ([MAPS[0], "A.x\n...\n"], "map 1: the map has 'x' at row 0, column 2"),
        ([MAPS[0], 3], "map 1: a map must have 1 to 8192 rows and columns"),
        ([MAPS[0], [MAPS[1]]], "map 1: a map must"),
        ([MAPS[0], "##A####\n" + "#######\n" * 3], "3 agents don't fit on 1 cells where the map lets .* of map 1"),
        ([MAPS[0], "nothing.txt"], "there is no file 'nothing.txt'"),
        ([], "a map must have 1 to 8192 rows and columns"),
        (np.stack(CODES), "pixels must be uint8 with shape"),
    ],
)
def test_wrong_lists(maps, message):
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        gymnasium.make_vec(FORAGE, worlds=2, map=maps, **SMALL)
