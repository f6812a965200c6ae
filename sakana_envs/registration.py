"""Ids: ``Sakana/<Task>-<Twin>-v0`` in Gymnasium's and PettingZoo's registries, from one task record."""

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import gymnasium
import pettingzoo

from sakana_envs.tasks import registry
from sakana_envs.tasks.names import nearest

if TYPE_CHECKING:
    from sakana_envs.tasks.task import Task
    from sakana_envs.wrappers.parallel_env import ParallelEnv


def task_ids() -> list[str]:
    """The ids of all registered tasks, both twins."""
    return [registry.id_of(task, twin) for task in registry.names() for twin in registry.TWINS]


def register(task: "Task") -> list[str]:
    """Make a task of your own known to Gymnasium and PettingZoo; returns its two ids.

    Raises ``ValueError`` if the name is taken, and an error that names the function if Numba can't compile a rule.
    """
    from sakana_envs.rules import __all__ as vocabulary
    from sakana_envs.tasks.check import check_rules

    registry.check_name(task.name)
    check_rules(task, vocabulary)
    registry.add(task)
    register_ids(task.name)
    return [registry.id_of(task.name, twin) for twin in registry.TWINS]


def register_ids(task: str) -> None:
    """Register both twins of a task with Gymnasium and, where it has a registry, with PettingZoo."""
    for twin, discrete in registry.TWINS.items():
        arguments = {"task": task, "discrete": discrete}
        gymnasium.register(
            registry.id_of(task, twin),
            entry_point="sakana_envs.wrappers.single_env:SingleEnv",
            vector_entry_point="sakana_envs.wrappers.vector_env:VectorEnv",
            kwargs=arguments,
        )
        if hasattr(pettingzoo, "register"):
            pettingzoo.register(
                "parallel", registry.id_of(task, twin), entry_point=partial(_make_parallel, **arguments)
            )


def _make_parallel(**arguments: Any) -> "ParallelEnv":
    from sakana_envs.wrappers.parallel_env import ParallelEnv

    return ParallelEnv(**arguments)


def split_id(id: str) -> tuple[str, str]:
    """Task and twin of an id; ``sakana_envs:``, ``Sakana/`` and ``-v0`` may be left out.

    Raises ``ValueError`` with the nearest id for an unknown one.
    """
    match = re.fullmatch(r"(?:sakana_envs:)?(?:Sakana/)?(\w+)-(\w+?)(?:-v0)?", id)
    if match is None or match[1] not in registry.names() or match[2] not in registry.TWINS:
        short = [f"{task}-{twin}" for task in registry.names() for twin in registry.TWINS]
        raise ValueError(f"there is no id {id!r}{nearest(id, [*task_ids(), *short])}; ids: {', '.join(task_ids())}")
    return match[1], match[2]


def parallel_env(id: str, **arguments: Any) -> "ParallelEnv":
    """The PettingZoo parallel environment of an id, for example ``"Sakana/Forage-Discrete-v0"``.

    ``arguments`` are those of ``gymnasium.make``. Raises ``ValueError`` for an unknown id.
    """
    task, twin = split_id(id)
    return _make_parallel(task=task, discrete=registry.TWINS[twin], **arguments)
