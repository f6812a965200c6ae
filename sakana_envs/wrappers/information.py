"""What ``info`` tells of the learners' episodes, on every face."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sakana_envs.core.cpu import ENDED, SAME_STEP
from sakana_envs.core.program import Transition
from sakana_envs.core.simulation import Simulation

INFORMATION = ("end", "always")
"""When it tells: in an episode's last step, or in every step and reset, up to then."""


class Information:
    """Statistics of a simulation's learners.

    ``learners`` picks their rows from those of all agents, ``per_world`` of each world; ``always`` says whether running
    episodes are told of too.
    """

    def __init__(self, simulation: Simulation, learners: slice | np.ndarray, per_world: int, always: bool) -> None:
        self.always = always
        self._simulation = simulation
        self._learners = learners
        self._per_world = per_world
        self._played: np.ndarray | None = None
        self._begun: np.ndarray | None = None

    def forget_levels(self) -> None:
        """Worlds are no longer those of the last step."""
        self._played = self._begun = None

    def note_levels(self) -> None:
        """Before a step: which levels are played, in case that it begins others."""
        if self._simulation.mode == SAME_STEP and self._simulation.levels is not None:
            self._begun = self._played = self._levels() if self._begun is None else self._begun

    def count_levels(self, transition: Transition) -> None:
        """After a step: the episodes that ended in it were played, and others begin."""
        levels, simulation = self._simulation.levels, self._simulation
        if levels is None or not transition.ended:
            return
        ended = transition.outcome == ENDED
        played = self._levels() if self._played is None else self._played
        if self._played is not None:
            self._begun = np.where(ended, self._levels(), played)
        scores = simulation.view("score").reshape(-1)[self._learners].reshape(simulation.worlds, -1)
        levels.count(played[ended], scores.mean(axis=1, dtype=np.float64)[ended], self._levels())

    def _levels(self) -> np.ndarray:
        return np.maximum(self._simulation.view("level")[:, 0], -1)

    def arrays(self, ended: np.ndarray | None = None, so_far: bool = False) -> dict[str, np.ndarray]:
        """Statistics of episodes, each (learners,): of those of ``ended`` (worlds,) bool, which ended in this step.

        With ``so_far``, or if ``always``, of running ones too, which as they begin have nothing but zeros. Zero where
        nothing is told. The ``level`` is among them if there are levels.
        """
        simulation = self._simulation
        told = np.zeros(simulation.worlds, dtype=np.bool_) if ended is None else ended
        statistics = simulation.episode_statistics()
        if self.always or so_far:
            running = ~told & (simulation.view("clock")[:, 0] > 0)
            rows = np.repeat(running, simulation.agents)
            statistics["score"] = np.where(rows, simulation.scores_so_far().astype(np.float32), statistics["score"])
            told = told | running
        of_learners = {name: values[self._learners] for name, values in statistics.items()}
        if not told.all():
            chosen = np.repeat(told, self._per_world)
            of_learners = {name: np.where(chosen, values, 0) for name, values in of_learners.items()}
        if simulation.levels is not None:
            played = self._levels() if self._played is None else self._played
            of_learners["level"] = np.repeat(np.where(told | self.always, played, 0), self._per_world)
        return of_learners

    def mask(self, ended: np.ndarray | None = None) -> np.ndarray:
        """Of which learners' episodes :meth:`arrays` tells, (learners,) bool."""
        if self.always or ended is None:
            return np.full(self._simulation.worlds * self._per_world, self.always)
        return np.repeat(ended, self._per_world)

    def living(self) -> dict[str, np.ndarray]:
        """Of a task whose agents can die: which learners live now, ``alive`` and its mask, (learners,) bool."""
        if not self._simulation.mortal:
            return {}
        alive = self._simulation.alive()[self._learners]
        return {"alive": alive, "_alive": np.ones_like(alive)}

    def dicts(self, ended: np.ndarray | None = None, so_far: bool = False) -> list[dict[str, Any]]:
        """:meth:`arrays` as a dict for each learner."""
        return per_row(self.arrays(ended, so_far))


def per_row(statistics: Mapping[str, np.ndarray]) -> list[dict[str, Any]]:
    """Arrays (rows,) as a dict for each row.

    All are ``np.float64``: to Python a float, and to clients such as TorchRL, which ask for a dtype, an array.
    """
    columns = [values.astype(np.float64) for values in statistics.values()]
    return [dict(zip(statistics, row, strict=True)) for row in zip(*columns, strict=True)]
