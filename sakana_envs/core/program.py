"""What a task compiles to, and what a step of it returns."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from sakana_envs.core.actions import Actions
from sakana_envs.core.cpu import Kernels
from sakana_envs.core.engine import Engine, Senses, View
from sakana_envs.core.structure import Number, Structure


class Program(NamedTuple):
    """What a task compiles to for the sizes that the compiler must know.

    ``numbers`` are those of the world and of the task, in the order in which a world stores them; ``statistics`` are
    the fields that describe an agent's episode; ``rules`` are the task's functions, by name, for errors to show;
    ``row`` is the form in which observations are written, ``views`` are those for learners;
    ``pictures`` the fields that were drawn before the first episode.
    """

    name: str
    engine: Engine
    structure: Structure
    numbers: Mapping[str, Number]
    actions: Actions
    kernels: Kernels
    rules: Mapping[str, Callable]
    senses: Senses
    row: View
    views: Mapping[str, View]
    debug: bool
    statistics: tuple[str, ...]
    pictures: tuple[str, ...] = ()


class Transition(NamedTuple):
    """What a step returns, a row per agent: world w, agent i is row ``w * agents + i``.

    ``ended`` (int) is how many worlds' episodes ended in this step; ``observations`` (rows, length) are as the engine
    writes them; ``final_observations`` are the last ones of those episodes, where ``observations`` already begin the
    next (mode ``SAME_STEP`` only); ``rewards`` (rows,) float32, ``terminated`` and ``truncated`` (rows,) bool;
    ``outcome`` (worlds,) uint8 says what each world did: ``cpu.TICKED``, ``ENDED`` or ``RESTARTED``.
    """

    ended: int
    observations: np.ndarray
    final_observations: np.ndarray
    rewards: np.ndarray
    terminated: np.ndarray
    truncated: np.ndarray
    outcome: np.ndarray
