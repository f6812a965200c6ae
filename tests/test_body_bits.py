"""The same bytes of worlds of bodies, whatever computes them: batches, threads, processors, plain Python."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from body_tasks import simulation
from worlds import actions_of

from sakana_envs.core.rng import world_seed


def digest(ticks=8):
    """A hash of what a world returns, and of its memory, after each tick."""
    sim = simulation(worlds=1)
    random = np.random.default_rng(4)
    hashed = hashlib.sha256(sim.blocks.tobytes())
    for _ in range(ticks):
        transition = sim.step(actions_of(sim, random))
        for array in (transition.observations, transition.rewards, sim.blocks):
            hashed.update(array.tobytes())
    return hashed.hexdigest()[:16]


def digest_elsewhere(**environment):
    """The same by a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", "from test_body_bits import digest\nprint(digest())"],
        env={**os.environ, **environment},
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.split()[-1]


def test_plain_python_makes_the_same_bodies():
    assert digest_elsewhere(NUMBA_DISABLE_JIT="1") == digest()


def test_a_processor_without_wide_instructions_makes_the_same_bodies():
    assert digest_elsewhere(NUMBA_CPU_NAME="generic", NUMBA_CPU_FEATURES="") == digest()


def test_batches_and_threads_make_the_same_bodies(random, monkeypatch):
    monkeypatch.setattr("sakana_envs.core.threads.ROWS_PER_THREAD", 1)
    one, several = (simulation(worlds=8, threads=threads) for threads in (1, 3))
    alone = simulation(worlds=1, seed=world_seed(11, 5))
    assert (one.threads, several.threads) == (1, 3)
    for _ in range(40):
        actions = actions_of(one, random)
        expected = one.step(actions).observations.copy()
        assert several.step(actions).observations.tobytes() == expected.tobytes()
        assert alone.step(actions[5:6]).observations.tobytes() == expected[5:6].tobytes()
    assert one.blocks.tobytes() == several.blocks.tobytes()
    assert one.blocks[5].tobytes() == alone.blocks[0].tobytes()


def test_twins_do_the_same_bodies(random):
    """Fed with the rows of the tables, the continuous twin is the other ones, to the bit."""
    continuous, discrete, several = (simulation(twin, worlds=4) for twin in ("Continuous", "Discrete", "MultiDiscrete"))
    tables, table = continuous.actions.tables, continuous.actions.table
    for _ in range(10):
        chosen = random.integers(0, len(table), 4)
        expected = continuous.step(table[chosen]).observations
        assert discrete.step(chosen).observations.tobytes() == expected.tobytes()
        chosen = np.stack([random.integers(0, len(values), 4) for values in tables], axis=1)
        vectors = np.stack([values[chosen[:, axis]] for axis, values in enumerate(tables)], axis=1)
        assert several.step(chosen).observations.shape == (4, continuous.program.row.shape[0])
        continuous.set_state(discrete.get_state())
        several.set_state(discrete.get_state())
        expected = continuous.step(vectors).observations
        assert several.step(chosen).observations.tobytes() == expected.tobytes()
        discrete.set_state(continuous.get_state())
