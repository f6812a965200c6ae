"""Files that anybody may have made: opened without surprises, and shown without their control characters."""

import os
import stat
from pathlib import Path
from reprlib import Repr
from typing import BinaryIO

_MOST_SHOWN = 100
_short = Repr()
_short.maxstring = _short.maxlong = _short.maxother = _MOST_SHOWN


def quoted(value: object) -> str:
    """A value as a message may show it: its ``repr``, cut where it is longer than a hundred characters."""
    return _short.repr(value)


def open_file(path: str | Path) -> BinaryIO:
    """Open a file for reading its bytes.

    Raises ``FileNotFoundError`` that names it, and ``ValueError`` for a folder, a device or a pipe, which could have no
    end or never answer.
    """
    try:
        file = open(path, "rb", opener=open_at_once)  # noqa: SIM115  (the caller closes it)
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no file {str(path)!r}") from None
    except IsADirectoryError:
        raise ValueError(f"{str(path)!r} is a folder, not a file") from None
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise ValueError(f"{str(path)!r} is a device or a pipe, not a file")
    return file


def open_at_once(path: str, flags: int) -> int:
    """Open without waiting for the other end of a pipe, and without becoming a terminal's process."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
