"""Waterworld: catch food and keep clear of poison, by what rays tell.

Food and poison drift about a round rock, and swimmers pass through both. Constants, senses and rewards are those of
SISL's Waterworld (Gupta, Egorov and Kochenderfer, 2017) as PettingZoo 1.25 had it. Preset ``toy`` has the constants of
Karpathy's ReinforceJS, 100 of its pixels a metre. What is eaten comes back at once, somewhere else.
"""

import numpy as np
from numba import njit

from sakana_envs.discs.vocabulary import *
from sakana_envs.tasks.task import Task

FOOD, POISON, ROCK = 1, 2, 3


def init(world):
    """Agents, food, poison, and the rock, which is the last disc, in the middle."""
    rock = max(world.agents, world.discs - 1) if world.rock_radius > 0.0 else world.discs
    first_poison = rock - int((rock - world.agents) * world.poison_share + 0.5)
    for disc in range(world.discs):
        world.elasticity[disc] = 1.0
        world.solid[disc] = 1 << ROCK
        if disc < world.agents:
            world.radius[disc] = world.agent_radius
            world.inverse_mass[disc] = 1.0 / world.dt  # so that its action is by how much its velocity changes
            world.power[disc] = world.top_push[disc] = world.thrust
            world.axis_speed[disc], world.drag[disc] = world.agent_speed, world.agent_drag
        elif disc < rock:
            world.kind[disc] = FOOD if disc < first_poison else POISON
            world.radius[disc] = world.food_radius if disc < first_poison else world.poison_radius
        else:
            world.kind[disc], world.solid[disc], world.inverse_mass[disc] = ROCK, 255, 0.0
            world.radius[disc] = world.rock_radius
            place_disc(world, disc, world.width / 2.0, world.height / 2.0)
        if disc != rock:
            place_item(world, disc)


@njit
def place_item(world, disc):
    """Put a disc anywhere but near the rock; food and poison drift, and nobody has touched them yet."""
    gap = world.rock_radius + 2.0 * world.radius[disc]
    for attempt in range(64):
        x = world.width * uniform(world, 0, 128 * disc + 2 * attempt)
        y = world.height * uniform(world, 0, 128 * disc + 2 * attempt + 1)
        place_disc(world, disc, x, y)
        if square_root((x - world.width / 2.0) ** 2 + (y - world.height / 2.0) ** 2) > gap or world.rock_radius == 0.0:
            break
    if disc >= world.agents:
        world.vx[disc] = world.drift * (2.0 * uniform(world, 1, 2 * disc) - 1.0)
        world.vy[disc] = world.drift * (2.0 * uniform(world, 1, 2 * disc + 1) - 1.0)
        world.last_x[disc] = -1e6


@njit
def touched(world, disc, agent):
    """Whether an agent touched food when the last tick ended."""
    dx, dy = world.last_x[disc] - world.last_x[agent], world.last_y[disc] - world.last_y[agent]
    reach = world.radius[disc] + world.radius[agent]
    return dx * dx + dy * dy <= reach * reach


def update(world):
    """Who touches poison is poisoned; who begins, or ends, to touch food with enough others is fed; then both move."""
    for agent in range(world.agents):
        world.fed[agent] = world.poisoned[agent] = 0
    for disc in range(world.agents, world.discs):
        taken, company = False, 0
        for agent in range(world.agents):
            company += touch(world, disc, agent) or touched(world, disc, agent)
        for agent in range(world.agents if company > 0 else 0):
            now, before = touch(world, disc, agent), touched(world, disc, agent)
            if world.kind[disc] == POISON and now:
                world.poisoned[agent] += 1
                taken = True
            elif world.kind[disc] == FOOD and now != before and company >= world.n_coop:
                world.fed[agent] = 1
                taken |= before
        world.last_x[disc], world.last_y[disc] = world.x[disc], world.y[disc]
        if taken:
            place_item(world, disc)
    for agent in range(world.agents):
        world.last_x[agent], world.last_y[agent] = world.x[agent], world.y[agent]


def food(world, agent):
    """``food_reward`` as it begins to touch food, and as it ends, if at least ``n_coop`` agents touch it."""
    return world.food_reward * world.fed[agent]


def contact(world, agent):
    """``touch_reward`` for each food that it touches."""
    return world.touch_reward * count_touching(world, agent, FOOD)


def poison(world, agent):
    """Less ``poison_cost`` for each poison that it touches."""
    return -world.poison_cost * world.poisoned[agent]


def thrust(world, agent):
    """Less ``thrust_cost`` for each metre per second by which its action is to change its velocity."""
    return -world.thrust_cost * square_root(world.push_x[agent] ** 2 + world.push_y[agent] ** 2)


