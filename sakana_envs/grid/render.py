"""A world as a picture: cells in colours that colour-blind people tell apart. No window, no library."""

import numpy as np

from sakana_envs.grid.simulation import Simulation
from sakana_envs.grid.tiles import AGENT, EMPTY, FOOD, WALL

# Okabe and Ito's palette, on a dark ground.
PALETTE = np.zeros((256, 3), dtype=np.uint8)
PALETTE[EMPTY] = (16, 20, 28)
PALETTE[FOOD] = (0, 158, 115)
PALETTE[WALL] = (96, 100, 108)
PALETTE[AGENT : AGENT + 4] = [(230, 159, 0), (86, 180, 233), (213, 94, 0), (204, 121, 167)]
PALETTE.setflags(write=False)

_LONG_SIDE = 512


def frame(simulation: Simulation, world: int = 0) -> np.ndarray:
    """The map of one world, a square of pixels per cell: (height, width, 3) uint8, at least 512 on the long side."""
    radius = simulation.program.radius
    cells = simulation.view("cells")[world, radius:-radius, radius:-radius]
    zoom = -(-_LONG_SIDE // max(cells.shape))
    return PALETTE[cells].repeat(zoom, axis=0).repeat(zoom, axis=1)
