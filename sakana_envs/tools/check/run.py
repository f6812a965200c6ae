"""Plays a task by policies that don't learn, and reports what came of it."""

import importlib
import time
from typing import Any

import numpy as np

from sakana_envs.core.simulation import Simulation
from sakana_envs.tasks import registry
from sakana_envs.tasks.check import check_rules
from sakana_envs.tasks.ids import id_of, read_id
from sakana_envs.tasks.references import Reference
from sakana_envs.tasks.task import Task
from sakana_envs.tools.check.blind import best_plan
from sakana_envs.tools.check.findings import judge
from sakana_envs.tools.check.inputs import Inputs
from sakana_envs.tools.check.places import Maps, Places
from sakana_envs.tools.check.plays import Observer, Play, play
from sakana_envs.tools.check.policies import OPEN_LOOP, SIMPLE
from sakana_envs.tools.check.report import Endings, Gain, Group, MapState, Pay, Report, Room, Senses
from sakana_envs.tools.check.rewards import Ends, Rewards
from sakana_envs.tools.intervals import interval
from sakana_envs.wrappers.images import read_source

_SEED = 31
_ROWS = 2048
_WORLDS = (4, 128)
_STEPS = 2**20
"""Agent-steps of a play, about."""
_LEAST_TICKS = 64
_BATCHES = 8
"""How often a batch of worlds tries plans, each world another."""
_LONG_PLAY = 4
"""How many times as long random play goes on where it was paid nothing."""


def check(task: Task | str, *, preset: str = "default", **settings: Any) -> Report:
    """Look for what keeps agents from learning a task, in seconds and without training.

    Plays it by policies that know nothing of it, by the best of some plans, and by its scripted policy, in a few small
    batches of worlds.

    Parameters
    ----------
    task : a record, registered or not, or a task's name or id; without a twin it is the discrete one.
    preset, settings : sizes and numbers of the world, as ``gymnasium.make`` takes them.

    Returns a :class:`.Report`, whose ``findings`` are empty if nothing is wrong. Raises what ``sakana_envs.register``
    and ``gymnasium.make`` raise for a wrong record, and for wrong settings; ``ValueError`` for worlds whose agents have
    no place.
    """
    record, twin = _read(task)
    if not record.engine.whereabouts:
        raise ValueError(
            f"{record.name}: a check follows agents from place to place, and those of worlds of {record.engine.name} "
            "have none"
        )
    return _Check(record, twin, preset, _worlds(record, twin, preset, settings)).report()


def _read(task: Task | str) -> tuple[Task, str]:
    if isinstance(task, Task):
        check_rules(task, importlib.import_module(task.engine.vocabulary).__all__)
        return task, "Discrete"
    name, twin = read_id(task)
    return registry.get(name), twin or "Discrete"


