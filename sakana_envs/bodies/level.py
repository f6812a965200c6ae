"""A level: what a world of bodies begins from."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from sakana_envs.bodies import kinetix
from sakana_envs.bodies.kinetix import WrongLevelError
from sakana_envs.bodies.level_words import GROUPS, OF_BODY, OF_JOINT, OF_POLYGON, OF_THRUSTER, as_words
from sakana_envs.bodies.possible import RANGES, check_links, corners_that_cant_be
from sakana_envs.bodies.world import CONSTANTS, FIELDS, SIZES, WALLS
from sakana_envs.core.possible import check_ranges, refuse


class Level:
    """Bodies, joints and thrusters as an episode begins.

    ``sizes`` says how many polygons, circles, joints and thrusters there is room for, and ``fields`` has arrays by the
    names of a world's fields; bodies are numbered polygons first. Raises ``ValueError`` for a level that can't be.
    """

    def __init__(self, sizes: Mapping[str, int], fields: Mapping[str, Any], name: str = "") -> None:
        self.name = name
        self.sizes = dict(sizes)
        self.fields = _arrays(self.sizes, fields, name)
        self.check()

    @classmethod
    def load(cls, path: str | Path) -> "Level":
        """The level of a JSON file of Kinetix'. Raises ``ValueError`` that says what in it is wrong."""
        path = Path(path)
        try:
            data = json.loads(path.read_text())
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise WrongLevelError(f"{path} is no JSON: {error}") from None
        try:
            if not kinetix.is_kinetix(data):
                raise WrongLevelError("a level has an 'env_state', as Kinetix writes it")
            return cls(*kinetix.read(data), name=path.stem)
        except WrongLevelError as error:
            raise WrongLevelError(f"{path}: {error}") from None

    @classmethod
    def of(cls, env: Any, world: int = 0, name: str = "") -> "Level":
        """What a world of an environment of bodies is like now; what it carries over from its last step isn't in it."""
        simulation = getattr(getattr(env, "unwrapped", env), "seats", SimpleNamespace(simulation=env)).simulation
        if "corner_x" not in simulation.layout.shapes:
            raise ValueError(f"{env!r} has no worlds of bodies")
        fields = {field: simulation.view(field)[world] for group in GROUPS for field in group}
        return cls({size: simulation.program.structure.constants[size] for size in CONSTANTS}, fields, name)

    def save(self, path: str | Path) -> None:
        """Write the level as Kinetix' JSON, which its editor in the browser opens too."""
        Path(path).write_text(json.dumps(kinetix.write(self.sizes, self.fields)))

    def check(self) -> None:
        """Raise ``ValueError`` that says what can't be, if anything can't."""
        batch = {name: array[None] for name, array in self.fields.items()}
        try:
            check_ranges(batch, {name: bounds for name, bounds in RANGES.items() if name in batch})
            polygons = self.sizes["polygons"]
            there = batch["active"][:, :polygons] != 0
            refuse(~there[:, :WALLS], "the first four polygons are floor, walls and ceiling, and must be there")
            check_links(batch)
            shape = batch["corners"], batch["corner_x"], batch["corner_y"]
            wrong = there & corners_that_cant_be(*shape)
            refuse(wrong, f"polygon {int(wrong.argmax())} isn't convex, or its corners don't go round clockwise")
            circles = batch["active"][:, polygons:] != 0
            refuse(circles & (batch["radius"][:, polygons:] < 1e-3), "a circle's radius is less than a millimetre")
        except WrongLevelError:
            raise
        except ValueError as error:
            raise WrongLevelError(str(error)) from None

    def padded(self, sizes: Mapping[str, int]) -> "Level":
        """The same level with room for more. Raises ``ValueError`` where there is room for less."""
        for name, size in self.sizes.items():
            if sizes[name] < size:
                raise WrongLevelError(f"it has {size} {name}, and the worlds have room for {sizes[name]}")
        more = {name: sizes[name] - size for name, size in self.sizes.items()}
        fields = {}
        for group, name in ((OF_POLYGON, "polygons"), (OF_JOINT, "joints"), (OF_THRUSTER, "thrusters")):
            for key in group:
                fill = 4 if key == "corners" else 0
                fields[key] = _with_more(self.fields[key], len(self.fields[key]), more[name], fill)
        for key in OF_BODY:
            array = _with_more(self.fields[key], self.sizes["polygons"], more["polygons"])
            fields[key] = _with_more(array, len(array), more["circles"])
        for key in ("first", "second", "thrusts"):
            behind = fields[key] >= self.sizes["polygons"]
            fields[key] = fields[key] + (behind * more["polygons"]).astype(fields[key].dtype)
        return Level({name: sizes[name] for name in self.sizes}, fields | {"pull": self.fields["pull"]}, self.name)

    def lists(self, sizes: Mapping[str, int]) -> Mapping[str, np.ndarray]:
        """What worlds of such sizes read as their episode begins."""
        return {"level_words": as_words(self.padded(sizes).fields)}

    def __repr__(self) -> str:
        bodies = int(self.fields["active"][WALLS:].sum())
        return f"Level({self.name!r}, {bodies} bodies, {', '.join(f'{n} {name}' for name, n in self.sizes.items())})"


