"""From a motion to a move: who wants which cell, and who gets it.

Moves are simultaneous. Each agent marks the neighbouring cell that it wants in the spare bits of its own cell;
then each looks at the cells around its target for rivals, and all of them agree on the winner, since the draw
depends only on the tick and on the contender's cell. So no agent's index matters, and every loop over
agents here may run in any order or in parallel.

Cells are flat indices into ``world.codes``, which is ``world.cells`` as one row, border included.
"""

import numpy as np
from numba import njit

from sakana_envs.grid import rng
from sakana_envs.grid.intrinsics import load_four, opaque
from sakana_envs.grid.tiles import AGENT, CODE_MASK, EMPTY, FOOD, MARK_SHIFT

STEPS_PER_CELL = 1024
"""Positions are multiples of 1/1024 cell: exact in float32 for every map, on every device."""

_STEP = np.float32(1.0 / STEPS_PER_CELL)
_ONE = np.float32(1.0)
_ONE_CELL = np.float32(STEPS_PER_CELL)
_ROUNDER = np.float32(1.5 * 2**23)
"""Adding and subtracting it rounds a small float32 to the nearest whole number, halves to even."""


def _mark(row_step, col_step):
    """What an agent adds to its cell to claim the neighbour at (row_step, col_step); never 0."""
    return (3 * (row_step + 1) + col_step + 2) << MARK_SHIFT


_ABOVE, _BESIDE, _BELOW = (sum(_mark(-row, -col) << 8 * (col + 1) for col in (-1, 0, 1)) for row in (-1, 0, 1))
"""The three cells of each row around a target, as one number each, if all of them claimed it."""

_mark = njit(_mark)


@njit
def cell_at(world, row, col):
    """Flat index of the map cell (row, col), both counted without the border."""
    return (row + world.radius) * (world.width + 2 * world.radius) + col + world.radius


@njit
def _unsigned(index):
    # Numba checks signed indices for being negative; these never are.
    return np.uint64(index)


@njit
def aim(world, agent, position, motion):
    """Where the agent's motion along one axis would end: its position there, moved, to the nearest 1/1024 cell."""
    speed = np.float32(STEPS_PER_CELL * world.speed) * world.pace[agent]
    steps = min(max(speed * motion, -_ONE_CELL), _ONE_CELL)
    return position[agent] + ((steps + _ROUNDER) - _ROUNDER) * _STEP


@njit
def want(world, agent):
    """The cell in which the agent's target lies, as a flat index."""
    row_step, col_step = _step(world, agent)
    return world.cell[agent] + row_step * (world.width + 2 * world.radius) + col_step


@njit
def claim(world, agent):
    """The mark by which the agent would claim its target's cell."""
    row_step, col_step = _step(world, agent)
    return _mark(row_step, col_step)


@njit
def _step(world, agent):
    """From the agent's cell to its target's: rows and columns, each -1, 0 or 1."""
    row_step = _floor(world.target_row[agent]) - _floor(world.row[agent])
    col_step = _floor(world.target_col[agent]) - _floor(world.col[agent])
    return row_step, col_step


@njit
def _floor(position):
    # Positions and targets are above -1, and conversion to an integer cuts off towards 0.
    return np.int32(position + _ONE) - 1


@njit
def intend(world, agent):
    """Mark the cell that the agent wants, if that is free as the tick begins; else the agent stays where it is.

    Whether agents change their cell, and whether they can, is hard to predict: hence selections, not branches.
    """
    own = _unsigned(world.cell[agent])
    wanted = _unsigned(world.wanted[agent])
    free = world.codes[wanted] <= FOOD
    moves = free | (wanted == own)
    world.codes[own] = AGENT + world.kind[agent] + world.claim[agent] * opaque(np.int64(free))
    world.bumped[agent] = not moves
    if not moves:
        _stay(world, agent)


@njit
def _stay(world, agent):
    """The agent stays exactly where it is."""
    world.target_row[agent] = world.row[agent]
    world.target_col[agent] = world.col[agent]
    world.wanted[agent] = world.cell[agent]


@njit(forceinline=True)
def contend(world, agent):
    """Block the agent if a rival for the cell that it wants drew a higher number."""
    wanted = np.int64(world.wanted[agent])
    columns = world.width + 2 * world.radius
    claims = (
        _claims(load_four(world.codes, wanted - columns - 1), _ABOVE)
        + (_claims(load_four(world.codes, wanted - 1), _BESIDE) >> 1)
        + (_claims(load_four(world.codes, wanted + columns - 1), _BELOW) >> 2)
    )
    # One bit is the agent's own claim; nobody claims the cell of an agent that stays.
    contested = claims & (claims - 1) != 0
    if contested and _loses(world, agent, wanted):
        _stay(world, agent)
        world.bumped[agent] = 1


@njit
def _claims(codes, expected):
    """The highest bit of each of three bytes whose mark is the expected one."""
    different = ((((codes ^ expected) >> MARK_SHIFT) & 0x0F0F0F) + 0x7F7F7F) & 0x808080
    return different ^ 0x808080


@njit
def _loses(world, agent, wanted):
    """Whether another agent wants the same cell and drew a higher number."""
    own = np.int64(world.cell[agent])
    draw = rng.draw(world, rng.CONTEST, own)
    for row_step in range(-1, 2):
        for col_step in range(-1, 2):
            rival = wanted - row_step * (world.width + 2 * world.radius) - col_step
            mark = np.int64(world.codes[_unsigned(rival)]) & ~CODE_MASK
            if rival != own and mark == _mark(row_step, col_step):
                rival_draw = rng.draw(world, rng.CONTEST, rival)
                if rival_draw > draw or (rival_draw == draw and rival > own):
                    return True
    return False


@njit
def move(world, agent):
    """Carry out in the map what was settled, also for an agent that stays. Returns what it ate (0 or 1)."""
    wanted = _unsigned(world.wanted[agent])
    ate = np.uint8(world.codes[wanted] == FOOD)
    world.codes[_unsigned(world.cell[agent])] = EMPTY
    world.codes[wanted] = AGENT + world.kind[agent]
    world.ate[agent] = ate
    return np.int64(ate)


@njit
def move_all(world):
    """All agents have marked their targets: settle who moves, and move them."""
    for agent in range(world.agents):
        contend(world, agent)
    eaten = 0
    for agent in range(world.agents):
        eaten += move(world, agent)
    world.food[0] -= eaten
    world.missing_food[0] += eaten
    for agent in range(world.agents):
        world.row[agent] = world.target_row[agent]
    for agent in range(world.agents):
        world.col[agent] = world.target_col[agent]
    for agent in range(world.agents):
        world.cell[agent] = world.wanted[agent]
    for agent in range(world.agents):
        world.respawned[agent] = 0
