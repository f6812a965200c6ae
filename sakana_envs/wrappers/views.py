"""How observations look to a learner: as ``"bytes"``, ``"flat"`` or ``"planes"``."""

import numpy as np
from gymnasium import spaces

from sakana_envs.core.buffers import Buffers
from sakana_envs.grid.program import Program
from sakana_envs.grid.sensors import one_hot
from sakana_envs.grid.tiles import CODES

OBSERVATIONS = ("flat", "planes", "bytes")

_NEW = Buffers()


class Views:
    """Byte observations of a program in the form ``obs``, one of ``OBSERVATIONS``; ``space`` is that of one agent's."""

    def __init__(self, program: Program, obs: str) -> None:
        self._obs = obs
        self._window = program.window
        self._flat_length = (CODES - 1) * program.window + program.observation_length
        self._spatial = CODES + len(program.layers)
        if obs == "bytes":
            self.space: spaces.Box = spaces.Box(0, 255, (program.observation_length,), np.uint8)
        elif obs == "planes":
            side = 2 * program.radius + 1
            features = program.observation_length - program.window * (1 + len(program.layers))
            self.space = spaces.Box(0.0, 1.0, (self._spatial + features, side, side), np.float32)
        else:
            self.space = spaces.Box(0.0, 1.0, (self._flat_length,), np.float32)

    def of_all(self, rows: np.ndarray, buffers: Buffers = _NEW) -> np.ndarray:
        """Byte observations (n, length) as the space has them: bytes themselves, others in ``buffers``."""
        if self._obs == "bytes":
            return rows
        count = len(rows)
        (flat,) = buffers.get("flat", lambda: (np.empty((count, self._flat_length), dtype=np.float32),))
        one_hot(rows, self._window, flat)
        if self._obs == "flat":
            return flat
        (planes,) = buffers.get("planes", lambda: (np.empty((count, *self.space.shape), np.float32),))
        spatial = self._spatial
        planes[:, :spatial] = flat[:, : spatial * self._window].reshape(count, spatial, *self.space.shape[1:])
        planes[:, spatial:] = flat[:, spatial * self._window :, None, None]
        return planes

    def of_one(self, rows: np.ndarray, row: int) -> np.ndarray:
        """One row of byte observations as the space has it; always new."""
        if self._obs == "bytes":
            return rows[row].copy()
        if self._obs == "planes":
            return self.of_all(rows[row : row + 1])[0]
        flat = np.empty((1, self._flat_length), dtype=np.float32)
        one_hot(rows[row : row + 1], self._window, flat)
        return flat[0]
