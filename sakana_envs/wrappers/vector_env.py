"""The Gymnasium vector face, the native and fast one: every agent of every world is a row."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space

from sakana_envs.core.actions import Twin
from sakana_envs.core.levels import Levels
from sakana_envs.core.simulation import Transition
from sakana_envs.wrappers.arguments import check_choice, check_count, check_seed, limit_horizon
from sakana_envs.wrappers.limited_spec import LimitedSpec
from sakana_envs.wrappers.options import START, check_options, read_start, world_mask
from sakana_envs.wrappers.seats import RENDER_FPS, RENDER_MODES, Others, Seats, cpu

_MODES = {
    AutoresetMode.NEXT_STEP: cpu.NEXT_STEP,
    AutoresetMode.SAME_STEP: cpu.SAME_STEP,
    AutoresetMode.DISABLED: cpu.DISABLED,
}


class VectorEnv(gymnasium.vector.VectorEnv):
    """All agents of a batch of worlds as a ``gymnasium.vector.VectorEnv``.

    Parameters
    ----------
    num_envs : rows. Without ``others`` and ``learners``, world w, agent i is row ``w * agents + i``, and ``num_envs``
        must be a multiple of ``agents``; with ``others``, each world has one learner, its agent 0, and one row; with
        ``learners``, all agents of that group are rows. One row, Gymnasium's default, is what ``gymnasium.make`` makes:
        one learner, and the others are scripted.
    worlds : how many worlds, instead of ``num_envs``: every learner of theirs is a row.
    autoreset_mode : Gymnasium's; ``NEXT_STEP`` unless given. The rows of a world end and begin together.
    max_episode_steps : ends episodes earlier than ``horizon``, if smaller.
    copy : whether every array returned is the caller's own (the default). With False, what ``step`` returns stays as it
        is until the next ``step`` has returned, and may be overwritten by the one after that; with ``debug=True`` too,
        it is then filled with NaN, bytes 0xAA or True, so that reading it shows.

    The rest as for :class:`sakana_envs.wrappers.seats.Seats`. In the step that ends a world's episodes, ``info`` has
    ``score``, ``episode_return``, ``episode_length``, ``meals``, ``wall_bumps``, ``agent_bumps`` and ``respawns``, each
    (num_envs,), with masks ``_score`` and so on; with ``info="always"`` in every step, for all rows. ``autoreset_mode``
    is the mode.
    """

    metadata = {
        "render_modes": list(RENDER_MODES),
        "render_fps": RENDER_FPS,
        "autoreset_mode": AutoresetMode.NEXT_STEP,
    }
    spec = LimitedSpec()

    def __init__(
        self,
        task: str,
        twin: Twin | bool,
        *,
        num_envs: int = 1,
        worlds: int | None = None,
        others: Others = None,
        learners: str | None = None,
        obs: str = "flat",
        render_mode: str | None = None,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        max_episode_steps: int | None = None,
        **settings: Any,
    ) -> None:
        num_envs = check_count(task, "num_envs", num_envs)
        limit_horizon(task, "max_episode_steps", max_episode_steps, settings)
        if worlds is not None:
            worlds = check_count(task, "worlds", worlds)
        # Gymnasium passes 1 when nothing was given.
        alone = num_envs == 1 and worlds is None
        if alone and others is None:
            others = "scripted"
        if not isinstance(autoreset_mode, AutoresetMode):
            check_choice(task, "autoreset_mode", autoreset_mode, tuple(mode.value for mode in AutoresetMode))
        mode = AutoresetMode(autoreset_mode)
        self.seats = Seats(
            task,
            twin,
            rows=None if worlds is not None and num_envs == 1 else num_envs,
            worlds=worlds,
            single=alone,
            others=others,
            learners=learners,
            obs=obs,
            render_mode=render_mode,
            mode=_MODES[mode],
            **settings,
        )
        self.metadata = {**self.metadata, "autoreset_mode": mode}
        self.autoreset_mode = mode
        self.num_envs = self.seats.rows
        self.render_mode = render_mode
        self.single_observation_space = self.seats.observation_space
        self.single_action_space = self.seats.action_space
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)

    def reset(self, *, seed: Any = None, options: dict[str, Any] | None = None) -> tuple[np.ndarray, dict[str, Any]]:
        """Begin episodes in all worlds, or in those of ``options["reset_mask"]`` (num_envs,) bool.

        ``seed`` is an int for the batch, from which every world gets its own, or a list with one for each world. Other
        options are for these worlds: ``"numbers"``, a dictionary of numbers by name, each one value or one for each
        world of the batch, which stay until they are changed; and for the episodes that begin now only, either
        ``"level"``, a level's number or one for each world, or ``"map"``, a map of the same size. Raises ``ValueError``
        and ``TypeError`` for what can't be, and nothing changes then.
        """
        worlds = self.seats.simulation.worlds
        chosen = check_options(options, ("reset_mask", *START))
        mask = (
            None
            if chosen.get("reset_mask") is None
            else world_mask(chosen["reset_mask"], worlds, self.seats.learners_per_world)
        )
        start = read_start(self.seats.task, self.seats.simulation, chosen)
        if isinstance(seed, (int, np.integer)):
            seed = check_seed(seed)
            super().reset(seed=seed)
        elif seed is not None and (np.ndim(seed) != 1 or len(seed) != worlds):
            raise ValueError(f"seed must be an int, or a list of {worlds} ints, one per world, got {seed!r}")
        observations = self.seats.reset(seed, self.np_random, mask, start)
        info = self._information() if self.seats.information.always else {}
        return observations, info | self.seats.information.living()

    def step(self, actions: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        """One tick of every world; worlds whose episode is over begin the next one instead (``NEXT_STEP``)."""
        seats = self.seats
        transition = seats.step(actions)
        info: dict[str, Any] = {}
        if transition.ended or seats.information.always:
            ended = transition.outcome == cpu.ENDED
            info = self._information(ended)
            if transition.ended and seats.simulation.mode == cpu.SAME_STEP:
                info |= self._final_information(transition, np.repeat(ended, seats.learners_per_world), info)
        info |= seats.information.living()
        return (
            seats.seen(transition),
            seats.learners_of(transition.rewards, "rewards"),
            seats.learners_of(transition.terminated, "terminated"),
            seats.learners_of(transition.truncated, "truncated"),
            info,
        )

    def write_into(
        self, *, observations: Any = None, rewards: Any = None, terminated: Any = None, truncated: Any = None
    ) -> None:
        """From now on ``step`` writes what it returns into these, and ``reset`` its observations; into new ones again
        where None is given.

        Each is an array, or anything on the CPU with DLPack or the buffer protocol, such as a pinned torch tensor;
        without gaps, and no two over the same memory. ``observations`` is (num_envs, ...) as the observation space,
        ``rewards`` (num_envs,) float32, ``terminated`` and ``truncated`` (num_envs,) bool. What ``step`` then returns
        are arrays over this memory, which the next step overwrites.

        Raises ``TypeError`` or ``ValueError`` for what can't be written into; all is then as it was.
        """
        self.seats.handed.write_into(
            {"observations": observations, "rewards": rewards, "terminated": terminated, "truncated": truncated}
        )

    def _information(self, ended: np.ndarray | None = None) -> dict[str, Any]:
        """Statistics with their masks."""
        mask = self.seats.information.mask(ended)
        info: dict[str, Any] = {}
        for name, values in self.seats.information.arrays(ended).items():
            info[name] = values
            info[f"_{name}"] = mask.copy()
        return info

    def _final_information(
        self, transition: Transition, mask: np.ndarray, information: dict[str, Any]
    ) -> dict[str, Any]:
        final = np.full(self.num_envs, None, dtype=object)
        # Only these rows are written; the others hold whatever was in memory.
        ended = self.seats.view(self.seats.learners_of(transition.final_observations)[mask])
        for row, observation in zip(np.flatnonzero(mask), ended, strict=True):
            final[row] = observation.copy()
        return {
            "final_obs": final,
            "_final_obs": mask.copy(),
            "final_info": {name: np.where(mask, values, values.dtype.type(0)) for name, values in information.items()},
            "_final_info": mask.copy(),
        }

    def policy_actions(self, name: str) -> np.ndarray:
        """Actions of all rows by the policy ``"scripted"`` (the task's reference), ``"random"`` or ``"still"``.

        int64 (num_envs,) for the discrete twin, float32 (num_envs, k) for the continuous one: what ``step`` takes.
        """
        return self.seats.policy_actions(name)[self.seats.learners]

    @property
    def levels(self) -> Levels | None:
        """From which levels episodes begin, and what became of them; None without ``levels=`` or a list of maps."""
        return self.seats.simulation.levels

    def get_state(self, worlds: Any = None) -> dict[str, np.ndarray]:
        """Worlds (indices; None for all) as plain arrays, random numbers and clocks included."""
        return self.seats.simulation.get_state(worlds)

    def set_state(self, state: Mapping[str, Any], worlds: Any = None) -> np.ndarray:
        """Put a state back into worlds; the observations of all rows then.

        Raises ``ValueError`` for a state that doesn't fit, or is damaged.
        """
        return self.seats.set_state(state, worlds)

    def clone(self, source: int, targets: Any) -> np.ndarray:
        """Make the worlds ``targets`` equal to world ``source``; the observations of all rows then."""
        return self.seats.clone(source, targets)

    def edit(self, world: int | None = None) -> AbstractContextManager[Any]:
        """``with envs.edit(2) as world:`` is a block in which world 2 may be changed, all or nothing.

        The index may be left out where there is one world. ``world`` is a
        :class:`sakana_envs.grid.editing.CellEditor`. As the block ends, what it has become is checked and takes the
        world's place. Raises ``ValueError`` for what can't be, and ``RuntimeError`` if no episode is running there or
        the world changed meanwhile; it is then as it was.
        """
        return self.seats.edit(world)

    def observe(self) -> np.ndarray:
        """The observations of all rows as the worlds stand, such as after an edit."""
        return self.seats.observe()

    def render(self) -> tuple[Any, ...] | None:
        """A picture for every row, its world's, (height, width, 3) uint8, or text; rows of one world share it.

        None without a render mode, and with ``"human"``, which draws the worlds as tiles by itself.
        """
        if self.render_mode not in ("rgb_array", "ansi"):
            return self.seats.render()
        worlds = [self.seats.render(world) for world in range(self.seats.simulation.worlds)]
        return tuple(worlds[row // self.seats.learners_per_world] for row in range(self.num_envs))

    def __repr__(self) -> str:
        return self.seats.summary(type(self).__name__)

    def close_extras(self, **_: Any) -> None:
        """Close the window, if there is one."""
        self.seats.close()
