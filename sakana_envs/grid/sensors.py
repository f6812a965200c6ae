"""What an agent perceives: the window of cell codes around it, and views on that for learners."""

import numpy as np
from numba import njit

from sakana_envs.core import disk_cache
from sakana_envs.core.inner import inner
from sakana_envs.grid.intrinsics import copy_square, count_square, prefetch
from sakana_envs.grid.tiles import AGENT, EMPTY, KINDS


def window_length(radius: int) -> int:
    """Bytes of one window: (2 * radius + 1) squared."""
    return (2 * radius + 1) ** 2


@inner
def window_start(world, agent):
    """Flat index of the first cell of the agent's window."""
    return np.int64(world.cell[agent]) - world.radius * (world.width + 2 * world.radius + 1)


@inner
def fetch_windows(world):
    """Have the map around the agents brought near, for when they look around."""
    for agent in range(world.agents):
        start = window_start(world, agent)
        for row in range(2 * world.radius + 1):
            prefetch(world.codes, start + row * (world.width + 2 * world.radius))


@inner
def copy_window(world, cells, agent, out, row, start):
    """Write the square of ``cells`` that is centred on the agent into ``out[row, start:]``, row by row."""
    copy_square(world, cells, window_start(world, agent), out, row * out.shape[1] + start)


@inner
def sense_position(world, agent, out):
    """Write the agent's position as two bytes, row then column, 0..255 over the map."""
    out[0] = int(world.row[agent] * 256.0 / world.height)
    out[1] = int(world.col[agent] * 256.0 / world.width)


@inner
def count_in_view(world, agent, code):
    """How many cells of the agent's window show ``code``; its own cell counts too."""
    return count_square(world, window_start(world, agent), code, code)


@inner
def count_agents_in_view(world, agent):
    """How many other agents are in the agent's window."""
    return count_square(world, window_start(world, agent), AGENT, AGENT + KINDS - 1) - 1


@njit(nogil=True)
def one_hot(rows, window, categories, head, out):
    """Write byte rows as floats: a plane for each category of each window, then the other bytes divided by 255.

    ``rows`` (n, at least head) uint8 begin with a window of bytes for each of ``categories`` (int64), which says how
    many it has, or 0 for values, which are divided by 255 too; the rest up to ``head`` are features. ``out`` is
    float32, a row for each. A category that doesn't exist is in no plane, and nothing is where an agent doesn't see
    itself in the middle: it is dead.
    """
    scale = np.float32(1.0 / 255.0)
    for row in range(rows.shape[0]):
        if rows[row, window // 2] == EMPTY:
            out[row] = 0.0
            continue
        first = 0
        for layer in range(categories.size):
            count = categories[layer]
            if count > 0:
                out[row, first : first + count * window] = 0.0
                for cell in range(window):
                    code = int(rows[row, layer * window + cell])
                    if code < count:
                        out[row, first + code * window + cell] = 1.0
                first += count * window
            else:
                for cell in range(window):
                    out[row, first + cell] = rows[row, layer * window + cell] * scale
                first += window
        for feature in range(categories.size * window, head):
            out[row, first + feature - categories.size * window] = rows[row, feature] * scale


@njit(nogil=True)
def coarse_map(cells, radius, out):
    """Add up what equal regions of a map show.

    ``cells`` is a world's map with its border, ``out`` (7, regions, regions) float32 of zeros; it becomes the
    share of a region's cells that show each code.
    """
    height = cells.shape[0] - 2 * radius
    width = cells.shape[1] - 2 * radius
    rows, cols = out.shape[1:]
    for row in range(height):
        for col in range(width):
            code = cells[row + radius, col + radius]
            if code < out.shape[0]:
                out[code, row * rows // height, col * cols // width] += 1.0
    for row in range(rows):
        for col in range(cols):
            total = np.float32(0.0)
            for code in range(out.shape[0]):
                total += out[code, row, col]
            if total > 0.0:
                for code in range(out.shape[0]):
                    out[code, row, col] /= total


for _kernel in (one_hot, coarse_map):
    disk_cache.attach(_kernel, _kernel.__name__)
