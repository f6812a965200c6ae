"""What stops discs: the walls round the world, blocks, and discs that nothing moves."""

import math

import numpy as np

from sakana_envs.core.inner import inner
from sakana_envs.core.trig import square_root
from sakana_envs.discs.contact import meet, note_bump, within
from sakana_envs.discs.world import FASTEST

_ZERO, _ONE, _TWO = np.float32(0.0), np.float32(1.0), np.float32(2.0)
_SLIM = np.float32(0.99)
"""Share of its radius that a disc keeps clear of what holds it off: roundings cost less than the rest."""
_FASTEST = np.float32(FASTEST)


@inner
def _stop(world, disc, nx, ny, elasticity):
    """Reverse the part of a disc's velocity that goes against the direction (nx, ny), to a share of its speed."""
    speed = world.vx[disc] * nx + world.vy[disc] * ny
    if speed < _ZERO:
        world.vx[disc] = within(world.vx[disc] - (_ONE + elasticity) * speed * nx, _FASTEST)
        world.vy[disc] = within(world.vy[disc] - (_ONE + elasticity) * speed * ny, _FASTEST)
    note_bump(world, disc)


@inner
def hold_in_walls(world, disc):
    """Put a disc that is over the world's edge at its wall; in one that is too narrow for it, in the middle."""
    elasticity = np.float32(world.bounce) * world.elasticity[disc]
    right, top = np.float32(world.width), np.float32(world.height)
    radius_x, radius_y = min(world.radius[disc], right / _TWO), min(world.radius[disc], top / _TWO)
    if world.x[disc] < radius_x:
        world.x[disc] = radius_x
        _stop(world, disc, _ONE, _ZERO, elasticity)
    elif world.x[disc] > right - radius_x:
        world.x[disc] = right - radius_x
        _stop(world, disc, -_ONE, _ZERO, elasticity)
    if world.y[disc] < radius_y:
        world.y[disc] = radius_y
        _stop(world, disc, _ZERO, _ONE, elasticity)
    elif world.y[disc] > top - radius_y:
        world.y[disc] = top - radius_y
        _stop(world, disc, _ZERO, -_ONE, elasticity)


@inner
def hold_off_obstacles(world, disc, fixed):
    """Put a disc that overlaps one that it meets, and that nothing moves, at that one's edge."""
    for place in range(fixed):
        other = np.int64(world.obstacles[place])
        dx, dy = world.x[disc] - world.x[other], world.y[disc] - world.y[other]
        reach = world.radius[disc] + world.radius[other]
        square = dx * dx + dy * dy
        if square < reach * reach and square > _ZERO and meet(world, disc, other) != 0:
            distance = square_root(square)
            nx, ny = dx / distance, dy / distance
            world.x[disc] = world.x[other] + nx * reach
            world.y[disc] = world.y[other] + ny * reach
            _stop(world, disc, nx, ny, world.elasticity[disc] * world.elasticity[other])


@inner
def is_inside(world, col, row):
    """Whether the square metre from (col, row) to (col + 1, row + 1) is one of the world's."""
    return col >= 0 and row >= 0 and col < world.width and row < world.height


@inner
def is_block(world, col, row):
    """Whether a block stands on that square metre."""
    return is_inside(world, col, row) and world.block[row, col] != 0


@inner
def hold_off_blocks(world, disc):
    """Put a disc that overlaps blocks at their edges: first at sides that it faces, then at corners."""
    elasticity = np.float32(world.bounce) * world.elasticity[disc]
    radius = world.radius[disc]
    for corners in range(2):
        first_col, last_col = _squares(world.x[disc], radius, world.width)
        first_row, last_row = _squares(world.y[disc], radius, world.height)
        for row in range(first_row, last_row + 1):
            for col in range(first_col, last_col + 1):
                if world.block[row, col] != 0:
                    _hold_off_block(world, disc, col, row, corners == 1, elasticity)


