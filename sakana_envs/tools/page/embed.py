"""A page that has been written, as a notebook shows it."""

import html
from dataclasses import dataclass
from os import PathLike
from pathlib import Path


@dataclass(frozen=True)
class Page(PathLike[str]):
    """The page in the file ``path``; a notebook's cell that ends with it shows it. What takes a path takes it too."""

    path: Path

    def __fspath__(self) -> str:
        return str(self.path)

    def _repr_html_(self) -> str:
        """The whole page in a frame, so that it stays with the notebook, and reaches nothing outside of the frame."""
        page = html.escape(self.path.read_text("utf-8"))
        style = "border: 0; width: 100%; height: 560px"
        return f'<iframe title="A replay" sandbox="allow-scripts" style="{style}" srcdoc="{page}"></iframe>'
