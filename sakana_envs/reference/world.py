"""A world with a task: how it begins, what is wanted, who is done, and what agents see."""

import math

from sakana_envs.reference.ticks import AGENT, EMPTY, FOOD, MOTIONS, WALL, Ticks

__all__ = ["AGENT", "EMPTY", "FOOD", "MOTIONS", "WALL", "World"]


class World(Ticks):
    """A world without a task: a subclass says how it begins, and what is wanted."""

    # What a task says, by a subclass.

    def begin(self):
        """Lay the world out, as an episode begins."""
        self.spawn_uniform()

    def update(self):
        """Change what belongs to the task, in each tick before rewards."""

    def reward(self, agent):
        """What an agent is paid for this tick."""
        return 0.0

    def ends(self, agent):
        """Whether the episode ends for an agent."""
        return False

    def features(self, agent):
        """Bytes that an agent sees besides its window."""
        return []

    def act(self, actions):
        """A whole tick, by the numbers of :data:`MOTIONS`: rewards, ``terminated``, ``truncated``, each a list."""
        self.step([MOTIONS[action] for action in actions])
        self.update()
        return self.judge(type(self).reward, type(self).ends)

    def observations(self):
        """What each agent sees, a list of bytes; zeros if it is dead."""
        seen = [self.window(agent) + self.features(agent) for agent in range(self.agents)]
        return [bytes_ if alive else [0] * len(bytes_) for bytes_, alive in zip(seen, self.alive, strict=True)]

    # Judgement.

    def judge(self, reward, ends):
        """Rewards, and whom the tick ends: ``terminated`` and ``truncated``, of functions of world and agent."""
        living = [bool(alive) for alive in self.alive]
        rewards = [reward(self, agent) if living[agent] or self.died[agent] else 0.0 for agent in range(self.agents)]
        ended = [living[agent] and ends(self, agent) for agent in range(self.agents)]
        over = any(ended) or not any(living) or self.tick == self.horizon
        terminated = [end or died == 1 for end, died in zip(ended, self.died, strict=True)]
        return rewards, terminated, [over and not end for end in terminated]

    # Perception.

    def around(self, agent):
        """The cells of the agent's window, row by row."""
        row, col = self.cell(agent)
        side = range(-self.radius, self.radius + 1)
        return [(row + d_row, col + d_col) for d_row in side for d_col in side]

    def window(self, agent):
        """The codes of these cells."""
        return [self.code(cell) for cell in self.around(agent)]

    def offset(self, agent):
        """Where in its cell the agent is."""
        return [x - math.floor(x) for x in self.places[agent]]
