"""Rooms of a map of blocks: its open square metres that discs can reach from each other."""

import numpy as np
from numba import njit

BLOCK, OPEN, REACHED = 0, 1, 2
"""What a map marks a square metre with."""


@njit
def square_of(squares, place):
    """Row and column of the square metre that stands at a place of a list."""
    width = squares.shape[1]
    number = np.int64(squares[place // width, place % width])
    return number // width, number % width


@njit
def list_square(squares, place, row, col):
    """Write a square metre at a place of a list."""
    width = squares.shape[1]
    squares[place // width, place % width] = row * width + col


@njit
def swap_squares(squares, place, other):
    """Exchange two places of a list."""
    row, col = square_of(squares, place)
    other_row, other_col = square_of(squares, other)
    list_square(squares, place, other_row, other_col)
    list_square(squares, other, row, col)


@njit
def largest_room(marks, squares):
    """List the open square metres of a map, room by room: where in the list the largest room begins, and its size.

    ``marks`` (height, width) uint8 are 0 for a block and 1 for what is open, which becomes 2. ``squares`` (height,
    width) int32 becomes the list, row after row: ``square_of(squares, place)`` is its entry. From a square metre those
    above, below, to the right and to the left of it are reached: between blocks that touch at a corner nothing passes.
    """
    width = marks.shape[1]
    first, size, end = 0, 0, 0
    for place in range(marks.size):
        begin = end
        end = _reach(marks, squares, place // width, place % width, end)
        looked_at = begin
        while looked_at < end:
            row, col = square_of(squares, looked_at)
            for side in range(4):
                up, right = (1 - side if side % 2 == 0 else 0), (2 - side if side % 2 == 1 else 0)
                end = _reach(marks, squares, row + up, col + right, end)
            looked_at += 1
        if end - begin > size:
            first, size = begin, end - begin
    return first, size


@njit
def _reach(marks, squares, row, col, end):
    """Append a square metre to the list if it is open and not yet there; where the list ends then."""
    height, width = marks.shape
    if 0 <= row < height and 0 <= col < width and marks[row, col] == OPEN:
        marks[row, col] = REACHED
        list_square(squares, end, row, col)
        return end + 1
    return end
