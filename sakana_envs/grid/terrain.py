"""Maps made by hand: walls, food and the cells where agents appear, from text or from colours.

In text each character is a cell: ``#`` wall, ``.`` or a space empty, ``o`` food, ``A`` a cell where agents may appear
(without any, they appear anywhere). In a picture each pixel is a cell, in the colours of ``COLOURS``.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sakana_envs.grid.flood import OPEN, flood
from sakana_envs.grid.tiles import EMPTY, FOOD, WALL

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

_TOLERANCE = 40
_UNKNOWN = 255
LONGEST_SIDE = 8192
"""Of a map, in cells."""

ROWS_AT_ONCE = 64
"""Rows of pixels that are looked at together, since what is reckoned with takes more memory than they do."""


class Map(NamedTuple):
    """A checked map: ``codes`` (height, width) uint8 of ``EMPTY``, ``FOOD``, ``WALL`` and ``SPAWN``."""

    codes: np.ndarray

    @property
    def sizes(self) -> Mapping[str, int]:
        """Those of the worlds that have it."""
        return dict(zip(("height", "width"), self.codes.shape, strict=True))

    def lists(self, constants: Mapping[str, int]) -> Mapping[str, np.ndarray]:
        """Flat indices of its cells in a world with a border of the radius, as ``Layout`` takes them."""
        padded = np.pad(self.codes, constants["radius"], constant_values=EMPTY).ravel()
        named = {"wall_cells": WALL, "food_cells": FOOD, "spawn_cells": SPAWN}
        return {name: np.flatnonzero(padded == code) for name, code in named.items()}


def are_several(source: Any) -> bool:
    """Whether a source is a list of sources; one of rows of numbers is a map of codes."""
    if not isinstance(source, (list, tuple)) or isinstance(source, Map) or not source:
        return False
    return isinstance(source[0], (str, Path, Map)) or np.ndim(np.asarray(source[0], dtype=object)) >= 2


def read_maps(source: Any, given: Mapping[str, Any]) -> tuple[Map, ...]:
    """The map of a source, or those of a list of sources, all of one size; what else was given says nothing about them.

    Raises ``ValueError`` as :func:`read_map`, naming which map is wrong.
    """
    if not are_several(source):
        return (read_map(source),)
    maps = []
    for number, each in enumerate(source):
        try:
            maps.append(read_map(each))
        except ValueError as error:
            raise ValueError(f"map {number}: {error}") from None
        if maps[0].codes.shape != maps[-1].codes.shape:
            sides = [" x ".join(str(side) for side in one.codes.shape) for one in (maps[-1], maps[0])]
            raise ValueError(f"map {number} has {sides[0]} cells and map 0 has {sides[1]}: all must have the same size")
    return tuple(maps)


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
    if len(shape) != 2 or not all(1 <= side <= LONGEST_SIDE for side in shape):
        raise ValueError(
            f"a map must have 1 to {LONGEST_SIDE} rows and columns, got {shape}; give it as text with a line for each "
            "row, as codes (height, width), or as pixels (height, width, 3 or 4)"
        )


def as_lines(text: str) -> str:
    """The text without empty lines around it, each line ended by a newline."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n") + "\n"


def as_bytes(text: str) -> np.ndarray:
    """A byte for each character, those beyond Latin letters as question marks."""
    return np.frombuffer(text.encode("latin-1", "replace"), dtype=np.uint8)


def _from_text(text: str) -> np.ndarray:
    text = as_lines(text)
    rows, width = text.count("\n"), text.index("\n")
    _check_sides((rows, width))
    signs = as_bytes(text)
    lengths = np.diff(np.flatnonzero(signs == ord("\n")), prepend=-1) - 1
    if (lengths != width).any():
        row = int((lengths != width).argmax())
        raise ValueError(
            f"row {row} of the map has {lengths[row]} cells, row 0 has {width}; all must have the same number "
            "(count spaces at the ends)"
        )
    meanings = np.full(256, _UNKNOWN, dtype=np.uint8)
    for symbol, code in SYMBOLS.items():
        meanings[ord(symbol)] = code
    codes = meanings[signs.reshape(rows, width + 1)[:, :-1]]
    place = _first(codes == _UNKNOWN)
    if place is not None:
        row, col = place
        hint = "" if rows > 1 else "; a file must be named .txt or .png"
        raise ValueError(
            f"the map has {text[row * (width + 1) + col]!r} at row {row}, column {col}; it may have # wall, o food, A "
            f"where agents may appear, and . or a space for empty{hint}"
        )
    return codes


