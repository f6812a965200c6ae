"""Numbers of worlds that are drawn anew as each episode begins."""

from typing import NamedTuple

import numpy as np
from llvmlite.ir.instructions import StoreInstr
from numba import config, types
from numba.extending import intrinsic

from sakana_envs.core import rng
from sakana_envs.core.disjoint import tell_apart
from sakana_envs.core.inner import seldom
from sakana_envs.core.record import number_pointer, parts_of


class Range(NamedTuple):
    """From where a number is drawn as an episode begins: any value of a closed range is as likely as another."""

    low: float
    high: float


def ranges_of_worlds(ranges: dict[int, Range], worlds: int) -> dict[str, np.ndarray]:
    """The tables of numbers by their positions, drawn from these ranges in all worlds."""
    bounds = np.array(list(ranges.values()), dtype=np.float64).reshape(-1, 2)
    return {"drawn_numbers": np.array(list(ranges), dtype=np.int64), "number_ranges": np.tile(bounds, (worlds, 1))}


@intrinsic
def _set_compiled(typing_context, world, position, value):
    def codegen(context, builder, signature, arguments):
        pointer = number_pointer(builder, world, parts_of(builder, arguments[0]), arguments[1])
        builder.store(arguments[2], pointer)
        tell_apart(builder, StoreInstr, world, "numbers")
        return context.get_dummy_value()

    return types.void(world, types.int64, types.float64), codegen


def _set_python(world, position, value):
    world.numbers[position] = value
    setattr(world, world.number_names[position], float(value))


set_number = _set_python if config.DISABLE_JIT else _set_compiled
"""``set_number(world, position, value)`` gives a world's number another value, which is not checked."""


@seldom
def draw_numbers(world, index):
    """Draw the numbers of world ``index`` of its batch that have a range there."""
    drawn = len(world.drawn_numbers)
    for place in range(drawn):
        first = 2 * (index * drawn + place)
        low, high = world.number_ranges[first], world.number_ranges[first + 1]
        position = world.drawn_numbers[place]
        value = low + (high - low) * rng.uniform(world, rng.NUMBER, position)
        set_number(world, position, min(value, high))
