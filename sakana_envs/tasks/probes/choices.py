"""What probes are made of. What an agent does along columns is its choice, the same number in both twins.

Nobody moves, so that an agent can't note on the map what it should remember; along rows nothing has an effect.
"""

import numpy as np
from numba import njit

EAST, WEST = 3, 7
LONE = {"agents": 1, "height": 1, "width": 1, "radius": 1, "speed": 0.0}
PAIR = {**LONE, "agents": 2, "width": 2}


@njit
def chosen(world, agent):
    """What an agent chose in this tick, -1 to 1."""
    return float(world.action[agent, 1])


@njit
def side_of(choice, least):
    """1 for a choice of more than ``least`` to the east, -1 for one to the west, 0 for neither."""
    return int(choice > least) - int(choice < -least)


@njit
def coin(draw):
    """East or west, as 64 random bits say."""
    return EAST if draw % np.uint64(2) else WEST
