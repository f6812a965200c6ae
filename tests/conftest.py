"""Fixtures: every test's own generator of random numbers, and no display."""

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
