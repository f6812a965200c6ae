"""A scene as text, for terminals: one character per cell, in colours."""

import numpy as np

from sakana_envs.grid.tiles import AGENT, EMPTY, FOOD, KINDS, WALL
from sakana_envs.render.colours import PALETTE, shades_of
from sakana_envs.render.scene import Scene

SYMBOLS = {EMPTY: ".", FOOD: "o", WALL: "#", **{AGENT + kind: "ABCD"[kind] for kind in range(KINDS)}}
"""What cells look like; those that maps have are written as in maps."""

_RESET = "\x1b[0m"


def text(scene: Scene, size: tuple[int, int] = (64, 128), coloured: bool = True) -> str:
    """Lines of characters, one per cell, coloured by ANSI codes.

    On a map with more rows or columns than ``size``, a character stands for a square of cells, and shows an agent in
    it, else food, else a wall.
    """
    side = max(-(-length // limit) for length, limit in zip(scene.cells.shape, size, strict=True))
    cells = _shrink(np.where(scene.cells == WALL, np.uint8(EMPTY), scene.cells), side)
    walls = _shrink((scene.cells == WALL).astype(np.uint8), side)
    cells = np.where((cells == EMPTY) & (walls == 1), np.uint8(WALL), cells)
    grounds = None
    if coloured and scene.layer is not None:
        grounds = shades_of(scene)[_shrink(scene.layer, side)]
    lines = []
    for row in range(cells.shape[0]):
        parts = []
        style = ""
        for col in range(cells.shape[1]):
            code = int(cells[row, col])
            if coloured:
                wanted = _colour(38, PALETTE[code] if code != EMPTY else (70, 78, 92))
                if grounds is not None:
                    wanted += _colour(48, grounds[row, col])
                if wanted != style:
                    parts.append(wanted)
                    style = wanted
            parts.append(SYMBOLS[code])
        lines.append("".join(parts) + (_RESET if coloured else ""))
    return "\n".join(lines) + "\n"


def _shrink(values: np.ndarray, side: int) -> np.ndarray:
    """The highest value of each square of cells."""
    rows, cols = (-(-length // side) for length in values.shape)
    padded = np.zeros((rows * side, cols * side), dtype=np.uint8)
    padded[: values.shape[0], : values.shape[1]] = values
    return padded.reshape(rows, side, cols, side).max(axis=(1, 3))


def _colour(layer: int, colour: tuple[int, ...] | np.ndarray) -> str:
    return f"\x1b[{layer};2;{';'.join(str(int(channel)) for channel in colour)}m"
