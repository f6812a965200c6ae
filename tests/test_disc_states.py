"""States of discs: those of play are taken and go on, those that can't be are refused, the rest never hang."""

import os

import numpy as np
import pytest
from disc_tasks import DRIVES, simulation
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_discs import sine_cosine
from test_possible import moved
from test_state import refuse
from worlds import actions_of, through_a_file

from sakana_envs.core import cpu
from sakana_envs.discs.world import FIELDS

WILD = {"fastest": 1e4, "limited": 0.1, "dt": 0.5, "substeps": 2, "grain": 0.25, "picky": 0.1}
SCRATCH = [name for name, field in FIELDS.items() if field.meaning.startswith("scratch")]
TINY, HUGE = float(np.float32(1e-30)), 1e30


def course(sim, ticks, seed):
    random = np.random.default_rng(seed)
    seen = [sim.step(actions_of(sim, random)) for _ in range(ticks)]
    return [(each.observations.tobytes(), each.rewards.tobytes()) for each in seen], sim.blocks.tobytes()


def begun(drive="TURN", ticks=7, **arguments):
    sim = simulation(drive, **arguments)
    course(sim, ticks, 3)
    return sim


@pytest.mark.parametrize("drive", DRIVES)
@pytest.mark.parametrize("setting", [{}, WILD, {**WILD, "walls": 0.0, "elastic": 1.0, "height": 1}])
def test_states_of_play_are_taken_and_go_on(drive, setting):
    ticks = 200 if setting else 1000
    sim = begun(drive, mode=cpu.SAME_STEP, **setting)
    for tick in range(60):
        course(sim, 1, tick)
        sim.set_state(sim.get_state())
    state = sim.get_state()
    expected = course(sim, ticks, 9)
    other = begun(drive, mode=cpu.SAME_STEP, seed=4, **setting)
    other.set_state(through_a_file(state))
    assert course(other, ticks, 9) == expected


def test_edits_look_where_rules_would_look():
    sim = begun()
    for angle in (0.0, -0.0, 0.7, -3.0, 2.5, 1e9, 1e-30, 4):
        with sim.edit(0) as world:
            world.look_at(1, angle)
        sine, cosine = sine_cosine(angle)
        assert (sim.view("hx")[0, 1], sim.view("hy")[0, 1]) == (cosine, sine), angle


def test_discs_are_placed_where_rules_would_place_them():
    sim = begun()
    with sim.edit(0) as world:
        world.place_disc(2, 0.1, 3.0)
    assert [sim.view(name)[0, 2] for name in ("x", "y", "vx", "vy")] == [np.float32(0.1), 3.0, 0.0, 0.0]
    before = sim.get_state()["blocks"].tobytes()
    for disc, x, says in (
        (2, np.nan, "x must be from"),
        (99, 1.0, "at must be from 0 to 10, got 99"),
        (-1, 1.0, "got -1"),
    ):
        with pytest.raises((ValueError, IndexError), match=says), sim.edit(0) as world:
            world.place_disc(disc, x, 1.0)
    with pytest.raises(AttributeError, match=r"no 'place_dics' - did you mean 'place_disc'\?"), sim.edit(0) as world:
        world.place_dics(0, 1.0, 1.0)
    with pytest.raises(AttributeError, match=r"no 'radius': world.set\('radius', \.\.\.\)"), sim.edit(0) as world:
        world.radius[0] = 2.0
    assert sim.get_state()["blocks"].tobytes() == before


