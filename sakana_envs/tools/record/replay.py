"""Episodes in small files: seed, configuration and actions, and a hash of all that they led to.

    recording = Recording("Sakana/Forage-Discrete-v0", seed=7, num_envs=64, agents=64)
    recording.step(actions)
    recording.save("episode.npz")
    replay("episode.npz")  # does it all again; ValueError if anything comes out differently

Nothing in a file is unpickled or evaluated, and sizes are checked before anything is allocated.
"""

import hashlib
import json
import math
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from sakana_envs._version import __version__
from sakana_envs.core.archive import check_names, member_names, read_array
from sakana_envs.core.files import open_file, quoted
from sakana_envs.core.memory import Layout
from sakana_envs.core.scalars import is_whole, plain
from sakana_envs.core.state import check_version
from sakana_envs.registration import split_id
from sakana_envs.tasks import registry
from sakana_envs.tasks.ids import id_of
from sakana_envs.tasks.names import ARGUMENTS
from sakana_envs.tasks.settings import settings as check_settings
from sakana_envs.wrappers.vector_env import VectorEnv

VERSION = 1
_KEYS = ("version", "package", "configuration", "actions", "hash")
_CONFIGURATION = ("id", "seed", "num_envs", "settings")
_MOST_TEXT = 1 << 10
_LONGEST_WORD = 100
_LONGEST_RANGE = 3
_MOST_CONFIGURATION = 1 << 26
"""Bytes of a configuration, four for a character: a map of 4096 rows and columns is the largest."""
_MOST_ACTIONS = 1 << 30
_MOST_BYTES = 1 << 32
"""Bytes of all worlds and their observations."""
_MOST_WORK = 1 << 44
"""Bytes of worlds and observations, times steps: what an hour or so can do."""


