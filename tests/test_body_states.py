"""States of bodies: those of play are taken and go on, those that can't be are refused, scratch decides nothing."""

import numpy as np
import pytest
from body_tasks import simulation, still
from test_possible import moved
from test_state import refuse
from worlds import actions_of, through_a_file

from sakana_envs.bodies.world import FIELDS
from sakana_envs.core import cpu

SCRATCH = [name for name, field in FIELDS.items() if field.meaning.startswith("scratch")]


def course(sim, ticks, seed):
    random = np.random.default_rng(seed)
    seen = [sim.step(actions_of(sim, random)) for _ in range(ticks)]
    return [(each.observations.tobytes(), each.rewards.tobytes()) for each in seen], sim.blocks.tobytes()


def begun(ticks=7, **settings):
    sim = simulation(worlds=2, **settings)
    course(sim, ticks, 3)
    return sim


def test_states_of_play_are_taken_and_go_on():
    sim = begun(mode=cpu.SAME_STEP)
    for tick in range(70):
        course(sim, 1, tick)
        sim.set_state(sim.get_state())
    state = sim.get_state()
    expected = course(sim, 1000, 9)
    other = begun(mode=cpu.SAME_STEP, seed=4)
    other.set_state(through_a_file(state))
    assert course(other, 1000, 9) == expected


def test_scratch_decides_nothing():
    plain, scribbled = begun(), begun()
    random = np.random.default_rng(0)
    for name in SCRATCH:
        view = scribbled.view(name)
        scribble = random.integers(0, 256, view.nbytes, dtype=np.uint8)
        view[:] = scribble.view(view.dtype).reshape(view.shape)
    ours, theirs = course(plain, 5, 1), course(scribbled, 5, 1)
    assert ours[0] == theirs[0]


DAMAGED = {
    "x": np.nan,
    "y": 16.0,
    "angle": 1e9,
    "vx": 101.0,
    "vy": np.inf,
    "spin": -51.0,
    "sine": 0.9,
    "cosine": np.nan,
    "inverse_mass": -1.0,
    "inverse_inertia": np.nan,
    "friction": -0.1,
    "restitution": np.inf,
    "density": np.nan,
    "radius": -1.0,
    "active": 2,
    "mode": 3,
    "role": 4,
    "group": 99,
    "corners": 5,
    "corner_x": np.nan,
    "corner_y": 21.0,
    "face_x": 0.5,
    "face_y": np.nan,
    "face_at": 7.0,
    "joint": 3,
    "first": 13,
    "second": 200,
    "first_x": np.inf,
    "first_y": 30.0,
    "second_x": np.nan,
    "second_y": -30.0,
    "rest_angle": np.nan,
    "limited": 2,
    "least_angle": 9.0,
    "most_angle": np.nan,
    "motor": 2,
    "motor_slot": 4,
    "motor_speed": np.nan,
    "motor_power": 1e9,
    "pull_x": np.nan,
    "pull_y": np.inf,
    "twist": np.nan,
    "thruster": 2,
    "thrusts": 13,
    "thruster_x": np.nan,
    "thruster_y": 40.0,
    "thruster_angle": np.inf,
    "thruster_power": 1e9,
    "thruster_slot": 2,
    "touch": 2,
    "push": np.nan,
    "rub": np.inf,
    "pull": np.nan,
    "control": 1.5,
    "met": 5,
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_states_are_refused(name):
    sim = begun()
    refuse(sim, moved(sim, **{name: DAMAGED[name]}), "the state is damaged: ")


def test_every_field_that_is_kept_has_a_damage():
    general = {"seed", "episode", "clock", "episode_length", "time_limit", "over", "fault", "fault_agent", "level"}
    general |= {"reward", "terminated", "episode_return", "score"}
    assert set(FIELDS) - set(SCRATCH) - general == set(DAMAGED)


def test_edits_turn_bodies_as_rules_would():
    sim = begun()
    with sim.edit(0) as world:
        world.place_body(4, 2.0, 3.0, 0.7)
        world.set("friction", 0.5, at=4)
    values = [float(sim.view(name)[0, 4]) for name in ("x", "y", "vx", "spin", "friction")]
    assert values == [2.0, 3.0, 0.0, 0.0, 0.5]
    assert sim.view("sine")[0, 4] == pytest.approx(np.sin(0.7), abs=1e-6)
    sim.step(still(sim))
    for name, value, says in (
        ("angle", 1.0, "use place_body"),
        ("x", 16.0, "x must be from -15 to 15, got 16"),
        ("corner_x", 1.0, "the engine keeps it"),
    ):
        with pytest.raises((ValueError, KeyError), match=says), sim.edit(0) as world:
            world.set(name, value, at=4)
    with pytest.raises(ValueError, match="angle must be a finite number"), sim.edit(0) as world:
        world.place_body(4, 1.0, 1.0, np.nan)
