"""Means with intervals, over what is independent: of a policy over worlds, of a trainer over its runs.

Agents of one world aren't independent of each other, nor are worlds in which the policy of the same training plays.
"""

from collections.abc import Callable

import numpy as np

_QUANTILES = {2: 12.706, 4: 3.182, 8: 2.365, 16: 2.131, 32: 2.040, 64: 1.998, 128: 1.979, 1024: 1.962}
"""97.5 % of Student's t for so many worlds."""

RESAMPLES = 50_000
_AT_ONCE = 2**20
"""Numbers in one array of resamples, about."""


def interval(values: np.ndarray) -> tuple[float, tuple[float, float]]:
    """The mean of values (worlds,), and the low and high end of its 95 % t-interval."""
    mean, count = float(values.mean()), len(values)
    if count < 2:
        return mean, (-np.inf, np.inf)
    quantile = _QUANTILES[max(known for known in _QUANTILES if known <= count)]
    half = quantile * float(values.std(ddof=1)) / count**0.5
    return mean, (mean - half, mean + half)


def interquartile_mean(scores: np.ndarray) -> np.ndarray:
    """The mean of the middle half of scores (..., runs, tasks), all runs of all tasks together, (...).

    A quarter of the scores, rounded down, is left out at each end, as in Agarwal et al., "Deep Reinforcement Learning
    at the Edge of the Statistical Precipice" (2021).
    """
    ordered = np.sort(scores.reshape(*scores.shape[:-2], -1), axis=-1)
    out = ordered.shape[-1] // 4
    return ordered[..., out : ordered.shape[-1] - out].mean(axis=-1)


def bootstrap(
    scores: np.ndarray,
    statistic: Callable[[np.ndarray], np.ndarray] = interquartile_mean,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> tuple[float, float]:
    """The low and high end of the 95 % interval of a statistic of scores (runs, tasks), by a stratified bootstrap.

    Of each task as many runs are drawn with replacement as there are; the ends are the 2.5 % and 97.5 % quantiles over
    ``resamples`` draws. ``statistic`` maps (..., runs, tasks) to (...). What is drawn is what ``rliable`` 1.2.0 draws
    after ``numpy.random.seed(seed)``, so the interval is the same. Of one run nothing is known about others: the ends
    are infinite.
    """
    runs, tasks = scores.shape
    if runs < 2:
        return -np.inf, np.inf
    random = np.random.RandomState(seed)
    found = np.empty(resamples)
    step = max(1, _AT_ONCE // scores.size)
    for begin in range(0, resamples, step):
        drawn = random.randint(0, runs, (min(step, resamples - begin), runs, tasks))
        found[begin : begin + step] = statistic(np.take_along_axis(scores[None], drawn, axis=1))
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)
