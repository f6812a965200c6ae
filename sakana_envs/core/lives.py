"""Whether agents live, in worlds whose rules remove and revive them; elsewhere all do, which costs nothing to ask."""

from numba.extending import overload

_ALIVE, _DIED = "alive", "died"


def lives(world, agent):
    """Whether an agent lives."""
    alive = getattr(world, _ALIVE, None)
    return alive is None or alive[agent] != 0


@overload(lives)
def _lives_compiled(world, agent):
    if _ALIVE in world.fields:
        return lambda world, agent: world.alive[agent] != 0
    return lambda world, agent: True


def has_died(world, agent):
    """Whether an agent was removed in this tick, and isn't back."""
    died = getattr(world, _DIED, None)
    return died is not None and died[agent] != 0


@overload(has_died)
def _has_died_compiled(world, agent):
    if _DIED in world.fields:
        return lambda world, agent: world.died[agent] != 0
    return lambda world, agent: False
