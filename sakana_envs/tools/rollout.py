"""Worlds that a policy runs, tick by tick: what videos, pages and windows show."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sakana_envs.grid import cpu
from sakana_envs.registration import split_id, task_ids
from sakana_envs.render.scene import Scene, scene
from sakana_envs.tasks import registry
from sakana_envs.tasks.names import nearest
from sakana_envs.wrappers.seats import OBSERVATIONS, POLICIES, Seats

Policy = str | Path | Callable[[np.ndarray], Any]


class Outcome(NamedTuple):
    """An episode that ended: its world, its ticks, and each group's mean score and return over its agents."""

    world: int
    length: int
    scores: dict[str, float]
    returns: dict[str, float]


class Rollout:
    """Some worlds of a task and the policy that acts for all of their agents.

    Parameters
    ----------
    id_or_task : ``"Sakana/Forage-Discrete-v0"``, ``"Forage-Discrete"``, or ``"Forage"`` for its discrete twin.
    policy : ``"scripted"``, ``"random"``, ``"still"``, the path of a ``.zip`` file of Stable-Baselines3, or a function
        from observations (rows, ...) to actions (rows, ...). **Load only files that you trust**: they can run any code.
    worlds : how many.
    seed : of the worlds, and of what the policy draws; the same makes the same.
    deterministic : whether a policy from a file takes the likeliest action instead of drawing one.
    settings : sizes and numbers of the world, ``preset``, ``map``; ``learners`` and ``others``, if the policy is to act
        for some agents only; ``obs``, which a policy from a file chooses by itself.

    ``seats`` and ``simulation`` are the worlds; ``outcomes`` the episodes that ended since ``ticks`` began.
    Raises ``ValueError``, ``TypeError`` or ``FileNotFoundError`` that says what is wrong.
    """

    def __init__(
        self,
        id_or_task: str,
        *,
        policy: Policy = "scripted",
        worlds: int = 1,
        seed: int = 0,
        deterministic: bool = False,
        **settings: Any,
    ) -> None:
        if isinstance(worlds, bool) or not isinstance(worlds, (int, np.integer)) or worlds < 1:
            raise ValueError(f"worlds must be a whole number from 1, got {worlds!r}")
        self.task, self.twin = (id_or_task, "Discrete") if id_or_task in registry.names() else split_id(id_or_task)
        self.id = next(id for id in task_ids() if f"/{self.task}-{self.twin}-" in id)
        self.seed = seed
        self.outcomes: list[Outcome] = []
        self._policy: Any = policy if callable(policy) else _read_policy(policy, deterministic)

        def seats(**more: Any) -> Seats:
            return Seats(self.task, registry.TWINS[self.twin], worlds=worlds, **{**settings, **more})

        self.seats = seats()
        if hasattr(self._policy, "observation_space"):
            self.seats = self._fitting(seats)
        self.simulation = self.seats.simulation

    def _fitting(self, seats: Callable[..., Seats]) -> Seats:
        """Seats whose observations are those that the policy was trained with."""
        wanted = self._policy.observation_space, self._policy.action_space
        known = []
        for obs in OBSERVATIONS:
            made = seats(obs=obs)
            if (made.observation_space, made.action_space) == wanted:
                return made
            known.append(str(made.observation_space))
        raise ValueError(
            f"the policy was trained with observations {wanted[0]} and actions {wanted[1]}; {self.id} has observations "
            f"{' or '.join(known)} and actions {self.seats.action_space}"
        )

    def ticks(self, count: int | None = None) -> Iterator[list[Scene]]:
        """The worlds' scenes as the first episode begins, then after each of ``count`` ticks, a list each time.

        Without ``count`` until each world has ended an episode. A world whose episode has ended begins the next one in
        the tick that follows. Every call begins anew with the same seed. Raises ``ValueError`` for a bad seed or count.
        """
        if count is not None and (isinstance(count, bool) or not isinstance(count, (int, np.integer)) or count < 0):
            raise ValueError(
                f"the number of ticks must be a whole number from 0, or None for an episode, got {count!r}"
            )
        observations = self.seats.reset(self.seed)
        if hasattr(self._policy, "seed"):
            self._policy.seed(self.seed)
        self.outcomes = []
        yield self.scenes()
        unfinished = set(range(self.simulation.worlds))
        done = 0
        while bool(unfinished) if count is None else done < count:
            transition = self.seats.step(self.actions(observations))
            done += 1
            observations = self.seats.view(self.seats.learners_of(transition.observations))
            if transition.ended:
                ended = np.flatnonzero(transition.outcome == cpu.ENDED)
                self.outcomes += [self._outcome(int(world)) for world in ended]
                unfinished -= set(ended.tolist())
            yield self.scenes()

    def scenes(self) -> list[Scene]:
        """What there is to see of each world now."""
        return [scene(self.simulation, world) for world in range(self.simulation.worlds)]

    def actions(self, observations: np.ndarray) -> Any:
        """What the policy does, as ``seats.step`` takes it, for the observations as the worlds stand."""
        if callable(self._policy):
            return self._policy(observations)
        return self.seats.policy_actions(self._policy)[self.seats.learners]

    def _outcome(self, world: int) -> Outcome:
        simulation = self.simulation
        groups = np.array([self.seats.task.group_of(agent, simulation.agents) for agent in range(simulation.agents)])

        def means(name: str) -> dict[str, float]:
            values = simulation.view(name)[world]
            return {group: float(values[groups == group].mean()) for group in dict.fromkeys(groups.tolist())}

        length = int(simulation.view("episode_length")[world, 0])
        return Outcome(world, length, means("score"), means("episode_return"))


def _read_policy(policy: str | Path, deterministic: bool) -> Any:
    if policy in POLICIES:
        return policy
    if Path(policy).suffix != ".zip":
        raise ValueError(
            f"policy must be {', '.join(POLICIES)}, a .zip file of Stable-Baselines3, or a function, "
            f"got {str(policy)!r}{nearest(str(policy), POLICIES)}"
        )
    try:
        from sakana_envs.wrappers.sb3_policy import SB3Policy
    except ImportError as error:
        raise ValueError(
            f"{str(policy)!r} is read by Stable-Baselines3, which can't be imported ({error}): "
            'pip install "sakana-envs[train]"'
        ) from None
    return SB3Policy(policy, deterministic)
