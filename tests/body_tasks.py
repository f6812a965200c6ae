"""Tasks among bodies that exercise every rule of such worlds; not for learners."""

import numpy as np

import sakana_envs
from sakana_envs.core import cpu
from sakana_envs.rules.bodies import *
from sakana_envs.tasks import registry


def init(world):
    """A level, or a car that carries a welded load, an arm with limits, thrusters, and loose things of every shape."""
    if place_level(world):
        return
    chassis = box(world, 1.5, 1.0, 0.8, 0.2, 0.1 * uniform(world, 0, 0))
    for wheel in range(2):
        axle = pin(world, chassis, ball(world, 1.2 + 0.6 * wheel, 0.8, 0.2), 1.2 + 0.6 * wheel, 0.8)
        motor(world, axle, wheel, 0.5 + uniform(world, 1, wheel), 1.0)
    load = box(world, 1.5, 1.3, 0.3, 0.2, uniform(world, 2, 0))
    weld(world, chassis, load, 1.5, 1.15)
    hinge = pin(world, 0, box(world, 3.5, 1.2, 0.12, 1.2, 0.3), 3.5, 0.8)
    limit(world, hinge, -0.5, 0.7)
    motor(world, hinge, 2, 1.0, 2.0)
    role(world, chassis, GREEN)
    thruster(world, load, 1.4, 1.35, 1.0 + uniform(world, 3, 0), 0, 0.8)
    loose = triangle(world, 2.4, 2.0, 3.0, 2.1, 2.6, 2.0 + 0.5 * uniform(world, 4, 0) + 0.2, 0.7)
    thruster(world, loose, 2.6, 2.2, 4.0, 1, 0.3)
    role(world, loose, RED)
    target = ball(world, 4.5, 2.0 + uniform(world, 5, 0), 0.25, 2.0)
    world.restitution[target] = 0.5
    world.friction[target] = 0.3
    role(world, target, BLUE)
    post = box(world, 0.6, 1.5, 0.2, 1.0)
    fix(world, post)
    world.mode[post] = below(world, 6, 0, 3)
    world.vx[target] = -4.0 * uniform(world, 7, 0)
    world.spin[loose] = 6.0 * uniform(world, 8, 0) - 3.0


def reward(world, agent):
    return 1.0 * (met(world, GREEN, BLUE) > 0) - 1.0 * (met(world, GREEN, RED) > 0)


def score(world, agent):
    return 0.5 + 0.5 * world.reward[agent]


def features(world, agent, out):
    out[0] = speed(world, 4)


SIZES = {"polygons": 9, "circles": 4, "joints": 5, "thrusters": 3, "horizon": 60}
TASK = Task(
    name="BodyYard",
    engine=BODIES,
    init=init,
    reward=reward,
    score=score,
    features=features,
    feature_names={"speed": (0.0, 10.0)},
    presets={"default": SIZES},
)
sakana_envs.register(TASK)


def simulation(twin="Continuous", seed=11, start=None, **settings):
    """Worlds of the task, begun."""
    sim = registry.simulation("BodyYard", registry.twin("BodyYard", twin), **{"mode": cpu.DISABLED, **settings})
    sim.seed(seed)
    sim.reset(start=start)
    return sim


def still(sim):
    """Actions that ask for nothing."""
    return np.zeros((sim.rows, 6), np.float32)
