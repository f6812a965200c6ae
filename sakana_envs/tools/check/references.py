"""Scores of simple policies: the stored ones of the package's tasks, and those of your own, which are measured."""

from functools import cache

import numpy as np

from sakana_envs.tasks import references as stored
from sakana_envs.tasks import registry
from sakana_envs.tasks.references import Reference, choose, read_twin
from sakana_envs.tasks.task import Task
from sakana_envs.tools.check.intervals import interval
from sakana_envs.tools.check.plays import play
from sakana_envs.tools.check.policies import BLIND

_SEED = 20_000
_EPISODES, _FEW, _MANY_AGENTS = 64, 8, 1024


def references(
    task: str, preset: str = "default", twin: str | None = None, group: str | None = None
) -> dict[str, Reference]:
    """Figures of the policies ``"still"``, ``"spinning"``, ``"corner"``, ``"random"`` and ``"scripted"``.

    Spinning goes through the eight directions in turn, corner always north-west. Only ``"random"`` depends on the twin;
    the others make the same trajectories in both. ``task`` is a task or an id, such as ``"Forage"`` or
    ``"Sakana/Forage-Continuous-v0"``; ``twin`` the id's unless given, of a task alone the discrete one. ``group`` is
    needed where a task has several, as ``"predator"``: figures are then those of its agents against scripted others.

    Those of the package's tasks are stored. Those of a registered task of your own are measured when they are first
    asked for, in the same way, which takes seconds: 64 episodes, 8 where a world has more than 1024 agents.

    Raises ``ValueError`` that says what there is.
    """
    name, twin = read_twin(task, twin)
    if name in stored.stored():
        return stored.references(name, preset, twin, group)
    record = registry.get(name)
    choose(f"{name}: preset", preset, record.presets)
    if group is None and len(record.agent_names) == 1:
        group = record.agent_names[0]
    choose(f"{name}: group", group, dict.fromkeys(record.agent_names, True))
    return dict(measure(record, preset, twin, group))


@cache
def measure(task: Task, preset: str, twin: str, group: str) -> dict[str, Reference]:
    """Measure the figures of a group of a task's agents, rounded to four digits, as stored ones are."""
    chosen = registry.settings(task, preset=preset)
    agents = chosen.sizes["agents"]
    episodes = _EPISODES if agents <= _MANY_AGENTS else _FEW
    simulation = registry.simulation(task, registry.twins(task)[twin], worlds=episodes, chosen=chosen, copy=False)
    members = np.array([task.group_of(agent, agents) == group for agent in range(agents)])
    figures = {}
    for policy in (*BLIND, "scripted"):
        played = play(simulation, policy, chosen.sizes["horizon"], _SEED, members)
        score, total = (_rounded(*interval(values)) for values in played.of(members))
        figures[policy] = Reference(*score, *total, episodes, _SEED)
    return figures


def _rounded(mean: float, ends: tuple[float, float]) -> tuple[float, tuple[float, float]]:
    return round(mean, 4), (round(ends[0], 4), round(ends[1], 4))
