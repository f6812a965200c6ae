"""The memory of a batch of worlds, and kernels that run over all of them or, as far as anybody sees, over none."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import numpy as np
from numba import config

from sakana_envs.core import faults, threads
from sakana_envs.core.exclusive import Exclusive
from sakana_envs.core.memory import Layout
from sakana_envs.core.numbers import Range, ranges_of_worlds
from sakana_envs.core.program import Program
from sakana_envs.core.rng import world_seed
from sakana_envs.core.start import DRAWN, Start
from sakana_envs.core.tickets import BROKEN, new_control


class Batch:
    """Blocks of worlds, of which some have begun: a reset has laid these out to the end.

    What goes wrong in the middle, an exception of a rule or an interrupt, leaves worlds that must be reset before they
    step; with ``debug`` they are put back.
    """

    def __init__(
        self,
        program: Program,
        sizes: Mapping[str, int],
        worlds: int,
        thread_limit: int | None,
        sets: Sequence[Mapping[str, np.ndarray]],
    ) -> None:
        self.program = program
        self.worlds = worlds
        self.rows = worlds * sizes["agents"]
        self.layout = Layout(program.structure, sizes, sets)
        self.blocks = self.layout.allocate(worlds)
        limit = threads.available() if thread_limit is None else thread_limit
        self.threads = 1 if config.DISABLE_JIT else max(1, min(limit, worlds, self.rows // threads.ROWS_PER_THREAD))
        self._control = new_control(worlds, self.threads)
        self._begun = np.zeros(worlds, dtype=np.bool_)
        self.unseeded = np.ones(worlds, dtype=np.bool_)
        """Worlds that have no seed yet, neither given nor with a state."""
        self.borrowed = np.zeros(worlds, dtype=np.bool_)
        """Worlds that have the seed of another simulation, of which this one is a copy by pickle."""
        self._must_check = True
        self._inside = Exclusive()

    def view(self, name: str) -> np.ndarray:
        """A field of all worlds as a writable array (worlds, ...); its meaning is in the engine's ``fields``."""
        return self.layout.view(self.blocks, name)

    def _set_numbers(self, numbers: Mapping[str, float | np.ndarray | Range]) -> None:
        """Give all worlds their numbers; those with a range are drawn as an episode begins."""
        ranges = {}
        for position, name in enumerate(self.program.numbers):
            value = numbers[name]
            if isinstance(value, Range):
                ranges[position] = value
            self.view("numbers")[:, position] = value.low if isinstance(value, Range) else value
        self.layout.set_tables(**ranges_of_worlds(ranges, self.worlds))

    def _seed(self, seeds: Any, chosen: np.ndarray) -> None:
        """Give the worlds of ``chosen`` their seeds: an int for the whole batch, or one per world."""
        if np.ndim(seeds) == 0:
            seeds = [world_seed(int(seeds), world) for world in range(self.worlds)]
        self._must_check = True
        self._begun[chosen] = False
        self.view("seed")[chosen, 0] = np.asarray(seeds, dtype=np.uint64)[chosen]
        self.view("episode")[chosen, 0] = -1
        others = ~chosen
        self.unseeded &= others
        self.borrowed &= others

    def _prepare(self, chosen: np.ndarray, start: Start | None) -> np.ndarray:
        """Levels for the episodes that begin now in the worlds of ``chosen``, whose numbers become those asked for."""
        levels = np.full(self.worlds, DRAWN, dtype=np.int64)
        if start is None:
            return levels
        self._begun[chosen] = False
        for name, values in start.numbers.items():
            position = list(self.program.numbers).index(name)
            self.view("numbers")[chosen, position] = values[chosen]
            drawn = self.layout.tables["drawn_numbers"] == position
            self._ranges()[np.ix_(chosen, drawn)] = values[chosen][:, None, None]
        self.layout.set_tables()
        if start.levels is not None:
            levels[chosen] = start.levels[chosen]
        if start.lists is not None:
            levels[chosen] = self.layout.add_guest(start.lists, set(self.view("level")[~chosen, 0].tolist()))
        return levels

    def _ranges(self) -> np.ndarray:
        """Of each world the ranges of numbers that are drawn, (worlds, numbers, 2): what the next header is made of."""
        return self.layout.tables["number_ranges"].reshape(self.worlds, len(self.layout.tables["drawn_numbers"]), 2)

    def _copy_ranges(self, source: int, targets: Any) -> None:
        """Let worlds draw their numbers from where another does."""
        ranges = self._ranges()
        if (ranges[targets] != ranges[source]).any():
            ranges[targets] = ranges[source]
            self.layout.set_tables()

    @contextmanager
    def _put_back(self) -> Iterator[None]:
        """A block that, with ``debug``, leaves all as it was if it fails: seeds, and from what worlds begin, too."""
        kept = self._contents() if self.program.debug else ()
        before = deepcopy(kept), self.layout.guests.copy()
        try:
            yield
        except BaseException:
            for array, values in zip(kept, before[0], strict=True):
                array[:] = values
            if kept:
                self.layout.guests[:] = before[1]
                self.layout.set_tables()
            raise

    def _contents(self) -> tuple[np.ndarray, ...]:
        """The arrays in which resets write."""
        return self.blocks, self._begun, self.unseeded, self.borrowed, self.layout.tables["number_ranges"]

    def _run(self, kernel: Any, *arguments: Any) -> Any:
        """Run a kernel over all worlds; an exception of a rule comes out in words that name the rule."""
        if self.program.debug:
            self._before = self.blocks.copy(), self._begun.copy()
        arguments = (self.blocks, self.layout.header, *arguments)
        try:
            # Who waits for a compiler should be alone: others would have to be waited for after an interrupt.
            if self.threads > 1 and kernel is self.program.kernels.step and getattr(kernel, "overloads", None):
                return threads.run(kernel, arguments[:-2], self._control, self.threads)
            return kernel(*arguments)
        except Exception as error:
            self._fail(error)
            raise

    def _fail(self, error: Exception | None = None) -> None:
        """Raise, in words, what a rule did wrong, if one did.

        With ``debug`` the worlds are put back; else all of them must begin anew.
        """
        self._end_broken_step()
        if not self.view("fault")[:, 0].any():
            return
        said = faults.describe(self.program.rules, self.program.engine.faults, self.view, error)
        if self.program.debug:
            self.blocks[:], self._begun[:] = self._before
            after = "the worlds are as they were"
        else:
            self._begun[:] = False
            self.view("fault")[:] = 0
            after = "call reset() before the next step()"
        raise faults.kind_of(error)(f"task {self.program.name}: {said}\n  {after}") from error

    def _end_broken_step(self) -> None:
        """See to it that nobody works any more on a step that broke off, and that its worlds must begin anew."""
        if self._control[BROKEN]:
            threads.dismiss(self._control)
            self._begun[:] = False
            self._control[BROKEN] = 0
