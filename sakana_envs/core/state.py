"""Worlds as plain arrays: taken out, put back, copied. No pickle: ``numpy.savez`` keeps them in a file."""

import hashlib
from collections.abc import Mapping
from typing import Any
from zipfile import ZipFile

import numpy as np
from numpy.lib.npyio import NpzFile

from sakana_envs.core.archive import check_names, member_names, read_array
from sakana_envs.core.files import quoted
from sakana_envs.core.memory import Layout
from sakana_envs.core.possible import check_any_world, check_begun_worlds
from sakana_envs.core.program import Program

VERSION = 1
_MOST_TEXT = 4096
"""Bytes that anything but the worlds may take in a file."""

_KEYS = ("version", "layout", "blocks", "begun", "checksum")


def signature(name: str, layout: Layout) -> str:
    """What two simulations must share to exchange states: task, fields, sizes and lists, but not the twin."""
    sizes = "x".join(str(size) for size in layout.header[: layout.structure.positions["stride"] + 1].tolist())
    return f"{name} {sizes} {layout.digest}"


def _with_guests(signed: str, layout: Layout, blocks: np.ndarray) -> str:
    """A signature for worlds of which some have lists that aren't the layout's own."""
    guests = layout.digest_of_guests(layout.view(blocks, "level"))
    return f"{signed} {guests}" if guests else signed


def _checksum(blocks: np.ndarray, begun: np.ndarray) -> np.ndarray:
    digest = hashlib.sha256(np.ascontiguousarray(blocks).tobytes() + begun.tobytes()).digest()
    return np.frombuffer(digest, dtype=np.uint8).copy()


def pack(name: str, layout: Layout, blocks: np.ndarray, begun: np.ndarray) -> dict[str, np.ndarray]:
    """The state of worlds: ``blocks`` (worlds, bytes) uint8 and what is needed to check them."""
    return {
        "version": np.array(VERSION),
        "layout": np.array(_with_guests(signature(name, layout), layout, blocks)),
        "blocks": blocks,
        "begun": begun,
        "checksum": _checksum(blocks, begun),
    }


def unpack(program: Program, layout: Layout, state: Mapping[str, Any], worlds: int) -> tuple[np.ndarray, np.ndarray]:
    """The blocks and begun flags of a state for so many worlds.

    Raises ``TypeError`` for what is no state, and ``ValueError`` for one of another version, task, size, map or number
    of worlds, or a damaged one; a file is measured before it is read. What is accepted may never have come about, but
    it agrees with itself, and no kernel reaches outside of its arrays or goes on for ever on it.
    """
    if not isinstance(state, Mapping):
        raise TypeError(f"a state is a dictionary of arrays or an opened .npz file, got {type(state).__name__}")
    source = _source(state)
    try:
        check_names(member_names(source) if isinstance(source, ZipFile) else source, _KEYS)
    except ValueError as error:
        raise ValueError(f"this is no state: {error}") from None
    check_version("the state", _part(source, "version"), VERSION)
    found, expected = _part(source, "layout"), signature(program.name, layout)
    if found.shape != () or found.dtype.kind != "U" or f"{found.item()} ".partition(f"{expected} ")[0]:
        raise ValueError(f"the state is of {quoted(found.tolist())}; this simulation is {expected!r}")
    blocks = _part(source, "blocks", worlds * layout.stride)
    if blocks.dtype != np.uint8 or blocks.shape != (worlds, layout.stride):
        raise ValueError(
            f"the state's blocks must be uint8 with shape {(worlds, layout.stride)}, got {blocks.dtype} {blocks.shape}"
        )
    begun = _part(source, "begun", worlds)
    if begun.dtype != np.bool_ or begun.shape != (worlds,):
        raise ValueError(f"the state's begun must be bool with shape {(worlds,)}, got {begun.dtype} {begun.shape}")
    checksum, right = _part(source, "checksum"), _checksum(blocks, begun)
    if checksum.dtype != right.dtype or not np.array_equal(checksum, right):
        raise ValueError("the state is damaged: its checksum doesn't match")
    aligned = layout.allocate(worlds)
    aligned[:] = blocks
    try:
        check_any_world(program, layout, aligned)
        check_begun_worlds(program, layout, aligned[begun])
    except ValueError as error:
        raise ValueError(f"the state is damaged: {error}") from None
    if found.item() != _with_guests(expected, layout, aligned):
        raise ValueError(
            f"the state is of {quoted(found.tolist())}: worlds of it begin from what was given to another simulation's "
            "reset, and not to this one's"
        )
    return aligned, begun


def check_version(what: str, version: np.ndarray, expected: int) -> None:
    """Raise ``ValueError`` unless the version that ``what`` has is the expected one."""
    if version.shape != () or version.dtype.kind not in "iu":
        raise ValueError(f"{what} must have a whole number as version, got {version.dtype} with shape {version.shape}")
    if int(version) != expected:
        raise ValueError(f"{what} has version {int(version)}, this package reads {expected}")


def _source(state: Mapping[str, Any]) -> ZipFile | dict[str, Any]:
    """Where a state's parts are: its file, which NumPy would read without a limit, or a dictionary."""
    try:
        if not isinstance(state, NpzFile):
            return dict(state)
        if state.zip is not None:
            return state.zip
    except Exception as error:  # a mapping of someone's own can fail in any way
        raise ValueError(f"the state can't be read: {type(error).__name__}: {quoted(str(error))}") from None
    raise ValueError("the state's file is closed")


def _part(source: ZipFile | dict[str, Any], name: str, most_bytes: int = _MOST_TEXT) -> np.ndarray:
    """A part of a state, of at most so many bytes if it is in a file."""
    if isinstance(source, ZipFile):
        return read_array(source, name, most_bytes)
    value = source[name]
    if not isinstance(value, (np.ndarray, np.generic, int, str)):
        raise ValueError(f"the state's {name} must be a NumPy array, got {type(value).__name__}")
    return np.asarray(value)
