"""A world of discs that is edited: places, velocities and shapes by their names, headings and blocks by words."""

from typing import Any

import numpy as np

from sakana_envs.core.editing import Editor
from sakana_envs.core.scalars import is_whole, plain
from sakana_envs.core.trig import sine_cosine_of
from sakana_envs.discs.possible import RANGES


class DiscEditor(Editor):
    """A copy of a world of discs, until the block of ``edit()`` ends; with :meth:`get`, :meth:`set` and ``names``."""

    RANGES = {**RANGES, "solid": (0, 255)}
    INSTEAD = {
        **dict.fromkeys(("hx", "hy"), "look_at"),
        **dict.fromkeys(("block", "has_blocks"), "place_block or remove_block"),
    }

    def place_disc(self, disc: int, x: float, y: float) -> None:
        """Put a disc at a place, in metres, at rest; whatever is there: the next tick drives them apart."""
        for name, value in (("x", x), ("y", y), ("vx", 0.0), ("vy", 0.0)):
            self.set(name, value, at=disc)

    def look_at(self, agent: int, angle: float) -> None:
        """Turn an agent to an angle in radians, counter-clockwise from the right."""
        last = self._layout.size("agents") - 1
        if not is_whole(plain(agent), 0, last):
            raise IndexError(f"an agent must be a whole number from 0 to {last}, got {agent!r}")
        if not isinstance(plain(angle), (int, float)) or not np.isfinite(angle):
            raise ValueError(f"angle must be a finite number, got {angle!r}")
        self._field("hy")[agent], self._field("hx")[agent] = sine_cosine_of(np.float32(angle))

    def place_block(self, col: int, row: int) -> None:
        """Put a block on the square metre from (col, row) to (col + 1, row + 1), where there mustn't be one."""
        self._change(col, row, 0)

    def remove_block(self, col: int, row: int) -> None:
        """Take the block away from the square metre from (col, row) to (col + 1, row + 1)."""
        self._change(col, row, 1)

    def _change(self, col: Any, row: Any, expected: int) -> None:
        block = self._field("block")
        height, width = block.shape
        if not (is_whole(plain(col), 0, width - 1) and is_whole(plain(row), 0, height - 1)):
            raise IndexError(f"a block must be at (0, 0) to {(width - 1, height - 1)}, got {(col, row)!r}")
        if block[row, col] != expected:
            raise ValueError(f"at {(col, row)} there is {'no' if expected else 'a'} block")
        block[row, col] = 1 - expected
        self._field("has_blocks")[0] = block.any()
