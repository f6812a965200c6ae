"""The command that trains: ``sakana train``, a door to ``examples/ppo_fast.py``, for the package has no trainer.

The example and its policy come with a clone, and as data with what pip installs. They need PyTorch.
"""

import importlib.util
import json
import runpy
import shlex
import sys
from pathlib import Path

from sakana_envs.tasks import registry
from sakana_envs.tasks.ids import id_of, read_id
from sakana_envs.tasks.names import nearest
from sakana_envs.tools.watching import Id, Settings, named, read_settings

PACKAGE = Path(__file__).resolve().parent.parent
FOLDERS = (PACKAGE / "examples", PACKAGE.parent / "examples")
"""Where the example may be: among what pip installs, and in a clone."""
TRAINER = "ppo_fast.py"


def train(id: Id, settings: Settings = None) -> None:
    """Train a policy by the example trainer. Options are its own, such as --steps 500000 --head beta --out runs/mine.

    Without any it trains as the package's policy was trained. learners=SIDE says who learns.
    """
    words = settings or []
    first = next((place for place, word in enumerate(words) if word.startswith("-")), len(words))
    sys.argv = [str(trainer()), *arguments(named(id), words[:first]), *words[first:]]
    sys.path.insert(0, str(trainer().parent))
    runpy.run_path(sys.argv[0], run_name="__main__")


def trainer() -> Path:
    """The example. Raises ``ImportError`` that says what to install, and ``FileNotFoundError`` where there is none."""
    found = next((folder / TRAINER for folder in FOLDERS if (folder / TRAINER).is_file()), None)
    if found is None:
        raise FileNotFoundError(2, "no such file", str(FOLDERS[0] / TRAINER))
    if importlib.util.find_spec("torch") is None:
        raise ImportError('training needs PyTorch: pip install "sakana-envs[train]", or only torch')
    return found


def arguments(id: str, words: list[str]) -> list[str]:
    """What the trainer is told, for an id and ``NAME=VALUE`` words: what the package's own policy was trained by, too.

    Raises ``ValueError`` for wrong words, and where nobody says which of several sides learns.
    """
    from sakana_envs.wrappers.policy_files import TRAINED, read_network, shipped

    task, twin = read_id(id)
    given = read_settings(id, words, (), ("learners",))
    sides = registry.get(task).agent_names
    side = given.pop("learners", sides[0] if len(sides) == 1 else None)
    if side not in sides:
        either = " or ".join(sides)
        raise ValueError(
            f"{task} has several sides: learners= says who learns, {either}; got {side!r}{nearest(side, sides)}"
        )
    path = shipped(task, str(twin), side).get(TRAINED)
    card = {} if path is None else read_network(path).card
    told = ["--env-id", id_of(task, str(twin)), "--out", f"runs/{id}"]
    if card.get("id") == id_of(task, str(twin)):
        told = [*shlex.split(card["command"])[2:], *told[2:]]
    told += ["--group", side] if len(sides) > 1 else []  # a mirrored policy was trained on the other side
    preset = given.pop("preset", None)
    told += [] if preset is None else ["--preset", str(preset)]
    return [*told, "--set", *(f"{name}={json.dumps(value)}" for name, value in given.items())] if given else told
