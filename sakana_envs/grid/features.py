"""What an agent senses of itself: features that a task writes, bytes or floats, and where in its cell it is."""

from collections.abc import Callable, Mapping

import numpy as np

from sakana_envs.core.engine import Senses
from sakana_envs.core.inner import inner
from sakana_envs.core.ranges import confine
from sakana_envs.grid.views import arrange


def compile_features(features: Callable, senses: Senses, constants: Mapping[str, int]) -> Callable:
    """A function ``write(world, agent, out)`` of a row of an observation, from a task's own."""
    about = arrange(senses, constants)
    sensed, head, first, ranges = about.head - about.features, about.head, about.floats, about.ranges
    count, own = len(ranges), len(senses.ranges)
    if count == 0:
        return inner(lambda world, agent, out: features(world, agent, out[sensed:]))
    place_offset = _write_offset if constants["sense_offset"] else _write_no_offset

    @inner
    def write_floats(world, agent, out):
        out[head:first] = 0
        values = out[first:].view(np.float32)
        features(world, agent, values[:own])
        place_offset(world, agent, values, own)
        confine(values, ranges)

    @inner
    def write_bytes_and_offset(world, agent, out):
        features(world, agent, out[sensed:head])
        out[head:first] = 0
        values = out[first:].view(np.float32)
        place_offset(world, agent, values, own)
        confine(values, ranges)

    return write_floats if own > 0 else write_bytes_and_offset


@inner
def _write_offset(world, agent, values, place):
    values[place] = world.row[agent] - np.float32(np.int64(world.row[agent]))
    values[place + 1] = world.col[agent] - np.float32(np.int64(world.col[agent]))


@inner
def _write_no_offset(world, agent, values, place):
    pass
