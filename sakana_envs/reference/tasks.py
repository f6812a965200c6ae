"""Three tasks of the slow world, each with the sizes of a world that is small enough to be printed."""

from sakana_envs.reference.world import EMPTY, FOOD, World


class Forage(World):
    """Eat as much food as possible."""

    small = {"agents": 3, "height": 5, "width": 8, "horizon": 12, "food_density": 0.2}
    food_reward = 0.1

    def begin(self):
        """Agents and food at random."""
        self.spawn_uniform()
        self.scatter_food()

    def reward(self, agent):
        """``food_reward`` for food."""
        return self.food_reward * self.ate[agent]


class Squared(World):
    """Reach the food without running into the edge, alone."""

    small = {"agents": 1, "height": 5, "width": 5, "horizon": 33}

    def begin(self):
        """The agent in the middle, food at the first random cell that is empty."""
        self.put(0, (self.height // 2, self.width // 2))
        for attempt in range(64):
            cell = (self.below(0, attempt, self.height), self.below(1, attempt, self.width))
            if self.cells[cell] == EMPTY:
                self.cells[cell] = FOOD
                break

    def reward(self, agent):
        """1 for food, -1 for a bump."""
        return self.ate[agent] - self.bumped[agent]

    def ends(self, agent):
        """After either."""
        return bool(self.ate[agent] or self.bumped[agent])


class Gap(World):
    """Be in the row that isn't blocked."""

    small = {"agents": 1, "height": 2, "width": 1, "radius": 1, "horizon": 8}

    def begin(self):
        """An agent at a random cell; a random row will be blocked."""
        self.spawn_uniform()
        self.blocked_next = self.below(0, 0, self.height)

    def update(self):
        """The row that was announced is blocked, and another announced."""
        self.blocked = self.blocked_next
        self.blocked_next = self.below(0, 0, self.height)

    def reward(self, agent):
        """-1 in the row that is blocked."""
        return -1.0 * (self.cell(agent)[0] == self.blocked)

    def features(self, agent):
        """The row that is blocked next: 0 for the first, 255 for the last."""
        return [255 * self.blocked_next // max(self.height - 1, 1)]


TASKS = {task.__name__: task for task in (Forage, Squared, Gap)}
