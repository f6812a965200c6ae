"""One compiled function made of several: the terms of a reward, the layers that are sensed, what checks an update.

Numba has no loops over functions, so each is a chain: a function that calls its own part and then the rest.
"""

from collections.abc import Callable, Mapping

from sakana_envs.core.inner import inner
from sakana_envs.grid import faults
from sakana_envs.grid.sensors import copy_window, window_length


@inner
def skip(world, rule):
    """Look at nothing: in place of a check that only debugging makes."""


def checked_update(rule: Mapping[str, Callable], number: Mapping[str, int], check_map: Callable) -> Callable:
    """The task's update, after which agents are checked; nothing for a task without one."""
    if "update" not in rule:
        return inner(lambda world: None)
    change, of_update = rule["update"], number["update"]

    @inner
    def update(world):
        change(world)
        faults.check_agents(world, of_update)
        check_map(world, of_update)

    return update


def sum_of(terms: Callable | Mapping[str, Callable]) -> tuple[Callable, Callable]:
    """The sum of a reward's terms, each added to the field that keeps it; and a function that zeroes the fields."""

    if not isinstance(terms, Mapping):
        return terms, zero_all(())

    @inner
    def reward(world, agent):
        return 0.0

    for field, term in reversed(list(terms.items())):
        reward = _add_term(reward, term, field)
    return reward, zero_all(tuple(terms))


def _add_term(rest: Callable, term: Callable, field: str) -> Callable:
    @inner
    def reward(world, agent):
        value = float(term(world, agent))
        getattr(world, field)[agent] += value
        return value + rest(world, agent)

    return reward


def zero_all(fields: tuple[str, ...]) -> Callable:
    """A function that zeroes the fields of a world."""

    @inner
    def clear(world):
        pass

    for field in fields:
        clear = _add_clear(clear, field)
    return clear


def _add_clear(rest: Callable, field: str) -> Callable:
    @inner
    def clear(world):
        rest(world)
        getattr(world, field).fill(0)

    return clear


def copy_all(layers: tuple[str, ...], radius: int) -> Callable:
    """A function that writes the windows of all layers behind that of the cell codes."""

    @inner
    def copy_layers(world, agent, out, row):
        pass

    for position, layer in enumerate(layers):
        copy_layers = _add_layer(copy_layers, layer, window_length(radius) * (1 + position))
    return copy_layers


def _add_layer(rest: Callable, layer: str, start: int) -> Callable:
    @inner
    def copy_layers(world, agent, out, row):
        rest(world, agent, out, row)
        copy_window(world, getattr(world, layer), agent, out, row, start)

    return copy_layers
