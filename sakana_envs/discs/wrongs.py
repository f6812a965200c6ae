"""What a task's rules can do wrong in a world of discs, see :mod:`sakana_envs.core.faults`."""

from typing import Any

import numpy as np

from sakana_envs.core.faults import FIRST_OF_ENGINE, note
from sakana_envs.core.inner import inner, seldom
from sakana_envs.discs.world import FARTHEST, FASTEST, KINDS, LARGEST, SMALLEST, STRONGEST

UNPLACED, PLACE, VELOCITY, SHAPE, KIND, HEADING = map(np.int64, range(FIRST_OF_ENGINE, FIRST_OF_ENGINE + 6))

SAID: dict[Any, str] = {
    UNPLACED: "left {agent} discs without a place in world {world}; place_disc and spawn_discs give them one",
    PLACE: "put disc {agent} of world {world} where nothing can be: x and y are finite numbers, at most 2**20 metres",
    VELOCITY: "gave disc {agent} of world {world} a velocity that can't be: it is at most 2**14 metres a second",
    SHAPE: "gave disc {agent} of world {world} a shape that can't be: radius is 1e-30 or more, drag and elasticity "
    "are 0 to 1, top_speed and axis_speed 0 to 1e30, inverse_mass 0 or 1e-30 to 1e30",
    KIND: "gave disc {agent} of world {world} a kind that can't be; kinds are 0 to 7",
    HEADING: "gave agent {agent} of world {world} a heading, spin, power or top_push that can't be: look_at sets the "
    "first, spin is at most 1e30, power and top_push 1e18",
}
"""What to say of each."""

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_FARTHEST, _FASTEST, _LARGEST = np.float32(FARTHEST), np.float32(FASTEST), np.float32(LARGEST)
_NEAR_ONE, _LEAST, _STRONGEST = np.float32(1e-3), np.float32(SMALLEST), np.float32(STRONGEST)


@inner
def _is_shape(world, disc):
    """Whether what a disc is like can be; written so that what is no number can't."""
    well = (world.radius[disc] >= _LEAST) & (world.radius[disc] <= _FARTHEST)
    inverse_mass = world.inverse_mass[disc]
    well &= (inverse_mass == _ZERO) | ((inverse_mass >= _LEAST) & (inverse_mass <= _LARGEST))
    well &= (world.drag[disc] >= _ZERO) & (world.drag[disc] <= _ONE)
    well &= (world.elasticity[disc] >= _ZERO) & (world.elasticity[disc] <= _ONE)
    well &= (world.top_speed[disc] >= _ZERO) & (world.top_speed[disc] <= _LARGEST)
    return well & (world.axis_speed[disc] >= _ZERO) & (world.axis_speed[disc] <= _LARGEST)


@inner
def _is_heading(world, agent):
    length = world.hx[agent] * world.hx[agent] + world.hy[agent] * world.hy[agent]
    well = (abs(length - _ONE) <= _NEAR_ONE) & (abs(world.spin[agent]) <= _LARGEST)
    well &= (world.top_push[agent] >= _ZERO) & (world.top_push[agent] <= _STRONGEST)
    return well & (abs(world.power[agent]) <= _STRONGEST)


@inner
def check_discs(world, rule):
    """Note what ``rule`` must have set that can't be."""
    well = True
    for disc in range(world.discs):  # without a branch: such a loop becomes wide
        well &= (abs(world.x[disc]) <= _FARTHEST) & (abs(world.y[disc]) <= _FARTHEST)
        well &= (abs(world.vx[disc]) <= _FASTEST) & (abs(world.vy[disc]) <= _FASTEST)
        well &= (world.kind[disc] < KINDS) & _is_shape(world, disc)
    for agent in range(world.agents):
        well &= _is_heading(world, agent)
    if not well:
        _note_all(world, rule)


@seldom
def _note_all(world, rule):
    for disc in range(world.discs):
        if not (abs(world.x[disc]) <= _FARTHEST and abs(world.y[disc]) <= _FARTHEST):
            note(world, PLACE, disc, rule)
        if not (abs(world.vx[disc]) <= _FASTEST and abs(world.vy[disc]) <= _FASTEST):
            note(world, VELOCITY, disc, rule)
        if not _is_shape(world, disc):
            note(world, SHAPE, disc, rule)
        if world.kind[disc] >= KINDS:
            note(world, KIND, disc, rule)
        if disc < world.agents and not _is_heading(world, disc):
            note(world, HEADING, disc, rule)
