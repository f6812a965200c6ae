"""Actions are checked before anything moves."""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from sakana_envs.core import disk_cache
from sakana_envs.core.actions import Actions, Twin
from sakana_envs.core.atomics import as_row
from sakana_envs.core.inner import inner

_CLIP = "; clip it, for example with clip_actions=True or gymnasium.wrappers.ClipAction"
_COUNTS = ("no", "one", "two", "three", "four", "five", "six")


def allowed(actions: Actions, twin: Twin, one: bool = False) -> str:
    """What errors say that actions must be, or that one must."""
    limits, size = actions.limits(twin), len(actions.coordinates)
    if twin == Twin.DISCRETE:
        return f"{'an integer' if one else 'integers'} in 0..{limits[0] - 1}"
    number = f"{_COUNTS[size] if size < len(_COUNTS) else size} " if one else ""
    if twin == Twin.MULTIDISCRETE:
        return f"{number}integers in {', '.join(f'0..{limit - 1}' for limit in limits)}"
    bounds = [f"[{low:g}, {high:g}]" for low, high in zip(actions.low, actions.high, strict=True)]
    box = ", ".join(bounds) if len(set(bounds)) > 1 else bounds[0]
    return f"{number}real number{'' if one and size == 1 else 's'} in {box}"


class Form(NamedTuple):
    """The array in which a batch's actions come: NumPy's kinds of dtypes that it may have, and what kernels take."""

    kinds: str
    dtype: Any
    shape: tuple[int, ...]
    actions: Actions
    twin: Twin


def form(actions: Actions, twin: Twin, *rows: int) -> Form:
    """The form of so many rows of actions; of one agent's without ``rows``."""
    size = () if twin == Twin.DISCRETE else (len(actions.coordinates),)
    kinds, dtype = ("fiu", np.float32) if twin == Twin.CONTINUOUS else ("iu", np.int64)
    return Form(kinds, np.dtype(dtype), (*rows, *size), actions, twin)


def check_actions(given: Any, actions: Actions, twin: Twin, rows: int) -> np.ndarray:
    """Actions as an array of the twin's form, int64 (rows,) or (rows, k), or float32 (rows, k).

    Raises ``TypeError`` or ``ValueError`` naming the first wrong one and what is allowed.
    """
    array = shape_actions(given, form(actions, twin, rows))
    if twin == Twin.CONTINUOUS:
        wrong = first_wrong_vector(array, *actions.box)
    else:
        wrong = first_wrong_choice(array.reshape(-1), actions.limits(twin))
    if wrong >= 0:
        raise wrong_action(given, actions, twin, wrong)
    return array


def shape_actions(given: Any, form: Form) -> np.ndarray:
    """The same without a look at the actions' values, which the step's kernel takes anyway."""
    array = np.asarray(given)
    if array.dtype.kind not in form.kinds:
        raise TypeError(f"actions must be {allowed(form.actions, form.twin)}, got {array.dtype}")
    if array.shape != form.shape:
        raise ValueError(f"actions must have shape {form.shape}, one row per agent, got {array.shape}")
    if array.dtype != form.dtype or not array.flags.carray:  # a read-only array is of another type, compiled for anew
        with np.errstate(over="ignore"):  # what is too large for float32 becomes infinite, and is refused below
            array = np.array(array, dtype=form.dtype, order="C")
    return array


def clip(given: Any, actions: Actions, rows: int) -> np.ndarray:
    """Continuous actions (rows, k), each brought into the box; what is no number stays none."""
    return np.clip(shape_actions(given, form(actions, Twin.CONTINUOUS, rows)), actions.low, actions.high)


