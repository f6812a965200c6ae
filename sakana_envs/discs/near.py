"""Which discs are near one: all are looked at where there are few, and of many only those in squares around it.

Either way they are found in ascending order, so it makes no difference to anything but time.
"""

import math

import numpy as np

from sakana_envs.core.inner import inner, seldom

MANY = 64
"""Discs up to which all of them are looked at."""

_ZERO = np.float32(0.0)


@seldom
def sort_into_squares(world):
    """Lay a lattice over the discs, of at most as many squares as there are discs, and sort these by their squares."""
    low_x = low_y = np.float32(np.inf)
    high_x = high_y = -np.float32(np.inf)
    largest = _ZERO
    for disc in range(world.discs):
        low_x, high_x = min(low_x, world.x[disc]), max(high_x, world.x[disc])
        low_y, high_y = min(low_y, world.y[disc]), max(high_y, world.y[disc])
        largest = max(largest, world.radius[disc])
    along = int(math.sqrt(world.discs))
    world.squares[0], world.squares[1] = low_x, low_y
    world.squares[2] = np.float32(along) / max(high_x - low_x, np.float32(1e-6))
    world.squares[3] = np.float32(along) / max(high_y - low_y, np.float32(1e-6))
    world.squares[4] = largest
    for square in range(world.discs + 1):
        world.first_in[square] = 0
    for disc in range(world.discs):
        world.square[disc] = _column(world, world.x[disc]) + along * _row(world, world.y[disc])
        world.first_in[world.square[disc] + 1] += 1
    for square in range(world.discs):
        world.first_in[square + 1] += world.first_in[square]
    for disc in range(world.discs - 1, -1, -1):  # from the last square's end, so that first_in ends as it must be
        square = world.square[disc] + 1
        world.first_in[square] -= 1
        world.by_square[world.first_in[square]] = disc
    for square in range(world.discs):
        world.first_in[square] = world.first_in[square + 1]
    world.first_in[world.discs] = world.discs


@inner
def _column(world, x):
    return _place(x, world.squares[0], world.squares[2], world.discs)


@inner
def _row(world, y):
    return _place(y, world.squares[1], world.squares[3], world.discs)


@inner
def _place(value, low, scale, discs):
    """Which square along an axis, 0 to the last; what is no number is in the first."""
    last = np.float32(int(math.sqrt(discs)) - 1)
    return int(min(last, max(_ZERO, (value - low) * scale)))


@inner
def find_near(world, disc, margin):
    """List in ``world.near``, ascending, the later discs whose edges are less than ``margin`` away. Returns how many.

    Discs that nothing moves, and those at the very same place, aren't among them. Where there are many discs they must
    have been sorted into squares since they moved.
    """
    found = 0
    if world.discs <= MANY:
        for each in range(disc + 1, world.discs):
            if _is_near(world, disc, each, margin):
                world.near[found] = each
                found += 1
        return found
    x, y, along = world.x[disc], world.y[disc], int(math.sqrt(world.discs))
    reach = world.radius[disc] + world.squares[4] + margin
    first, last = _column(world, x - reach), _column(world, x + reach)
    for row in range(_row(world, y - reach), _row(world, y + reach) + 1):
        for place in range(world.first_in[along * row + first], world.first_in[along * row + last + 1]):
            other = np.int64(world.by_square[place])
            if other > disc and _is_near(world, disc, other, margin):
                slot = found
                while slot > 0 and world.near[slot - 1] > other:
                    world.near[slot] = world.near[slot - 1]
                    slot -= 1
                world.near[slot] = other
                found += 1
    return found


@inner
def _is_near(world, disc, other, margin):
    dx, dy = world.x[disc] - world.x[other], world.y[disc] - world.y[other]
    reach = world.radius[disc] + world.radius[other] + margin
    square = dx * dx + dy * dy
    return square < reach * reach and square > _ZERO and world.inverse_mass[other] > _ZERO
