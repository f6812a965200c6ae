"""What scripted policies share. They read nothing but an agent's own observation.

``view`` is an observation row (uint8) whose first ``window`` bytes are cell codes, the agent in the middle.
"""

import numpy as np
from numba import njit

from sakana_envs.core import rng
from sakana_envs.grid.motion import MOTIONS, STAY, offset
from sakana_envs.grid.tiles import AGENT, EMPTY, FOOD, WALL


@njit
def side(window):
    """Cells along a side of the window."""
    return int(window**0.5)


@njit
def own_kind(view, window):
    """The kind of the agent that looks."""
    return view[window // 2] - AGENT


@njit
def nearest(view, window, code, draw):
    """Offset (row, col) of the nearest cell that shows ``code``, by moves; (0, 0) if none does."""
    return nearest_where(view, window, 0, code, code, draw)


@njit
def nearest_free(view, window, start, value, draw):
    """Offset of the nearest empty cell whose byte in the window at ``start`` is ``value``; (0, 0) if there is none."""
    return nearest_where(view, window, start, value, EMPTY, draw)


@njit
def nearest_where(view, window, start, value, code, draw):
    """Offset of the nearest cell that shows ``code`` and whose byte in the window at ``start`` is ``value``.

    Nearest by moves (Chebyshev distance); the agent's own cell isn't looked at. Each ring of cells is walked round from
    a place that ``draw`` (64 random bits) picks, since a fixed one would make all agents drift one way.
    """
    width = side(window)
    radius = width // 2
    for ring in range(1, radius + 1):
        row, col, row_step, col_step = _place_on_ring(ring, draw)
        for _ in range(8 * ring):
            cell = (row + radius) * width + col + radius
            if view[start + cell] == value and view[cell] == code:
                return row, col
            row += row_step
            col += col_step
            if abs(row) == ring and abs(col) == ring:
                row_step, col_step = col_step, -row_step
    return 0, 0


@njit
def _place_on_ring(ring, draw):
    """A random cell (row, col) at a distance of ``ring``, and the step (row, col) to the next one clockwise."""
    place = rng.scale(draw, 8 * ring)
    edge = place // (2 * ring)
    along = place % (2 * ring)
    if edge == 0:
        return -ring, along - ring, 0, 1
    if edge == 1:
        return along - ring, ring, 1, 0
    if edge == 2:
        return ring, ring - along, 0, -1
    return ring - along, -ring, -1, 0


@njit
def float_features(view, head):
    """The float features of an observation, behind ``head`` bytes: the window, and as many again for each layer."""
    return view[-(-head // 4) * 4 :].view(np.float32)  # they begin at a multiple of four bytes


@njit
def count_seen(view, window, row, col, reach, code):
    """How many cells in view at most ``reach`` rows and columns from the offset (row, col) show ``code``."""
    width = side(window)
    row, col = row + width // 2, col + width // 2
    found = 0
    for near_row in range(max(0, row - reach), min(width, row + reach + 1)):
        for near_col in range(max(0, col - reach), min(width, col + reach + 1)):
            found += view[near_row * width + near_col] == code
    return found


@njit
def pull(view, window, own_weight, other_weight, wall_weight):
    """The sum (row, col) of pulls towards what is in view, each weight / distance: own kind, other kinds, walls."""
    width = side(window)
    radius = width // 2
    own = view[window // 2]
    row_sum = 0.0
    col_sum = 0.0
    for cell in range(window):
        if view[cell] > FOOD and cell != window // 2:
            row = cell // width - radius
            col = cell % width - radius
            weight = wall_weight if view[cell] == WALL else own_weight if view[cell] == own else other_weight
            weight /= row * row + col * col
            row_sum += weight * row
            col_sum += weight * col
    return row_sum, col_sum


@njit
def is_free(view, window, action):
    """Whether the neighbour to which ``action`` 0..8 moves can be entered: it is empty or food."""
    row, col = offset(action)
    return view[window // 2 + row * side(window) + col] <= FOOD


@njit
def steer(view, window, row, col):
    """The action 0..8 whose free neighbour lies best in the direction (row, col); stay if none lies forward."""
    best = STAY
    best_forward = 1e-9
    for action in range(1, MOTIONS.shape[0]):
        row_step, col_step = offset(action)
        if is_free(view, window, action):
            forward = (row_step * row + col_step * col) / (row_step * row_step + col_step * col_step) ** 0.5
            if forward > best_forward:
                best_forward = forward
                best = action
    return best


@njit
def steer_or_turn(view, window, action, draw):
    """``action`` if its neighbour is free, else one of the eight at random."""
    if is_free(view, window, action):
        return action
    return 1 + np.int64(draw % np.uint64(8))


@njit
def steer_or_wander(view, window, row, col, wander, draw):
    """:func:`steer` in the direction (row, col), or if that is (0, 0), :func:`steer_or_turn` with ``wander``."""
    if row == 0 and col == 0:
        return steer_or_turn(view, window, wander, draw)
    return steer(view, window, row, col)
