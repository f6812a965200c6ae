"""The phases of a tick of a world of discs."""

import numpy as np

from sakana_envs.core import faults, rng
from sakana_envs.core.acting import compile_act, storing
from sakana_envs.core.actions import Actions
from sakana_envs.core.compose import skip, write_nothing
from sakana_envs.core.disjoint import outside
from sakana_envs.core.engine import Phases
from sakana_envs.core.inner import inner, seldom
from sakana_envs.core.lives import lives
from sakana_envs.core.ranges import confine
from sakana_envs.core.step import Rules
from sakana_envs.core.structure import Structure
from sakana_envs.discs import wrongs
from sakana_envs.discs.drives import drive_of
from sakana_envs.discs.motion import move_all
from sakana_envs.discs.senses import parts_of, write_all

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_RADIUS, _ALL_KINDS = np.float32(0.05), 255


def rest(view, draw):
    """Do what the table's first row says, without looking: nothing, or with ``UNICYCLE`` turn to the right."""
    return 0


def compile_phases(rules: Rules, actions: Actions, structure: Structure) -> Phases:
    """The phases of worlds whose agents act so, and sense the parts and features of a task's rules."""
    drive = drive_of(actions)
    if "action" in structure.fields:
        drive = storing(drive, len(actions.coordinates))
    act = compile_act(actions, drive)
    ranges = np.array(rules.senses.ranges, np.float32).reshape(-1, 2)
    features, scripted = rules.features or write_nothing, rules.scripted
    if len(ranges):
        features = _confined(features, ranges)
    write = write_all(parts_of(rules.senses.parts, structure.constants), features)

    @seldom
    def begin(world):
        """Bare ground, and discs that are alike, at rest and nowhere."""
        world.has_blocks[0] = 0
        world.block[:] = 0
        for disc in range(world.discs):
            world.x[disc], world.y[disc] = np.nan, np.nan
            world.vx[disc], world.vy[disc] = _ZERO, _ZERO
            world.radius[disc] = _RADIUS
            world.inverse_mass[disc] = _ONE
            world.drag[disc] = _ZERO
            world.elasticity[disc] = _ZERO
            world.top_speed[disc] = _ZERO
            world.axis_speed[disc] = _ZERO
            world.kind[disc] = 0 if disc < world.agents else 1
            world.solid[disc] = _ALL_KINDS
        for agent in range(world.agents):
            world.hx[agent], world.hy[agent] = _ONE, _ZERO
            world.spin[agent] = _ZERO
            world.power[agent] = _ONE
            world.top_push[agent] = _ZERO
            world.push_x[agent], world.push_y[agent] = _ZERO, _ZERO
            world.bumped[agent] = 0

    @seldom
    def settle(world, rule):
        """See whether each disc has a place, and whether there are blocks."""
        unplaced = 0
        for disc in range(world.discs):
            unplaced += np.isnan(world.x[disc]) or np.isnan(world.y[disc])
        if unplaced > 0:
            faults.note(world, wrongs.UNPLACED, unplaced, rule)
        for row in range(world.height):
            for col in range(world.width):
                world.has_blocks[0] |= world.block[row, col] != 0

    @inner
    def intend(world, twin, choices, vectors, row):
        """Turn every agent's action into a force or a velocity."""
        if world.tick == 1:
            for agent in range(world.agents):
                world.bumps[agent] = 0
        act(world, twin, choices, vectors, row)

    @inner
    def perceive(world, row, observations):
        """Write every agent's observation into ``observations[row:]``: zeros for a dead one."""
        for agent in range(world.agents):
            seen = outside(world, observations[np.uint64(row + agent)])
            if lives(world, agent):
                write(world, agent, seen)
            else:
                seen[:] = 0

    @inner
    def choose(world, agent, view):
        """The scripted policy's row of the table, from what the agent sees."""
        return scripted(view, rng.draw(world, rng.POLICY, agent))

    @inner
    def fetch(world):
        """Nothing is brought near."""

    return Phases(begin, settle, wrongs.check_discs, skip, intend, move_all, perceive, choose, fetch)


def _confined(features, ranges):
    @inner
    def write(world, agent, out):
        features(world, agent, out)
        confine(out, ranges)

    return write
