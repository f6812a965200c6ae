"""Which agents there are, and where: what a task's rules may ask and change, so that map and agents agree.

A task whose rules use these words has worlds that keep what they need; the others don't.
"""

from sakana_envs.core.inner import inner, seldom
from sakana_envs.grid.dynamics import cell_at
from sakana_envs.grid.life import put_agent
from sakana_envs.grid.occupants import occupant_of
from sakana_envs.grid.spawn import code_at
from sakana_envs.grid.tiles import AGENT, EMPTY


@inner
def agent_at(world, row, col):
    """The agent that stands in the cell (row, col), or -1 if none does, or the cell is outside of the map."""
    if code_at(world, row, col) < AGENT:
        return -1
    return occupant_of(world, cell_at(world, row, col))


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
