"""Kinetix' own levels play here as they do there. They aren't in this repository: these tests are there if they are.

``SAKANA_KINETIX`` names the folder ``kinetix/levels`` of the wheel ``kinetix-env`` (3.0.2); an installed package is
found by itself. ``make_body_figures.py`` measured what Jax2D and Kinetix do.
"""

import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest
from make_body_figures import FILE, STEPS, weights

from sakana_envs.bodies.level import Level
from sakana_envs.bodies.world import WALLS
from sakana_envs.core import cpu
from sakana_envs.rules.bodies import BLUE, BODIES, GREEN, RED, Task, met, place_level
from sakana_envs.tasks import registry


def folder():
    """Where the level files are, if they are anywhere."""
    given = os.environ.get("SAKANA_KINETIX")
    found = importlib.util.find_spec("kinetix")
    places = (
        [Path(given)]
        if given
        else [Path(place) / "levels" for place in (found and found.submodule_search_locations) or ()]
    )
    return next((place for place in places if (place / "s").is_dir()), None)


FOLDER = folder()
FIGURES = dict(np.load(FILE)) if FOLDER else {}
NAMES = sorted({name.partition(":")[0] for name in FIGURES if "/" in name})


def init(world):
    place_level(world)


def reward(world, agent):
    good, bad = met(world, GREEN, BLUE), met(world, GREEN, RED)
    if bad > 0 and (good == 0 or bad <= good):
        return -1.0
    return 1.0 if good > 0 else 0.0


def score(world, agent):
    return 0.0


TASK = Task(name="KinetixLevels", engine=BODIES, init=init, reward=reward, score=score)


@pytest.fixture(scope="module")
def levels():
    """All files, by name."""
    return {name: Level.load(FOLDER / f"{name}.json") for name in NAMES}


def begun(level, **settings):
    """A world that plays a level, with just the room that it asks for, which decides how pairs are dealt out."""
    twin = registry.twins(TASK)["MultiDiscrete"]
    sim = registry.simulation(TASK, twin, map=level, mode=cpu.DISABLED, **settings)
    sim.seed(0)
    return sim, sim.reset()[0]


if FOLDER:

    def test_first_observations_are_those_of_kinetix(levels):
        assert len(levels) == 74
        for name, level in levels.items():
            _, row = begun(level)
            length, total = FIGURES[f"{name}:row"]
            assert len(row) == length
            assert row.astype(np.float64) @ weights(len(row)) == pytest.approx(total, abs=1e-4), name

    @pytest.mark.parametrize("way", [0, 1], ids=["still", "driven"])
    def test_bodies_go_where_jax2d_has_them(way, levels):
        away = {step: [] for step in STEPS}
        for name, level in levels.items():
            sim, _ = begun(level, frames=1, horizon=max(STEPS) + 1)
            there = level.fields["active"] != 0
            there[:WALLS] = False
            for step in range(1, max(STEPS) + 1):
                sim.step(np.full((1, 6), way))
                if step in STEPS:
                    theirs = FIGURES[f"{name}:places"][way, STEPS.index(step)]
                    far = np.stack([sim.view("x")[0], sim.view("y")[0]], axis=-1) - theirs
                    away[step].append(np.sqrt((far[there] ** 2).sum(axis=-1)).max())
        assert np.median(away[300]) <= 1e-4
        assert np.mean(np.array(away[60]) <= 0.01) >= 0.93

    def test_episodes_without_actions_end_as_kinetix_has_them(levels):
        same = 0
        for name, level in levels.items():
            sim, _ = begun(level, horizon=257)
            rewards = np.array([sim.step(np.zeros((1, 6), np.int64)).rewards[0] for _ in range(256)])
            ended = np.flatnonzero(rewards)
            same += (rewards[ended[0]] if len(ended) else 0) == FIGURES[f"{name}:outcome"][0]
        assert same >= 71
