"""The same bytes of worlds of discs, whatever computes them: batches, threads, processors, plain Python."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from disc_tasks import DRIVES, simulation
from worlds import actions_of

from sakana_envs.core.rng import world_seed

SETTINGS = {
    "mixed": {},
    "fast": {"fastest": 50.0, "substeps": 3, "height": 4, "width": 4, "built": 0.3},
    "billiards": {"elastic": 1.0, "fixed": 0.2, "picky": 0.0, "built": 0.0, "walls": 0.0},
    "many": {"discs": 70, "grain": 0.25, "elastic": 0.5, "built": 0.1},
}


def digest(drive, setting, ticks=12):
    """A hash of what a world returns, and of its memory, after each tick."""
    sim = simulation(drive, worlds=1, **SETTINGS[setting])
    random = np.random.default_rng(4)
    hashed = hashlib.sha256(sim.blocks.tobytes())
    for _ in range(ticks):
        transition = sim.step(actions_of(sim, random))
        for array in (transition.observations, transition.rewards, sim.blocks):
            hashed.update(array.tobytes())
    return hashed.hexdigest()[:16]


def digests(drives):
    return [f"{drive} {setting} {digest(drive, setting)}" for drive in drives for setting in SETTINGS]


def digests_elsewhere(drives, **environment):
    """The same by a process of its own."""
    code = f"from test_disc_bits import digests\nprint(*digests({list(drives)}), sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.splitlines()


def test_plain_python_makes_the_same_discs():
    assert digests_elsewhere(DRIVES, NUMBA_DISABLE_JIT="1") == digests(DRIVES)


def test_a_processor_without_wide_instructions_makes_the_same_discs():
    assert digests_elsewhere(["TURN"], NUMBA_CPU_NAME="generic", NUMBA_CPU_FEATURES="") == digests(["TURN"])


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("drive", DRIVES)
def test_batches_and_threads_make_the_same_discs(drive, setting, random, monkeypatch):
    monkeypatch.setattr("sakana_envs.core.threads.ROWS_PER_THREAD", 1)
    one, several = (simulation(drive, worlds=8, threads=threads, **SETTINGS[setting]) for threads in (1, 3))
    alone = simulation(drive, worlds=1, seed=world_seed(11, 5), **SETTINGS[setting])
    assert (one.threads, several.threads) == (1, 3)
    rows = slice(5 * one.agents, 6 * one.agents)
    for _ in range(20):
        actions = actions_of(one, random)
        expected = one.step(actions).observations.copy()
        assert several.step(actions).observations.tobytes() == expected.tobytes()
        assert alone.step(actions[rows]).observations.tobytes() == expected[rows].tobytes()
    assert one.blocks.tobytes() == several.blocks.tobytes()
    assert one.blocks[5].tobytes() == alone.blocks[0].tobytes()
