"""The sense rays: against closed forms in float64, from everywhere, in both modes."""

import hashlib
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numba import config

from sakana_envs.core.engine import Senses
from sakana_envs.discs.discs import DISCS
from sakana_envs.discs.places import place_disc
from sakana_envs.discs.rays import rays
from sakana_envs.tasks import registry
from sakana_envs.tasks.task import Task

ROCK = 2
REACH = 2.5
FAST = 1.5
WIDTH, HEIGHT = 6, 4


def lay_out(world):
    for disc in range(world.discs):
        place_disc(world, disc, 0.5, 0.5)


def nothing(world, agent):
    return 0.0


CASES = {
    "each its own": (("walls", 1, ROCK, 0), 12, None, False, "surface"),
    "merged": ((("walls", 0), (1, ROCK)), 32, None, True, "surface"),
    "a fan ahead": ((("walls", 0, 1, ROCK),), 200, 2.0, True, "surface"),
    "centre": (("walls", ROCK, 1, 0), 30, None, False, "centre"),
    "centre, merged, ahead": ((("walls", 1), (0, ROCK)), 17, math.pi, True, "centre"),
}
SENSES = tuple(
    rays(*channels, count=count, angle=angle, ahead=ahead, mode=mode, velocity=True, fast=FAST)
    for channels, count, angle, ahead, mode in CASES.values()
)
SIZES = {"agents": 3, "discs": 9, "width": WIDTH, "height": HEIGHT, "reach": REACH}
RAYS = Task("Rays", init=lay_out, reward=nothing, engine=DISCS, senses=SENSES, presets={"default": SIZES})


def worlds(seed, count, blocks=0.15, **given):
    """Worlds in which all is anywhere: discs within each other, in blocks, and outside."""
    simulation = registry.simulation(RAYS, True, worlds=count, threads=1, **given)
    simulation.seed(0)
    simulation.reset()
    generator = np.random.default_rng(seed)
    view = simulation.view
    view("x")[:] = generator.uniform(-1, WIDTH + 1, view("x").shape)
    view("y")[:] = generator.uniform(-1, HEIGHT + 1, view("y").shape)
    view("vx")[:], view("vy")[:] = generator.normal(size=(2, *view("vx").shape))
    view("radius")[:] = generator.uniform(0.05, 0.6, view("radius").shape)
    view("kind")[:] = generator.integers(0, 3, view("kind").shape)
    view("block")[:] = generator.random(view("block").shape) < blocks
    view("has_blocks")[:] = view("block").any(axis=(1, 2))[:, None]
    heading = generator.uniform(-np.pi, np.pi, view("hx").shape)
    view("hx")[:], view("hy")[:] = np.cos(heading), np.sin(heading)
    return simulation


def to_walls(world, x, y, dx, dy):
    """Metres to the border and to the nearest block, in closed form."""
    if not (0 <= x <= WIDTH and 0 <= y <= HEIGHT):
        return 0.0
    found = [math.inf]
    for place, direction, side in ((x, dx, WIDTH), (y, dy, HEIGHT)):
        if abs(direction) > 1e-9:
            found.append(((side if direction > 0 else 0) - place) / direction)
    for row, col in np.argwhere(world["block"]):
        come, leave = 0.0, math.inf
        for place, direction, low in ((x, dx, col), (y, dy, row)):
            if abs(direction) > 1e-9:
                sides = sorted(((low - place) / direction, (low + 1 - place) / direction))
                come, leave = max(come, sides[0]), min(leave, sides[1])
            elif not low <= place <= low + 1:
                leave = -1.0
        if come <= leave:
            found.append(come)
    return min(found)


def to_disc(dx, dy, radius, across, up, centre):
    """Metres along a ray to a disc that lies (dx, dy) away, or infinity."""
    forth, aside = dx * across + dy * up, dy * across - dx * up
    if abs(aside) > radius:
        return math.inf
    if centre:
        return forth if 0 <= forth <= REACH + radius else math.inf
    half = math.sqrt(radius**2 - aside**2)
    return max(0.0, forth - half) if forth + half >= 0 else math.inf


