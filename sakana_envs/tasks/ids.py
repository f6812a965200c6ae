"""Ids ``Sakana/<Task>-<Twin>-v0``, and the shorter forms in which people write them."""

import re

from sakana_envs.tasks import registry
from sakana_envs.tasks.names import nearest

_NAMES = {name.casefold(): name for name in (*registry.TWINS, registry.MULTIDISCRETE)}
_TWIN = "|".join(_NAMES)
_FORM = re.compile(rf"(?:sakana_envs:)?(?:Sakana/)?(\w+)(?:-({_TWIN})(?:-v0)?)?", re.IGNORECASE)


def task_ids() -> list[str]:
    """The ids of all registered tasks but for the probes, of each its twins."""
    return [id_of(task, twin) for task in registry.names() for twin in registry.names_of_twins(task)]


def id_of(task: str, twin: str) -> str:
    """The id of a task's twin, ``"Discrete"``, ``"Continuous"`` or ``"MultiDiscrete"``."""
    return f"Sakana/{task}-{twin}-v0"


def short_ids() -> list[str]:
    """The ids of all tasks, probes last, without what all of them have in common, as ``"Forage-Discrete"``."""
    return [f"{task}-{twin}" for task in registry.all_names() for twin in registry.names_of_twins(task)]


def read_id(text: str) -> tuple[str, str | None]:
    """Task and twin of an id, or of a task's name alone, then without a twin.

    ``sakana_envs:``, ``Sakana/`` and ``-v0`` may be left out, and letters may be of any case. Raises ``ValueError``
    with what is nearest for what is neither.
    """
    match = _FORM.fullmatch(text) if isinstance(text, str) else None
    names = registry.all_names()
    if match is not None:
        known = {name.casefold(): name for name in names}
        task = match[1] if match[1] in names else known.get(match[1].casefold())
        twin = match[2] and _NAMES[match[2].casefold()]
        if task is not None and (twin is None or twin in registry.names_of_twins(task)):
            return task, twin
        if match[1] == text and task is None:
            raise ValueError(f"there is no task {text!r}{nearest(text, names)}; tasks: {', '.join(registry.names())}")
    probes = [id_of(task, twin) for task in registry.probe_names() for twin in registry.TWINS]
    near = nearest(text, [*task_ids(), *probes, *short_ids(), *names])
    raise ValueError(f"there is no id {text!r}{near}; ids: {', '.join(task_ids())}")