@inner
def _squares(middle, radius, size):
    """The first and the last column, or row, that a disc reaches into, of those that there are."""
    return max(int(math.floor(middle - radius)), 0), min(int(math.floor(middle + radius)), size - 1)


@inner
def _from_block(x, y, col, row):
    """The way to (x, y) from the nearest place of the square metre from (col, row) to (col + 1, row + 1)."""
    left, low = np.float32(col), np.float32(row)
    return x - min(max(x, left), left + _ONE), y - min(max(y, low), low + _ONE)


@inner
def _hold_off_block(world, disc, col, row, at_corners, elasticity):
    x, y, radius = world.x[disc], world.y[disc], world.radius[disc]
    dx, dy = _from_block(x, y, col, row)
    square = dx * dx + dy * dy
    if square >= radius * radius:
        return
    if square == _ZERO:  # its middle is in the block: out by the nearest side that is free
        _push_out(world, disc, col, row, elasticity)
        return
    if (dx != _ZERO and dy != _ZERO) != at_corners:
        return
    distance = square_root(square)
    nx, ny = dx / distance, dy / distance
    world.x[disc] = x - dx + nx * radius
    world.y[disc] = y - dy + ny * radius
    _stop(world, disc, nx, ny, elasticity)


@inner
def _push_out(world, disc, col, row, elasticity):
    x, y, radius = world.x[disc], world.y[disc], world.radius[disc]
    left, low = np.float32(col), np.float32(row)
    nearest, nx, ny = np.float32(np.inf), _ZERO, _ZERO
    for side in range(4):
        sx, sy = (1 - side if side % 2 == 0 else 0), (2 - side if side % 2 == 1 else 0)
        free = not is_block(world, col + sx, row + sy) and (is_inside(world, col + sx, row + sy) or world.walls == 0.0)
        if side == 0:
            away = left + _ONE - x
        elif side == 1:
            away = low + _ONE - y
        elif side == 2:
            away = x - left
        else:
            away = y - low
        if away < nearest and free:
            nearest, nx, ny = away, np.float32(sx), np.float32(sy)
    if nx == _ZERO and ny == _ZERO:  # none is, so it goes on
        return
    world.x[disc] = x + nx * (nearest + radius)
    world.y[disc] = y + ny * (nearest + radius)
    _stop(world, disc, nx, ny, elasticity)


@inner
def undo_if_wedged(world, disc, fixed, walls, blocks, x, y):
    """Put a disc back to (x, y) if what holds it off pressed it into something, and it overlapped nothing there."""
    pressed = _overlaps(world, disc, fixed, walls, blocks, world.x[disc], world.y[disc])
    if pressed and not _overlaps(world, disc, fixed, walls, blocks, x, y):
        world.x[disc], world.y[disc] = x, y


@inner
def _overlaps(world, disc, fixed, walls, blocks, x, y):
    """Whether a disc that is a little smaller would overlap, at (x, y), what holds it off."""
    radius = _SLIM * world.radius[disc]
    if walls:
        right, top = np.float32(world.width), np.float32(world.height)
        radius_x, radius_y = min(radius, right / _TWO), min(radius, top / _TWO)
        if x < radius_x or x > right - radius_x or y < radius_y or y > top - radius_y:
            return True
    for place in range(fixed):
        other = np.int64(world.obstacles[place])
        dx, dy = x - world.x[other], y - world.y[other]
        reach = radius + world.radius[other]
        if dx * dx + dy * dy < reach * reach and meet(world, disc, other) != 0:
            return True
    if blocks:
        first_col, last_col = _squares(x, radius, world.width)
        first_row, last_row = _squares(y, radius, world.height)
        for row in range(first_row, last_row + 1):
            for col in range(first_col, last_col + 1):
                if world.block[row, col] != 0:
                    dx, dy = _from_block(x, y, col, row)
                    if dx * dx + dy * dy < radius * radius:
                        return True
    return False
