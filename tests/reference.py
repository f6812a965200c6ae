"""The rules of the world once more: slow, in plain Python, written from the rules and not from the kernels.

One :class:`World` holds one world. Positions are Python floats (multiples of 1/1024, so nothing rounds), cells a
dictionary from (row, col) to a code; what isn't in it is wall. Dead agents are at (-1, -1). Random numbers follow the
page on the rules: a draw is a hash of seed, episode, tick, purpose and index, and cells count as indices of the map
with its border.
"""

import math

import numpy as np
from worlds import radius_of

EMPTY, FOOD, WALL, AGENT = 0, 1, 2, 3
MOTIONS = [(0, 0), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1)]
CONTEST, GROW_CHANCE, GROW_PLACE, DEATH, REBIRTH, SPAWN, SCATTER = (2**20 + purpose for purpose in range(7))
NUMBER = 2**20 + 8
MASK = 2**64 - 1
AT_REST = (np.float32(0), np.float32(0))
GOLDEN = 0x9E3779B97F4A7C15


def mix(bits):
    """The finalizer of SplitMix64."""
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & MASK
    return bits ^ (bits >> 31)


def whole(steps):
    """Steps of at most one cell, to the nearest whole number, halves to the even one."""
    return round(min(max(float(steps), -1024.0), 1024.0))


def combine(key, number):
    """A new key of a key and a number."""
    return mix((key + (number + 1) * GOLDEN) & MASK)


class World:
    """A world in the state in which a simulation's world number ``index`` is."""

    def __init__(self, simulation, index=0):
        def values(name):
            return simulation.view(name)[index].tolist()

        self.height, self.width = simulation.sizes["height"], simulation.sizes["width"]
        self.horizon, self.radius = simulation.sizes["horizon"], radius_of(simulation)
        self.__dict__.update(zip(simulation.program.numbers, values("numbers"), strict=True))
        self.seed, self.episode, self.tick = (values(name)[0] for name in ("seed", "episode", "clock"))
        self.kinds, self.paces = values("kind"), values("pace")
        self.places = list(zip(values("row"), values("col"), strict=True))
        self.agents = len(self.places)
        self.velocities = list(
            zip(*(simulation.view(f"velocity_{axis}")[index] for axis in ("row", "col")), strict=True)
        )
        self.alive = values("alive") if simulation.mortal else [1] * self.agents
        self.missing_food = values("missing_food")[0]
        border = simulation.view("cells")[index].tolist()
        inside = [(row, col) for row in range(self.height) for col in range(self.width)]
        self.cells = {(row, col): border[row + self.radius][col + self.radius] for row, col in inside}
        self.simulation, self.index = simulation, index
        self.ate = self.bumped = self.respawned = self.died = [0] * self.agents
        self.wall_bumps, self.agent_bumps = [0] * self.agents, [0] * self.agents

    def layer(self, name):
        """A byte map of the task as a dictionary by cell; 0 outside."""
        rows = self.simulation.view(name)[self.index].tolist()
        return {cell: rows[cell[0] + self.radius][cell[1] + self.radius] for cell in self.cells}

    # Random numbers.

    def number(self, cell):
        """A cell as an index into the map with its border, row by row."""
        return (cell[0] + self.radius) * (self.width + 2 * self.radius) + cell[1] + self.radius

    def draw(self, purpose, index):
        key = combine(combine(self.seed, self.episode), self.tick)
        return mix((key + ((purpose << 40) + index) * GOLDEN) & MASK)

    def uniform(self, purpose, index):
        return (self.draw(purpose, index) >> 11) / 2**53

    def random_cell(self, purpose, index):
        place = ((self.draw(purpose, index) >> 32) * self.height * self.width) >> 32
        return divmod(place, self.width)

    # A tick.

    def code(self, cell):
        return self.cells.get(cell, WALL)

    def cell(self, agent):
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
        for attempt in range(self.missing_food):
            grows = self.food_regrowth == 1 or self.uniform(GROW_CHANCE, attempt) < self.food_regrowth
            cell = self.random_cell(GROW_PLACE, attempt)
            if grows and self.cells[cell] == EMPTY:
                self.cells[cell] = FOOD
                self.missing_food -= 1

    # Layouts.

    def put(self, agent, cell):
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
        for (row, col), code in self.cells.items():
            if code == EMPTY and self.uniform(SCATTER, row * self.width + col) < self.food_density:
                self.cells[row, col] = FOOD

    # What rules may do.

    def agent_at(self, cell):
        return next((agent for agent in range(self.agents) if self.alive[agent] and self.cell(agent) == cell), -1)

    def move_agent(self, agent, rows, cols):
        own, (row, col) = self.cell(agent), self.places[agent]
        cell = (own[0] + rows, own[1] + cols)
        if not self.alive[agent] or self.code(cell) != EMPTY:
            return False
        self.cells[own] = EMPTY
        self.put(agent, cell)
        self.places[agent] = (row + rows, col + cols)
        return True

    def remove_agent(self, agent):
        if self.alive[agent]:
            self.cells[self.cell(agent)] = EMPTY
            self.alive[agent], self.died[agent], self.places[agent] = 0, 1, (-1.0, -1.0)
            self.velocities[agent] = AT_REST

    def revive_agent(self, agent, cell):
        if self.alive[agent] or self.code(cell) != EMPTY:
            return False
        self.alive[agent], self.died[agent] = 1, 0
        self.put(agent, cell)
        return True

    def clear_cell(self, cell):
        if cell in self.cells and self.cells[cell] in (FOOD, WALL):
            self.cells[cell] = EMPTY

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
        return [self.code(cell) for cell in self.around(agent)]

    def offset(self, agent):
        """Where in its cell the agent is."""
        return [x - math.floor(x) for x in self.places[agent]]
