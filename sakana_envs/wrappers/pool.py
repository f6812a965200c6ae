"""Several policies of which each episode gets one: snapshots of a policy that learns, for self-play."""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from io import BytesIO
from typing import Any

import numpy as np

from sakana_envs.core.files import quoted
from sakana_envs.tasks.names import nearest

CHOICES = ("latest", "uniform", "rating")
_SCALE = 25.0 / 6.0
"""A rating by which one is drawn e times as often: openskill's unit, in which two such players win 4 of 5."""


class Pool:
    """Policies for ``others=``; as an episode begins, its world draws one of them for all the agents it has to play.

    Parameters
    ----------
    policies : to begin with: whatever ``others=`` takes, but mappings and pools.
    choose : ``"latest"``, the one that was added last; ``"uniform"``, each as often; or ``"rating"``, the better the
        more often, as ``ratings`` says.
    seed : of the draws; a reset of the environment with a seed begins them anew.

    ``policies`` are those that it has, in order. ``add`` may be called at any time: episodes that begin later draw from
    all.
    """

    def __init__(self, policies: Iterable[Any] = (), choose: str = "uniform", seed: int = 0) -> None:
        if choose not in CHOICES:
            raise ValueError(
                f"choose must be one of {', '.join(map(repr, CHOICES))}, got {quoted(choose)}{nearest(choose, CHOICES)}"
            )
        if isinstance(policies, str):
            raise TypeError(f"policies must be a list of policies, got {policies!r}")
        self.choose = choose
        self.policies: list[Any] = []
        self._ratings: list[float] = []
        self.seed(seed)
        for policy in policies:
            self.add(policy)

    def __len__(self) -> int:
        return len(self.policies)

    def add(self, policy: Any) -> None:
        """Keep a copy of a policy as it is now; of a model of Stable-Baselines3, of its policy alone.

        Its rating is the highest there is, until ``ratings`` says otherwise.
        """
        self.policies.append(_copied(policy if callable(policy) else getattr(policy, "policy", policy)))
        self._ratings.append(max(self._ratings, default=0.0))

    @property
    def ratings(self) -> list[float]:
        """A number for each policy, in the units of :func:`sakana_envs.versus`; may be assigned.

        Raises ``ValueError`` for others than as many finite numbers as there are policies.
        """
        return list(self._ratings)

    @ratings.setter
    def ratings(self, ratings: Sequence[float]) -> None:
        try:
            array = np.array(ratings, dtype=np.float64)
        except (TypeError, ValueError):
            array = np.full(1, np.nan)
        if array.shape != (len(self.policies),) or not np.isfinite(array).all():
            raise ValueError(f"ratings must be {len(self.policies)} finite numbers, got {quoted(ratings)}")
        self._ratings = array.tolist()

    @property
    def shares(self) -> np.ndarray:
        """How likely each policy is drawn, float64 (policies,)."""
        if self.choose == "latest":
            return np.eye(len(self.policies))[-1]
        ratings = np.array(self._ratings) if self.choose == "rating" else np.zeros(len(self.policies))
        weights = np.exp((ratings - ratings.max()) / _SCALE)
        return weights / weights.sum()

    def seed(self, seed: int) -> None:
        """Begin the draws anew."""
        self._random = np.random.default_rng(seed)

    def draw(self, count: int) -> np.ndarray:
        """Positions in ``policies``, int64 (count,)."""
        return self._random.choice(len(self.policies), size=count, p=self.shares)


def _copied(policy: Any) -> Any:
    """A policy that no longer changes with the one given."""
    if hasattr(policy, "save") and hasattr(policy, "load"):  # one that has just learned can't be copied otherwise
        memory = BytesIO()
        policy.save(memory)
        memory.seek(0)
        return type(policy).load(memory)
    return deepcopy(policy)
