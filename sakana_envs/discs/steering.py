"""What scripted policies share: where to go, and from a direction to a row of a drive's table. They read no world.

``groups`` below are what the sense ``nearest`` writes: ``width`` numbers for each disc, its offset first, last whether
it is there.
"""

import math

import numpy as np
from numba import njit

from sakana_envs.core.trig import sine_cosine
from sakana_envs.discs.drives import TURN, UNICYCLE

_AHEAD = TURN.names.index("ahead")
_STRAIGHT = tuple(UNICYCLE.names.index(f"{pace} straight") for pace in ("stand", "roll", "run"))


@njit
def toward(dx, dy):
    """The row of the table of ``THRUST`` or ``GLIDE`` that points nearest to (dx, dy), right and up; 0 for (0, 0)."""
    if dx == 0.0 and dy == 0.0:
        return 0
    dx, dy = np.float64(dx), np.float64(dy)
    across = 0.41421356 * abs(dx) > abs(dy), 0.41421356 * abs(dy) > abs(dx)  # within an eighth of a turn of an axis
    if across[0]:
        return 1 if dx > 0.0 else 5
    if across[1]:
        return 3 if dy > 0.0 else 7
    if dy > 0.0:
        return 2 if dx > 0.0 else 4
    return 8 if dx > 0.0 else 6


@njit
def turn_toward(ahead, left):
    """The row of the table of ``TURN`` that takes the agent to (ahead, left): it turns, pushes if that is in front.

    In front is what is less than an eighth of a turn off the heading, straight what is less than a fiftieth; 0 for
    (0, 0).
    """
    if ahead == 0.0 and left == 0.0:
        return 0
    push = _AHEAD if ahead > abs(left) else 0
    if ahead > 8.0 * abs(left):
        return push
    return push + (1 if left >= 0.0 else 2)


@njit
def roll_toward(ahead, left):
    """The row of the table of ``UNICYCLE`` that takes the agent to (ahead, left): it turns, runs if that is in front.

    In front is what is less than an eighth of a turn off the heading; it rolls to what is less than a quarter off.
    The turn is hard to what is more than a fourteenth off, none to what is less than a fiftieth. For (0, 0) it stands.
    """
    pace = 2 if ahead > abs(left) else 1 if ahead > 0.0 else 0
    hard = 0 if ahead >= 8.0 * abs(left) and ahead >= 0.0 else 1 if ahead > 2.0 * abs(left) else 2
    return _STRAIGHT[pace] + (hard if left >= 0.0 else -hard)


@njit
def past(dx, dy, x, y, room):
    """The way to (dx, dy) that keeps ``room`` from the middle of what stands at (x, y), on the nearer side of it.

    All are offsets from the agent in the same unit. Returns (dx, dy) if the straight way is clear.
    """
    dx, dy, x, y = np.float64(dx), np.float64(dy), np.float64(x), np.float64(y)
    length = math.sqrt(dx * dx + dy * dy)
    along, across = dx * x + dy * y, dx * y - dy * x  # times length; across: how far it stands to the left of the way
    if along <= 0.0 or along >= length * length or abs(across) >= room * length:
        return dx, dy
    aside = room / length if across > 0.0 else -room / length
    return x + aside * dy, y - aside * dx


@njit
def first_unclaimed(groups, rivals, width):
    """Where the first group begins whose disc is nearer to the agent than to all ``rivals``; 0 if there is none."""
    for group in range(0, groups.size, width):
        x, y = groups[group], groups[group + 1]
        free = groups[group + width - 1] > 0.0
        for rival in range(0, rivals.size, width):
            dx, dy = rivals[rival] - x, rivals[rival + 1] - y
            free &= rivals[rival + width - 1] == 0.0 or dx * dx + dy * dy > x * x + y * y
        if free:
            return group
    return 0


@njit
def away_from(groups, width):
    """The sum of the directions away from discs, each over its distance, in the coordinates of the groups."""
    x, y = 0.0, 0.0
    for group in range(0, groups.size, width):
        dx, dy = np.float64(groups[group]), np.float64(groups[group + 1])
        square = dx * dx + dy * dy + 1e-6
        x -= dx / square
        y -= dy / square
    return x, y


@njit
def free_way(lidar, reach, x, y, ahead, left, wide, most):
    """How many metres a disc can go from (x, y) along the direction (ahead, left), ``most`` at most, as lidar tells.

    ``lidar`` is what ``rays`` wrote for all directions round; ``reach`` is theirs in metres. Nothing is to come nearer
    than ``wide`` to the middle of the disc; what is as near already counts if it lies that way.
    """
    table = sine_cosine(np.float32(2.0 * math.pi / lidar.size))
    turn_sine, turn_cosine = np.float64(table[0]), np.float64(table[1])
    cosine, sine = 1.0, 0.0
    for ray in range(lidar.size):
        if lidar[ray] < 1.0:
            far = reach * np.float64(lidar[ray])
            dx, dy = far * cosine - x, far * sine - y
            along, across = dx * ahead + dy * left, dy * ahead - dx * left
            if along > 0.0 and abs(across) < wide:
                most = min(most, max(0.0, along - math.sqrt(wide * wide - across * across)))
        cosine, sine = cosine * turn_cosine - sine * turn_sine, sine * turn_cosine + cosine * turn_sine
    return most