def _first(marked: np.ndarray) -> tuple[int, int] | None:
    """The first place (row, col) that is marked, in reading order."""
    place = int(marked.argmax())
    return divmod(place, marked.shape[1]) if marked.flat[place] else None


def _from_codes(array: np.ndarray) -> np.ndarray:
    if array.dtype.kind not in "iu" or (array.size and not (array.min() >= 0 and array.max() <= SPAWN)):
        raise ValueError("a map of codes must have whole numbers 0 empty, 1 food, 2 wall, 3 where agents appear")
    return array.astype(np.uint8)


def check_channels(pixels: np.ndarray) -> None:
    """Raise ``ValueError`` for what isn't pixels (height, width, 3 or 4) uint8."""
    if pixels.ndim != 3 or pixels.shape[2] not in (3, 4) or pixels.dtype != np.uint8:
        raise ValueError(
            f"pixels must be uint8 with shape (height, width, 3 or 4), got {pixels.dtype} with shape {pixels.shape}"
        )


def _from_colours(pixels: np.ndarray) -> np.ndarray:
    check_channels(pixels)
    known = [(code, colour) for code, colours in COLOURS.items() for colour in colours]
    # near[channel, value] has a bit for each known colour that is near in this channel; the first near in all counts.
    values = np.arange(256)[:, None]
    bits = 1 << np.arange(len(known))
    near = [
        ((abs(values - [colour[channel] for _, colour in known]) <= _TOLERANCE) * bits).sum(axis=1).astype(np.uint16)
        for channel in range(3)
    ]
    meanings = np.full(1 << len(known), _UNKNOWN, dtype=np.uint8)
    for position, (code, _) in reversed(list(enumerate(known))):
        meanings[np.arange(len(meanings)) >> position & 1 == 1] = code
    codes = np.empty(pixels.shape[:2], dtype=np.uint8)
    for first in range(0, len(pixels), ROWS_AT_ONCE):
        block = pixels[first : first + ROWS_AT_ONCE]
        codes[first : first + ROWS_AT_ONCE] = meanings[
            near[0][block[..., 0]] & near[1][block[..., 1]] & near[2][block[..., 2]]
        ]
    if pixels.shape[2] == 4:
        codes[pixels[..., 3] == 0] = EMPTY
    place = _first(codes == _UNKNOWN)
    if place is not None:
        row, col = place
        raise ValueError(
            f"the map's pixel at row {row}, column {col} has the colour {tuple(pixels[row, col].tolist())}, which "
            "means nothing; take (0, 0, 0) for empty, (0, 255, 0) for food, (128, 128, 128) for a wall and "
            "(255, 165, 0) where agents may appear"
        )
    return codes


def _check_reachable(codes: np.ndarray) -> None:
    marks = (codes != WALL).view(np.uint8)
    anywhere = _first(marks == OPEN)
    if anywhere is None:
        raise ValueError("the map has no place for agents: it is all walls")
    start = _first(codes == SPAWN)
    flood(marks, *(start or anywhere))
    lost = marks == OPEN
    if start is not None:
        lost &= codes != EMPTY
    place = _first(lost)
    if place is not None:
        what = {EMPTY: "free cell", FOOD: "food", SPAWN: "place to appear"}[int(codes[place])]
        hint = "" if start is not None else "; mark with A where agents may appear, or open a way"
        raise ValueError(
            f"the map's {what} at row {place[0]}, column {place[1]} can't be reached from the others{hint}"
        )
