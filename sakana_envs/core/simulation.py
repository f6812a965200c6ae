"""A batch of worlds of one task and twin: seeds them, resets and steps them, and says how their episodes went."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import partial
from threading import get_ident
from typing import Any

import numpy as np
from numba import config

from sakana_envs.core import faults
from sakana_envs.core.actions import Twin
from sakana_envs.core.allowed import first_wrong_choice, form, random_actions, shape_actions, wrong_action
from sakana_envs.core.buffers import Buffers, new_outputs
from sakana_envs.core.cpu import BEGIN, DISABLED, NEXT_STEP, SAME_STEP, keep_on_disk
from sakana_envs.core.exclusive import THREAD
from sakana_envs.core.given import Given
from sakana_envs.core.levels import LevelSet
from sakana_envs.core.numbers import Range
from sakana_envs.core.program import Program, Transition
from sakana_envs.core.restore import Restorable
from sakana_envs.core.start import DRAWN, Start
from sakana_envs.core.tickets import BEGUN

_CONTINUOUS = int(Twin.CONTINUOUS)


class Simulation(Restorable):
    """Worlds of one program, for one thread at a time.

    Parameters
    ----------
    program : what to run.
    twin : the form of actions; True is the discrete twin's, and False the continuous one's.
    sizes : those of the engine's sizes that the compiler needn't know.
    numbers : for each of the program's numbers a value, values (worlds,), or a range from which it is drawn anew as
        each episode begins.
    worlds : how many worlds.
    mode : ``cpu.NEXT_STEP``, ``cpu.SAME_STEP`` or ``cpu.DISABLED``: what follows an episode's end.
    thread_limit : how many threads may share a step, as far as each has a world and ``threads.ROWS_PER_THREAD`` agents;
        None for as many as there are processors. Results are the same.
    stagger : whether a reset of all worlds gives each first episode another length, up to the horizon, so that later
        ends are spread over time instead of coming all at once.
    sets : the engine's lists, by name; those left out are empty. Of several, each level has one.
    levels : from which levels episodes begin; None if all begin from the one set of lists.
    copy : whether what a step returns is the caller's own; else see :class:`sakana_envs.core.buffers.Buffers`.
    """

    def __init__(
        self,
        program: Program,
        twin: Twin | bool,
        sizes: Mapping[str, int],
        numbers: Mapping[str, float | np.ndarray | Range],
        worlds: int = 1,
        mode: int = NEXT_STEP,
        sets: Sequence[Mapping[str, np.ndarray]] = ({},),
        thread_limit: int | None = None,
        stagger: bool = False,
        copy: bool = True,
        levels: LevelSet | None = None,
    ) -> None:
        super().__init__(program, sizes, worlds, thread_limit, sets)
        self.agents = sizes["agents"]
        self.mode = mode
        self.stagger = stagger
        self.sizes = dict(sizes)
        self._set_numbers(numbers)
        self.levels = None if levels is None else levels.open(self.layout)
        self.view("over")[:] = 1
        self._all = np.ones(worlds, dtype=np.bool_)
        self.twin = Twin(twin)
        self._twin = int(twin)
        self.actions = program.actions
        self._form = form(self.actions, self.twin, self.rows)
        size = len(self.actions.coordinates)
        self._words = (size + 1) // 2
        self._nothing = np.empty(0, dtype=np.int64), np.empty((0, size), dtype=np.float32)
        self.buffers = Buffers(copy, program.debug)
        self.given = Given()
        """Into what steps write instead, by names of :class:`Transition`, all rows."""
        shape, dtype = (self.rows, *program.row.shape), np.dtype(program.row.dtype)
        self._new_outputs = partial(new_outputs, shape, dtype, worlds, mode == SAME_STEP)

    def seed(self, seeds, mask: np.ndarray | None = None) -> None:
        """Give worlds their seeds: an int for the whole batch, or one per world. They must begin anew then."""
        with self._inside:
            self._end_broken_step()
            self._seed(seeds, self._all if mask is None else mask)

    def reset(
        self,
        mask: np.ndarray | None = None,
        start: Start | None = None,
        seeds: Any = None,
        seeded: np.ndarray | None = None,
    ) -> np.ndarray:
        """Begin the next episode in the worlds of ``mask`` (worlds,) bool, in all without one, as ``start`` says.

        With ``seeds``, the worlds of ``seeded`` are first given these. Returns the observations (rows, length). Raises
        ``ValueError`` if the task's layout leaves agents without a place.
        """
        chosen = self._all if mask is None else mask
        with self._inside, self._put_back():
            self._end_broken_step()
            if seeds is not None:
                self._seed(seeds, self._all if seeded is None else seeded)
            self._must_check = True
            levels = self._prepare(chosen, start)
            stagger = self.stagger and mask is None
            if mask is None and not stagger and (levels == DRAWN).all():
                return self._reset_all()
            if self._run(self.program.kernels.reset, chosen, self._begun, stagger, levels):
                self._fail()
            self._must_check = not self._begun.all() or (self.mode == DISABLED and bool(self.view("over").any()))
            return self.observe()

    def _reset_all(self) -> np.ndarray:
        """A reset of all worlds is a step in which all of them begin anew: so nothing else need be compiled for it."""
        self._control[BEGUN] = self._begun.ctypes.data
        outputs = self._new_outputs()
        step = self.program.kernels.step
        _, wrong, _ = self._run(step, self._twin, *self._nothing, BEGIN, outputs, self._control, 0)
        if wrong:
            self._fail()
        if config.DISABLE_JIT:  # plain Python writes by no address
            self._begun[:] = True
        self._must_check = False
        return outputs[0]

    def observe(self, mask: np.ndarray | bool = True) -> np.ndarray:
        """Observations as the worlds of ``mask`` stand, (rows, length); zeros of others, and before a first reset."""
        observations: np.ndarray = np.zeros((self.rows, *self.program.row.shape), dtype=self.program.row.dtype)
        self._run(self.program.kernels.observe, self._begun & mask, observations)
        return observations

    def step(self, actions) -> Transition:
        """One tick of every world; a world whose episode is over begins the next one instead (``NEXT_STEP``).

        The arrays returned are those ``given``, else the caller's own unless ``copy`` is False. Raises ``TypeError`` or
        ``ValueError`` for actions that aren't allowed, and ``RuntimeError`` when a world needs a reset; the worlds are
        then as they were.
        """
        inside, thread = self._inside, get_ident()
        if inside.setdefault(THREAD, thread) != thread:  # as ``with inside``, in half the time
            inside.refuse_or_replace(thread)
        try:
            given, actions = actions, shape_actions(actions, self._form)
            if self._must_check:
                self._check_begun()
            self._must_check = True
            outputs = self.buffers.prepare("step", self._new_outputs)
            if self.given:
                outputs = tuple(map(self.given.get, Transition._fields[1:], outputs))
            choices, vectors = self.both(actions)
            step = self.program.kernels.step
            ended, wrong, refused = self._run(step, self._twin, choices, vectors, self.mode, outputs, self._control, 0)
            if refused >= 0:
                raise wrong_action(given, self.actions, self.twin, refused)
            if wrong:
                self._fail()
            self.buffers.turn()
            self._must_check = self.mode == DISABLED and ended > 0
            return Transition(ended, *outputs)
        finally:
            inside.clear()

    def both(self, actions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Choices and vectors, of which a twin has only one."""
        choices, vectors = self._nothing
        if self._twin == _CONTINUOUS:
            return choices, actions
        return (actions if actions.ndim == 1 else actions.reshape(-1)), vectors

    def _check_begun(self) -> None:
        self._end_broken_step()
        if not self._begun.all():
            raise RuntimeError("call reset() before step()")
        over = self.view("over")[:, 0]
        if self.mode == DISABLED and over.any():
            raise RuntimeError(
                f"the episode of world {int(over.argmax())} is over and autoreset is disabled: call reset(); a batch "
                'takes reset(options={"reset_mask": mask}), with the ended environments'
            )

    def episode_statistics(self) -> dict[str, np.ndarray]:
        """The running or just ended episode of every agent, each (rows,): return, length, score and events."""
        statistics = {name: self.view(name).reshape(-1).copy() for name in self.program.statistics}
        statistics["episode_length"] = np.repeat(self.view("episode_length")[:, 0].astype(np.int64), self.agents)
        return statistics

    @property
    def mortal(self) -> bool:
        """Whether agents can die before their episode ends."""
        return "alive" in self.layout.shapes

    def alive(self) -> np.ndarray:
        """Whether each agent lives now, (rows,) bool."""
        return self.view("alive").reshape(-1) != 0 if self.mortal else np.ones(self.rows, dtype=np.bool_)

    def scores_so_far(self) -> np.ndarray:
        """The score that each agent's episode would have if it ended now, float64 (rows,) in [0, 1].

        NaN in worlds whose episode is at its beginning, or whose score raises an exception before the end, where it may
        be undefined. No world changes.
        """
        scores = np.full(self.rows, np.nan)
        running = self.view("clock")[:, 0] > 0
        try:
            self._run(self.program.kernels.scores, running, self.layout.allocate(1), scores)
        except Exception:
            for world in np.flatnonzero(running).tolist():
                self._score_alone(world, scores)
        return scores

    def _score_alone(self, world: int, scores: np.ndarray) -> None:
        try:
            alone = np.arange(self.worlds) == world
            self._run(self.program.kernels.scores, alone, self.layout.allocate(1), scores)
        except Exception:
            scores[world * self.agents : (world + 1) * self.agents] = np.nan

    def scripted_actions(self, observations: np.ndarray) -> np.ndarray:
        """The scripted policy's rows of the table, int64 (rows,), for observations as ``step`` returns them."""
        actions = np.empty(self.rows, dtype=np.int64)
        try:
            self._run(self.program.kernels.scripted, observations, actions)
        except Exception as error:
            said = faults.raised("scripted", self.program.rules["scripted"], "an observation", error)
            raise faults.kind_of(error)(f"task {self.program.name}: {said}") from error
        limits = self.actions.limits(Twin.DISCRETE)
        wrong = first_wrong_choice(actions, limits)
        if wrong >= 0:
            said = f"scripted returned {actions[wrong]}; an action is 0 to {limits[0] - 1}"
            raise ValueError(f"task {self.program.name}: {said}")
        return actions

    def random_actions(self) -> np.ndarray:
        """Uniform random actions in the twin's own form; they depend on each world's seed, episode and clock."""
        return random_actions(self.noise(), self.actions, self.twin)

    def noise(self) -> np.ndarray:
        """Random bits for each agent's policy, uint64 (rows, n), of which random actions are made."""
        bits = np.empty((self.rows, self._words), dtype=np.uint64)
        self._run(self.program.kernels.noise, bits)
        return bits

    def __setstate__(self, attributes: dict[str, Any]) -> None:
        """A copy by pickle, of which clients make several of one environment, to get a batch of different worlds."""
        self.__dict__.update(attributes)
        self.borrowed = ~self.unseeded
        keep_on_disk(self.program.kernels, f"{self.program.name}-copy")

    def __deepcopy__(self, memo: dict[int, Any]) -> "Simulation":
        """An exact copy, with the seeds."""
        twin = memo[id(self)] = object.__new__(type(self))
        twin.__dict__.update(deepcopy(self.__dict__, memo))
        return twin
