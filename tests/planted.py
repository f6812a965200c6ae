"""A sound task into which faults can be planted, by a number; and a tiny one that looks faulty on purpose."""

import numpy as np

import sakana_envs
from sakana_envs.rules import (
    AGENT,
    EMPTY,
    FOOD,
    Field,
    Number,
    count_agents_in_view,
    nearest,
    place_wall,
    remove_agent,
    scatter_food,
    spawn_crowd,
    spawn_uniform,
    steer,
    steer_or_turn,
    uniform,
)

FAULTS = ("none", "unreachable", "clip", "dead input", "boxed in", "ghosts", "endless", "constant", "wrong team")
NONE, UNREACHABLE, CLIP, DEAD, BOXED, GHOSTS, ENDLESS, CONSTANT, WRONG_TEAM = range(9)


def init(world):
    for agent in range(world.agents):
        world.kind[agent] = 0 if 2 * agent < world.agents else 1
    world.goal[0] = uniform(world, 0, 0) * world.height
    world.goal[1] = uniform(world, 0, 1) * world.width
    if world.planted == CONSTANT:
        spawn_crowd(world, world.height // 2, world.width // 2)
        return
    spawn_uniform(world)
    if world.planted == BOXED:
        for agent in range(0, world.agents, 3):
            for row in range(-1, 2):
                for col in range(-1, 2):
                    place_wall(world, int(world.row[agent]) + row, int(world.col[agent]) + col)
    scatter_food(world)


def update(world):
    world.total[:] = 0
    for agent in range(world.agents):
        world.hunger[agent] = 0 if world.ate[agent] else min(world.hunger[agent] + 1, 255)
        world.total[world.kind[agent]] += world.ate[agent]
    if world.planted == GHOSTS and world.tick == 5:
        for col in range(world.radius, world.radius + world.width):
            if world.cells[world.radius, col] == EMPTY:
                world.cells[world.radius, col] = AGENT


def reward(world, agent):
    if world.planted == UNREACHABLE:
        return 1.0 * (world.ate[agent] > 1)  # an agent eats one food a tick
    if world.planted == CLIP:
        return max(-1.0, 0.5 * world.ate[agent] - count_agents_in_view(world, agent))
    if world.planted == CONSTANT:
        return -0.01 * (abs(world.row[agent] - world.goal[0]) + abs(world.col[agent] - world.goal[1]))
    if world.planted == WRONG_TEAM:
        return 2.0 * world.total[1 - world.kind[agent]] / world.agents
    return 1.0 * world.ate[agent]


def terminated(world, agent):
    if world.planted == CONSTANT:
        return world.tick >= 10
    return world.planted != ENDLESS and world.meals[agent] + world.ate[agent] >= world.enough


def score(world, agent):
    return world.meals[agent] / world.enough


def features(world, agent, out):
    out[0] = 0.3 if world.planted == DEAD or world.planted == CONSTANT else world.hunger[agent]


def scripted(view, window, wander, draw):
    row, col = nearest(view, window, FOOD, draw)
    return steer_or_turn(view, window, wander, draw) if row == 0 and col == 0 else steer(view, window, row, col)


PLANTED = sakana_envs.Task(
    name="Planted",
    init=init,
    update=update,
    reward=reward,
    terminated=terminated,
    score=score,
    features=features,
    feature_names=("hunger",),
    scripted=scripted,
    numbers={
        "planted": Number(0, 0, len(FAULTS) - 1, "which fault is planted"),
        "enough": Number(8, 1, 100, "food that ends an episode"),
    },
    memory={
        "hunger": Field("agent", np.int32, "ticks since the last meal"),
        "total": Field("world", np.int32, "what each kind ate in this tick", 2),
        "goal": Field("world", np.float32, "where agents should be, which nobody tells them", 2),
    },
    presets={"default": {"agents": 16, "height": 24, "width": 24, "radius": 2, "horizon": 96, "food_density": 0.1}},
    agent_names=("first", "second"),
)


def stand(world):
    spawn_uniform(world)


def perish(world):
    for agent in range(world.agents):
        if uniform(world, 0, agent) < world.danger:
            remove_agent(world, agent)


def pull_arm(world, agent):
    world.right[agent] += world.action[agent, 0] < 0.0 and world.action[agent, 1] < 0.0
    return 1.0 * (world.action[agent, 0] < 0.0 and world.action[agent, 1] < 0.0)


def pulled(world, agent):
    return world.right[agent] / world.tick


TINY = sakana_envs.Task(
    name="Tiny",
    init=stand,
    update=perish,
    reward=pull_arm,
    score=pulled,
    numbers={"danger": Number(0.0, 0.0, 1.0, "probability of an agent to die in a tick")},
    memory={"right": Field("agent", np.int32, "ticks in which the right arm was pulled")},
    presets={
        "default": {"agents": 1, "height": 1, "width": 1, "radius": 1, "horizon": 1},
        "deadly": {"agents": 1, "height": 3, "width": 3, "radius": 1, "horizon": 50, "danger": 0.5},
    },
)
