"""The record that describes a task: data, and functions that Numba can compile."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numba import njit
from numba.core.registry import CPUDispatcher

from sakana_envs.core.checked import checked
from sakana_envs.core.engine import Engine
from sakana_envs.core.step import Rules
from sakana_envs.core.structure import TABLES, Field, Number
from sakana_envs.grid.cells import CELLS
from sakana_envs.tasks.names import ARGUMENTS, nearest


def _nothing(world):
    pass


def _never(world, agent):
    return False


def _mean_reward(world, agent):
    """Mean reward per tick."""
    return world.episode_return[agent] / world.tick


def _no_features(world, agent, out):
    pass


def _wander(view, window, wander, draw):
    """Wander, without looking."""
    return wander


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
    features : ``features(world, agent, out)`` writes one byte per name in ``feature_names`` into ``out``.
    scripted : ``scripted(view, window, wander, draw) -> int``, the reference policy: a discrete action 0..8 from the
        agent's observation ``view`` (uint8), whose first ``window`` bytes are cell codes. ``wander`` is an action 1..8
        that changes every 16 ticks, ``draw`` 64 random bits that change every tick.
    numbers : the task's own numbers; rules read them as ``world.<name>``.
    memory : the task's own arrays; rules read and write them as ``world.<name>``. All zero as
        an episode begins.
    pictures : the task's own arrays per cell that stay as they are, and can be given to ``make`` by name: for each, a
        function ``(height, width, agents) -> (height, width) uint8`` that makes the one to use otherwise.
    presets : named sizes and numbers; ``"default"`` is what ``make`` takes without ``preset=``.
    layers : names of memory per cell (uint8) that agents sense beside the cell codes, a window of bytes for each.
    agent_names : names of the groups of agents, in equal parts by index, as PettingZoo shows them.
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
    scripted: Callable = _wander
    feature_names: tuple[str, ...] = ()
    numbers: Mapping[str, Number] = field(default_factory=dict)
    memory: Mapping[str, Field] = field(default_factory=dict)
    pictures: Mapping[str, Callable[[int, int, int], np.ndarray]] = field(default_factory=dict)
    presets: Mapping[str, Mapping[str, float]] = field(default_factory=lambda: {"default": {}})
    layers: tuple[str, ...] = ()
    agent_names: tuple[str, ...] = ("agent",)
    engine: Engine = CELLS
    description: str = ""

    def __post_init__(self) -> None:
        if not (self.name.isidentifier() and self.name[:1].isupper()):
            raise ValueError(f"a task's name must be CamelCase letters and digits, got {self.name!r}")
        for function_name, arguments in _ARGUMENTS.items():
            for label, function in self._functions(function_name).items():
                _check_arguments(self.name, label, function, arguments)
        if isinstance(self.reward, Mapping) and not self.reward:
            raise ValueError(f"task {self.name}: reward must be a function, or have at least one term")
        self._check_names()
        self._check_values()
        self._check_presets()

    def _check_names(self) -> None:
        terms = [f"reward_{term}" for term in self.reward] if isinstance(self.reward, Mapping) else []
        groups = {"number": self.numbers, "memory": self.memory, "picture": self.pictures, "reward's term": terms}
        every = [name for names in groups.values() for name in names]
        named = isinstance(self.agent_names, tuple) and all(
            isinstance(name, str) and name.isidentifier() for name in self.agent_names
        )
        if not named or not self.agent_names or len(set(self.agent_names)) < len(self.agent_names):
            raise ValueError(
                f"task {self.name}: agent_names must be a tuple of different names, as ('predator', 'prey'), "
                f"got {self.agent_names!r}"
            )
        engine = self.engine
        taken = {*engine.fields, *engine.numbers, *engine.sizes, *engine.lists, *engine.rows, *_TAKEN}
        for what, names in groups.items():
            for name in names:
                if not (isinstance(name, str) and name.isidentifier()):
                    raise ValueError(f"task {self.name}: {what} {name!r} must be a name of letters, digits and _")
                if name in taken or every.count(name) > 1:
                    raise ValueError(
                        f"task {self.name}: {what} {name!r} has a name that the world already uses; choose another"
                    )

    def _check_values(self) -> None:
        for name, number in self.numbers.items():
            if not (isinstance(number, Number) and number.low <= number.default <= number.high):
                raise ValueError(
                    f"task {self.name}: number {name!r} must be Number(default, low, high, meaning) with "
                    f"low <= default <= high, got {number!r}"
                )
        for name, own in self.memory.items():
            if not (isinstance(own, Field) and own.per in ("world", "agent", "cell") and own.size >= 1):
                raise ValueError(
                    f"task {self.name}: memory {name!r} must be Field(per, dtype, meaning) with per "
                    f"'world', 'agent' or 'cell', got {own!r}"
                )
            if not _is_numeric(own.dtype):
                raise ValueError(f"task {self.name}: memory {name!r} must be numbers, such as np.float32, got {own!r}")
        for name in self.layers:
            cells = self.fields.get(name)
            if cells is None or cells.per != "cell" or np.dtype(cells.dtype) != np.uint8:
                raise ValueError(
                    f"task {self.name}: layer {name!r} must be the name of a picture, or of memory declared as "
                    "Field('cell', np.uint8)"
                )
        if bool(self.feature_names) != (self.features is not _no_features):
            raise ValueError(
                f"task {self.name}: features and feature_names belong together: features(world, agent, out) writes "
                f"one byte for each name, and there are {len(self.feature_names)} names"
            )

    def _check_presets(self) -> None:
        if "default" not in self.presets:
            raise ValueError(f"task {self.name}: presets must have a 'default', got {sorted(self.presets)}")
        known = {**self.engine.sizes, **self.all_numbers}
        for preset, values in self.presets.items():
            for name, value in values.items():
                if name not in known:
                    raise ValueError(
                        f"task {self.name}: preset {preset!r} sets {name!r}, which is neither a size nor a number"
                        f"{nearest(name, known)}; there are {', '.join(known)}"
                    )
                if not known[name].low <= value <= known[name].high:
                    raise ValueError(
                        f"task {self.name}: preset {preset!r} sets {name}={value!r}; it must lie in "
                        f"{known[name].low:g} to {known[name].high:g}"
                    )

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
        return {**self.engine.fields, **sums, **pictures, **self.memory}

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
            compiled = function if isinstance(function, CPUDispatcher) else njit(function)
            return checked(compiled) if debug else compiled

        compiled = {name: jitted(getattr(self, name)) for name in _ARGUMENTS if name != "reward"}
        if self.update is _nothing:
            compiled["update"] = None
        reward: Any
        if isinstance(self.reward, Mapping):
            reward = {f"reward_{term}": jitted(function) for term, function in self.reward.items()}
        else:
            reward = jitted(self.reward)
        return Rules(**compiled, reward=reward, senses=self.layers, memory=tuple(self.memory))


_ARGUMENTS: dict[str, tuple[str, ...]] = {
    "init": ("world",),
    "update": ("world",),
    "reward": ("world", "agent"),
    "terminated": ("world", "agent"),
    "score": ("world", "agent"),
    "features": ("world", "agent", "out"),
    "scripted": ("view", "window", "wander", "draw"),
}

_GYMNASIUM = {"num_envs", "worlds", "autoreset_mode", "max_episode_steps", "max_cycles"}
_TAKEN = {"task", "discrete", *ARGUMENTS, *_GYMNASIUM, *TABLES, "tick", "key", "numbers", "stride"}


def _is_numeric(dtype: Any) -> bool:
    try:
        return np.dtype(dtype).kind in "biuf"
    except TypeError:  # it is no type at all
        return False


def _check_arguments(task: str, name: str, function: Callable, expected: tuple[str, ...]) -> None:
    if not callable(function):
        raise TypeError(f"task {task}: {name} must be a function {name}({', '.join(expected)}), got {function!r}")
    parameters = inspect.signature(getattr(function, "py_func", function)).parameters
    if len(parameters) != len(expected):
        raise TypeError(
            f"task {task}: {name} must take {len(expected)} arguments, {name}({', '.join(expected)}); "
            f"{getattr(function, '__name__', name)} takes {len(parameters)}: ({', '.join(parameters)})"
        )
