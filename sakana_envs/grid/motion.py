"""The motions of agents: (row, col) in [-1, 1], to be multiplied by the world's speed."""

import numpy as np
from numba import njit

from sakana_envs.core.actions import Actions

STAY = 0
MOTIONS = np.array([(0, 0), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1)], dtype=np.float32)
"""The discrete actions, (9, 2) float32: stay, then the eight neighbours clockwise from north."""
MOTIONS.setflags(write=False)

MOVES = Actions(
    low=(-1.0, -1.0),
    high=(1.0, 1.0),
    table=MOTIONS,
    names=("stay", "north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"),
    coordinates=("row", "col"),
)
"""What an agent can do unless its task says more: any motion, or one of those."""

BUTTON = len(MOTIONS)
"""The discrete action that stays and presses the button, where ``MOVES`` have one."""

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
