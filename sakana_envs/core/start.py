"""How an episode begins."""

from collections.abc import Callable

from sakana_envs.core import rng
from sakana_envs.core.inner import inner
from sakana_envs.core.numbers import draw_numbers


@inner
def draw_level(world):
    """The number of the level from which the episode begins; 0 if there is one level only."""
    return rng.below(world, rng.LEVEL, 0, world.levels[0]) if len(world.levels) > 0 else 0


def compile_start(view: Callable, reset_world: Callable) -> Callable:
    """Compose ``start(blocks, header, index, time_limit)``, which begins the next episode of a world and returns it."""

    @inner
    def start(blocks, header, index, time_limit):
        world = view(blocks, header, index)
        world.episode[0] += 1
        world.clock[0] = 0
        world.time_limit[0] = time_limit
        world = view(blocks, header, index)
        world.level[0] = draw_level(world)
        world = view(blocks, header, index)
        draw_numbers(world, index)
        reset_world(world)
        return world

    return start
