"""Whole episodes that a policy plays, one in each world."""

from typing import NamedTuple

import numpy as np

from sakana_envs.core import cpu
from sakana_envs.core.rng import world_seed
from sakana_envs.core.start import Start
from sakana_envs.tools.record.rollout import Rollout


class Episodes(NamedTuple):
    """Episodes of one policy, each (episodes,): score and return, means over the learners, and ticks."""

    scores: np.ndarray
    returns: np.ndarray
    lengths: np.ndarray


def play(rollout: Rollout, episodes: int, levels: np.ndarray | None = None) -> Episodes:
    """The first episodes of a batch of ``episodes`` worlds that has the rollout's seed, as many at once as it has.

    ``levels`` (episodes,) are the numbers of the levels from which they begin; None where there are none. How many are
    played at once changes nothing, except what a policy draws by itself. Raises ``ValueError`` for an answer of the
    policy that isn't allowed.
    """
    found = Episodes(np.empty(episodes), np.empty(episodes), np.empty(episodes, dtype=np.int64))
    worlds = rollout.simulation.worlds
    for begin in range(0, episodes, worlds):
        numbers = (begin + np.arange(worlds)) % episodes
        seeds = [world_seed(rollout.seed, number) for number in numbers.tolist()]
        played = _play_batch(rollout, seeds, begin, None if levels is None else levels[numbers])
        for values, new in zip(found, played, strict=True):
            values[begin : begin + worlds] = new[: episodes - begin]
    return found


def _play_batch(rollout: Rollout, seeds: list[int], begin: int, levels: np.ndarray | None) -> Episodes:
    seats, simulation = rollout.seats, rollout.simulation
    start = None if levels is None else Start({}, levels)
    rollout.begin(seeds, start, rollout.seed + begin)
    learners = np.zeros(simulation.rows, dtype=np.bool_)
    learners[seats.learners] = True
    mine = learners[: simulation.agents]
    found = Episodes(*(np.empty(simulation.worlds) for _ in Episodes._fields))
    running = np.ones(simulation.worlds, dtype=np.bool_)
    begins = running.copy()
    while running.any():
        try:
            actions = rollout.actions(begins)
        except ValueError as error:
            raise ValueError(f"{rollout.id}: {error}") from error
        transition = seats.step(actions)
        begins[:] = False  # what comes after a world's first episode doesn't count
        ended = (transition.outcome == cpu.ENDED) & running
        if ended.any():
            for values, field in ((found.scores, "score"), (found.returns, "episode_return")):
                values[ended] = simulation.view(field)[ended][:, mine].mean(axis=1, dtype=np.float64)
            found.lengths[ended] = simulation.view("episode_length")[ended, 0]
            running &= ~ended
    return found
