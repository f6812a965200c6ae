"""Policies that know nothing of a task: against them its rewards and scores are judged.

Plans are rows of the table of actions, one for each tick of an episode, decided before it begins: whoever follows one
doesn't look.
"""

import numpy as np

from sakana_envs.core.actions import Actions

BLIND = ("still", "spinning", "corner", "random")
"""Still does nothing, spinning goes through the rows that move in turn, corner takes the one most north-west."""

OPEN_LOOP = "open-loop"
"""The best of many plans: what can be had without looking."""

PLANS = 32
"""How many plans are tried for the open loop."""


def plan(name: str, actions: Actions) -> np.ndarray:
    """The plan of ``"still"``, ``"spinning"`` or ``"corner"``, int64 (ticks,), which is begun again at its end."""
    motions = actions.table[:, :2]
    if name == "spinning":
        rows = np.flatnonzero(motions.any(axis=1))
        return rows if len(rows) else np.arange(len(motions))
    return np.array([actions.still if name == "still" else motions.sum(axis=1).argmin()])


def plans(actions: Actions, ticks: int) -> np.ndarray:
    """``PLANS`` plans to choose from, int64 (ticks, PLANS): one row for ever, all rows in turn, and random ones.

    In the random ones each row is held for 1, 2, 4, ... ticks.
    """
    random = np.random.default_rng(0)
    rows = len(actions.table)
    made = np.empty((ticks, PLANS), dtype=np.int64)
    for index in range(PLANS):
        if index < min(rows, PLANS // 2):
            made[:, index] = index
        elif index == PLANS - 1:
            made[:, index] = np.resize(plan("spinning", actions), ticks)
        else:
            hold = 2 ** (index % 6)
            made[:, index] = random.integers(0, rows, -(-ticks // hold)).repeat(hold)[:ticks]
    return made
