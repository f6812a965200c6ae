"""What there is to know about a task, as data: for the command line, and for the pages of the documentation.

Everything is read from the task's record and its functions' docstrings. Nothing is compiled and no world is made.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sakana_envs.grid.sensors import window_length
from sakana_envs.grid.tiles import AGENT, CODES, EMPTY, FOOD, WALL
from sakana_envs.grid.world import EPISODE_STATISTICS, SIZES
from sakana_envs.tasks import registry
from sakana_envs.tasks.effect import numbers_with_effect
from sakana_envs.tasks.ids import id_of, read_id
from sakana_envs.tasks.references import Reference, references
from sakana_envs.wrappers.views import action_space

if TYPE_CHECKING:
    from sakana_envs.tasks.task import Task

CELL_CODES = {
    EMPTY: "empty",
    FOOD: "food",
    WALL: "a wall",
    **{code: f"an agent of kind {code - AGENT}" for code in range(AGENT, CODES)},
}
"""What the codes in a window of cells mean."""


class Action(NamedTuple):
    """A row of the table of discrete actions: its number, name, motion in cells at full speed, what follows."""

    number: int
    name: str
    row: float
    col: float
    more: tuple[float, ...]


class Part(NamedTuple):
    """A stretch ``[start, stop)`` of an observation's first axis: numbers of it, or channels of ``"planes"``."""

    start: int
    stop: int
    meaning: str


class Observation(NamedTuple):
    """What ``obs=`` gives with the default preset's radius: the space as Gymnasium prints it, its shape and parts."""

    space: str
    shape: tuple[int, ...]
    parts: list[Part]


class Quantity(NamedTuple):
    """A size or number that ``make`` takes: its value in the default preset, and the closed range allowed.

    ``whole`` says whether only whole numbers are, ``own`` whether it is the task's own and not every world's.
    """

    default: float
    low: float
    high: float
    meaning: str
    whole: bool
    own: bool


class Description(NamedTuple):
    """All about a task; :func:`describe` makes it."""

    name: str
    description: str
    """One sentence."""
    about: list[str]
    """Paragraphs, of the docstring of the module that has the task as its ``TASK``; empty without one."""
    ids: dict[str, str]
    """``"Discrete"`` and ``"Continuous"``, each with the twin's id."""
    groups: tuple[str, ...]
    """Names of the groups of agents, as PettingZoo shows them before the number."""
    beginning: str
    """How an episode begins."""
    actions: list[Action]
    """The discrete twin's actions, rows of a table."""
    coordinates: dict[str, tuple[float, float]]
    """What actions are made of: names of coordinates, each with its bounds in the continuous twin's box."""
    action_spaces: dict[str, str]
    """For each twin, as Gymnasium prints it."""
    observations: dict[str, Observation]
    """For each of ``obs=``: ``"flat"``, ``"planes"``, ``"bytes"``. Windows are in reading order around the agent."""
    cell_codes: dict[int, str]
    """What the codes in an agent's window of cells mean."""
    layers: dict[str, str]
    """Maps of bytes that agents sense beside the cell codes, and their meanings."""
    features: tuple[str, ...]
    """What agents sense beside windows."""
    changes: str
    """What changes in the world besides agents and food; empty if nothing."""
    rewards: dict[str, str]
    """The terms of the reward, which is their sum, and their meanings."""
    ends: str
    """What ends an episode before the time limit; empty if nothing."""
    score: str
    scripted: str
    """What the scripted policy does."""
    quantities: dict[str, Quantity]
    """The sizes and numbers that ``make`` takes, the task's own last; a number that nothing in the task reads isn't."""
    pictures: dict[str, str]
    """Pictures that ``make`` takes, and what is used without."""
    presets: dict[str, dict[str, float]]
    """What each preset sets."""
    info: dict[str, str]
    """The keys of an episode's last ``info``, and their meanings."""
    references: dict[str, dict[str, dict[str, dict[str, Reference]]]]
    """Measured figures by preset, group, twin and policy; empty for tasks that aren't the package's own."""


def describe(task: str) -> Description:
    """All about a task, shipped or registered, and both of its twins.

    ``task`` is its name or an id, such as ``"Forage"`` or ``"Sakana/Forage-Discrete-v0"``. Raises ``ValueError`` with
    the nearest one for an unknown one.
    """
    record = registry.get(read_id(task)[0])
    values = {**{name: size.default for name, size in SIZES.items()}, **record.presets["default"]}
    constants = {name: int(values[name]) for name in record.engine.constants}
    return Description(
        name=record.name,
        description=record.description,
        about=_about(record),
        ids={twin: id_of(record.name, twin) for twin in registry.twins(record)},
        groups=record.agent_names,
        beginning=_meaning(record.init),
        actions=[
            Action(number, name, vector[0], vector[1], tuple(vector[2:]))
            for number, (name, vector) in enumerate(
                zip(record.actions.names, record.actions.table.tolist(), strict=True)
            )
        ],
        coordinates={
            name: (float(low), float(high))
            for name, low, high in zip(record.actions.coordinates, record.actions.low, record.actions.high, strict=True)
        },
        action_spaces={twin: str(action_space(record.actions, each)) for twin, each in registry.twins(record).items()},
        observations=_observations(record, constants),
        cell_codes=CELL_CODES,
        layers={
            name: _meaning(record.pictures[name]) if name in record.pictures else record.fields[name].meaning
            for name in record.layers
        },
        features=tuple(record.feature_names),
        changes=_meaning(record.update) if "update" in _given(record) else "",
        rewards=_rewards(record),
        ends=_meaning(record.terminated) if "terminated" in _given(record) else "",
        score=_meaning(record.score),
        scripted=_meaning(record.scripted),
        quantities=_quantities(record),
        pictures={name: _meaning(draw) for name, draw in record.pictures.items()},
        presets={name: dict(preset) for name, preset in record.presets.items()},
        info=_info(record),
        references=_references(record),
    )


