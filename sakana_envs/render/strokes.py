"""What is drawn, as data: lines with round ends and discs, in arrays."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sakana_envs.grid.tiles import EMPTY, FOOD, KIND_COLOURS
from sakana_envs.render import colours
from sakana_envs.render.scene import Scene
from sakana_envs.render.track import Track

_RIMS_FROM = 3.0
"""From this zoom on, the rims of discs keep neighbours apart; below, they would hide them."""


class Strokes(NamedTuple):
    """Lines with round ends, or discs, in the order in which they are drawn.

    ``ends`` (strokes, 4) float32 are row, col, row, col, and ``radius`` (strokes,) float32, both in cells; ``colours``
    (strokes, 4) uint8 are red, green, blue and opacity.
    """

    ends: np.ndarray
    radius: np.ndarray
    colours: np.ndarray


def strokes(ends: np.ndarray, radius: float, colour: tuple[int, ...] | np.ndarray) -> Strokes:
    """Strokes of one radius, in cells; ``colour`` is one for all or one each, with opacity."""
    count = len(ends)
    return Strokes(
        np.ascontiguousarray(ends, dtype=np.float32),
        np.full(count, radius, dtype=np.float32),
        np.ascontiguousarray(np.broadcast_to(np.asarray(colour, dtype=np.uint8), (count, 4))),
    )


def food(scene: Scene) -> Strokes:
    """Food as small discs."""
    centres = np.argwhere(scene.cells == FOOD) + 0.5
    return strokes(np.concatenate([centres, centres], axis=1), 0.3, (*colours.PALETTE[FOOD], 255))


def agents(scene: Scene, track: Track, zoom: float, marked: int | None) -> Strokes:
    """Every agent as a disc; in the continuous twin with a tail, opposite to where it goes."""
    positions = np.stack([scene.row, scene.col], axis=1)
    radius = max(0.42, (1.0 + 0.3 * min(zoom, 3.0)) / zoom)
    rgba = _kind_colours(scene.kind)
    discs = np.concatenate([positions, positions], axis=1)
    parts = [strokes(discs, radius + 0.6 / zoom, (*colours.PALETTE[EMPTY], 170)), strokes(discs, radius, rgba)]
    if not scene.discrete:
        tails = np.concatenate([positions, positions - (radius + 0.2) * track.heading], axis=1)
        parts.insert(1, strokes(tails, 0.45 * radius, rgba))
    parts = [_in_turn(parts)] if zoom >= _RIMS_FROM else parts
    if marked is not None:
        centre = np.concatenate([positions[marked], positions[marked]])[None]
        parts += [
            strokes(centre, radius + max(0.25, 2.5 / zoom), (*colours.WHITE, 255)),
            strokes(centre, radius, rgba[marked]),
        ]
    return _join(parts)


def trails(scene: Scene, track: Track, length: int) -> Strokes:
    """The way of every agent in the last ``length`` ticks, the older the fainter."""
    parts = [strokes(np.zeros((0, 4)), 0.0, (0, 0, 0, 0))]
    for index in range(1, len(track.ticks)):
        before, after = track.positions[index - 1], track.positions[index]
        kept = ~track.jumped(after - before, track.ticks[index] - track.ticks[index - 1])
        age = (scene.tick - track.ticks[index]) / length
        # Opaque, or where two strokes of a way meet there would be a brighter dot.
        rgba = _kind_colours(scene.kind, 0.6 * (1.0 - age))
        parts.append(strokes(np.concatenate([before, after], axis=1)[kept], 0.15, rgba[kept]))
    return _join(parts)


def _kind_colours(kind: np.ndarray, share: float = 1.0) -> np.ndarray:
    """The colour of each agent's kind, (agents, 4); of ``share`` less than 1, the rest is the ground's."""
    table = share * np.array(KIND_COLOURS) + (1.0 - share) * colours.PALETTE[EMPTY]
    return np.concatenate([table, np.full((len(table), 1), 255)], axis=1).astype(np.uint8)[kind]


def _join(parts: Sequence[Strokes]) -> Strokes:
    return Strokes(*[np.concatenate(arrays) for arrays in zip(*parts, strict=True)])


def _in_turn(parts: Sequence[Strokes]) -> Strokes:
    """The first of each part, then the second of each, and so on."""
    turns = [np.stack(arrays, axis=1) for arrays in zip(*parts, strict=True)]
    return Strokes(*[array.reshape(-1, *array.shape[2:]) for array in turns])
