"""Trainers that the command line is given, by their place."""

import inspect
from collections.abc import Callable
from typing import Any

from sakana_envs.tasks.names import nearest
from sakana_envs.tools.own_tasks import load

Trainer = Callable[[str, int], Any]

_NAME = "train"


def find_trainer(place: str) -> Trainer:
    """The function at a place, such as ``trainers/mine.py:train`` or ``my_package.trainers:train``.

    Without a name it is the one called ``train``. Modules are looked for in the current folder too. Raises
    ``FileNotFoundError`` or ``ValueError`` that says what is wrong with the place, the module or the function.
    """
    source, _, name = place.rpartition(":") if ":" in place else (place, "", _NAME)
    module = load(source or place)
    known = [label for label, value in vars(module).items() if callable(value) and not label.startswith("_")]
    trainer = getattr(module, name, None)
    if trainer is None:
        raise ValueError(
            f"{source} has no {name!r}{nearest(name, known)}; a trainer is a function train(env_id, seed) that "
            "returns a policy"
        )
    if not callable(trainer):
        raise ValueError(f"{place} is no function train(env_id, seed), but {trainer!r}")
    try:
        inspect.signature(trainer).bind("Sakana/ProbeBandit-Discrete-v0", 0)
    except TypeError as error:
        raise ValueError(
            f"{place} must be a function train(env_id, seed); it is {name}{inspect.signature(trainer)}: {error}"
        ) from None
    return trainer
