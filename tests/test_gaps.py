"""That nothing squeezes through what is narrower than itself in worlds of discs, and that nobody is stuck for it."""

import os

import numpy as np
import pytest
from disc_tasks import simulation
from hypothesis import given, settings
from hypothesis import strategies as st
from test_discs import CALM, rooms

SIDE = 4
AGENTS = 12


def world_of(obstacles=(), blocks=(), drive="GLIDE", **numbers):
    """Agents that meet obstacles (x, y, radius) alone, and blocks (col, row)."""
    sizes = {"agents": AGENTS, "discs": AGENTS + len(obstacles), "height": SIDE, "width": SIDE, "horizon": 10_000}
    sim = simulation(drive, worlds=1, **{**CALM, **sizes, **numbers})
    sim.view("inverse_mass")[0, AGENTS:] = 0.0
    sim.view("kind")[0] = np.arange(AGENTS + len(obstacles)) >= AGENTS
    sim.view("solid")[0] = np.where(np.arange(AGENTS + len(obstacles)) >= AGENTS, 1, 2)
    for name in ("vx", "vy", "drag", "top_push"):
        sim.view(name)[:] = 0.0
    for place, obstacle in enumerate(obstacles, AGENTS):
        for name, value in zip(("x", "y", "radius"), obstacle, strict=True):
            sim.view(name)[0, place] = value
    for col, row in blocks:
        sim.view("block")[0, row, col] = 1
    sim.view("has_blocks")[:] = len(blocks) > 0
    return sim


def clearance(sim, x, y):
    """How far (x, y) are from walls, blocks and obstacles, in float64."""
    apart = [x, SIDE - x, y, SIDE - y]
    for row, col in np.argwhere(sim.view("block")[0]):
        apart.append(np.hypot(x - np.clip(x, col, col + 1), y - np.clip(y, row, row + 1)))
    for place in range(AGENTS, sim.sizes["discs"]):
        at_x, at_y, radius = (float(sim.view(name)[0, place]) for name in ("x", "y", "radius"))
        apart.append(np.hypot(x - at_x, y - at_y) - radius)
    return np.min(apart, axis=0)


def places(sim):
    return tuple(sim.view(name)[0, :AGENTS].astype(np.float64) for name in ("x", "y"))


def put(sim, radius, x, y):
    for name, value in {"radius": radius, "x": x, "y": y}.items():
        sim.view(name)[0, :AGENTS] = value


@given(
    seed=st.integers(0, 2**31),
    radius=st.sampled_from([0.15, 0.3, 0.45, 0.7]),
    fastest=st.sampled_from([0.3, 3.0, 1e4]),
    elastic=st.sampled_from([0.0, 0.5, 1.0]),
    drive=st.sampled_from(["GLIDE", "THRUST"]),
)
@settings(max_examples=int(os.environ.get("SAKANA_EXAMPLES", 40)), deadline=None)
def test_nothing_squeezes_through_blocks_obstacles_and_walls(seed, radius, fastest, elastic, drive):
    """Wherever they are: agents stay where a disc of nine tenths of their radius could go, and overlap nothing."""
    random = np.random.default_rng(seed)
    obstacles = random.uniform(0.05, SIDE - 0.05, (random.integers(1, 9), 3)) * [1, 1, random.choice([0.02, 0.2])]
    blocks = random.permutation(SIDE * SIDE)[: random.integers(1, 7)]
    sim = world_of(obstacles, [divmod(int(block), SIDE) for block in blocks], drive, dt=0.5)
    step = radius / 8
    line = np.arange(0.0, SIDE + step, step)
    columns, rows = np.meshgrid(line, line)
    free = clearance(sim, columns, rows)
    room = rooms(free < 0.8 * radius)  # a way for nine tenths of a disc leads over points that are this free
    starts = np.argwhere(free >= radius)
    if not len(starts):
        return
    start_rows, start_columns = starts[random.integers(len(starts), size=AGENTS)].T
    put(sim, radius, line[start_columns], line[start_rows])
    sim.view("elasticity")[:] = elastic
    sim.view("power")[:] = fastest

    def inhabited():
        x, y = places(sim)
        assert (clearance(sim, x, y) > 0.985 * radius).all()
        return room[np.rint(y / step).astype(int), np.rint(x / step).astype(int)]

    home = inhabited()
    for _ in range(30):
        angle = random.uniform(0, 2 * np.pi, AGENTS)
        sim.step(np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32))
        assert (inhabited() == home).all()


