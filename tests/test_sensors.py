"""Windows of every radius: the right cells, and not a byte beside them, in whichever order agents look."""

import numpy as np
import pytest
from numba import njit
from worlds import random_actions

from sakana_envs.core.memory import Layout
from sakana_envs.core.record import compile_view
from sakana_envs.grid import intrinsics
from sakana_envs.grid.cells import CELLS
from sakana_envs.grid.sensors import copy_window, count_in_view
from sakana_envs.grid.world import FIELDS, NUMBERS, SIZES
from sakana_envs.tasks import registry

RADII = range(int(SIZES["radius"].low), int(SIZES["radius"].high) + 1)


@pytest.mark.parametrize("shuffles", [False, True])  # what processors differ in; each can run both
@pytest.mark.parametrize("radius", RADII)
def test_windows(radius, shuffles, random, monkeypatch):
    monkeypatch.setattr(intrinsics, "_SHUFFLES_BYTES", shuffles)
    sizes = {"agents": 3, "height": 20, "width": 17, "horizon": 9}
    structure = CELLS.structure(FIELDS, tuple(NUMBERS), {"radius": radius})
    layout = Layout(structure, sizes)
    view = compile_view(f"Windows{shuffles}", structure)
    side = 2 * radius + 1

    @njit
    def look(blocks, header, agent, out, row, start):
        world = view(blocks, header, 0)
        copy_window(world, world.cells, agent, out, row, start)
        return count_in_view(world, agent, 1)

    blocks = layout.allocate(1)
    cells = layout.view(blocks, "cells")[0]
    cells[:] = random.integers(0, 7, cells.shape)
    places = [(0, 0), (19, 16), (random.integers(20), random.integers(17))]
    layout.view(blocks, "cell")[0] = [(row + radius) * cells.shape[1] + col + radius for row, col in places]
    for agent, (row, col) in enumerate(places):
        # Rows as they stand in a batch: a window, then a few bytes of features; nothing else may change.
        out = np.full((3, side * side + 2), 99, dtype=np.uint8)
        expected = out.copy()
        expected[1, 1:-1] = cells[row : row + side, col : col + side].ravel()
        assert look(blocks, layout.header, agent, out, 1, 1) == (expected[1, 1:-1] == 1).sum()
        np.testing.assert_array_equal(out, expected)


def test_agents_are_visited_from_the_top_of_the_map_down(random):
    sim = registry.simulation("Forage", True, agents=300, height=60, width=40)
    sim.seed(1)
    sim.reset()
    for tick in range(34):
        order = sim.view("by_place")[0]
        assert sorted(order) == list(range(300))
        if tick in (0, 16, 32):
            bands = (sim.view("row")[0] * 300 / 60).astype(int)[order]
            assert (np.diff(bands) >= 0).all()
        sim.step(random_actions(True, 300, random))


def test_the_order_of_visits_changes_nothing(random):
    sims = [registry.simulation("Group", True, agents=300, height=60, width=40, lifespan=20.0) for _ in range(2)]
    for sim in sims:
        sim.seed(1)
        sim.reset()
    for _ in range(20):
        random.shuffle(sims[1].view("by_place")[0])
        actions = random_actions(True, 300, random)
        for left, right in zip(*(sim.step(actions) for sim in sims), strict=True):
            np.testing.assert_array_equal(left, right)
