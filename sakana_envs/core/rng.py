"""Counter-based random numbers: a draw is a hash of (world, episode, tick, stream, index).

Nothing is stored between draws, so no draw depends on how many were made before it, on the number of
worlds or threads, or on the order in which agents are visited. The hash is the finalizer of SplitMix64
(Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
"""

import numpy as np
from numba import config, njit

from sakana_envs.core import disk_cache
from sakana_envs.core.inner import inner

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_STREAM_SHIFT = np.uint64(40)
_HALF = np.uint64(32)
_UNIT = 1.0 / (1 << 53)

FIRST_STREAM = 1 << 20
"""Streams from here on are the engine's, those below are tasks'."""

POLICY, NUMBER, LEVEL = range(FIRST_STREAM + 7, FIRST_STREAM + 10)
"""Streams: what random and scripted policies draw, indexed by the agent; a number that is drawn as an episode begins,
indexed by its position among a world's numbers; the level from which it begins."""


@inner
def mix(value):
    """Hash a uint64 into a uint64, one to one."""
    value = (value ^ (value >> np.uint64(30))) * _FIRST
    value = (value ^ (value >> np.uint64(27))) * _SECOND
    return value ^ (value >> np.uint64(31))


@inner
def combine(key, number):
    """Hash a uint64 key and an integer into a new key."""
    return mix(key + (np.uint64(number) + np.uint64(1)) * GOLDEN)


@inner
def draw(world, stream, index):
    """64 random bits (uint64) of this world and tick; arguments as for :func:`uniform`."""
    return mix(world.key + ((np.uint64(stream) << _STREAM_SHIFT) + np.uint64(index)) * GOLDEN)


if config.DISABLE_JIT:
    # The hash is meant to overflow; compiled, it does so without a word.
    mix, combine, draw = (np.errstate(over="ignore")(function) for function in (mix, combine, draw))


@inner
def uniform(world, stream, index):
    """A random float64 in [0, 1), of this world and tick.

    ``stream`` (int, below 2**20 for tasks) keeps independent purposes apart, ``index`` (int, below 2**40)
    tells the draws of one purpose apart. The same arguments give the same number within one tick.
    """
    return float(draw(world, stream, index) >> np.uint64(11)) * _UNIT


@inner
def scale(bits, bound):
    """Map 64 random bits to an integer in [0, bound), for bound below 2**31."""
    return np.int64(((bits >> _HALF) * np.uint64(bound)) >> _HALF)


@inner
def below(world, stream, index, bound):
    """A random integer in [0, bound); arguments as for :func:`uniform`, ``bound`` below 2**31."""
    return scale(draw(world, stream, index), bound)


@njit
def _seed_of_later_world(seed, world):
    return combine(seed, world)


disk_cache.attach(_seed_of_later_world, "world_seed")


def world_seed(seed: int, world: int) -> int:
    """The seed of world number ``world`` of a batch that was seeded with the integer ``seed``.

    World 0 has the batch's own seed, so a batch of one and a single environment agree.
    """
    if world == 0:
        return int(seed)
    with np.errstate(over="ignore"):
        return int(_seed_of_later_world(np.uint64(seed), world)) >> 1
