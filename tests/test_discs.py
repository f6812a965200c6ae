"""What holds of every world of discs: momentum, energy, what nothing passes, and that no order is favoured."""

import os

import numpy as np
import pytest
from disc_tasks import DRIVES, simulation
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import actions_of

CALM = {"elastic": 0.0, "fixed": 0.0, "built": 0.0, "limited": 0.0, "picky": 0.0}
"""Soft discs that all meet, with nothing between them."""


def course(sim, ticks, random):
    for _ in range(ticks):
        yield sim.step(actions_of(sim, random))


def momentum_and_energy(sim):
    mass = 1.0 / sim.view("inverse_mass").astype(np.float64)
    vx, vy = sim.view("vx").astype(np.float64), sim.view("vy").astype(np.float64)
    along = np.stack([(mass * vx).sum(axis=1), (mass * vy).sum(axis=1)])
    return along, (mass * np.hypot(vx, vy)).sum(axis=1), (mass * (vx**2 + vy**2)).sum(axis=1) / 2.0


@pytest.mark.parametrize("substeps", [1, 3])
def test_elastic_discs_keep_their_momentum_and_win_no_energy(substeps):
    """On a world whose right side leads to its left and whose top leads to its bottom, for a thousand ticks.

    Where three collide at once some energy is lost, among two none.
    """
    sim = simulation(
        "THRUST", discs=16, walls=0.0, substeps=substeps, horizon=1000, largest=0.15, **CALM | {"elastic": 1.0}
    )
    sim.view("elasticity")[:] = 1.0
    sim.view("drag")[:] = 0.0
    before, size, energy = momentum_and_energy(sim)
    least, bumps = energy, 0
    for _ in range(1000):
        sim.step(np.zeros((sim.rows, 2), np.float32))
        for axis, length in (("x", sim.sizes["width"]), ("y", sim.sizes["height"])):
            sim.view(axis)[:] %= np.float32(length)
        now, _, left = momentum_and_energy(sim)
        assert (abs(now - before) <= 1e-5 * size).all()
        assert (left <= least * (1.0 + 1e-5)).all()
        in_pairs = sim.view("contacts").max(axis=1) <= 1
        assert substeps > 1 or (left >= least * (1.0 - 1e-5))[in_pairs].all()
        least, bumps = left, bumps + sim.view("bumped").sum()
    assert (least <= energy * (1.0 + 1e-3)).all() and bumps > 300


@given(seed=st.integers(0, 2**31), elastic=st.booleans(), softness=st.floats(1e-4, 0.5), stiffness=st.floats(0.1, 1e5))
@settings(max_examples=int(os.environ.get("SAKANA_EXAMPLES", 40)), deadline=None)
def test_action_and_reaction_are_equal_to_the_bit(seed, elastic, softness, stiffness):
    """Of pairs: what is left in the scratch memory of forces is what the last sub-step's contact gave to each."""
    more = {"softness": softness, "stiffness": stiffness, "elastic": float(elastic), "fastest": 2.0, "grain": 0.01}
    sim = simulation("THRUST", seed=seed, worlds=20, agents=1, discs=2, height=1, width=1, **CALM | more)
    sim.step(np.zeros((sim.rows, 2), np.float32))
    fx, fy = sim.view("fx"), sim.view("fy")
    assert (fx[:, 0] == -fx[:, 1]).all() and (fy[:, 0] == -fy[:, 1]).all()
    assert (fx != 0.0).any() and (fy != 0.0).any()


def rooms(blocks):
    """The number of the room that each square metre (height, width) belongs to; rooms don't lead through corners."""
    number = np.where(blocks != 0, 0, 1 + np.arange(blocks.size).reshape(blocks.shape))
    for _ in range(blocks.size):
        around = np.pad(number, 1)
        beside = np.max([around[1:-1, 2:], around[1:-1, :-2], around[2:, 1:-1], around[:-2, 1:-1], number], axis=0)
        if (number == np.where(blocks != 0, 0, beside)).all():
            break
        number = np.where(blocks != 0, 0, beside)
    return number


