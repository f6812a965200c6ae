"""Trainers that the command line is given, by their place."""

import inspect
from collections.abc import Callable
from typing import Any

from sakana_envs.tools.own_tasks import find_object

Trainer = Callable[[str, int], Any]

_NAME = "train"


def find_trainer(place: str) -> Trainer:
    """The function at a place, such as ``trainers/mine.py:train`` or ``my_package.trainers:train``.

    Without a name it is the one called ``train``. Modules are looked for in the current folder too. Raises
    ``FileNotFoundError`` or ``ValueError`` that says what is wrong with the place, the module or the function.
    """
    trainer = find_object(place, _NAME, "a trainer is a function train(env_id, seed) that returns a policy")
    if not callable(trainer):
        raise ValueError(f"{place} is no function train(env_id, seed), but {trainer!r}")
    name = getattr(trainer, "__name__", place)
    try:
        inspect.signature(trainer).bind("Sakana/ProbeBandit-Discrete-v0", 0)
    except TypeError as error:
        raise ValueError(
            f"{place} must be a function train(env_id, seed); it is {name}{inspect.signature(trainer)}: {error}"
        ) from None
    return trainer
