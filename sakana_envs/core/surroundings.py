"""What decides beside a function's own code and values what it is compiled to."""

import hashlib
import sys
from functools import cache
from pathlib import Path

import llvmlite
import numba
import numpy as np

ROOMS = ("core", "grid", "discs", "bodies")
"""Folders of the package whose source is the engine's: the core and the kinds of worlds."""

_SETTINGS = ("BOUNDSCHECK", "DEBUGINFO_DEFAULT", "LOOP_VECTORIZE", "OPT", "SLP_VECTORIZE")
"""Settings of Numba (``NUMBA_OPT=0`` and so on) that make other code."""


def surroundings() -> bytes:
    """Versions, the engine's source and Numba's settings as they are: equal bytes if they are equal."""
    versions = sys.version, numba.__version__, np.__version__, llvmlite.__version__
    return repr((versions, _engine(), [getattr(numba.config, name, None) for name in _SETTINGS])).encode()


@cache
def _engine() -> str:
    """A hash (hex) of the engine's source, which decides what the code that a kernel is made of means."""
    sources = [source for room in ROOMS for source in sorted((Path(__file__).parents[1] / room).glob("*.py"))]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
