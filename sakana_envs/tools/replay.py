"""Episodes in small files: seed, configuration and actions, and a hash of all that they led to.

    recording = Recording("Sakana/Forage-Discrete-v0", seed=7, num_envs=64, agents=64)
    recording.step(actions)
    recording.save("episode.npz")
    replay("episode.npz")  # does it all again; ValueError if anything comes out differently

Nothing in a file is unpickled or evaluated, and sizes are checked before anything is allocated.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from sakana_envs._version import __version__
from sakana_envs.grid.scalars import is_whole, plain
from sakana_envs.grid.state import read_array
from sakana_envs.registration import split_id
from sakana_envs.tasks import registry
from sakana_envs.tasks.ids import id_of
from sakana_envs.tasks.names import RUNNING
from sakana_envs.tasks.settings import settings as check_settings
from sakana_envs.wrappers.vector_env import VectorEnv

VERSION = 1
_KEYS = ("version", "package", "configuration", "actions", "hash")
_MOST_TEXT = 1 << 16
_MOST_ACTIONS = 1 << 30
_MOST_BYTES = 1 << 33


class Recording:
    """A vector environment that keeps the actions it is given.

    Parameters are an id, a seed (int), and arguments of ``gymnasium.make_vec`` that JSON can hold: numbers, names, and
    a map as lines of text. ``env`` is the :class:`VectorEnv`; step it through :meth:`step` only.
    """

    def __init__(self, id: str, seed: int = 0, num_envs: int = 1, **settings: Any) -> None:
        task, twin = split_id(id)
        settings = {name: plain(value) for name, value in settings.items()}
        for name, value in settings.items():
            if isinstance(value, str) and name in ("map", *registry.get(task).pictures) and "\n" not in value:
                raise ValueError(f"a replay names no files: {name} must be lines of text")
            if not isinstance(value, (bool, int, float, str, type(None))):
                raise ValueError(f"a replay keeps numbers and text, and {name} is {type(value).__name__}")
        seed, num_envs = plain(seed), plain(num_envs)
        if not is_whole(seed, 0, 2**64 - 1):
            raise ValueError(f"seed must be a whole number from 0 to 2**64 - 1, got {seed!r}")
        if not is_whole(num_envs, 1):
            raise ValueError(f"num_envs must be a whole number from 1, got {num_envs!r}")
        self._configuration = {"id": id_of(task, twin), "seed": seed, "num_envs": num_envs, "settings": settings}
        self._check_size(task, num_envs, settings)
        self.env = VectorEnv(task, registry.TWINS[twin], num_envs=num_envs, **settings)
        self._actions: list[np.ndarray] = []
        self._hash = hashlib.sha256()
        self.observations, _ = self.env.reset(seed=seed)
        self._hash.update(self.observations.tobytes())

    @staticmethod
    def _check_size(task: str, num_envs: int, settings: dict[str, Any]) -> None:
        faces = {"obs", "info", "others", "learners", "clip_actions", "autoreset_mode", "max_episode_steps", *RUNNING}
        of_world = {name: value for name, value in settings.items() if name not in faces}
        sizes = check_settings(registry.get(task), **of_world).sizes
        one_each = settings.get("others") is not None and settings.get("learners") is None
        worlds = num_envs if one_each or "learners" in settings else num_envs // sizes["agents"] + 1
        # Of each agent an observation of single cells as floats is the most.
        of_agent = 64 * (2 * sizes["radius"] + 1) ** 2
        if worlds * (sizes["height"] * sizes["width"] + sizes["agents"] * of_agent) > _MOST_BYTES:
            raise ValueError(
                f"{worlds} worlds of {sizes['height']} x {sizes['width']} cells with {sizes['agents']} agents are too "
                "large to replay"
            )

    def step(self, actions: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        """One tick, as :meth:`VectorEnv.step`, kept."""
        result = self.env.step(actions)
        self._actions.append(np.array(actions, dtype=self.env.action_space.dtype))
        self.observations = result[0]
        for array in result[:4]:
            self._hash.update(array.tobytes())
        return result

    def hash(self) -> str:
        """What has been returned so far, and the worlds as they stand, as 64 hexadecimal digits."""
        total = self._hash.copy()
        total.update(self.env.get_state()["blocks"].tobytes())
        return total.hexdigest()

    def save(self, path: str | Path) -> None:
        """Write the episode into an ``.npz`` file."""
        space = self.env.action_space
        actions = np.stack(self._actions) if self._actions else np.zeros((0, *(space.shape or ())), dtype=space.dtype)
        with Path(path).open("wb") as file:
            np.savez_compressed(
                file,
                version=np.array(VERSION),
                package=np.array(__version__),
                configuration=np.array(json.dumps(self._configuration)),
                actions=actions,
                hash=np.array(self.hash()),
            )


def replay(path: str | Path) -> Recording:
    """Do again what a file recorded; the recording as it stands at its end.

    Raises ``ValueError`` for a damaged file, one of another version, and one that now comes out differently.
    """
    version, package, configuration, actions, expected = _read(path)
    if version.shape != () or version.dtype.kind not in "iu" or int(version) != VERSION:
        raise ValueError(f"{path} has version {version}, this package reads {VERSION}")
    try:
        given = json.loads(str(configuration))
        arguments = {"id": given["id"], "seed": given["seed"], "num_envs": given["num_envs"], **given["settings"]}
        recording = Recording(**arguments)
    except (TypeError, KeyError, ValueError) as error:
        raise ValueError(f"{path} has a configuration that can't be played: {error}") from None
    if actions.ndim == 0:
        raise ValueError(f"{path} must have actions for every step, got a single one")
    for number, action in enumerate(actions):
        try:
            recording.step(action)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{path} can't be played at step {number}: {error}") from None
    if recording.hash() != str(expected):
        raise ValueError(
            f"{path} comes out differently: it was recorded with sakana_envs {str(package)[:40]}, this is {__version__}"
        )
    return recording


def _read(path: str | Path) -> list[np.ndarray]:
    try:
        file = np.load(path, allow_pickle=False)
    except FileNotFoundError:
        raise
    except Exception:  # a torn zip file fails in many ways; for others NumPy recommends to run what they hold
        raise ValueError(f"{path} is not a replay: it must be an .npz file, and whole") from None
    if not isinstance(file, np.lib.npyio.NpzFile) or any(key not in file for key in _KEYS):
        raise ValueError(f"{path} is not a replay: it must have {', '.join(_KEYS)}")
    with file:
        return [read_array(file, key, _MOST_ACTIONS if key == "actions" else _MOST_TEXT) for key in _KEYS]
