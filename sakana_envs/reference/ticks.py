"""What happens in a tick, in plain Python, written from the page on the rules and not from the kernels.

Positions are Python floats (multiples of 1/1024, so nothing rounds), cells a
dictionary from (row, col) to a code; what isn't in it is wall. Dead agents are at (-1, -1).
"""

import math

import numpy as np

from sakana_envs.reference.draws import (
    CONTEST,
    DEATH,
    GOLDEN,
    GROW_CHANCE,
    GROW_PLACE,
    MASK,
    REBIRTH,
    SCATTER,
    SPAWN,
    combine,
    mix,
)

EMPTY, FOOD, WALL, AGENT = 0, 1, 2, 3
MOTIONS = [(0, 0), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1)]
AT_REST = (np.float32(0), np.float32(0))


def whole(steps):
    """Steps of at most one cell, to the nearest whole number, halves to the even one."""
    return round(min(max(float(steps), -1024.0), 1024.0))


class Ticks:
    """One world, what happens in it by itself, and what tasks may do to it.

    ``numbers`` are those that the class names, such as ``speed=0.5``; another raises ``TypeError``.
    """

    speed, inertia, lifespan, food_density, food_regrowth = 1.0, 0.0, 0.0, 0.0, 1.0

    def __init__(self, agents, height, width, radius=5, horizon=512, seed=0, episode=0, **numbers):
        for name, value in numbers.items():
            if not hasattr(self, name):
                raise TypeError(f"{type(self).__name__} has no number {name!r}")
            setattr(self, name, value)
        self.agents, self.height, self.width, self.radius, self.horizon = agents, height, width, radius, horizon
        self.seed, self.episode, self.tick, self.missing_food = seed, episode, 0, 0
        self.cells = {(row, col): EMPTY for row in range(height) for col in range(width)}
        self.places, self.velocities = [(-1.0, -1.0)] * agents, [AT_REST] * agents
        self.kinds, self.paces, self.alive = [0] * agents, [1.0] * agents, [1] * agents
        self.ate, self.bumped, self.respawned, self.died = ([0] * agents for _ in range(4))
        self.wall_bumps, self.agent_bumps = [0] * agents, [0] * agents

    # Random numbers.

    def number(self, cell):
        """A cell as an index into the map with its border, row by row."""
        return (cell[0] + self.radius) * (self.width + 2 * self.radius) + cell[1] + self.radius

    def draw(self, purpose, index):
        """64 random bits, a hash of all that they are for."""
        key = combine(combine(self.seed, self.episode), self.tick)
        return mix((key + ((purpose << 40) + index) * GOLDEN) & MASK)

    def uniform(self, purpose, index):
        """A random number in [0, 1)."""
        return (self.draw(purpose, index) >> 11) / 2**53

    def below(self, purpose, index, bound):
        """A random whole number under ``bound``."""
        return ((self.draw(purpose, index) >> 32) * bound) >> 32

    def random_cell(self, purpose, index):
        """A random cell of the map."""
        return divmod(self.below(purpose, index, self.height * self.width), self.width)

    # A tick.

    def code(self, cell):
        """What a cell shows."""
        return self.cells.get(cell, WALL)

    def cell(self, agent):
        """The cell, (row, col), in which an agent is."""
        return tuple(math.floor(x) for x in self.places[agent])

    def step(self, motions):
        """Move everybody, end lives, grow food. ``motions`` has (row, col, ...) in [-1, 1] for each agent."""
        self.tick += 1
        self.died, self.action = [0] * self.agents, np.array(motions, dtype=np.float32)
        self.move(motions)
        self.respawn()
        self.grow_food()

    def steps(self, agent, motion):
        """Motion along one axis in 1/1024 of a cell: float32 products, rounded to the nearest, halves to even."""
        return whole(np.float32(1024 * self.speed) * np.float32(self.paces[agent]) * np.float32(motion))

    def displacement(self, agent, motion):
        """How far an agent would move, (row, col): with inertia its new velocity says, else the motion alone."""
        aimed = tuple(self.steps(agent, part) / 1024 for part in motion[:2])
        if self.inertia == 0:
            return aimed
        kept = np.float32(self.inertia)
        given = np.float32(1) - kept
        pairs = zip(self.velocities[agent], aimed, strict=True)
        self.velocities[agent] = tuple(kept * velocity + given * np.float32(wish) for velocity, wish in pairs)
        return tuple(whole(np.float32(1024) * velocity) / 1024 for velocity in self.velocities[agent])

    def move(self, motions):
        """Everybody at once: where each wants to be, who gets a cell that several want, and who is blocked."""
        targets, claims = [], {}
        for agent, motion in enumerate(motions):
            moved = self.displacement(agent, motion) if self.alive[agent] else (0.0, 0.0)
            target = tuple(x + m for x, m in zip(self.places[agent], moved, strict=True))
            targets.append(target)
            cell = tuple(math.floor(x) for x in target)
            if self.alive[agent] and cell != self.cell(agent) and self.code(cell) in (EMPTY, FOOD):
                claims.setdefault(cell, []).append(agent)
        winners = {
            cell: max(rivals, key=lambda agent: (self.draw(CONTEST, self.number(self.cell(agent))), self.cell(agent)))
            for cell, rivals in claims.items()
        }
        walls = [self.code(tuple(math.floor(x) for x in target)) == WALL for target in targets]
        self.ate, self.bumped, self.respawned = ([0] * self.agents for _ in range(3))
        for agent, target in enumerate(targets):
            if not self.alive[agent]:
                continue
            own, cell = self.cell(agent), tuple(math.floor(x) for x in target)
            if cell == own or winners.get(cell) == agent:
                self.places[agent] = target
            else:
                self.bumped[agent] = 1
                self.velocities[agent] = AT_REST
                (self.wall_bumps if walls[agent] else self.agent_bumps)[agent] += 1
            if winners.get(cell) == agent:
                self.ate[agent] = int(self.cells[cell] == FOOD)
                self.missing_food += self.ate[agent]
                self.cells[own] = EMPTY
                self.cells[cell] = AGENT + self.kinds[agent]

    def respawn(self):
        """Lives that end begin elsewhere, in up to 16 rounds of proposals."""
        if self.lifespan == 0:
            return
        living = [agent for agent in range(self.agents) if self.alive[agent]]
        dying = [a for a in living if self.uniform(DEATH, self.number(self.cell(a))) * self.lifespan < 1]
        for attempt in range(16):
            wishes = {a: self.random_cell(REBIRTH, (attempt << 32) + self.number(self.cell(a))) for a in dying}
            wanted = list(wishes.values())
            born = [a for a in dying if self.cells[wishes[a]] == EMPTY and wanted.count(wishes[a]) == 1]
            for agent in born:
                self.cells[self.cell(agent)] = EMPTY
                self.put(agent, wishes[agent])
                self.respawned[agent] = 1
            dying = [a for a in dying if a not in born]

    def grow_food(self):
        """Each food that is missing tries one cell."""
        for attempt in range(self.missing_food):
            grows = self.food_regrowth == 1 or self.uniform(GROW_CHANCE, attempt) < self.food_regrowth
            cell = self.random_cell(GROW_PLACE, attempt)
            if grows and self.cells[cell] == EMPTY:
                self.cells[cell] = FOOD
                self.missing_food -= 1

    # Layouts.

    def put(self, agent, cell):
        """An agent into the middle of a cell, at rest."""
        self.cells[cell] = AGENT + self.kinds[agent]
        self.places[agent] = (cell[0] + 0.5, cell[1] + 0.5)
        self.velocities[agent] = AT_REST

    def spawn_uniform(self):
        """Agents at random on an empty map: 64 tries, then the next empty cell in reading order."""
        self.cells = dict.fromkeys(self.cells, EMPTY)
        for agent in range(self.agents):
            for attempt in range(64):
                cell = self.random_cell(SPAWN, (attempt << 32) + agent)
                if self.cells[cell] == EMPTY:
                    break
            while self.cells[cell] != EMPTY:
                cell = divmod((cell[0] * self.width + cell[1] + 1) % (self.height * self.width), self.width)
            self.put(agent, cell)

    def scatter_food(self):
        """Food on each empty cell by chance."""
        for (row, col), code in self.cells.items():
            if code == EMPTY and self.uniform(SCATTER, row * self.width + col) < self.food_density:
                self.cells[row, col] = FOOD

    # What rules may do.

    def agent_at(self, cell):
        """The living agent in a cell, or -1."""
        return next((agent for agent in range(self.agents) if self.alive[agent] and self.cell(agent) == cell), -1)

    def move_agent(self, agent, rows, cols):
        """Shift an agent by whole cells, if that cell is empty; whether it did."""
        own, (row, col) = self.cell(agent), self.places[agent]
        cell = (own[0] + rows, own[1] + cols)
        if not self.alive[agent] or self.code(cell) != EMPTY:
            return False
        self.cells[own] = EMPTY
        self.put(agent, cell)
        self.places[agent] = (row + rows, col + cols)
        return True

    def remove_agent(self, agent):
        """Let an agent die."""
        if self.alive[agent]:
            self.cells[self.cell(agent)] = EMPTY
            self.alive[agent], self.died[agent], self.places[agent] = 0, 1, (-1.0, -1.0)
            self.velocities[agent] = AT_REST

    def revive_agent(self, agent, cell):
        """Let a dead agent live again in an empty cell; whether it did."""
        if self.alive[agent] or self.code(cell) != EMPTY:
            return False
        self.alive[agent], self.died[agent] = 1, 0
        self.put(agent, cell)
        return True

    def clear_cell(self, cell):
        """Take away food or a wall."""
        if cell in self.cells and self.cells[cell] in (FOOD, WALL):
            self.cells[cell] = EMPTY
