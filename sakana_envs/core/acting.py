"""From actions to vectors: the only difference between the twins of a task."""

from collections.abc import Callable
from typing import Any

import numpy as np

from sakana_envs.core.actions import Actions, Twin
from sakana_envs.core.inner import inner

_MOST_IN_BITS = 31
"""Rows of a table up to which a column of -1, 0 and 1 fits into an int64, two bits for each."""


def compile_act(actions: Actions, use: Callable) -> Callable:
    """A function ``act(world, twin, choices, vectors, row)``: each agent of a world does ``use(world, agent, vector)``.

    ``choices`` (rows * m,) int64 are what a discrete twin's agents choose, m = 1, or a multi-discrete one's, m = k;
    ``vectors`` (rows, k) float32 the continuous one's. ``vector`` is a tuple of k float32. ``row`` is where the world's
    agents begin.
    """
    size = len(actions.coordinates)
    take = _chain([_taken(axis) for axis in range(size)])
    pick = _chain([_picked(actions.table[:, axis], 1, 0) for axis in range(size)])
    pick_each = pick
    if actions.tables is not None:
        pick_each = _chain([_picked(values, size, axis) for axis, values in enumerate(actions.tables)])
    continuous, discrete = int(Twin.CONTINUOUS), int(Twin.DISCRETE)

    @inner(forceinline=True)
    def act(world, twin, choices, vectors, row):
        if twin == continuous:
            for agent in range(world.agents):
                use(world, agent, take(vectors, row + agent))
        elif twin == discrete:
            for agent in range(world.agents):
                use(world, agent, pick(choices, row + agent))
        else:
            for agent in range(world.agents):
                use(world, agent, pick_each(choices, row + agent))

    return act


def _taken(axis: int) -> Callable:
    """A coordinate of a row of vectors."""
    return inner(lambda vectors, row: vectors[np.uint64(row), axis])


def _picked(values: np.ndarray, per_row: int, place: int) -> Callable:
    """The value that one of the choices of a row picks."""
    if len(values) <= _MOST_IN_BITS and np.isin(values, (-1, 0, 1)).all():
        # Shifts are wide arithmetic, and a look-up isn't.
        narrow: Any = np.int32 if 2 * len(values) <= 30 else np.int64
        bits = narrow(sum(int(value + 1) << 2 * choice for choice, value in enumerate(values)))

        @inner
        def pick(choices, row):
            shift = narrow(2 * choices[np.uint64(per_row * row + place)])
            return np.float32(((bits >> shift) & 3) - 1)

        return pick

    values = np.ascontiguousarray(values)  # Numba keeps arrays with gaps by their address, and code with one not at all

    @inner
    def look_up(choices, row):
        return values[np.uint64(choices[np.uint64(per_row * row + place)])]

    return look_up


def _chain(axes: list[Callable]) -> Callable:
    """One function of what each of several returns, as a tuple; Numba has no loops over functions."""
    first = axes[0]
    if len(axes) == 1:
        return inner(lambda array, row: (first(array, row),))
    rest = _chain(axes[1:])
    return inner(lambda array, row: (first(array, row), *rest(array, row)))


def storing(use: Callable, size: int) -> Callable:
    """``use``, after the vector's coordinates have been kept in ``world.action[agent]``, for rules to read."""

    store = use
    for axis in range(size):
        store = _store_one(store, axis)
    return store


def _store_one(rest: Callable, axis: int) -> Callable:
    @inner
    def store(world, agent, vector):
        world.action[agent, axis] = vector[axis]
        rest(world, agent, vector)

    return store