def barrier(kind, radius, share):
    """What leaves a gap of a share of a disc's width at x = 2."""
    size, half = 0.3, share * radius
    if kind == "blocks":
        return (), [(2, row) for row in (0, 1, 3)]
    if kind == "obstacles":
        return [(2.0, 2.5 + side * (half + size), size) for side in (-1, 1)], ()
    edge = {"obstacle and wall": 0.0, "obstacle and block": 2.0}[kind]
    return [(2.0, edge + 2 * half + size, size)], [] if edge == 0.0 else [(2, 1)]


BARRIERS = [("blocks", 0.52, 1.0), ("blocks", 0.7, 1.0), ("blocks", 0.95, 1.0)] + [
    (kind, 0.1, share)
    for kind in ("obstacles", "obstacle and wall", "obstacle and block")
    for share in (0.2, 0.5, 0.7, 0.85)
]


@pytest.mark.parametrize("speed", [0.01, 0.03, 0.1])
@pytest.mark.parametrize(("kind", "radius", "share"), BARRIERS)
def test_nobody_is_driven_through_a_gap_and_all_are_free_to_go_back(kind, radius, share, speed):
    """``speed`` is metres in a sub-step."""
    sim = world_of(*barrier(kind, radius, share), dt=0.1, horizon=10_000)
    middle = {"obstacle and wall": share * radius, "obstacle and block": 2 + share * radius}.get(kind, 2.5)
    heights = middle + np.linspace(-0.3, 0.3, AGENTS) * radius
    put(sim, radius, 1.0, heights if kind != "obstacle and wall" else np.maximum(heights, radius))
    sim.view("power")[:] = speed / 0.1
    for _ in range(int(3.0 / speed)):
        sim.step(np.tile(np.float32([1, 0]), (AGENTS, 1)))
    before, y = places(sim)
    beside = (before > 2.0) & (abs(y - middle) > 2 * share * radius)  # round an obstacle, where there is room
    assert (beside | (before < 2.0)).all() and (before < 2.0).sum() >= 4
    for _ in range(3):
        sim.step(np.tile(np.float32([-1, 0]), (AGENTS, 1)))
    back = np.maximum(before - 3 * speed, radius)
    np.testing.assert_allclose(places(sim)[0][before < 2.0], back[before < 2.0], atol=0.01 * radius)


def test_who_was_put_into_a_gap_gets_out_of_it():
    sim = world_of(*barrier("obstacles", 0.1, 0.5), dt=0.1)
    put(sim, 0.1, 2.0 + np.linspace(-0.04, 0.05, AGENTS), 2.5)
    assert (clearance(sim, *places(sim)) < 0.06).all()
    for _ in range(20):
        sim.step(np.tile(np.float32([-1, 0]), (AGENTS, 1)))
    assert (clearance(sim, *places(sim)) > 0.098).all()


def test_an_elastic_disc_bounces_out_of_a_gap():
    sim = world_of(*barrier("obstacles", 0.1, 0.5), "THRUST", dt=0.1)
    put(sim, 0.1, 1.0, 2.5 + np.linspace(-0.05, 0.05, AGENTS))
    sim.view("elasticity")[:] = 1.0
    sim.view("vx")[0, :AGENTS] = 0.4
    for _ in range(40):
        sim.step(np.zeros((AGENTS, 2), np.float32))
    speed = np.hypot(sim.view("vx")[0, :AGENTS], sim.view("vy")[0, :AGENTS])
    assert (places(sim)[0] < 1.7).all() and (sim.view("vx")[0, :AGENTS] < 0.0).all()
    np.testing.assert_allclose(speed, 0.4, rtol=1e-5)