def expected(simulation, index, agent, channels, count, angle, ahead, mode):
    """Distances over the reach and speeds of one agent's channels, (channels, 2, count)."""
    centre = mode == "centre"
    channels = [each if isinstance(each, tuple) else (each,) for each in channels]
    world = {name: simulation.view(name)[index].astype(float) for name in ("x", "y", "vx", "vy", "radius", "block")}
    kind, heading = simulation.view("kind")[index], 0.0
    if ahead:
        heading = math.atan2(simulation.view("hy")[index, agent], simulation.view("hx")[index, agent])
    x, y, vx, vy = (world[name][agent] for name in ("x", "y", "vx", "vy"))
    out = np.zeros((len(channels), 2, count))
    for ray in range(count):
        turn = 2 * np.pi * ray / count if angle is None else angle * (ray / (count - 1) - 0.5)
        across, up = math.cos(heading + turn), math.sin(heading + turn)
        for place, channel in enumerate(channels):
            walls = to_walls(world, x, y, across, up) if "walls" in channel else math.inf
            nearest = walls if walls < REACH * (1 - 1e-4 * centre) else REACH
            speed = -(vx * across + vy * up) if nearest < REACH else 0.0
            seen = set()
            for disc in [disc for disc in range(len(kind)) if disc != agent and kind[disc] in channel]:
                away = to_disc(world["x"][disc] - x, world["y"][disc] - y, world["radius"][disc], across, up, centre)
                first = centre and kind[disc] not in seen and away < math.inf
                seen.add(kind[disc])
                if away < nearest or (first and nearest == REACH):
                    nearest = min(away, REACH)
                    speed = (world["vx"][disc] - vx) * across + (world["vy"][disc] - vy) * up
            out[place, :, ray] = nearest / REACH, np.clip(speed / FAST, -2, 2)
    return out


def split(observations):
    """The numbers of each of the senses, (agents of all worlds, channels, 2, count)."""
    ends = np.cumsum([2 * len(case[0]) * case[1] for case in CASES.values()])
    parts = np.split(observations, ends[:-1], axis=1)
    return [part.reshape(-1, len(case[0]), 2, case[1]) for part, case in zip(parts, CASES.values(), strict=True)]


def test_against_closed_forms():
    """All numbers agree but for the few rays that pass within a rounding of an edge."""
    simulation = worlds(1, 2 if config.DISABLE_JIT else 48)
    for case, seen in zip(CASES.values(), split(simulation.observe()), strict=True):
        assert 0.1 < (seen[:, :, 0] < 1).mean() < 0.999
        wrong = 0
        for row, own in enumerate(seen):
            off = abs(own - expected(simulation, *divmod(row, 3), *case)) > 1e-4
            wrong += off.any(axis=1).sum()
        assert wrong <= 1e-4 * seen.size, (case, wrong)


def test_from_within():
    """In a block, outside, and in another disc, nothing is between the agent and the surface."""
    simulation = worlds(2, 16, blocks=0.0)
    for name, value in (("x", 2.5), ("y", 2.5), ("radius", 0.4)):
        simulation.view(name)[:] = value
    own, merged, fan, _, _ = split(simulation.observe())
    assert (own[:, 0, 0] > 0).all() and (merged[:, 0, 0] == 0).any()
    simulation.view("block")[:, 2, 2] = simulation.view("has_blocks")[:] = 1
    own, merged, fan, _, _ = split(simulation.observe())
    assert (own[:, 0, 0] == 0).all() and (merged[:, 0, 0] == 0).all() and (fan[:, :, 0] == 0).all()
    simulation.view("block")[:] = simulation.view("has_blocks")[:] = 0
    simulation.view("y")[:] = HEIGHT + 0.5
    assert (split(simulation.observe())[0][:, 0, 0] == 0).all()


