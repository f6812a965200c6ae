"""Which agents there are, and where: what a task's rules may ask and change, so that map and agents agree.

A task whose rules use these words has worlds that keep what they need; the others don't.
"""

import math

import numpy as np

from sakana_envs.core.inner import inner, seldom
from sakana_envs.core.lives import lives
from sakana_envs.core.rng import below
from sakana_envs.grid.dynamics import cell_at
from sakana_envs.grid.life import put_agent
from sakana_envs.grid.motion import offset
from sakana_envs.grid.occupants import occupant_of
from sakana_envs.grid.spawn import code_at
from sakana_envs.grid.tiles import AGENT, EMPTY


@inner
def agent_at(world, row, col):
    """The agent that stands in the cell (row, col), or -1 if none does, or the cell is outside of the map."""
    if code_at(world, row, col) < AGENT:
        return -1
    return occupant_of(world, cell_at(world, row, col))


@inner
def cell_of(world, agent):
    """The cell (row, col) in which a living agent is."""
    return int(world.row[agent]), int(world.col[agent])


@inner
def here(world, agent):
    """Where memory per cell has the cell of a living agent: row and column of the map with its border."""
    return int(world.row[agent]) + world.radius, int(world.col[agent]) + world.radius


@inner
def agent_beside(world, stream, agent, kind=-1):
    """An agent in one of the eight cells around another one, -1 if none is; of one ``kind`` if that is given.

    The cells are walked round clockwise from one that ``stream`` draws, as in :func:`.below`.
    """
    row, col = cell_of(world, agent)
    first = below(world, stream, row * world.width + col, 8)
    for turn in range(8):
        d_row, d_col = offset(1 + (first + turn) % 8)
        other = agent_at(world, row + d_row, col + d_col)
        if other >= 0 and (kind < 0 or world.kind[other] == kind):
            return other
    return -1


@inner
def sum_in_view(world, agent, values):
    """The sum of the values of the agents in an agent's window, its own too."""
    row, col = cell_of(world, agent)
    total = 0.0
    for near_row in range(row - world.radius, row + world.radius + 1):
        for near_col in range(col - world.radius, col + world.radius + 1):
            other = agent_at(world, near_row, near_col)
            if other >= 0:
                total += values[other]
    return total


@inner
def center_distance(world, agent):
    """Cells from an agent to the middle of the map."""
    return math.sqrt((world.row[agent] - world.height / 2) ** 2 + (world.col[agent] - world.width / 2) ** 2)


@inner
def presses(world, agent):
    """Whether a living agent presses the button of :meth:`.Actions.with_button`, and stands as who presses it does.

    That is, the third coordinate of its action is above a half, and the first two, its motion, are less than that.
    """
    moves = max(abs(world.action[agent, 0]), abs(world.action[agent, 1])) >= 0.5
    return lives(world, agent) and not moves and world.action[agent, 2] > 0.5


@inner
def show_agents(world, layer, values):
    """Write 255 times each living agent's value, of [0, 1], into a layer at the agent's cell, and 0 elsewhere."""
    layer[:] = 0
    for agent in range(world.agents):
        if is_alive(world, agent):
            layer[here(world, agent)] = np.uint8(255.0 * values[agent])


@seldom
def move_agent(world, agent, rows, cols):
    """Shift an agent by whole cells, if the cell there is empty. Returns whether it did.

    Unlike :func:`.place_agent` it leaves the agent where in its cell it is.
    """
    if world.row[agent] < 0.0:
        return False
    row, col = int(world.row[agent]) + rows, int(world.col[agent]) + cols
    if code_at(world, row, col) != EMPTY:
        return False
    down, right = world.row[agent] + rows, world.col[agent] + cols
    world.codes[world.cell[agent]] = EMPTY
    put_agent(world, agent, cell_at(world, row, col))
    world.row[agent] = down
    world.col[agent] = right
    return True


@inner
def is_alive(world, agent):
    """Whether an agent lives."""
    return world.alive[agent] != 0


@seldom
def remove_agent(world, agent):
    """Let an agent die, and its cell be empty. Returns whether it lived.

    It is ``terminated`` in this tick, unless it is revived at once. From the next one on it does nothing, sees zeros
    and is paid 0, until it is revived or its world begins anew. An episode in which nobody lives is over.
    """
    if world.alive[agent] == 0:
        return False
    world.alive[agent] = 0
    world.died[agent] = 1
    if world.row[agent] >= 0.0:
        world.codes[world.cell[agent]] = EMPTY
    world.row[agent] = -1.0
    world.col[agent] = -1.0
    world.velocity_row[agent] = 0.0
    world.velocity_col[agent] = 0.0
    world.cell[agent] = cell_at(world, 0, 0)
    return True


@seldom
def revive_agent(world, agent, row, col):
    """Let a dead agent live again, in the middle of the cell (row, col), if that is empty. Returns whether it does."""
    if world.alive[agent] != 0 or code_at(world, row, col) != EMPTY:
        return False
    world.alive[agent] = 1
    world.died[agent] = 0
    put_agent(world, agent, cell_at(world, row, col))
    return True
