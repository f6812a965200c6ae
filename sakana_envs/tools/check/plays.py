"""Worlds in which a policy plays, and what came of it."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

import numpy as np

from sakana_envs.core import cpu
from sakana_envs.core.program import Transition
from sakana_envs.core.simulation import Simulation
from sakana_envs.tools.check.policies import Mixture, plan

Policy = str | np.ndarray | Mixture


class Observer(Protocol):
    """Looks at worlds while they are played."""

    def begin(self, simulation: Simulation, observations: np.ndarray) -> None:
        """See all worlds as their first episodes begin."""

    def see(self, simulation: Simulation, transition: Transition, stepped: np.ndarray) -> None:
        """See them after a tick; ``stepped`` (rows,) bool is who took part in it, and didn't just begin or lie dead."""


class Play(NamedTuple):
    """How the first episode of each world went: scores and returns of all agents, each (worlds, agents).

    ``ended`` (worlds,) bool says whose episode came to its end; of the others all is as it was when play stopped.
    """

    scores: np.ndarray
    returns: np.ndarray
    ended: np.ndarray

    def of(self, members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Scores and returns, each (worlds,): the means over a group's agents."""
        return self.scores[:, members].mean(axis=1), self.returns[:, members].mean(axis=1)


def play(
    simulation: Simulation,
    policy: Policy,
    ticks: int,
    seed: int,
    members: np.ndarray | None = None,
    observers: Iterable[Observer] = (),
) -> Play:
    """Let the agents ``members`` (agents,) bool, all by default, follow a policy for some ticks; others are scripted.

    ``policy`` is ``"scripted"``, one of ``policies.SIMPLE``, plans (ticks,) for all worlds, or (ticks, worlds), or a
    mixture.
    Worlds whose episode ends begin the next one. Without an end the score is the one so far, NaN where there is none.
    """
    worlds, agents = simulation.worlds, simulation.agents
    members = np.ones(agents, dtype=np.bool_) if members is None else members
    rows = np.tile(members, worlds)
    simulation.seed(seed)
    observations = simulation.reset()
    for observer in observers:
        observer.begin(simulation, observations)
    scores, returns = np.full((worlds, agents), np.nan), np.zeros((worlds, agents))
    ended = np.zeros(worlds, dtype=np.bool_)
    for _ in range(ticks):
        alive = simulation.alive()
        transition = simulation.step(_actions(simulation, policy, observations, rows))
        observations = transition.observations
        if observers:
            stepped = (alive | simulation.alive()) & np.repeat(transition.outcome != cpu.RESTARTED, agents)
            for observer in observers:
                observer.see(simulation, transition, stepped)
        first = (transition.outcome == cpu.ENDED) & ~ended
        if first.any():
            scores[first], returns[first] = simulation.view("score")[first], simulation.view("episode_return")[first]
            ended |= first
    if not ended.all():
        returns[~ended] = simulation.view("episode_return")[~ended]
        scores[~ended] = simulation.scores_so_far().reshape(worlds, agents)[~ended]
    return Play(scores, returns, ended)


def _actions(simulation: Simulation, policy: Policy, observations: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """What everybody does in a tick, in the twin's own form."""
    actions, twin = simulation.actions, simulation.twin
    if isinstance(policy, str) and policy == "random":
        own = simulation.random_actions()
    elif isinstance(policy, str) and policy == "scripted":
        return actions.of_rows(simulation.scripted_actions(observations), twin)
    elif isinstance(policy, Mixture):
        own = actions.of_rows(policy.draw(simulation), twin)
    else:
        decided = plan(policy, actions) if isinstance(policy, str) else policy
        clock = simulation.view("clock")[:, 0] % len(decided)
        choices = decided[clock] if decided.ndim == 1 else decided[clock, np.arange(simulation.worlds)]
        own = actions.of_rows(np.repeat(choices, simulation.agents), twin)
    if rows.all():
        return own
    others = actions.of_rows(simulation.scripted_actions(observations), twin)
    return np.where(rows.reshape(-1, *[1] * (own.ndim - 1)), own, others)
