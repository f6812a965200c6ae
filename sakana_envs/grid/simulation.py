"""A batch of worlds of one task and twin: owns their memory, seeds them, resets and steps them."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from numba import config

from sakana_envs.grid import state, threads
from sakana_envs.grid.actions import check_actions, shape_actions, wrong_action
from sakana_envs.grid.buffers import Buffers, new_outputs
from sakana_envs.grid.cpu import DISABLED, NEXT_STEP, SAME_STEP
from sakana_envs.grid.memory import Layout
from sakana_envs.grid.motion import MOTIONS
from sakana_envs.grid.program import Program, Transition
from sakana_envs.grid.rng import world_seed
from sakana_envs.grid.tickets import new_control


class Simulation:
    """Worlds of one program.

    Parameters
    ----------
    program : what to run.
    sizes : ``agents``, ``height``, ``width`` and ``horizon``.
    numbers : a value for each of the program's numbers.
    worlds : how many worlds.
    mode : ``cpu.NEXT_STEP``, ``cpu.SAME_STEP`` or ``cpu.DISABLED``: what follows an episode's end.
    thread_limit : how many threads may share a step, as far as each has a world and ``threads.ROWS_PER_THREAD`` agents;
        None for as many as there are processors. Results are the same.
    stagger : whether a reset of all worlds gives each first episode another length, up to the horizon, so that later
        ends are spread over time instead of coming all at once.
    lists : cells with walls and food, and where agents appear, as in :class:`sakana_envs.grid.memory.Layout`.
    copy : whether what a step returns is the caller's own; else see :class:`sakana_envs.grid.buffers.Buffers`.
    """

    def __init__(
        self,
        program: Program,
        sizes: Mapping[str, int],
        numbers: Mapping[str, float],
        worlds: int = 1,
        mode: int = NEXT_STEP,
        lists: Mapping[str, np.ndarray] | None = None,
        thread_limit: int | None = None,
        stagger: bool = False,
        copy: bool = True,
    ) -> None:
        self.program = program
        self.worlds = worlds
        self.agents = sizes["agents"]
        self.rows = worlds * self.agents
        self.mode = mode
        self.stagger = stagger
        self.sizes = dict(sizes)
        limit = threads.available() if thread_limit is None else thread_limit
        self.threads = 1 if config.DISABLE_JIT else max(1, min(limit, worlds, self.rows // threads.ROWS_PER_THREAD))
        self._control = new_control(worlds, self.threads)
        self.layout = Layout(program.fields, len(program.numbers), sizes, program.radius, lists)
        self.blocks = self.layout.allocate(worlds)
        self.view("numbers")[:] = [numbers[name] for name in program.numbers]
        self.view("over")[:] = 1
        self._begun = np.zeros(worlds, dtype=np.bool_)
        self.unseeded = np.ones(worlds, dtype=np.bool_)
        """Worlds that have no seed yet, neither given nor with a state."""
        self._must_check = True
        self._all = np.ones(worlds, dtype=np.bool_)
        self.buffers = Buffers(copy, program.debug)
        shape = (self.rows, program.observation_length)
        self._new_outputs = partial(new_outputs, shape, worlds, mode == SAME_STEP)

    def view(self, name: str) -> np.ndarray:
        """A field of all worlds as a writable array (worlds, ...); its meaning is in ``world.FIELDS``."""
        return self.layout.view(self.blocks, name)

    def seed(self, seeds, mask: np.ndarray | None = None) -> None:
        """Give worlds their seeds: an int for the whole batch, or one per world. Takes effect at ``reset``."""
        if np.ndim(seeds) == 0:
            seeds = [world_seed(int(seeds), world) for world in range(self.worlds)]
        chosen = self._all if mask is None else mask
        self.view("seed")[chosen, 0] = np.asarray(seeds, dtype=np.uint64)[chosen]
        self.view("episode")[chosen, 0] = -1
        self.unseeded &= ~chosen

    def reset(self, mask: np.ndarray | None = None) -> np.ndarray:
        """Begin the next episode in the worlds of ``mask`` (worlds,) bool, in all without one.

        Returns the observations (rows, length) uint8. Raises ``ValueError`` if the task's layout leaves agents
        without a place.
        """
        chosen = self._all if mask is None else mask
        self.view("episode")[chosen, 0] += 1
        self._begun |= chosen
        wrong = self._run(self.program.kernels.reset, chosen)
        if wrong:
            self._refuse_layout(wrong, chosen)
        if self.stagger and mask is None:
            lengths = self.sizes["horizon"] * np.arange(1, self.worlds + 1) // self.worlds
            self.view("time_limit")[:, 0] = np.maximum(lengths, 1)
        self._must_check = not self._begun.all() or (self.mode == DISABLED and bool(self.view("over").any()))
        return self.observe()

    def _refuse_layout(self, wrong: int, worlds: np.ndarray) -> None:
        self._begun[worlds] = False
        self._must_check = True
        raise ValueError(
            f"{self.program.name}: init left {wrong} agents without a place, or with a kind outside 0..3; "
            f"if there is no room, pass fewer agents (now {self.agents} per world) or a larger map "
            f"(now {self.sizes['height']} x {self.sizes['width']})"
        )

    def observe(self) -> np.ndarray:
        """The observations of all agents as the worlds stand, (rows, length) uint8; zeros before their first reset."""
        observations = np.zeros((self.rows, self.program.observation_length), dtype=np.uint8)
        self._run(self.program.kernels.observe, self._begun, observations)
        return observations

    def step(self, actions) -> Transition:
        """One tick of every world; a world whose episode is over begins the next one instead (``NEXT_STEP``).

        The arrays returned are the caller's own, unless ``copy`` is False. Raises as :func:`check_actions`, and
        ``RuntimeError`` when a world needs a reset; the worlds are then as they were.
        """
        # The kernel looks at the values too, but arrays that debugging poisons must outlive a step that is refused.
        look = check_actions if self.program.debug else shape_actions
        actions = look(actions, self.program.discrete, self.rows)
        if self._must_check:
            self._check_begun()
        self.buffers.turn()
        outputs = self.buffers.get("step", self._new_outputs)
        _, ended, wrong, refused = self._run(self.program.kernels.step, actions, self.mode, outputs, self._control, 0)
        if refused >= 0:
            self.buffers.turn_back()
            raise wrong_action(actions, refused)
        if wrong:
            self._refuse_layout(wrong, self._all)
        self._must_check = self.mode == DISABLED and ended > 0
        return Transition(ended, *outputs)

    def _run(self, kernel: Callable, *arguments: Any) -> Any:
        """Run a kernel over all worlds."""
        arguments = (self.blocks, self.layout.header, *arguments)
        if self.program.debug:
            return self._run_checked(kernel, arguments)
        if self.threads > 1 and kernel is self.program.kernels.step:
            return threads.run(kernel, arguments[:-2], self._control, self.threads)
        return kernel(*arguments)

    def _run_checked(self, kernel: Callable, arguments: tuple) -> Any:
        """Run a kernel with bounds checks; the worlds are put back if one fails."""
        before, setting = self.blocks.copy(), config.BOUNDSCHECK
        config.BOUNDSCHECK = 1
        try:
            return kernel(*arguments)
        except IndexError as error:
            self.blocks[:] = before
            raise IndexError(f"task {self.program.name}: a rule reads or writes outside of an array: {error}") from None
        finally:
            config.BOUNDSCHECK = setting

    def _check_begun(self) -> None:
        if not self._begun.all():
            raise RuntimeError("call reset() before step()")
        over = self.view("over")[:, 0]
        if self.mode == DISABLED and over.any():
            raise RuntimeError(
                f"the episode of world {int(over.argmax())} is over and autoreset is disabled: "
                'call reset(options={"reset_mask": mask}) with the ended environments'
            )

    def episode_statistics(self) -> dict[str, np.ndarray]:
        """The running or just ended episode of every agent, each (rows,): return, length, score and events."""
        statistics = {name: self.view(name).reshape(-1).copy() for name in self.program.statistics}
        statistics["episode_length"] = np.repeat(self.view("episode_length")[:, 0], self.agents)
        return statistics

    def scripted_actions(self, observations: np.ndarray) -> np.ndarray:
        """The scripted policy's discrete actions, int64 (rows,), for observations as ``step`` returns them."""
        actions = np.empty(self.rows, dtype=np.int64)
        self._run(self.program.kernels.scripted, observations, actions)
        return actions

    def random_actions(self) -> np.ndarray:
        """Uniform random actions in the twin's own form; they depend on each world's seed, episode and clock."""
        bits = np.empty(self.rows, dtype=np.uint64)
        self._run(self.program.kernels.noise, bits)
        if self.program.discrete:
            return (bits % np.uint64(len(MOTIONS))).astype(np.int64)
        halves = np.stack([bits >> np.uint64(40), bits & np.uint64(2**24 - 1)], axis=1)
        return (halves / (2**23 - 0.5) - 1.0).astype(np.float32)

    def get_state(self, worlds: Any = None) -> dict[str, np.ndarray]:
        """Everything about the worlds of the given indices (None: all), see :mod:`sakana_envs.grid.state`.

        Random numbers and clocks are included: put back, the worlds go on byte for byte.
        """
        chosen = self._indices(worlds)
        return state.pack(self.program.name, self.layout, self.blocks[chosen], self._begun[chosen])

    def set_state(self, saved: Mapping[str, Any], worlds: Any = None) -> None:
        """Put a state back into the worlds of the given indices (None: all).

        Raises ``ValueError`` for a state that doesn't fit or is damaged; the worlds are then as they were.
        """
        chosen = self._indices(worlds)
        blocks, begun = state.unpack(self.program, self.layout, saved, len(chosen))
        self.blocks[chosen] = blocks
        self._begun[chosen] = begun
        self.unseeded[chosen] = ~begun
        self._must_check = True

    def clone(self, source: int, targets: Any) -> None:
        """Make the worlds ``targets`` (an index or several) equal to world ``source``, random numbers included."""
        origin, chosen = self._place(source), self._place(targets)
        if not isinstance(origin, int):
            origin = origin[0]
        for rows in (self.blocks, self._begun, self.unseeded):
            rows[chosen] = rows[origin]
        self._must_check = True

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