def _worlds(task: Task, twin: str, preset: str, settings: dict[str, Any]) -> Simulation:
    """As many small worlds as make a quick batch."""
    running = {name: settings.pop(name) for name in ("threads", "debug") if name in settings}
    for name in {"map", *task.pictures} & settings.keys():
        settings[name] = read_source(settings[name])
    chosen = registry.settings(task, preset=preset, **settings)
    worlds = int(np.clip(_ROWS // chosen.sizes["agents"], *_WORLDS))
    return registry.simulation(task, registry.twins(task)[twin], worlds=worlds, chosen=chosen, copy=False, **running)


class _Check:
    """One check: the worlds, and what was seen in all plays together."""

    def __init__(self, task: Task, twin: str, preset: str, simulation: Simulation) -> None:
        self._task, self._twin, self._preset = task, twin, preset
        self._simulation = simulation
        horizon = simulation.sizes["horizon"]
        self._ticks = max(_LEAST_TICKS, min(horizon, _STEPS // simulation.rows))
        self._inputs, self._ends, self._maps, self._places = Inputs(task), Ends(), Maps(), Places()
        agents = range(simulation.agents)
        names = np.array([task.group_of(agent, simulation.agents) for agent in agents])
        self._members = {name: names == name for name in dict.fromkeys(names.tolist())}
        self._plays: dict[str, dict[str, Play]] = {name: {} for name in self._members}
        self._pay: dict[str, dict[str, Pay]] = {name: {} for name in self._members}

    def report(self) -> Report:
        """All figures, and the findings."""
        simulation, task = self._simulation, self._task
        for name, members in self._members.items():
            self._play(name, members)
        changing, ends, maps, places = self._inputs.changing, self._ends, self._maps, self._places
        dead = tuple(
            each.meaning for each in simulation.program.row.parts if not changing[each.start : each.stop].any()
        )
        length = float(np.mean(ends.lengths)) if ends.lengths else float("nan")
        seen = Report(
            id=id_of(task.name, self._twin),
            preset=self._preset,
            sizes={**simulation.sizes, **simulation.program.structure.constants},
            worlds=simulation.worlds,
            ticks=self._ticks,
            has_scripted=task.scripted is not task.engine.policy,
            has_end=task.terminated is not Task.terminated,
            reads_actions="action" in simulation.layout.shapes,
            groups=tuple(map(self._group, self._members)),
            senses=Senses(len(changing), int(changing.sum()), dead, self._inputs.alike),
            room=Room(places.boxed_in, places.walled_in, places.stuck, places.bumps),
            endings=Endings(ends.by_rule, ends.by_death, ends.by_time, length),
            maps=MapState(maps.looked_at, maps.ghosts, maps.without_cell, maps.wrong),
            speed=self._speed(),
        )
        findings, remarks = judge(seen)
        return seen._replace(findings=findings, remarks=remarks)

    def _play(self, name: str, members: np.ndarray) -> None:
        """Play by all policies, which a group's agents follow."""
        for policy in (*SIMPLE, OPEN_LOOP, "scripted"):
            rewards = Rewards(members)
            observers: list[Observer] = [rewards, self._inputs, self._ends, self._maps]
            if policy == "random":
                observers.append(self._places)
            chosen = self._best_plan(members) if policy == OPEN_LOOP else policy
            result = play(self._simulation, chosen, self._ticks, _SEED, members, observers)
            self._plays[name][policy] = result
            self._pay[name][policy] = _pay(rewards, result, members)
            if policy == "random":
                self._places.finish(self._simulation)
        if not self._pay[name]["random"].varies:
            self._pay[name]["random"] = self._random_for_longer(members)

    def _group(self, name: str) -> Group:
        """What was seen of a group, while it played and while others did."""
        members, plays = self._members[name], self._plays[name]
        figures = {policy: each.of(members) for policy, each in plays.items()}
        scores = {policy: _reference(*each) for policy, each in figures.items()}
        every = [each for others in self._plays.values() for each in others.values()]
        means = [each.of(members)[1].mean() for each in every]
        returns = np.concatenate([each.returns[:, members].ravel() for each in every])
        low, high = returns.min(), returns.max()
        blind = max(scores[policy].episode_return for policy in (*SIMPLE, OPEN_LOOP))
        share = float((blind - low) / (high - low)) if high > low else 0.0
        gain = _gain(figures, self._task)
        return Group(name, scores, self._pay[name], gain, float(max(means) - min(means)), share)

    def _best_plan(self, members: np.ndarray) -> np.ndarray:
        """The plan that brings the best score, and of those the best return, in other worlds than the rest."""
        return best_plan(self._simulation, self._ticks, _SEED, members, _BATCHES)

    def _random_for_longer(self, members: np.ndarray) -> Pay:
        """Random play again, for longer: what is found once in a million steps can be learned."""
        rewards = Rewards(members)
        for repeat in range(_LONG_PLAY):
            result = play(self._simulation, "random", self._ticks, _SEED + 2 + repeat, members, [rewards])
        return _pay(rewards, result, members)

    def _speed(self) -> float:
        simulation = self._simulation
        simulation.seed(_SEED)
        simulation.reset()
        actions = [simulation.random_actions() for _ in range(2)]
        ticks, start = 0, time.perf_counter()
        while (spent := time.perf_counter() - start) < 0.05:
            simulation.step(actions[ticks % 2])
            ticks += 1
        return ticks * simulation.rows / spent


def _pay(rewards: Rewards, result: Play, members: np.ndarray) -> Pay:
    low, high = rewards.range
    finished = result.returns[result.ended][:, members]
    return Pay(
        len(rewards.values),
        low,
        high,
        rewards.share_at(low),
        rewards.share_at(high),
        rewards.distinct(),
        float(rewards.varied.mean()),
        low < high or bool(finished.size and np.ptp(finished) > 0),
    )


def _reference(scores: np.ndarray, returns: np.ndarray) -> Reference:
    return Reference(*interval(scores), *interval(returns), len(scores), _SEED)


def _gain(figures: dict[str, tuple[np.ndarray, np.ndarray]], task: Task) -> Gain | None:
    """What the best policy has over the worst one, in the same worlds; None if some score can't be told."""
    means = {policy: scores.mean() for policy, (scores, _) in figures.items()}
    own = task.scripted is not task.engine.policy
    best, worst = "scripted" if own else max(means, key=means.__getitem__), min(means, key=means.__getitem__)
    if best == worst or not np.isfinite(list(means.values())).all():
        return None
    (scores, returns), (least_scores, least_returns) = figures[best], figures[worst]
    return Gain(best, worst, *interval(scores - least_scores), *interval(returns - least_returns))
