"""The compiled rasteriser: cells and strokes into pixels, uint8 RGB, without any graphics library.

A frame is (height, width, 3); what is drawn lies in a tile of it, ``(top, left, height, width)`` in pixels. A stroke
is a line with round ends, a disc if both ends are the same; its ends are (row, col) in pixels of the tile.
"""

import math

import numpy as np
from numba import njit

from sakana_envs.core import disk_cache
from sakana_envs.grid.tiles import FOOD, WALL


@njit(nogil=True)
def fill_cells(frame, tile, zoom, corner, cells, layer, colours, shades, beyond):
    """Paint the map on a tile; where a pixel is more than a cell, the mean of its cells.

    ``zoom`` is in pixels per cell, ``corner`` the position (row, col) of the tile's corner in cells. ``colours`` and
    ``shades`` (256, 3) uint8 are for codes and for the values of ``layer``, which shows wherever there is neither wall
    nor food. ``layer`` may be empty. ``beyond`` is the code of what is outside of the map.
    """
    top, left, height, width = tile
    first = np.empty(width, dtype=np.int64)
    last = np.empty(width, dtype=np.int64)
    for x in range(width):
        first[x], last[x] = _cells_of_pixel(corner[1], zoom, x)
    row_before = np.int64(-1 << 60)
    for y in range(height):
        row, row_end = _cells_of_pixel(corner[0], zoom, y)
        if row == row_before and row_end == row + 1:
            frame[top + y, left : left + width] = frame[top + y - 1, left : left + width]
            continue
        row_before = row
        for x in range(width):
            red = green = blue = 0
            for r in range(row, row_end):
                for c in range(first[x], last[x]):
                    if r < 0 or c < 0 or r >= cells.shape[0] or c >= cells.shape[1]:
                        colour = colours[beyond]
                    elif cells[r, c] == WALL or cells[r, c] == FOOD or layer.shape[0] == 0:
                        colour = colours[cells[r, c]]
                    else:
                        colour = shades[layer[r, c]]
                    red += colour[0]
                    green += colour[1]
                    blue += colour[2]
            count = (row_end - row) * (last[x] - first[x])
            frame[top + y, left + x, 0] = red // count
            frame[top + y, left + x, 1] = green // count
            frame[top + y, left + x, 2] = blue // count


@njit
def _cells_of_pixel(corner, zoom, pixel):
    """The cells along one axis of which a pixel shows something: from, to (without)."""
    if zoom >= 1.0:
        cell = np.int64(math.floor(corner + (pixel + 0.5) / zoom))
        return cell, cell + 1
    from_ = np.int64(math.floor(corner + pixel / zoom))
    return from_, max(from_ + 1, np.int64(math.floor(corner + (pixel + 1) / zoom)))


@njit(nogil=True)
def draw_strokes(frame, tile, ends, radius, colours):
    """Draw strokes one over the other, smooth at their edges.

    ``ends`` (strokes, 4) float32 row, col, row, col; ``radius`` (strokes,) float32 in pixels; ``colours`` (strokes, 4)
    uint8 red, green, blue, opacity.
    """
    top, left, height, width = tile
    half = np.float32(0.5)
    for stroke in range(ends.shape[0]):
        row, col = ends[stroke, 0], ends[stroke, 1]
        down, right = ends[stroke, 2] - row, ends[stroke, 3] - col
        square = down * down + right * right
        inverse = np.float32(1.0) / square if square > 0.0 else np.float32(0.0)
        reach = radius[stroke] + half
        reach_square = reach * reach
        full_square = max(radius[stroke] - half, np.float32(0.0)) ** 2
        red, green, blue = int(colours[stroke, 0]), int(colours[stroke, 1]), int(colours[stroke, 2])
        y_first = max(0, int(math.floor(min(row, row + down) - reach)))
        y_last = min(height - 1, int(math.floor(max(row, row + down) + reach)))
        x_first = max(0, int(math.floor(min(col, col + right) - reach)))
        x_last = min(width - 1, int(math.floor(max(col, col + right) + reach)))
        for y in range(y_first, y_last + 1):
            for x in range(x_first, x_last + 1):
                y_off = np.float32(y) + half - row
                x_off = np.float32(x) + half - col
                along = min(max((y_off * down + x_off * right) * inverse, np.float32(0.0)), np.float32(1.0))
                y_off -= along * down
                x_off -= along * right
                distance_square = y_off * y_off + x_off * x_off
                if distance_square < reach_square:
                    share = int(colours[stroke, 3])
                    if distance_square > full_square:
                        share = int(min(reach - math.sqrt(distance_square), np.float32(1.0)) * share)
                    pixel = frame[np.uint64(top + y), np.uint64(left + x)]
                    pixel[0] = _mix(int(pixel[0]), red, share)
                    pixel[1] = _mix(int(pixel[1]), green, share)
                    pixel[2] = _mix(int(pixel[2]), blue, share)


@njit
def _mix(before, after, share):
    """``share`` 255ths of ``after``, the rest of ``before``; all 0 to 255."""
    # Adding half, and a 256th of the sum, divides by 255 and rounds.
    mixed = before * (255 - share) + after * share + 128
    return (mixed + (mixed >> 8)) >> 8


@njit(nogil=True)
def dim_outside(frame, tile, window, share):
    """Darken a tile to ``share`` (0 to 1) outside of ``window``: top, left, bottom, right, in pixels of the tile."""
    top, left, height, width = tile
    scale = int(share * 256.0)
    for y in range(height):
        beside = y < window[0] or y >= window[2]
        for x in range(width):
            if beside or x < window[1] or x >= window[3]:
                for channel in range(3):
                    frame[top + y, left + x, channel] = (int(frame[top + y, left + x, channel]) * scale) >> 8


for _kernel in (fill_cells, draw_strokes, dim_outside):
    disk_cache.attach(_kernel, f"render-{_kernel.__name__}")
