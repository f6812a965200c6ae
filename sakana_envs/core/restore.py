"""Worlds that can be taken out, put back, copied over others, and edited."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from sakana_envs.core import state
from sakana_envs.core.batch import Batch
from sakana_envs.core.editing import Editor
from sakana_envs.core.possible import check_any_world, check_begun_worlds
from sakana_envs.core.scalars import is_whole, plain


class Restorable(Batch):
    """A batch in which other worlds can take the place of those that it has."""

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
            begun = bool(self._begun[origin])
            self._must_check = True
            self._begun[chosen] = False
            self._copy_ranges(origin, chosen)
            self._replace(chosen, self.blocks[origin], begun, self.unseeded[origin], self.borrowed[origin])

    def _replace(self, chosen: Any, blocks: np.ndarray, begun: Any, unseeded: Any, borrowed: Any) -> None:
        """Put others in the place of worlds. An interrupt in the middle leaves worlds that must begin anew."""
        self._must_check = True
        self._begun[chosen] = False
        self.blocks[chosen] = blocks
        self.unseeded[chosen] = unseeded
        self.borrowed[chosen] = borrowed
        self._begun[chosen] = begun

    def end(self, worlds: np.ndarray, scores: np.ndarray) -> None:
        """Let the tick in which they are be the last one of worlds (worlds,) bool, with these scores (rows,)."""
        with self._inside:
            self._end_broken_step()
            self._must_check = True
            for name, values in (("time_limit", self.view("clock")), ("score", scores.reshape(self.worlds, -1))):
                self.view(name)[worlds] = values[worlds]
            self.view("over")[worlds] = 1

    @contextmanager
    def edit(self, world: int | None = None, numbers: Collection[str] = ()) -> Iterator[Editor]:
        """A block in which a world may be edited, and at whose end it is checked and takes the old one's place.

        ``world`` is its index, None if there is only one; ``numbers`` are those that may be set. Raises ``ValueError``
        for a world that can't be, and ``RuntimeError`` if no episode of it is running, or if it has changed meanwhile.
        Whatever exception the block ends with, the world is then as it was.
        """
        index = self._one_world(world)
        with self._inside:
            self._end_broken_step()
            self._check_running(index)
            before = self.blocks[index].copy()
        block = self.layout.allocate(1)
        block[0] = before
        editor = self.program.engine.editor(self.program, self.layout, block, numbers)
        try:
            yield editor
        finally:
            editor.end()
        try:
            check_any_world(self.program, self.layout, block)
            check_begun_worlds(self.program, self.layout, block)
        except ValueError as error:
            raise ValueError(f"{self.program.name}: a world can't be as it was edited: {error}") from None
        with self._inside:
            self._end_broken_step()
            if not self._begun[index] or not np.array_equal(self.blocks[index], before):
                raise RuntimeError("the world changed while it was edited: step and reset it outside of edit()")
            self._replace(index, block[0], True, self.unseeded[index], self.borrowed[index])

    def _one_world(self, world: Any) -> int:
        if world is None and self.worlds == 1:
            return 0
        if not is_whole(plain(world), 0, self.worlds - 1):
            raise ValueError(f"world must say which one is edited, from 0 to {self.worlds - 1}, got {world!r}")
        return plain(world)

    def _check_running(self, index: int) -> None:
        if not self._begun[index]:
            raise RuntimeError("no episode has begun: call reset() before edit()")
        if self.view("over")[index, 0]:
            raise RuntimeError(f"the episode of world {index} is over: edit the next one, once it has begun")

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
