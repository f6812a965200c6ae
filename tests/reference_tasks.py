"""What each task wants, once more in plain Python: rewards, and what is sensed besides the window.

A task's entry in ``REWARDS`` is a function of a :class:`reference.World` and an agent; ``BEGIN`` and ``UPDATE`` are
called as an episode begins and before rewards, for tasks that remember something.
"""

import math

import reference_games as games
from reference import AGENT

from sakana_envs.reference import Forage, Gap, Squared


def center_distance(world, agent):
    row, col = world.places[agent]
    return math.hypot(row - 0.5 * world.height, col - 0.5 * world.width)


def others_in_view(world, agent):
    return sum(code >= AGENT for code in world.window(agent)) - 1


def center(world, agent):
    return -0.2 * center_distance(world, agent) / math.hypot(world.height, world.width)


def scatter(world, agent):
    return -0.1 * min(others_in_view(world, agent), 10)


def predator_prey(world, agent):
    predator = world.kinds[agent] == 0
    opponents = world.window(agent).count(AGENT + 1 if predator else AGENT)
    return (0.1 if predator else -0.1) * min(opponents, 10)


def group(world, agent):
    same = world.window(agent).count(AGENT + world.kinds[agent]) - 1
    return min(max(0.1 * (2 * same - others_in_view(world, agent)), -1.0), 1.0)


def begin_assemble(world):
    world.picture = world.layer("picture")
    world.shown = world.picture if world.sense_picture > 0 else {}
    world.half = math.hypot(0.5 * world.height, 0.5 * world.width)
    world.before = [center_distance(world, agent) / world.half for agent in range(world.agents)]


def assemble(world, agent):
    now = center_distance(world, agent) / world.half
    before, world.before[agent] = world.before[agent], now
    matched = world.picture[world.cell(agent)] == 63 * (world.kinds[agent] + 1)
    return matched + (-world.distance_weight * now + world.shaping_weight * (before - now))


def begin_optimize(world):
    world.landscape = world.layer("landscape")


def update_optimize(world):
    for agent in range(world.agents):
        cell = world.cell(agent)
        world.landscape[cell] = int(world.landscape[cell] * (1.0 - world.consumption))


def optimize(world, agent):
    return 0.1 * (world.landscape[world.cell(agent)] / 255.0)


def begin_basket(world):
    world.basket = [0] * world.agents


def update_basket(world):
    world.basket = [had + ate for had, ate in zip(world.basket, world.ate, strict=True)]


def fill_basket(world, agent):
    return world.ate[agent] - world.bump_cost * world.bumped[agent]


def announce(world):
    world.blocked_next = world.below(0, 0, world.height)


def position(world, agent):
    row, col = world.places[agent]
    return [int(row * 256 / world.height), int(col * 256 / world.width)]


REWARDS = {
    "Forage": Forage.reward,
    "Center": center,
    "Scatter": scatter,
    "PredatorPrey": predator_prey,
    "Group": group,
    "Assemble": assemble,
    "Optimize": optimize,
    "FillBasket": fill_basket,
    "Squared": Squared.reward,
    "Gap": Gap.reward,
    **games.REWARDS,
}
BEGIN = {
    "Assemble": begin_assemble,
    "Optimize": begin_optimize,
    "FillBasket": begin_basket,
    "Gap": announce,
    **games.BEGIN,
}
UPDATE = {"Optimize": update_optimize, "FillBasket": update_basket, "Gap": Gap.update, **games.UPDATE}
LAYERS = {"Assemble": "shown", "Optimize": "landscape", **games.LAYERS}
FEATURES = {
    "Center": position,
    "Assemble": position,
    "FillBasket": lambda world, agent: [min(255, int(255 * world.basket[agent] / world.basket_size))],
    "Gap": Gap.features,
    "Herd": position,
}
"""Bytes after the window and layers."""


def observation(world, task, agent):
    """The agent's whole observation, a list of bytes."""
    seen = world.window(agent)
    if task in LAYERS:
        layer = getattr(world, LAYERS[task])
        seen += [layer.get(cell, 0) for cell in world.around(agent)]
    seen += FEATURES[task](world, agent) if task in FEATURES else []
    return seen if world.alive[agent] else [0] * len(seen)
