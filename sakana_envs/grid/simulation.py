"""A batch of worlds of one task and twin: owns their memory, seeds them, resets and steps them."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numba import config, njit

from sakana_envs.grid import disk_cache, rng, threads
from sakana_envs.grid.cpu import DISABLED, NEXT_STEP, SAME_STEP, Kernels
from sakana_envs.grid.memory import Field, Layout
from sakana_envs.grid.motion import MOTIONS

STATE_VERSION = 1


class Program(NamedTuple):
    """What a task compiles to for one twin and view radius.

    ``observation_length`` is in bytes: the agent's ``window`` of cell codes, a window of each of ``layers``, features.
    ``statistics`` are the fields that describe an agent's episode.
    """

    name: str
    discrete: bool
    radius: int
    fields: Mapping[str, Field]
    numbers: tuple[str, ...]
    kernels: Kernels
    window: int
    layers: tuple[str, ...]
    observation_length: int
    debug: bool
    statistics: tuple[str, ...]


class Transition(NamedTuple):
    """What a step returns, a row per agent: world w, agent i is row ``w * agents + i``.

    ``observations`` (rows, length) uint8, ``rewards`` (rows,) float32, ``terminated`` and ``truncated`` (rows,) bool,
    ``ended`` (int) is how many worlds' episodes ended in this step, ``outcome`` (worlds,) uint8 says which:
    ``cpu.TICKED``, ``ENDED`` or ``RESTARTED``; ``final_observations`` are the last ones of episodes that ended in this
    step, where ``observations`` already begin the next (mode ``SAME_STEP`` only).
    """

    observations: np.ndarray
    rewards: np.ndarray
    terminated: np.ndarray
    truncated: np.ndarray
    ended: int
    outcome: np.ndarray
    final_observations: np.ndarray


@njit(nogil=True)
def _first_wrong_discrete(actions):
    for row in range(actions.shape[0]):
        if actions[row] < 0 or actions[row] >= MOTIONS.shape[0]:
            return row
    return -1


@njit(nogil=True)
def _first_wrong_continuous(actions):
    for row in range(actions.shape[0]):
        # Written so that NaN fails too.
        if not (abs(actions[row, 0]) <= 1.0 and abs(actions[row, 1]) <= 1.0):
            return row
    return -1


for _check in (_first_wrong_discrete, _first_wrong_continuous):
    disk_cache.attach(_check, _check.__name__.strip("_"))


def world_seed(seed: int, world: int) -> int:
    """The seed of world number ``world`` of a batch that was seeded with the integer ``seed``.

    World 0 has the batch's own seed, so a batch of one and a single environment agree.
    """
    if world == 0:
        return int(seed)
    with np.errstate(over="ignore"):
        return int(rng.combine(np.uint64(seed), world)) >> 1


class Simulation:
    """Worlds of one program.

    Parameters
    ----------
    program : what to run.
    sizes : ``agents``, ``height``, ``width`` and ``horizon``.
    numbers : a value for each of the program's numbers.
    worlds : how many worlds.
    mode : ``cpu.NEXT_STEP``, ``cpu.SAME_STEP`` or ``cpu.DISABLED``: what follows an episode's end.
    thread_limit : how many threads may share a step; None for as many as there are processors. Results are the same.
    lists : cells with walls and food, and where agents appear, as in :class:`sakana_envs.grid.memory.Layout`.
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
    ) -> None:
        self.program = program
        self.worlds = worlds
        self.agents = sizes["agents"]
        self.rows = worlds * self.agents
        self.mode = mode
        self.sizes = dict(sizes)
        limit = threads.available() if thread_limit is None else thread_limit
        self._shards = max(1, min(limit, worlds, self.rows // threads.ROWS_PER_THREAD))
        self.layout = Layout(program.fields, len(program.numbers), sizes, program.radius, lists)
        self.blocks = self.layout.allocate(worlds)
        self.view("numbers")[:] = [numbers[name] for name in program.numbers]
        self._over = self.view("over")[:, 0]
        self._over[:] = 1
        self._begun = np.zeros(worlds, dtype=np.bool_)
        self._must_check = True
        self._outcome = np.zeros(worlds, dtype=np.uint8)
        self._all = np.ones(worlds, dtype=np.bool_)

    def view(self, name: str) -> np.ndarray:
        """A field of all worlds as a writable array (worlds, ...); its meaning is in ``world.FIELDS``."""
        return self.layout.view(self.blocks, name)

    def _new_observations(self) -> np.ndarray:
        return np.empty((self.rows, self.program.observation_length), dtype=np.uint8)

    def seed(self, seeds, mask: np.ndarray | None = None) -> None:
        """Give worlds their seeds: an int for the whole batch, or one per world. Takes effect at ``reset``."""
        if np.ndim(seeds) == 0:
            seeds = [world_seed(int(seeds), world) for world in range(self.worlds)]
        chosen = self._all if mask is None else mask
        self.view("seed")[chosen, 0] = np.asarray(seeds, dtype=np.uint64)[chosen]
        self.view("episode")[chosen, 0] = -1

    def reset(self, mask: np.ndarray | None = None) -> np.ndarray:
        """Begin the next episode in the worlds of ``mask`` (worlds,) bool, in all without one.

        Returns the observations (rows, length) uint8. Raises ``ValueError`` if the task's layout leaves agents
        without a place.
        """
        chosen = self._all if mask is None else mask
        self.view("episode")[chosen, 0] += 1
        self._begun |= chosen
        wrong = self._run(self.program.kernels.reset, chosen)
        self._check_layout(sum(wrong), chosen)
        self._must_check = not self._begun.all() or (self.mode == DISABLED and bool(self._over.any()))
        return self.observe()

    def _check_layout(self, wrong: int, worlds: np.ndarray) -> None:
        if wrong:
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

    def check_actions(self, actions) -> np.ndarray:
        """``actions`` as the array that the kernels take, int64 (rows,) or float32 (rows, 2).

        Raises ``TypeError`` or ``ValueError`` naming the first wrong one; nothing has moved by then.
        """
        array = np.asarray(actions)
        if self.program.discrete:
            if array.dtype.kind not in "iu":
                raise TypeError(f"actions must be integers in 0..8, got {array.dtype}")
            shape: tuple[int, ...] = (self.rows,)
            array = np.ascontiguousarray(array, dtype=np.int64)
        else:
            if array.dtype.kind not in "fiu":
                raise TypeError(f"actions must be real numbers in [-1, 1], got {array.dtype}")
            shape = (self.rows, 2)
            array = np.ascontiguousarray(array, dtype=np.float32)
        if array.shape != shape:
            raise ValueError(f"actions must have shape {shape}, one row per agent, got {array.shape}")
        wrong = _first_wrong_discrete(array) if self.program.discrete else _first_wrong_continuous(array)
        if wrong >= 0:
            allowed = (
                "an integer in 0..8"
                if self.program.discrete
                else "two numbers in [-1, 1]; clip them, for example with gymnasium.wrappers.ClipAction"
            )
            raise ValueError(f"action {array[wrong]} of row {wrong} is not allowed: it must be {allowed}")
        return array

    def step(self, actions) -> Transition:
        """One tick of every world; a world whose episode is over begins the next one instead (``NEXT_STEP``).

        The arrays returned are the caller's own. Raises as :meth:`check_actions`, and ``RuntimeError`` when a
        world needs a reset; the worlds are then as they were.
        """
        actions = self.check_actions(actions)
        if self._must_check:
            self._check_begun()
        observations = self._new_observations()
        final_observations = self._new_observations() if self.mode == SAME_STEP else observations
        rewards = np.empty(self.rows, dtype=np.float32)
        terminated = np.empty(self.rows, dtype=np.bool_)
        truncated = np.empty(self.rows, dtype=np.bool_)
        outputs = (observations, final_observations, rewards, terminated, truncated)
        shards = self._run(self.program.kernels.step, actions, self.mode, outputs, self._outcome)
        ended = sum(shard[0] for shard in shards)
        self._check_layout(sum(shard[1] for shard in shards), self._all)
        self._must_check = self.mode == DISABLED and ended > 0
        return Transition(observations, rewards, terminated, truncated, ended, self._outcome, final_observations)

    def _run(self, kernel: Callable, *arguments: Any) -> list[Any]:
        """Run a kernel over all worlds; what each shard returned.

        In a debug program it runs with bounds checks, and the worlds are put back if one fails.
        """
        arguments = (self.blocks, self.layout.header, *arguments)
        if not self.program.debug:
            return threads.run(kernel, arguments, self.worlds, self._shards)
        before, setting = self.blocks.copy(), config.BOUNDSCHECK
        config.BOUNDSCHECK = 1
        try:
            return threads.run(kernel, arguments, self.worlds, 1)
        except IndexError as error:
            self.blocks[:] = before
            raise IndexError(f"task {self.program.name}: a rule reads or writes outside of an array: {error}") from None
        finally:
            config.BOUNDSCHECK = setting

    def _check_begun(self) -> None:
        if not self._begun.all():
            raise RuntimeError("call reset() before step()")
        if self._over.any():
            raise RuntimeError(
                f"the episode of world {int(self._over.argmax())} is over and autoreset is disabled: "
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
