"""What all faces share: a simulation, who sits in which seat, and how observations look to a learner."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from gymnasium import spaces

from sakana_envs.grid import cpu
from sakana_envs.grid.actions import check_actions
from sakana_envs.grid.buffers import Buffers
from sakana_envs.grid.motion import MOTIONS, STAY
from sakana_envs.grid.program import Transition
from sakana_envs.grid.sensors import one_hot
from sakana_envs.grid.tiles import CODES
from sakana_envs.tasks import registry
from sakana_envs.tasks.names import RUNNING
from sakana_envs.wrappers.arguments import check_choice, check_seed
from sakana_envs.wrappers.images import read_source
from sakana_envs.wrappers.rendering import RENDER_FPS, RENDER_MODES, Rendering

OBSERVATIONS = ("flat", "planes", "bytes")
POLICIES = ("scripted", "random", "still")

_NEW = Buffers()

Others = str | Callable[[np.ndarray], Any] | None


class Seats:
    """A simulation, some or all of whose agents are learners.

    Parameters
    ----------
    task, discrete : which task and twin.
    rows : how many learners; None for all of ``worlds`` worlds.
    others : who acts for the agents that aren't learners: ``"scripted"``, ``"random"``, ``"still"``, or a
        function from a batch of their observations to a batch of their actions, a row each. None: all are learners.
    learners : the group of agents that learn, for example ``"predator"``; the others are then scripted unless
        ``others`` says otherwise. None: with ``others``, the first agent of each world.
    single : whether only the first agent of ``learners`` learns.
    obs : ``"flat"``, ``"planes"`` or ``"bytes"``.
    render_mode : ``"rgb_array"``, ``"ansi"``, ``"human"`` or None.
    camera : what pictures show, by parameters of :class:`sakana_envs.render.painter.Painter`, for example
        ``{"follow": 0, "trails": 20, "size": (720, 1080)}``.
    settings : sizes and numbers of the world, ``preset``, ``map``, ``mode``, ``threads``, ``stagger``, ``copy``
        and ``debug``.
    """

    def __init__(
        self,
        task: str,
        discrete: bool,
        *,
        rows: int | None = None,
        worlds: int = 1,
        others: Others = None,
        learners: str | None = None,
        single: bool = False,
        obs: str = "flat",
        render_mode: str | None = None,
        camera: Mapping[str, Any] | None = None,
        **settings: Any,
    ) -> None:
        check_choice(task, "obs", obs, OBSERVATIONS)
        check_choice(task, "render_mode", render_mode, (None, *RENDER_MODES))
        if not callable(others):
            check_choice(task, "others", others, (None, *POLICIES))
        self.task = registry.get(task)
        for name in ("map", *self.task.pictures):
            if name in settings:
                settings[name] = read_source(settings[name])
        running = {name: settings.pop(name) for name in ("mode", *RUNNING) if name in settings}
        chosen_settings = registry.settings(self.task, **settings)
        agents = chosen_settings.sizes["agents"]
        chosen = self._learners(agents, others, learners, single)
        self.learners_per_world = len(chosen)
        rows = worlds * len(chosen) if rows is None else rows
        if rows % len(chosen):
            fitting = max(1, rows // len(chosen)) * len(chosen)
            raise ValueError(
                f"{task}: every learner is a row, so num_envs must be a multiple of the {len(chosen)} learners of a "
                f"world, got {rows}; pass num_envs={fitting}, or agents={rows} for one world, "
                'or others="scripted" for one learner per world'
            )
        self.rows = rows
        worlds = rows // len(chosen)
        self.simulation = registry.simulation(task, discrete, worlds=worlds, chosen=chosen_settings, **running)
        title = f"{task}-{'Discrete' if discrete else 'Continuous'}"
        self.rendering = Rendering(self.simulation, title, render_mode, camera)
        program = self.simulation.program
        self._window = program.window
        self._flat_length = (CODES - 1) * program.window + program.observation_length
        self.obs = obs
        self.others = others if others is not None or learners is None else "scripted"
        learns = np.tile(np.isin(np.arange(agents), chosen), worlds)
        self.learners = slice(None) if learns.all() else np.flatnonzero(learns)
        self._other_rows = None if learns.all() else np.flatnonzero(~learns)
        self._seen = self.simulation.observe()
        self.observation_space = self._observation_space()
        self.action_space: spaces.Space
        if discrete:
            self.action_space = spaces.Discrete(len(MOTIONS))
        else:
            self.action_space = spaces.Box(-1.0, 1.0, (2,), np.float32)

    def _learners(self, agents: int, others: Others, learners: str | None, single: bool) -> np.ndarray:
        """Indices of the agents of a world that learn."""
        groups = [self.task.group_of(agent, agents) for agent in range(agents)]
        check_choice(self.task.name, "learners", learners, (None, *dict.fromkeys(groups)))
        candidates = np.flatnonzero([learners in (None, group) for group in groups])
        return candidates[:1] if single or (others is not None and learners is None) else candidates

    def _observation_space(self) -> spaces.Box:
        program = self.simulation.program
        side = 2 * program.radius + 1
        if self.obs == "bytes":
            return spaces.Box(0, 255, (program.observation_length,), np.uint8)
        if self.obs == "planes":
            features = program.observation_length - program.window * (1 + len(program.layers))
            return spaces.Box(0.0, 1.0, (CODES + len(program.layers) + features, side, side), np.float32)
        return spaces.Box(0.0, 1.0, (self._flat_length,), np.float32)

    def learners_of(self, rows: np.ndarray) -> np.ndarray:
        """The learners' rows of an array with a row for every agent: itself if all learn, else a copy."""
        return rows if self._other_rows is None else rows[self.learners]

    def seen(self, transition: Transition) -> np.ndarray:
        """The learners' observations after a step; with ``copy=False`` in arrays that steps share."""
        return self.view(self.learners_of(transition.observations), self.simulation.buffers)

    def view(self, rows: np.ndarray, buffers: Buffers = _NEW) -> np.ndarray:
        """Byte observations (n, length) as the observation space has them: bytes themselves, others in ``buffers``."""
        if self.obs == "bytes":
            return rows
        count = len(rows)
        (flat,) = buffers.get("flat", lambda: (np.empty((count, self._flat_length), dtype=np.float32),))
        one_hot(rows, self._window, flat)
        if self.obs == "flat":
            return flat
        program = self.simulation.program
        side = 2 * program.radius + 1
        (planes,) = buffers.get("planes", lambda: (np.empty((count, *self.observation_space.shape), np.float32),))
        spatial = CODES + len(program.layers)
        planes[:, :spatial] = flat[:, : spatial * program.window].reshape(len(rows), spatial, side, side)
        planes[:, spatial:] = flat[:, spatial * program.window :, None, None]
        return planes

    def view_of(self, rows: np.ndarray, row: int) -> np.ndarray:
        """One row of byte observations as the observation space has it; always new."""
        if self.obs == "bytes":
            return rows[row].copy()
        if self.obs == "planes":
            return self.view(rows[row : row + 1])[0]
        flat = np.empty((1, self._flat_length), dtype=np.float32)
        one_hot(rows[row : row + 1], self._window, flat)
        return flat[0]

    def reset(
        self, seeds: int | list[int] | None, random: np.random.Generator, mask: np.ndarray | None = None
    ) -> np.ndarray:
        """Begin episodes in the worlds of ``mask``; the learners' observations.

        ``seeds``, an int for the batch or one per world, go to the worlds of ``mask`` and to all that have none yet;
        without seeds, these get some from ``random``.
        """
        unseeded = self.simulation.unseeded
        if seeds is not None:
            for seed in np.atleast_1d(np.asarray(seeds, dtype=object)):
                check_seed(seed)
            self.simulation.seed(seeds, None if mask is None else mask | unseeded)
        elif unseeded.any():
            self.simulation.seed(int(random.integers(2**62)), unseeded)
        self._seen = self.simulation.reset(mask)
        self._show()
        return self.view(self.learners_of(self._seen))

    def step(self, actions: Any) -> Transition:
        """Step with the learners' actions (rows, ...); byte observations of all agents, see :class:`Transition`."""
        if self._other_rows is not None:
            actions = self._with_others(actions)
        transition = self.simulation.step(actions)
        self._seen = transition.observations
        self._show()
        return transition

    def _show(self) -> None:
        if self.rendering.mode == "human":
            self.rendering.show()

    def _with_others(self, actions: Any) -> np.ndarray:
        rows = self._other_rows
        discrete = self.simulation.program.discrete
        actions = check_actions(actions, discrete, self.rows)
        everyone = self.policy_actions("still" if callable(self.others) else self.others)
        everyone[self.learners] = actions
        if callable(self.others):
            answer = np.asarray(self.others(self.view(self._seen[rows])))
            if answer.shape != everyone[rows].shape or answer.dtype.kind not in ("iu" if discrete else "fiu"):
                raise ValueError(
                    f"others must return {everyone.dtype} actions with shape {everyone[rows].shape}, a row for each "
                    f"observation, got {answer.dtype} with shape {answer.shape}"
                )
            everyone[rows] = answer
        return everyone

    def policy_actions(self, name: str | None) -> np.ndarray:
        """Actions of all agents by the policy ``"scripted"``, ``"random"`` or ``"still"``, in the twin's own form.

        Raises ``ValueError`` for another name.
        """
        check_choice(self.task.name, "policy", name, POLICIES)
        simulation = self.simulation
        if name == "random":
            return simulation.random_actions()
        if name == "scripted":
            # With learners only, the caller owns what was seen last, and may have written into it.
            choices = simulation.scripted_actions(simulation.observe() if self._other_rows is None else self._seen)
        else:
            choices = np.full(simulation.rows, STAY, dtype=np.int64)
        return choices if simulation.program.discrete else MOTIONS[choices]

    def episode_information(self, worlds: np.ndarray) -> dict[str, np.ndarray]:
        """Statistics of the learners in ``worlds`` (worlds,) bool, each (rows,), zero elsewhere."""
        chosen = np.repeat(worlds, self.learners_per_world)
        statistics = self.simulation.episode_statistics()
        return {name: np.where(chosen, self.learners_of(values), 0) for name, values in statistics.items()}

    def observe(self) -> np.ndarray:
        """The learners' observations as the worlds stand."""
        return self.view(self.learners_of(self.simulation.observe()))

    def set_state(self, state: Mapping[str, Any], worlds: Any = None) -> np.ndarray:
        """Put a state back, see :meth:`Simulation.set_state`; the learners' observations (all rows)."""
        self.simulation.set_state(state, worlds)
        self._seen = self.simulation.observe()
        return self.view(self.learners_of(self._seen.copy()))

    def clone(self, source: int, targets: Any) -> np.ndarray:
        """Copy a world over others, see :meth:`Simulation.clone`; the learners' observations (all rows)."""
        self.simulation.clone(source, targets)
        self._seen = self.simulation.observe()
        return self.view(self.learners_of(self._seen.copy()))

    def frame(self, world: int = 0) -> np.ndarray:
        """A picture of a world, (height, width, 3) uint8, whatever the render mode."""
        return self.rendering.frame(world)

    def render(self, world: int = 0) -> Any:
        """A world as the render mode has it: an array (height, width, 3) uint8, text, or None and a window."""
        return self.rendering.render(world)

    def close(self) -> None:
        """Close the window, if there is one."""
        self.rendering.close()


__all__ = ["RENDER_FPS", "RENDER_MODES", "Others", "Seats", "cpu"]
