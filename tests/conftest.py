"""No display, every test's own generator of random numbers, ``--no-skips``, and which tests are quick."""

import os

import numpy as np
import pytest
import shipped  # noqa: F401  (before any test registers a task)

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")


@pytest.fixture
def random():
    """A seeded generator for the actions of a test."""
    return np.random.default_rng(20240)


def pytest_addoption(parser):
    parser.addoption(
        "--no-skips",
        action="store_true",
        help="fail where a test lacks something; only those marked skipif, which are for other machines, may skip",
    )


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return _without_a_skip((yield), collector.config)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    return report if item.get_closest_marker("skipif") else _without_a_skip(report, item.config)


def _without_a_skip(report, config):
    if report.skipped and config.getoption("no_skips"):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} is skipped, and with --no-skips none may be: {report.longrepr[2]}"
    return report
