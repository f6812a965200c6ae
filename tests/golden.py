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
from worlds import IDS, PROBE_IDS, simulation, split

FILE = Path(__file__).with_name("golden.json")


def fixed_actions(discrete, rows, tick):
    """Actions that need no random generator: they look mixed and never change."""
    bits = (
        (np.arange(rows, dtype=np.uint64) + np.uint64(rows * tick + 1)) * np.uint64(0x9E3779B97F4A7C15)
    ) >> np.uint64(40)
    if discrete:
        return (bits % np.uint64(9)).astype(np.int64)
    halves = np.stack([bits >> np.uint64(12), bits & np.uint64(4095)], axis=1).astype(np.float32)
    return halves / np.float32(2047.5) - np.float32(1.0)


def digest(id):
    """A hash of three worlds over some episodes, crowded enough for contests, with lives that end."""
    sim = simulation(id, worlds=3, agents=40, lifespan=30.0, speed=0.9)
    sim.seed(1)
    hashed = hashlib.sha256(sim.reset().tobytes())
    for tick in range(70):
        transition = sim.step(fixed_actions(split(id)[1], sim.rows, tick))
        for array in (transition.observations, transition.rewards, transition.terminated, transition.truncated):
            hashed.update(array.tobytes())
    return hashed.hexdigest()[:32]


def main():
    found = {id: digest(id) for id in (*IDS, *PROBE_IDS)}
    if "--update" in sys.argv:
        FILE.write_text(json.dumps(found, indent=2) + "\n")
        return 0
    stored = json.loads(FILE.read_text())
    different = [id for id in found if stored.get(id) != found[id]]
    print("\n".join(different) or "all equal")
    return bool(different)


if __name__ == "__main__":
    sys.exit(main())
