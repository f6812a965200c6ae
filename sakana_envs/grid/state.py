"""Worlds as plain arrays: taken out, put back, copied. No pickle: ``numpy.savez`` keeps them in a file."""

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from sakana_envs.grid.memory import Layout
from sakana_envs.grid.tiles import AGENT, CODE_MASK, KINDS

VERSION = 1
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
    _check_worlds(layout, aligned[begun], radius)
    return aligned, begun


def _check_worlds(layout: Layout, blocks: np.ndarray, radius: int) -> None:
    """Raise ``ValueError`` for positions, kinds or cells that would make a kernel reach outside of its arrays."""
    height, width = layout.shapes["cells"]
    field = {name: layout.view(blocks, name) for name in ("row", "col", "cell", "kind", "cells", "queue")}
    with np.errstate(invalid="ignore"):
        inside = (field["row"] >= 0) & (field["row"] < height - 2 * radius)
        inside &= (field["col"] >= 0) & (field["col"] < width - 2 * radius)
        rows = np.where(inside, field["row"], 0).astype(np.int64) + radius
        cols = np.where(inside, field["col"], 0).astype(np.int64) + radius
    wrong = ~inside | (field["cell"] != rows * width + cols) | (field["kind"] >= KINDS)
    codes = field["cells"].reshape(len(blocks), -1)
    if wrong.any() or (codes & CODE_MASK != codes).any() or (codes >= AGENT + KINDS).any():
        raise ValueError("the state is damaged: agents outside of the map, or cells with codes that don't exist")
