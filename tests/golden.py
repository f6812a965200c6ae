"""Golden hashes: what every id returned when its rules were last changed on purpose.

    python tests/golden.py            compare
    python tests/golden.py --update   write tests/golden.json anew

Hashed is what a caller sees (observations, rewards, ends), not how memory is laid out. A hash that changes without
a change of rules is a bug; with one, the ids get a new version.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
from worlds import ALL_IDS, CROWD_OF, SMALL_OF, kind_of

from sakana_envs.core.actions import Twin
from sakana_envs.tasks import registry

FILE = Path(__file__).with_name("golden.json")


LIVELY = {"cells": {"agents": 40, "lifespan": 30.0, "speed": 0.9}, "discs": CROWD_OF["discs"]}
"""What makes much happen in worlds of every kind."""


def fixed_actions(sim, tick):
    """Actions that need no random generator: they look mixed and never change."""

    def mixed(axis):
        numbers = np.arange(sim.rows, dtype=np.uint64) + np.uint64(sim.rows * tick + 1 + (axis // 2 << 32))
        return (numbers * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40)

    if sim.twin == Twin.DISCRETE:
        return (mixed(0) % np.uint64(len(sim.actions.table))).astype(np.int64)
    low, high = sim.actions.low, sim.actions.high
    halves = [mixed(axis) & np.uint64(4095) if axis % 2 else mixed(axis) >> np.uint64(12) for axis in range(len(low))]
    each = np.stack(halves, axis=1)
    if sim.twin == Twin.MULTIDISCRETE:
        return (each % sim.actions.limits(sim.twin).astype(np.uint64)).astype(np.int64)
    return (low + high) / 2 + (each.astype(np.float32) / np.float32(2047.5) - np.float32(1.0)) * ((high - low) / 2)


def digest(id):
    """A hash of three worlds over some episodes, crowded enough for contests, with lives that end."""
    task, twin = id.removeprefix("Sakana/").split("-")[:2]
    settings = {**SMALL_OF[kind_of(task)], "worlds": 3, **LIVELY[kind_of(task)]}
    sim = registry.simulation(task, registry.twin(task, twin), **settings)
    sim.seed(1)
    hashed = hashlib.sha256(sim.reset().tobytes())
    for tick in range(70):
        transition = sim.step(fixed_actions(sim, tick))
        for array in (transition.observations, transition.rewards, transition.terminated, transition.truncated):
            hashed.update(array.tobytes())
    return hashed.hexdigest()[:32]


def main():
    found = {id: digest(id) for id in ALL_IDS}
    if "--update" in sys.argv:
        FILE.write_text(json.dumps(found, indent=2) + "\n")
        return 0
    stored = json.loads(FILE.read_text())
    different = [id for id in found if stored.get(id) != found[id]]
    print("\n".join(different) or "all equal")
    return bool(different)


if __name__ == "__main__":
    sys.exit(main())