def _meaning(function: Callable) -> str:
    """The first paragraph of a function's docstring, in one line."""
    text = inspect.getdoc(getattr(function, "py_func", function)) or ""
    return " ".join(text.split("\n\n")[0].split())


def _about(task: "Task") -> list[str]:
    module = inspect.getmodule(getattr(task.scripted, "py_func", task.scripted))
    if module is None or getattr(module, "TASK", None) is not task:
        return []
    return [" ".join(paragraph.split()) for paragraph in (module.__doc__ or "").split("\n\n")[1:]]


def _given(task: "Task") -> set[str]:
    """Which of the optional rules a task has of its own."""
    defaults = {name: field.default for name, field in type(task).__dataclass_fields__.items()}
    return {name for name in ("update", "terminated") if getattr(task, name) is not defaults[name]}


def _rewards(task: "Task") -> dict[str, str]:
    terms = task.reward if isinstance(task.reward, Mapping) else {"reward": task.reward}
    return {name: _meaning(function) for name, function in terms.items()}


def _quantities(task: "Task") -> dict[str, Quantity]:
    preset = task.presets["default"]
    return {
        name: Quantity(
            preset.get(name, number.default),
            number.low,
            number.high,
            number.meaning,
            name in SIZES,
            name in task.numbers,
        )
        for name, number in {**SIZES, **numbers_with_effect(task)}.items()
    }


def _info(task: "Task") -> dict[str, str]:
    names = [*EPISODE_STATISTICS, *(name for name in task.fields if name.startswith("reward_"))]
    meanings = {name: task.fields[name].meaning for name in names}
    return {**meanings, "score": "score in [0, 1]: report this one", "episode_length": "ticks of the episode"}


def _references(task: "Task") -> dict[str, dict[str, dict[str, dict[str, Reference]]]]:
    try:
        return {
            preset: {
                group: {twin: references(task.name, preset, twin, group) for twin in registry.TWINS}
                for group in task.agent_names
            }
            for preset in task.presets
        }
    except ValueError:
        return {}


def _observations(task: "Task", constants: Mapping[str, int]) -> dict[str, Observation]:
    window, ranges = window_length(constants["radius"]), task.sensed.ranges
    planes = [f"window: 1 where a cell is {meaning}, else 0" for meaning in CELL_CODES.values()]
    for name, count in task.sensed.layers.items():
        planes += [f"window: 1 where the layer {name} is {each}, else 0" for each in range(count)]
        planes += [] if count else [f"window of the layer {name}, over 255"]
    floats = [(f"the feature {name}", *bounds) for name, bounds in zip(task.feature_names, ranges, strict=False)]
    if constants["sense_offset"]:
        floats += [(f"where in its cell the agent is, {axis}", 0.0, 1.0) for axis in ("row", "column")]
    bytes_ = [] if ranges else [f"the feature {name}" for name in task.feature_names]
    single = [f"{each}, over 255" for each in bytes_] + [f"{name}, {low:g} to {high:g}" for name, low, high in floats]
    windows = ["window of cell codes", *(f"window of the layer {name}" for name in task.layers)]
    coarse = [f"{name}, {low:g} to {high:g} in 255 steps" for name, low, high in floats]
    parts = {
        "flat": _parts([(window, planes), (1, single)]),
        "planes": _parts([(1, [*planes, *(f"{each}, everywhere the same" for each in single)])]),
        "bytes": _parts([(window, windows), (1, [*bytes_, *coarse])]),
    }
    told = {}
    for obs, view in task.engine.views(task.sensed, constants).items():
        space = f"Box({np.min(view.low)}, {np.max(view.high)}, {view.shape}, {np.dtype(view.dtype)})"
        told[obs] = Observation(space, view.shape, parts[obs])
    return told


def _parts(lengths: Iterable[tuple[int, Iterable[str]]]) -> list[Part]:
    parts: list[Part] = []
    for length, meanings in lengths:
        for meaning in meanings:
            start = parts[-1].stop if parts else 0
            parts.append(Part(start, start + length, meaning))
    return parts