def score(world, agent):
    """What it was paid for food less what it paid for poison, over ``reference`` a tick."""
    return (world.reward_food[agent] + world.reward_poison[agent]) / (world.reference * world.tick)


def was_poisoned(world, agent, out):
    """Whether it touched poison in this tick."""
    out[0] = min(1, world.poisoned[agent])


@njit
def scripted(view, draw):
    """Swim at the nearest food before which no poison lies, through it and on; with none in view, anywhere."""
    rays = (view.size - 2) // 8
    foods, speeds, poisons = view[2 * rays : 3 * rays], view[3 * rays : 4 * rays], view[4 * rays : 5 * rays]
    best, least = -1, np.float32(1.0)
    for ray in range(rays):
        if foods[ray] < least and foods[ray] <= poisons[ray]:
            best, least = ray, foods[ray]
    if best < 0:
        return 1 + np.int64(draw & np.uint64(7)) if draw >> np.uint64(59) == 0 else 0
    if view[8 * rays] > 0.0 or speeds[best] < -0.625:  # upon food, or on the way
        return 0
    return 1 + (8 * best + rays // 2) // rays % 8


_SIZES = {"agents": 2, "discs": 18, "rays": 30, "width": 1, "height": 1, "horizon": 500}
SISL = {**_SIZES, "dt": 1.0 / 15.0, "reach": 0.2, "bounce": 0.999}
TOY = {**SISL, "agents": 1, "discs": 51, "width": 7, "height": 5, "dt": 1.0, "reach": 1.2, "reference": 0.05}
TOY |= {"food_reward": 0.5, "touch_reward": 0.0, "thrust_cost": 0.0, "poison_share": 0.5, "rock_radius": 0.0}
TOY |= {"agent_radius": 0.1, "food_radius": 0.1, "poison_radius": 0.1, "drift": 0.025}
TOY |= {"thrust": 0.01, "agent_speed": 0.0, "agent_drag": 0.05}
TASK = Task(
    name="Waterworld",
    description="Swimmers catch food and keep clear of poison, which both drift about; they see by rays.",
    engine=DISCS,
    init=init,
    update=update,
    reward={"food": food, "touch": contact, "poison": poison, "thrust": thrust},
    score=score,
    features=was_poisoned,
    feature_names={"poisoned": (0.0, 1.0)},
    scripted=scripted,
    kinds={AGENT: "agent", FOOD: "food", POISON: "poison", ROCK: "rock"},
    senses=(
        rays(ROCK, "walls", mode="centre"),
        rays(FOOD, POISON, mode="centre", velocity=True, fast=0.3),
        rays(AGENT, mode="centre", velocity=True, fast=0.4),
        touching(FOOD),
    ),
    numbers={
        "n_coop": Number(1, 1, 1024, "how many agents must touch food for it to feed"),
        "food_reward": Number(10.0, 0.0, 100.0, "reward as an agent begins, and as it ends, to touch food that feeds"),
        "touch_reward": Number(0.01, 0.0, 100.0, "reward in each tick for each food that it touches"),
        "poison_cost": Number(1.0, 0.0, 100.0, "price of touching poison"),
        "thrust_cost": Number(0.5, 0.0, 100.0, "price of a metre per second by which an action changes velocity"),
        "poison_share": Number(2.0 / 3.0, 0.0, 1.0, "share of poison among food and poison"),
        "agent_radius": Number(0.015, 0.001, 10.0, "metres"),
        "food_radius": Number(0.03, 0.001, 10.0, "metres"),
        "poison_radius": Number(0.01125, 0.001, 10.0, "metres"),
        "rock_radius": Number(0.1, 0.0, 10.0, "metres; 0: there is no rock"),
        "thrust": Number(0.5, 0.0, 100.0, "metres per second by which an action of length 1 or more changes velocity"),
        "agent_speed": Number(0.2, 0.0, 100.0, "metres per second of an agent at most, on each axis; 0: no limit"),
        "agent_drag": Number(0.0, 0.0, 1.0, "share of its velocity that an agent loses in a tick"),
        "drift": Number(0.1, 0.0, 100.0, "metres per second of food and poison at most, on each axis"),
        "reference": Number(
            1.0, 1e-6, 100.0, "reward of a tick, without those for touch and thrust, that is a score of 1"
        ),
    },
    memory={
        "last_x": Field("disc", np.float32, "where it was as the last tick ended: metres to the right"),
        "last_y": Field("disc", np.float32, "metres up"),
        "fed": Field("agent", np.uint8, "1 if food fed it in this tick"),
        "poisoned": Field("agent", np.int32, "how much poison it touched in this tick"),
    },
    presets={"default": SISL, "sisl": SISL, "toy": TOY},
)
