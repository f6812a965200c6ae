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


def update_battle(world):
    world.health = [np.float32(min(1.0, float(health) + world.recovery)) for health in world.health]
    hit = {}
    for agent in living(world):
        enemies = [other for other in beside(world, agent, 0) if world.kinds[other] != world.kinds[agent]]
        row, col, use = world.action[agent]
        if use > 0.5 and abs(row) < 0.5 and abs(col) < 0.5 and enemies:
            hit[agent] = enemies[0]
            world.health[enemies[0]] = np.float32(float(world.health[enemies[0]]) - world.damage)
    world.hits = [int(agent in hit) for agent in range(world.agents)]
    world.felled = [int(agent in hit and world.health[hit[agent]] <= 0) for agent in range(world.agents)]
    for agent in living(world):
        if world.health[agent] <= 0:
            world.remove_agent(agent)
            world.fallen[world.kinds[agent]] += 1
    show_health(world)


def battle(world, agent):
    return 0.1 * world.hits[agent] + 0.5 * world.felled[agent] - 0.5 * world.died[agent]


def enemies_fallen(world, agent):
    return world.fallen[1 - world.kinds[agent]] / sum(kind != world.kinds[agent] for kind in world.kinds)


# Commons


def begin_commons(world):
    begin(world)
    world.orchard = world.layer("orchard")
    world.marked, world.waits = [0] * world.agents, [0] * world.agents


def food_near(world, cell):
    around = [(cell[0] + row, cell[1] + col) for row in range(-2, 3) for col in range(-2, 3)]
    return sum(near != cell and world.code(near) == FOOD for near in around)


