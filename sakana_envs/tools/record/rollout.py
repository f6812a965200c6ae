"""Worlds that a policy runs, tick by tick: what videos, pages and windows show."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sakana_envs.core import cpu
from sakana_envs.core.allowed import form
from sakana_envs.core.scalars import is_whole, plain
from sakana_envs.core.start import Start
from sakana_envs.render.scene import Scene, scene
from sakana_envs.tasks import registry
from sakana_envs.tasks.ids import id_of, read_id
from sakana_envs.tasks.names import nearest
from sakana_envs.wrappers.others import POLICIES, Model, without_state
from sakana_envs.wrappers.seats import Seats

Policy = str | Path | Callable[[np.ndarray], Any] | Model


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
    policy : ``"scripted"``, ``"random"``, ``"still"``, a model of Stable-Baselines3 or the path of its ``.zip`` file, a
        function from observations (rows, ...) to actions (rows, ...), or an object whose ``predict`` is one. If it has
        ``reset()``, that is called as worlds begin. **Load only files that you trust**: they can run any code.
    worlds : how many.
    seed : of the worlds, and of what the policy draws; the same makes the same.
    deterministic : whether a policy of Stable-Baselines3 takes the likeliest action instead of drawing one.
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
        check_whole("worlds", worlds, 1)
        self.task, twin = read_id(id_or_task)
        self.twin = twin or "Discrete"
        self.id = id_of(self.task, self.twin)
        self.seed = plain(seed)
        self.outcomes: list[Outcome] = []
        self._policy: Any = _read_policy(policy, deterministic)

        def seats(**more: Any) -> Seats:
            return Seats(self.task, registry.twin(self.task, self.twin), worlds=worlds, **{**settings, **more})

        self.seats = seats()
        if hasattr(self._policy, "observation_space"):
            self.seats = self._fitting(seats)
        self.simulation = self.seats.simulation

    def _fitting(self, seats: Callable[..., Seats]) -> Seats:
        """Seats whose observations are those that the policy was trained with."""
        wanted = self._policy.observation_space, self._policy.action_space
        known = []
        for obs in self.seats.simulation.program.views:
            made = seats(obs=obs)
            if (made.observation_space, made.action_space) == wanted:
                return made
            known.append(str(made.observation_space))
        raise ValueError(
            f"the policy was trained with observations {wanted[0]} and actions {wanted[1]}; {self.id} has observations "
            f"{' or '.join(known)} and actions {self.seats.action_space}"
        )

    def begin(self, seeds: Any = None, start: Start | None = None, draws: int | None = None) -> np.ndarray:
        """Begin episodes in all worlds, seeded anew, from ``start``; the learners' observations.

        ``seeds`` is an int for the batch or one for each world; ``draws`` seeds what a policy of Stable-Baselines3
        draws; both are the rollout's seed unless given.
        """
        observations = self.seats.reset(self.seed if seeds is None else seeds, np.random.default_rng(0), start=start)
        if hasattr(self._policy, "seed"):
            self._policy.seed(self.seed if draws is None else draws)
        if hasattr(self._policy, "reset"):
            self._policy.reset()
        return observations

    def ticks(self, count: int | None = None, episodes: int = 1) -> Iterator[list[Scene]]:
        """The worlds' scenes as the first episode begins, then after each of ``count`` ticks, a list each time.

        Without ``count`` until each world has ended ``episodes``. A world whose episode has ended begins the next one
        in the tick that follows. Every call begins anew with the same seed. Raises ``ValueError`` for a number that
        can't be.
        """
        check_whole("the number of ticks", 0 if count is None else count, 0)
        check_whole("the number of episodes", episodes, 1)
        observations = self.begin()
        self.outcomes = []
        yield self.scenes()
        ended = np.zeros(self.simulation.worlds, dtype=np.int64)
        done = 0
        while ended.min() < episodes if count is None else done < count:
            transition = self.seats.step(self.actions(observations))
            done += 1
            observations = self.seats.view(self.seats.learners_of(transition.observations))
            if transition.ended:
                self.outcomes += [
                    self._outcome(int(world)) for world in np.flatnonzero(transition.outcome == cpu.ENDED)
                ]
                ended += transition.outcome == cpu.ENDED
            yield self.scenes()

    def scenes(self) -> list[Scene]:
        """What there is to see of each world now."""
        return [scene(self.simulation, world) for world in range(self.simulation.worlds)]

    def actions(self, observations: np.ndarray) -> Any:
        """What the policy does, as ``seats.step`` takes it, for the observations as the worlds stand."""
        if isinstance(self._policy, str):
            return self.seats.policy_actions(self._policy)[self.seats.learners]
        answer = getattr(self._policy, "predict", self._policy)(observations)
        return without_state(answer, form(self.seats.actions, self.simulation.twin, self.seats.rows).shape)

    @property
    def groups(self) -> list[str]:
        """The group of each agent of a world, for example ``"predator"``."""
        agents = self.simulation.agents
        return [self.seats.task.group_of(agent, agents) for agent in range(agents)]

    def _outcome(self, world: int) -> Outcome:
        groups = np.array(self.groups)

        def means(name: str) -> dict[str, float]:
            values = self.simulation.view(name)[world]
            return {group: float(values[groups == group].mean()) for group in dict.fromkeys(groups.tolist())}

        length = int(self.simulation.view("episode_length")[world, 0])
        return Outcome(world, length, means("score"), means("episode_return"))


def check_whole(what: str, value: Any, low: int) -> None:
    """Raise ``ValueError`` for what isn't a whole number from ``low``."""
    if not is_whole(plain(value), low):
        raise ValueError(f"{what} must be a whole number from {low}, got {value!r}")


def _read_policy(policy: Any, deterministic: bool) -> Any:
    of_sb3 = hasattr(policy, "policy_class") or (isinstance(policy, (str, Path)) and Path(policy).suffix == ".zip")
    if not of_sb3:
        if callable(policy) or hasattr(policy, "predict") or (isinstance(policy, str) and policy in POLICIES):
            return policy
        raise ValueError(
            f"policy must be {', '.join(POLICIES)}, a .zip file or a model of Stable-Baselines3, or a function, "
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
