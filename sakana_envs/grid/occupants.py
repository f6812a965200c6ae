"""Who stands in which cell, in worlds whose rules ask; elsewhere nothing is kept, which costs nothing.

A small table, which stays near the processor, has the agent that came last to a cell with the same hash. If that isn't
the one, which is seldom, all agents are looked through. So whatever the table holds, the answer is right.
"""

import numpy as np
from numba.extending import overload

from sakana_envs.core.inner import inner

PLACES = 4
"""Entries of the table for each agent: about an eighth of the agents share theirs with one that came later."""

_FIELD = "occupants"
_GOLDEN = np.uint64(0x9E3779B1)
_LOW = np.uint64(0xFFFFFFFF)


@inner
def _place(table, cell):
    """Where in the table a cell's entry is: by Knuth's multiplicative hash, 6.4 in The Art of Computer Programming."""
    return (((np.uint64(cell) * _GOLDEN) & _LOW) * np.uint64(table.size)) >> np.uint64(32)


@inner
def occupant_of(world, cell):
    """The agent whose cell this is, a flat index; -1 if nobody's is."""
    agent = np.int64(world.occupants[_place(world.occupants, cell)])
    if _is_in(world, agent, cell):
        return agent
    found = -1
    for agent in range(world.agents):
        if _is_in(world, agent, cell):
            found = agent
    return found


@inner
def _is_in(world, agent, cell):
    # The dead, and those without a place yet, have a cell too, the first one, and are at row -1.
    return (np.int64(world.cell[np.uint64(agent)]) == cell) & (world.row[np.uint64(agent)] >= 0.0)


def occupy(world, cell, agent):
    """Keep that an agent came to a cell, a flat index."""
    table = getattr(world, _FIELD, None)
    if table is not None:
        table[_place(table, cell)] = agent


@overload(occupy)
def _occupy_compiled(world, cell, agent):
    if _FIELD not in world.structure.rows:
        return lambda world, cell, agent: None

    def keep(world, cell, agent):
        world.occupants[_place(world.occupants, cell)] = agent

    return keep


def vacate(world):
    """Forget who came where, as an episode begins: a world's bytes don't depend on episodes before."""
    table = getattr(world, _FIELD, None)
    if table is not None:
        table[:] = 0


@overload(vacate)
def _vacate_compiled(world):
    if _FIELD not in world.structure.rows:
        return lambda world: None

    def forget(world):
        for place in range(world.occupants.size):
            world.occupants[np.uint64(place)] = 0

    return forget
