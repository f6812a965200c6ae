"""Fields are told apart for the compiler, and are arrays like any other for whoever writes a rule."""

from types import SimpleNamespace

import numpy as np
import pytest
from numba import config, njit

import sakana_envs
from sakana_envs.core.disjoint import outside
from sakana_envs.core.memory import Layout
from sakana_envs.core.record import compile_view
from sakana_envs.grid.cells import CELLS
from sakana_envs.grid.world import FIELDS, NUMBERS
from sakana_envs.rules import spawn_lattice
from sakana_envs.tasks import registry

MEMORY = {
    "notes": sakana_envs.Field("world", np.float64, "what was found", 16),
    "scratch": sakana_envs.Field("agent", np.float64, "to write to"),
    "other": sakana_envs.Field("agent", np.float64, "to write to"),
    "plan": sakana_envs.Field("cell", np.uint8, "to write to"),
}


@njit("float64(float32[:])")
def first_of_any(array):
    return array[0]


@njit(["float64(float32[::1])"])
def last_of_contiguous(array):
    return array[-1]


def init(world):
    spawn_lattice(world)


def many_ways(world):
    note = world.notes
    either = world.row if world.tick % 2 == 0 else world.col
    pair = (world.row, world.col)
    total = 0.0
    for position in world.row:
        total += position
    for agent, position in enumerate(world.col):
        total += agent * position
    for row, col in zip(world.row, world.col):  # noqa: B905 (Numba has no strict)
        total += row * col
    note[0] = total
    note[1] = either[-1]
    note[2] = pair[0][0] + pair[1][1]
    note[3] = world.row.sum() + np.max(world.col) + world.row.mean()
    note[4] = (world.row + world.col)[1] + np.sqrt(world.row[0])
    note[5] = np.argmax(world.row) + 10 * np.argsort(world.col)[0]
    note[6] = world.row[1:][0] + world.row[::-1][0] + world.cells[3:5, 2:4].size
    note[7] = (world.row > world.col).sum() + len(world.row) + world.cells.shape[1]
    note[8] = world.cells[5, 5] + world.cells[-1, -1] + world.codes[0]
    world.scratch[:] = world.row
    world.scratch[1:3] = 7.0
    world.scratch[-1] += 2
    note[9] = world.scratch.sum()
    world.scratch.fill(3)
    copy = world.scratch.copy()
    copy[0] = 9
    note[10] = copy.sum() + world.scratch.sum()
    world.scratch[0], world.scratch[1] = world.scratch[1] + 1, world.scratch[0] + 2
    note[11] = world.scratch[0] * 100 + world.scratch[1]
    note[12] = np.cumsum(world.scratch)[-2]
    world.plan[2, 3] = 5
    world.plan[4] = 1
    note[13] = world.plan.sum() + world.plan[2, 3]
    # Chains through one field and through two: each item is read after the one before it was written.
    for agent in range(1, world.agents):
        world.scratch[agent] = world.scratch[agent - 1] + world.row[agent]
    for agent in range(1, world.agents):
        world.scratch[agent] += world.other[agent - 1] + 1
        world.other[agent] = 2 * world.scratch[agent]
    note[14] = world.other[world.agents - 1]
    note[15] = (world.scratch >= 0).all() + first_of_any(world.row) + last_of_contiguous(world.col)


def reward(world, agent):
    return 0.0


@pytest.fixture(scope="module")
def simulation():
    task = sakana_envs.Task(
        name="ManyWays",
        init=init,
        update=many_ways,
        reward=reward,
        memory=MEMORY,
    )
    sakana_envs.register(task)
    return registry.simulation("ManyWays", True, agents=5, height=9, width=11, horizon=50)


def test_fields_do_what_arrays_do(simulation):
    simulation.seed(3)
    simulation.reset()
    for tick in range(1, 5):
        before = {name: simulation.view(name)[0].copy() for name in MEMORY}
        simulation.step(np.full(5, tick))
        world = SimpleNamespace(**{name: simulation.view(name)[0] for name in simulation.layout.shapes})
        world.codes, world.tick, world.agents = world.cells.reshape(-1), tick, 5
        after = {name: getattr(world, name) for name in MEMORY}
        vars(world).update(before)
        many_ways(world)
        for name in MEMORY:
            np.testing.assert_allclose(after[name], before[name], rtol=1e-6, err_msg=name)


def add(target, one, other, count):
    for index in range(count):
        target[index] = one[index] + other[index]


@pytest.mark.skipif(config.DISABLE_JIT, reason="of compiled code")
def test_loops_over_fields_compare_no_addresses():
    structure = CELLS.structure(FIELDS, tuple(NUMBERS), {"radius": 2})
    view = compile_view("Disjoint", structure)
    add_fields, add_arrays = njit(add), njit(add)

    @njit
    def fields(blocks, header, given):
        world = view(blocks, header, 0)
        add_fields(world.target_row, world.row, outside(world, given), world.agents)

    sizes = {"agents": 40, "height": 20, "width": 17, "horizon": 9}
    layout = Layout(structure, sizes)
    blocks, given = layout.allocate(1), np.ones(40, dtype=np.float32)
    fields(blocks, layout.header, given)
    assert (layout.view(blocks, "target_row") == 1).all()
    add_arrays(given, given, given, 40)
    compares = ["memcheck" in compiled.inspect_llvm(compiled.signatures[0]) for compiled in (fields, add_arrays)]
    assert compares == [False, True]
