"""Plays a task by policies that don't learn, and reports what came of it."""

import time
from typing import Any

import numpy as np

from sakana_envs.core.simulation import Simulation
from sakana_envs.tasks import registry
from sakana_envs.tasks.ids import id_of, read_id
from sakana_envs.tasks.references import Reference
from sakana_envs.tasks.task import Task
from sakana_envs.tools.check.findings import judge
from sakana_envs.tools.check.inputs import Inputs, stretches
from sakana_envs.tools.check.intervals import interval
from sakana_envs.tools.check.places import Maps, Places
from sakana_envs.tools.check.plays import Observer, Play, play
from sakana_envs.tools.check.policies import BLIND, OPEN_LOOP, PLANS, plans
from sakana_envs.tools.check.report import Endings, Gain, Group, MapState, Pay, Report, Room, Senses
from sakana_envs.tools.check.rewards import Ends, Rewards

_SEED = 31
_ROWS = 2048
_WORLDS = (4, 128)
_STEPS = 2**20
"""Agent-steps of a play, about."""
_LEAST_TICKS = 64
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

    Returns a :class:`Report`, whose ``findings`` are empty if nothing is wrong. Raises what ``sakana_envs.register``
    and ``gymnasium.make`` raise for a wrong record, and for wrong settings.
    """
    record, twin = _read(task)
    simulation = _worlds(record, twin, preset, settings)
    return _Check(record, twin, preset, simulation).report()


def _read(task: Task | str) -> tuple[Task, str]:
    if isinstance(task, Task):
        from sakana_envs.rules import __all__ as vocabulary
        from sakana_envs.tasks.check import check_rules

        check_rules(task, vocabulary)
        return task, "Discrete"
    name, twin = read_id(task)
    return registry.get(name), twin or "Discrete"


def _worlds(task: Task, twin: str, preset: str, settings: dict[str, Any], rows: int = _ROWS) -> Simulation:
    chosen = registry.settings(task, preset=preset, **settings)
    worlds = int(np.clip(rows // chosen.sizes["agents"], *_WORLDS))
    return registry.simulation(task, registry.twins(task)[twin], worlds=worlds, chosen=chosen, copy=False)


class _Check:
    """One check: the worlds, and what was seen in all plays together."""

    def __init__(self, task: Task, twin: str, preset: str, simulation: Simulation) -> None:
        self._task, self._twin, self._preset = task, twin, preset
        self._simulation = simulation
        horizon = simulation.sizes["horizon"]
        self._ticks = max(_LEAST_TICKS, min(horizon, _STEPS // simulation.rows))
        self._inputs, self._ends, self._maps = Inputs(task), Ends(), Maps()
        self._places = Places()

    def report(self) -> Report:
        """All figures, and the findings."""
        simulation, task = self._simulation, self._task
        groups = tuple(self._group(name) for name in dict.fromkeys(task.agent_names))
        room = Room(
            self._places.boxed_in, self._places.walled_in, self._places.stuck, *self._places.bumps
        )
        changing = self._inputs.changing
        dead = tuple(each.name for each in stretches(task, simulation) if not changing[each.start : each.stop].any())
        senses = Senses(len(changing), int(changing.sum()), dead, self._inputs.alike)
        ends, maps = self._ends, self._maps
        length = float(np.mean(ends.lengths)) if ends.lengths else float("nan")
        seen = Report(
            id=id_of(task.name, self._twin),
            preset=self._preset,
            sizes={**simulation.sizes, **simulation.program.structure.constants},
            worlds=simulation.worlds,
            ticks=self._ticks,
            has_scripted=task.scripted is not Task.scripted,
            has_end=task.terminated is not Task.terminated,
            reads_actions="action" in simulation.layout.shapes,
            groups=groups,
            senses=senses,
            room=room,
            endings=Endings(ends.by_rule, ends.by_death, ends.by_time, length),
            maps=MapState(maps.looked_at, maps.ghosts, maps.without_cell, maps.wrong),
            speed=self._speed(),
        )
        findings, remarks = judge(seen)
        return seen._replace(findings=findings, remarks=remarks)

    def _group(self, name: str) -> Group:
        agents = self._simulation.agents
        members = np.array([self._task.group_of(agent, agents) == name for agent in range(agents)])
        plays, pay = {}, {}
        for policy, plan in {**dict.fromkeys(BLIND), OPEN_LOOP: self._best_plan(members), "scripted": None}.items():
            rewards = Rewards(members)
            own: list[Observer] = [self._places] if policy == "random" else []
            observers = [rewards, self._inputs, self._ends, self._maps, *own]
            chosen = policy if plan is None else plan
            plays[policy] = play(self._simulation, chosen, self._ticks, _SEED, members, observers)
            if own:
                self._places.finish(self._simulation)
            pay[policy] = _pay(rewards, plays[policy])
        if not pay["random"].varies:
            pay["random"] = self._random_for_longer(members)
        scores = {policy: _reference(each) for policy, each in plays.items()}
        returns = np.concatenate([each.agent_returns.ravel() for each in plays.values()])
        low, high = returns.min(), returns.max()
        blind = max(plays[policy].returns.mean() for policy in (*BLIND, OPEN_LOOP))
        share = float((blind - low) / (high - low)) if high > low else 0.0
        return Group(name, scores, pay, _gain(plays, self._task), share)

    def _best_plan(self, members: np.ndarray) -> np.ndarray:
        """The plan that brings the best score, and of those the best return, in other worlds than the rest is played."""
        simulation = self._simulation
        tried = plans(simulation.actions, self._ticks)
        repeats = -(-PLANS // simulation.worlds)
        scores, returns = np.zeros(PLANS), np.zeros(PLANS)
        for repeat in range(repeats):
            numbers = (np.arange(simulation.worlds) + repeat * simulation.worlds) % PLANS
            result = play(simulation, tried[:, numbers], self._ticks, _SEED + 1, members)
            for number, score, total in zip(numbers, result.scores, result.returns, strict=True):
                scores[number] += np.nan_to_num(score)
                returns[number] += total
        counts = np.bincount(np.arange(repeats * simulation.worlds) % PLANS, minlength=PLANS)
        best = np.lexsort((returns / counts, (scores / counts).round(3)))[-1]
        return tried[:, best]

    def _random_for_longer(self, members: np.ndarray) -> Pay:
        """Random play again, for longer: something that is found once in a million steps can be learned."""
        rewards = Rewards(members)
        for repeat in range(_LONG_PLAY):
            result = play(self._simulation, "random", self._ticks, _SEED + 2 + repeat, members, [rewards])
        return _pay(rewards, result)

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


def _pay(rewards: Rewards, result: Play) -> Pay:
    low, high = rewards.range
    finished = result.agent_returns[result.ended]
    varies = low < high or bool(finished.size and np.ptp(finished) > 0)
    return Pay(
        len(rewards.values),
        low,
        high,
        rewards.share_at(low),
        rewards.share_at(high),
        rewards.distinct(),
        float(rewards.varied.mean()),
        varies,
    )


def _reference(result: Play) -> Reference:
    score, *score_interval = interval(result.scores)
    total, *return_interval = interval(result.returns)
    return Reference(score, tuple(score_interval), total, tuple(return_interval), len(result.scores), _SEED)


def _gain(plays: dict[str, Play], task: Task) -> Gain | None:
    means = {policy: each.scores.mean() for policy, each in plays.items() if np.isfinite(each.scores).all()}
    if len(means) < len(plays):
        return None
    own = task.scripted is not Task.scripted
    best = "scripted" if own else max(means, key=means.__getitem__)
    worst = min(means, key=means.__getitem__)
    if best == worst:
        return None
    score, *score_interval = interval(plays[best].scores - plays[worst].scores)
    total, *return_interval = interval(plays[best].returns - plays[worst].returns)
    return Gain(best, worst, score, tuple(score_interval), total, tuple(return_interval))


