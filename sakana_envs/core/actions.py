"""What agents can do, as data; actions are checked against it before anything moves."""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from sakana_envs.core import disk_cache

_CLIP = "; clip it, for example with clip_actions=True or gymnasium.wrappers.ClipAction"
_COUNTS = ("no", "one", "two", "three", "four", "five", "six")


class Actions(NamedTuple):
    """Vectors that agents act by: the continuous twin's are all in a box, the discrete one's the rows of a table.

    ``low`` and ``high`` (k,) float32 bound the box, ``table`` is (n, k) float32, ``names`` are those of its rows.
    """

    low: np.ndarray
    high: np.ndarray
    table: np.ndarray
    names: tuple[str, ...]

    @property
    def still(self) -> int:
        """The first row of the table that is all zeros, or else the first row."""
        return int((self.table == 0).all(axis=1).argmax())

    def allowed(self, discrete: bool, one: bool = False) -> str:
        """What errors say that actions must be, or that one must."""
        if discrete:
            return f"{'an integer' if one else 'integers'} in 0..{len(self.table) - 1}"
        bounds = {(float(low), float(high)) for low, high in zip(self.low, self.high, strict=True)}
        box = " and ".join(f"[{low:g}, {high:g}]" for low, high in sorted(bounds))
        count = len(self.low)
        number = f"{_COUNTS[count] if count < len(_COUNTS) else count} " if one else ""
        return f"{number}real number{'s' * (count > 1 or not one)} in {box}"


def check_actions(given: Any, actions: Actions, discrete: bool, rows: int) -> np.ndarray:
    """Actions as the array that the kernels take, int64 (rows,) or float32 (rows, k).

    Raises ``TypeError`` or ``ValueError`` naming the first wrong one and what is allowed.
    """
    array = shape_actions(given, actions, discrete, rows)
    if discrete:
        wrong = first_wrong_discrete(array, len(actions.table))
    else:
        wrong = first_wrong_continuous(array, actions.low, actions.high)
    if wrong >= 0:
        raise wrong_action(given, actions, wrong)
    return array


def shape_actions(given: Any, actions: Actions, discrete: bool, rows: int) -> np.ndarray:
    """The same without a look at the actions' values, which the step's kernel takes anyway."""
    array = np.asarray(given)
    shape: tuple[int, ...]
    dtype: type
    if discrete:
        kinds, dtype, shape = "iu", np.int64, (rows,)
    else:
        kinds, dtype, shape = "fiu", np.float32, (rows, len(actions.low))
    if array.dtype.kind not in kinds:
        raise TypeError(f"actions must be {actions.allowed(discrete)}, got {array.dtype}")
    if array.shape != shape:
        raise ValueError(f"actions must have shape {shape}, one row per agent, got {array.shape}")
    if array.dtype != dtype or not array.flags.carray:  # a read-only array is of another type, and compiled for anew
        with np.errstate(over="ignore"):  # what is too large for float32 becomes infinite, and is refused below
            array = np.array(array, dtype=dtype, order="C")
    return array


def clip(given: Any, actions: Actions, rows: int) -> np.ndarray:
    """Continuous actions (rows, k), each brought into the box; what is no number stays none."""
    return np.clip(shape_actions(given, actions, False, rows), actions.low, actions.high)


def random_actions(bits: np.ndarray, actions: Actions, discrete: bool) -> np.ndarray:
    """Uniform actions of 64 random bits (uint64) for each: int64 (rows,) or float32 (rows, 2)."""
    if discrete:
        return (bits % np.uint64(len(actions.table))).astype(np.int64)
    halves = np.stack([bits >> np.uint64(40), bits & np.uint64(2**24 - 1)], axis=1)
    return (halves / (2**23 - 0.5) - 1.0).astype(np.float32)


def wrong_action(given: Any, actions: Actions, row: int) -> ValueError:
    """What to say of a row's action that isn't allowed; ``given`` as it was, before any conversion."""
    given = np.asarray(given)
    allowed = actions.allowed(given.ndim == 1)
    hint = _CLIP if given.ndim > 1 and not np.isnan(given[row]).any() else ""
    return ValueError(f"action {given[row]} of row {row} is not allowed: actions must be {allowed}{hint}")


def wrong_single_action(action: Any, actions: Actions, discrete: bool, clips: bool = False) -> Exception | None:
    """What is wrong with one agent's action, in words of one; None if nothing is. With ``clips`` it may be large."""
    allowed = actions.allowed(discrete, one=True)
    kinds, shape, hint = ("iu", (), "") if discrete else ("fiu", (len(actions.low),), _CLIP)
    try:
        array = np.asarray(action)
    except (TypeError, ValueError):  # lists in lists of different lengths
        return ValueError(f"an action must be {allowed}, got {action!r}")
    if array.dtype.kind not in kinds:
        return TypeError(f"an action must be {allowed}, got {action!r}, of type {array.dtype}")
    if array.shape != shape:
        return ValueError(f"an action must be {allowed}, with shape {shape}, got {array.shape}")
    if discrete:
        fits = bool(0 <= array < len(actions.table))
    else:
        with np.errstate(over="ignore"):
            array32 = array.astype(np.float32)
        fits = bool(((actions.low <= array32) & (array32 <= actions.high)).all())
        fits |= clips and not np.isnan(array).any()
    if not fits:
        hint = "" if np.isnan(array).any() else hint
        return ValueError(f"action {array} is not allowed: an action must be {allowed}{hint}")
    return None


@njit(nogil=True)
def first_wrong_discrete(given, choices):
    """The first row of int64 actions (rows,) with one that isn't in 0..choices-1, or -1."""
    count = np.uint64(choices)
    wrong = 0
    for row in range(given.size):  # looks at all, without a branch: such a loop becomes wide
        wrong |= np.int64(np.uint64(given[row]) >= count)
    if wrong:
        for row in range(given.size):
            if np.uint64(given[row]) >= count:
                return row
    return -1


@njit(nogil=True)
def first_wrong_continuous(given, low, high):
    """The first row of float32 actions (rows, k) with one outside of the box from ``low`` to ``high`` (k,), or -1."""
    lowest, highest = low[0], high[0]
    for axis in range(low.size):
        lowest, highest = max(lowest, low[axis]), min(highest, high[axis])
    wrong = 0
    flat = given.ravel()
    for position in range(flat.size):  # what lies within the bounds of all axes does within those of its own
        wrong |= np.int64(not (lowest <= flat[position] <= highest))  # true for NaN
    if wrong:
        for row in range(given.shape[0]):
            for axis in range(low.size):
                if not (low[axis] <= given[row, axis] <= high[axis]):
                    return row
    return -1


for _check in (first_wrong_discrete, first_wrong_continuous):
    disk_cache.attach(_check, _check.__name__)
