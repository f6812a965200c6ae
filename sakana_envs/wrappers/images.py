"""Pictures from files, for maps and for tasks that show one."""

from pathlib import Path
from typing import Any

import numpy as np

_LONGEST_SIDE = 8192
_MOST_TEXT = _LONGEST_SIDE * (_LONGEST_SIDE + 2)
"""Bytes of the largest map as text, two for the end of each line."""


def write_picture(path: str | Path, frame: np.ndarray) -> None:
    """Write a picture (height, width, 3) uint8 into a ``.png`` file."""
    import pygame

    surface = pygame.image.frombuffer(frame.tobytes(), frame.shape[1::-1], "RGB")
    pygame.image.save(surface, str(path))


def read_source(source: Any) -> Any:
    """Text, an array or a map as it is; the path of a ``.txt`` or ``.png`` file as its text or pixels.

    Pixels are (height, width, 4) uint8. Raises ``FileNotFoundError``, and ``ValueError`` for a file that is no picture
    or has a side over 8192.
    """
    if not isinstance(source, (str, Path)) or "\n" in str(source):
        return source
    path = Path(source)
    if path.suffix == ".txt":
        if path.stat().st_size > _MOST_TEXT:
            raise ValueError(f"{str(path)!r} is too large for a map of at most {_LONGEST_SIDE} rows and columns")
        return path.read_text()
    if path.suffix != ".png":
        return source
    if not path.is_file():
        raise FileNotFoundError(f"there is no picture {str(path)!r}")
    with path.open("rb") as file:
        beginning = file.read(24)
    sides = [int.from_bytes(beginning[at : at + 4], "big") for at in (16, 20)]
    if beginning[:8] != b"\x89PNG\r\n\x1a\n" or not all(1 <= side <= _LONGEST_SIDE for side in sides):
        raise ValueError(f"{str(path)!r} is not a PNG picture with sides of at most {_LONGEST_SIDE}")
    import pygame

    try:
        surface = pygame.image.load(str(path))
    except pygame.error as error:
        raise ValueError(f"{str(path)!r} is not a PNG picture that can be read: {error}") from None
    pixels = pygame.image.tobytes(surface, "RGBA")
    return np.frombuffer(pixels, dtype=np.uint8).reshape(surface.get_height(), surface.get_width(), 4)
