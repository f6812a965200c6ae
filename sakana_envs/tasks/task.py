"""The record that describes a task: data, and functions that Numba can compile."""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sakana_envs.core.actions import Actions
from sakana_envs.core.checked import checked
from sakana_envs.core.engine import Engine, Senses
from sakana_envs.core.inner import rule
from sakana_envs.core.step import Rules
from sakana_envs.core.structure import Field, Number
from sakana_envs.grid.cells import CELLS
from sakana_envs.tasks.effect import asked_of_worlds
from sakana_envs.tasks.members import check_actions, check_names, check_presets, check_values

MEDIUM = {"height": 256, "width": 384}
LARGE = {"height": 720, "width": 1080, "agents": 4096}
STREAM = {**LARGE, "horizon": 512, "lifespan": 1000.0}
STEADY = {"lifespan": 512.0}
"""What presets of those names begin with, in most tasks of the package; ``docs/presets.md`` says what they are for."""


def _nothing(world):
    pass


def _never(world, agent):
    return False


def _mean_reward(world, agent):
    """Mean reward per tick."""
    return world.episode_return[agent] / world.tick


def _no_features(world, agent, out):
    pass


@dataclass(frozen=True, eq=False)
class Task:
    """What is wanted in a world.

    Functions are plain or ``@njit``; each reads the world and writes at most its own agent's outputs and memory.

    Parameters
    ----------
    name : CamelCase, the middle of the ids ``Sakana/<name>-Discrete-v0`` and ``Sakana/<name>-Continuous-v0``.
    init : ``init(world)`` lays a world out as an episode begins; it must place every agent.
    reward : ``reward(world, agent) -> float`` prices what happened to the agent in this tick; or several such, by
        name: the reward is their sum, and each one's sum over the episode is in ``info["reward_<name>"]``.
    update : ``update(world)``, after the moves and before the rewards, changes what belongs to the task.
    terminated : ``terminated(world, agent) -> bool``. The first agent for which it is true ends its world's episode;
        for the others the episode is then truncated.
    score : ``score(world, agent) -> float``, of the episode that ends, in [0, 1]; without one, the mean reward.
    features : ``features(world, agent, out)`` writes one byte per name in ``feature_names`` into ``out``; or, if that
        maps names to ranges, ``{"health": (0.0, 1.0)}``, one float32 in its range.
    scripted : the reference policy: a discrete action, a row of the table of ``actions``, from the agent's observation.
        In worlds of cells it is ``scripted(view, window, wander, draw) -> int``: the first ``window`` bytes of ``view``
        (uint8) are cell codes; ``wander`` is a direction of ``MOVES``, 1..8, that changes every 16 ticks, or its
        remainder by the rows of a shorter table; ``draw`` are 64 random bits that change every tick. Without one,
        agents do ``wander``. Elsewhere it is ``scripted(view, draw)``, and ``view`` is float32.
    numbers : the task's own numbers; rules read them as ``world.<name>``.
    memory : the task's own arrays; rules read and write them as ``world.<name>``. All zero as
        an episode begins.
    pictures : the task's own arrays per cell that stay as they are, and can be given to ``make`` by name: for each, a
        function ``(height, width, agents) -> (height, width) uint8`` that makes the one to use otherwise.
    presets : named sizes and numbers; ``"default"`` is what ``make`` takes without ``preset=``.
    layers : names of memory per cell (uint8) that agents sense beside the cell codes, a window of bytes for each; or,
        where some hold categories instead of amounts, how many, ``{"terrain": 4, "scent": 0}``: one-hot for learners.
    agent_names : names of the groups of agents, in equal parts by index, as PettingZoo shows them.
    kinds : what discs of each kind are called, ``{0: "player", 1: "ball"}``; else "kind 1" and so on. For people only.
    senses : what agents sense in worlds that have no windows, in this order, before the features.
    actions : what agents can do; their first coordinates are those of one of the engine's. None: its first.
    engine : the kind of world.
    description : one sentence.
    """

    name: str
    init: Callable
    reward: Callable | Mapping[str, Callable]
    update: Callable = _nothing
    terminated: Callable = _never
    score: Callable = _mean_reward
    features: Callable = _no_features
    scripted: Callable = None  # type: ignore[assignment]
    feature_names: tuple[str, ...] | Mapping[str, tuple[float, float]] = ()
    numbers: Mapping[str, Number] = field(default_factory=dict)
    memory: Mapping[str, Field] = field(default_factory=dict)
    pictures: Mapping[str, Callable[[int, int, int], np.ndarray]] = field(default_factory=dict)
    presets: Mapping[str, Mapping[str, float]] = field(default_factory=lambda: {"default": {}})
    layers: tuple[str, ...] | Mapping[str, int] = ()
    agent_names: tuple[str, ...] = ("agent",)
    kinds: Mapping[int, str] = field(default_factory=dict)
    senses: tuple[Any, ...] = ()
    actions: Actions = None  # type: ignore[assignment]
    engine: Engine = CELLS
    description: str = ""

    def __post_init__(self) -> None:
        if not (self.name.isidentifier() and self.name[:1].isupper()):
            raise ValueError(f"a task's name must be CamelCase letters and digits, got {self.name!r}")
        if not isinstance(self.engine, Engine):
            raise TypeError(
                f"task {self.name}: engine must be a kind of world, as DISCS of sakana_envs.rules.discs, or left out, "
                f"got {self.engine!r}"
            )
        for name, own in (("scripted", self.engine.policy), ("actions", self.engine.actions[0])):
            if getattr(self, name) is None:
                object.__setattr__(self, name, own)
        of_policy = tuple(inspect.signature(self.engine.policy).parameters)
        for function_name, arguments in {**_ARGUMENTS, "scripted": of_policy}.items():
            for label, function in self._functions(function_name).items():
                _check_arguments(self.name, label, function, arguments)
        if isinstance(self.reward, Mapping) and not self.reward:
            raise ValueError(f"task {self.name}: reward must be a function, or have at least one term")
        check_actions(self)
        check_names(self)
        check_values(self)
        check_presets(self)

    def _functions(self, name: str) -> dict[str, Callable]:
        """The function or functions under ``name``, each with the label that errors show."""
        value = getattr(self, name)
        if isinstance(value, Mapping):
            return {f"{name}[{term!r}]": function for term, function in value.items()}
        return {name: value}

    @property
    def fields(self) -> dict[str, Field]:
        """The arrays of a world of this task: the engine's, the sums of the reward's terms, the task's own."""
        terms = self.reward if isinstance(self.reward, Mapping) else ()
        sums = {f"reward_{term}": Field("agent", np.float64, f"sum of the reward's term {term}") for term in terms}
        pictures = {name: Field("cell", np.uint8, "given to make, or drawn by the task") for name in self.pictures}
        asked = asked_of_worlds(self)
        optional = {name: own for word, group in self._optional.items() if word in asked for name, own in group.items()}
        return {**self.engine.fields, **optional, **sums, **pictures, **self.memory}

    @property
    def _optional(self) -> dict[str, Mapping[str, Field]]:
        """Arrays that only some worlds have, by what rules ask of a world that needs them."""
        return self.engine.optional_of(self.actions)

    @property
    def revives(self) -> bool:
        """Whether agents that died can live again in the same episode."""
        return "revive_agent" in asked_of_worlds(self)

    def functions(self) -> dict[str, Callable]:
        """The task's functions, each with the label that errors show."""
        return {label: each for name in (*_ARGUMENTS, "scripted") for label, each in self._functions(name).items()}

    @property
    def all_numbers(self) -> dict[str, Number]:
        """The engine's numbers and the task's own, in the order in which a world stores them."""
        return {**self.engine.numbers, **self.numbers}

    def group_of(self, agent: int, agents: int) -> str:
        """The name of an agent's group: groups have equal parts of the indices, in order."""
        return self.agent_names[agent * len(self.agent_names) // agents]

    def rules(self, debug: bool = False) -> Rules:
        """The task's functions, compiled when they are first called; with ``debug`` they check every index."""

        def jitted(function: Callable) -> Any:
            compiled = rule(function)
            return checked(compiled) if debug else compiled

        compiled = {name: jitted(getattr(self, name)) for name in (*_ARGUMENTS, "scripted") if name != "reward"}
        for name, default in (("update", _nothing), ("terminated", _never), ("features", _no_features)):
            if getattr(self, name) is default:
                compiled[name] = None
        reward: Any
        if isinstance(self.reward, Mapping):
            reward = {f"reward_{term}": jitted(function) for term, function in self.reward.items()}
        else:
            reward = jitted(self.reward)
        return Rules(**compiled, reward=reward, senses=self.sensed, memory=tuple(self.memory))

    def with_kinds(self, text: str) -> str:
        """A text in which kinds have their names: "kind 1" becomes "ball"."""
        return re.sub(r"\bkind (\d)", lambda found: self.kinds.get(int(found[1]), found[0]), text)

    @property
    def sensed(self) -> Senses:
        """What agents sense beside what all agents of the engine's worlds do."""
        layers = self.layers if isinstance(self.layers, Mapping) else dict.fromkeys(self.layers, 0)
        ranges = tuple(self.feature_names.values()) if isinstance(self.feature_names, Mapping) else ()
        return Senses(dict(layers), tuple(self.feature_names), ranges, tuple(self.senses))


_ARGUMENTS: dict[str, tuple[str, ...]] = {
    "init": ("world",),
    "update": ("world",),
    "reward": ("world", "agent"),
    "terminated": ("world", "agent"),
    "score": ("world", "agent"),
    "features": ("world", "agent", "out"),
}


def _check_arguments(task: str, name: str, function: Callable, expected: tuple[str, ...]) -> None:
    if not callable(function):
        raise TypeError(f"task {task}: {name} must be a function {name}({', '.join(expected)}), got {function!r}")
    parameters = inspect.signature(getattr(function, "py_func", function)).parameters
    if len(parameters) != len(expected):
        raise TypeError(
            f"task {task}: {name} must take {len(expected)} arguments, {name}({', '.join(expected)}); "
            f"{getattr(function, '__name__', name)} takes {len(parameters)}: ({', '.join(parameters)})"
        )