def test_scratch_decides_nothing():
    plain, scribbled = begun(discs=70, **WILD), begun(discs=70, **WILD)
    for name in SCRATCH:
        scribbled.view(name)[:] = -1 if np.issubdtype(FIELDS[name].dtype, np.integer) else np.nan
    scribbled.set_state(scribbled.get_state())
    assert course(plain, 20, 5)[0] == course(scribbled, 20, 5)[0]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        *((name, (np.nan, np.inf, 2.0**20 * 1.01, -(2.0**20) * 1.01)) for name in ("x", "y")),
        *((name, (np.nan, -np.inf, 2.0**14 * 1.01, -(2.0**14) * 1.01)) for name in ("vx", "vy")),
        ("radius", (np.nan, np.inf, 0.0, -0.1, TINY / 2, 2.0**20 * 1.01)),
        ("inverse_mass", (np.nan, np.inf, -1.0, TINY / 2, HUGE * 1.01)),
        *((name, (np.nan, -0.1, 1.01)) for name in ("drag", "elasticity")),
        *((name, (np.nan, np.inf, -0.1, HUGE * 1.01)) for name in ("top_speed", "axis_speed")),
        *((name, (np.nan, 0.0, 1.1)) for name in ("hx", "hy")),
        ("spin", (np.nan, np.inf, -HUGE * 1.01)),
        ("power", (np.nan, np.inf, 1.01e18, -1.01e18)),
        ("top_push", (np.nan, np.inf, -0.1, 1.01e18)),
        *((name, (np.nan, np.inf, 1.01e18, -1.01e18)) for name in ("push_x", "push_y")),
        ("kind", (8, 255)),
        ("bumped", (2, 255)),
        ("bumps", (-1, 8, 2**31 - 1)),
        ("block", (2, 255)),
        ("has_blocks", (2, 255)),
    ],
)
def test_crafted_values(name, values):
    sim = begun(built=0.5)
    if name in ("hx", "hy"):
        sim.view("hx")[:], sim.view("hy")[:] = (0.6, 0.8)
    sim.set_state(sim.get_state())
    for value in values:
        refuse(sim, moved(sim, **{name: value}), "damaged")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"has_blocks": 0}, "has_blocks doesn't say"),
        ({"block": 0}, "has_blocks doesn't say"),
        ({"clock": 0, "reward": 0, "bumped": 1, "bumps": 0}, "bumped before the first tick"),
        ({"bumped": 1, "bumps": 0}, "bumped, and no bumps"),
        ({"bumps": 8}, "more bumps than ticks"),
    ],
)
def test_states_that_disagree_with_themselves(fields, says):
    sim = begun(built=1.0)
    refuse(sim, moved(sim, **fields), says)


EXTREMES = {
    **dict.fromkeys(("x", "y"), (0.0, 0.5, 1.0, 2.7, -3.0, 2.0**20, -(2.0**20))),
    **dict.fromkeys(("vx", "vy"), (0.0, -0.0, 1e-38, 1.0, -2.0, 2.0**14, -(2.0**14))),
    "radius": (TINY, 0.1, 0.5, 0.7, 3.0, 2.0**20),
    "inverse_mass": (0.0, TINY, 1.0, HUGE),
    "drag": (0.0, 1e-40, 0.5, 1.0),
    "elasticity": (0.0, 1e-30, 0.5, 1.0),
    **dict.fromkeys(("top_speed", "axis_speed"), (0.0, 1e-40, 1.0, HUGE)),
    "spin": (0.0, -0.0, 1.0, -HUGE, HUGE),
    "power": (0.0, -0.0, 1.0, -1e18, 1e18),
    "top_push": (0.0, 1e-30, 1.0, 1e18),
    "kind": (0, 1, 7),
    "solid": (0, 3, 255),
}
NUMBERS = {
    "dt": (1e-6, 0.1, 10.0),
    "stiffness": (0.0, 100.0, 1e6),
    "softness": (1e-6, 1.0),
    "bounce": (0.0, 1.0),
    "top_spin": (0.0, 1e3),
    "walls": (0.0, 1.0),
    "built": (0.0, 0.4, 1.0),
}


@given(data=st.data(), drive=st.sampled_from(["THRUST", "UNICYCLE"]), seed=st.integers(0, 99))
@settings(max_examples=int(os.environ.get("SAKANA_EXAMPLES", 60)), deadline=None)
def test_whatever_is_taken_goes_on_with_numbers_in_their_range(data, drive, seed):
    """Fields at the ends of their ranges, in any mixture: a hang would be a test that never ends."""
    chosen = {name: data.draw(st.sampled_from(values), label=name) for name, values in NUMBERS.items()}
    sim = simulation(drive, seed=seed, discs=data.draw(st.sampled_from((11, 70))), **chosen)
    random = np.random.default_rng(seed)
    for name in data.draw(st.sets(st.sampled_from(list(EXTREMES))), label="fields"):
        sim.view(name)[:] = random.choice(EXTREMES[name], sim.view(name).shape)
    sim.set_state(sim.get_state())
    for _ in range(4):
        transition = sim.step(actions_of(sim, random))
        assert np.isfinite(transition.observations).all() and np.isfinite(transition.rewards).all()
        sim.set_state(sim.get_state())
