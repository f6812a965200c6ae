"""Draws from the distributions that the outputs of a policy describe, the same to the bit on every processor.

Every draw takes a number in [0, 1) for each thing that is drawn. What has a density is drawn from steps: the interval
is cut into bins, and within one all is as likely. So nothing is asked of a mathematical library.
"""

import math
from itertools import accumulate
from typing import Any

import numpy as np

from sakana_envs.core import disk_cache
from sakana_envs.core.inner import inner, outer
from sakana_envs.core.trig import tanh

_HALVINGS = 10
"""Of an exponent, before a short series is exact enough; as many squarings follow."""

_BINS = 128
_LOGARITHMS = np.array([math.log((place + 0.5) / _BINS) for place in range(_BINS)], dtype=np.float32)
"""Of the middles of bins in [0, 1]. Libraries differ in the last bit of a float64, of which a float32 shows nothing."""
_SHARPEST = 1e6
"""Both parameters of a Beta distribution at most: it is narrower than a bin then."""

_REACH = 6
_PER_UNIT = 16
_WIDEST = 39.0
"""The logarithm of a deviation at most."""


@inner
def exponential(value):
    """e to the power of a float64 number up to 0, within 1e-5 of itself; 0 below -40."""
    if not value > -40.0:
        return 0.0
    small = value / 2.0**_HALVINGS
    power = 1.0 + small * (1.0 + small * (0.5 + small * (1.0 / 6.0 + small / 24.0)))
    for _ in range(_HALVINGS):
        power *= power
    return power


def _normal_steps() -> np.ndarray:
    """The share of a standard Gaussian below each border of its bins, from -_REACH to _REACH."""
    middles = [(place + 0.5) / _PER_UNIT - _REACH for place in range(2 * _REACH * _PER_UNIT)]
    python: Any = getattr(exponential, "py_func", exponential)
    sums = [0.0, *accumulate(python(-0.5 * middle * middle) for middle in middles)]
    return np.array([each / sums[-1] for each in sums])


_NORMAL = _normal_steps()


@outer
def draw_choices(logits, uniforms, choices):
    """Choices (rows,) int64 with the probabilities that logits (rows, n) say, by numbers (rows,) in [0, 1)."""
    for row in range(logits.shape[0]):
        highest = logits[row].max()
        total = 0.0
        for choice in range(logits.shape[1]):
            total += exponential(np.float64(logits[row, choice]) - np.float64(highest))
        left = uniforms[row] * total
        chosen = 0
        for choice in range(logits.shape[1]):
            share = exponential(np.float64(logits[row, choice]) - np.float64(highest))
            if share > 0.0:
                chosen = choice
                if left < share:
                    break
                left -= share
        choices[row] = chosen


@outer
def draw_gaussian(outputs, uniforms, squashed, drawn):
    """Numbers (rows, k) float32 of Gaussians, through tanh if ``squashed``.

    ``outputs`` (rows, 2 k) are k means, then the logarithms of k deviations.
    """
    size = drawn.shape[1]
    for row in range(drawn.shape[0]):
        for axis in range(size):
            power = min(max(np.float64(outputs[row, size + axis]), -_WIDEST), _WIDEST)
            deviation = exponential(power) if power <= 0.0 else 1.0 / exponential(-power)
            value = np.float32(outputs[row, axis] + deviation * _normal(uniforms[row, axis]))
            drawn[row, axis] = tanh(value) if squashed else value


@inner
def _normal(uniform):
    """What a share of a standard Gaussian lies below, within 1e-3."""
    low, high = 0, _NORMAL.size - 1
    while high - low > 1:
        middle = (low + high) // 2
        if _NORMAL[middle] <= uniform:
            low = middle
        else:
            high = middle
    within = (uniform - _NORMAL[low]) / (_NORMAL[high] - _NORMAL[low])
    return (low + within) / _PER_UNIT - _REACH


@outer
def draw_beta(outputs, uniforms, drawn):
    """Numbers (rows, k) float32 from -1 to 1, of Beta distributions with one mode over that interval.

    ``outputs`` (rows, 2 k) are k numbers for the first parameters, then k for the second ones; a parameter is 1 and
    the logarithm of 1 and e to the power of its number.
    """
    size = drawn.shape[1]
    weights = np.empty(_BINS)
    for row in range(drawn.shape[0]):
        for axis in range(size):
            first, second = _softplus(outputs[row, axis]), _softplus(outputs[row, size + axis])
            highest = -np.inf
            for place in range(_BINS):
                weights[place] = first * _LOGARITHMS[place] + second * _LOGARITHMS[_BINS - 1 - place]
                highest = max(highest, weights[place])
            total = 0.0
            for place in range(_BINS):
                weights[place] = exponential(weights[place] - highest)
                total += weights[place]
            left = uniforms[row, axis] * total
            place = 0
            while left >= weights[place] and place < _BINS - 1:
                left -= weights[place]
                place += 1
            share = (place + min(left / max(weights[place], 1e-300), 1.0)) / _BINS
            drawn[row, axis] = np.float32(2.0 * share - 1.0)


@inner
def _softplus(output):
    """The logarithm of 1 and e to the power of a float32, within 1e-5 of itself; at most ``_SHARPEST``."""
    value = min(max(np.float64(output), -_WIDEST), _SHARPEST)
    power = exponential(-abs(value))
    part = power / (2.0 + power)
    square = part * part
    series = 1.0 + square * (1.0 / 3.0 + square * (0.2 + square * (1.0 / 7.0 + square / 9.0)))
    return max(value, 0.0) + 2.0 * part * series


for _kernel in (draw_choices, draw_gaussian, draw_beta):
    disk_cache.attach(_kernel, _kernel.__name__.replace("_", "-"))
