"""The scores that an episode would have if it ended now."""

from collections.abc import Callable

import numpy as np
from numba import njit

from sakana_envs.grid.simulation import Simulation
from sakana_envs.tasks.task import Task


def scores_so_far(simulation: Simulation, task: Task, world: int = 0) -> Callable[[], np.ndarray]:
    """Make a function that gives the score of each of a world's agents up to the current tick.

    Its values (agents,) float64 are in [0, 1], or NaN: as an episode begins, and where a score isn't defined before the
    end. The world stays as it is, since a copy of it is asked.
    """
    view, score = simulation.program.kernels.view, task.rules(simulation.program.debug).score

    @njit
    def ask(blocks, header, out):
        record = view(blocks, header, 0)
        for agent in range(record.agents):
            out[agent] = min(max(score(record, agent), 0.0), 1.0)

    def now() -> np.ndarray:
        scores = np.full(simulation.agents, np.nan)
        if simulation.view("clock")[world, 0] > 0:
            try:
                ask(simulation.blocks[world : world + 1].copy(), simulation.layout.header, scores)
            except ZeroDivisionError:
                scores[:] = np.nan
        return scores

    return now
