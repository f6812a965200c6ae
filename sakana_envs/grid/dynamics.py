"""From a motion to a move: who wants which cell, and who gets it.

Moves are simultaneous. Each agent leaves a claim in the cell that it wants, if that is free, and in the spare bits of
its own cell a mark that says which one it wants. Where there is more than one claim, the marks around tell whose they
are, and the highest draw wins; a draw depends only on the tick and on the contender's cell. So no agent's index
matters, and every loop over agents here may run in any order.

Cells are flat indices into ``world.codes``, which is ``world.cells`` as one row, border included. Here and all over the
engine an index of type ``np.uint64`` is used as it is; of a signed one Numba asks whether it counts from the end.
"""

import numpy as np

from sakana_envs.core import rng
from sakana_envs.core.inner import inner
from sakana_envs.core.lives import lives
from sakana_envs.grid import streams
from sakana_envs.grid.intrinsics import opaque, prefetch
from sakana_envs.grid.occupants import occupy
from sakana_envs.grid.tiles import AGENT, CODE_MASK, EMPTY, FOOD, MARK_SHIFT, WALL

STEPS_PER_CELL = 1024
"""Positions are multiples of 1/1024 cell: exact in float32 for every map, on every device."""

_STEP = np.float32(1.0 / STEPS_PER_CELL)
_ONE = np.float32(1.0)
_ONE_CELL = np.float32(STEPS_PER_CELL)
_ROUNDER = np.float32(1.5 * 2**23)
"""Adding and subtracting it rounds a small float32 to the nearest whole number, halves to even."""

_AHEAD = 16
"""By how many agents a cell is fetched before it is looked at."""

_ONE_CLAIM = 1 << MARK_SHIFT
"""What a cell shows above its code for each agent that may stay or move in."""


@inner
def _mark(row_step, col_step):
    """What an agent adds to its cell to claim the neighbour at (row_step, col_step); more than one claim."""
    return (3 * (row_step + 1) + col_step + 3) << MARK_SHIFT


@inner
def cell_at(world, row, col):
    """Flat index of the map cell (row, col), both counted without the border."""
    return (row + world.radius) * (world.width + 2 * world.radius) + col + world.radius


@inner
def aim(world, agent, motion):
    """Find the agent's target: its position, moved by a motion (row, col, ...), to the nearest 1/1024 cell."""
    speed = np.float32(STEPS_PER_CELL * world.speed) * world.pace[agent]
    world.target_row[agent] = _moved(world.row[agent], speed * motion[0])
    world.target_col[agent] = _moved(world.col[agent], speed * motion[1])


@inner
def keep_velocities(world):
    """Of agents with inertia: each keeps a share of its velocity, and what it aimed at gives the rest."""
    kept = np.float32(world.inertia)
    given = _ONE - kept
    for agent in range(world.agents):
        down, right = world.target_row[agent] - world.row[agent], world.target_col[agent] - world.col[agent]
        world.velocity_row[agent] = kept * world.velocity_row[agent] + given * down
        world.velocity_col[agent] = kept * world.velocity_col[agent] + given * right
        world.target_row[agent] = _moved(world.row[agent], _ONE_CELL * world.velocity_row[agent])
        world.target_col[agent] = _moved(world.col[agent], _ONE_CELL * world.velocity_col[agent])


@inner
def _moved(position, steps):
    """A position along an axis after steps of 1/1024 cell: whole ones, and at most one cell."""
    steps = min(_ONE_CELL, max(-_ONE_CELL, steps))  # in this order what is no number becomes the lowest one
    return position + ((steps + _ROUNDER) - _ROUNDER) * _STEP


@inner
def want(world, agent):
    """The cell in which the agent's target lies, as a flat index."""
    row_step, col_step = _step(world, agent)
    return world.cell[agent] + row_step * (world.width + 2 * world.radius) + col_step


@inner
def claim(world, agent):
    """What the agent's cell shows while the agent claims its target's cell: its code and the mark."""
    row_step, col_step = _step(world, agent)
    return AGENT + world.kind[agent] + _mark(row_step, col_step)


@inner
def _step(world, agent):
    """From the agent's cell to its target's: rows and columns, each -1, 0 or 1."""
    row_step = _floor(world.target_row[agent]) - _floor(world.row[agent])
    col_step = _floor(world.target_col[agent]) - _floor(world.col[agent])
    return row_step, col_step


