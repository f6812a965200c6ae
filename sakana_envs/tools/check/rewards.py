"""What agents are paid, tick by tick, and how episodes end."""

import numpy as np

from sakana_envs.core import cpu
from sakana_envs.core.program import Transition
from sakana_envs.core.simulation import Simulation

_SAMPLE = 65_536


class Rewards:
    """Adds up the rewards of agents that took part in ticks, of the group ``members`` (agents,) bool."""

    def __init__(self, members: np.ndarray) -> None:
        self._members = members
        self._ticks: list[np.ndarray] = []

    def begin(self, simulation: Simulation, observations: np.ndarray) -> None:
        """Begin with no reward, or go on in more worlds of the same sizes."""
        if not self._ticks:
            self._rows = np.tile(self._members, simulation.worlds)
            self._lowest = np.full(simulation.rows, np.inf, dtype=np.float32)
            self._highest = -self._lowest

    def see(self, simulation: Simulation, transition: Transition, stepped: np.ndarray) -> None:
        """Keep the rewards of a tick."""
        chosen = stepped & self._rows
        rewards = transition.rewards
        np.minimum(self._lowest, rewards, out=self._lowest, where=chosen)
        np.maximum(self._highest, rewards, out=self._highest, where=chosen)
        self._ticks.append(rewards[chosen])

    @property
    def values(self) -> np.ndarray:
        """All rewards, float32; at least one."""
        return np.concatenate(self._ticks) if self._ticks else np.zeros(1, dtype=np.float32)

    @property
    def range(self) -> tuple[float, float]:
        """The lowest and the highest reward."""
        return float(self._lowest[self._rows].min()) + 0.0, float(self._highest[self._rows].max()) + 0.0

    @property
    def varied(self) -> np.ndarray:
        """Whether an agent ever got more than the lowest reward of all, (rows of the group,) bool."""
        return self._highest[self._rows] > self.range[0]

    def share_at(self, value: float) -> float:
        """The share of agent-steps with exactly this reward."""
        values = self.values
        return float((values == np.float32(value)).mean())

    def distinct(self) -> int:
        """How many different rewards there are in a sample."""
        values = self.values
        return len(np.unique(values[:: -(-len(values) // _SAMPLE)]))


class Ends:
    """Counts ends of episodes: by the task's ``terminated``, because nobody lives, and by the time limit."""

    def __init__(self) -> None:
        self.by_rule = self.by_death = self.by_time = 0
        self.lengths: list[int] = []

    def begin(self, simulation: Simulation, observations: np.ndarray) -> None:
        """Nothing has ended."""

    def see(self, simulation: Simulation, transition: Transition, stepped: np.ndarray) -> None:
        """Count the worlds that ended in a tick."""
        if not transition.ended:
            return
        alive = simulation.alive().reshape(simulation.worlds, -1)
        ended = transition.outcome == cpu.ENDED
        ruled = (transition.terminated.reshape(alive.shape) & alive).any(axis=1) & ended
        died = ended & ~alive.any(axis=1)
        self.by_rule += int(ruled.sum())
        self.by_death += int(died.sum())
        self.by_time += int((ended & ~ruled & ~died).sum())
        self.lengths += simulation.view("episode_length")[ended, 0].tolist()

    @property
    def count(self) -> int:
        """How many episodes ended."""
        return self.by_rule + self.by_death + self.by_time
