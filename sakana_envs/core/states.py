"""Worlds of a batch that are taken out, put back and copied."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import numpy as np

from sakana_envs.core import state
from sakana_envs.core.batch import Batch
from sakana_envs.core.cpu import keep_on_disk
from sakana_envs.core.program import Program


class States(Batch):
    """A batch whose worlds can be saved, restored and cloned, for one thread at a time; parameters as for ``Batch``."""

    def __init__(
        self,
        program: Program,
        sizes: Mapping[str, int],
        worlds: int,
        thread_limit: int | None,
        lists: Mapping[str, np.ndarray] | None,
    ) -> None:
        super().__init__(program, sizes, worlds, thread_limit, lists)
        self.unseeded = np.ones(worlds, dtype=np.bool_)
        """Worlds that have no seed yet, neither given nor with a state."""
        self.borrowed = np.zeros(worlds, dtype=np.bool_)
        """Worlds that have the seed of another simulation, of which this one is a copy by pickle."""
        self._must_check = True

    def get_state(self, worlds: Any = None) -> dict[str, np.ndarray]:
        """Everything about the worlds of the given indices (None: all), see :mod:`sakana_envs.core.state`.

        Random numbers and clocks are included: put back, the worlds go on byte for byte.
        """
        with self._inside:
            self._end_broken_step()
            chosen = self._indices(worlds)
            return state.pack(self.program.name, self.layout, self.blocks[chosen], self._begun[chosen])

    def set_state(self, saved: Mapping[str, Any], worlds: Any = None) -> None:
        """Put a state back into the worlds of the given indices (None: all).

        Raises ``ValueError`` for a state that doesn't fit or is damaged; the worlds are then as they were.
        """
        with self._inside:
            self._end_broken_step()
            chosen = self._indices(worlds)
            blocks, begun = state.unpack(self.program, self.layout, saved, len(chosen))
            self._replace(chosen, blocks, begun, ~begun, False)

    def clone(self, source: int, targets: Any) -> None:
        """Make the worlds ``targets`` (an index or several) equal to world ``source``, random numbers included."""
        with self._inside:
            self._end_broken_step()
            origin, chosen = self._place(source), self._place(targets)
            if not isinstance(origin, int):
                if len(origin) != 1:
                    raise ValueError(f"clone takes one world as its source, got {source!r}")
                origin = origin[0]
            self._replace(chosen, *(rows[origin] for rows in (self.blocks, self._begun, self.unseeded, self.borrowed)))

    def _replace(self, chosen: Any, blocks: np.ndarray, begun: Any, unseeded: Any, borrowed: Any) -> None:
        """Put others in the place of worlds. An interrupt in the middle leaves worlds that must begin anew."""
        self._must_check = True
        self._begun[chosen] = False
        self.blocks[chosen] = blocks
        self.unseeded[chosen] = unseeded
        self.borrowed[chosen] = borrowed
        self._begun[chosen] = begun

    def __setstate__(self, attributes: dict[str, Any]) -> None:
        """A copy by pickle, of which clients make several of one environment, to get a batch of different worlds."""
        self.__dict__.update(attributes)
        self.borrowed = ~self.unseeded
        keep_on_disk(self.program.kernels, f"{self.program.name}-copy")

    def __deepcopy__(self, memo: dict[int, Any]) -> "States":
        """An exact copy, with the seeds."""
        twin = memo[id(self)] = object.__new__(type(self))
        twin.__dict__.update(deepcopy(self.__dict__, memo))
        return twin

    def _place(self, worlds: Any) -> Any:
        """A plain index as it is, since a small world is copied sooner than an array of indices is checked."""
        return worlds if type(worlds) is int and 0 <= worlds < self.worlds else self._indices(worlds)

    def _indices(self, worlds: Any) -> np.ndarray:
        if worlds is None:
            return np.arange(self.worlds)
        indices = np.atleast_1d(np.asarray(worlds))
        fits = indices.ndim == 1 and indices.dtype.kind in "iu" and len(indices) > 0
        if not fits or indices.min() < 0 or indices.max() >= self.worlds:
            raise ValueError(f"worlds must be indices from 0 to {self.worlds - 1}, got {worlds!r}")
        return indices
