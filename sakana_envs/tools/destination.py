"""Where files are written: checked before the work whose result they get."""

import os
from collections.abc import Collection
from pathlib import Path

from sakana_envs.tasks.names import nearest

_INSTEAD = {
    **dict.fromkeys((".avi", ".mkv", ".mov", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv", ".ogv"), ".mp4"),
    **dict.fromkeys((".jpg", ".jpeg", ".bmp", ".svg", ".tif", ".tiff"), ".png"),
    **dict.fromkeys((".apng", ".webp"), ".gif"),
}
"""Kinds of files that one may think of, and what there is instead."""


def check_destination(path: Path, suffixes: Collection[str] = ()) -> None:
    """Raise if a file can't be at ``path``: ``ValueError`` if its suffix isn't one of ``suffixes``, if there are any.

    ``FileNotFoundError`` if there is no such folder, ``PermissionError`` if nothing can be written into it,
    ``IsADirectoryError`` if the path is a folder itself.
    """
    if suffixes and path.suffix not in suffixes:
        meant = _INSTEAD.get(path.suffix.lower(), path.suffix)
        hint = nearest(meant, suffixes) if meant else f", as {path.name or 'a'}{next(iter(suffixes))} does"
        raise ValueError(f"the name {str(path)!r} must end in {', '.join(suffixes)}{hint}")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {str(path.parent)!r}")
    if not os.access(path.parent, os.W_OK):
        raise PermissionError(f"nothing can be written into the folder {str(path.parent)!r} by this user")
    if path.is_dir():
        raise IsADirectoryError(f"{str(path)!r} is a folder, and a file is to be written")
