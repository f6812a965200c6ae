"""What rays find: walls, blocks and discs, in directions that are constants of the compiled code.

Discs are told by two products for each direction, in loops without a branch, which become wide instructions. Blocks are
found by walking from one square metre to the next, at most as many as a straight line can cross.
"""

import math
from collections.abc import Callable

import numpy as np

from sakana_envs.core.compose import write_nothing
from sakana_envs.core.inner import inner
from sakana_envs.core.trig import square_root
from sakana_envs.discs.contact import within
from sakana_envs.discs.senses import turned
from sakana_envs.discs.world import KINDS

_ZERO, _ONE, _TWO = np.float32(0.0), np.float32(1.0), np.float32(2.0)
_NEARLY = np.float32(1.0 - 1e-4)
_LEAST = np.float32(1e-9)
"""What stands for a direction's part along an axis to which it is square."""


@inner
def _seen(distance, scale):
    """A distance as a share of the reach, 0 to 1; what is no number becomes 0."""
    return min(_ONE, max(_ZERO, distance * scale))


def looking_at_walls(
    cosines: np.ndarray,
    sines: np.ndarray,
    start: int,
    reach_of: Callable,
    ahead: bool,
    centre: bool,
    fast: float | None,
) -> Callable:
    """A function that writes from ``out[start]`` on how far walls and blocks are; nothing if start is below 0."""
    if start < 0:
        return write_nothing
    rays = len(cosines)
    full = _NEARLY if centre else _ONE
    pace = None if fast is None else np.float32(1.0 / fast)

    @inner
    def see(world, agent, out):
        reach, x, y = reach_of(world), world.x[agent], world.y[agent]
        hx, hy = world.hx[agent], world.hy[agent]
        right, top = np.float32(world.width), np.float32(world.height)
        walls, scale = world.walls > 0.0, _ONE / reach
        inside = x >= _ZERO and y >= _ZERO and x <= right and y <= top
        of_walls = scale if inside else _ZERO
        for ray in range(rays):
            dx, dy = cosines[ray], sines[ray]
            if ahead:
                dx, dy = hx * dx - hy * dy, hy * dx + hx * dy
            across = (right - x if dx > _ZERO else x) / max(abs(dx), _LEAST)
            along = (top - y if dy > _ZERO else y) / max(abs(dy), _LEAST)
            value = _seen(min(across, along), of_walls)
            out[start + ray] = value if walls and value < full else _ONE
        if world.has_blocks[0] != 0:
            for ray in range(rays):
                dx, dy = cosines[ray], sines[ray]
                if ahead:
                    dx, dy = hx * dx - hy * dy, hy * dx + hx * dy
                out[start + ray] = min(out[start + ray], _seen(_to_block(world, x, y, dx, dy, reach), scale))
        if pace is not None:
            vx, vy = world.vx[agent] * pace, world.vy[agent] * pace
            if ahead:
                vx, vy = turned(world, agent, vx, vy)
            for ray in range(rays):
                speed = within(-(cosines[ray] * vx + sines[ray] * vy), _TWO)
                out[start + rays + ray] = speed if out[start + ray] < _ONE else _ZERO

    return see


@inner
def _to_block(world, x, y, dx, dy, reach):
    """Metres from (x, y) along the direction (dx, dy) to the first block; ``reach`` if there is none as near."""
    over_x, over_y = _ONE / max(abs(dx), _LEAST), _ONE / max(abs(dy), _LEAST)
    right, top = np.float32(world.width), np.float32(world.height)
    come = _ZERO
    if not (x >= _ZERO and y >= _ZERO and x < right and y < top):  # it may come in from outside
        come_x, leave_x = (-x, right - x) if dx > _ZERO else (x - right, x)
        come_y, leave_y = (-y, top - y) if dy > _ZERO else (y - top, y)
        come = max(_ZERO, max(come_x * over_x, come_y * over_y))
        if not come <= min(reach, min(leave_x * over_x, leave_y * over_y)):
            return reach
    col = min(max(int(math.floor(x + come * dx)), 0), world.width - 1)
    row = min(max(int(math.floor(y + come * dy)), 0), world.height - 1)
    next_x = (np.float32(col + 1) - x if dx > _ZERO else x - np.float32(col)) * over_x
    next_y = (np.float32(row + 1) - y if dy > _ZERO else y - np.float32(row)) * over_y
    step_x, cols = (1, world.width - 1 - col) if dx > _ZERO else (-1, col)
    step_y, rows = (1, world.height - 1 - row) if dy > _ZERO else (-1, row)
    while world.block[np.uint64(row), np.uint64(col)] == 0:  # each time with a column or a row less to go
        if next_x < next_y:
            come = next_x
            next_x += over_x
            col += step_x
            cols -= 1
        else:
            come = next_y
            next_y += over_y
            row += step_y
            rows -= 1
        if cols < 0 or rows < 0 or come >= reach:
            return reach
    return come


def looking_at_discs(
    cosines: np.ndarray,
    sines: np.ndarray,
    begins: np.ndarray,
    reach_of: Callable,
    ahead: bool,
    centre: bool,
    fast: float | None,
) -> Callable:
    """A function that brings into ``out``, from ``begins[kind]`` on, the discs of kinds that have one above -1."""
    if (begins < 0).all():
        return write_nothing
    rays, moving = len(cosines), fast is not None
    pace = np.float32(1.0 / (fast or 1.0))

    @inner
    def see(world, agent, out):
        reach, x, y = reach_of(world), world.x[agent], world.y[agent]
        scale, found = _ONE / reach, np.int64(0)
        for disc in range(world.discs):
            kind = np.int64(world.kind[disc]) & (KINDS - 1)
            start = begins[kind]
            if start < 0 or disc == agent:
                continue
            first = centre and (found >> kind) & 1 == 0
            found |= 1 << kind
            dx, dy, radius = world.x[disc] - x, world.y[disc] - y, world.radius[disc]
            limit = reach + radius
            if not dx * dx + dy * dy <= limit * limit + radius * radius:
                continue
            vx, vy = (world.vx[disc] - world.vx[agent]) * pace, (world.vy[disc] - world.vy[agent]) * pace
            if ahead:
                dx, dy = turned(world, agent, dx, dy)
                vx, vy = turned(world, agent, vx, vy)
            for ray in range(rays):
                forth = cosines[ray] * dx + sines[ray] * dy
                aside = cosines[ray] * dy - sines[ray] * dx
                gap = radius * radius - aside * aside
                if centre:
                    hit = (gap >= _ZERO) & (forth >= _ZERO) & (forth <= limit)
                    value = _seen(forth, scale)
                else:
                    inside = square_root(max(gap, _ZERO))
                    hit = (gap >= _ZERO) & (forth + inside >= _ZERO)
                    value = _seen(forth - inside, scale)
                old = out[start + ray]
                hit &= (value < old) | (first & (value <= old))
                out[start + ray] = value if hit else old
                if moving:
                    speed, was = within(cosines[ray] * vx + sines[ray] * vy, _TWO), out[start + rays + ray]
                    out[start + rays + ray] = speed if hit else was

    return see