def _with_more(array: np.ndarray, at: int, more: int, fill: int = 0) -> np.ndarray:
    extra = np.full((more, *array.shape[1:]), fill, array.dtype)
    return np.concatenate([array[:at], extra, array[at:]])


def _arrays(sizes: Mapping[str, int], fields: Mapping[str, Any], name: str) -> dict[str, np.ndarray]:
    """The fields as arrays of their types and shapes."""
    for size, count in sizes.items():
        low, high = int(SIZES[size].low), int(SIZES[size].high)
        if not low <= count <= high:
            raise WrongLevelError(f"{size} must be from {low} to {high}, got {count}")
    bodies = sizes["polygons"] + sizes["circles"]
    things = (1, bodies, sizes["polygons"], sizes["joints"], sizes["thrusters"])
    arrays = {}
    for group, count in zip(GROUPS, things, strict=True):
        for field in group:
            own = FIELDS[field]
            shape = (own.size,) if count == 1 and own.per == "world" else (count, own.size)[: 1 + (own.size > 1)]
            arrays[field] = _array(field, fields, shape, own.dtype)
    return arrays


def _array(field: str, fields: Mapping[str, Any], shape: tuple[int, ...], dtype: type) -> np.ndarray:
    if field not in fields:
        raise WrongLevelError(f"it has no {field}")
    given = np.array(fields[field], dtype=np.float64)
    given = given.reshape(shape) if given.size == 0 else given
    if given.shape != shape:
        raise WrongLevelError(f"{field} must have shape {shape}, got {given.shape}")
    if not np.isfinite(given).all():
        raise WrongLevelError(f"{field} has what is no finite number")
    if np.issubdtype(dtype, np.integer) and not ((given >= 0) & (given <= 255) & (given == given.astype(int))).all():
        raise WrongLevelError(f"{field} must be whole numbers from 0 on, got {given.tolist()}")
    return given.astype(dtype)


def read_levels(source: Any, given: Mapping[str, Any]) -> tuple[Level, ...]:
    """The level of a :class:`Level` or of a file's path, or those of a list of such, all with room for as much.

    They have room for what any of them needs, or for more where sizes are ``given``. Raises ``ValueError`` for a level
    that can't be, and ``FileNotFoundError``.
    """
    several = source if isinstance(source, (list, tuple)) else [source]
    if not several:
        raise WrongLevelError("a list of levels must have at least one")
    levels = [_read(each) for each in several]
    sizes = {name: max(level.sizes[name] for level in levels) for name in levels[0].sizes}
    for name, size in sizes.items():
        if isinstance(given.get(name), int):
            sizes[name] = max(size, given[name])
    return tuple(level.padded(sizes) for level in levels)


def _read(source: Any) -> Level:
    if isinstance(source, Level):
        return source
    if not isinstance(source, (str, Path)):
        raise WrongLevelError(f"a level must be a Level, or the path of a .json file, got {source!r}")
    return Level.load(source)
