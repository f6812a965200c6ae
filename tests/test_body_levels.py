"""Levels of bodies: what is saved is what is loaded, in Kinetix' form; what can't be is refused, with its place."""

import copy
import json
import re

import numpy as np
import pytest
from body_tasks import SIZES, simulation, still

import sakana_envs
from sakana_envs.bodies.level import Level
from sakana_envs.bodies.level_words import as_words

ROOM = {name: SIZES[name] for name in ("polygons", "circles", "joints", "thrusters")}


@pytest.fixture(scope="module")
def level():
    return Level.of(simulation(worlds=1), name="yard")


@pytest.fixture(scope="module")
def content(level, tmp_path_factory):
    path = tmp_path_factory.mktemp("levels") / "yard.json"
    level.save(path)
    return json.loads(path.read_text())


def load(content, path):
    path.write_text(json.dumps(content))
    return Level.load(path)


def test_what_is_saved_is_loaded(level, content, tmp_path):
    again = load(content, tmp_path / "again.json")
    assert again.name == "again" and again.sizes == level.sizes
    for name, array in level.fields.items():
        if name not in ("radius", "corner_x", "corner_y"):
            assert again.fields[name].tobytes() == array.tobytes(), name
    polygons = level.sizes["polygons"]
    assert again.fields["radius"][polygons:].tobytes() == level.fields["radius"][polygons:].tobytes()
    there = level.fields["active"][:polygons] != 0
    assert (again.fields["corner_x"] == level.fields["corner_x"])[there].all()


def test_a_world_plays_on_as_the_level_that_it_was_saved_as(level, content, tmp_path):
    """From the start, for there is nothing then that a world carries over and a level doesn't have."""
    first = simulation(worlds=1)
    path = tmp_path / "yard.json"
    load(content, path)
    second = simulation(worlds=1, map=str(path))
    for _ in range(20):
        expected = first.step(still(first)).observations
        assert second.step(still(second)).observations.tobytes() == expected.tobytes()


