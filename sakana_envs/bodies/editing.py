"""A world of bodies that is edited: places, velocities and surfaces by their names, angles by a word."""

import numpy as np

from sakana_envs.bodies.possible import RANGES
from sakana_envs.core.editing import Editor
from sakana_envs.core.trig import sine_cosine_of

_NAMES = ("x", "y", "vx", "vy", "spin", "inverse_mass", "inverse_inertia", "friction", "restitution", "role", "mode")


class BodyEditor(Editor):
    """A copy of a world of bodies, until the block of ``edit()`` ends; with :meth:`get`, :meth:`set` and ``names``."""

    RANGES = {name: RANGES[name] for name in (*_NAMES, "pull")}
    INSTEAD = dict.fromkeys(("angle", "sine", "cosine"), "place_body")

    def place_body(self, body: int, x: float, y: float, angle: float = 0.0) -> None:
        """Put a body at a place in metres, turned by an angle in radians, at rest; whatever is there."""
        for name, value in (("x", x), ("y", y), ("vx", 0.0), ("vy", 0.0), ("spin", 0.0)):
            self.set(name, value, at=body)
        if not np.isfinite(angle) or not abs(angle) <= RANGES["angle"][1]:
            raise ValueError(f"angle must be a finite number, at most 65536 either way, got {angle!r}")
        self._field("angle")[body] = angle
        self._field("sine")[body], self._field("cosine")[body] = sine_cosine_of(np.float32(angle))
