"""What all faces share: a simulation, who sits in which seat, and how observations look to a learner."""

from collections.abc import Callable
from typing import Any

import numpy as np
from gymnasium import spaces

from sakana_envs.grid import cpu, render
from sakana_envs.grid.motion import MOTIONS, STAY
from sakana_envs.grid.sensors import one_hot
from sakana_envs.grid.simulation import Transition, world_seed
from sakana_envs.grid.tiles import CODES
from sakana_envs.tasks import registry

OBSERVATIONS = ("flat", "planes", "bytes")
POLICIES = ("scripted", "random", "still")
RENDER_MODES = ("rgb_array",)
RENDER_FPS = 15

Others = str | Callable[[np.ndarray], Any] | None


class Seats:
    """A simulation whose learners are all agents, or only the first of each world.

    Parameters
    ----------
    task, discrete : which task and twin.
    worlds : how many worlds.
    others : who acts for every agent but the first of each world: ``"scripted"``, ``"random"``, ``"still"``, or a
        function from a batch of their observations to a batch of their actions, a row each. None: all are learners.
    obs : ``"flat"``, ``"planes"`` or ``"bytes"``.
    render_mode : ``"rgb_array"`` or None.
    settings : sizes and numbers of the world, ``preset`` and ``mode``.
    """

    def __init__(
        self,
        task: str,
        discrete: bool,
        *,
        worlds: int = 1,
        others: Others = None,
        obs: str = "flat",
        render_mode: str | None = None,
        **settings: Any,
    ) -> None:
        _check_choice(task, "obs", obs, OBSERVATIONS)
        _check_choice(task, "render_mode", render_mode, (None, *RENDER_MODES))
        if not callable(others):
            _check_choice(task, "others", others, (None, *POLICIES))
        self.task = registry.get(task)
        self.simulation = registry.simulation(task, discrete, worlds=worlds, **settings)
        self.obs = obs
        self.others = others
        agents = self.simulation.agents
        everyone = others is None or agents == 1
        self.learners = slice(None) if everyone else slice(0, None, agents)
        self.learners_per_world = agents if everyone else 1
        self.rows = worlds * self.learners_per_world
        self._other_rows = np.flatnonzero(np.arange(self.simulation.rows) % agents) if not everyone else None
        self.observation_space = self._observation_space()
        self.action_space: spaces.Space
        if discrete:
            self.action_space = spaces.Discrete(len(MOTIONS))
        else:
            self.action_space = spaces.Box(-1.0, 1.0, (2,), np.float32)

    def _observation_space(self) -> spaces.Box:
        program = self.simulation.program
        side = 2 * program.radius + 1
        if self.obs == "bytes":
            return spaces.Box(0, 255, (program.observation_length,), np.uint8)
        if self.obs == "planes":
            features = program.observation_length - program.window * (1 + len(program.layers))
            return spaces.Box(0.0, 1.0, (CODES + len(program.layers) + features, side, side), np.float32)
        return spaces.Box(0.0, 1.0, (self._flat_length,), np.float32)

    @property
    def _flat_length(self) -> int:
        program = self.simulation.program
        return (CODES - 1) * program.window + program.observation_length

    def view(self, rows: np.ndarray) -> np.ndarray:
        """Byte observations (n, length) as the observation space has them, in an array of its own."""
        if self.obs == "bytes":
            return rows.copy() if rows.base is not None else rows
        program = self.simulation.program
        flat = np.empty((len(rows), self._flat_length), dtype=np.float32)
        one_hot(rows, program.window, flat)
        if self.obs == "flat":
            return flat
        side = 2 * program.radius + 1
        planes = np.empty((len(rows), *self.observation_space.shape), dtype=np.float32)
        spatial = CODES + len(program.layers)
        planes[:, :spatial] = flat[:, : spatial * program.window].reshape(len(rows), spatial, side, side)
        planes[:, spatial:] = flat[:, spatial * program.window :, None, None]
        return planes

    def reset(
        self, seeds: int | list[int] | None = None, mask: np.ndarray | None = None, seed_all: bool = False
    ) -> np.ndarray:
        """Begin episodes in the worlds of ``mask``; the learners' observations.

        ``seeds``, an int for the batch or one per world, go to the worlds of ``mask``, or with ``seed_all`` to all.
        """
        if seeds is not None:
            for seed in np.atleast_1d(np.asarray(seeds, dtype=object)):
                _check_seed(seed)
            self.simulation.seed(seeds, None if seed_all else mask)
        return self.view(self.simulation.reset(mask)[self.learners])

    def step(self, actions: Any) -> Transition:
        """Step with the learners' actions (rows, ...); byte observations of all agents, see :class:`Transition`."""
        if self._other_rows is not None:
            actions = self._with_others(np.asarray(actions))
        return self.simulation.step(actions)

    def _with_others(self, actions: np.ndarray) -> np.ndarray:
        rows = self._other_rows
        shape = (self.rows,) if self.simulation.program.discrete else (self.rows, 2)
        if actions.shape != shape:
            raise ValueError(f"actions must have shape {shape}, one row per learner, got {actions.shape}")
        everyone = self.policy_actions("still" if callable(self.others) else self.others)
        if everyone.dtype.kind != actions.dtype.kind:
            everyone = everyone.astype(np.result_type(everyone, actions))
        everyone[self.learners] = actions
        if callable(self.others):
            everyone[rows] = self.others(self.view(self.simulation.observations[rows]))
        return everyone

    def policy_actions(self, name: str | None) -> np.ndarray:
        """Actions of all agents by the policy ``"scripted"``, ``"random"`` or ``"still"``, in the twin's own form.

        Raises ``ValueError`` for another name.
        """
        _check_choice(self.task.name, "policy", name, POLICIES)
        simulation = self.simulation
        if name == "random":
            return simulation.random_actions()
        if name == "scripted":
            choices = simulation.scripted_actions(simulation.observations)
        else:
            choices = np.full(simulation.rows, STAY, dtype=np.int64)
        return choices if simulation.program.discrete else MOTIONS[choices]

    def episode_information(self, worlds: np.ndarray) -> dict[str, np.ndarray]:
        """Statistics of the learners in ``worlds`` (worlds,) bool, each (rows,), zero elsewhere."""
        chosen = np.repeat(worlds, self.learners_per_world)
        statistics = self.simulation.episode_statistics()
        return {name: np.where(chosen, values[self.learners], 0) for name, values in statistics.items()}

    def frame(self, world: int = 0) -> np.ndarray:
        """A picture of a world, (height, width, 3) uint8."""
        return render.frame(self.simulation, world)


def _check_choice(task: str, name: str, value: Any, allowed: tuple) -> None:
    if value not in allowed:
        hint = registry.nearest(value, [a for a in allowed if a]) if isinstance(value, str) else ""
        raise ValueError(f"{task}: {name} must be one of {', '.join(map(repr, allowed))}, got {value!r}{hint}")


def _check_seed(seed: Any) -> None:
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed < 2**63:
        raise ValueError(f"a seed must be a whole number from 0 to 2**63 - 1, got {seed!r}")


def fresh_seed(random: np.random.Generator) -> int:
    """A seed for a batch that nobody seeded."""
    return int(random.integers(2**62))


__all__ = ["RENDER_FPS", "RENDER_MODES", "Others", "Seats", "cpu", "fresh_seed", "world_seed"]
