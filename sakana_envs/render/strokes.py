"""What is drawn, as data: lines with round ends and discs, in arrays."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sakana_envs.grid.tiles import EMPTY, FOOD, WALL
from sakana_envs.render import colours
from sakana_envs.render.scene import CELL_DISC, Scene, largest_first
from sakana_envs.render.track import Track

_RIMS_FROM = 3.0
"""From this zoom on, the rims of discs keep neighbours apart; below, they would hide them."""
# In radii of an agent: how far tails go beyond its rim, and half the width of trails.
_TAIL, _TRAIL = 0.2 / CELL_DISC, 0.15 / CELL_DISC


class Strokes(NamedTuple):
    """Lines with round ends, or discs, in the order in which they are drawn.

    ``ends`` (strokes, 4) float32 are row, col, row, col, and ``radius`` (strokes,) float32, both in cells; ``colours``
    (strokes, 4) uint8 are red, green, blue and opacity.
    """

    ends: np.ndarray
    radius: np.ndarray
    colours: np.ndarray


def strokes(ends: np.ndarray, radius: float | np.ndarray, colour: tuple[int, ...] | np.ndarray) -> Strokes:
    """Strokes; ``radius``, in cells, and ``colour``, with opacity, are one for all or one each."""
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


def border(scene: Scene, zoom: float) -> Strokes:
    """The walls round a world of discs: two pixels inside its edges. Round cells there are cells of wall."""
    height, width = scene.cells.shape
    ends = np.array([(0, 0, 0, width), (0, width, height, width), (height, 0, height, width), (0, 0, height, 0)])
    walled = scene.sizes is not None and scene.bounded
    return strokes(ends[: len(ends) * walled], 2.0 / zoom, (*colours.PALETTE[WALL], 255))


def things(scene: Scene, track: Track, zoom: float, marked: int | None) -> Strokes:
    """Everything as a disc, large ones first, with what says where agents look.

    That are lines on those that turn; on others, in the continuous twin, tails opposite to where they go.
    """
    positions = np.stack([scene.row, scene.col], axis=1)
    radius = np.maximum(CELL_DISC if scene.sizes is None else scene.sizes, (1.0 + 0.3 * min(zoom, 3.0)) / zoom)
    rgba = _kind_colours(scene.kind)
    discs = np.concatenate([positions, positions], axis=1)
    parts = [strokes(discs, radius + 0.6 / zoom, (*colours.PALETTE[EMPTY], 170)), strokes(discs, radius, rgba)]
    if not scene.discrete and scene.headings is None:
        length = np.float32(radius + _TAIL * scene.disc).reshape(-1, 1)
        tails = np.concatenate([positions, positions - length * track.heading], axis=1)
        parts.insert(1, strokes(tails, 0.45 * radius, rgba))
    if scene.sizes is not None:
        order = largest_first(scene)
        parts = [_of(part, order) for part in parts]
    parts = [_in_turn(parts)] if zoom * scene.disc >= _RIMS_FROM * CELL_DISC else parts
    if scene.headings is not None:
        parts.append(_headings(scene, positions, radius))
    if marked is not None and (scene.sizes is None or scene.sizes[marked] > 0.0):
        own = float(np.broadcast_to(radius, len(discs))[marked])
        width = max(0.25, 2.5 / zoom) if scene.sizes is None else 3.0 / zoom
        ring = strokes(discs[[marked]], own + width, (*colours.WHITE, 255))
        if scene.sizes is None:
            parts += [ring, strokes(discs[[marked]], own, rgba[marked])]
        else:  # under it, for something smaller may lie on it
            parts.insert(0, ring)
    return _join(parts)


def _headings(scene: Scene, positions: np.ndarray, radius: np.ndarray) -> Strokes:
    """A line on each agent, from its middle to where it looks."""
    assert scene.sizes is not None and scene.headings is not None
    lives = scene.sizes[: scene.agents] > 0.0
    centres, length = positions[: scene.agents][lives], radius[: scene.agents][lives]
    ends = np.concatenate([centres, centres + length[:, None] * scene.headings[lives]], axis=1)
    return strokes(ends, 0.14 * length, (*colours.PALETTE[EMPTY], 255))


def sights(scene: Scene, agent: int, zoom: float) -> Strokes:
    """Lines from an agent's edge to what it senses, with dots where that is: many lines would hide the agent."""
    assert scene.sights is not None and scene.sizes is not None
    offsets = scene.sights[agent]
    offsets = offsets[~np.isnan(offsets[:, 0])]
    place = np.array([scene.row[agent], scene.col[agent]])
    there = place + offsets
    lengths = np.maximum(np.hypot(offsets[:, :1], offsets[:, 1:]), 1e-9)
    lines = np.concatenate([place + offsets * np.minimum(1.0, scene.sizes[agent] / lengths), there], axis=1)
    dots = np.concatenate([there, there], axis=1)
    return _join([strokes(lines, 1.0 / zoom, (*colours.WHITE, 90)), strokes(dots, 2.5 / zoom, (*colours.WHITE, 200))])


def trails(scene: Scene, track: Track, length: int) -> Strokes:
    """The way of everything that moves in the last ``length`` ticks, the older the fainter."""
    parts = [strokes(np.zeros((0, 4)), 0.0, (0, 0, 0, 0))]
    for index in range(1, len(track.ticks)):
        before, after = track.positions[index - 1], track.positions[index]
        kept = ~track.jumps[index]
        age = (scene.tick - track.ticks[index]) / length
        # Opaque, or where two strokes of a way meet there would be a brighter dot.
        rgba = _kind_colours(scene.kind, 0.6 * (1.0 - age))
        width = _TRAIL * (scene.disc if scene.sizes is None else scene.sizes[kept])
        parts.append(strokes(np.concatenate([before, after], axis=1)[kept], width, rgba[kept]))
    return _join(parts)


def _kind_colours(kind: np.ndarray, share: float = 1.0) -> np.ndarray:
    """The colour of each one's kind, (things, 4); of ``share`` less than 1, the rest is the ground's."""
    table = share * np.array(colours.KIND_COLOURS) + (1.0 - share) * colours.PALETTE[EMPTY]
    return np.concatenate([table, np.full((len(table), 1), 255)], axis=1).astype(np.uint8)[kind]


def _join(parts: Sequence[Strokes]) -> Strokes:
    return Strokes(*[np.concatenate(arrays) for arrays in zip(*parts, strict=True)])


def _of(part: Strokes, which: np.ndarray) -> Strokes:
    return Strokes(*[array[which] for array in part])


def _in_turn(parts: Sequence[Strokes]) -> Strokes:
    """The first of each part, then the second of each, and so on."""
    turns = [np.stack(arrays, axis=1) for arrays in zip(*parts, strict=True)]
    return Strokes(*[array.reshape(-1, *array.shape[2:]) for array in turns])
