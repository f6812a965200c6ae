"""Scores of simple policies: the stored ones of the package's tasks, and those of your own, which are measured."""

from functools import cache

import numpy as np

from sakana_envs.core.simulation import Simulation
from sakana_envs.tasks import references as stored
from sakana_envs.tasks import registry
from sakana_envs.tasks.references import Reference, References, choose, read_twin
from sakana_envs.tasks.task import Task
from sakana_envs.tools.check.blind import best_mixture, best_plan
from sakana_envs.tools.check.plays import Policy, play
from sakana_envs.tools.check.policies import BLIND, OPEN_LOOP, SIMPLE, TRIED
from sakana_envs.tools.intervals import interval

POLICIES = (*SIMPLE, BLIND, OPEN_LOOP, "scripted")
_SEED = 20_000
_EPISODES = {16: 1024, 32: 256, 1024: 64}
"""Up to so many agents in a world, so many episodes: one episode of a lone agent says little, and takes little."""
_FEWEST = 8
_BATCHES, _STEPS = 4, 2**23
"""How often a batch of worlds tries plans, or mixtures, each world another, at least; more often if agents are few, up
to so many agent-steps."""


def references(task: str, preset: str = "default", twin: str | None = None, group: str | None = None) -> References:
    """Figures of the policies ``"still"``, ``"spinning"``, ``"corner"``, ``"random"``, ``"scripted"``, and, in default
    presets and for tasks of your own, ``"blind"`` and ``"open-loop"``.

    Spinning goes through the eight directions in turn, corner always north-west. Blind agents draw from the best of 32
    mixtures of actions, those of the open loop follow the best of 32 plans; neither looks. Only ``"random"`` depends on
    the twin; the others make the same trajectories in both. ``task`` is a task or an id, such as ``"Forage"`` or
    ``"Sakana/Forage-Continuous-v0"``; ``twin`` the id's unless given, of a task alone the discrete one. ``group`` is
    needed where a task has several, as ``"predator"``: figures are then those of its agents against scripted others.
    ``references(...).normalised(score)`` puts a score on the scale on which random agents have 0 and scripted ones 1.

    Those of the package's tasks are stored. Those of a registered task of your own are measured when they are first
    asked for, in the same way, which takes seconds: 64 episodes, 256 where a world has at most 32 agents, 1024 where
    at most 16, 8 where it has more than 1024.

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
    return References(measure(record, preset, twin, group))


@cache
def measure(
    task: Task, preset: str, twin: str, group: str, policies: tuple[str, ...] = POLICIES
) -> dict[str, Reference]:
    """Measure figures of a group of a task's agents, rounded to four digits.

    Each policy plays the first episode of each world of one batch, whose other agents are scripted. An episode's figure
    is the mean over the group's agents. Agents of one world aren't independent, worlds are: intervals are 95 %
    t-intervals over worlds.
    """
    chosen = registry.settings(task, preset=preset)
    agents = chosen.sizes["agents"]
    episodes = next((count for most, count in _EPISODES.items() if agents <= most), _FEWEST)
    simulation = registry.simulation(task, registry.twins(task)[twin], worlds=episodes, chosen=chosen, copy=False)
    members = np.array([task.group_of(agent, agents) == group for agent in range(agents)])
    figures = {}
    for policy in policies:
        acts = _chosen(policy, simulation, chosen.sizes["horizon"], members)
        played = play(simulation, acts, chosen.sizes["horizon"], _SEED, members)
        score, total = (_rounded(*interval(values)) for values in played.of(members))
        figures[policy] = Reference(*score, *total, episodes, _SEED)
    return figures


def _chosen(policy: str, simulation: Simulation, ticks: int, members: np.ndarray) -> Policy:
    """The policy of a name; the open loop and the blind one are chosen in other worlds than those of the figures."""
    batches = max(_BATCHES, min(simulation.worlds // TRIED, _STEPS // (simulation.rows * ticks)))
    if policy == OPEN_LOOP:
        return best_plan(simulation, ticks, _SEED, members, batches)
    return best_mixture(simulation, ticks, _SEED, members, batches) if policy == BLIND else policy


def _rounded(mean: float, ends: tuple[float, float]) -> tuple[float, tuple[float, float]]:
    return round(mean, 4), (round(ends[0], 4), round(ends[1], 4))
