"""The compiled world of discs against the slow reference: every number of every tick, to the bit."""

import re
from pathlib import Path

import numpy as np
import pytest
import reference_discs_views as views
from disc_tasks import DRIVES, simulation
from reference_discs import OF_AGENTS, OF_DISCS, World
from reference_discs_rays import rays
from test_rays import CASES, FAST, HEIGHT, REACH, WIDTH, worlds
from worlds import actions_of, observe, vectors_of

from sakana_envs.core import cpu
from sakana_envs.core.fields import AGENT_FIELDS, START_FIELDS, WORLD_FIELDS
from sakana_envs.discs import drives
from sakana_envs.discs.possible import RANGES
from sakana_envs.discs.world import FIELDS, NUMBERS, SIZES
from sakana_envs.tasks import registry
from sakana_envs.tasks.waterworld import FOOD, POISON, ROCK

PAGE = (Path(__file__).parent.parent / "docs" / "rules_discs.md").read_text(encoding="utf-8")
WORLDS = {
    "open": {"built": 0.0},
    "a maze": {"built": 0.4, "height": 7, "width": 6},
    "no walls": {"walls": 0.0, "built": 0.1, "substeps": 2},
    "soft": {"elastic": 0.0, "fixed": 0.1, "built": 0.0, "softness": 0.05, "stiffness": 300.0},
    "billiards": {"elastic": 1.0, "fixed": 0.1, "picky": 0.0, "built": 0.0, "limited": 0.0, "substeps": 3},
    "large": {"largest": 1.7, "built": 0.3, "discs": 7},
    "larger than the world": {"largest": 9.0, "built": 0.5, "height": 2, "width": 1, "discs": 6},
    "in one another": {"grain": 0.5, "discs": 16, "picky": 0.0, "substeps": 2},
    "in the same place": {"grain": 1.0, "height": 1, "width": 2, "built": 0.0, "picky": 0.0},
    "many obstacles": {"fixed": 0.6, "discs": 20, "picky": 0.1, "height": 4, "grain": 0.125},
    "fast": {"fastest": 1e4, "limited": 0.1, "built": 0.2, "dt": 0.5},
    "hard": {"stiffness": 1e6, "softness": 1.0, "grain": 0.25, "bounce": 0.5},
    "many": {"discs": 80, "height": 5, "width": 5, "largest": 0.5, "built": 0.05, "horizon": 8},
    "crowds": {"discs": 70, "elastic": 0.8, "grain": 0.25, "picky": 0.1, "fixed": 0.1, "horizon": 8, "substeps": 2},
    "alone": {"agents": 1, "discs": 1, "fixed": 0.0},
}


def check(sim, index, world):
    for name in (*OF_DISCS, *OF_AGENTS, "bumps"):
        found = sim.view(name)[index]
        expected = np.array(getattr(world, name), found.dtype)
        assert found.tobytes() == expected.tobytes(), (name, found, expected)


def seen(world, agent):
    """By the senses of the tasks, in order."""
    parts = ("velocity", "motion", "position", "heading", "spin")
    row = [value for what in parts for value in views.own(world, agent, what, 3.0)]
    row += views.nearest(world, agent, 0, 3, reach=2.0)
    row += views.nearest(world, agent, 1, 7, reach=1.5, velocity=True, fast=4.0, ahead=True)
    row += views.touching(world, agent, 1)
    return [*row, np.clip(world.spin[agent], np.float32(-0.5), np.float32(0.5))]


def paid(world, agent):
    distance = views.distance_to_nearest(world, agent, 1)
    return distance if np.isfinite(distance) else np.float32(0.0)


@pytest.mark.parametrize("setting", WORLDS)
@pytest.mark.parametrize("drive", DRIVES)
def test_every_tick_agrees(drive, setting, random):
    sim = simulation(drive, random.choice(["Discrete", "Continuous"]), **WORLDS[setting])
    worlds = [World(sim, index) for index in range(2)]
    begun = np.array([seen(world, agent) for world in worlds for agent in range(sim.agents)], np.float32)
    assert observe(sim).tobytes() == begun.tobytes()
    for _ in range(sim.sizes["horizon"]):
        actions = actions_of(sim, random)
        transition = sim.step(actions)
        vectors = vectors_of(sim, actions)
        for index, world in enumerate(worlds):
            rows = slice(index * sim.agents, (index + 1) * sim.agents)
            world.step(drive, vectors[rows])
            check(sim, index, world)
            expected = np.array([seen(world, agent) for agent in range(sim.agents)], np.float32)
            assert transition.observations[rows].tobytes() == expected.tobytes()
            rewards = np.array([paid(world, agent) for agent in range(sim.agents)], np.float32)
            assert transition.rewards[rows].tobytes() == rewards.tobytes()


