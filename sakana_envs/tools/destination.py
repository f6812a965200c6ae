"""Where files are written: checked before the work whose result they get."""

from pathlib import Path


def check_destination(path: Path) -> None:
    """Raise ``FileNotFoundError`` or ``IsADirectoryError`` if a file can't be at ``path``."""
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {str(path.parent)!r}")
    if path.is_dir():
        raise IsADirectoryError(f"{str(path)!r} is a folder, and a file is to be written")
