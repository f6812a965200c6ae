"""The colours of pictures: Okabe and Ito's on a dark ground, which colour-blind people tell apart."""

import numpy as np

from sakana_envs.grid import tiles
from sakana_envs.grid.picture import LEVEL
from sakana_envs.grid.tiles import AGENT, EMPTY, FOOD, WALL
from sakana_envs.render.scene import Scene

KIND_COLOURS = [*tiles.KIND_COLOURS, (0, 158, 115), (240, 228, 66), (0, 114, 178), (186, 192, 202)]
"""Colour of each kind: Okabe and Ito's, and grey. Kinds of cells are the first four, and have no food's green."""

PALETTE = np.zeros((256, 3), dtype=np.uint8)
"""Colour of each cell code, (256, 3)."""
PALETTE[EMPTY] = (16, 20, 28)
PALETTE[FOOD] = (0, 158, 115)
PALETTE[WALL] = (96, 100, 108)
PALETTE[AGENT : AGENT + len(KIND_COLOURS)] = KIND_COLOURS
PALETTE.setflags(write=False)

GAP = (48, 54, 64)
"""Colour between tiles."""
WHITE = (255, 255, 255)
"""Colour of what marks the chosen agent and its view."""

_DIM = 0.4
_HEIGHTS = [PALETTE[EMPTY], (24, 42, 74), (38, 74, 112), (66, 112, 142), (112, 150, 166), (168, 190, 190)]


def _heights() -> np.ndarray:
    """A shade for each value of a layer: dark where it is low, light where it is high."""
    at = np.linspace(0, 255, len(_HEIGHTS))
    channels = [np.interp(np.arange(256), at, channel) for channel in np.array(_HEIGHTS, dtype=float).T]
    return np.stack(channels, axis=1).astype(np.uint8)


def _kinds() -> np.ndarray:
    """A dim version of a kind's colour for each value of a layer that says where which kind belongs."""
    colours = np.tile(PALETTE[EMPTY], (256, 1))
    for kind, colour in enumerate(tiles.KIND_COLOURS):
        colours[LEVEL * (kind + 1)] = _DIM * np.array(colour) + (1 - _DIM) * PALETTE[EMPTY]
    return colours


SHADES_OF_HEIGHT = _heights()
"""Colour of each value of a layer, (256, 3)."""
SHADES_OF_KINDS = _kinds()
"""Colour of each value of a layer of kinds, (256, 3)."""


def shades_of(scene: Scene) -> np.ndarray:
    """The colour of each value of a scene's layer, (256, 3) uint8."""
    return SHADES_OF_KINDS if scene.layer_of_kinds else SHADES_OF_HEIGHT