@pytest.mark.parametrize("setting", [name for name, numbers in WORLDS.items() if "grain" not in numbers])
def test_starts_agree(setting):
    sim = simulation("THRUST", **WORLDS[setting])
    for episode in range(2):
        for index in range(2):
            found, expected = World(sim, index), World(sim, index)
            views.spawn_discs(expected, int(sim.view("seed")[index, 0]), episode)
            for name in ("x", "y", "hx", "hy"):
                assert np.array(getattr(found, name)).tobytes() == np.array(getattr(expected, name)).tobytes(), name
        sim.reset()


def all_rays(sim, index):
    """What the rays of every agent of a world of ``test_rays`` see."""
    world = World(sim, index)
    with np.errstate(all="ignore"):
        for agent in range(sim.agents):
            for channels, count, angle, ahead, mode in CASES.values():
                more = {"count": count, "angle": angle, "ahead": ahead, "mode": mode}
                yield from rays(world, agent, *channels, velocity=True, fast=FAST, **more)


@pytest.mark.parametrize("setting", ["anywhere", "no walls", "on lines", "far", "no blocks"])
def test_rays_agree(setting, random):
    """Of discs that lie in each other, in blocks and outside, on the lines between blocks, and with a long reach."""
    numbers = {"no walls": {"walls": 0.0}, "far": {"reach": 40.0}}.get(setting, {"reach": REACH})
    sim = worlds(int(random.integers(1000)), 6, blocks=0.0 if setting == "no blocks" else 0.2, **numbers)
    if setting == "on lines":
        for name, most in (("x", WIDTH), ("y", HEIGHT)):
            sim.view(name)[:] = random.integers(-1, 2 * most + 2, sim.view(name).shape) / 2
        sim.view("hx")[:], sim.view("hy")[:] = 0.0, -1.0
    expected = np.array([[*all_rays(sim, index)] for index in range(6)], np.float32)
    assert observe(sim).tobytes() == expected.tobytes()


def swims(world, agent):
    """By the senses of Waterworld, in order, but for its feature."""
    centre = {"count": 30, "mode": "centre"}
    row = rays(world, agent, ROCK, "walls", **centre)
    row += rays(world, agent, FOOD, POISON, velocity=True, fast=0.3, **centre)
    row += rays(world, agent, 0, velocity=True, fast=0.4, **centre)
    return row + views.touching(world, agent, FOOD)


@pytest.mark.parametrize("preset", ["sisl", "toy"])
def test_waterworlds_rays_agree(preset, random):
    twin = registry.twin("Waterworld", "Continuous")
    sim = registry.simulation("Waterworld", twin, worlds=3, mode=cpu.DISABLED, preset=preset)
    sim.seed(5)
    sim.reset()
    near = 0
    for _ in range(12):
        observations = sim.step(actions_of(sim, random)).observations
        worlds = [World(sim, index) for index in range(3)]
        expected = np.array([swims(world, agent) for world in worlds for agent in range(sim.agents)], np.float32)
        assert observations[:, :-1].tobytes() == expected.tobytes()
        near += (expected[:, 30:60] < 1).sum()  # walls
    assert near > 0


def rows_of(*names):
    """The rows of the page's tables that begin with these names, in the page's order: the other cells by name."""
    rows = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| `")]
    named = [(name, row[1:]) for row in rows for name in re.findall(r"`(\w+)`", row[0])]
    return {name: cells for name, cells in named if name in names}


def test_the_page_has_every_size_and_number():
    numbers = {**SIZES, **NUMBERS}
    page = rows_of(*numbers)
    assert list(page) == list(numbers)
    for name, number in numbers.items():
        default, range_, meaning = page[name]
        assert [float(default), *map(float, range_.split(" to "))] == list(number[:3]), name
        assert meaning == number.meaning


def test_the_page_has_every_field_and_its_range():
    scratch = {name for name, field in FIELDS.items() if field.meaning.startswith("scratch")}
    assert all(f"`{name}`" in PAGE for name in scratch)
    fields = {*FIELDS} - scratch - {*WORLD_FIELDS, *START_FIELDS, *AGENT_FIELDS, "block", "has_blocks"}
    page = rows_of(*fields)
    assert {*page} == fields
    digits = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    for name, bounds in RANGES.items():
        powers = re.findall(r"(-?)(\d+)([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]*)", page[name][-1])
        said = [(-1 if sign else 1) * float(base) ** int(power.translate(digits) or 1) for sign, base, power in powers]
        for bound in bounds:
            assert bound == 0.0 or pytest.approx(bound, rel=1e-6) in said, (name, bound, said)


@pytest.mark.parametrize("drive", DRIVES)
def test_the_page_has_every_drive(drive):
    actions = DRIVES[drive]
    box, rows = next(cells for name, cells in rows_of("THRUST", "GLIDE", "UNICYCLE", "TURN").items() if name == drive)
    assert box == "{} to {}".format(*(f"({a:g}, {b:g})" for a, b in (actions.low, actions.high)))
    shown = ["({}, {})".format(*(f"{value:g}".replace("0.5", "½") for value in row)) for row in actions.table]
    assert rows == " ".join(shown)
    assert set(drives.DRIVES) == set(DRIVES.values())
