"""Tests once more in processes of their own: with compiled code that checks every index, and in plain Python.

Kept short: both twins of one task with everything, the others with states of arbitrary bytes, which reach all rules.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
CHECKED = [
    "test_fuzz.py",
    "test_bad_input.py::test_wrong_actions",
    "test_invariants.py::test_any_world",
    "test_twins.py",
    "test_reference.py",
    "test_disc_states.py::test_whatever_is_taken_goes_on_with_numbers_in_their_range",
]
PLAIN = [
    "test_fuzz.py",
    "test_twins.py",
    "test_reference.py",
    "test_core_promises.py::test_golden_hash",
    "test_checkers.py::test_gymnasium",
]


def run_tests(tests, only, **environment):
    """Run tests in a new process, and show what failed."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "--tb=short",
        "-W",
        "error::RuntimeWarning",
        "-k",
        only,
    ]
    done = subprocess.run(
        [*command, *(str(TESTS / test) for test in tests)],
        env={**os.environ, **environment},
        cwd=TESTS.parent,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-1000:]
    assert " passed" in done.stdout


def test_with_checked_indices():
    only = "Forage and not line or any_bytes or any_argument or any_map or whatever_is_taken"
    run_tests(CHECKED, only, NUMBA_BOUNDSCHECK="1", SAKANA_EXAMPLES="150")


def test_in_plain_python():
    only = "(Discrete and (crowded or any_bytes)) and not FillBasket or (Forage and (golden or test_gymnasium))"
    run_tests(PLAIN, only, NUMBA_DISABLE_JIT="1", SAKANA_EXAMPLES="5")


def test_checks_are_on_where_asked_for():
    code = """
import numpy, sakana_envs, numba
from sakana_envs.core import disk_cache
from sakana_envs.tasks import registry
sim = registry.simulation("Forage", True, agents=6, height=12, width=10)
sim.seed(1)
sim.reset()
sim.layout.view(sim.blocks, "cell")[0, 0] = 4_000_000_000
sim.step(numpy.zeros(6, dtype=numpy.int64))
"""
    environment = {**os.environ, "NUMBA_BOUNDSCHECK": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=300)
    assert "IndexError" in done.stderr, done.stderr


@pytest.mark.parametrize("tests", [CHECKED, PLAIN])
def test_files_exist(tests):
    assert all((TESTS / test.split("::")[0]).is_file() for test in tests)
