"""Who stands in which cell, kept in worlds whose rules ask; elsewhere nobody keeps it, which costs nothing."""

import numpy as np
from numba.extending import overload

from sakana_envs.grid.intrinsics import prefetch

_FIELD = "occupants"


def occupy(world, cell, agent):
    """Keep that an agent stands in a cell, a flat index. Whether somebody does at all is what the cell shows."""
    occupants = getattr(world, _FIELD, None)
    if occupants is not None:
        occupants[cell] = agent


@overload(occupy)
def _occupy_compiled(world, cell, agent):
    if _FIELD not in world.structure.rows:
        return lambda world, cell, agent: None

    def keep(world, cell, agent):
        world.occupants[np.uint64(cell)] = agent

    return keep


def vacate(world):
    """Forget who stood where, as an episode begins: worlds don't depend on episodes before."""
    occupants = getattr(world, _FIELD, None)
    if occupants is not None:
        occupants[:] = 0


@overload(vacate)
def _vacate_compiled(world):
    if _FIELD not in world.structure.rows:
        return lambda world: None

    def forget(world):
        for cell in range(world.occupants.size):
            world.occupants[np.uint64(cell)] = 0

    return forget


def fetch_occupant(world, cell):
    """Have the place where :func:`occupy` writes brought near."""


@overload(fetch_occupant)
def _fetch_occupant_compiled(world, cell):
    if _FIELD not in world.structure.rows:
        return lambda world, cell: None
    return lambda world, cell: prefetch(world.occupants, np.int64(cell))
