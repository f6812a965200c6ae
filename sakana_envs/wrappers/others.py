"""Who acts for the agents that don't learn: one policy for all of them, or one for each group."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np
from gymnasium import spaces

from sakana_envs.core.actions import Actions, Twin
from sakana_envs.core.allowed import check_actions, clip, form
from sakana_envs.tasks.names import nearest
from sakana_envs.tasks.task import Task

POLICIES = ("scripted", "random", "still")


class Model(Protocol):
    """What Stable-Baselines3 calls a model."""

    def predict(self, observation: np.ndarray) -> tuple[np.ndarray, Any]:
        """Actions, a row for each of the observations, and the state of a policy that has a memory, or None."""


Policy = str | Callable[[np.ndarray], Any] | Model
Others = Policy | Mapping[str, Policy] | None


class Seated(NamedTuple):
    """A policy, and the rows of the agents for which it acts: those of a group, or of all, in all worlds."""

    rows: np.ndarray
    policy: Policy
    group: str

    @property
    def title(self) -> str:
        """What errors call the policy."""
        return f"others: {getattr(self.policy, '__name__', type(self.policy).__name__)}, for {self.group},"

    def check_spaces(self, observations: spaces.Space, actions: spaces.Space) -> None:
        """Raise ``ValueError`` for a model that was trained with other spaces than these."""
        trained = [getattr(self.policy, name, None) for name in ("observation_space", "action_space")]
        if all(isinstance(space, spaces.Space) for space in trained) and trained != [observations, actions]:
            raise ValueError(
                f"{self.title} was trained with observations {trained[0]} and actions {trained[1]}; here they are "
                f"{observations} and {actions}: obs= and radius= must be those of its training"
            )

    def act(self, observations: np.ndarray, actions: Actions, twin: Twin, clips: bool = False) -> np.ndarray:
        """A function's or a model's actions, a row for each of the observations; ``clips`` brings them into the box.

        Raises ``ValueError`` that names it for an answer that isn't allowed.
        """
        answer = getattr(self.policy, "predict", self.policy)(observations)  # type: ignore[operator]
        rows = len(observations)
        try:
            given = without_state(answer, form(actions, twin, rows).shape)
            return check_actions(clip(given, actions, rows) if clips else given, actions, twin, rows)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{self.title} must return an action for each observation: {error}") from None


def without_state(answer: Any, shape: tuple[int, ...]) -> Any:
    """The actions of an answer, which may be a pair of actions and None; two agents' actions are a pair as well."""
    if isinstance(answer, tuple) and len(answer) == 2:
        actions, state = answer
        if state is None:
            return actions
        if np.shape(actions) == shape:
            raise ValueError("a state beside the actions, which nobody keeps; pass a function that keeps it by itself")
    return answer


def learning(groups: list[str], others: Others, learners: str | None, single: bool) -> np.ndarray:
    """Which agents of a world (``groups``, by name) learn, (agents,) bool."""
    learns = np.array([learners in (None, group) for group in groups])
    if single or (others is not None and learners is None):
        learns[learns.argmax() + 1 :] = False
    return learns


def seat(task: Task, others: Others, groups: list[str], learns: np.ndarray, worlds: int) -> list[Seated]:
    """Who acts for which rows: for agents of a world (``groups``, by name) that don't learn (``learns``, bool).

    A policy for a group in which all learn has nothing to do and is left out. Raises ``ValueError`` for what is no
    policy, a group that isn't the task's, and one for which nobody acts.
    """
    by_group = np.array(groups)
    free = dict.fromkeys(by_group[~learns].tolist())
    seats: dict[str, tuple[Policy, np.ndarray]] = {}
    if isinstance(others, Mapping):
        for group, policy in others.items():
            if group not in task.agent_names:
                raise ValueError(
                    f"{task.name}: others has {group!r}, which is no group{nearest(group, task.agent_names)}; "
                    f"groups: {', '.join(task.agent_names)}"
                )
            _check_policy(task.name, f"others[{group!r}]", policy)
            seats[group] = policy, ~learns & (by_group == group)
        for group in free:
            if group not in others:
                has = ", ".join(others) or "nobody"
                raise ValueError(f"{task.name}: others has no policy for {group!r}, only for {has}")
    else:
        _check_policy(task.name, "others", others)
        seats[" and ".join(free)] = others, ~learns  # type: ignore[assignment]
    return [
        Seated(np.flatnonzero(np.tile(mask, worlds)), policy, group)
        for group, (policy, mask) in seats.items()
        if mask.any()
    ]


def _check_policy(task: str, name: str, policy: Any) -> None:
    if callable(policy) or hasattr(policy, "predict") or (isinstance(policy, str) and policy in POLICIES):
        return
    groups = ", or a dictionary with one of these for each group" if name == "others" else ""
    raise ValueError(
        f"{task}: {name} must be one of {', '.join(map(repr, POLICIES))}, a function or a model{groups}, "
        f"got {policy!r}{nearest(policy, POLICIES)}"
    )
