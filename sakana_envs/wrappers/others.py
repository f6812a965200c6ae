"""Who acts for the agents that don't learn: one policy for all of them, or one for each group.

A policy is one of

- ``"scripted"``, ``"random"`` or ``"still"``, or the name of one that the package has for the agents' group, as
  ``"trained"``;
- a function from a batch of observations to a batch of actions, a row each. Rows are those of all its agents in all
  worlds, world by world, in each by the agents' indices. One with a memory takes ``begins`` too, (rows,) bool: whose
  episode begins, or whose world is another than in the last tick;
- a model of Stable-Baselines3, whose ``predict`` is such a function, with a memory or without;
- the path of a file, see :func:`sakana_envs.load_policy`;
- a :class:`sakana_envs.Pool` of these.

One that picks from the table of the discrete twin plays in every twin. A model or a file gets the form of observations
that it was trained with, whatever the learners' is.
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from sakana_envs.tasks.names import nearest
from sakana_envs.tasks.task import Task
from sakana_envs.wrappers.policy_files import SUFFIXES, TRAINED, read_policy, shipped
from sakana_envs.wrappers.pool import Pool
from sakana_envs.wrappers.seated import Seat, Seated

if TYPE_CHECKING:
    from sakana_envs.wrappers.seats import Seats

POLICIES = ("scripted", "random", "still")


class Model(Protocol):
    """What Stable-Baselines3 calls a model."""

    def predict(self, observation: np.ndarray) -> tuple[np.ndarray, Any]:
        """Actions, a row for each of the observations, and the state of a policy that has a memory, or None."""


Policy = str | Path | Callable[[np.ndarray], Any] | Model | Pool
Others = Policy | Mapping[str, Policy] | None


def learning(groups: list[str], others: Others, learners: str | None, single: bool) -> np.ndarray:
    """Which agents of a world (``groups``, by name) learn, (agents,) bool."""
    learns = np.array([learners in (None, group) for group in groups])
    if single or (others is not None and learners is None):
        learns[learns.argmax() + 1 :] = False
    return learns


def seat(
    task: Task,
    twin: str,
    others: Others,
    groups: list[str],
    acts: np.ndarray,
    deterministic: bool | None = None,
    argument: str = "others",
) -> list[Seat]:
    """Who acts for whom: for those agents of a world (``groups``, by name) for whom somebody ``acts``, (agents,) bool.

    A policy for a group in which it has nobody to act for is left out. ``deterministic`` is for policies from files;
    ``argument`` is what errors call ``others``. Raises ``ValueError`` for what is no policy, a group that isn't the
    task's, and one for which nobody acts, and as ``load_policy`` for files.
    """

    def seated(members: np.ndarray, policy: Any, groups: list[str]) -> Seat:
        files = shipped(task.name, twin, groups[0]) if len(groups) == 1 else {}
        read = partial(read_policy, files=files, deterministic=deterministic)
        return Seat(members, policy if isinstance(policy, Pool) else read(policy), " and ".join(groups), argument, read)

    by_group = np.array(groups)
    free = list(dict.fromkeys(by_group[acts].tolist()))
    named = others if isinstance(others, Mapping) else {}
    for group, policy in named.items():
        if group not in task.agent_names:
            raise ValueError(
                f"{task.name}: {argument} has {group!r}, which is no group{nearest(group, task.agent_names)}; "
                f"groups: {', '.join(task.agent_names)}"
            )
        _check_policy(task.name, f"{argument}[{group!r}]", policy, names(task.name, twin, [group]))
    for group in free:
        if isinstance(others, Mapping) and group not in others:
            has = ", ".join(others) or "nobody"
            raise ValueError(f"{task.name}: {argument} has no policy for {group!r}, only for {has}")
    if isinstance(others, Mapping):
        chosen: dict[str, Any] = {group: others[group] for group in free}
    else:
        known = names(task.name, twin, free or list(dict.fromkeys(groups)))
        _check_policy(task.name, argument, others, known, len(free) == 1)
        by_itself = isinstance(others, str) and others not in POLICIES and Path(others).suffix not in SUFFIXES
        if not by_itself:  # one policy for all: it sees them together
            return [seated(acts, others, free)] if free else []
        chosen = dict.fromkeys(free, others)
    return [seated(acts & (by_group == group), policy, [group]) for group, policy in chosen.items()]


class Acting:
    """Policies that act for those agents of each world of ``seats`` for whom somebody ``acts``, (agents,) bool.

    The other parameters are those of :func:`seat`, and so are its errors.
    """

    def __init__(
        self,
        seats: "Seats",
        others: Others,
        acts: np.ndarray,
        deterministic: bool | None = None,
        argument: str = "others",
    ) -> None:
        self._seats = seats
        groups = [seats.task.group_of(agent, len(acts)) for agent in range(len(acts))]
        taken = seat(seats.task, seats.twin_name, others, groups, acts, deterministic, argument) if acts.any() else []
        # A policy of the package acts for everybody at once, and the rest is written over it.
        self._background = next((each.policy for each in taken if isinstance(each.policy, str)), "still")
        self._seated = [Seated(seats, each) for each in taken if each.policy != self._background]
        self._replaced = np.zeros(seats.simulation.worlds, dtype=np.bool_)

    def begin(self, seeds: Any) -> None:
        """Before a reset: with seeds, what draws from a generator of its own begins its draws anew."""
        for seated in self._seated:
            seated.begin(seeds)

    def replace(self, worlds: Any) -> None:
        """Others are in the place of worlds: of indices, or of all (None)."""
        self._replaced[... if worlds is None else worlds] = True

    def actions(self, begins: np.ndarray | None = None) -> np.ndarray:
        """Actions of all rows in the twin's form, of those for whom nobody acts whatever they are.

        ``begins`` (worlds,) bool says where policies with a memory begin anew: where an episode does, or others are in
        the place of a world, unless it is given.
        """
        everyone = self._seats.policy_actions(self._background)
        if self._seated:
            if begins is None:
                begins = (self._seats.simulation.view("clock")[:, 0] == 0) | self._replaced
            for seated in self._seated:
                seated.write(everyone, begins)
            self._replaced[:] = False
        return everyone


def names(task: str, twin: str, groups: list[str]) -> list[str]:
    """Names of policies that there are for each of some groups."""
    own = [shipped(task, twin, group) for group in groups]
    return [*POLICIES, *(name for name in (own[0] if own else ()) if all(name in each for each in own))]


def _check_policy(task: str, name: str, policy: Any, known: list[str], one_group: bool = True) -> None:
    """Raise ``ValueError`` for what is no policy. A pool acts for all its agents together, so with names of the
    package for one group only."""
    if isinstance(policy, Pool):
        if not len(policy):
            raise ValueError(f"{task}: {name} is a pool without policies: add one, such as 'scripted'")
        for each in policy.policies:
            _check_policy(task, f"a policy of the pool {name}", each, known if one_group else list(POLICIES))
        return
    if callable(policy) or hasattr(policy, "predict"):
        return
    if isinstance(policy, (str, Path)) and (policy in known or Path(policy).suffix in SUFFIXES):
        return
    groups = "" if "[" in name or name.startswith("a policy") else ", or a dictionary with one of these for each group"
    hint = "; the package has none for these agents" if policy == TRAINED else nearest(policy, known)
    raise ValueError(
        f"{task}: {name} must be one of {', '.join(map(repr, known))}, a file {' or '.join(SUFFIXES)}, a function or a "
        f"model{groups}, got {policy!r}{hint}"
    )