def random_actions(bits: np.ndarray, actions: Actions, twin: Twin) -> np.ndarray:
    """Uniform actions of random bits, uint64 (rows, at least half as many as coordinates), in the twin's form."""
    if twin == Twin.DISCRETE:
        return (bits[:, 0] % np.uint64(len(actions.table))).astype(np.int64)
    halves = np.stack([bits >> np.uint64(40), bits & np.uint64(2**24 - 1)], axis=2).reshape(len(bits), -1)
    halves = halves[:, : len(actions.low)]
    if twin == Twin.MULTIDISCRETE:
        return (halves % actions.limits(twin).astype(np.uint64)).astype(np.int64)
    low, high = actions.low.astype(np.float64), actions.high.astype(np.float64)
    return np.minimum((high - low) * (halves / (2**24 - 1)) + low, high).astype(np.float32)


def wrong_action(given: Any, actions: Actions, twin: Twin, row: int) -> ValueError:
    """What to say of a row's action that isn't allowed; ``given`` as it was, before any conversion."""
    given = np.asarray(given)
    hint = _CLIP if twin == Twin.CONTINUOUS and not np.isnan(given[row]).any() else ""
    return ValueError(
        f"action {given[row]} of row {row} is not allowed: actions must be {allowed(actions, twin)}{hint}"
    )


def wrong_single_action(action: Any, actions: Actions, twin: Twin, clips: bool = False) -> Exception | None:
    """What is wrong with one agent's action, in words of one; None if nothing is. With ``clips`` it may be large."""
    said = allowed(actions, twin, one=True)
    kinds, dtype, shape, *_ = form(actions, twin)
    try:
        array = np.asarray(action)
    except (TypeError, ValueError):  # lists in lists of different lengths
        return ValueError(f"an action must be {said}, got {action!r}")
    if array.dtype.kind not in kinds:
        return TypeError(f"an action must be {said}, got {action!r}, of type {array.dtype}")
    if array.shape != shape:
        return ValueError(f"an action must be {said}, with shape {shape}, got {array.shape}")
    with np.errstate(over="ignore"):
        row: np.ndarray = array.astype(dtype)[None]
    if twin == Twin.CONTINUOUS:
        row = np.clip(row, actions.low, actions.high) if clips else row
        wrong = first_wrong_vector(row, *actions.box) >= 0
        hint = "" if np.isnan(array).any() else _CLIP
    else:
        wrong, hint = first_wrong_choice(row.reshape(-1), actions.limits(twin)) >= 0, ""
    return ValueError(f"action {array} is not allowed: an action must be {said}{hint}") if wrong else None


@inner
def find_wrong_choice(choices, limits):
    """The first row with a choice (int64, flat) that isn't in 0..limit-1, or -1; ``limits`` are a row's, in turn."""
    wrong = 0
    if limits.size == 1:
        limit = np.uint64(limits[0])
        for position in range(choices.size):  # looks at all, without a branch: such a loop becomes wide
            wrong |= np.int64(np.uint64(choices[position]) >= limit)
        if wrong == 0:
            return -1
    for position in range(choices.size):
        if np.uint64(choices[position]) >= np.uint64(limits[position % limits.size]):
            return position // limits.size
    return -1


@inner
def find_wrong_vector(vectors, low, high, most, least):
    """The first row of vectors (rows, k) float32 with one outside of the box from ``low`` to ``high`` (k,), or -1.

    ``most`` is the highest of ``low``, ``least`` the lowest of ``high``: what lies between them lies in the box.
    """
    wrong = 0
    flat = as_row(vectors)
    for position in range(flat.size):  # as one row, so that the loop becomes wide
        wrong |= np.int64(not (most <= flat[position] <= least))  # true for NaN
    if wrong:
        for row in range(vectors.shape[0]):
            for axis in range(vectors.shape[1]):
                if not (low[axis] <= vectors[row, axis] <= high[axis]):
                    return row
    return -1


@njit(nogil=True)
def first_wrong_choice(choices, limits):
    """:func:`find_wrong_choice`, to be called from Python."""
    return find_wrong_choice(choices, limits)


@njit(nogil=True)
def first_wrong_vector(vectors, low, high, most, least):
    """:func:`find_wrong_vector`, to be called from Python."""
    return find_wrong_vector(vectors, low, high, most, least)


for _check in (first_wrong_choice, first_wrong_vector):
    disk_cache.attach(_check, _check.__name__)
