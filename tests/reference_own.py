"""A task that uses what rules may do, and the same once more in plain Python, for the slow reference.

Agents push others, who lose health, are moved on, die, and are revived; walls and food are cleared away, food makes the
ground another category, and paces differ. Nothing of it is meant to be a good task.
"""

import numpy as np
from reference import AGENT, FOOD, WALL

from sakana_envs.rules import (
    Actions,
    Field,
    Number,
    agent_at,
    below,
    clear_cell,
    is_alive,
    move_agent,
    place_wall,
    remove_agent,
    revive_agent,
    scatter_food,
    set_kind,
    spawn_uniform,
)
from sakana_envs.tasks.task import Task

ACTIONS = Actions(
    low=(-1, -1, 0, -2),
    high=(1, 1, 1, 2),
    table=[(0, 0, 0, 0), (-1, 0.5, 0, 1), (0.25, -1, 1, -2), (0, 0, 1, 0.1), (1, 1, 0, 2), (1, -0.75, 0.5, -1)],
    names=("stay", "up", "left", "push", "down", "back"),
    coordinates=("row", "col", "push", "place"),
    tables=((-1, -0.3, 0, 1), (-1, 0, 0.6, 1), (0, 1), (-2, 0, 2)),
)
PLACE = 7
"""Stream of the cells where agents are revived."""

RANGES = {"health": (0.25, 1.0), "heat": (-2.0, 0.5)}


def init(world):
    spawn_uniform(world)
    scatter_food(world)
    for agent in range(world.agents):
        world.pace[agent] = 0.6 + 0.25 * (agent % 3)
        world.health[agent] = 1.0
    if world.agents > 2:
        remove_agent(world, 2)


def update(world):
    for agent in range(world.agents):
        row, col = int(world.row[agent]), int(world.col[agent])
        if not is_alive(world, agent):
            world.ticks_dead[agent] += 1
            place = below(world, PLACE, agent, world.height * world.width)
            if world.ticks_dead[agent] >= world.rest and revive_agent(
                world, agent, place // world.width, place % world.width
            ):
                world.ticks_dead[agent] = 0
                world.health[agent] = 1.0
        elif world.action[agent, 2] > 0.7:
            other = agent_at(world, row, col + 1)
            if other >= 0:
                world.health[other] -= 0.375
                if world.health[other] <= 0.0:
                    remove_agent(world, other)
                elif not move_agent(world, other, 0, 2):
                    set_kind(world, other, (world.kind[other] + 1) % 4)
            else:
                clear_cell(world, row, col + 1)
        elif world.action[agent, 3] > 1.5:
            place_wall(world, row - 1, col)
        if is_alive(world, agent) and world.ate[agent]:
            ground = world.ground[row + world.radius, col + world.radius]
            world.ground[row + world.radius, col + world.radius] = (ground + 1) % 5
            scent = np.int64(world.scent[row + world.radius, col + world.radius])
            world.scent[row + world.radius, col + world.radius] = (scent + 101) % 256
        if world.tick == world.plague:
            remove_agent(world, agent)


def reward(world, agent):
    if not is_alive(world, agent):
        return -1.0 + 0.5 * world.ate[agent]
    gained = np.float64(world.health[agent]) + np.float64(world.action[agent, 3])
    return gained - 0.5 * world.bumped[agent] + 2.0 * world.ate[agent]


def terminated(world, agent):
    return world.meals[agent] >= world.most_meals


def score(world, agent):
    return 0.25 if is_alive(world, agent) else 0.125


def features(world, agent, out):
    out[0] = world.health[agent]
    out[1] = np.nan if world.kind[agent] == 3 else 0.37 * np.float64(world.col[agent] - world.row[agent])


TASK = Task(
    name="Reference",
    init=init,
    update=update,
    reward=reward,
    terminated=terminated,
    score=score,
    features=features,
    feature_names=RANGES,
    actions=ACTIONS,
    numbers={
        "rest": Number(3.0, 0.0, 1e9, "ticks after which the dead are revived"),
        "plague": Number(0.0, 0.0, 1e9, "tick in which all die"),
        "most_meals": Number(1e9, 0.0, 1e9, "meals that end the episode"),
    },
    memory={
        "health": Field("agent", np.float32, "from 1 down to 0"),
        "ticks_dead": Field("agent", np.int32, "ticks since it died"),
        "ground": Field("cell", np.uint8, "0 to 2, and two more that no learner is told of"),
        "scent": Field("cell", np.uint8, "how much"),
    },
    layers={"ground": 3, "scent": 0},
    presets={"default": {"food_density": 0.3}},
)


def begin_plainly(world):
    """Beside the slow reference's world: what the task remembers."""
    world.health = [np.float32(1.0)] * world.agents
    world.ticks_dead = [0] * world.agents
    world.ground, world.scent = dict.fromkeys(world.cells, 0), dict.fromkeys(world.cells, 0)


def update_plainly(world):
    for agent in range(world.agents):
        row, col = cell = world.cell(agent)
        place = divmod((world.draw(PLACE, agent) >> 32) * world.height * world.width >> 32, world.width)
        if not world.alive[agent]:
            world.ticks_dead[agent] += 1
            if world.ticks_dead[agent] >= world.rest and world.revive_agent(agent, place):
                world.ticks_dead[agent], world.health[agent] = 0, np.float32(1.0)
        elif world.action[agent][2] > 0.7:
            other = world.agent_at((row, col + 1))
            if other >= 0:
                world.health[other] -= np.float32(0.375)
                if world.health[other] <= 0.0:
                    world.remove_agent(other)
                elif not world.move_agent(other, 0, 2):
                    world.kinds[other] = (world.kinds[other] + 1) % 4
                    world.cells[world.cell(other)] = AGENT + world.kinds[other]
            else:
                world.clear_cell((row, col + 1))
        elif world.action[agent][3] > 1.5 and world.code((row - 1, col)) == 0:
            world.cells[row - 1, col] = WALL
        if world.alive[agent] and world.ate[agent]:
            world.ground[cell] = (world.ground[cell] + 1) % 5
            world.scent[cell] = (world.scent[cell] + 101) % 256
        if world.tick == world.plague:
            world.remove_agent(agent)


def reward_plainly(world, agent):
    if not world.alive[agent]:
        return -1.0 + 0.5 * world.ate[agent]
    gained = float(world.health[agent]) + float(world.action[agent][3])
    return gained - 0.5 * world.bumped[agent] + 2.0 * world.ate[agent]


def features_plainly(world, agent):
    row, col = world.places[agent]
    return [world.health[agent], float("nan") if world.kinds[agent] == 3 else 0.37 * (col - row)]


def food(world):
    return list(world.cells.values()).count(FOOD)
