"""Which cells of a map can be reached from which, in compiled code."""

import numpy as np
from numba import njit

from sakana_envs.core import disk_cache

OPEN, REACHED = 1, 2
"""Marks of cells that can be walked on; 0 is a wall."""


@njit(nogil=True)
def flood(marks, row, col):
    """Mark as reached the open cells that moves to neighbours, diagonal ones too, reach from an open cell.

    ``marks`` (height, width) uint8 are 0 for a wall, 1 for an open cell, and become 2 for a cell that is reached. Cells
    are reached a run at a time, all open ones side by side in a row, so each is looked at a few times at most.
    """
    height, width = marks.shape
    runs = np.empty(height * ((width + 1) // 2), dtype=np.uint32)
    runs[0] = _reach(marks, row, col)
    waiting = 1
    while waiting > 0:
        waiting -= 1
        row, begin = divmod(np.int64(runs[waiting]), width)
        end = begin
        while end < width and marks[row, end] == REACHED:
            end += 1
        for near in range(max(row - 1, 0), min(row + 2, height)):
            for near_col in range(max(begin - 1, 0), min(end + 1, width)):
                if marks[near, near_col] == OPEN:
                    runs[waiting] = _reach(marks, near, near_col)
                    waiting += 1


@njit
def _reach(marks, row, col):
    """Mark the run of open cells around (row, col) as reached; the flat index of its first one."""
    width = marks.shape[1]
    begin = col
    while begin > 0 and marks[row, begin - 1] == OPEN:
        begin -= 1
    end = begin
    while end < width and marks[row, end] == OPEN:
        marks[row, end] = REACHED
        end += 1
    return row * width + begin


disk_cache.attach(flood, "flood")
