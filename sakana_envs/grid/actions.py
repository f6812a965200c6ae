"""Actions are checked before anything moves."""

from typing import Any

import numpy as np
from numba import njit

from sakana_envs.core import disk_cache
from sakana_envs.grid.motion import MOTIONS

_DISCRETE, _CONTINUOUS = "integers in 0..8", "real numbers in [-1, 1]"
_ONE_DISCRETE, _ONE_CONTINUOUS = "an integer in 0..8", "two real numbers in [-1, 1]"
_CLIP = "; clip it, for example with clip_actions=True or gymnasium.wrappers.ClipAction"
_ACTIONS = np.uint64(len(MOTIONS))


def check_actions(actions: Any, discrete: bool, rows: int) -> np.ndarray:
    """``actions`` as the array that the kernels take, int64 (rows,) or float32 (rows, 2).

    Raises ``TypeError`` or ``ValueError`` naming the first wrong one and what is allowed.
    """
    array = shape_actions(actions, discrete, rows)
    wrong = first_wrong_discrete(array) if discrete else first_wrong_continuous(array)
    if wrong >= 0:
        raise wrong_action(actions, wrong)
    return array


def shape_actions(actions: Any, discrete: bool, rows: int) -> np.ndarray:
    """The same without a look at the actions' values, which the step's kernel takes anyway."""
    array = np.asarray(actions)
    shape: tuple[int, ...]
    dtype: type
    if discrete:
        kinds, dtype, shape, allowed = "iu", np.int64, (rows,), _DISCRETE
    else:
        kinds, dtype, shape, allowed = "fiu", np.float32, (rows, 2), _CONTINUOUS
    if array.dtype.kind not in kinds:
        raise TypeError(f"actions must be {allowed}, got {array.dtype}")
    if array.shape != shape:
        raise ValueError(f"actions must have shape {shape}, one row per agent, got {array.shape}")
    if array.dtype != dtype or not array.flags.carray:  # a read-only array is of another type, and compiled for anew
        with np.errstate(over="ignore"):  # what is too large for float32 becomes infinite, and is refused below
            array = np.array(array, dtype=dtype, order="C")
    return array


def clip(actions: Any, rows: int) -> np.ndarray:
    """Continuous actions (rows, 2), each brought into [-1, 1]; what is no number stays none."""
    return np.clip(shape_actions(actions, False, rows), -1.0, 1.0)


def wrong_action(actions: Any, row: int) -> ValueError:
    """What to say of a row's action that isn't allowed; ``actions`` as they were given, before any conversion."""
    actions = np.asarray(actions)
    allowed = _CONTINUOUS if actions.ndim > 1 else _DISCRETE
    hint = _CLIP if actions.ndim > 1 and not np.isnan(actions[row]).any() else ""
    return ValueError(f"action {actions[row]} of row {row} is not allowed: actions must be {allowed}{hint}")


def wrong_single_action(action: Any, discrete: bool, clips: bool = False) -> Exception | None:
    """What is wrong with one agent's action, in words of one; None if nothing is. With ``clips`` it may be large."""
    kinds, shape, allowed, hint = ("iu", (), _ONE_DISCRETE, "") if discrete else ("fiu", (2,), _ONE_CONTINUOUS, _CLIP)
    try:
        array = np.asarray(action)
    except (TypeError, ValueError):  # lists in lists of different lengths
        return ValueError(f"an action must be {allowed}, got {action!r}")
    if array.dtype.kind not in kinds:
        return TypeError(f"an action must be {allowed}, got {action!r}, of type {array.dtype}")
    if array.shape != shape:
        return ValueError(f"an action must be {allowed}, with shape {shape}, got {array.shape}")
    with np.errstate(over="ignore"):
        most = np.inf if clips else 1.0
        fits = 0 <= array < len(MOTIONS) if discrete else (np.abs(array.astype(np.float32)) <= most).all()
    if not fits:
        hint = "" if np.isnan(array).any() else hint
        return ValueError(f"action {array} is not allowed: an action must be {allowed}{hint}")
    return None


@njit
def _is_action(number):
    return np.uint64(number) < _ACTIONS


@njit
def _is_motion(number):
    return abs(number) <= 1.0  # false for NaN


@njit(nogil=True)
def first_wrong_discrete(actions):
    """The first row of int64 actions (rows,) with one that isn't allowed, or -1."""
    wrong = 0
    for row in range(actions.size):  # looks at all, without a branch: such a loop becomes wide
        wrong |= np.int64(not _is_action(actions[row]))
    if wrong:
        for row in range(actions.size):
            if not _is_action(actions[row]):
                return row
    return -1


@njit(nogil=True)
def first_wrong_continuous(actions):
    """The first row of float32 actions (rows, 2) with one that isn't allowed, or -1."""
    wrong = 0
    flat = actions.ravel()
    for position in range(flat.size):
        wrong |= np.int64(not _is_motion(flat[position]))
    if wrong:
        for position in range(flat.size):
            if not _is_motion(flat[position]):
                return position // 2
    return -1


for _check in (first_wrong_discrete, first_wrong_continuous):
    disk_cache.attach(_check, _check.__name__)
