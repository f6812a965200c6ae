"""Scenes as pictures: what is drawn where, as arrays of strokes, and what is remembered from frame to frame."""

import math
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sakana_envs.grid.tiles import AGENT, EMPTY, FOOD, KIND_COLOURS
from sakana_envs.render import camera, colours, raster
from sakana_envs.render.camera import Camera
from sakana_envs.render.scene import Scene

_GAP = 4
_FOOD_IS_DRAWN = 3.0
"""From this zoom on, food is a disc; below, its cell's colour."""
_DIMMED = 0.65

_NO_LAYER = np.zeros((0, 0), dtype=np.uint8)


class Strokes(NamedTuple):
    """Lines with round ends, or discs, in the order in which they are drawn, see :mod:`sakana_envs.render.raster`."""

    ends: np.ndarray
    radius: np.ndarray
    colours: np.ndarray


class Painter:
    """Paints scenes; keeps trails and headings from one frame of the same worlds to the next.

    Parameters, all of which may be changed between frames
    ----------
    zoom : pixels per cell; None: as many as fit.
    size : height and width in pixels that a frame has at most.
    follow : an agent that stays in the middle of the picture.
    show_view : whether the window that an agent perceives is framed, and the rest darkened.
    trails : ticks for which agents leave a trail.
    agent : the agent that is marked, and whose window is shown; ``follow`` unless given, else the first.
    centre : position (row, col), in cells, in the middle of the picture when no agent is followed.
    """

    def __init__(
        self,
        *,
        zoom: float | None = None,
        size: tuple[int, int] = (512, 512),
        follow: int | None = None,
        show_view: bool = False,
        trails: int = 0,
        agent: int | None = None,
        centre: tuple[float, float] | None = None,
    ) -> None:
        if zoom is not None and not 0.0 < zoom <= 512.0:
            raise ValueError(f"zoom must be pixels per cell, more than 0 and at most 512, or None, got {zoom!r}")
        if len(size) != 2 or not all(16 <= length <= 8192 for length in size):
            raise ValueError(f"size must be (height, width), each 16 to 8192 pixels, got {size!r}")
        if trails < 0:
            raise ValueError(f"trails must be a number of ticks, 0 for none, got {trails!r}")
        for name, index in (("follow", follow), ("agent", agent)):
            if index is not None and index < 0:
                raise ValueError(f"{name} must be an agent's index from 0, or None, got {index!r}")
        self.zoom = zoom
        self.size = size
        self.follow = follow
        self.show_view = show_view
        self.trails = trails
        self.agent = agent
        self.centre = centre
        self._tracks: dict[int, _Track] = {}

    def paint(self, scenes: Scene | Sequence[Scene]) -> np.ndarray:
        """A frame, (height, width, 3) uint8, even in both: one scene, or several as tiles with a thin gap.

        Raises ``ValueError`` if there is no scene, or no agent to follow.
        """
        several = [scenes] if isinstance(scenes, Scene) else list(scenes)
        if not several:
            raise ValueError("paint needs at least one scene")
        for name, index in (("follow", self.follow), ("agent", self.agent)):
            agents = min(len(scene.kind) for scene in several)
            if index is not None and index >= agents:
                raise ValueError(f"{name} must be an agent from 0 to {agents - 1}, got {index}")
        rows, cols = _grid(len(several), several[0].cells.shape, self.size)
        tile_size = (
            (self.size[0] - _GAP * (rows - 1)) // rows,
            (self.size[1] - _GAP * (cols - 1)) // cols,
        )
        cameras = [self.camera(scene, tile_size) for scene in several]
        height = max(view.height for view in cameras)
        width = max(view.width for view in cameras)
        frame = np.empty((rows * (height + _GAP) - _GAP, cols * (width + _GAP) - _GAP, 3), dtype=np.uint8)
        if len(several) > 1:
            frame[:] = colours.GAP
        for index, (scene, view) in enumerate(zip(several, cameras, strict=True)):
            top = index // cols * (height + _GAP) + (height - view.height) // 2
            left = index % cols * (width + _GAP) + (width - view.width) // 2
            track = self._tracks.setdefault(index, _Track())
            track.add(scene, max(1, self.trails))
            self._paint_tile(frame, (top, left, view.height, view.width), view, scene, track)
        return frame

    def camera(self, scene: Scene, size: tuple[int, int] | None = None) -> Camera:
        """Which part of a scene is shown, at most ``size`` pixels large."""
        followed = self.follow is not None
        centre = (float(scene.row[self.follow]), float(scene.col[self.follow])) if followed else self.centre
        window = 2 * scene.radius + 1 if followed else None
        margin = scene.radius if followed and self.show_view else 0
        return camera.aim(scene.cells.shape, size or self.size, self.zoom, centre, window, margin)

    @property
    def _marked(self) -> int | None:
        if self.agent is None and self.follow is None:
            return 0 if self.show_view else None
        return self.follow if self.agent is None else self.agent

    def _paint_tile(self, frame: np.ndarray, tile: tuple, view: Camera, scene: Scene, track: "_Track") -> None:
        palette = colours.PALETTE.copy()
        palette[AGENT:] = palette[EMPTY]
        drawn_food = view.zoom >= _FOOD_IS_DRAWN
        cells = scene.cells
        if drawn_food:
            cells = np.where(cells == FOOD, np.uint8(EMPTY), cells)
        layer = _NO_LAYER if scene.layer is None else scene.layer
        corner = (view.row, view.col)
        raster.fill_cells(frame, tile, view.zoom, corner, cells, layer, palette, colours.shades_of(scene))
        if self.trails:
            _draw(frame, tile, view, track.trails(scene, self.trails))
        if drawn_food:
            _draw(frame, tile, view, _food(scene))
        _draw(frame, tile, view, _agents(scene, track, view.zoom, self._marked))
        if self.show_view and self._marked is not None:
            self._frame_view(frame, tile, view, scene)

    def _frame_view(self, frame: np.ndarray, tile: tuple, view: Camera, scene: Scene) -> None:
        row, col = (math.floor(position[self._marked]) for position in (scene.row, scene.col))
        edges = [row - scene.radius, col - scene.radius, row + scene.radius + 1, col + scene.radius + 1]
        offsets = [view.row, view.col] * 2
        window = tuple(round((edge - offset) * view.zoom) for edge, offset in zip(edges, offsets, strict=True))
        raster.dim_outside(frame, tile, window, _DIMMED)
        top, left, bottom, right = edges
        corners = [(top, left), (top, right), (bottom, right), (bottom, left)]
        ends = np.array([[*corners[side], *corners[(side + 1) % 4]] for side in range(4)], dtype=np.float32)
        _draw(frame, tile, view, _strokes(ends, max(0.06, 0.6 / view.zoom), (*colours.WHITE, 200)))


