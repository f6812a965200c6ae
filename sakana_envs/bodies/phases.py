"""The phases of a tick of a world of bodies."""

import numpy as np

from sakana_envs.bodies import wrongs
from sakana_envs.bodies.derive import derive_all
from sakana_envs.bodies.drives import use
from sakana_envs.bodies.ground import build_walls, clear
from sakana_envs.bodies.motion import move_all
from sakana_envs.bodies.sight import write_all
from sakana_envs.core import rng
from sakana_envs.core.acting import compile_act, storing
from sakana_envs.core.actions import Actions
from sakana_envs.core.compose import skip, write_nothing
from sakana_envs.core.disjoint import outside
from sakana_envs.core.engine import Phases
from sakana_envs.core.inner import inner, seldom
from sakana_envs.core.ranges import confine
from sakana_envs.core.step import Rules
from sakana_envs.core.structure import Structure


def rest(view, draw):
    """Do nothing."""
    return 8


def compile_phases(rules: Rules, actions: Actions, structure: Structure) -> Phases:
    """The phases of worlds whose agent acts so, and senses the features of a task's rules behind what all do."""
    drive = storing(use, len(actions.coordinates)) if "action" in structure.fields else use
    act = compile_act(actions, drive)
    ranges = np.array(rules.senses.ranges, np.float32).reshape(-1, 2)
    features, scripted = rules.features or write_nothing, rules.scripted

    @seldom
    def begin(world):
        """Four walls, and nothing else."""
        clear(world)
        build_walls(world)

    @seldom
    def settle(world, rule):
        """See whether all that was built can be, and derive the rest from it."""
        wrongs.check_bodies(world, rule)
        wrongs.check_shapes(world, rule)
        derive_all(world)

    @inner
    def intend(world, twin, choices, vectors, row):
        """Note what is asked of motors and thrusters."""
        act(world, twin, choices, vectors, row)

    @inner
    def perceive(world, row, observations):
        """Write the agent's observation into ``observations[row]``."""
        for agent in range(world.agents):
            seen = outside(world, observations[np.uint64(row + agent)])
            felt = seen[write_all(world, seen) :]
            features(world, agent, felt)
            confine(felt, ranges)

    @inner
    def choose(world, agent, view):
        """The scripted policy's row of the table, from what the agent sees."""
        return scripted(view, rng.draw(world, rng.POLICY, agent))

    @inner
    def fetch(world):
        """Nothing is brought near."""

    return Phases(begin, settle, wrongs.check_bodies, skip, intend, move_all, perceive, choose, fetch)
