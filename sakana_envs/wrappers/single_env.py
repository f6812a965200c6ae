"""The Gymnasium face for one learner: agent 0 of a world whose other seats are filled."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import gymnasium
import numpy as np

from sakana_envs.core.actions import Twin
from sakana_envs.core.allowed import wrong_single_action
from sakana_envs.core.levels import Levels
from sakana_envs.wrappers.arguments import check_one_world, check_seed
from sakana_envs.wrappers.limited_spec import LimitedSpec
from sakana_envs.wrappers.options import check_options, read_start
from sakana_envs.wrappers.seats import RENDER_FPS, RENDER_MODES, Others, Seats, cpu


class SingleEnv(gymnasium.Env):
    """One agent of a world as a ``gymnasium.Env``.

    Parameters are those of :class:`sakana_envs.wrappers.seats.Seats`; ``others`` is ``"scripted"`` unless given.
    At the end of an episode ``info`` has ``score``, ``episode_return``, ``episode_length``, ``meals``, ``wall_bumps``,
    ``agent_bumps`` and ``respawns``, all ``np.float64``; with ``info="always"`` in every step.
    """

    metadata = {"render_modes": list(RENDER_MODES), "render_fps": RENDER_FPS}
    spec = LimitedSpec()

    def __init__(
        self,
        task: str,
        discrete: Twin | bool,
        *,
        others: Others = "scripted",
        learners: str | None = None,
        obs: str = "flat",
        render_mode: str | None = None,
        **settings: Any,
    ) -> None:
        check_one_world(task, settings)
        if others is None:
            others = "scripted"
        self.seats = Seats(
            task,
            discrete,
            rows=1,
            others=others,
            learners=learners,
            single=True,
            obs=obs,
            render_mode=render_mode,
            mode=cpu.DISABLED,
            **settings,
        )
        self.render_mode = render_mode
        self.observation_space = self.seats.observation_space
        self.action_space = self.seats.action_space
        self._row = int(np.arange(self.seats.simulation.rows)[self.seats.learners][0])
        self._running = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Begin an episode; with a seed, the first of that seed's episodes.

        ``options`` are those of :meth:`VectorEnv.reset` but ``"reset_mask"``.
        """
        start = read_start(self.seats.task, self.seats.simulation, check_options(options))
        seed = None if seed is None else check_seed(seed)  # before Gymnasium, which takes no NumPy integer
        super().reset(seed=seed)
        observations = self.seats.reset(seed, self.np_random, start=start)
        self._running = True
        return observations[0], self.seats.information.dicts()[0] if self.seats.information.always else {}

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """One tick. Raises ``ValueError`` or ``TypeError`` for an action outside the space; nothing moves then.

        Raises ``RuntimeError`` after an episode's end, until ``reset``.
        """
        seats = self.seats
        if not self._running:
            raise RuntimeError("no episode is running: call reset() before step()")
        try:
            transition = seats.step(np.asarray(action)[None])
        except (TypeError, ValueError):
            wrong = wrong_single_action(action, seats.actions, seats.simulation.twin, seats.clips)
            if wrong is None:
                raise
            raise wrong from None
        info: dict[str, Any] = {}
        row = self._row
        # It is over for a learner that is dead, also if others live on, or if an edit removed it or it began so.
        terminated = bool(transition.terminated[row]) or not (transition.ended or self._lives())
        over = transition.ended > 0 or terminated
        if over:
            self._running = False
        if over or seats.information.always:
            info = seats.information.dicts(transition.outcome == cpu.ENDED, so_far=not transition.ended)[0]
        if over and not transition.ended:
            seats.information.count_early([info["score"]])
        return (
            seats.view_of(transition.observations, row),
            float(transition.rewards[row]),
            terminated,
            bool(transition.truncated[row]),
            info,
        )

    def _lives(self) -> bool:
        """Whether the learner lives."""
        return not self.seats.simulation.mortal or bool(self.seats.simulation.alive()[self._row])

    @property
    def levels(self) -> Levels | None:
        """From which levels episodes begin, and what became of them; None without ``levels=`` or a list of maps."""
        return self.seats.simulation.levels

    def get_state(self) -> dict[str, np.ndarray]:
        """The world as plain arrays, random numbers and clock included; ``numpy.savez`` keeps it in a file."""
        return self.seats.simulation.get_state()

    def set_state(self, state: Mapping[str, Any]) -> np.ndarray:
        """Put a state back; the observation then. Raises ``ValueError`` for one that doesn't fit, or is damaged."""
        observations = self.seats.set_state(state)
        self._running = not self.seats.over and self._lives()
        return observations[0]

    def edit(self) -> AbstractContextManager[Any]:
        """``with env.edit() as world:`` is a block in which ``world`` may be changed, all or nothing.

        ``world`` is a :class:`sakana_envs.grid.editing.CellEditor`. As the block ends, what it has become is checked
        and takes the world's place. Raises ``ValueError`` for what can't be, and ``RuntimeError`` if no episode is
        running or the world changed meanwhile; it is then as it was.
        """
        return self.seats.edit()

    def observe(self) -> np.ndarray:
        """The observation of the world as it stands, such as after an edit."""
        return self.seats.observe()[0]

    def render(self) -> np.ndarray | str | None:
        """The world as (height, width, 3) uint8 or as text; None with the mode ``"human"``, which draws by itself."""
        return self.seats.render()

    def __repr__(self) -> str:
        return self.seats.summary(type(self).__name__)

    def close(self) -> None:
        """Close the window, if there is one."""
        self.seats.close()