@pytest.mark.parametrize("radius", [0.02, 0.15, 0.45, 0.5])
@pytest.mark.parametrize("fastest", [3.0, 1e4])
@pytest.mark.parametrize("drive", ["GLIDE", "THRUST"])
def test_nothing_passes_a_wall_or_a_block(drive, fastest, radius, random):
    """Not between two blocks that touch at a corner either, however fast, and whether it bounces or stops."""
    more = {"discs": 30, "built": 0.45, "height": 8, "width": 9, "fastest": fastest, "elastic": 0.5}
    sim = simulation(drive, worlds=4, dt=0.5, **CALM | more)
    sim.view("radius")[:] = radius
    sim.view("solid")[:] = 0
    maps = [rooms(blocks) for blocks in sim.view("block")]
    free = [np.argwhere(room > 0) for room in maps]
    for world, squares in enumerate(free):  # each disc in the middle of a square without a block
        chosen = squares[random.integers(len(squares), size=30)]
        sim.view("y")[world], sim.view("x")[world] = (chosen + 0.5).T

    def inhabited():
        x, y = (sim.view(axis).astype(np.float64) for axis in ("x", "y"))
        assert (x >= radius - 1e-6).all() and (x <= 9 - radius + 1e-6).all() and (y >= radius - 1e-6).all()
        assert (y <= 8 - radius + 1e-6).all()
        return np.array([room[y[world].astype(int), x[world].astype(int)] for world, room in enumerate(maps)])

    home = inhabited()
    assert (home > 0).all() and len(np.unique(home)) > 8
    bumps = 0
    for _ in course(sim, 40, random):
        assert (inhabited() == home).all()
        bumps += sim.view("bumped").sum()
    assert bumps > 100


def test_who_is_in_a_block_at_the_worlds_edge_comes_out_of_it():
    sim = simulation("THRUST", agents=1, discs=1, worlds=1, height=3, width=3, largest=0.2, **CALM)
    sim.view("block")[0, 1, 0] = sim.view("has_blocks")[0] = 1
    sim.view("x")[0], sim.view("y")[0] = 0.05, 1.5
    sim.view("vx")[0], sim.view("vy")[0] = 0.0, 0.0
    sim.step(np.zeros((1, 2), np.float32))
    assert (sim.view("x")[0, 0], sim.view("y")[0, 0]) not in ((0.05, 1.5),)
    x, y, radius = sim.view("x")[0, 0], sim.view("y")[0, 0], sim.view("radius")[0, 0]
    assert x >= 1.0 + radius - 1e-6 or abs(y - 1.5) >= 0.5 + radius - 1e-6


@pytest.mark.parametrize("drive", DRIVES)
def test_an_agent_that_nothing_moves_is_at_rest(drive, random):
    sim = simulation(drive, fixed=1.0, fastest=1e4)
    places = sim.view("x").tobytes(), sim.view("y").tobytes()
    for _ in course(sim, 5, random):
        assert (sim.view("vx")[:, : sim.agents] == 0.0).all() and (sim.view("vy")[:, : sim.agents] == 0.0).all()
    assert places == (sim.view("x").tobytes(), sim.view("y").tobytes())
    sim.set_state(sim.get_state())


@pytest.mark.parametrize("setting", [{"softness": 0.1}, {"elastic": 0.6, "fixed": 0.3, "built": 0.1}])
@pytest.mark.parametrize("drive", DRIVES)
def test_renumbered_discs_make_the_same_course(drive, setting, random):
    sizes = {"height": 3, "width": 4, "discs": 14, "fastest": 0.5, "largest": 0.3, "horizon": 60}
    plain, renumbered = (simulation(drive, **{**CALM, **sizes, **setting}) for _ in range(2))
    agents = random.permutation(plain.agents)
    discs = np.concatenate([agents, plain.agents + random.permutation(14 - plain.agents)])
    order = {"agent": agents, "disc": discs}
    fields = {name: order[field.per] for name, field in plain.program.structure.fields.items() if field.per in order}
    for name, permutation in fields.items():
        renumbered.view(name)[:] = plain.view(name)[:, permutation]
    told = ("x", "y", "vx", "vy", "hx", "hy", "spin", "bumps")
    for _ in range(50):
        actions = actions_of(plain, random).reshape(2, plain.agents, -1)
        plain.step(actions.reshape(plain.rows, -1))
        renumbered.step(actions[:, agents].reshape(plain.rows, -1))
        for name in told:
            np.testing.assert_allclose(
                renumbered.view(name), plain.view(name)[:, fields[name]], atol=1e-4, err_msg=name
            )
