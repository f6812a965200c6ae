"""Ratings of players by openskill (Joshy, 2024), a free library of Weng and Lin's (2011) Bayesian ratings."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

_QUANTILE = 1.959964
"""97.5 % of a normal distribution."""


class Rating(NamedTuple):
    """A player's strength: ``mu``, 25 for one of whom nothing is known, and its standard deviation ``sigma``.

    ``interval`` is the 95 % one. A player 25/6 above another is expected to win some three of four matches.
    """

    mu: float
    sigma: float

    @property
    def interval(self) -> tuple[float, float]:
        """Low and high end of mu's 95 % interval."""
        return self.mu - _QUANTILE * self.sigma, self.mu + _QUANTILE * self.sigma


def rate(points: np.ndarray, seed: int) -> list[Rating]:
    """Ratings of players by their matches.

    ``points`` float64 (players, players, matches) are 1 where the player of the first index won, 0.5 for a draw, 0
    where it lost; those of one index twice don't count. Matches are taken in an order that ``seed`` shuffles. Raises
    ``ImportError`` without openskill.
    """
    model = rating_model()
    players = [model.rating() for _ in range(len(points))]
    for first, second, match in _shuffled(points, seed):
        won = points[first, second, match]
        ranks = [0.0, 2.0 * won - 1.0]
        (players[first],), (players[second],) = model.rate([[players[first]], [players[second]]], ranks=ranks)
    return [Rating(float(player.mu), float(player.sigma)) for player in players]


def rating_model() -> Any:
    """How openskill rates. Raises ``ImportError`` that says what to install."""
    try:
        from openskill.models import PlackettLuce
    except ImportError as error:
        raise ImportError(
            f'ratings are made by openskill, which can\'t be imported ({error}): pip install "sakana-envs[versus]"'
        ) from None
    return PlackettLuce()


def _shuffled(points: np.ndarray, seed: int) -> Sequence[tuple[int, int, int]]:
    """Indices of all matches, each pair of players once, in random order."""
    count, _, matches = points.shape
    pairs = combinations(range(count), 2)
    played = [(first, second, match) for first, second in pairs for match in range(matches)]
    order = np.random.default_rng(seed).permutation(len(played))
    return [played[number] for number in order]


def share_interval(points: np.ndarray) -> tuple[float, float]:
    """The 95 % interval of the share of points that matches (n,) gave, by Wilson (1927); draws count half."""
    count, share, square = len(points), float(points.mean()), _QUANTILE**2
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = _QUANTILE / (1 + square / count) * (share * (1 - share) / count + square / (4 * count**2)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)