def _grid(count: int, shape: tuple[int, ...], size: tuple[int, int]) -> tuple[int, int]:
    """Rows and columns of tiles such that maps of a shape come out largest."""

    def zoom(cols: int) -> float:
        return min(size[0] / -(-count // cols) / shape[0], size[1] / cols / shape[1])

    cols = max(range(1, count + 1), key=zoom)
    return -(-count // cols), cols


def _draw(frame: np.ndarray, tile: tuple, view: Camera, strokes: Strokes) -> None:
    corner = np.array([view.row, view.col] * 2, dtype=np.float32)
    ends = (strokes.ends - corner) * np.float32(view.zoom)
    raster.draw_strokes(frame, tile, ends, strokes.radius * np.float32(view.zoom), strokes.colours)


def _strokes(ends: np.ndarray, radius: float, colour: tuple[int, ...] | np.ndarray) -> Strokes:
    """Strokes of one radius, in cells; ``colour`` is one for all or one each, with opacity."""
    count = len(ends)
    return Strokes(
        np.ascontiguousarray(ends, dtype=np.float32),
        np.full(count, radius, dtype=np.float32),
        np.ascontiguousarray(np.broadcast_to(np.asarray(colour, dtype=np.uint8), (count, 4))),
    )


def _food(scene: Scene) -> Strokes:
    centres = np.argwhere(scene.cells == FOOD) + 0.5
    return _strokes(np.concatenate([centres, centres], axis=1), 0.3, (*colours.PALETTE[FOOD], 255))


def _agents(scene: Scene, track: "_Track", zoom: float, marked: int | None) -> Strokes:
    """Every agent as a disc; in the continuous twin with a tail, opposite to where it goes."""
    positions = np.stack([scene.row, scene.col], axis=1)
    radius = max(0.42, (1.0 + 0.25 * min(zoom, 2.0)) / zoom)
    rgba = _kind_colours(scene.kind)
    discs = np.concatenate([positions, positions], axis=1)
    parts = [_strokes(discs, radius + 0.6 / zoom, (*colours.PALETTE[EMPTY], 170)), _strokes(discs, radius, rgba)]
    if not scene.discrete:
        tails = np.concatenate([positions, positions - 0.75 * track.heading], axis=1)
        parts.insert(1, _strokes(tails, 0.45 * radius, rgba))
    if marked is not None:
        centre = np.concatenate([positions[marked], positions[marked]])[None]
        parts += [
            _strokes(centre, radius + max(0.25, 2.5 / zoom), (*colours.WHITE, 255)),
            _strokes(centre, radius, rgba[marked]),
        ]
    return _join(parts)


def _kind_colours(kind: np.ndarray, share: float = 1.0) -> np.ndarray:
    """The colour of each agent's kind, (agents, 4); of ``share`` less than 1, the rest is the ground's."""
    table = share * np.array(KIND_COLOURS) + (1.0 - share) * colours.PALETTE[EMPTY]
    return np.concatenate([table, np.full((len(table), 1), 255)], axis=1).astype(np.uint8)[kind]


def _join(parts: Sequence[Strokes]) -> Strokes:
    return Strokes(*[np.concatenate(arrays) for arrays in zip(*parts, strict=True)])


class _Track:
    """Where the agents of one world were in the frames before."""

    def __init__(self) -> None:
        self.ticks: deque[int] = deque()
        self.positions: deque[np.ndarray] = deque()
        self.heading = np.zeros((0, 2), dtype=np.float32)

    def add(self, scene: Scene, length: int) -> None:
        """Remember a scene, and forget what is more than ``length`` ticks past, or was another episode."""
        positions = np.stack([scene.row, scene.col], axis=1)
        if self.ticks:
            same = positions.shape == self.positions[-1].shape
            if same and scene.tick == self.ticks[-1] and (positions == self.positions[-1]).all():
                return
            if not same or scene.tick <= self.ticks[-1]:
                self.ticks.clear()
                self.positions.clear()
        if not self.ticks:
            self.heading = np.zeros_like(positions)
        else:
            moved = positions - self.positions[-1]
            moves = ((moved[:, 0] != 0) | (moved[:, 1] != 0)) & ~self._jumped(moved, scene.tick - self.ticks[-1])
            self.heading[moves] = moved[moves] / np.linalg.norm(moved[moves], axis=1, keepdims=True)
        self.ticks.append(scene.tick)
        self.positions.append(positions)
        while self.ticks[0] < scene.tick - length:
            self.ticks.popleft()
            self.positions.popleft()

    @staticmethod
    def _jumped(moved: np.ndarray, ticks: int) -> np.ndarray:
        """Who came farther than moves can: it was born again."""
        return (np.abs(moved[:, 0]) > ticks) | (np.abs(moved[:, 1]) > ticks)

    def trails(self, scene: Scene, length: int) -> Strokes:
        """The way of every agent in the last ``length`` ticks, the older the fainter."""
        parts = [_strokes(np.zeros((0, 4)), 0.0, (0, 0, 0, 0))]
        for index in range(1, len(self.ticks)):
            before, after = self.positions[index - 1], self.positions[index]
            kept = ~self._jumped(after - before, self.ticks[index] - self.ticks[index - 1])
            age = (scene.tick - self.ticks[index]) / length
            # Opaque, or where two strokes of a way meet there would be a brighter dot.
            rgba = _kind_colours(scene.kind, 0.6 * (1.0 - age))
            parts.append(_strokes(np.concatenate([before, after], axis=1)[kept], 0.15, rgba[kept]))
        return _join(parts)
