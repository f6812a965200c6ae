"""Means with intervals, over worlds: agents of one world aren't independent, worlds are."""

import numpy as np

_QUANTILES = {2: 12.706, 4: 3.182, 8: 2.365, 16: 2.131, 32: 2.040, 64: 1.998, 128: 1.979, 1024: 1.962}
"""97.5 % of Student's t for so many worlds."""


def interval(values: np.ndarray) -> tuple[float, tuple[float, float]]:
    """The mean of values (worlds,), and the low and high end of its 95 % t-interval."""
    mean, count = float(values.mean()), len(values)
    if count < 2:
        return mean, (-np.inf, np.inf)
    quantile = _QUANTILES[max(known for known in _QUANTILES if known <= count)]
    half = quantile * float(values.std(ddof=1)) / count**0.5
    return mean, (mean - half, mean + half)
