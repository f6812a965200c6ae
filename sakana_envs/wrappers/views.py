"""How observations and actions look to a learner: in the forms that the engine's worlds and a task's twin have."""

import numpy as np
from gymnasium import spaces

from sakana_envs.core.actions import Actions, Twin
from sakana_envs.core.buffers import Buffers
from sakana_envs.core.engine import View
from sakana_envs.core.program import Program

_NEW = Buffers()


class Views:
    """Observations of a program in the form ``obs``, one of its ``views``; ``space`` is that of one agent's."""

    def __init__(self, program: Program, obs: str) -> None:
        view = program.views[obs]
        self._obs = obs
        self._write = view.write
        self.raw = view.write is None
        """Whether rows are of its form as they are."""
        self.space = observation_space(view)

    def of_all(self, rows: np.ndarray, buffers: Buffers = _NEW, given: np.ndarray | None = None) -> np.ndarray:
        """Rows (n, length) as the space has them, in the array ``given`` if there is one.

        Without, themselves if they are of its form, others in ``buffers``.
        """
        if self._write is None:
            if given is None or given is rows:
                return rows
            given[:] = rows
            return given
        count, out = len(rows), given
        if out is None:
            (out,) = buffers.get(self._obs, lambda: (np.empty((count, *self.space.shape), self.space.dtype),))
        self._write(rows, out)
        return out

    def of_one(self, rows: np.ndarray, row: int) -> np.ndarray:
        """One of the rows as the space has it; always new."""
        if self._write is None:
            return rows[row].copy()
        out = np.empty((1, *self.space.shape), self.space.dtype)
        self._write(rows[row : row + 1], out)
        return out[0]


def observation_space(view: View) -> spaces.Box:
    """The space of one agent's observations in a form."""
    return spaces.Box(view.low, view.high, view.shape, view.dtype)


def action_space(actions: Actions, twin: Twin) -> spaces.Space:
    """The space of one agent's actions."""
    if twin == Twin.DISCRETE:
        return spaces.Discrete(len(actions.table))
    if twin == Twin.MULTIDISCRETE:
        return spaces.MultiDiscrete(actions.limits(twin))
    return spaces.Box(actions.low, actions.high, dtype=np.float32)
