"""Pictures of kinds, which a task can lay on its map: from text, levels or colours."""

import numpy as np

from sakana_envs.grid.terrain import ROWS_AT_ONCE, as_bytes, as_lines, check_channels
from sakana_envs.grid.tiles import KIND_COLOURS

LEVEL = 63
"""A pixel of kind k is ``LEVEL * (k + 1)``, so that it can be sensed as a shade; 0 is no pixel."""


def read_picture(source: "str | np.ndarray", shape: tuple[int, int], kinds: int) -> np.ndarray:
    """A picture of kinds, centred on a map of ``shape``: ``LEVEL * (kind + 1)`` per cell, 0 for none.

    ``source`` is text with the digits of kinds (anything else is nothing), an array of such levels, or colours
    (height, width, 3 or 4), of which each takes the kind whose colour is nearest, black and transparent none.
    Raises ``ValueError`` if it is larger than the map, has other levels, or no pixel at all.
    """
    if isinstance(source, str):
        picture = _digits(source, shape, kinds)
    else:
        array = np.asarray(source)
        if array.ndim in (2, 3):
            _check_fits(array.shape[:2], shape)
        picture = _nearest_kinds(array) * np.uint8(LEVEL) if array.ndim == 3 else _levels(array, kinds)
    if not picture.any():
        raise ValueError("the picture has no pixel of any kind: nothing to form")
    out = np.zeros(shape, dtype=np.uint8)
    row, col = (shape[0] - picture.shape[0]) // 2, (shape[1] - picture.shape[1]) // 2
    out[row : row + picture.shape[0], col : col + picture.shape[1]] = picture
    return out


def _check_fits(sides: tuple[int, ...], shape: tuple[int, int]) -> None:
    if sides[0] > shape[0] or sides[1] > shape[1]:
        raise ValueError(f"the picture is {sides[0]} x {sides[1]}, larger than the map, {shape[0]} x {shape[1]}")


def _digits(text: str, shape: tuple[int, int], kinds: int) -> np.ndarray:
    text = as_lines(text)
    _check_fits((text.count("\n"), text.index("\n")), shape)
    signs = as_bytes(text)
    ends = np.flatnonzero(signs == ord("\n"))
    widths = np.diff(ends, prepend=-1) - 1
    _check_fits((len(ends), int(widths.max())), shape)
    levels = np.zeros(256, dtype=np.uint8)
    levels[ord("0") : ord("0") + kinds] = LEVEL * np.arange(1, kinds + 1)
    picture = np.zeros((len(ends), int(widths.max())), dtype=np.uint8)
    for row, (end, width) in enumerate(zip(ends.tolist(), widths.tolist(), strict=True)):
        picture[row, :width] = levels[signs[end - width : end]]
    return picture


def _levels(array: np.ndarray, kinds: int) -> np.ndarray:
    allowed = [LEVEL * level for level in range(kinds + 1)]
    if array.ndim != 2 or not np.isin(array, allowed).all():
        raise ValueError(
            f"a picture must be text, pixels (height, width, 3 or 4), or levels (height, width) of {allowed}, "
            f"{LEVEL} * (kind + 1) and 0 for none; got {array.dtype} with shape {array.shape}"
        )
    return array.astype(np.uint8)


def _nearest_kinds(pixels: np.ndarray) -> np.ndarray:
    check_channels(pixels)
    palette = np.array([(0, 0, 0), *KIND_COLOURS], dtype=np.int32)
    nearest = np.empty(pixels.shape[:2], dtype=np.uint8)
    for first in range(0, len(pixels), ROWS_AT_ONCE):
        block = pixels[first : first + ROWS_AT_ONCE, :, :3].astype(np.int32)
        distances = [((block - colour) ** 2).sum(axis=-1) for colour in palette]
        nearest[first : first + ROWS_AT_ONCE] = np.argmin(distances, axis=0)
    if pixels.shape[2] == 4:
        nearest[pixels[..., 3] < 128] = 0
    return nearest
