"""Make the documentation's pictures: what the training example writes, and GIFs of every task and twin, of scripted
agents, and of trained ones where the package has a policy for the twin.

python docs/make_images.py                    # all; the training takes some minutes
python docs/make_images.py --gifs             # the tasks' GIFs only, some minutes
python docs/make_images.py --gifs Forage      # this task's
python docs/make_images.py --trained Forage   # of trained agents only
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sakana_envs.render.painter import Painter
from sakana_envs.tasks import registry
from sakana_envs.tools.record.rollout import Rollout
from sakana_envs.tools.record.video import write_video
from sakana_envs.wrappers.policy_files import FOLDER, read_network

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"

FPS = 12
SIZE = (384, 384)
HELD = 15
"""Frames for which a GIF stands still at its end."""


class Clip(NamedTuple):
    """What a task's GIFs show: how many ticks, of a world small enough to look at; every n-th of them is a frame."""

    ticks: int
    world: dict[str, float]
    trails: int = 0
    every: int = 1


CLIPS = {
    "Battle": Clip(100, {"agents": 48, "height": 24, "width": 24}),
    "Commons": Clip(200, {"agents": 20, "height": 36, "width": 36}, every=2),
    "Convert": Clip(100, {"agents": 16, "height": 28, "width": 28}),
    "Herd": Clip(240, {"agents": 20, "height": 48, "width": 48}, every=2),
    "Snake": Clip(150, {"agents": 8, "height": 36, "width": 36}),
    "Assemble": Clip(240, {"agents": 300, "height": 64, "width": 64}, every=2),
    "Center": Clip(32, {"agents": 90, "height": 48, "width": 48}),
    "Forage": Clip(100, {"agents": 16, "height": 32, "width": 32}, trails=5),
    "Gap": Clip(60, {"agents": 12, "height": 2, "width": 12}),
    "Group": Clip(100, {"agents": 100, "height": 32, "width": 32}),
    "Optimize": Clip(45, {"agents": 48, "height": 64, "width": 64, "hills": 6, "hill_width": 7}),
    "PredatorPrey": Clip(80, {"agents": 24, "height": 48, "width": 48}, trails=4),
    "Scatter": Clip(50, {"agents": 96, "height": 96, "width": 96}),
    "Spread": Clip(60, {"agents": 6, "discs": 12, "height": 3, "width": 3}, trails=6),
    "Squared": Clip(60, {}),
    "Flock": Clip(120, {"agents": 16, "discs": 16, "height": 10, "width": 10}, every=3),
    "Navigate": Clip(180, {"agents": 3, "discs": 6, "fill": 0.4}, trails=10, every=3),
    "Tag": Clip(80, {}, every=2),
    "Targets": Clip(60, {}, every=2),
    "Transport": Clip(150, {}, trails=4, every=2),
    "Waterworld": Clip(80, {}, every=2),
}


def frames(task: str, twin: str, policies: dict[str, str], settings: dict[str, Any]) -> Iterator[np.ndarray]:
    clip = CLIPS[task]
    painter = Painter(size=SIZE, trails=clip.trails)
    rollout = Rollout(f"{task}-{twin}", policy=policies, seed=0, **settings | clip.world)
    for tick, scenes in enumerate(rollout.ticks(clip.ticks)):
        frame = painter.paint(scenes)
        if tick % clip.every == 0:
            yield frame
    yield from repeat(frame, HELD)


def make_gifs(tasks: list[str], policies: Sequence[str] = ("scripted", "trained")) -> None:
    for task in tasks:
        for twin in registry.TWINS:
            groups = registry.get(task).agent_names
            scripted = dict.fromkeys(groups, "scripted")
            if "scripted" in policies:
                make_gif(f"{task}-{twin}", frames(task, twin, scripted, {}))
            own = {group: FOLDER / f"{task}-{twin}" / group / "trained.npz" for group in groups}
            trained = {group: path for group, path in own.items() if path.exists()}
            if trained:
                settings = read_network(next(iter(trained.values()))).card["settings"]
                shown = scripted | dict.fromkeys(trained, "trained")
                make_gif(f"{task}-{twin}-trained", frames(task, twin, shown, settings))


def make_gif(name: str, shown: Iterator[np.ndarray]) -> None:
    path = IMAGES / f"{name}.gif"
    write_video(path, shown, FPS)
    print(f"{path.name:34s}{path.stat().st_size / 1e3:6.0f} kB", flush=True)


def make_training_pictures() -> None:
    with tempfile.TemporaryDirectory() as out:
        subprocess.run([sys.executable, ROOT / "examples" / "train_ppo.py", "--out", out], check=True)
        shutil.copy(Path(out) / "Forage.png", IMAGES / "learning.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gifs", nargs="*", metavar="TASK", help="make only the GIFs, of these tasks or of all")
    parser.add_argument("--trained", nargs="*", metavar="TASK", help="make only the GIFs of trained agents")
    arguments = parser.parse_args()
    IMAGES.mkdir(exist_ok=True)
    if arguments.trained is not None:
        make_gifs(arguments.trained or list(CLIPS), ["trained"])
        return
    make_gifs(arguments.gifs or list(CLIPS))
    if arguments.gifs is None:
        make_training_pictures()


if __name__ == "__main__":
    main()
