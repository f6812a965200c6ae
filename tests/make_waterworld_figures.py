"""What PettingZoo 1.25's Waterworld does, measured, for test_waterworld.py. It needs an environment of its own:

    python3 -m venv /tmp/old && /tmp/old/bin/pip install pettingzoo==1.25.0 "pymunk<7" pygame scipy
    /tmp/old/bin/python tests/make_waterworld_figures.py

Writes ``waterworld_figures.npz`` beside itself. ``returns`` (2, 4) are means and standard errors of what an episode
pays for food, for touching it, for poison, and for all three, under uniformly random actions; an episode's figure is
the mean of both pursuers'. ``sensors`` (3, configurations, 240) are what one of the two senses, in turn, without its
two flags, in units of 2**-17, byte by byte: so the file is small.
"""

from pathlib import Path

import numpy as np

FILE = Path(__file__).with_name("waterworld_figures.npz")
EPISODES, CONFIGURATIONS, UNIT = 4000, 1000, 2.0**-17
SIDE, DISCS, AGENTS = 750, 18, 2


def configurations():
    """Places and velocities (configurations, discs, 4) float32 of pursuers, food, poison and the rock."""
    generator = np.random.default_rng(0)
    made = generator.uniform(0.0, 1.0, (CONFIGURATIONS, DISCS, 4))
    made[..., 2:] = (2.0 * made[..., 2:] - 1.0) * 0.1
    made[:, :AGENTS, 2:] *= 2.0
    middle, near = made[:, :1, :2], generator.uniform(-0.4, 0.4, (CONFIGURATIONS, DISCS - 2, 2))
    made[:, 1:-1, :2] = 1.0 - abs(1.0 - abs(middle + near))  # near the first pursuer: there is much to sense
    made[:, -1] = 0.5, 0.5, 0.0, 0.0
    return made.astype(np.float32)


def measure_sensors(base):
    """What a pursuer senses in each of the configurations."""
    base.reset()
    found = []
    for index, given in enumerate(configurations()):
        movers = [*base.pursuers, *base.evaders, *base.poisons]
        for mover, (x, y, vx, vy) in zip(movers, SIDE * given[:-1].astype(float), strict=True):
            mover.body.position, mover.body.velocity = (x, y), (vx, vy)
        found.append(base.observe_list()[index % AGENTS][:240])
    return np.array(found)


def measure_returns(base, episodes, seed):
    """Returns without thrust of ``episodes`` episodes, term by term."""
    generator = np.random.default_rng(seed)
    base._seed(seed)
    returns = np.zeros((episodes, base.n_pursuers, 3))
    for episode in range(episodes):
        base.reset()
        for _ in range(base.max_cycles):
            for pursuer in range(base.n_pursuers):
                base.step(generator.uniform(-1.0, 1.0, 2), pursuer, False)
            base.space.step(1.0 / base.FPS)
            for pursuer in range(base.n_pursuers):
                shape = base.pursuers[pursuer].shape
                terms = (
                    base.food_reward * shape.food_indicator,
                    base.encounter_reward * shape.food_touched_indicator,
                    base.poison_reward * shape.poison_indicator,
                )
                returns[episode, pursuer] += terms
                shape.food_indicator = shape.poison_indicator = 0
    return returns


if __name__ == "__main__":
    from pettingzoo.sisl.waterworld.waterworld_base import WaterworldBase

    world = WaterworldBase()
    sensors = np.round(measure_sensors(world) / UNIT).astype(np.int32)
    paid = measure_returns(world, EPISODES, 0).mean(axis=1)
    paid = np.column_stack([paid, paid.sum(axis=1)])
    returns = np.stack([paid.mean(axis=0), paid.std(axis=0) / EPISODES**0.5])
    planes = np.moveaxis(sensors[..., None].view(np.uint8), -1, 0)[:3]  # the fourth byte is the sign once more
    np.savez_compressed(FILE, sensors=planes, returns=returns)
    print("food, touch, poison, all:", *returns)
