"""A scene as text, for terminals: one character per cell, or per part of a metre among discs, in colours."""

import numpy as np

from sakana_envs.grid.tiles import AGENT, EMPTY, FOOD, WALL
from sakana_envs.render.colours import KIND_COLOURS, PALETTE, shades_of
from sakana_envs.render.scene import Scene, largest_first

SYMBOLS = {EMPTY: ".", FOOD: "o", WALL: "#", **{AGENT + kind: "ABCDEFGH"[kind] for kind in range(len(KIND_COLOURS))}}
"""What cells look like; those that maps have are written as in maps."""

_RESET = "\x1b[0m"
_TALL = 2
"""How many times as high as wide a character is, about; discs should look round."""


def text(scene: Scene, size: tuple[int, int] = (64, 128), coloured: bool = True) -> str:
    """Lines of characters, one per cell, coloured by ANSI codes.

    On a map with more rows or columns than ``size``, a character stands for a square of cells, and shows an agent in
    it, else food, else a wall. Of discs it shows the smallest that has its middle there, or else covers it; characters
    are as high as an agent's radius, and half as wide, or larger where that are more than ``size``.
    """
    if scene.sizes is None:
        side = max(-(-length // limit) for length, limit in zip(scene.cells.shape, size, strict=True))
        cells = _shrink(np.where(scene.cells == WALL, np.uint8(EMPTY), scene.cells), side)
        walls = _shrink((scene.cells == WALL).astype(np.uint8), side)
        cells = np.where((cells == EMPTY) & (walls == 1), np.uint8(WALL), cells)
    else:
        cells = _discs(scene, size)
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


def _discs(scene: Scene, size: tuple[int, int]) -> np.ndarray:
    """A code for each character of a world of discs."""
    assert scene.sizes is not None
    height, width = scene.cells.shape
    side = max(scene.disc, height / size[0], _TALL * width / size[1])
    rows, cols = (
        (np.arange(count) + 0.5) * (length / count)
        for length, count in ((height, max(1, round(height / side))), (width, max(1, round(_TALL * width / side))))
    )
    codes = scene.cells[np.ix_(rows.astype(int), cols.astype(int))].copy()
    for thing in largest_first(scene):
        code, reach = AGENT + scene.kind[thing], scene.sizes[thing]
        down, right = rows[:, None] - scene.row[thing], cols - scene.col[thing]
        codes[down**2 + right**2 < reach**2] = code
        if 0 <= scene.row[thing] < height and 0 <= scene.col[thing] < width:
            codes[abs(down).argmin(), abs(right).argmin()] = code
    return codes


def _colour(layer: int, colour: tuple[int, ...] | np.ndarray) -> str:
    return f"\x1b[{layer};2;{';'.join(str(int(channel)) for channel in colour)}m"
