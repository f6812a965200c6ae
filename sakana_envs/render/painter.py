"""Scenes as pictures, one or several in a frame."""

import math
from collections.abc import Sequence

import numpy as np

from sakana_envs.core.scalars import is_whole, plain
from sakana_envs.grid.tiles import AGENT, EMPTY, FOOD, WALL
from sakana_envs.render import camera, colours, raster, strokes
from sakana_envs.render.camera import Camera
from sakana_envs.render.scene import Scene
from sakana_envs.render.strokes import Strokes
from sakana_envs.render.track import Track

_GAP = 4
_LEAST_TILE = 8
_FOOD_IS_DRAWN = 3.0
"""From this zoom on, food is a disc; below, its cell's colour."""
_DIMMED = 0.65
_DISCS_IN_VIEW = 25.0
"""As many radii of an agent are its surroundings."""

_NO_LAYER = np.zeros((0, 0), dtype=np.uint8)


class Painter:
    """Paints scenes; keeps trails and headings from one frame of the same worlds to the next.

    All parameters may be changed between frames. In worlds of discs a cell is a square metre, and rows count down from
    the top: y metres are the row ``height - y``.

    Parameters
    ----------
    zoom : pixels per cell; None: as many as fit.
    size : height and width in pixels that a frame has at most.
    follow : an agent that stays in the middle of the picture.
    show_view : whether it is shown what an agent senses: of cells the window that it perceives is framed, and the rest
        darkened; of discs there are lines to what its senses tell of.
    trails : ticks for which agents leave a trail.
    agent : the agent that is marked, and whose view is shown; ``follow`` unless given, else the first.
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
        zoom, follow, trails, agent = plain(zoom), plain(follow), plain(trails), plain(agent)
        if zoom is not None and not (_is_number(zoom, 0.0, 512.0) and zoom > 0.0):
            raise ValueError(f"zoom must be pixels per cell, more than 0 and at most 512, or None, got {zoom!r}")
        if not (isinstance(size, Sequence) and len(size) == 2 and all(_is_number(side, 16, 8192) for side in size)):
            raise ValueError(f"size must be (height, width), each 16 to 8192 pixels, got {size!r}")
        if not _is_number(trails, 0, 1e9):
            raise ValueError(f"trails must be a number of ticks, 0 for none, got {trails!r}")
        for name, index in (("follow", follow), ("agent", agent)):
            if index is not None and not is_whole(index, 0, 2**31):
                raise ValueError(f"{name} must be an agent's index from 0, or None, got {index!r}")
        self.zoom = zoom
        self.size = (plain(size[0]), plain(size[1]))
        self.follow = follow
        self.show_view = show_view
        self.trails = trails
        self.agent = agent
        self.centre = centre
        self._tracks: dict[int, Track] = {}

    def paint(self, scenes: Scene | Sequence[Scene]) -> np.ndarray:
        """A frame, (height, width, 3) uint8, even in both: one scene, or several as tiles with a thin gap.

        Raises ``ValueError`` if there is no scene, or no agent to follow.
        """
        several = [scenes] if isinstance(scenes, Scene) else list(scenes)
        if not several:
            raise ValueError("paint needs at least one scene")
        for name, index in (("follow", self.follow), ("agent", self.agent)):
            agents = min(scene.agents for scene in several)
            if index is not None and index >= agents:
                raise ValueError(f"{name} must be an agent from 0 to {agents - 1}, got {index}")
        rows, cols = _grid(len(several), several[0].cells.shape, self.size)
        tile_size = (
            (self.size[0] - _GAP * (rows - 1)) // rows,
            (self.size[1] - _GAP * (cols - 1)) // cols,
        )
        if min(tile_size) < _LEAST_TILE:
            raise ValueError(
                f"{len(several)} worlds don't fit into {self.size} pixels: show fewer, or take a larger size"
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
            track = self._tracks.setdefault(index, Track())
            track.add(scene, max(1, self.trails))
            self._paint_tile(frame, (top, left, view.height, view.width), view, scene, track)
        return frame

    def camera(self, scene: Scene, size: tuple[int, int] | None = None) -> Camera:
        """Which part of a scene is shown, at most ``size`` pixels large."""
        followed = self.follow is not None
        centre = (float(scene.row[self.follow]), float(scene.col[self.follow])) if followed else self.centre
        window = _surroundings(scene) if followed else None
        margin = scene.radius if followed and self.show_view else 0.0
        if followed and not scene.bounded:
            margin = math.inf
        return camera.aim(scene.cells.shape, size or self.size, self.zoom, centre, window, margin)

    @property
    def _marked(self) -> int | None:
        if self.agent is None and self.follow is None:
            return 0 if self.show_view else None
        return self.follow if self.agent is None else self.agent

    def _paint_tile(self, frame: np.ndarray, tile: tuple, view: Camera, scene: Scene, track: Track) -> None:
        palette = colours.PALETTE.copy()
        palette[AGENT:] = palette[EMPTY]
        drawn_food = view.zoom >= _FOOD_IS_DRAWN
        cells = scene.cells
        if drawn_food:
            cells = np.where(cells == FOOD, np.uint8(EMPTY), cells)
        layer = _NO_LAYER if scene.layer is None else scene.layer
        corner = (view.row, view.col)
        beyond = WALL if scene.bounded else EMPTY
        raster.fill_cells(frame, tile, view.zoom, corner, cells, layer, palette, colours.shades_of(scene), beyond)
        _draw(frame, tile, view, strokes.border(scene, view.zoom))
        if self.trails:
            _draw(frame, tile, view, strokes.trails(scene, track, self.trails))
        if drawn_food:
            _draw(frame, tile, view, strokes.food(scene))
        _draw(frame, tile, view, strokes.things(scene, track, view.zoom, self._marked))
        if self.show_view and self._marked is not None:
            if scene.sizes is None:
                self._frame_view(frame, tile, view, scene)
            elif scene.sights is not None:
                _draw(frame, tile, view, strokes.sights(scene, self._marked, view.zoom))

    def _frame_view(self, frame: np.ndarray, tile: tuple, view: Camera, scene: Scene) -> None:
        row, col = (math.floor(position[self._marked]) for position in (scene.row, scene.col))
        edges = [row - scene.radius, col - scene.radius, row + scene.radius + 1, col + scene.radius + 1]
        offsets = [view.row, view.col] * 2
        window = tuple(round((edge - offset) * view.zoom) for edge, offset in zip(edges, offsets, strict=True))
        raster.dim_outside(frame, tile, window, _DIMMED)
        top, left, bottom, right = edges
        corners = [(top, left), (top, right), (bottom, right), (bottom, left)]
        ends = np.array([[*corners[side], *corners[(side + 1) % 4]] for side in range(4)], dtype=np.float32)
        _draw(frame, tile, view, strokes.strokes(ends, max(0.06, 0.6 / view.zoom), (*colours.WHITE, 200)))


def _surroundings(scene: Scene) -> float:
    """How many cells an agent sees from side to side; of discs, which may see any distance, some of its own size."""
    return 2 * scene.radius + 1 if scene.sizes is None else _DISCS_IN_VIEW * scene.disc


def _is_number(value: object, low: float, high: float) -> bool:
    value = plain(value)
    return isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high


def _grid(count: int, shape: tuple[int, ...], size: tuple[int, int]) -> tuple[int, int]:
    """Rows and columns of tiles such that maps of a shape come out largest."""

    def zoom(cols: int) -> float:
        return min(size[0] / -(-count // cols) / shape[0], size[1] / cols / shape[1])

    cols = max(range(1, count + 1), key=zoom)
    return -(-count // cols), cols


def _draw(frame: np.ndarray, tile: tuple, view: Camera, drawn: Strokes) -> None:
    corner = np.array([view.row, view.col] * 2, dtype=np.float32)
    ends = (drawn.ends - corner) * np.float32(view.zoom)
    raster.draw_strokes(frame, tile, ends, drawn.radius * np.float32(view.zoom), drawn.colours)