def update_commons(world):
    for agent in range(world.agents):
        world.meals[agent] += world.ate[agent]
        thin = world.ate[agent] and food_near(world, world.cell(agent)) < 4
        world.marked[agent] = 10 if thin else max(0, world.marked[agent] - 1)
    world.used, world.fined = [0] * world.agents, [0] * world.agents
    for agent in range(world.agents):
        others = beside(world, agent, 2)
        if world.action[agent][2] > 0.5 and world.waits[agent] == 0 and others:
            world.used[agent] = world.fined[others[0]] = 1
    for agent in range(world.agents):
        world.waits[agent] = 15 if world.fined[agent] else max(0, world.waits[agent] - 1)
        world.paces[agent] = 0.0 if world.waits[agent] else 1.0
        set_kind(world, agent, 2 if world.waits[agent] else int(world.marked[agent] > 0))
    for turn in range(world.height * world.width // 8):
        cell = (world.below(3, turn, world.height), world.below(4, turn, world.width))
        chance = 8 * world.growth * food_near(world, cell)
        if world.orchard[cell] and world.cells[cell] == EMPTY and world.uniform(5, turn) < chance:
            world.cells[cell] = FOOD


def commons(world, agent):
    return 0.1 * world.ate[agent] + (-0.02 * world.used[agent] - 0.2 * world.fined[agent])


# Convert

RECIPES = {  # what is carried and the site; what they become, and the pay
    ("", "mine"): ("ore", "mine", 0),
    ("", "forest"): ("wood", "forest", 0),
    ("ore", "forest"): ("wood", "forest", 0),
    ("wood", "mine"): ("ore", "mine", 0),
    ("ore", "workshop"): ("", "workshop with ore", 0.2),
    ("wood", "workshop"): ("", "workshop with wood", 0.2),
    ("ore", "workshop with wood"): ("tool", "workshop", 0.2),
    ("wood", "workshop with ore"): ("tool", "workshop", 0.2),
    ("tool", "depot"): ("", "depot", 1),
}
SITES = ["ground", "mine", "forest", "depot", "workshop", "workshop with ore", "workshop with wood"]


def begin_convert(world):
    world.site = world.layer("site")
    world.carried, world.delivered = [""] * world.agents, [0] * world.agents


def update_convert(world):
    world.pay = [0] * world.agents
    for agent in range(world.agents):
        carried, site = world.carried[agent], SITES[world.site[world.cell(agent)]]
        if (carried, site) in RECIPES:
            world.carried[agent], site, world.pay[agent] = RECIPES[carried, site]
            world.site[world.cell(agent)] = SITES.index(site)
            world.delivered[agent] += carried == "tool"


def carries(world, agent):
    return [255 * (world.carried[agent] == item) for item in ("ore", "wood", "tool")]


# Herd


def to_pen(world, agent):
    return [(0.5 - place / world.pen_spacing % 1.0) * world.pen_spacing for place in world.places[agent]]


def begin_herd(world):
    begin(world)
    world.away = [float(np.float32(math.sqrt(sum(x**2 for x in to_pen(world, a))))) for a in range(world.agents)]
    world.nearer = [0.0] * world.agents
    world.pen = world.layer("pen")
    world.penned = world.penned_ticks = 0


def update_herd(world):
    world.penned_now = 0
    for agent in living(world):
        world.meals[agent] += world.ate[agent]
        row, col = to_pen(world, agent)
        away = (row**2 + col**2) ** 0.5
        world.nearer[agent] = float(np.float32(max(-1.0, min(1.0, world.away[agent] - away))))
        world.away[agent] = float(np.float32(away))
        if world.kinds[agent] == 1 and world.pen[world.cell(agent)]:
            world.remove_agent(agent)
            world.penned_now += 1
    world.penned += world.penned_now
    world.penned_ticks += world.penned * (2 * world.tick > world.horizon)


def herd(world, agent):
    if world.kinds[agent] == 1:
        return 0.1 * world.ate[agent] - world.died[agent]
    driven, (row, col) = 0.0, world.cell(agent)
    for cell in [(row + d_row, col + d_col) for d_row in range(-3, 4) for d_col in range(-3, 4)]:
        other = world.agent_at(cell)
        if other >= 0 and world.kinds[other] == 1:
            driven += world.nearer[other]
    return 0.1 * driven + world.penned_now / (world.agents // 2)


def score_of_herd(world, agent):
    if world.kinds[agent] == 1:
        return 0.5 * world.meals[agent] / (world.tick * world.reference_meals)
    return world.penned_ticks / (world.tick - world.horizon // 2) / (world.agents // 2)


# Snake


def begin_snake(world):
    world.trails, world.grown = [[] for _ in range(world.agents)], [0] * world.agents
    world.idle, world.growth = [0] * world.agents, [0] * world.agents


def follow(world, agent):
    """A trail has the cells of the snake, its head last."""
    trail, cell = world.trails[agent], world.cell(agent)
    if trail and trail[-1] == cell:
        world.idle[agent] += 1
        if world.idle[agent] > 3 and world.grown[agent] > 0:
            world.grown[agent] -= 1
            if len(trail) > 3 + world.grown[agent]:
                world.clear_cell(trail.pop(0))
        return
    world.idle[agent] = 0
    if trail:
        world.clear_cell(trail[-1])
        if world.cells[trail[-1]] == EMPTY:
            world.cells[trail[-1]] = WALL
    if world.ate[agent] and world.grown[agent] < 61:
        world.grown[agent] += 1
    elif len(trail) == 3 + world.grown[agent]:
        world.clear_cell(trail.pop(0))
    trail.append(cell)


def update_snake(world):
    for agent in living(world):
        follow(world, agent)
        world.growth[agent] += world.grown[agent]
    met = set()
    for agent in living(world):
        if world.bumped[agent]:
            motions = (world.speed * float(motion) for motion in world.action[agent][:2])
            aim = (math.floor(x + motion) for x, motion in zip(world.places[agent], motions, strict=True))
            met.add(world.agent_at(tuple(aim)))
    for agent in range(world.agents):
        if not world.alive[agent]:
            if world.uniform(0, agent) < world.return_chance:
                world.revive_agent(agent, (world.below(1, agent, world.height), world.below(2, agent, world.width)))
        elif world.bumped[agent] or agent in met:
            world.remove_agent(agent)
            for cell in world.trails[agent][:-1]:
                world.clear_cell(cell)
            world.trails[agent], world.grown[agent], world.idle[agent] = [], 0, 0


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
    "Convert": lambda world, agent: world.pay[agent],
    "Herd": herd,
    "Snake": lambda world, agent: 0.1 * world.ate[agent] - world.died[agent],
}
ENDS = {"Battle": lambda world, agent: enemies_fallen(world, agent) == 1}
SCORES = {
    "Battle": enemies_fallen,
    "Commons": lambda world, agent: 0.5 * world.meals[agent] / (world.tick * world.reference_meals),
    "Convert": lambda world, agent: 0.5 * world.delivered[agent] / (world.tick * world.reference_deliveries),
    "Herd": score_of_herd,
    "Snake": lambda world, agent: world.growth[agent] / (world.tick * 61),
}
LAYERS = {"Battle": "strength", "Convert": "site", "Herd": "pen"}
FEATURES = {"Convert": carries}
FLOATS = {
    "Battle": lambda world, agent: [world.health[agent]],
    "Herd": lambda world, agent: [2.0 * x / world.pen_spacing for x in to_pen(world, agent)],
}
"""Features that are float32 numbers."""
