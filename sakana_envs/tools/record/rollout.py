"""Worlds that a policy runs, tick by tick: what videos, pages and windows show."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from sakana_envs.core import cpu
from sakana_envs.core.scalars import is_whole, plain
from sakana_envs.core.start import Start
from sakana_envs.render.scene import Scene, scene
from sakana_envs.tasks import registry
from sakana_envs.tasks.ids import id_of, read_id
from sakana_envs.wrappers.others import Acting, Others
from sakana_envs.wrappers.seats import Seats


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
    policy : whatever ``others=`` takes, see :mod:`sakana_envs.wrappers.others`, as ``"scripted"``, a function, or the
        path of a file. **Of .zip files load only those that you trust**: they can run any code.
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
        policy: Others = "scripted",
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
        if hasattr(policy, "policy_class"):  # a model draws by itself; wrapped, it draws what the seed says
            from sakana_envs.wrappers.sb3_policy import SB3Policy

            policy = SB3Policy(policy, deterministic)
        twin_of = registry.twin(self.task, self.twin)
        self.seats = Seats(self.task, twin_of, worlds=worlds, **settings)
        self.simulation = self.seats.simulation
        acts = np.zeros(self.simulation.rows, dtype=np.bool_)
        acts[self.seats.learners] = True
        self._acting = Acting(self.seats, policy, acts[: self.simulation.agents], deterministic or None, "policy")

    def begin(self, seeds: Any = None, start: Start | None = None, draws: int | None = None) -> None:
        """Begin episodes in all worlds, seeded anew, from ``start``.

        ``seeds`` is an int for the batch or one for each world; ``draws`` seeds what a policy of Stable-Baselines3
        draws; both are the rollout's seed unless given.
        """
        self._acting.begin(self.seed if draws is None else draws)
        self.seats.reset(self.seed if seeds is None else seeds, np.random.default_rng(0), start=start)

    def ticks(self, count: int | None = None, episodes: int = 1) -> Iterator[list[Scene]]:
        """The worlds' scenes as the first episode begins, then after each of ``count`` ticks, a list each time.

        Without ``count`` until each world has ended ``episodes``. A world whose episode has ended begins the next one
        in the tick that follows. Every call begins anew with the same seed. Raises ``ValueError`` for a number that
        can't be.
        """
        check_whole("the number of ticks", 0 if count is None else count, 0)
        check_whole("the number of episodes", episodes, 1)
        self.begin()
        self.outcomes = []
        yield self.scenes()
        ended = np.zeros(self.simulation.worlds, dtype=np.int64)
        done = 0
        while ended.min() < episodes if count is None else done < count:
            transition = self.seats.step(self.actions())
            done += 1
            if transition.ended:
                self.outcomes += [
                    self._outcome(int(world)) for world in np.flatnonzero(transition.outcome == cpu.ENDED)
                ]
                ended += transition.outcome == cpu.ENDED
            yield self.scenes()

    def scenes(self) -> list[Scene]:
        """What there is to see of each world now."""
        return [scene(self.simulation, world) for world in range(self.simulation.worlds)]

    def actions(self, begins: np.ndarray | None = None) -> np.ndarray:
        """What the policy does as the worlds stand, as ``seats.step`` takes it.

        ``begins`` (worlds,) bool says a policy with a memory where it begins anew; where an episode begins unless
        given. Raises ``ValueError`` for an answer that isn't allowed.
        """
        actions: np.ndarray = self._acting.actions(begins)[self.seats.learners]
        return actions

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
