"""Maps made by hand: walls, food and the cells where agents appear, from text or from colours.

In text each character is a cell: ``#`` wall, ``.`` or a space empty, ``o`` food, ``A`` a cell where agents may appear
(without any, they appear anywhere). In a picture each pixel is a cell, in the colours of ``COLOURS``.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from sakana_envs.grid.tiles import EMPTY, FOOD, KIND_COLOURS, WALL

SPAWN = 3
"""In a map only: an empty cell where agents may appear."""

SYMBOLS = {".": EMPTY, " ": EMPTY, "o": FOOD, "#": WALL, "A": SPAWN}

COLOURS = {
    EMPTY: [(0, 0, 0), (255, 255, 255), (16, 20, 28)],
    FOOD: [(0, 158, 115), (0, 255, 0)],
    WALL: [(96, 100, 108), (128, 128, 128)],
    SPAWN: [(230, 159, 0), (255, 165, 0)],
}
"""What the pixels of a picture mean; a pixel within ``_TOLERANCE`` of a colour counts as it."""

LEVEL = 63
"""In a picture, a pixel of kind k is ``LEVEL * (k + 1)``, so that it can be sensed as a shade; 0 is no pixel."""

_TOLERANCE = 40
_LONGEST_SIDE = 8192


class Map(NamedTuple):
    """A checked map: ``codes`` (height, width) uint8 of ``EMPTY``, ``FOOD``, ``WALL`` and ``SPAWN``."""

    codes: np.ndarray

    def lists(self, radius: int) -> Mapping[str, np.ndarray]:
        """Flat indices of its cells in a world with a border of ``radius``, as ``Layout`` takes them."""
        padded = np.pad(self.codes, radius, constant_values=EMPTY).ravel()
        named = {"wall_cells": WALL, "food_cells": FOOD, "spawn_cells": SPAWN}
        return {name: np.flatnonzero(padded == code) for name, code in named.items()}


def read_map(source: "str | np.ndarray | Map") -> Map:
    """A map from text, from codes (height, width) or from colours (height, width, 3 or 4) uint8.

    Raises ``ValueError`` for unknown symbols or colours, rows of different lengths, sides over 8192, no place for
    agents, and places that no agent could reach; the message says where.
    """
    if isinstance(source, Map):
        return source
    if isinstance(source, str):
        codes = _from_text(source)
    else:
        array = np.asarray(source)
        _check_sides(array.shape[:2])
        codes = _from_colours(array) if array.ndim == 3 else _from_codes(array)
    _check_reachable(codes)
    return Map(codes)


def _check_sides(shape: tuple[int, ...]) -> None:
    if len(shape) != 2 or not all(1 <= side <= _LONGEST_SIDE for side in shape):
        raise ValueError(
            f"a map must have 1 to {_LONGEST_SIDE} rows and columns, got {shape}; give it as text with a line for each "
            "row, as codes (height, width), or as pixels (height, width, 3 or 4)"
        )


def _from_text(text: str) -> np.ndarray:
    rows = text.strip("\r\n").splitlines() or [""]
    _check_sides((len(rows), len(rows[0])))
    codes = np.zeros((len(rows), len(rows[0])), dtype=np.uint8)
    for row, line in enumerate(rows):
        if len(line) != len(rows[0]):
            raise ValueError(
                f"row {row} of the map has {len(line)} cells, row 0 has {len(rows[0])}; all must have the same number "
                "(count spaces at the ends)"
            )
        for col, symbol in enumerate(line):
            if symbol not in SYMBOLS:
                hint = "" if len(rows) > 1 else "; a file must be named .txt or .png"
                raise ValueError(
                    f"the map has {symbol!r} at row {row}, column {col}; it may have # wall, o food, A where agents "
                    f"may appear, and . or a space for empty{hint}"
                )
            codes[row, col] = SYMBOLS[symbol]
    return codes


def _from_codes(array: np.ndarray) -> np.ndarray:
    if array.dtype.kind not in "iu" or (array.size and not (array.min() >= 0 and array.max() <= SPAWN)):
        raise ValueError("a map of codes must have whole numbers 0 empty, 1 food, 2 wall, 3 where agents appear")
    return array.astype(np.uint8)


def _check_channels(pixels: np.ndarray) -> None:
    if pixels.ndim != 3 or pixels.shape[2] not in (3, 4) or pixels.dtype != np.uint8:
        raise ValueError(
            f"pixels must be uint8 with shape (height, width, 3 or 4), got {pixels.dtype} with shape {pixels.shape}"
        )


def _from_colours(pixels: np.ndarray) -> np.ndarray:
    _check_channels(pixels)
    codes = np.full(pixels.shape[:2], 255, dtype=np.uint8)
    for code, colours in COLOURS.items():
        for colour in colours:
            distance = np.abs(pixels[..., :3].astype(int) - colour).max(axis=2)
            codes[(codes == 255) & (distance <= _TOLERANCE)] = code
    if pixels.shape[2] == 4:
        codes[pixels[..., 3] == 0] = EMPTY
    if (codes == 255).any():
        row, col = np.argwhere(codes == 255)[0]
        raise ValueError(
            f"the map's pixel at row {row}, column {col} has the colour {tuple(pixels[row, col].tolist())}, which "
            "means nothing; take (0, 0, 0) for empty, (0, 255, 0) for food, (128, 128, 128) for a wall and "
            "(255, 165, 0) where agents may appear"
        )
    return codes


def _check_reachable(codes: np.ndarray) -> None:
    free = codes != WALL
    if not free.any():
        raise ValueError("the map has no place for agents: it is all walls")
    starts = np.argwhere(codes == SPAWN)
    reached = _flood(free, tuple(starts[0] if len(starts) else np.argwhere(free)[0]))
    must = free if not len(starts) else (codes == SPAWN) | (codes == FOOD)
    lost = np.argwhere(must & ~reached)
    if len(lost):
        what = {EMPTY: "free cell", FOOD: "food", SPAWN: "place to appear"}[int(codes[tuple(lost[0])])]
        hint = "" if len(starts) else "; mark with A where agents may appear, or open a way"
        raise ValueError(
            f"the map's {what} at row {lost[0][0]}, column {lost[0][1]} can't be reached from the others{hint}"
        )


def _flood(free: np.ndarray, start: tuple[int, ...]) -> np.ndarray:
    """The free cells that moves to neighbours, diagonal ones too, reach from ``start``."""
    reached = np.zeros_like(free)
    reached[start] = True
    edge = [start]
    while edge:
        row, col = edge.pop()
        around = np.s_[max(row - 1, 0) : row + 2, max(col - 1, 0) : col + 2]
        new = free[around] & ~reached[around]
        reached[around] |= new
        edge += [(max(row - 1, 0) + r, max(col - 1, 0) + c) for r, c in np.argwhere(new)]
    return reached


def read_picture(source: "str | np.ndarray", shape: tuple[int, int], kinds: int) -> np.ndarray:
    """A picture of kinds, centred on a map of ``shape``: ``LEVEL * (kind + 1)`` per cell, 0 for none.

    ``source`` is text with the digits of kinds (anything else is nothing), an array of such levels, or colours
    (height, width, 3 or 4), of which each takes the kind whose colour is nearest, black and transparent none.
    Raises ``ValueError`` if it is larger than the map, has other levels, or no pixel at all.
    """
    if isinstance(source, str):
        lines = source.strip("\n").split("\n")
        width = max(map(len, lines))
        digits = [[int(c) + 1 if c.isdecimal() and int(c) < kinds else 0 for c in line.ljust(width)] for line in lines]
        picture = np.array(digits, dtype=np.uint8) * np.uint8(LEVEL)
    else:
        array = np.asarray(source)
        picture = _nearest_kinds(array) * np.uint8(LEVEL) if array.ndim == 3 else _levels(array, kinds)
    if not picture.any():
        raise ValueError("the picture has no pixel of any kind: nothing to form")
    if picture.shape[0] > shape[0] or picture.shape[1] > shape[1]:
        raise ValueError(
            f"the picture is {picture.shape[0]} x {picture.shape[1]}, larger than the map, {shape[0]} x {shape[1]}"
        )
    out = np.zeros(shape, dtype=np.uint8)
    row, col = (shape[0] - picture.shape[0]) // 2, (shape[1] - picture.shape[1]) // 2
    out[row : row + picture.shape[0], col : col + picture.shape[1]] = picture
    return out


def _levels(array: np.ndarray, kinds: int) -> np.ndarray:
    allowed = [LEVEL * level for level in range(kinds + 1)]
    if array.ndim != 2 or not np.isin(array, allowed).all():
        raise ValueError(
            f"a picture must be text, pixels (height, width, 3 or 4), or levels (height, width) of {allowed}, "
            f"{LEVEL} * (kind + 1) and 0 for none; got {array.dtype} with shape {array.shape}"
        )
    return array.astype(np.uint8)


def _nearest_kinds(pixels: np.ndarray) -> np.ndarray:
    _check_channels(pixels)
    palette = np.array([(0, 0, 0), *KIND_COLOURS])
    distance = ((pixels[..., None, :3].astype(int) - palette) ** 2).sum(axis=-1)
    nearest = distance.argmin(axis=-1).astype(np.uint8)
    return np.where(pixels[..., 3] < 128, 0, nearest).astype(np.uint8) if pixels.shape[2] == 4 else nearest
