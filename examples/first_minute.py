"""The first minute: an agent at random, the same one trained, measured in levels that it never saw, and a film of both.

python examples/first_minute.py
python examples/first_minute.py --env-id Sakana/Gap-Continuous-v0

Needs PyTorch. It leaves ``random.gif``, ``trained.gif`` (with imageio) and ``small.npz`` in the folder ``--out``; the
last plays by ``others=`` and by ``sakana record Squared --policy``.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from ppo_fast import Settings, Trainer, load, save_small

import sakana_envs
from sakana_envs.tools.record import record

SIZES = {
    "worlds": 128,
    "ticks": 16,
    "minibatch": 256,
    "epochs": 3,
    "learning_rate": 3e-3,
    "gamma": 0.95,
    "hidden": 64,
    "threads": 1,
}
LEVELS = 128

parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
parser.add_argument("--env-id", default="Sakana/Squared-Discrete-v0")
parser.add_argument("--steps", type=int, default=120_000, help="of each run")
parser.add_argument("--runs", type=int, default=3, help="trainings that differ in their seeds only")
parser.add_argument("--out", type=Path, default=Path("runs/first_minute"))
arguments = parser.parse_args()

began, cpu = time.perf_counter(), time.process_time()
print(sakana_envs.evaluate("random", arguments.env_id, episodes=LEVELS))

files = []
for seed in range(arguments.runs):
    folder = arguments.out / str(seed)
    trainer = Trainer(Settings(env_id=arguments.env_id, seed=seed, steps=arguments.steps, out=str(folder), **SIZES))
    trainer.run()
    files.append(folder / "small.npz")
    save_small(load(folder, greedy=True), trainer.envs, files[-1], **trainer.about())

found = sakana_envs.evaluate(files, arguments.env_id, episodes=LEVELS, name="trained")
print(found)
best = files[int(np.argmax(found.run_scores))]
for name, policy in (("random", "random"), ("trained", best)):
    try:
        record(arguments.out / f"{name}.gif", arguments.env_id, policy=policy, worlds=9, ticks=60, fps=8, seed=1)
    except ImportError as error:
        print(error)
print(
    f"trained: {best} scores {found.run_scores.max():.3f}; {time.perf_counter() - began:.0f} seconds, "
    f"{time.process_time() - cpu:.0f} of a processor's"
)
