"""Which part of an episode it is: several scores look only at the second half, when things have settled."""

from sakana_envs.core.inner import inner


@inner
def is_late(world):
    """Whether this tick is in the second half of the episode."""
    return 2 * world.tick > world.horizon


@inner
def late_ticks(world):
    """Ticks of the second half so far, at least 1."""
    return max(world.tick - world.horizon // 2, 1)
