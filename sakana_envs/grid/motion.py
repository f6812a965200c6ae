"""From an action to a motion: the only difference between a task's two twins.

A motion is (row, col) in [-1, 1], to be multiplied by the world's speed. The discrete twin looks it up in
``MOTIONS``; the continuous twin is handed it. Everything after that is the same code.
"""

import numpy as np
from numba import njit

from sakana_envs.core.actions import Actions

STAY = 0
MOTIONS = np.array([(0, 0), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1)], dtype=np.float32)
"""The discrete actions, (9, 2) float32: stay, then the eight neighbours clockwise from north."""
MOTIONS.setflags(write=False)

ACTIONS = Actions(
    low=np.full(2, -1.0, dtype=np.float32),
    high=np.full(2, 1.0, dtype=np.float32),
    table=MOTIONS,
    names=("stay", "north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest"),
)
"""What an agent can do unless its task says more: any motion, or one of those."""

# The table's rows and columns, two bits for each action: a shift is wide arithmetic, a look-up isn't.
_ROWS, _COLS = (sum(int(motion[axis] + 1) << 2 * action for action, motion in enumerate(MOTIONS)) for axis in (0, 1))

_ACTION_OF_SIGNS = np.array([8, 1, 2, 7, 0, 3, 6, 5, 4], dtype=np.int64)


@njit
def toward(d_row, d_col):
    """The discrete action (0..8) that points along the offset (d_row, d_col), both of any size."""
    row = int(d_row > 0) - int(d_row < 0)
    col = int(d_col > 0) - int(d_col < 0)
    return _ACTION_OF_SIGNS[(row + 1) * 3 + col + 1]


@njit
def offset(action):
    """The neighbour (row, col), each -1, 0 or 1, to which a discrete action 0..8 moves at full speed."""
    return int(MOTIONS[action, 0]), int(MOTIONS[action, 1])


@njit
def discrete_motion(actions, row):
    """Motion of a row of int64 actions (rows,), each in 0..8."""
    shift = np.int32(2 * actions[np.uint64(row)])
    return np.float32(((_ROWS >> shift) & 3) - 1), np.float32(((_COLS >> shift) & 3) - 1)


@njit
def continuous_motion(actions, row):
    """Motion of a row of float32 actions (rows, 2), each in [-1, 1]."""
    return actions[np.uint64(row), 0], actions[np.uint64(row), 1]
