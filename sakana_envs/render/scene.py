"""What a picture needs of one world, copied out of it at one moment."""

from functools import cache
from typing import NamedTuple

import numpy as np

from sakana_envs.core.actions import Twin
from sakana_envs.core.simulation import Simulation
from sakana_envs.discs.drives import TURNING
from sakana_envs.discs.senses import Part, Sense, parts_of
from sakana_envs.discs.sights import places_sensed
from sakana_envs.grid.tiles import EMPTY, WALL

CELL_DISC = 0.42
"""Radius of an agent in worlds of cells."""


class Scene(NamedTuple):
    """One world at one moment; its arrays are copies, so it stays as it is while the world goes on.

    Things are what has a place: agents, then others. Lengths are in cells, which in worlds of discs are metres; rows
    count down from the top. ``tick`` counts from the episode's start. ``cells`` (height, width) uint8 are cell codes
    without the border; ``row`` and ``col`` (things,) float32 positions; ``kind`` (things,) uint8; ``reward`` (agents,)
    float32 of the last tick. ``layer`` (height, width) uint8 is the task's picture, or else its first layer, None
    without one; categories are spread over 0 to 255. With ``layer_of_kinds`` its values are kinds, ``picture.LEVEL *
    (kind + 1)`` and 0 for none. ``radius`` is that of the sensor.

    The others are None in worlds of cells. ``sizes`` (things,) float32 are radii, 0 of what isn't there. ``headings``
    (agents, 2) float32 are where agents look, (row, col), None if they don't turn. ``paces`` (things,) float32 are how
    far things go in a tick at most: what comes farther was put elsewhere. ``sights`` (agents, n, 2) float32 are offsets
    from each agent to what it senses, NaN for nothing, None if its senses tell of no place. ``bounded`` is whether
    there are walls round the map.
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
    sizes: np.ndarray | None = None
    headings: np.ndarray | None = None
    paces: np.ndarray | None = None
    sights: np.ndarray | None = None
    bounded: bool = True

    @property
    def agents(self) -> int:
        """How many agents there are."""
        return len(self.reward)

    @property
    def disc(self) -> float:
        """The radius of an agent, of the largest if they differ; 1 if there is none."""
        return CELL_DISC if self.sizes is None else float(self.sizes[: self.agents].max()) or 1.0


def largest_first(scene: Scene) -> np.ndarray:
    """Indices of all things that are there, so that small ones come to lie on large ones."""
    assert scene.sizes is not None
    return np.argsort(-scene.sizes, kind="stable")[: np.count_nonzero(scene.sizes)]


def scene(simulation: Simulation, world: int = 0) -> Scene:
    """What there is to see of a world now. Raises ``IndexError`` for a world that there isn't."""
    if not 0 <= world < simulation.worlds:
        raise IndexError(f"world must be from 0 to {simulation.worlds - 1}, got {world}")
    kind = simulation.program.engine.name
    if kind not in _KINDS:
        raise ValueError(f"there are no pictures of worlds of {kind} yet")
    return _KINDS[kind](simulation, world)


def _cells(simulation: Simulation, world: int) -> Scene:
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


def _discs(simulation: Simulation, world: int) -> Scene:
    program, agents = simulation.program, simulation.agents
    numbers = dict(zip(program.structure.numbers, simulation.view("numbers")[world].tolist(), strict=True))

    def field(name: str) -> np.ndarray:
        return simulation.view(name)[world]

    sizes = field("radius").copy()
    sizes[:agents][~simulation.alive().reshape(-1, agents)[world]] = 0.0
    headings = np.stack([field("hx"), field("hy")], axis=1)
    parts = _parts(program.senses.parts, tuple(program.structure.constants.items()))
    rows = simulation.observe(np.arange(simulation.worlds) == world)[world * agents : (world + 1) * agents]
    seen = places_sensed(parts, rows, headings, numbers)
    return Scene(
        tick=int(field("clock")[0]),
        cells=np.where(field("block")[::-1] != 0, np.uint8(WALL), np.uint8(EMPTY)),
        row=np.float32(simulation.sizes["height"]) - field("y"),
        col=field("x").copy(),
        kind=field("kind").copy(),
        reward=field("reward").copy(),
        layer=None,
        radius=0,
        discrete=simulation.twin != Twin.CONTINUOUS,
        sizes=sizes,
        headings=_downwards(headings) if program.actions.coordinates[:2] in TURNING else None,
        paces=np.float32(2.0 * numbers["dt"]) * np.hypot(field("vx"), field("vy")) + field("radius"),
        sights=None if seen is None else _downwards(seen),
        bounded=numbers["walls"] > 0.0,
    )


@cache
def _parts(senses: tuple[Sense, ...], constants: tuple[tuple[str, int], ...]) -> list[Part]:
    return parts_of(senses, dict(constants))


def _downwards(offsets: np.ndarray) -> np.ndarray:
    """Offsets (..., 2) to the right and up as (row, col)."""
    return np.stack([-offsets[..., 1], offsets[..., 0]], axis=-1)


_KINDS = {"cells": _cells, "discs": _discs}
"""How a world of each kind is seen."""