@inner
def _floor(position):
    # Positions and targets are above -1, and conversion to an integer cuts off towards 0.
    return np.int32(position + _ONE) - 1


@inner(forceinline=True)
def intend(world, agent):
    """Mark the cell that the agent wants, if that is free as the tick begins; else the agent stays where it is.

    Whether agents change their cell, and whether they can, is hard to predict: hence selections, not branches.
    """
    own = np.uint64(world.cell[agent])
    wanted = np.uint64(world.wanted[agent])
    code = np.int64(world.codes[wanted])
    moves = (code & CODE_MASK <= FOOD) | (wanted == own)
    claims = opaque(np.int64(moves))
    world.codes[own] = world.claim[agent]
    world.codes[wanted] = code + (claims << MARK_SHIFT)
    world.bumped[agent] = not moves
    if not moves:
        if code & CODE_MASK == WALL:
            world.wall_bumps[agent] += 1
        else:
            world.agent_bumps[agent] += 1
        _stay(world, agent)
        world.codes[own] = AGENT + world.kind[agent] + _ONE_CLAIM


@inner
def intend_all(world):
    """Mark the cells that all agents want."""
    for agent in range(world.agents):
        prefetch(world.codes, np.int64(world.wanted[np.uint64(min(agent + _AHEAD, world.agents - 1))]))
        if lives(world, agent):
            intend(world, agent)


@inner
def hold_the_dead(world):
    """Dead agents are nowhere, and want to go nowhere."""
    for agent in range(world.agents):
        if not lives(world, agent):
            _stay(world, agent)
            world.bumped[agent] = 0
            world.ate[agent] = 0


@inner
def _stay(world, agent):
    """The agent stays exactly where it is, at rest."""
    if world.inertia > 0.0:
        world.velocity_row[agent] = 0.0
        world.velocity_col[agent] = 0.0
    world.target_row[agent] = world.row[agent]
    world.target_col[agent] = world.col[agent]
    world.wanted[agent] = world.cell[agent]


@inner
def _loses(world, agent):
    """Whether another agent wants the same cell and drew a higher number."""
    own = np.int64(world.cell[agent])
    wanted = np.int64(world.wanted[agent])
    draw = rng.draw(world, streams.CONTEST, own)
    for row_step in range(-1, 2):
        for col_step in range(-1, 2):
            rival = wanted - row_step * (world.width + 2 * world.radius) - col_step
            code = np.int64(world.codes[np.uint64(rival)])
            claims = code & CODE_MASK >= AGENT and code & ~CODE_MASK == _mark(row_step, col_step)
            if claims and rival != own:
                rival_draw = rng.draw(world, streams.CONTEST, rival)
                if rival_draw > draw or (rival_draw == draw and rival > own):
                    return True
    return False


@inner(forceinline=True)
def move(world, agent):
    """Carry out in the map what the agent wants, unless a rival drew a higher number. Returns what it ate (0 or 1)."""
    own = np.uint64(world.cell[agent])
    wanted = np.uint64(world.wanted[agent])
    code = np.int64(world.codes[wanted])
    claims = code & ~CODE_MASK
    # One claim is the agent's own. None: a rival moved in already, so it drew the highest.
    if claims != _ONE_CLAIM and (claims == 0 or _loses(world, agent)):
        _stay(world, agent)
        world.bumped[agent] = 1
        world.agent_bumps[agent] += 1
        wanted = own
        code = AGENT
    ate = np.uint8((code & CODE_MASK) == FOOD)
    world.codes[own] = EMPTY
    world.codes[wanted] = AGENT + world.kind[agent]
    occupy(world, wanted, agent)
    world.ate[agent] = ate
    return np.int64(ate)


@inner
def move_all(world):
    """All agents have marked their targets: settle who moves, and move them."""
    eaten = 0
    for agent in range(world.agents):
        if lives(world, agent):
            eaten += move(world, agent)
    world.food[0] -= eaten
    world.missing_food[0] += eaten
    for agent in range(world.agents):
        world.row[agent] = world.target_row[agent]
        world.col[agent] = world.target_col[agent]
        world.cell[agent] = world.wanted[agent]
