"""Worlds as plain arrays: taken out, put back, copied. No pickle: ``numpy.savez`` keeps them in a file."""

import hashlib
import math
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.lib.npyio import NpzFile

from sakana_envs.grid.dynamics import STEPS_PER_CELL
from sakana_envs.grid.memory import Layout
from sakana_envs.grid.program import Program
from sakana_envs.grid.tiles import AGENT, KINDS, WALL
from sakana_envs.grid.world import FIELDS, MOST_PACE

VERSION = 1
_MOST_TEXT = 1 << 16
"""Bytes that anything but the blocks may take in a file."""

_UNREADABLE = (OSError, EOFError, ValueError, KeyError, NotImplementedError, zipfile.BadZipFile, zlib.error)
"""What NumPy raises for a torn file, or for one that holds objects."""
_LARGEST_REWARD = float(np.finfo(np.float32).max)
_KEYS = ("version", "layout", "blocks", "begun", "checksum")


def signature(name: str, layout: Layout) -> str:
    """What two simulations must share to exchange states: task, fields, sizes and map, but not the twin."""
    sizes = "x".join(str(size) for size in layout.header[: len(Layout.SIZES)].tolist())
    return f"{name} {sizes} {layout.digest}"


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


def unpack(program: Program, layout: Layout, state: Mapping[str, Any], worlds: int) -> tuple[np.ndarray, np.ndarray]:
    """The blocks and begun flags of a state for so many worlds.

    Raises ``TypeError`` for what is no state, and ``ValueError`` for one of another version, task, size, map or number
    of worlds, or a damaged one. What is accepted may never have come about, but no kernel reaches outside of its arrays
    or goes on for ever on it.
    """
    if not isinstance(state, Mapping):
        raise TypeError(f"a state is a dictionary of arrays or an opened .npz file, got {type(state).__name__}")
    missing = [key for key in _KEYS if key not in state]
    if missing:
        raise ValueError(f"a state has {', '.join(_KEYS)}; this one lacks {', '.join(missing)}")
    if isinstance(state, NpzFile):
        state = {key: read_array(state, key, worlds * layout.stride + _MOST_TEXT) for key in _KEYS}
    version = np.asarray(state["version"])
    if version.shape != () or version.dtype.kind not in "iu" or int(version) != VERSION:
        raise ValueError(f"the state has version {version}, this package reads {VERSION}")
    expected = signature(program.name, layout)
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
    _check_all(program, layout, aligned)
    _check_begun(layout, aligned[begun], program.radius)
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


def _check_all(program: Program, layout: Layout, blocks: np.ndarray) -> None:
    """Raise ``ValueError`` for what can't be in any world, also before its first episode."""
    lowest, highest = np.array([(number.low, number.high) for number in program.numbers.values()]).T
    numbers = layout.view(blocks, "numbers")
    # Written so that NaN fails too.
    if not ((numbers >= lowest) & (numbers <= highest)).all():
        raise ValueError("the state is damaged: a number of the world is outside of its range")
    if (layout.view(blocks, "cells") >= AGENT + KINDS).any():
        raise ValueError("the state is damaged: cells with codes that don't exist")
    for name, side in (("row", "height"), ("col", "width")):
        position = layout.view(blocks, name)
        # An agent for which there was no place is at -1.
        if not ((position >= -1.0) & (position < layout.header[layout.SIZES.index(side)])).all():
            raise ValueError("the state is damaged: agents outside of the map")


def _check_begun(layout: Layout, blocks: np.ndarray, radius: int) -> None:
    """Raise ``ValueError`` for what can't be in a world whose episode has begun."""
    height, width = layout.shapes["cells"]
    agents = layout.shapes["cell"][0]
    field = {name: layout.view(blocks, name) for name in FIELDS}
    rows, cols = (field[name].astype(np.int64) + radius for name in ("row", "col"))
    codes = field["cells"].reshape(len(blocks), height * width)
    wrong = (field["row"] < 0) | (field["col"] < 0) | (field["cell"] != rows * width + cols) | (field["kind"] >= KINDS)
    for name in ("row", "col"):
        wrong |= field[name] * STEPS_PER_CELL % 1 != 0
    wrong |= np.take_along_axis(codes, rows * width + cols, axis=1) != AGENT + field["kind"]
    shown = np.flatnonzero(codes >= AGENT)
    expected = np.sort(field["cell"], axis=1) + np.arange(len(blocks))[:, None] * (height * width)
    if wrong.any() or not np.array_equal(shown, expected.ravel()):
        raise ValueError("the state is damaged: agents not where the cells show them")
    if (np.sort(field["by_place"], axis=1) != np.arange(agents)).any():
        raise ValueError("the state is damaged: by_place doesn't name every agent once")
    border = field["cells"].copy()
    border[:, radius : height - radius, radius : width - radius] = WALL
    if (border != WALL).any():
        raise ValueError("the state is damaged: the map's border isn't all walls")
    horizon = layout.header[layout.SIZES.index("horizon")]
    ranges = {
        "pace": (-MOST_PACE, MOST_PACE),
        "clock": (0, horizon),
        "episode": (-1, 2**62),
        "episode_length": (0, horizon),
        "time_limit": (1, horizon),
        "food": (0, height * width),
        "missing_food": (0, np.minimum(agents * field["clock"], 2**31)),
        "reward": (-_LARGEST_REWARD, _LARGEST_REWARD),
        "episode_return": (-_LARGEST_REWARD * 2**31, _LARGEST_REWARD * 2**31),
        "score": (0, 1),
        "fault": (0, 0),
        **dict.fromkeys(("meals", "wall_bumps", "agent_bumps", "respawns"), (0, horizon)),
        **dict.fromkeys(("over", "terminated", "ate", "bumped", "hit_wall", "respawned"), (0, 1)),
    }
    for name, (low, high) in ranges.items():
        if not ((field[name] >= low) & (field[name] <= high)).all():
            raise ValueError(f"the state is damaged: {name} is outside of its range")
