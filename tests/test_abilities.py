"""What rules can do keeps the promises of twins, seeds, batches, threads, plain Python; who doesn't ask has nothing."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import abilities
import numpy as np
import pytest
from abilities import EVERYTHING, MORTAL, TASKS, actions_of, course, id_of, simulation
from numba import njit

import sakana_envs
from sakana_envs.core.acting import compile_act
from sakana_envs.core.actions import Twin
from sakana_envs.core.rng import world_seed
from sakana_envs.rules import MOVES, Actions, spawn_uniform
from sakana_envs.tasks import registry

TICKS = 90
"""More than an episode."""
EVERY_FORM = [(name, twin) for name in TASKS for twin in registry.twins(TASKS[name])]


@pytest.mark.parametrize("name", TASKS)
def test_twins_are_equal_on_the_rows_of_the_table(name, random):
    discrete, continuous = (simulation(name, twin) for twin in ("Discrete", "Continuous"))
    deaths = revivals = 0
    for _ in range(TICKS):
        choices = actions_of(discrete, random)
        alive = discrete.alive()
        steps = discrete.step(choices), continuous.step(discrete.actions.table[choices])
        assert discrete.blocks.tobytes() == continuous.blocks.tobytes()
        for left, right in zip(*steps, strict=True):
            assert np.asarray(left).tobytes() == np.asarray(right).tobytes()
        deaths += (alive & ~discrete.alive()).sum()
        revivals += (~alive & discrete.alive() & (steps[0].outcome[0] == 0)).sum()
    assert deaths > 0 or name not in MORTAL
    assert revivals > 0 or name not in ("Snake", "Everything")


def test_the_multi_discrete_twin_picks_each_coordinate(random):
    picking, continuous = (simulation("Everything", twin) for twin in ("MultiDiscrete", "Continuous"))
    tables = picking.actions.tables
    for _ in range(TICKS):
        choices = actions_of(picking, random)
        vectors = np.stack([values[choice] for values, choice in zip(tables, choices.T, strict=True)], axis=1)
        steps = picking.step(choices), continuous.step(vectors)
        assert picking.blocks.tobytes() == continuous.blocks.tobytes()
        for left, right in zip(*steps, strict=True):
            assert np.asarray(left).tobytes() == np.asarray(right).tobytes()


def tables_of(size, random):
    """Actions of so many coordinates, the last one a button where there are more than two, with any values."""
    if size > 2:
        return tables_of(size - 1, random).with_button(f"button_{size}")
    rows = 40 if random.integers(2) else 7  # those of -1, 0 and 1 are packed into bits, of few rows
    coarse = random.integers(-1, 2, (rows, 2))
    table = np.where(random.integers(2, size=2), coarse, random.uniform(-1, 1, (rows, 2)))
    tables = random.integers(-1, 2, 5), random.uniform(-1, 1, 33)
    return Actions((-1, -1), (1, 1), table, [str(row) for row in range(rows)], ("row", "col"), tables)


class World(NamedTuple):
    """As much of a world as acting asks for."""

    agents: int
    done: np.ndarray


@njit
def keep(world, agent, vector):
    for axis, value in enumerate(vector):
        world.done[agent, axis] = value


@pytest.mark.parametrize("size", range(2, 7))
def test_twins_are_equal_for_tables_of_any_width(size, random):
    actions = tables_of(size, random)
    act = compile_act(actions, keep)

    @njit
    def play(world, twin, choices, vectors, row):
        act(world, twin, choices, vectors, row)

    table, count = actions.table, 50
    assert table.shape[1] == size == len(actions.tables)
    choices = random.integers(0, len(table), count)
    each = random.integers(0, actions.limits(Twin.MULTIDISCRETE), (count, size))
    nothing = np.zeros(0, np.int64), np.zeros((0, size), np.float32)
    picked = np.stack([values[of] for values, of in zip(actions.tables, each.T, strict=True)], axis=1)
    for twin, given, vectors in (
        (Twin.DISCRETE, choices, table[choices]),
        (Twin.MULTIDISCRETE, each.reshape(-1), picked),
    ):
        left, right = (World(count - 3, np.zeros((count - 3, size), np.float32)) for _ in range(2))
        play(left, int(twin), given, nothing[1], 3)
        play(right, int(Twin.CONTINUOUS), nothing[0], vectors, 3)
        assert left.done.tobytes() == right.done.tobytes() == vectors[3:].tobytes()


@pytest.mark.parametrize(("name", "twin"), EVERY_FORM)
def test_a_world_does_not_depend_on_its_batch_or_on_threads(name, twin, random):
    batch, shared = (simulation(name, twin, worlds=180, threads=threads) for threads in (1, 2))
    assert (batch.threads, shared.threads) == (1, 2)
    actions = [actions_of(batch, random) for _ in range(TICKS)]
    for action in actions:
        for left, right in zip(batch.step(action), shared.step(action), strict=True):
            assert np.asarray(left).tobytes() == np.asarray(right).tobytes()
    assert batch.blocks.tobytes() == shared.blocks.tobytes()
    assert len({block.tobytes() for block in batch.blocks}) == 180
    for world in (0, 123, 179):
        alone = simulation(name, twin, worlds=1)  # which has been in use
        alone.seed(world_seed(5, world))
        alone.reset()
        for action in actions:
            alone.step(action[world * alone.agents : (world + 1) * alone.agents])
        assert alone.blocks[0].tobytes() == batch.blocks[world].tobytes()


@pytest.mark.parametrize("name", TASKS)
def test_same_seed_same_bytes_and_others_differ(name):
    first, again, other = (simulation(name) for _ in range(3))
    other.seed(6)
    other.reset()
    expected = course(first, TICKS)
    assert course(again, TICKS) == expected != course(other, TICKS)
    again.seed(5)  # a used one
    again.reset()
    assert course(again, TICKS) == expected


def test_plain_python_makes_the_same_bytes_and_debug_finds_nothing():
    """Both at once: in plain Python an index outside of an array is an error too."""
    code = (
        "from abilities import *\n"
        "for name in TASKS:\n"
        "    for twin in registry.twins(TASKS[name]):\n"
        "        print(name, twin, course(simulation(name, twin, worlds=1, debug={}), 65))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code.format(True)],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    expected = [f"{name} {twin} {course(simulation(name, twin, worlds=1), 65)}" for name, twin in EVERY_FORM]
    assert done.stdout.splitlines() == expected


def test_debug_compiles_and_finds_nothing():
    sim = simulation("Everything", debug=True)
    assert course(sim, TICKS) == course(simulation("Everything"), TICKS)


def test_who_asks_for_nothing_has_nothing():
    plain = sakana_envs.Task(name="Plain", init=spawn_uniform, reward=lambda world, agent: 0.0)
    asked = {"alive", "died", "occupant", "action"}
    assert plain.actions == MOVES and not asked & set(plain.fields)
    assert asked <= set(EVERYTHING.fields) and asked <= set(registry.get("Battle").fields)
    assert asked & set(abilities.hold.TASK.fields) == {"action"}
    assert not asked & set(registry.get("Forage").fields)
    assert list(registry.twins(plain)) == ["Discrete", "Continuous"]
    env = sakana_envs.parallel_env("Sakana/Forage-Discrete-v0", agents=2, height=9, width=9)
    assert env.reset(seed=1)[1] == {"agent_0": {}, "agent_1": {}}


def test_ids_name_the_twins_that_there_are():
    assert id_of("Everything", "MultiDiscrete") in sakana_envs.task_ids()
    assert id_of("Battle", "MultiDiscrete") not in sakana_envs.task_ids()
