"""Ids: ``Sakana/<Task>-<Twin>-v0`` in Gymnasium's and PettingZoo's registries, from one task record."""

import importlib
from functools import partial
from typing import TYPE_CHECKING, Any

import gymnasium
import pettingzoo

from sakana_envs.tasks import registry
from sakana_envs.tasks.ids import id_of, read_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sakana_envs.core.actions import Twin
    from sakana_envs.tasks.task import Task
    from sakana_envs.wrappers.parallel_env import ParallelEnv


def register(task: "Task", *, replace: bool = False) -> list[str]:
    """Make a task of your own known to Gymnasium and PettingZoo; returns its ids.

    The same record again, or one whose members and functions are equal, as a notebook's cell makes it when it runs once
    more, takes the old one's place. So does another record with ``replace=True``. Environments made before go on with
    the record that they were made of.

    Raises ``ValueError`` if another record has the name, always if it is a task of the package's; an error that names
    the function if Numba can't compile a rule, and ``TypeError`` for what isn't a task. What was known stays so then.
    """
    from sakana_envs.core.scalars import plain
    from sakana_envs.tasks.check import check_rules
    from sakana_envs.tasks.task import Task

    if not isinstance(task, Task):
        raise TypeError(f"register takes a sakana_envs.Task, got {task!r}")
    if not isinstance(plain(replace), bool):
        raise ValueError(f"replace must be True or False, got {replace!r}")
    if task.name not in registry.all_names() or registry.get(task.name) is not task:
        registry.check_new(task, replace)
        check_rules(task, importlib.import_module(task.engine.vocabulary).__all__)
        registry.add(task)
    register_ids(task.name, registry.twins(task))
    return [id_of(task.name, twin) for twin in registry.twins(task)]


def register_ids(task: str, twins: "Mapping[str, Twin | bool]" = registry.TWINS) -> None:
    """Register the twins of a task with Gymnasium and, where it has a registry, with PettingZoo.

    Ids lead to the task by its name, so those of a task that is replaced stay as they are.
    """
    for name, twin in twins.items():
        if id_of(task, name) in gymnasium.registry:
            continue
        arguments = {"task": task, "twin": twin}
        gymnasium.register(
            id_of(task, name),
            entry_point="sakana_envs.wrappers.single_env:SingleEnv",
            vector_entry_point="sakana_envs.wrappers.vector_env:VectorEnv",
            kwargs=arguments,
        )
        if hasattr(pettingzoo, "register"):
            pettingzoo.register("parallel", id_of(task, name), entry_point=partial(_make_parallel, **arguments))


def _make_parallel(**arguments: Any) -> "ParallelEnv":
    from sakana_envs.wrappers.parallel_env import ParallelEnv

    return ParallelEnv(**arguments)


def split_id(id: str) -> tuple[str, str]:
    """Task and twin of an id, in any form of :func:`sakana_envs.tasks.ids.read_id` that names a twin.

    Raises ``ValueError`` with the nearest id for an unknown one.
    """
    task, twin = read_id(id)
    if twin is None:
        raise ValueError(
            f"{id!r} has several twins: say {' or '.join(f'{task}-{name}' for name in registry.names_of_twins(task))}"
        )
    return task, twin


def parallel_env(id: str, **arguments: Any) -> "ParallelEnv":
    """The PettingZoo parallel environment of an id, for example ``"Sakana/Forage-Discrete-v0"``.

    A module in front, as in ``"my_worlds:Sakana/Mine-Discrete-v0"``, is imported first, as Gymnasium does it;
    ``arguments`` are those of ``gymnasium.make``. Raises ``ValueError`` for an unknown id.
    """
    module, colon, name = id.partition(":")
    if colon and module != "sakana_envs":
        importlib.import_module(module)
        id = name
    task, twin = split_id(id)
    return _make_parallel(task=task, twin=registry.twin(task, twin), **arguments)
