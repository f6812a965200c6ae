"""The suite's own switches."""

import os
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


def run_pytest(folder, *arguments):
    """Pytest in a process of its own, with this suite's conftest, on the files of a folder."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "conftest", "-p", "no:cacheprovider", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(TESTS), "PYTEST_ADDOPTS": ""}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("workers", [[], ["-n", "1"]], ids=["one process", "workers"])
def test_without_skips_whatever_is_missing_is_a_failure(tmp_path, workers):
    (tmp_path / "test_lacking.py").write_text(LACKING)
    (tmp_path / "test_missing.py").write_text('import pytest\npytest.importorskip("no_such_package")\n')
    lenient = run_pytest(tmp_path, *workers)
    assert lenient.returncode == 0 and "1 passed, 3 skipped" in lenient.stdout, lenient.stdout
    strict = run_pytest(tmp_path, "--no-skips", "--continue-on-collection-errors", *workers)
    assert strict.returncode != 0 and "another machine" not in strict.stdout
    for reason in ("no browser here", "could not import 'no_such_package'"):
        assert f"with --no-skips none may be: Skipped: {reason}" in strict.stdout, strict.stdout
