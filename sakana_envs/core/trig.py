"""Square root, sine, cosine and hyperbolic tangent of float32 numbers, the same bits on every machine.

Processors' and systems' mathematical libraries differ in the last place, and so would worlds. These are made of sums,
products, quotients and rounding alone, which IEEE 754 defines to the bit.
"""

import math
from typing import Any

import numpy as np
from numba import config

from sakana_envs.core.inner import inner
from sakana_envs.core.single import single

_ONE, _HALF = np.float32(1.0), np.float32(0.5)
_QUARTERS = single(2.0 / np.pi)
_ROUNDER = np.float32(1.5 * 2**23)
"""Adding and subtracting it rounds a float32 below 2**22 to the nearest whole number, halves to even."""

_LARGEST = np.float32(2.0**16)
_TURN = tuple(map(np.float32, (1.5703125, 4.837512969970703125e-4, 7.54978995489188216e-8)))
"""A quarter turn in three parts, the first two short enough for their products with whole numbers to be exact."""

_SINE = tuple(map(np.float32, (-1.6666654611e-1, 8.3321608736e-3, -1.9515295891e-4)))
_COSINE = tuple(map(np.float32, (4.166664568298827e-2, -1.388731625493765e-3, 2.443315711809948e-5)))
"""Coefficients of S. L. Moshier's Cephes library (1984 to 2000), sinf.c, for -1/8 to 1/8 of a turn."""

_SATURATED = np.float32(9.0)
_ODD = (4.89352455891786e-03, 6.37261928875436e-04, 1.48572235717979e-05, 5.12229709037114e-08)
_ODD_2 = (-8.60467152213735e-11, 2.00018790482477e-13, -2.76076847742355e-16)
_T1, _T3, _T5, _T7, _T9, _T11, _T13 = map(single, _ODD + _ODD_2)
_U0, _U2, _U4, _U6 = map(
    np.float32, (4.89352518554385e-03, 2.26843463243900e-03, 1.18534705686654e-04, 1.19825839466702e-06)
)
"""A rational approximation of tanh on [-9, 9], as used in Eigen (MPL 2)."""

square_root = np.sqrt if config.DISABLE_JIT else math.sqrt
"""Of a float32, a float32: in plain Python, ``math.sqrt`` gives more."""


@inner
def sine_cosine(angle):
    """Sine and cosine of an angle in radians, float32, within 2e-7; of one beyond 2**16, those of 2**16."""
    angle = min(max(np.float32(angle), -_LARGEST), _LARGEST)  # in this order what is no number becomes the largest
    quarters = (angle * _QUARTERS + _ROUNDER) - _ROUNDER
    rest = ((angle - quarters * _TURN[0]) - quarters * _TURN[1]) - quarters * _TURN[2]
    square = rest * rest
    sine = rest + rest * square * (_SINE[0] + square * (_SINE[1] + square * _SINE[2]))
    cosine = _ONE - _HALF * square + square * square * (_COSINE[0] + square * (_COSINE[1] + square * _COSINE[2]))
    quarter = np.int32(quarters) & 3
    if quarter == 0:
        return sine, cosine
    if quarter == 1:
        return cosine, -sine
    if quarter == 2:
        return -sine, -cosine
    return -cosine, sine


sine_cosine_of: Any = getattr(sine_cosine, "py_func", sine_cosine)
"""The same for Python, which can't call what is compiled for rules alone."""


@inner
def tanh(value):
    """The hyperbolic tangent of a float32, within 4e-7."""
    value = min(max(np.float32(value), -_SATURATED), _SATURATED)
    square = value * value
    above = _T7 + square * (_T9 + square * (_T11 + square * _T13))
    odd = value * (_T1 + square * (_T3 + square * (_T5 + square * above)))
    return odd / (_U0 + square * (_U2 + square * (_U4 + square * _U6)))