class Recording:
    """A vector environment that keeps the actions it is given.

    Parameters are an id, a seed (int), ``num_envs``, and other arguments of ``gymnasium.make_vec`` that JSON can hold:
    numbers, lists of them, ranges, names, and a map as lines of text. ``env`` is the :class:`.VectorEnv`; step it
    through :meth:`step` only.
    """

    def __init__(self, id: str, seed: int = 0, num_envs: int = 1, **settings: Any) -> None:
        task, twin = split_id(id)
        settings = {name: _as_json(value) for name, value in settings.items()}
        self._check_kinds(("map", *registry.get(task).pictures), settings)
        seed, num_envs = plain(seed), plain(num_envs)
        if not is_whole(seed, 0, 2**64 - 1):
            raise ValueError(f"seed must be a whole number from 0 to 2**64 - 1, got {quoted(seed)}")
        if not is_whole(num_envs, 1):
            raise ValueError(f"num_envs must be a whole number from 1, got {quoted(num_envs)}")
        for name, value in settings.items():
            if isinstance(value, list) and name != "map" and len(value) > max(num_envs, _LONGEST_RANGE):
                raise ValueError(f"{quoted(name)} has {len(value)} values, more than there are worlds")
        configuration = {"id": id_of(task, twin), "seed": seed, "num_envs": num_envs, "settings": settings}
        self._configuration = json.dumps(configuration)
        if 4 * len(self._configuration) > _MOST_CONFIGURATION:
            raise ValueError(f"settings of {len(self._configuration)} characters are too long to replay")
        self._bytes = self._measure(task, num_envs, settings)
        self.env = VectorEnv(task, registry.twin(task, twin), num_envs=num_envs, **settings)
        self.steps = 0
        self._actions = bytearray()
        self._hash = hashlib.sha256()
        self.observations, _ = self.env.reset(seed=seed)
        self._hash.update(self.observations.tobytes())

    @staticmethod
    def _check_kinds(drawn: tuple[str, ...], settings: dict[str, Any]) -> None:
        """Raise ``ValueError`` for what JSON can't hold, for files, and for words too long to mean anything."""
        for name, value in settings.items():
            for each in value if isinstance(value, list) else [value]:
                if not isinstance(each, (bool, int, float, str, type(None))):
                    raise ValueError(f"a replay keeps numbers and text, and {quoted(name)} is {type(each).__name__}")
                if name in drawn and isinstance(each, str):
                    if "\n" not in each:
                        raise ValueError(f"a replay names no files: {name} must be lines of text")
                elif len(name) > _LONGEST_WORD or (isinstance(each, str) and len(each) > _LONGEST_WORD):
                    raise ValueError(f"there is no setting {quoted(name)} that could be {quoted(each)}")

    @staticmethod
    def _measure(task: str, num_envs: int, settings: dict[str, Any]) -> int:
        """Bytes of the worlds and of what they return. Raises ``ValueError`` for too many."""
        of_faces = {*ARGUMENTS, "autoreset_mode", "max_episode_steps"} - {"preset", "map"}
        of_world = {name: value for name, value in settings.items() if name not in of_faces}
        record = registry.get(task)
        sizes = check_settings(record, **of_world).sizes
        agents, learners = sizes["agents"], settings.get("learners")
        learning = sum(learners in (None, record.group_of(agent, agents)) for agent in range(agents))
        one_each = num_envs == 1 or (settings.get("others") is not None and learners is None)
        worlds = num_envs if one_each else num_envs // max(learning, 1) + 1
        constants = {name: sizes[name] for name in record.engine.constants}
        structure = record.engine.structure(record.fields, tuple(record.all_numbers), constants)
        # Of each agent an observation in every form is the most.
        views = record.engine.views(record.sensed, constants).values()
        of_agent = sum(math.prod(view.shape) * np.dtype(view.dtype).itemsize for view in views)
        stride = Layout(structure, sizes).stride
        size = worlds * (stride + sizes["agents"] * of_agent)
        if size > _MOST_BYTES:
            raise ValueError(
                f"{quoted(worlds)} worlds of {sizes['height']} x {sizes['width']} with {sizes['agents']} agents "
                "are too large to replay"
            )
        return size

    def step(self, actions: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        """One tick, as :meth:`.VectorEnv.step`, kept."""
        result = self.env.step(actions)
        self._actions += np.asarray(actions, dtype=self.env.action_space.dtype).tobytes()
        self.steps += 1
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
        self._check_length(self.steps)
        space = self.env.action_space
        actions = np.frombuffer(self._actions, dtype=space.dtype).reshape(self.steps, *(space.shape or ()))
        with Path(path).open("wb") as file:
            np.savez_compressed(
                file,
                version=np.array(VERSION),
                package=np.array(__version__),
                configuration=np.array(self._configuration),
                actions=actions,
                hash=np.array(self.hash()),
            )

    def _check_length(self, steps: int) -> None:
        """Raise ``ValueError`` for more steps than anyone would wait for."""
        if steps * self._bytes > _MOST_WORK:
            raise ValueError(
                f"{steps} steps of these worlds are too many to replay; at most {_MOST_WORK // self._bytes}"
            )

    def play(self, actions: np.ndarray) -> None:
        """Step through ``actions`` (steps, ...), each as the action space has it. Raises ``ValueError`` for others."""
        space = self.env.action_space
        if actions.dtype != space.dtype or actions.shape[1:] != space.shape or actions.ndim == 0:
            raise ValueError(
                f"actions must be {space.dtype} with shape (steps, {', '.join(map(str, space.shape or ()))}), "
                f"got {actions.dtype} with shape {actions.shape}"
            )
        self._check_length(len(actions))
        for number, action in enumerate(actions):
            try:
                self.step(action)
            except (RuntimeError, ValueError) as error:
                raise ValueError(f"step {number}: {error}") from None


def replay(path: str | Path) -> Recording:
    """Do again what a file recorded; the recording as it stands at its end.

    Raises ``FileNotFoundError``, and ``ValueError`` for a damaged file, one of another version, one whose worlds or
    steps are more than fit, and one that now comes out differently.
    """
    name = repr(str(path))
    with open_file(path) as file:
        try:
            archive = zipfile.ZipFile(file)
        except Exception:  # a torn zip file fails in many ways
            raise ValueError(f"{name} is not a replay: it must be an .npz file, and whole") from None
        try:
            check_names(member_names(archive), _KEYS)
        except Exception as error:
            raise ValueError(f"{name} is not a replay: {_reason(error)}") from None
        try:
            check_version("the file", read_array(archive, "version", _MOST_TEXT), VERSION)
            package, expected = (read_array(archive, key, _MOST_TEXT) for key in ("package", "hash"))
            configuration = _parsed(read_array(archive, "configuration", _MOST_CONFIGURATION))
            actions = read_array(archive, "actions", _MOST_ACTIONS)
        except ValueError as error:
            raise ValueError(f"{name} can't be played: {error}") from None
    try:
        recording = Recording(**{key: configuration[key] for key in _CONFIGURATION[:3]}, **configuration["settings"])
        recording.play(actions)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} can't be played: {error}") from None
    if recording.hash() != str(expected):
        raise ValueError(
            f"{name} comes out differently: it was recorded with sakana_envs {quoted(str(package))}, this is "
            f"{__version__}"
        )
    return recording


def _as_json(value: Any) -> Any:
    """NumPy's scalars, rows of numbers and tuples, as JSON has them."""
    if isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim == 1):
        return [plain(each) for each in value]
    return plain(value)


def _reason(error: Exception) -> str:
    """Our own words as they are, those of others as something from a file."""
    return str(error) if type(error) is ValueError else quoted(str(error))


def _parsed(configuration: np.ndarray) -> dict[str, Any]:
    """A configuration's parts. Raises ``ValueError`` unless it is JSON with exactly those that there are."""
    if configuration.shape != () or configuration.dtype.kind != "U":
        raise ValueError(f"its configuration must be text, got {configuration.dtype} with shape {configuration.shape}")
    try:
        parts = json.loads(str(configuration), object_pairs_hook=_named_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"its configuration is no JSON: {quoted(str(error))}") from None
    if not isinstance(parts, dict) or not isinstance(parts.get("settings"), dict):
        raise ValueError("its configuration must have settings by name")
    try:
        check_names(parts, _CONFIGURATION)
    except ValueError as error:
        raise ValueError(f"its configuration is wrong: {error}") from None
    return parts


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a name comes twice")
    return dict(pairs)


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is no number")
