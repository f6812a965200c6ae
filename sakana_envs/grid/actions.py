"""Actions are checked before anything moves."""

from typing import Any

import numpy as np
from numba import njit

from sakana_envs.grid import disk_cache
from sakana_envs.grid.motion import MOTIONS

_ACTIONS = np.uint64(len(MOTIONS))


def check_actions(actions: Any, discrete: bool, rows: int) -> np.ndarray:
    """``actions`` as the array that the kernels take, int64 (rows,) or float32 (rows, 2).

    Raises ``TypeError`` or ``ValueError`` naming the first wrong one and what is allowed.
    """
    array = np.asarray(actions)
    shape: tuple[int, ...]
    dtype: type
    if discrete:
        kinds, dtype, shape, allowed = "iu", np.int64, (rows,), "integers in 0..8"
    else:
        kinds, dtype, shape, allowed = "fiu", np.float32, (rows, 2), "real numbers in [-1, 1]"
    if array.dtype.kind not in kinds:
        raise TypeError(f"actions must be {allowed}, got {array.dtype}")
    if array.shape != shape:
        raise ValueError(f"actions must have shape {shape}, one row per agent, got {array.shape}")
    if array.dtype != dtype or not array.flags.c_contiguous:
        with np.errstate(over="ignore"):  # what is too large for float32 becomes infinite, and is refused below
            array = np.ascontiguousarray(array, dtype=dtype)
    wrong = _first_wrong_discrete(array) if discrete else _first_wrong_continuous(array)
    if wrong >= 0:
        hint = "" if discrete else "; clip it, for example with gymnasium.wrappers.ClipAction"
        raise ValueError(f"action {array[wrong]} of row {wrong} is not allowed: actions must be {allowed}{hint}")
    return array


@njit
def _is_action(number):
    return np.uint64(number) < _ACTIONS


@njit
def _is_motion(number):
    return abs(number) <= 1.0  # false for NaN


@njit(nogil=True)
def _first_wrong_discrete(actions):
    wrong = 0
    for row in range(actions.size):  # looks at all, without a branch: such a loop becomes wide
        wrong |= np.int64(not _is_action(actions[row]))
    if wrong:
        for row in range(actions.size):
            if not _is_action(actions[row]):
                return row
    return -1


@njit(nogil=True)
def _first_wrong_continuous(actions):
    wrong = 0
    flat = actions.ravel()
    for position in range(flat.size):
        wrong |= np.int64(not _is_motion(flat[position]))
    if wrong:
        for position in range(flat.size):
            if not _is_motion(flat[position]):
                return position // 2
    return -1


for _check in (_first_wrong_discrete, _first_wrong_continuous):
    disk_cache.attach(_check, _check.__name__.strip("_"))
