"""The windows of all layers that a task's agents sense, one after the other."""

from collections.abc import Callable

from sakana_envs.core.compose import named
from sakana_envs.core.inner import inner
from sakana_envs.grid.sensors import copy_window, window_length


def copy_all(layers: tuple[str, ...], radius: int) -> Callable:
    """A function that writes the windows of all layers behind that of the cell codes.

    Numba has no loops over fields, so it is a chain, as in :mod:`sakana_envs.core.compose`.
    """

    @inner
    def copy_layers(world, agent, out, row):
        pass

    for position, layer in enumerate(layers):
        copy_layers = _add_layer(copy_layers, layer, window_length(radius) * (1 + position))
    return copy_layers


def _add_layer(rest: Callable, layer: str, start: int) -> Callable:
    cells = named(layer)

    @inner
    def copy_layers(world, agent, out, row):
        rest(world, agent, out, row)
        copy_window(world, cells(world), agent, out, row, start)

    return copy_layers
