"""What agents sense: which inputs change at all, and how often different states look alike."""

import numpy as np

from sakana_envs.core.program import Transition
from sakana_envs.core.simulation import Simulation
from sakana_envs.tasks.task import Task

_DENSE = 32
"""Ticks that are all looked at; of later ones every eighth."""
_SAMPLED_WORLDS, _SAMPLED_AGENTS, _SAMPLED_TICKS = 16, 16, 24


class Inputs:
    """Notes the lowest and the highest value at each place of all rows, and samples of states and how they look."""

    def __init__(self, task: Task) -> None:
        self._world = (*task.engine.surroundings, *task.memory)
        self._agent = task.engine.whereabouts
        self._lowest = self._highest = np.zeros(0)
        self._looks: dict[tuple, bytes] = {}

    def begin(self, simulation: Simulation, observations: np.ndarray) -> None:
        """See what agents see first."""
        self._tick = 0
        self._note(simulation, observations, np.ones(simulation.rows, dtype=np.bool_))

    def see(self, simulation: Simulation, transition: Transition, stepped: np.ndarray) -> None:
        """See what they see after some of the ticks."""
        self._tick += 1
        if self._tick < _DENSE or self._tick % 8 == 0:
            self._note(simulation, transition.observations, simulation.alive())

    def _note(self, simulation: Simulation, observations: np.ndarray, alive: np.ndarray) -> None:
        if not alive.any():
            return
        seen = observations if alive.all() else observations[alive]
        lowest, highest = seen.min(axis=0), seen.max(axis=0)
        if len(self._lowest) == 0:
            self._lowest, self._highest = lowest, highest
        np.minimum(self._lowest, lowest, out=self._lowest)
        np.maximum(self._highest, highest, out=self._highest)
        if self._tick < _SAMPLED_TICKS // 2 or self._tick % 32 == 0:
            self._sample(simulation, observations, alive)

    def _sample(self, simulation: Simulation, observations: np.ndarray, alive: np.ndarray) -> None:
        rows = observations.reshape(simulation.worlds, simulation.agents, -1)
        lives = alive.reshape(simulation.worlds, simulation.agents)
        where = [simulation.view(name) for name in self._agent]
        for world in range(min(simulation.worlds, _SAMPLED_WORLDS)):
            world_state = hash(tuple(simulation.view(name)[world].tobytes() for name in self._world))
            for agent in range(0, simulation.agents, -(-simulation.agents // _SAMPLED_AGENTS)):
                if lives[world, agent]:
                    state = (world_state, *(values[world, agent].item() for values in where))
                    self._looks[state] = rows[world, agent].tobytes()

    @property
    def changing(self) -> np.ndarray:
        """Which values of a row differ anywhere, between ticks or agents, (length,) bool."""
        return self._lowest != self._highest

    @property
    def alike(self) -> float:
        """The share of the sampled states that look exactly like another one of them to their agent."""
        looks: dict[bytes, int] = {}
        for look in self._looks.values():
            looks[look] = looks.get(look, 0) + 1
        return sum(count for count in looks.values() if count > 1) / max(1, len(self._looks))
