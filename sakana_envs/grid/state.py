"""Worlds as plain arrays: taken out, put back, copied. No pickle: ``numpy.savez`` keeps them in a file."""

import hashlib
import math
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.lib.npyio import NpzFile

from sakana_envs.grid.memory import Layout
from sakana_envs.grid.tiles import AGENT, KINDS, WALL
from sakana_envs.grid.world import NUMBERS, SIZES

VERSION = 1
_MOST_TEXT = 1 << 16
"""Bytes that anything but the blocks may take in a file."""

_UNREADABLE = (OSError, EOFError, ValueError, KeyError, NotImplementedError, zipfile.BadZipFile, zlib.error)
"""What NumPy raises for a torn file, or for one that holds objects."""
_KEYS = ("version", "layout", "blocks", "begun", "checksum")


def signature(name: str, layout: Layout) -> str:
    """What two simulations must share to exchange states: task, fields, sizes and map, but not the twin."""
    parts = [name, *(f"{field}{shape}{layout.dtypes[field]}" for field, shape in layout.shapes.items())]
    digest = hashlib.sha256("|".join(parts).encode() + layout.header.tobytes()).hexdigest()[:16]
    sizes = "x".join(str(size) for size in layout.header[: len(Layout.SIZES)].tolist())
    return f"{name} {sizes} {digest}"


def _checksum(blocks: np.ndarray, begun: np.ndarray) -> np.ndarray:
    digest = hashlib.sha256(np.ascontiguousarray(blocks).tobytes() + begun.tobytes()).digest()
    return np.frombuffer(digest, dtype=np.uint8).copy()


def pack(name: str, layout: Layout, blocks: np.ndarray, begun: np.ndarray) -> dict[str, np.ndarray]:
    """The state of worlds: ``blocks`` (worlds, bytes) uint8 and what is needed to check them."""
    return {
        "version": np.array(VERSION),
        "layout": np.array(signature(name, layout)),
        "blocks": blocks,
        "begun": begun,
        "checksum": _checksum(blocks, begun),
    }


def unpack(
    name: str, layout: Layout, state: Mapping[str, Any], worlds: int, radius: int
) -> tuple[np.ndarray, np.ndarray]:
    """The blocks and begun flags of a state for so many worlds.

    Raises ``ValueError`` for a state of another version, task, size, map or number of worlds, and for a damaged one.
    """
    missing = [key for key in _KEYS if key not in state]
    if missing:
        raise ValueError(f"a state has {', '.join(_KEYS)}; this one lacks {', '.join(missing)}")
    if isinstance(state, NpzFile):
        state = {key: read_array(state, key, worlds * layout.stride + _MOST_TEXT) for key in _KEYS}
    version = np.asarray(state["version"])
    if version.shape != () or version.dtype.kind not in "iu" or int(version) != VERSION:
        raise ValueError(f"the state has version {version}, this package reads {VERSION}")
    expected = signature(name, layout)
    if str(state["layout"]) != expected:
        raise ValueError(f"the state is of {str(state['layout'])!r}; this simulation is {expected!r}")
    blocks, begun, checksum = (np.asarray(state[key]) for key in ("blocks", "begun", "checksum"))
    if blocks.dtype != np.uint8 or blocks.shape != (worlds, layout.stride):
        raise ValueError(
            f"the state's blocks must be uint8 with shape {(worlds, layout.stride)}, got {blocks.dtype} {blocks.shape}"
        )
    if begun.dtype != np.bool_ or begun.shape != (worlds,):
        raise ValueError(f"the state's begun must be bool with shape {(worlds,)}, got {begun.dtype} {begun.shape}")
    if not np.array_equal(checksum, _checksum(blocks, begun)):
        raise ValueError("the state is damaged: its checksum doesn't match")
    aligned = layout.allocate(worlds)
    aligned[:] = blocks
    _check_all(layout, aligned)
    _check_begun(layout, aligned[begun], radius)
    return aligned, begun


def read_array(file: NpzFile, name: str, most_bytes: int) -> np.ndarray:
    """An array of an ``.npz`` file. Raises ``ValueError`` for a damaged one, and before it is read for a larger one."""
    if file.zip is None:
        raise ValueError("the file is closed")
    try:
        with file.zip.open(f"{name}.npy") as stream:
            version = np.lib.format.read_magic(stream)
            header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, _, dtype = header(stream)
        size = math.prod(shape) * dtype.itemsize
        if size <= most_bytes:
            return file[name]
    except _UNREADABLE as error:
        raise ValueError(f"the file is damaged: {name} can't be read ({error})") from None
    raise ValueError(f"the file has {size} bytes of {name}; at most {most_bytes} fit")


def _check_all(layout: Layout, blocks: np.ndarray) -> None:
    """Raise ``ValueError`` for what can't be in any world, also before its first episode."""
    numbers = layout.view(blocks, "numbers")
    ranges = np.array([(number.low, number.high) for number in NUMBERS.values()])
    engine = numbers[:, : len(ranges)]
    if not np.isfinite(numbers).all() or (engine < ranges[:, 0]).any() or (engine > ranges[:, 1]).any():
        raise ValueError("the state is damaged: a number of the world is outside of its range")
    if (layout.view(blocks, "cells") >= AGENT + KINDS).any():
        raise ValueError("the state is damaged: cells with codes that don't exist")


def _check_begun(layout: Layout, blocks: np.ndarray, radius: int) -> None:
    """Raise ``ValueError`` for what would make a kernel reach outside of its arrays, or go on for ever."""
    height, width = layout.shapes["cells"]
    names = ("row", "col", "cell", "kind", "pace", "cells", "clock", "time_limit", "missing_food")
    field = {name: layout.view(blocks, name) for name in names}
    with np.errstate(invalid="ignore"):
        inside = (field["row"] >= 0) & (field["row"] < height - 2 * radius)
        inside &= (field["col"] >= 0) & (field["col"] < width - 2 * radius)
        rows = np.where(inside, field["row"], 0).astype(np.int64) + radius
        cols = np.where(inside, field["col"], 0).astype(np.int64) + radius
    codes = field["cells"].reshape(len(blocks), height * width)
    wrong = ~inside | (field["cell"] != rows * width + cols) | (field["kind"] >= KINDS)
    wrong |= np.take_along_axis(codes, rows * width + cols, axis=1) != AGENT + field["kind"]
    if wrong.any() or ((codes >= AGENT).sum(axis=1) != wrong.shape[1]).any():
        raise ValueError("the state is damaged: agents outside of the map, or not where the cells show them")
    border = field["cells"].copy()
    border[:, radius : height - radius, radius : width - radius] = WALL
    if (border != WALL).any():
        raise ValueError("the state is damaged: the map's border isn't all walls")
    ranges = {
        "pace": (-(2.0**20), 2.0**20),
        "clock": (0, SIZES["horizon"].high),
        "time_limit": (1, SIZES["horizon"].high),
        "missing_food": (0, np.minimum(wrong.shape[1] * field["clock"], 2**31)),
    }
    for name, (low, high) in ranges.items():
        if not ((field[name] >= low) & (field[name] <= high)).all():
            raise ValueError(f"the state is damaged: {name} is outside of its range")
