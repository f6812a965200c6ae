"""``.npz`` files that ``numpy.savez`` would never write."""

import io
import tracemalloc
import warnings
import zipfile
from contextlib import contextmanager

import numpy as np


def npy(array):
    """An array as ``numpy.save`` writes it."""
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()


def headed(header, data=b"", version=b"\x01\x00"):
    """An array's bytes with any header, of version 1 (its length in two bytes) or 2 (in four)."""
    length = len(header).to_bytes(2 if version[0] == 1 else 4, "little")
    return b"\x93NUMPY" + version + length + header + data


def described(descr="'|u1'", shape="(3,)", order="False", more=""):
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, {more}}}\n".encode()


def zipped(members, method=zipfile.ZIP_STORED, lie=None):
    """A zip file of (name, bytes) pairs, which may have the same name; ``lie`` changes what it says of its members."""
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", method) as archive:
        warnings.simplefilter("ignore")  # zipfile warns of a name that comes twice
        for name, content in members:
            archive.writestr(name, content)
        if lie is not None:
            lie(archive.filelist)
    return file.getvalue()


def members_of(arrays):
    return [(f"{name}.npy", npy(array)) for name, array in arrays.items()]


def swapped(arrays, name, content):
    """The members with one array's bytes changed."""
    return [(member, content if member == f"{name}.npy" else old) for member, old in members_of(arrays)]


@contextmanager
def little_memory(most=1 << 22):
    """What runs in it takes no more than so many bytes at any time."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak <= most, peak


def grow(members):
    """The zip file's own list says that its members are huge."""
    for member in members:
        member.file_size = 1 << 40


def call_encrypted(members):
    for member in members:
        member.flag_bits |= 1


HEADERS = {
    "a size of terabytes": headed(described(shape="(1099511627776,)"), b"abc"),
    "more than there is": headed(described(shape="(4,)"), b"abc"),
    "less than there is": headed(described(shape="(2,)"), b"abc"),
    "negative": headed(described(shape="(-3,)"), b"abc"),
    "sides that overflow": headed(described(shape="(4294967296, 4294967296, 0)")),
    "sides of many digits": headed(described(shape=f"({'9' * 900},)")),
    "many axes": headed(described(shape=f"({'1, ' * 100})"), b"a"),
    "text of gigabytes": headed(described("'<U999999999'", "(0,)")),
    "text of too much": headed(described("'<U99999999999'", "()")),
    "text of nothing": headed(described("'<U0'", "()")),
    "an odd width": headed(described("'<f3'"), b"abc"),
    "objects": headed(described("'|O'"), b"abc"),
    "a record": headed(described("[('a', '|u1')]"), b"abc"),
    "dates": headed(described("'<M8[s]'", "()"), bytes(8)),
    "another key": headed(described(more="'x': 1"), b"abc"),
    "an open string": headed(b"{'descr': '''", b"abc"),
    "an open parenthesis": headed(b"(" * 900, b"abc"),
    "nested": headed(b"[" * 60_000, b"abc"),
    "minus signs": headed(b"-" * 60_000 + b"1", b"abc"),
    "code": headed(b"__import__('os').abort()\n", b"abc"),
    "no header": b"\x93NUMPY\x01\x00",
    "a torn one": npy(np.arange(9))[:40],
    "version 2": headed(described(), b"abc", version=b"\x02\x00"),
    "version 2 of gigabytes": b"\x93NUMPY\x02\x00\xff\xff\xff\xff{",
    "version 9": headed(described(), b"abc", version=b"\x09\x00"),
    "nothing": b"",
    "no array": b"abc",
}
"""Bytes that are no array of a state or a replay, in words."""
