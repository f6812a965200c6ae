"""Random worlds against the invariants and the slow reference, for as long as there is patience.

    python tests/long_run.py --invariants 1000000 --reference 100000

Counted are ticks of worlds, spread over all tasks, both twins and shapes. Stops at the first thing that is wrong, with
the settings that show it.
"""

import argparse
import time

import numpy as np
import test_invariants
import test_reference
from reference import MOTIONS, World
from reference_tasks import BEGIN, UPDATE
from worlds import ALL_IDS, random_actions, simulation, split

from sakana_envs.core import cpu

BATCH_TICKS = 100
WORLDS = 16


def draw_settings(random, most_agents):
    """Sizes and numbers of a world: small and large, empty and full, one row and one column, fast and slow."""
    height, width = (int(side) for side in random.choice([1, 2, 5, 9, 16, 33], size=2))
    agents = int(np.clip(random.choice([0.01, 0.1, 0.5, 1.0]) * height * width, 1, most_agents))
    return {
        "height": height,
        "width": width,
        "agents": agents,
        "horizon": int(random.choice([1, 7, 60, 5000])),
        "speed": float(random.choice([0.05, 0.41, 0.9, 1.0])),
        "inertia": float(random.choice([0.0, 0.0, 0.3, 0.95])),
        "lifespan": float(random.choice([0.0, 0.0, 2.0, 50.0])),
        "food_density": float(random.choice([0.0, 0.1, 0.5, 1.0])),
        "food_regrowth": float(random.choice([0.0, 0.2, 1.0])),
    }


def run_invariants(id, random):
    """Ticks done in one batch of worlds, with every invariant checked after each."""
    sim = simulation(id, worlds=WORLDS, **draw_settings(random, 300))
    sim.seed(int(random.integers(2**62)))
    sim.reset()
    ways = test_invariants.behaviours(sim, split(id)[1], random)
    test_invariants.play(sim, ways[str(random.choice(list(ways)))], BATCH_TICKS)
    return WORLDS * BATCH_TICKS


def run_reference(id, random):
    """Ticks done in one world, compared with the slow reference after each."""
    task, discrete = split(id)
    settings = {**draw_settings(random, 40), "horizon": BATCH_TICKS, **test_reference.OPTIONS.get(task, {})}
    sim = simulation(id, mode=cpu.DISABLED, **settings)
    sim.seed(int(random.integers(2**62)))
    sim.reset()
    world = World(sim)
    BEGIN.get(task, lambda world: None)(world)
    for done in range(1, BATCH_TICKS + 1):  # noqa: B007
        actions = random_actions(discrete, sim.rows, random)
        transition = sim.step(actions)
        world.step([MOTIONS[action] for action in actions] if discrete else actions.tolist())
        UPDATE.get(task, lambda world: None)(world)
        test_reference.check(sim, world, transition, task)
        if sim.view("over")[0, 0]:
            break
    return done


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--invariants", type=int, default=1_000_000, help="ticks against the invariants")
    parser.add_argument("--reference", type=int, default=100_000, help="ticks against the slow reference")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    for name, run, wanted in (
        ("invariants", run_invariants, arguments.invariants),
        ("reference", run_reference, arguments.reference),
    ):
        done, batch, start = 0, 0, time.perf_counter()
        while done < wanted:
            id = ALL_IDS[batch % len(ALL_IDS)]
            # The state of the generator alone shows a fault again: --seed and the number of the batch.
            random = np.random.default_rng([arguments.seed, batch])
            try:
                done += run(id, random)
            except Exception:
                print(f"{name}: WRONG in batch {batch} ({id}) with --seed {arguments.seed}", flush=True)
                raise
            batch += 1
            if batch % 50 == 0 or done >= wanted:
                print(
                    f"{name}: {done} ticks, {batch} worlds, {time.perf_counter() - start:.0f} s, all right", flush=True
                )


if __name__ == "__main__":
    main()
