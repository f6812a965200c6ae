"""In which order the agents of a crowded world look around: by place, so that one finds in the cache what another left.

Nothing depends on the order. Agents move a cell a tick at most, so it lasts for a while.
"""

from sakana_envs.core.inner import inner

MANY = 256
"""Agents of a world from which on an order pays; a smaller world's map stays in the cache anyway."""

RENEWAL = 16
"""Ticks after which the order is renewed, which costs about a third of a tick; a power of two."""


@inner
def renew_places(world):
    """Sort the agents by row, into as many bands of the map as there are agents (a counting sort)."""
    bands_per_row = world.agents / world.height
    for band in range(world.agents):
        world.queue[band] = 0
    for agent in range(world.agents):
        world.queue[_band(world, agent, bands_per_row)] += 1
    first = 0
    for band in range(world.agents):
        count = world.queue[band]
        world.queue[band] = first
        first += count
    for agent in range(world.agents):
        band = _band(world, agent, bands_per_row)
        world.by_place[world.queue[band]] = agent
        world.queue[band] += 1


@inner
def _band(world, agent, bands_per_row):
    band = int(world.row[agent] * bands_per_row)
    return min(max(band, 0), world.agents - 1)
