"""Arrays in ``.npz`` files that anybody may have made: no array is read before it is measured.

NumPy's own reader evaluates a header, believes what it says of an array's size, and takes the last of several members
of one name. This one takes what ``numpy.savez`` writes and nothing else.
"""

import math
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from typing import IO

import numpy as np

from sakana_envs.core.files import quoted

_UNREADABLE = (OSError, EOFError, ValueError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""What reading a torn or encrypted member raises."""
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BEGINNING = b"\x93NUMPY\x01\x00"
_LONGEST_HEADER = 1024
_HEADER = re.compile(
    rb"\{'descr': '([<>|][biufU]\d{1,9})', 'fortran_order': (False|True), "
    rb"'shape': \(((?:\d{1,18}(?:, \d{1,18}){0,31})?),?\), \} *\n"
)


def check_names(names: Iterable[str], expected: Sequence[str]) -> None:
    """Raise ``ValueError`` unless ``names`` are those expected, each once and in any order."""
    names = list(names)
    missing = [name for name in expected if name not in names]
    more = [name for name in names if name not in expected]
    twice = [name for name in expected if names.count(name) > 1]
    for wrong, what in ((missing, "lacks"), (more, "also has"), (twice, "has more than once")):
        if wrong:
            shown = [name if name in expected else quoted(name) for name in wrong[:5]]
            raise ValueError(f"it must have {', '.join(expected)} and nothing else; it {what} {', '.join(shown)}")


def member_names(archive: zipfile.ZipFile) -> list[str]:
    """The names of the arrays in a file, in order; of a member that is no array, its whole name with the suffix."""
    names = [member.filename for member in archive.infolist()]
    return [name.removesuffix(".npy") if name.endswith(".npy") else f"{name} without .npy" for name in names]


def read_array(archive: zipfile.ZipFile, name: str, most_bytes: int) -> np.ndarray:
    """An array of an ``.npz`` file: numbers, booleans or text; read-only.

    Raises ``ValueError`` for a damaged one, and before it is read for one of more than ``most_bytes``.
    """
    try:
        member = archive.getinfo(f"{name}.npy")
        if member.compress_type not in _METHODS:
            raise ValueError("it is compressed by a method that numpy.savez doesn't use")
        with archive.open(member) as stream:
            dtype, by_column, shape, length = _read_header(stream)
            size = math.prod(shape) * dtype.itemsize
            if size <= most_bytes:
                if length + size != member.file_size:
                    raise ValueError(f"its header speaks of {size} bytes, and it has {member.file_size - length}")
                return np.frombuffer(_read(stream, size), dtype=dtype).reshape(shape, order="F" if by_column else "C")
    except _UNREADABLE as error:
        raise ValueError(f"the file is damaged: {name} can't be read ({quoted(str(error))})") from None
    raise ValueError(f"the file has {size} bytes of {name}; at most {most_bytes} fit ({dtype} with shape {shape})")


def _read_header(stream: IO[bytes]) -> tuple[np.dtype, bool, tuple[int, ...], int]:
    """An array's type, whether it lies column by column, its shape, and the bytes before its data."""
    beginning = stream.read(len(_BEGINNING) + 2)
    length = int.from_bytes(beginning[len(_BEGINNING) :], "little")
    header = _HEADER.fullmatch(stream.read(length)) if length <= _LONGEST_HEADER else None
    if not beginning.startswith(_BEGINNING) or header is None:
        raise ValueError("it is no array of numbers or text as numpy.savez writes it")
    try:
        dtype = np.dtype(header[1].decode())
    except TypeError as error:
        raise ValueError(str(error)) from None
    shape = tuple(int(side) for side in header[3].split(b", ") if side)
    return dtype, header[2] == b"True", shape, len(beginning) + length


def _read(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise ValueError(f"it ends after {len(data)} bytes")
    return data
