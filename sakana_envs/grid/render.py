"""A world as a picture: cells in colours that colour-blind people tell apart. No window, no library."""

import numpy as np

from sakana_envs.grid.simulation import Simulation
from sakana_envs.grid.tiles import AGENT, EMPTY, FOOD, KIND_COLOURS, KINDS, WALL

# Okabe and Ito's palette, on a dark ground.
PALETTE = np.zeros((256, 3), dtype=np.uint8)
PALETTE[EMPTY] = (16, 20, 28)
PALETTE[FOOD] = (0, 158, 115)
PALETTE[WALL] = (96, 100, 108)
PALETTE[AGENT : AGENT + KINDS] = KIND_COLOURS
PALETTE.setflags(write=False)

_LAYER_COLOUR = (110, 130, 170)
_LONG_SIDE = 512


def frame(simulation: Simulation, world: int = 0) -> np.ndarray:
    """The map of one world, a square of pixels per cell: (height, width, 3) uint8, at least 512 on the long side."""
    radius = simulation.program.radius
    inside = np.s_[world, radius:-radius, radius:-radius]
    cells = simulation.view("cells")[inside]
    picture = PALETTE[cells]
    for layer in simulation.program.layers[:1]:
        # What agents sense besides codes shows on empty cells, as a shade between the ground and a blue grey.
        value = simulation.view(layer)[inside][..., None] / 255.0
        shade = (PALETTE[EMPTY] * (1.0 - value) + np.array(_LAYER_COLOUR) * value).astype(np.uint8)
        picture = np.where(cells[..., None] == EMPTY, shade, picture)
    zoom = -(-_LONG_SIDE // max(cells.shape))
    return picture.repeat(zoom, axis=0).repeat(zoom, axis=1)
