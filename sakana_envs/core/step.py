"""One tick of one world, composed of the engine's phases and a task's rules.

intend -> resolve -> update -> judge -> perceive. The rules of a task are captured as constants, so the compiler
sees through them; see :mod:`sakana_envs.core.cpu` for the loop over worlds.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from sakana_envs.core import compose, faults
from sakana_envs.core.actions import Actions
from sakana_envs.core.engine import Engine, Senses
from sakana_envs.core.inner import inner, seldom
from sakana_envs.core.judge import compile_judge
from sakana_envs.core.structure import Structure


class Rules(NamedTuple):
    """A task's compiled rules; those that it leaves out do nothing.

    ``reward`` is one function, or maps the fields that add up a reward's terms to the terms' functions; ``memory``
    are the task's own fields, zero as an episode begins.
    """

    init: Callable
    update: Callable | None
    reward: Callable | Mapping[str, Callable]
    terminated: Callable | None
    score: Callable
    features: Callable | None
    scripted: Callable
    senses: Senses
    memory: tuple[str, ...]

    def of_worlds(self) -> dict[str, Callable]:
        """Those that are handed a world, by name, in the order of their numbers in :mod:`sakana_envs.core.faults`."""
        rewards = self.reward if isinstance(self.reward, Mapping) else {"reward": self.reward}
        named = {"init": self.init, "update": self.update, **rewards}
        named |= {"terminated": self.terminated, "score": self.score, "features": self.features}
        return {name: rule for name, rule in named.items() if rule is not None}


class Step(NamedTuple):
    """A world's phases, compiled: ``reset(world)`` begins an episode, ``intend`` to ``perceive`` make a tick.

    ``row`` is where the world's agents begin in actions and observations. ``choose`` and ``fetch`` are those of
    :class:`sakana_envs.core.engine.Phases`.
    """

    reset: Callable
    intend: Callable
    resolve: Callable
    update: Callable
    judge: Callable
    perceive: Callable
    choose: Callable
    fetch: Callable


def compile_step(engine: Engine, rules: Rules, actions: Actions, structure: Structure, debug: bool = False) -> Step:
    """Compose the step of one task; with ``debug`` worlds are inspected after each rule."""
    # As a literal of Python's, each number would have what it is handed to compiled once more.
    number: dict[str, Any] = {name: np.int64(position) for position, name in enumerate(rules.of_worlds())}
    rule = {name: faults.noting(function, number[name]) for name, function in rules.of_worlds().items()}
    phases = engine.compile_phases(rules._replace(features=rule.get("features")), actions, structure)
    begin, settle, check = phases.begin, phases.settle, phases.check
    inspect = phases.inspect if debug else compose.skip
    init, of_init = rule["init"], number["init"]
    mortal = "alive" in structure.fields
    clear_memory = compose.zero_all((*rules.memory, *(name for name in ("action", "died") if name in structure.fields)))
    bear = compose.fill_with_ones("alive") if mortal else compose.zero_all(())

    @seldom
    def reset(world):
        """Begin an episode: a bare world, laid out by the task."""
        begin(world)
        world.over[0] = 0
        world.fault[0] = 0
        world.fault[1] = 0
        for agent in range(world.agents):
            world.reward[agent] = 0.0
            world.terminated[agent] = 0
        clear_memory(world)
        bear(world)
        init(world)
        settle(world, of_init)
        check(world, of_init)
        inspect(world, of_init)

    if "update" in rule:
        change, of_update = rule["update"], number["update"]

        @inner
        def update(world):
            change(world)
            check(world, of_update)
            inspect(world, of_update)
    else:

        @inner
        def update(world):
            pass

    intend = compose.after(compose.zero_all(("died", "terminated")), phases.intend) if mortal else phases.intend
    judge = compile_judge(rule, number, rules.reward, engine.events, inspect)
    return Step(reset, intend, phases.resolve, update, judge, phases.perceive, phases.choose, phases.fetch)
