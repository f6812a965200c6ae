"""What learners get of a step: their rows, in the form of their observations, in new arrays or the caller's own."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sakana_envs.core.given import Given, check_given
from sakana_envs.core.program import Transition
from sakana_envs.core.simulation import Simulation
from sakana_envs.wrappers.views import Views


class HandOver:
    """Picks ``learners`` out of the rows of a simulation, None if all are, and shows them as ``views`` says."""

    def __init__(self, simulation: Simulation, views: Views, learners: np.ndarray | None) -> None:
        self._simulation = simulation
        self._views = views
        self._learners = learners
        self._given = Given()

    def learners_of(self, rows: np.ndarray, name: str = "") -> np.ndarray:
        """The learners' rows of an array with a row for every agent: itself if all learn, else a copy.

        The copy is in the caller's array of that name, if one was given.
        """
        if self._learners is None:
            return rows
        given = self._given.get(name)
        if given is None:
            return rows[self._learners]
        given[:] = rows[self._learners]
        return given

    def seen(self, transition: Transition) -> np.ndarray:
        """The learners' observations after a step; with ``copy=False`` in arrays that steps share."""
        rows = self.learners_of(transition.observations)
        if not self._given and self._views.raw:  # at once, since a small batch steps in some microseconds
            return rows
        return self._views.of_all(rows, self._simulation.buffers, self._given.get("observations"))

    def first_seen(self, observations: np.ndarray) -> np.ndarray:
        """The learners' observations after a reset, of those of all agents; never in arrays that steps share."""
        return self._views.of_all(self.learners_of(observations), given=self._given.get("observations"))

    def write_into(self, arrays: Mapping[str, Any]) -> None:
        """Let steps, and resets with observations, write into these from now on, see :func:`check_given`.

        By name: ``observations``, ``rewards``, ``terminated`` and ``truncated``; None for new ones.
        """
        rows = self._simulation.rows if self._learners is None else len(self._learners)
        space, flags = self._views.space, ((rows,), np.dtype(np.bool_))
        forms = {
            "observations": ((rows, *space.shape), np.dtype(space.dtype)),
            "rewards": ((rows,), np.dtype(np.float32)),
            "terminated": flags,
            "truncated": flags,
        }
        given = check_given(arrays, forms)
        # What is for all agents and as worlds write it is written at once where it shall be.
        direct = () if self._learners is not None else forms if self._views.raw else tuple(forms)[1:]
        self._given = given
        self._simulation.given = Given({name: given[name] for name in direct if name in given})
