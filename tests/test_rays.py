"""The sense rays: against closed forms in float64, from everywhere, in both modes."""

import math

import numpy as np
import pytest
from numba import config

from sakana_envs.rules.discs import *
from sakana_envs.tasks import registry

ROCK = 2
REACH = 2.5
WIDTH, HEIGHT = 6, 4


def lay_out(world):
    for disc in range(world.discs):
        place_disc(world, disc, 0.5, 0.5)


def nothing(world, agent):
    return 0.0


def task(name, *senses):
    sizes = {"agents": 3, "discs": 9, "width": WIDTH, "height": HEIGHT, "reach": REACH}
    return Task(name, init=lay_out, reward=nothing, engine=DISCS, senses=senses, presets={"default": sizes})


def worlds(record, seed, count=64, blocks=0.15, **given):
    """Worlds in which all is anywhere: discs within each other, in blocks, and outside."""
    simulation = registry.simulation(record, True, worlds=count, threads=1, **given)
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


def expected(simulation, index, agent, channels, count, angle, ahead, centre):
    """Distances over the reach and speeds of one agent's channels, (channels, 2, count)."""
    world = {name: simulation.view(name)[index].astype(float) for name in ("x", "y", "vx", "vy", "radius", "block")}
    kind, heading = simulation.view("kind")[index], 0.0
    if ahead:
        heading = math.atan2(simulation.view("hy")[index, agent], simulation.view("hx")[index, agent])
    x, y = world["x"][agent], world["y"][agent]
    out = np.zeros((len(channels), 2, count))
    for ray in range(count):
        turn = 2 * np.pi * ray / count if angle is None else angle * (ray / (count - 1) - 0.5)
        across, up = math.cos(heading + turn), math.sin(heading + turn)
        for place, channel in enumerate(channels):
            nearest = REACH, 0.0, 0.0
            if "walls" in channel:
                walls = to_walls(world, x, y, across, up)
                nearest = min(nearest, (walls, 0.0, 0.0)) if not centre or walls < REACH * (1 - 1e-4) else nearest
            seen = set()
            for disc in range(len(kind)):
                if disc != agent and kind[disc] in channel:
                    away = to_disc(
                        world["x"][disc] - x, world["y"][disc] - y, world["radius"][disc], across, up, centre
                    )
                    first = centre and kind[disc] not in seen and away < math.inf
                    seen.add(kind[disc])
                    if away < nearest[0] or (first and nearest[0] == REACH):
                        nearest = min(away, REACH), world["vx"][disc], world["vy"][disc]
                        if first and away >= REACH:
                            out[place, 1, ray] = (nearest[1] - world["vx"][agent]) * across
                            out[place, 1, ray] += (nearest[2] - world["vy"][agent]) * up
            out[place, 0, ray] = nearest[0] / REACH
            if nearest[0] < REACH:
                out[place, 1, ray] = (nearest[1] - world["vx"][agent]) * across
                out[place, 1, ray] += (nearest[2] - world["vy"][agent]) * up
    return out


CASES = {
    "each its own": (("walls", 1, ROCK, 0), 12, None, False, "surface"),
    "merged": ((("walls", 0), (1, ROCK)), 32, None, True, "surface"),
    "a fan ahead": ((("walls", 0, 1, ROCK),), 200, 2.0, True, "surface"),
    "centre": (("walls", ROCK, 1, 0), 30, None, False, "centre"),
    "centre, merged, ahead": ((("walls", 1), (0, ROCK)), 17, math.pi, True, "centre"),
}


@pytest.mark.parametrize("case", CASES)
def test_against_closed_forms(case):
    """All numbers agree but for the few rays that pass within a rounding of an edge."""
    channels, count, angle, ahead, mode = CASES[case]
    sense = rays(*channels, count=count, angle=angle, ahead=ahead, mode=mode, velocity=True, fast=1.5)
    few = config.DISABLE_JIT
    simulation = worlds(task("Rays", sense), 1, 2 if few else 48)
    seen = simulation.observe().reshape(simulation.worlds, 3, len(channels), 2, count)
    every = [(each,) if not isinstance(each, tuple) else each for each in channels]
    wrong = 0
    for index in range(simulation.worlds):
        for agent in range(3):
            right = expected(simulation, index, agent, every, count, angle, ahead, mode == "centre")
            right[:, 1] = np.clip(right[:, 1] / 1.5, -2, 2)
            off = abs(seen[index, agent] - right) > 1e-4
            wrong += off.any(axis=1).sum()
    hit = (seen[..., 0, :] < 1).mean()
    assert 0.1 < hit < 0.999
    assert wrong <= 2e-4 * seen.size, wrong
