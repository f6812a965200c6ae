"""Pictures from files, for maps and for tasks that show one."""

import codecs
import io
import os
from pathlib import Path
from typing import Any

import numpy as np

from sakana_envs.core.files import open_file, quoted
from sakana_envs.grid.terrain import LONGEST_SIDE, are_several

_MOST_BYTES = {
    ".txt": 2 * LONGEST_SIDE * (LONGEST_SIDE + 2) + 2,  # two for a character, two characters for a line's end
    ".png": 4 * LONGEST_SIDE * (LONGEST_SIDE + 1) + (1 << 20),  # pixels that can't be compressed
}
"""Bytes of the largest file of each sort."""

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def write_picture(path: str | Path, frame: np.ndarray) -> None:
    """Write a picture (height, width, 3) uint8 into a ``.png`` file."""
    import pygame

    surface = pygame.image.frombuffer(frame.tobytes(), frame.shape[1::-1], "RGB")
    pygame.image.save(surface, str(path))


def read_source(source: Any) -> Any:
    """Text, an array or a map as it is; the path of a ``.txt`` or ``.png`` file as its text or pixels; so for lists.

    Text is UTF-8, or UTF-16 with its mark; pixels are (height, width, 4) uint8. Raises ``FileNotFoundError``, and
    ``ValueError`` for a file of another name, one that is no text or no picture or has a side over 8192, and for what
    is no regular file.
    """
    if are_several(source):
        return [read_source(each) for each in source]
    if not isinstance(source, (str, Path)) or "\n" in str(source):
        return source
    suffix = Path(source).suffix.lower()
    if suffix not in _MOST_BYTES:
        return str(source)
    with open_file(source) as file:
        size = os.fstat(file.fileno()).st_size
        if size > _MOST_BYTES[suffix]:
            raise ValueError(f"{str(source)!r} is too large for a map of at most {LONGEST_SIDE} rows and columns")
        content = file.read(size)
    return _text(str(source), content) if suffix == ".txt" else _pixels(str(source), content)


def _text(path: str, content: bytes) -> str:
    try:
        return content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path!r} is no text in UTF-8, nor in UTF-16 with its mark: {error}") from None


def _pixels(path: str, content: bytes) -> np.ndarray:
    sides = [int.from_bytes(content[at : at + 4], "big") for at in (16, 20)]
    begins = content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR"
    if not begins or not all(1 <= side <= LONGEST_SIDE for side in sides):
        raise ValueError(f"{path!r} is not a PNG picture with sides of at most {LONGEST_SIDE}")
    import pygame

    try:
        surface = pygame.image.load(io.BytesIO(content), "map.png")
    except pygame.error as error:
        raise ValueError(f"{path!r} is not a PNG picture that can be read: {quoted(str(error))}") from None
    pixels = pygame.image.tobytes(surface, "RGBA")
    return np.frombuffer(pixels, dtype=np.uint8).reshape(surface.get_height(), surface.get_width(), 4)
