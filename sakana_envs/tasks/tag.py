"""Tag: pursuers want to touch prey, which is faster.

Half of the agents are pursuers, half prey, among obstacles that stop both. A pursuer is paid 1 for each prey that it
touches; that one is charged 1, and appears elsewhere. Far less is paid for being near or far. One pursuer alone doesn't
catch up with prey that runs; several can drive it into a corner. Speeds, forces and radii are those of the Multi-Agent
Particle Environments' ``simple_tag`` (Lowe et al., 2017), which has no walls, and three pursuers for one prey. Train
one side against the scripted other one with ``learners="pursuer"`` or ``learners="prey"``, or both.
"""

import numpy as np
from numba import njit

from sakana_envs.discs.vocabulary import *
from sakana_envs.tasks.task import Task

PURSUER, PREY, OBSTACLE = 0, 1, 2


def init(world):
    """Pursuers, prey and obstacles at random free places."""
    for agent in range(world.agents):
        prey = 2 * agent >= world.agents
        world.kind[agent] = PREY if prey else PURSUER
        world.radius[agent] = 0.05 if prey else 0.075
        world.top_speed[agent] = 1.3 if prey else world.pursuer_speed
        world.power[agent] = 4.0 if prey else 3.0
        world.drag[agent] = 0.25
    for obstacle in range(world.agents, world.discs):
        world.kind[obstacle] = OBSTACLE
        world.radius[obstacle] = 0.2
        world.inverse_mass[obstacle] = 0.0
    spawn_discs(world)


def update(world):
    """Prey that is touched is placed anew; the recency of a touch falls from 1 to 0 in ``patience`` ticks."""
    for agent in range(world.agents):
        world.touches[agent] = 0
        world.recency[agent] = max(0.0, world.recency[agent] - 1.0 / world.patience)
    for prey in range(world.agents):
        for pursuer in range(world.agents):
            if world.kind[prey] == PREY and world.kind[pursuer] == PURSUER and touch(world, prey, pursuer):
                world.touches[pursuer] += 1
                world.touches[prey] = 1
    for agent in range(world.agents):
        if world.touches[agent] > 0:
            world.recency[agent] = 1.0
            if world.kind[agent] == PREY:
                spawn_disc(world, agent)
        world.recency_sum[agent] += world.recency[agent] * is_late(world)


def touches(world, agent):
    """1 for each prey that a pursuer touches, -1 for prey that is touched."""
    return world.touches[agent] * (1.0 if world.kind[agent] == PURSUER else -1.0)


def distances(world, agent):
    """``distance_weight`` for each metre to the nearest opponent, at most 3: prey gains it, a pursuer loses it."""
    pursuer = world.kind[agent] == PURSUER
    away = min(distance_to_nearest(world, agent, PREY if pursuer else PURSUER), 3.0)
    return world.distance_weight * away * (-1.0 if pursuer else 1.0)


def score(world, agent):
    """Recency of touches, averaged over the second half; of prey 1 less it."""
    recency = world.recency_sum[agent] / late_ticks(world)
    return recency if world.kind[agent] == PURSUER else 1.0 - recency


def side(world, agent, out):
    """0 for a pursuer, 1 for prey."""
    out[0] = world.kind[agent] == PREY


@njit
def scripted(view, draw):
    """Prey flee from pursuers, obstacles and walls, the near ones most; pursuers make for prey."""
    seen = 5 * ((view.size - 11) // 10)
    pursuers, prey, obstacles = view[4 : 4 + seen], view[4 + seen : 4 + 2 * seen], view[4 + 2 * seen : -1]
    if view[-1] > 0.0:
        x, y = np.float64(view[2]), np.float64(view[3])
        from_pursuers, from_obstacles = away_from(pursuers, 5), away_from(obstacles, 3)
        dx = from_pursuers[0] + 0.2 * from_obstacles[0] - x / (1.1 - abs(x))
        dy = from_pursuers[1] + 0.2 * from_obstacles[1] - y / (1.1 - abs(y))
        return toward(dx, dy)
    target = first_unclaimed(prey, pursuers, 5)
    dx = prey[target] + 0.1 * np.float64(prey[target + 2])
    dy = prey[target + 1] + 0.1 * np.float64(prey[target + 3])
    dx, dy = past(dx, dy, obstacles[0], obstacles[1], 0.1)
    return toward(dx, dy)


TASK = Task(
    name="Tag",
    description="Pursuers touch prey, which is faster and keeps away from them.",
    engine=DISCS,
    init=init,
    update=update,
    reward={"touches": touches, "distances": distances},
    score=score,
    features=side,
    feature_names={"prey": (0.0, 1.0)},
    scripted=scripted,
    kinds={PURSUER: "pursuer", PREY: "prey", OBSTACLE: "obstacle"},
    senses=(
        own("velocity", "position", fast=1.5),
        nearest(PURSUER, reach=3.0, velocity=True, fast=2.5),
        nearest(PREY, reach=3.0, velocity=True, fast=2.5),
        nearest(OBSTACLE, 2, reach=3.0),
    ),
    numbers={
        "pursuer_speed": Number(1.0, 0.0, 100.0, "metres per second of pursuers at most; prey's are 1.3"),
        "distance_weight": Number(0.05, 0.0, 10.0, "price of a metre to the nearest opponent in a tick"),
        "patience": Number(100.0, 1.0, 1e6, "ticks after a touch in which its recency goes from 1 to 0"),
    },
    memory={
        "touches": Field("agent", np.int32, "opponents that it touches in this tick; prey that is touched has 1"),
        "recency": Field("agent", np.float64, "1 at a touch, 0 from patience ticks after it on"),
        "recency_sum": Field("agent", np.float64, "sum of recency over ticks of the second half"),
    },
    presets={
        "default": {"agents": 8, "discs": 10, "width": 3, "height": 3, "neighbours": 4, "horizon": 256},
        "large": {"agents": 128, "discs": 160, "width": 12, "height": 12, "neighbours": 4, "horizon": 256},
    },
    agent_names=("pursuer", "prey"),
)
