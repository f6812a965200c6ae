"""What a task compiles to, and what a step of it returns."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from sakana_envs.grid.cpu import Kernels
from sakana_envs.grid.memory import Field
from sakana_envs.grid.world import Number


class Program(NamedTuple):
    """What a task compiles to for one twin and view radius.

    ``observation_length`` is in bytes: the agent's ``window`` of cell codes, a window of each of ``layers``, features.
    ``numbers`` are those of the world and of the task, in the order in which a world stores them; ``statistics`` are
    the fields that describe an agent's episode; ``rules`` are the task's functions, by name, for errors to show.
    """

    name: str
    discrete: bool
    radius: int
    fields: Mapping[str, Field]
    numbers: Mapping[str, Number]
    kernels: Kernels
    rules: Mapping[str, Callable]
    window: int
    layers: tuple[str, ...]
    observation_length: int
    debug: bool
    statistics: tuple[str, ...]
    pictures: tuple[str, ...] = ()


class Transition(NamedTuple):
    """What a step returns, a row per agent: world w, agent i is row ``w * agents + i``.

    ``ended`` (int) is how many worlds' episodes ended in this step; ``observations`` (rows, length) uint8;
    ``final_observations`` are the last ones of those episodes, where ``observations`` already begin the next (mode
    ``SAME_STEP`` only); ``rewards`` (rows,) float32, ``terminated`` and ``truncated`` (rows,) bool; ``outcome``
    (worlds,) uint8 says what each world did: ``cpu.TICKED``, ``ENDED`` or ``RESTARTED``.
    """

    ended: int
    observations: np.ndarray
    final_observations: np.ndarray
    rewards: np.ndarray
    terminated: np.ndarray
    truncated: np.ndarray
    outcome: np.ndarray
