"""Which part of a map a tile shows, and at what size."""

import math
from typing import NamedTuple

_MOST_LOST = 0.06
"""Cells are made a whole number of pixels wide if the picture gets smaller by no more than this share."""
_WINDOWS_IN_VIEW = 3.0
"""How many of its windows side by side a camera that follows an agent shows, unless a zoom is given."""


class Camera(NamedTuple):
    """``zoom`` in pixels per cell, ``row`` and ``col`` of the tile's corner in cells, the tile's size in pixels."""

    zoom: float
    row: float
    col: float
    height: int
    width: int


def aim(
    shape: tuple[int, int],
    size: tuple[int, int],
    zoom: float | None,
    centre: tuple[float, float] | None,
    window: float | None,
    margin: float,
) -> Camera:
    """The camera for a map of ``shape`` cells in at most ``size`` pixels, (height, width) each.

    ``zoom`` None: the whole map, or, if ``window`` is given, a few windows of that many cells. ``centre`` (row, col) in
    cells, None: the map's; where the map is larger than the tile, the tile stays within the map and ``margin`` cells,
    which may be infinite: then the centre is always in the middle.
    """
    size = (_even_below(size[0]), _even_below(size[1]))
    if zoom is None:
        zoom = min(length / cells for length, cells in zip(size, shape, strict=True))
        if window is not None:
            zoom = max(zoom, min(size) / (_WINDOWS_IN_VIEW * window))
        if math.floor(zoom) >= (1.0 - _MOST_LOST) * zoom:
            zoom = float(math.floor(zoom))
    lengths = [min(length, 2 * math.ceil((zoom * cells - 1e-6) / 2)) for length, cells in zip(size, shape, strict=True)]
    corner = []
    for axis in range(2):
        shown = lengths[axis] / zoom
        middle = shape[axis] / 2 if centre is None else centre[axis]
        first = middle - shown / 2
        first = max(-margin, min(first, shape[axis] + margin - shown))
        if shown >= shape[axis] and math.isfinite(margin):
            first = 0.0
        corner.append(round(first * zoom) / zoom)
    return Camera(zoom, corner[0], corner[1], lengths[0], lengths[1])


def _even_below(length: int) -> int:
    """The largest even number up to ``length``: videos want even sides."""
    return max(2, length - length % 2)
