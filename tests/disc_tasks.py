"""Tasks among discs that exercise every rule of such worlds, one for each drive; not for learners."""

import sakana_envs
from sakana_envs.core import cpu
from sakana_envs.rules.discs import *
from sakana_envs.tasks import registry

NUMBERS = {
    "elastic": Number(0.5, 0.0, 1.0, "share of discs that are elastic"),
    "fixed": Number(0.3, 0.0, 1.0, "share of discs, agents too, that nothing moves"),
    "built": Number(0.2, 0.0, 1.0, "share of square metres with a block"),
    "limited": Number(0.5, 0.0, 1.0, "share of discs whose speed has a limit, of each kind"),
    "largest": Number(0.4, 0.01, 9.0, "radius of the largest discs in metres"),
    "fastest": Number(5.0, 0.0, 1e4, "metres per second of the fastest as the episode begins"),
    "grain": Number(
        0.0, 0.0, 1.0, "discs appear at multiples of it in metres; 0: anywhere free, as spawn_discs has it"
    ),
    "picky": Number(0.3, 0.0, 1.0, "share of discs that don't meet every kind"),
}


def init(world):
    for row in range(world.height):
        for col in range(world.width):
            if uniform(world, 0, row * world.width + col) < world.built:
                place_block(world, col, row)
    for disc in range(world.discs):
        world.radius[disc] = world.largest * (0.1 + 0.9 * uniform(world, 1, disc))
        world.inverse_mass[disc] = 0.0 if uniform(world, 2, disc) < world.fixed else 0.2 + 2.0 * uniform(world, 3, disc)
        world.drag[disc] = uniform(world, 4, disc) * (disc % 3) / 2.0
        world.elasticity[disc] = uniform(world, 5, disc) if uniform(world, 6, disc) < world.elastic else 0.0
        world.top_speed[disc] = 2.0 if uniform(world, 7, disc) < world.limited else 0.0
        world.axis_speed[disc] = 1.5 if uniform(world, 8, disc) < world.limited else 0.0
        world.kind[disc] = below(world, 9, disc, 3)
        world.solid[disc] = below(world, 10, disc, 8) if uniform(world, 11, disc) < world.picky else 255
    spawn_discs(world)
    for disc in range(world.discs):
        if world.grain > 0.0:
            x, y = uniform(world, 12, disc) * world.width, uniform(world, 13, disc) * world.height
            place_disc(world, disc, world.grain * int(x / world.grain), world.grain * int(y / world.grain))
        world.vx[disc] = world.fastest * (2.0 * uniform(world, 14, disc) - 1.0)
        world.vy[disc] = world.fastest * (2.0 * uniform(world, 15, disc) - 1.0)
    for agent in range(world.agents):
        world.power[agent] = 0.5 + world.fastest * uniform(world, 16, agent)
        world.top_push[agent] = (
            0.3 + 0.7 * world.fastest * uniform(world, 16, agent) if uniform(world, 17, agent) < world.limited else 0.0
        )


def reward(world, agent):
    return distance_to_nearest(world, agent, 1) if nearest_disc(world, agent, 1) >= 0 else 0.0


def score(world, agent):
    return world.bumps[agent] / world.tick


def features(world, agent, out):
    out[0] = world.spin[agent]


SENSES = (
    own("velocity", "motion", "position", "heading", "spin", fast=3.0),
    nearest(0, reach=2.0),
    nearest(1, 7, reach=1.5, velocity=True, fast=4.0, ahead=True),
    touching(1),
)
DRIVES = {"THRUST": THRUST, "GLIDE": GLIDE, "UNICYCLE": UNICYCLE, "TURN": TURN}
SIZES = {"agents": 5, "discs": 11, "height": 3, "width": 4, "horizon": 40, "neighbours": 3}
TASKS = {
    drive: Task(
        name=f"Disc{drive.capitalize()}",
        engine=DISCS,
        init=init,
        reward=reward,
        score=score,
        features=features,
        feature_names={"spin": (-0.5, 0.5)},
        senses=SENSES,
        actions=actions,
        numbers=NUMBERS,
        presets={"default": SIZES},
    )
    for drive, actions in DRIVES.items()
}


NAMES = {drive: task.name for drive, task in TASKS.items()}
for task in TASKS.values():
    sakana_envs.register(task)


def simulation(drive, twin="Continuous", seed=11, **settings):
    """Worlds of the task with a drive, begun."""
    name = NAMES[drive]
    sim = registry.simulation(name, registry.twin(name, twin), **{"worlds": 2, "mode": cpu.DISABLED, **settings})
    sim.seed(seed)
    sim.reset()
    return sim
