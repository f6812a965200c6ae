"""RLlib on a cluster of two nodes, in the environment that ``benchmarks/clients.py`` makes for it."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = os.environ.get("SAKANA_CLIENTS")
WORLDS = r"2 on 2 nodes; 8 of 8 worlds differ: ([0-9a-f ]+)"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CLIENTS, reason="SAKANA_CLIENTS names no folder that benchmarks/clients.py made"),
]


def train(*words):
    """What the example prints."""
    command = [Path(CLIENTS) / "rllib" / "bin" / "python", ROOT / "examples" / "clients" / "rllib_cluster.py", *words]
    run = subprocess.run(command, capture_output=True, text=True, timeout=1200)
    assert run.returncode == 0, run.stderr[-4000:]
    return run.stdout


@pytest.mark.parametrize("face", ["vector", "parallel"])
def test_runners_on_two_nodes_play_worlds_of_their_own_and_learn_and_begin_so_again(face):
    printed = train("--face", face, "--updates", "8")
    before, after = (float(re.search(rf"{when}: +score ([\d.]+)", printed)[1]) for when in ("before", "after"))
    assert after > before + 0.1
    again, other = (train("--face", face, "--updates", "0", "--seed", seed) for seed in ("0", "100000"))
    first, second, third = (set(re.search(WORLDS, text)[1].split()) for text in (printed, again, other))
    assert first == second and not first & third
