"""The suite's own switches."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
LACKING = """
import pytest

def test_passes():
    pass

@pytest.mark.skipif(True, reason="another machine's")
def test_of_another_machine():
    raise AssertionError

def test_lacks_something():
    pytest.skip("no browser here")
"""

NEVER_QUICK = {
    "test_an_unwritable_cache_only_costs_time",
    "test_debug_turns_a_wrong_index_into_an_error",
    "test_example_runs",
    "test_first_observations_are_those_of_kinetix",
    "test_plain_python_makes_the_same_world",
    "test_with_checked_indices",
}
"""One proof of each promise that takes a while: it needs code that is compiled anew, or not at all, or files that
most machines haven't."""


def run_pytest(folder, *arguments):
    """Pytest in a process of its own, on the files of a folder."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(TESTS), "PYTEST_ADDOPTS": ""}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("workers", [[], ["-n", "1"]], ids=["one process", "workers"])
def test_without_skips_whatever_is_missing_is_a_failure(tmp_path, workers):
    (tmp_path / "test_lacking.py").write_text(LACKING)
    (tmp_path / "test_missing.py").write_text('import pytest\npytest.importorskip("no_such_package")\n')
    lenient = run_pytest(tmp_path, "-p", "conftest", *workers)
    assert lenient.returncode == 0 and "1 passed, 3 skipped" in lenient.stdout, lenient.stdout
    options = ["--no-skips", "--continue-on-collection-errors"]
    strict = run_pytest(tmp_path, "-p", "conftest", *options, *workers)
    assert strict.returncode != 0 and "another machine" not in strict.stdout
    for reason in ("no browser here", "could not import 'no_such_package'"):
        assert f"with --no-skips none may be: Skipped: {reason}" in strict.stdout, strict.stdout


def test_the_quick_selection_has_a_proof_of_every_promise():
    listed = run_pytest(TESTS.parent, "--collect-only", "-m", "quick").stdout
    quick = set(re.findall(r"^tests/(test_\w+\.py::\w+)", listed, flags=re.MULTILINE))
    page = (TESTS.parent / "docs" / "promises.md").read_text()
    promises = [re.findall(r"`(test_\w+\.py::\w+)`", line) for line in page.splitlines() if line[:2] == "| "]
    for proofs in filter(None, promises):
        assert quick & {*proofs} or NEVER_QUICK & {proof.partition("::")[2] for proof in proofs}, proofs
