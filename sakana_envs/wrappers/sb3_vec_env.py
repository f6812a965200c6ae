"""The Stable-Baselines3 face: every agent of every world is one environment of a ``VecEnv``."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import gymnasium
import numpy as np
from stable_baselines3.common.vec_env import VecEnv

from sakana_envs.wrappers.arguments import check_seed
from sakana_envs.wrappers.information import per_row
from sakana_envs.wrappers.options import check_options, merge, read_start
from sakana_envs.wrappers.vector_env import VectorEnv


class SB3VecEnv(VecEnv):
    """A native vector environment as Stable-Baselines3 wants it.

    Parameters are an id, such as ``"Sakana/Forage-Discrete-v0"``, and the arguments of ``gymnasium.make_vec``; an id
    alone is one learner, and the others are scripted. Episodes restart in the step that ends them; then ``infos[row]``
    has ``terminal_observation``, ``TimeLimit.truncated`` and the episode's ``score``, ``episode_return``,
    ``episode_length``, ``meals``, ``wall_bumps``, ``agent_bumps`` and ``respawns``, all
    ``np.float64``, of an agent that dies those up to then; with ``info="always"`` in every step.
    """

    def __init__(self, id: str, num_envs: int = 1, **arguments: Any) -> None:
        env = gymnasium.make_vec(id, num_envs=num_envs, autoreset_mode="SameStep", **arguments)
        assert isinstance(env.unwrapped, VectorEnv), f"{id} is not one of this package's ids"
        self.env = env.unwrapped
        self.render_mode = self.env.render_mode
        super().__init__(self.env.num_envs, self.env.single_observation_space, self.env.single_action_space)
        self._actions: np.ndarray | None = None
        self._for_all: dict[str, Any] | None = None

    def __repr__(self) -> str:
        return repr(self.env).replace(type(self.env).__name__, type(self).__name__, 1)

    def reset(self) -> np.ndarray:
        """Begin episodes everywhere, with what was last given to ``seed()`` and ``set_options()``.

        Returns the observations (num_envs, ...). Later resets are without either.
        """
        seed = self._seeds[0] if self._seeds else None
        observations, info = self.env.reset(seed=seed, options=self._for_all)
        self._reset_seeds()
        self._reset_options()
        self._for_all = None
        self.reset_infos = self._infos(info)
        return observations

    def seed(self, seed: int | None = None) -> list[int | None]:
        """Give the next reset a seed; raises ``ValueError`` for what can't be one."""
        return list(super().seed(None if seed is None else check_seed(seed)))

    def step_async(self, actions: np.ndarray) -> None:
        """Keep the actions (num_envs, ...) for ``step_wait``."""
        self._actions = actions

    def step_wait(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[dict[str, Any]]]:
        """One tick: observations, rewards (float32), dones (bool), and a dict for every environment."""
        assert self._actions is not None, "call step_async() first"
        actions, self._actions = self._actions, None
        observations, rewards, terminated, truncated, info = self.env.step(actions)
        dones = terminated | truncated
        infos = self._infos(info)
        ended = np.flatnonzero(dones).tolist()
        died = [row for row in ended if "score" not in infos[row]]
        if died:  # VecMonitor wants what it keeps wherever an episode is done
            so_far = self.env.seats.information.arrays(so_far=True)
            told = per_row({name: values[died] for name, values in so_far.items()})
            for row, statistics in zip(died, told, strict=True):
                infos[row] |= statistics
        for row in ended:
            # None if an agent dies and its world goes on.
            last = info["final_obs"][row] if "final_obs" in info else None
            infos[row]["terminal_observation"] = observations[row].copy() if last is None else last
            infos[row]["TimeLimit.truncated"] = bool(truncated[row])
        return observations, rewards, dones, infos

    def _infos(self, info: dict[str, Any]) -> list[dict[str, Any]]:
        """What the vector face tells of each row, in a dict of its own."""
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        if "score" in info:
            rows = np.flatnonzero(info["_score"])
            others = ("final_obs", "final_info", "alive")
            told = {name: info[name][rows] for name in info if f"_{name}" in info and name not in others}
            for row, statistics in zip(rows.tolist(), per_row(told), strict=True):
                infos[row] |= statistics
        for row, alive in enumerate(info["alive"].tolist() if "alive" in info else ()):
            infos[row]["alive"] = alive
        return infos

    def get_state(self, worlds: Any = None) -> dict[str, np.ndarray]:
        """Worlds (indices; None for all) as plain arrays, see :meth:`.VectorEnv.get_state`."""
        return self.env.get_state(worlds)

    def set_state(self, state: Mapping[str, Any], worlds: Any = None) -> np.ndarray:
        """Put a state back into worlds; the observations of all rows then, which a trainer doesn't know of by itself.

        Raises ``ValueError`` for a state that doesn't fit, or is damaged.
        """
        return self.env.set_state(state, worlds)

    def clone(self, source: int, targets: Any) -> np.ndarray:
        """Make the worlds ``targets`` equal to world ``source``; the observations of all rows then."""
        return self.env.clone(source, targets)

    def edit(self, world: int | None = None) -> AbstractContextManager[Any]:
        """A block in which a world may be changed, see :meth:`.VectorEnv.edit`."""
        return self.env.edit(world)

    def observe(self) -> np.ndarray:
        """The observations of all rows as the worlds stand, which a trainer doesn't know of by itself."""
        return self.env.observe()

    def close(self) -> None:
        """Close the environment."""
        self.env.close()

    def get_images(self) -> list[np.ndarray]:
        """A frame per world."""
        return [self.env.seats.frame(world) for world in range(self.env.seats.simulation.worlds)]

    def get_attr(self, attr_name: str, indices: int | Iterable[int] | None = None) -> list[Any]:
        """An attribute of the batch, once for each of the environments asked for."""
        value = self.render_mode if attr_name == "render_mode" else getattr(self.env, attr_name)
        return [value for _ in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: int | Iterable[int] | None = None) -> None:
        """Raise ``AttributeError``: no attribute of a batch changes what it does."""
        raise AttributeError(
            f"{attr_name!r} can't be set to {value!r}: a batch is as it was made. Give sizes, numbers and the like as "
            f"arguments, such as SB3VecEnv(id, food_density=0.1); seed() and set_state() change its worlds"
        )

    def set_options(self, options: list[dict] | dict | None = None) -> None:
        """Options for the next reset: those of :meth:`.VectorEnv.reset` but ``"reset_mask"``, or none.

        A list has those of each environment, which must be the same for all agents of a world; then all worlds must
        have the same options and numbers, and one map. Raises ``ValueError`` and ``TypeError`` for what can't be.
        """
        chosen = check_options(self._merged(options) if isinstance(options, list) else options)
        read_start(self.env.seats.task, self.env.seats.simulation, chosen)
        super().set_options(options)
        self._for_all = dict(chosen)

    def _merged(self, options: list[dict]) -> dict[str, Any]:
        """One dictionary for all worlds, with a value for each of them."""
        if not options:
            return {}
        if len(options) != self.num_envs:
            raise ValueError(f"options must be one dictionary, or a list of {self.num_envs}, got {len(options)}")
        return merge([check_options(each) for each in options], self.env.seats.learners_per_world)

    def env_method(
        self, method_name: str, *method_args: Any, indices: int | Iterable[int] | None = None, **method_kwargs: Any
    ) -> list[Any]:
        """Call a method of the batch once; its result, once for each of the environments asked for."""
        result = getattr(self.env, method_name)(*method_args, **method_kwargs)
        return [result for _ in self._get_indices(indices)]

    def env_is_wrapped(self, wrapper_class: type, indices: int | Iterable[int] | None = None) -> list[bool]:
        """No environment of the batch is wrapped."""
        return [False for _ in self._get_indices(indices)]
