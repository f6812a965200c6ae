"""How an episode begins."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic

from sakana_envs.core import rng
from sakana_envs.core.inner import seldom
from sakana_envs.core.numbers import draw_numbers

_LEVELS = np.uint64(0x1E7E15)
"""A fixed level begins as that episode, by its number, of a world with this seed."""

DRAWN = -(2**31)
"""In place of a level's number: whichever the world draws."""


class Start(NamedTuple):
    """From what episodes are to begin, where that is asked for.

    ``numbers`` are numbers by name, values (worlds,) that stay; ``levels`` (worlds,) int64; ``lists`` are the engine's,
    in place of a level.
    """

    numbers: Mapping[str, np.ndarray]
    levels: np.ndarray | None = None
    lists: Mapping[str, np.ndarray] | None = None


@intrinsic
def _with_key_compiled(typing_context, world, key):
    def codegen(context, builder, signature, arguments):
        record = cgutils.create_struct_proxy(world)(context, builder, value=arguments[0])
        record.key = arguments[1]
        return record._getvalue()

    return world(world, types.uint64), codegen


def _with_key_python(world, key):
    return SimpleNamespace(**{**vars(world), "key": key})


with_key = _with_key_python if config.DISABLE_JIT else _with_key_compiled
"""``with_key(world, key)``: the same world, with another key of random numbers."""


@seldom
def draw_level(world):
    """The number of the level from which an episode begins; 0 if there are none."""
    if len(world.levels) == 0:
        return 0
    if len(world.level_shares) == 0:
        return world.level_numbers[rng.below(world, rng.LEVEL, 0, world.levels[0])]
    drawn = np.int64(rng.draw(world, rng.LEVEL, 0) >> np.uint64(11))
    first, last = 0, world.levels[0] - 1
    while first < last:
        middle = (first + last) // 2
        if world.level_shares[middle] > drawn:
            last = middle
        else:
            first = middle + 1
    return world.level_numbers[first]


@seldom
def key_of_start(world):
    """The key of what is drawn as an episode begins: that of a fixed level, or the world's own."""
    if len(world.levels) > 0 and world.levels[1] != 0 and world.level[0] >= 0:
        return rng.combine(rng.combine(_LEVELS, world.level[0]), 0)
    return world.key


def compile_start(view: Callable, reset_world: Callable) -> Callable:
    """Compose ``start(blocks, header, index, time_limit, level)``: the next episode of a world, which it returns."""

    @seldom
    def start(blocks, header, index, time_limit, level):
        world = view(blocks, header, index)
        world.episode[0] += 1
        world.clock[0] = 0
        world.time_limit[0] = time_limit
        world = view(blocks, header, index)
        world.level[0] = draw_level(world) if level == DRAWN else level
        world = view(blocks, header, index)
        begins = with_key(world, key_of_start(world))
        draw_numbers(begins, index)
        reset_world(begins)
        return view(blocks, header, index)

    return start