def test_worlds_without_walls_have_blocks():
    simulation = worlds(3, 4, blocks=1.0, walls=0.0)
    simulation.view("x")[:], simulation.view("y")[:] = -1.0, 0.5
    own = split(simulation.observe())[0]
    np.testing.assert_allclose(own[:, 0, 0, 0], 1.0 / REACH, rtol=1e-6)
    assert (own[:, 0, 0, 3:10] == 1).all()


ODD = (np.nan, np.inf, -np.inf, 1e30, 2.0**20, -(2.0**20), 0.0, float(WIDTH), 3.0)


@pytest.mark.parametrize("name", ["x", "hx", "vx", "radius"])
def test_rays_end_and_are_numbers(name):
    """Whatever a world holds and however far they reach; in plain Python too, which warns of what can't be told."""
    simulation = worlds(4, len(ODD), reach=2.0**20)
    simulation.view(name)[:] = np.array(ODD, np.float32)[:, None]
    simulation.view("kind")[:, -1] = 255
    with np.errstate(all="ignore"):
        seen = simulation.observe()
    row = simulation.program.row
    assert ((seen >= row.low) & (seen <= row.high)).all()


def digest():
    """A hash of what worlds show, some of them odd."""
    simulation = worlds(5, 7)
    shown = [simulation.observe().tobytes()]
    for first, name in enumerate(("x", "hx", "vx")):
        simulation.view(name)[2 * first : 2 * first + 2] = np.array(ODD[:2], np.float32)[:, None]
    shown.append(simulation.observe().tobytes())
    return hashlib.sha256(b"".join(shown)).hexdigest()


@pytest.mark.skipif(config.DISABLE_JIT, reason="of compiled code")
def test_plain_python_sees_the_same():
    done = subprocess.run(
        [sys.executable, "-c", "import test_rays; print(test_rays.digest())"],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    assert done.stdout.strip() == digest()


def test_names_and_ranges():
    row = DISCS.row(Senses({}, (), (), (rays("walls", (0, 2), velocity=True), rays(1, count=2))), {"rays": 3})
    assert row.shape == (14,)
    assert row.low.tolist() == [0, 0, 0, -2, -2, -2, 0, 0, 0, -2, -2, -2, 0, 0]
    assert row.high.tolist() == [1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2, 1, 1]
    sense = rays(("walls", 2), count=2, velocity=True)
    names = sense.make({}, *sense.arguments).names
    assert names[1::2] == ("walls or kind 2: distance, ray 2", "walls or kind 2: speed, ray 2")
    assert rays(1, count=np.int64(3)) == rays(1, count=3) != rays(1, count=4)


def test_only_who_asks_for_it_takes_the_reach():
    with pytest.raises(TypeError, match=r"reach.*none of its rules reads it"):
        registry.simulation("Spread", True, reach=0.5)


@pytest.mark.parametrize(
    ("arguments", "named", "words"),
    [
        ((), {}, "needs something to look for"),
        (((),), {}, "needs something to look for"),
        (("wals",), {}, "'wals' - did you mean 'walls'"),
        ((8,), {}, "0 to 7, got 8"),
        ((1, ("walls", 1)), {}, "kind 1 is asked for twice"),
        ((1,), {"count": 0}, "count must be a whole number from 1 to 1024"),
        ((1,), {"reach": 0.0}, "reach must be a number from 1e-6"),
        ((1,), {"angle": 7.0}, "at most a full circle"),
        ((1,), {"mode": "center"}, "did you mean 'centre'"),
        ((1,), {"velocity": True, "fast": -1.0}, "fast must be a number"),
        ((1,), {"fast": 2.0}, "fast=2.0 would have no effect without velocity=True"),
    ],
)
def test_wrong_arguments(arguments, named, words):
    with pytest.raises(ValueError, match=words):
        rays(*arguments, **named)
