"""What a picture needs of one world, copied out of it at one moment."""

from typing import NamedTuple

import numpy as np

from sakana_envs.core.actions import Twin
from sakana_envs.core.simulation import Simulation


class Scene(NamedTuple):
    """One world at one moment; its arrays are copies, so it stays as it is while the world goes on.

    ``tick`` counts from the episode's start. ``cells`` (height, width) uint8 are cell codes without the border; ``row``
    and ``col`` (agents,) float32 positions in cells; ``kind`` (agents,) uint8; ``reward`` (agents,) float32 of the
    last tick. ``layer`` (height, width) uint8 is the task's picture, or else its first layer, None without one;
    categories are spread over 0 to 255. With ``layer_of_kinds`` its values are kinds, ``picture.LEVEL * (kind + 1)``
    and 0 for none. ``radius`` is that of the sensor.
    """

    tick: int
    cells: np.ndarray
    row: np.ndarray
    col: np.ndarray
    kind: np.ndarray
    reward: np.ndarray
    layer: np.ndarray | None
    radius: int
    discrete: bool
    layer_of_kinds: bool = False


def scene(simulation: Simulation, world: int = 0) -> Scene:
    """What there is to see of a world now. Raises ``IndexError`` for a world that there isn't."""
    if not 0 <= world < simulation.worlds:
        raise IndexError(f"world must be from 0 to {simulation.worlds - 1}, got {world}")
    program = simulation.program
    radius = program.structure.constants["radius"]
    inside = np.s_[world, radius:-radius, radius:-radius]
    layers = dict.fromkeys(program.pictures, 0) | dict(program.senses.layers)
    layer, categories = next(iter(layers.items()), (None, 0))
    spread = 255 // (categories - 1) if categories > 1 else 1
    return Scene(
        tick=int(simulation.view("clock")[world, 0]),
        cells=simulation.view("cells")[inside].copy(),
        row=simulation.view("row")[world].copy(),
        col=simulation.view("col")[world].copy(),
        kind=simulation.view("kind")[world].copy(),
        reward=simulation.view("reward")[world].copy(),
        layer=None if layer is None else simulation.view(layer)[inside] * np.uint8(spread),
        radius=radius,
        discrete=simulation.twin != Twin.CONTINUOUS,
        layer_of_kinds=layer in program.pictures,
    )
