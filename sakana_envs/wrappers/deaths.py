"""What becomes of learners that die by an edit, and of worlds in which others live and no learner does."""

from typing import Any

import numpy as np

from sakana_envs.core.cpu import ENDED, SAME_STEP, TICKED
from sakana_envs.core.program import Transition
from sakana_envs.core.simulation import Simulation


class Deaths:
    """Completes what steps tell of a simulation's ``learners``, rows of which each world has ``per_world``."""

    def __init__(self, simulation: Simulation, learners: slice | np.ndarray, per_world: int) -> None:
        self._simulation = simulation
        self._learners = learners
        self._per_world = per_world
        self._removed = np.zeros((simulation.worlds, simulation.agents), dtype=np.bool_)
        """Agents that an edit has removed since the last step."""

    def note(self, before: np.ndarray) -> None:
        """After an edit: who of those that lived ``before`` it (rows,) is dead."""
        self._removed = (self._removed | before.reshape(self._removed.shape)) & ~self._living()

    def forget(self, worlds: Any) -> None:
        """Others are in the place of worlds: of indices, of a mask, or of all (None)."""
        self._removed[... if worlds is None else np.asarray(worlds)] = False

    def settle(self, transition: Transition) -> Transition:
        """A step in which those removed are terminated, and in which an episode ends where no learner lives."""
        simulation = self._simulation
        if not simulation.mortal:
            return transition
        if self._removed.any():
            begun = (transition.outcome == ENDED) & (simulation.mode == SAME_STEP)
            died = (self._removed & (begun[:, None] | ~self._living())).reshape(-1)
            transition.terminated[died] = True
            transition.truncated[died] = False
            self._removed[:] = False
        if isinstance(self._learners, slice):  # all are: worlds see to it themselves
            return transition
        learn = simulation.alive()[self._learners].reshape(-1, self._per_world).any(axis=1)
        lost = ~learn & (transition.outcome == TICKED)
        return self._end(lost, transition) if lost.any() else transition

    def _living(self) -> np.ndarray:
        return self._simulation.alive().reshape(self._removed.shape)

    def _end(self, lost: np.ndarray, transition: Transition) -> Transition:
        """The same, in which the episodes of the worlds of a mask end too."""
        simulation, rows = self._simulation, np.repeat(lost, self._simulation.agents)
        simulation.end(lost, np.nan_to_num(simulation.scores_so_far()))
        transition.truncated[rows] = ~transition.terminated[rows]
        transition.outcome[lost] = ENDED
        if simulation.mode == SAME_STEP:
            transition.final_observations[rows] = transition.observations[rows]
            transition.observations[rows] = simulation.reset(lost)[rows]
        return transition._replace(ended=transition.ended + int(lost.sum()))
