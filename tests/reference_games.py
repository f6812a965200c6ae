"""What Battle, Commons, Convert, Herd and Snake want, once more in plain Python, as ``reference_tasks.py`` has others.

``BEGIN`` and ``UPDATE`` are called as an episode begins and after moves; ``ENDS`` says for whom the task ends an
episode, and ``SCORES`` what the agents' scores are.
"""

import math

import numpy as np
from reference import AGENT, EMPTY, FOOD, MOTIONS, WALL


def number(world, cell):
    """A cell's number in reading order, without the border."""
    return cell[0] * world.width + cell[1]


def beside(world, agent, purpose):
    """The agents in the eight cells around, from one that is drawn on."""
    row, col = world.cell(agent)
    first = world.below(purpose, number(world, (row, col)), 8)
    turned = [MOTIONS[1 + (first + turn) % 8] for turn in range(8)]
    found = [world.agent_at((row + d_row, col + d_col)) for d_row, d_col in turned]
    return [other for other in found if other >= 0]


def set_kind(world, agent, kind):
    world.kinds[agent] = kind
    world.cells[world.cell(agent)] = AGENT + kind


def begin(world):
    world.meals = [0] * world.agents


def living(world):
    return [agent for agent in range(world.agents) if world.alive[agent]]


# Battle


def begin_battle(world):
    world.health = [np.float32(1)] * world.agents
    world.fallen = [0, 0]
    show_health(world)


def show_health(world):
    world.strength = {world.cell(agent): int(255.0 * float(world.health[agent])) for agent in living(world)}


def presses(world, agent):
    row, col, use = world.action[agent]
    return world.alive[agent] and use > 0.5 and abs(row) < 0.5 and abs(col) < 0.5


def update_battle(world):
    world.foes = {}
    for agent in filter(lambda agent: presses(world, agent), range(world.agents)):
        enemies = [other for other in beside(world, agent, 0) if world.kinds[other] != world.kinds[agent]]
        world.foes[agent] = enemies[0] if enemies else -1
        if enemies:
            world.health[enemies[0]] = np.float32(float(world.health[enemies[0]]) - world.damage)
    for agent in living(world):
        if world.health[agent] <= 0:
            world.remove_agent(agent)
            world.fallen[world.kinds[agent]] += 1
        tires = 0.02 if world.foes.get(agent) == -1 else 0.0
        world.health[agent] = np.float32(min(1.0, float(world.health[agent]) + 0.005 - tires))
    show_health(world)


def battle(world, agent):
    return 0.1 * (world.foes.get(agent, -1) >= 0) - 0.5 * world.died[agent]


def enemies_fallen(world, agent):
    return world.fallen[1 - world.kinds[agent]] / sum(kind != world.kinds[agent] for kind in world.kinds)


# Commons


def begin_commons(world):
    begin(world)
    world.orchard = [cell for cell in np.ndindex(world.height, world.width) if world.cells[cell] == FOOD]


def food_near(world, cell):
    around = [(cell[0] + row, cell[1] + col) for row in range(-2, 3) for col in range(-2, 3)]
    return sum(near != cell and world.code(near) == FOOD for near in around)