def test_form_of_the_file(content):
    """What Kinetix' own files have, by name."""
    assert set(content) == {"env_state", "env_params", "static_env_params"}
    state = content["env_state"]
    assert (
        set(state["polygon"][0])
        == set(state["circle"][0])
        == {
            *("position", "rotation", "velocity", "angular_velocity", "inverse_mass", "inverse_inertia", "friction"),
            *("restitution", "collision_mode", "active", "n_vertices", "vertices", "radius", "role", "density"),
            "highlighted",
        }
    )
    assert set(state["joint"][0]) == {
        *("a_index", "b_index", "a_relative_pos", "b_relative_pos", "global_position", "active", "acc_impulse"),
        *("acc_r_impulse", "motor_speed", "motor_power", "motor_on", "motor_has_joint_limits", "min_rotation"),
        *("max_rotation", "is_fixed_joint", "rotation", "motor_binding"),
    }
    assert set(state["thruster"][0]) == {
        *("object_index", "relative_position", "rotation", "power", "global_position", "active", "thruster_binding"),
    }
    counts = [len(state[f"acc_{kind}_manifolds"]) for kind in ("rr", "cr", "cc")]
    assert counts == [2 * (9 * 8 // 2 - 6), 9 * 4, 4 * 3 // 2]
    assert not state["collision_matrix"]["4"]["9"] and state["collision_matrix"]["4"]["0"]


def test_a_level_with_more_room_means_the_same(level):
    more = {name: size + 2 for name, size in ROOM.items()}
    larger = level.padded(more)
    words = as_words(larger.fields)
    assert len(words) == 2 + 15 * (9 + 4 + 4) + 9 * 11 + 15 * 7 + 7 * 5
    for name in ("x", "role", "inverse_mass"):
        there = larger.fields["active"] != 0
        assert larger.fields[name][there].tolist() == level.fields[name][level.fields["active"] != 0].tolist()
    mine = larger.fields["joint"] != 0
    moved = larger.fields["second"][mine].astype(int)
    assert larger.fields["radius"][moved[:2]].tolist() == pytest.approx([0.2, 0.2])  # the wheels
    with pytest.raises(ValueError, match="it has 9 polygons, and the worlds have room for 5"):
        level.padded({**ROOM, "polygons": 5})


def test_several_levels_are_drawn_from(level, tmp_path):
    other = copy.deepcopy(level)
    other.fields["x"][9] += 0.01
    other.save(tmp_path / "other.json")
    envs = simulation(worlds=16, map=[level, tmp_path / "other.json"])
    at = envs.view("x")[:, 9]
    assert len(np.unique(at)) == 2 and envs.levels is not None


def test_a_reset_takes_a_level(level):
    other = copy.deepcopy(level)
    other.fields["x"][9] += 0.01
    env = sakana_envs.parallel_env("Sakana/BodyYard-Discrete-v0", map=level)
    before = env.reset(seed=1)[0]["agent_0"]
    after = env.reset(seed=1, options={"map": other})[0]["agent_0"]
    assert abs(after - before).max() == pytest.approx(0.01, rel=1e-4)
    small = Level.of(simulation(worlds=1)).padded({**ROOM, "joints": 6})
    with pytest.raises(ValueError, match="a reset changes no sizes"):
        env.reset(options={"map": small})


def at(content, *path):
    for key in path:
        content = content[key]
    return content


def change(*path, to):
    def damage(content):
        at(content["env_state"], *path[:-1])[path[-1]] = to

    return damage


def remove(*path):
    def damage(content):
        del at(content["env_state"], *path[:-1])[path[-1]]

    return damage


DAMAGED = {
    "nan": (change("polygon", 4, "rotation", to=float("nan")), "angle has what is no finite number"),
    "huge": (change("circle", 0, "position", "0", to=1e9), "x is outside of its range"),
    "index": (change("joint", 0, "a_index", to=77), "first is a body that there isn't"),
    "negative": (change("joint", 0, "b_index", to=-1), "second must be whole numbers from 0 on"),
    "half": (change("joint", 0, "b_index", to=4.5), "second must be whole numbers from 0 on"),
    "itself": (change("joint", 0, "b_index", to=4), "a joint of a body with itself"),
    "absent": (change("polygon", 5, "active", to=False), "second is a body that isn't there"),
    "thruster": (change("thruster", 0, "object_index", to=13), "thrusts is a body that there isn't"),
    "dent": (change("polygon", 4, "vertices", "1", "0", to=-3.0), "polygon 4 isn't convex"),
    "corners": (change("polygon", 4, "n_vertices", to=7), "corners is outside of its range"),
    "role": (change("circle", 0, "role", to=4), "role is outside of its range"),
    "mass": (change("circle", 0, "inverse_mass", to=-1.0), "inverse_mass is outside of its range"),
    "radius": (change("circle", 0, "radius", to=0.0), "a circle's radius is less than a millimetre"),
    "floor": (change("polygon", 0, "active", to=False), "the first four polygons are floor"),
    "limits": (change("joint", 3, "min_rotation", to=9.0), "limits of a joint that aren't in order"),
    "text": (change("circle", 0, "radius", to="large"), r"env_state.circle\[0\].radius must be a number, got 'large'"),
    "list": (change("joint", to={}), "env_state.joint must be a list"),
    "missing": (remove("joint", 1, "motor_speed"), r"it has no env_state.joint\[1\].motor_speed"),
    "vector": (change("joint", 1, "a_relative_pos", to=[0, 1]), "a_relative_pos must be a dictionary"),
    "gravity": (remove("gravity"), "it has no env_state.gravity"),
    "nothing": (remove("polygon"), "it has no env_state.polygon"),
    "walls": (change("polygon", to=[]), "polygons must be from 4 to 64, got 0"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_level_is_refused(name, content, tmp_path):
    damage, says = DAMAGED[name]
    content = copy.deepcopy(content)
    damage(content)
    with pytest.raises(ValueError, match=rf"{re.escape(str(tmp_path))}.*{says}"):
        load(content, tmp_path / "damaged.json")


@pytest.mark.parametrize("text", ["", "[1, 2]", "{", '{"env_state": []}', '{"other": 1}', "\x00\xff"])
def test_what_is_no_level_is_refused(text, tmp_path):
    path = tmp_path / "no.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ValueError, match=re.escape(str(path))):
        Level.load(path)


def test_what_make_refuses(tmp_path):
    with pytest.raises(FileNotFoundError):
        simulation(map=str(tmp_path / "none.json"))
    with pytest.raises(ValueError, match=r"a level must be a Level, or the path of a \.json file, got 7"):
        simulation(map=7)
    with pytest.raises(ValueError, match="at least one"):
        simulation(map=[])
    with pytest.raises(ValueError, match="the map has polygons 9, so polygons=5 can't be given"):
        simulation(map=Level.of(simulation(worlds=1)), polygons=5)


def test_bindings_beyond_the_slots_are_the_last_ones(content, tmp_path):
    """As JAX reads them."""
    content = copy.deepcopy(content)
    content["env_state"]["joint"][0]["motor_binding"] = 7
    content["env_state"]["thruster"][0]["thruster_binding"] = 3
    level = load(content, tmp_path / "bindings.json")
    assert level.fields["motor_slot"][0] == 3 and level.fields["thruster_slot"][0] == 1
