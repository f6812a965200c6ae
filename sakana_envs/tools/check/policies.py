"""Policies that know nothing of a task: against them its rewards and scores are judged.

Plans are rows of the table of actions, one for each tick of an episode, decided before it begins; a mixture says how
likely each row is, in every tick. Whoever follows one doesn't look.
"""

from typing import NamedTuple

import numpy as np

from sakana_envs.core.actions import Actions
from sakana_envs.core.simulation import Simulation

SIMPLE = ("still", "spinning", "corner", "random")
"""Still does nothing, spinning goes through the rows that move in turn, corner takes the one most north-west."""

OPEN_LOOP = "open-loop"
"""The best of many plans: what can be had without looking."""

BLIND = "blind"
"""The best of many mixtures: what can be had without looking, and without counting ticks."""

TRIED = 32
"""How many plans, or mixtures, are tried."""


class Mixture(NamedTuple):
    """How likely each row of the table is, ``shares`` (rows,), or (worlds, rows): each world has its own."""

    shares: np.ndarray

    def draw(self, simulation: Simulation) -> np.ndarray:
        """A row of the table for each agent, int64 (agents of all worlds,); the same in both twins."""
        ends = np.atleast_2d(self.shares).cumsum(axis=1)
        ends /= ends[:, -1:]
        drawn = (simulation.noise()[:, 0] >> np.uint64(11)) / 2.0**53
        return (drawn.reshape(simulation.worlds, -1, 1) >= ends[:, None]).sum(axis=2).reshape(-1)


def plan(name: str, actions: Actions) -> np.ndarray:
    """The plan of ``"still"``, ``"spinning"`` or ``"corner"``, int64 (ticks,), which is begun again at its end."""
    motions = actions.table[:, :2]
    if name == "spinning":
        rows = np.flatnonzero(motions.any(axis=1))
        return rows if len(rows) else np.arange(len(motions))
    return np.array([actions.still if name == "still" else motions.sum(axis=1).argmin()])


def plans(actions: Actions, ticks: int) -> np.ndarray:
    """``TRIED`` plans to choose from, int64 (ticks, TRIED): one row for ever, all rows in turn, and random ones.

    In the random ones each row is held for 1, 2, 4, ... ticks.
    """
    random = np.random.default_rng(0)
    rows = len(actions.table)
    made = np.empty((ticks, TRIED), dtype=np.int64)
    for index in range(TRIED):
        if index < min(rows, TRIED // 2):
            made[:, index] = index
        elif index == TRIED - 1:
            made[:, index] = np.resize(plan("spinning", actions), ticks)
        else:
            hold = 2 ** (index % 6)
            made[:, index] = random.integers(0, rows, -(-ticks // hold)).repeat(hold)[:ticks]
    return made


def mixtures(actions: Actions) -> np.ndarray:
    """``TRIED`` mixtures to choose from, (TRIED, rows) of shares: one row alone, all alike, and random ones.

    Of the random ones, half favour a few rows.
    """
    random = np.random.default_rng(0)
    rows = len(actions.table)
    alone = np.eye(rows)[: TRIED // 2]
    count = TRIED - len(alone) - 1
    drawn = random.standard_gamma(np.where(np.arange(count) % 2, 1.0, 0.25)[:, None], (count, rows)) + 1e-9
    return np.concatenate([alone, np.ones((1, rows)), drawn])
