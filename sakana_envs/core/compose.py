"""One compiled function made of several: the terms of a reward, the events of a tick, the fields of a memory.

Numba has no loops over functions or fields, so each is a chain: a function that does its own part and then the rest.
"""

from collections.abc import Callable, Mapping

from numba import config
from numba.extending import intrinsic

from sakana_envs.core.inner import inner, seldom


def named(name: str) -> Callable:
    """A function of a world that gets an attribute by its name; Numba's ``getattr`` takes long to compile."""
    if config.DISABLE_JIT:
        return lambda world: getattr(world, name)

    @intrinsic
    def get(typing_context, world):
        def codegen(context, builder, signature, arguments):
            return context.get_getattr(world, name)(context, builder, world, arguments[0], name)

        return typing_context.resolve_getattr(world, name)(world), codegen

    return get


@inner
def skip(world, rule):
    """Look at nothing: in place of what only debugging looks at."""


@inner
def never(world, agent):
    """In place of a rule that ends episodes."""
    return False


@inner
def write_nothing(world, agent, out):
    """In place of a rule that writes features."""


@inner
def as_float(value):
    """A rule's number or truth value as float64; Numba's ``float`` takes no truth value."""
    return float(value * 1.0)


def sum_of(terms: Mapping[str, Callable]) -> Callable:
    """The sum of a reward's terms, each added to the field that keeps it."""

    @inner
    def reward(world, agent):
        return 0.0

    for field, term in reversed(list(terms.items())):
        reward = _add_term(reward, term, field)
    return reward


def _add_term(rest: Callable, term: Callable, field: str) -> Callable:
    total = named(field)

    @inner
    def reward(world, agent):
        value = as_float(term(world, agent))
        total(world)[agent] += value
        return value + rest(world, agent)

    return reward


def add_up(events: Mapping[str, str]) -> Callable:
    """A function of a world and an agent that adds events of this tick to the fields that count them."""

    @inner
    def count(world, agent):
        pass

    for field, event in events.items():
        count = _add_event(count, field, event)
    return count


def _add_event(rest: Callable, field: str, event: str) -> Callable:
    total, new = named(field), named(event)

    @inner
    def count(world, agent):
        rest(world, agent)
        total(world)[agent] += new(world)[agent]

    return count


def zero_all(fields: tuple[str, ...]) -> Callable:
    """A function that zeroes the fields of a world."""

    @seldom
    def clear(world):
        pass

    for field in fields:
        clear = _add_clear(clear, field)
    return clear


def _add_clear(rest: Callable, field: str) -> Callable:
    cleared = named(field)

    @seldom
    def clear(world):
        rest(world)
        cleared(world)[:] = 0

    return clear


def fill_with_ones(field: str) -> Callable:
    """A function that fills a field of a world with ones."""

    filled = named(field)

    @inner
    def fill(world):
        filled(world).fill(1)

    return fill


def after(first: Callable, intend: Callable) -> Callable:
    """The phase ``intend``, before which a world does something else."""

    @inner
    def both(world, twin, choices, vectors, row):
        first(world)
        intend(world, twin, choices, vectors, row)

    return both
