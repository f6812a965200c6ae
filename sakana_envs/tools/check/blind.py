"""Who does best without looking: the best of some plans, and of some mixtures of actions."""

from collections.abc import Callable

import numpy as np

from sakana_envs.core.simulation import Simulation
from sakana_envs.tools.check.plays import Policy, play
from sakana_envs.tools.check.policies import TRIED, Mixture, mixtures, plans


def best_plan(simulation: Simulation, ticks: int, seed: int, members: np.ndarray, batches: int) -> np.ndarray:
    """The best of the plans for a group's agents ``members`` (agents,) bool, int64 (ticks,); others are scripted."""
    tried = plans(simulation.actions, ticks)
    return tried[:, _best(simulation, lambda numbers: tried[:, numbers], ticks, seed, members, batches)]


def best_mixture(simulation: Simulation, ticks: int, seed: int, members: np.ndarray, batches: int) -> Mixture:
    """The best of the mixtures, as :func:`best_plan`."""
    tried = mixtures(simulation.actions)
    return Mixture(tried[_best(simulation, lambda numbers: Mixture(tried[numbers]), ticks, seed, members, batches)])


def _best(
    simulation: Simulation,
    policy: Callable[[np.ndarray], Policy],
    ticks: int,
    seed: int,
    members: np.ndarray,
    batches: int,
) -> int:
    """The number that brings the best score, and of those the best return; each world of a batch tries another.

    Seeds are those that follow ``seed``, one for each batch.
    """
    scores, returns, counts = np.zeros(TRIED), np.zeros(TRIED), np.zeros(TRIED)
    for batch in range(batches):
        numbers = (np.arange(simulation.worlds) + batch * simulation.worlds) % TRIED
        result = play(simulation, policy(numbers), ticks, seed + 1 + batch, members)
        for total, values in zip((scores, returns), result.of(members), strict=True):
            np.add.at(total, numbers, np.nan_to_num(values))
        np.add.at(counts, numbers, 1)
    counts = np.maximum(counts, 1)
    return int(np.lexsort((returns / counts, (scores / counts).round(3)))[-1])