def update_commons(world):
    world.fined = [0] * world.agents
    for agent in range(world.agents):
        world.meals[agent] += world.ate[agent]
        others = beside(world, agent, 2)
        if presses(world, agent) and world.kinds[agent] != 2 and others:
            world.fined[others[0]] = 1
    for agent in range(world.agents):
        greedy = world.ate[agent] and food_near(world, world.cell(agent)) < 4
        if world.fined[agent]:
            set_kind(world, agent, 2)
        elif greedy:
            set_kind(world, agent, 1)
        elif world.uniform(3, agent) < 0.1:
            set_kind(world, agent, 0)
        world.paces[agent] = 0.0 if world.kinds[agent] == 2 else 1.0
    for turn in range(world.height * world.width // 8):
        cell = (world.below(4, turn, world.height), world.below(5, turn, world.width))
        chance = 8 * world.growth * food_near(world, cell)
        if cell in world.orchard and world.cells[cell] == EMPTY and world.uniform(6, turn) < chance:
            world.cells[cell] = FOOD


def commons(world, agent):
    return 0.1 * world.ate[agent] - 0.2 * world.fined[agent]


# Convert

RECIPES = {  # what is carried and the site; what they become
    ("", "mine"): ("ore", "mine"),
    ("", "forest"): ("wood", "forest"),
    ("wood", "mine"): ("ore", "mine"),
    ("ore", "forest"): ("wood", "forest"),
    ("ore", "workshop"): ("", "workshop with ore"),
    ("wood", "workshop"): ("", "workshop with wood"),
    ("ore", "workshop with wood"): ("", "workshop"),
    ("wood", "workshop with ore"): ("", "workshop"),
}
SITES = ["ground", "mine", "forest", "workshop", "workshop with ore", "workshop with wood"]
THINGS = ["", "ore", "wood"]


def begin_convert(world):
    world.site = world.layer("site")
    world.delivered = [0] * world.agents


def update_convert(world):
    world.paid = [0] * world.agents
    for agent in range(world.agents):
        carried, site = THINGS[world.kinds[agent]], SITES[world.site[world.cell(agent)]]
        if (carried, site) in RECIPES:
            carries, site = RECIPES[carried, site]
            set_kind(world, agent, THINGS.index(carries))
            world.site[world.cell(agent)] = SITES.index(site)
            world.paid[agent] = int(carries == "")
            world.delivered[agent] += world.paid[agent]


# Herd


def to_post(world, agent):
    row, col = world.places[agent]
    return math.sqrt((row - world.height / 2) ** 2 + (col - world.width / 2) ** 2)


def begin_herd(world):
    begin(world)
    world.away = [to_post(world, agent) for agent in range(world.agents)]
    world.nearer = [0.0] * world.agents
    world.penned = 0


def update_herd(world):
    for agent in living(world):
        world.meals[agent] += world.ate[agent]
        if world.kinds[agent] == 1:
            before, world.away[agent] = world.away[agent], min(world.away[agent], to_post(world, agent))
            world.nearer[agent] = before - world.away[agent]
            if before <= 3.0:
                world.remove_agent(agent)
                world.penned += 1


def herd(world, agent):
    if world.kinds[agent] == 1:
        return 0.1 * world.ate[agent] - world.died[agent]
    others = [world.agent_at(cell) for cell in world.around(agent)]
    return 0.1 * sum(world.nearer[other] for other in others if other >= 0 and world.kinds[other] == 1)


def score_of_herd(world, agent):
    if world.kinds[agent] == 1:
        return 0.5 * world.meals[agent] / (world.tick * world.reference_meals)
    return world.penned / (world.agents // 2)


# Snake


def begin_snake(world):
    world.trails, world.body = [[] for _ in range(world.agents)], [0] * world.agents
    world.growth = [0] * world.agents


def follow(world, agent):
    """A trail has the cells of the snake, its head last."""
    trail, cell = world.trails[agent], world.cell(agent)
    if trail[-1:] == [cell]:
        return
    if trail:
        world.clear_cell(trail[-1])
        if world.cells[trail[-1]] == EMPTY:
            world.cells[trail[-1]] = WALL
    if world.ate[agent] and world.body[agent] < 63:
        world.body[agent] += 1
    elif len(trail) == 1 + world.body[agent]:
        world.clear_cell(trail.pop(0))
    trail.append(cell)


def update_snake(world):
    back = [agent for agent in range(world.agents) if not world.alive[agent]]
    for agent in back:
        world.revive_agent(agent, (world.below(0, agent, world.height), world.below(1, agent, world.width)))
    for agent in living(world):
        if world.bumped[agent]:
            world.remove_agent(agent)
            for cell in world.trails[agent][:-1]:
                world.clear_cell(cell)
            world.trails[agent], world.body[agent] = [], 0
        else:
            follow(world, agent)
            world.growth[agent] += world.body[agent]


BEGIN = {
    "Battle": begin_battle,
    "Commons": begin_commons,
    "Convert": begin_convert,
    "Herd": begin_herd,
    "Snake": begin_snake,
}
UPDATE = {
    "Battle": update_battle,
    "Commons": update_commons,
    "Convert": update_convert,
    "Herd": update_herd,
    "Snake": update_snake,
}
REWARDS = {
    "Battle": battle,
    "Commons": commons,
    "Convert": lambda world, agent: world.paid[agent],
    "Herd": herd,
    "Snake": lambda world, agent: 0.1 * world.ate[agent] - world.died[agent],
}
ENDS = {"Battle": lambda world, agent: enemies_fallen(world, agent) == 1}
SCORES = {
    "Battle": enemies_fallen,
    "Commons": lambda world, agent: 0.5 * world.meals[agent] / (world.tick * world.reference_meals),
    "Convert": lambda world, agent: world.delivered[agent] / world.tick,
    "Herd": score_of_herd,
    "Snake": lambda world, agent: world.growth[agent] / (world.tick * 63),
}
LAYERS = {"Battle": "strength", "Convert": "site"}
