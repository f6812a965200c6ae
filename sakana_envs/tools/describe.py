"""What there is to know about a task, as data: for the command line, and for the pages of the documentation.

Everything is read from the task's record and its functions' docstrings. Nothing is compiled and no world is made.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sakana_envs.core.engine import Stretch
from sakana_envs.tasks import registry
from sakana_envs.tasks.effect import numbers_with_effect, sizes_with_effect
from sakana_envs.tasks.ids import id_of, read_id
from sakana_envs.tasks.references import References, references
from sakana_envs.wrappers.policy_files import read_network, shipped
from sakana_envs.wrappers.views import action_space

if TYPE_CHECKING:
    from sakana_envs.tasks.task import Task


class Action(NamedTuple):
    """A row of the table of discrete actions: its number, its name, the vector that it picks."""

    number: int
    name: str
    vector: tuple[float, ...]


class Observation(NamedTuple):
    """What ``obs=`` gives with the default preset's sizes: the space as Gymnasium prints it, its shape and parts."""

    space: str
    shape: tuple[int, ...]
    parts: tuple[Stretch, ...]


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
    kind: str
    """Of the world: ``"cells"``, ``"discs"`` or ``"bodies"``."""
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
    references: dict[str, dict[str, dict[str, References]]]
    """Measured figures by preset, group, twin and policy; empty for tasks that aren't the package's own."""
    policies: dict[str, dict[str, dict[str, Mapping[str, Any]]]]
    """The cards of the policies that the package has in files, by twin, group and name."""


def describe(task: str) -> Description:
    """All about a task, shipped or registered, and both of its twins.

    ``task`` is its name or an id, such as ``"Forage"`` or ``"Sakana/Forage-Discrete-v0"``. Raises ``ValueError`` with
    the nearest one for an unknown one.
    """
    record = registry.get(read_id(task)[0])
    values = {**{name: size.default for name, size in record.engine.sizes.items()}, **record.presets["default"]}
    constants = {name: int(values[name]) for name in record.engine.constants}
    return Description(
        name=record.name,
        kind=record.engine.name,
        description=record.description,
        about=_about(record),
        ids={twin: id_of(record.name, twin) for twin in registry.twins(record)},
        groups=record.agent_names,
        beginning=_meaning(record.init),
        actions=[
            Action(number, name, tuple(vector))
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
        policies={
            twin: {
                group: {name: read_network(path).card for name, path in shipped(record.name, twin, group).items()}
                for group in record.agent_names
            }
            for twin in registry.twins(record)
        },
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
            name in task.engine.sizes,
            name in task.numbers,
        )
        for name, number in {**sizes_with_effect(task), **numbers_with_effect(task)}.items()
    }


def _info(task: "Task") -> dict[str, str]:
    names = [*task.engine.statistics, *(name for name in task.fields if name.startswith("reward_"))]
    meanings = {name: task.fields[name].meaning for name in names}
    return {**meanings, "score": "score in [0, 1]: report this one", "episode_length": "ticks of the episode"}


def _references(task: "Task") -> dict[str, dict[str, dict[str, References]]]:
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
    told = {}
    for obs, view in task.engine.views(task.sensed, constants).items():
        space = f"Box({np.min(view.low)}, {np.max(view.high)}, {view.shape}, {np.dtype(view.dtype)})"
        parts = tuple(part._replace(meaning=task.with_kinds(part.meaning)) for part in view.parts)
        told[obs] = Observation(space, view.shape, parts)
    return told
