"""Where discs are: what rules ask about them, and how they put them somewhere."""

import math

import numpy as np

from sakana_envs.core import rng
from sakana_envs.core.inner import inner, seldom
from sakana_envs.core.single import single
from sakana_envs.core.trig import sine_cosine, square_root
from sakana_envs.discs import streams
from sakana_envs.discs.contact import meet
from sakana_envs.discs.walls import is_inside

_ZERO, _ONE, _HALF = np.float32(0.0), np.float32(1.0), np.float32(0.5)
_INFINITE_BITS = np.float32(np.inf).view(np.int32)
_TRIES = 64
_TURN = 2.0 * math.pi


@inner
def distance(world, disc, other):
    """Metres between the middles of two discs, float32."""
    dx, dy = world.x[disc] - world.x[other], world.y[disc] - world.y[other]
    return square_root(dx * dx + dy * dy)


@inner
def touch(world, disc, other):
    """Whether two discs touch or overlap."""
    dx, dy = world.x[disc] - world.x[other], world.y[disc] - world.y[other]
    reach = world.radius[disc] + world.radius[other]
    return dx * dx + dy * dy <= reach * reach


@inner
def count_touching(world, disc, kind):
    """How many other discs of a kind a disc touches."""
    found = np.int64(0)
    for other in range(world.discs):
        found += np.int64(world.kind[other] == kind) & np.int64(other != disc) & np.int64(touch(world, disc, other))
    return found


@inner
def nearest_disc(world, disc, kind):
    """The other disc of a kind whose middle is nearest, the first of several; -1 if there is none."""
    found, least = -1, np.float32(np.inf)
    for other in range(world.discs):
        dx, dy = world.x[other] - world.x[disc], world.y[other] - world.y[disc]
        square = dx * dx + dy * dy
        if world.kind[other] == kind and other != disc and square < least:
            found, least = other, square
    return found


@inner
def distance_to_nearest(world, disc, kind):
    """Metres from a disc's middle to that of the nearest other one of a kind, float32; infinite if there is none."""
    least = _INFINITE_BITS
    x, y = world.x[disc], world.y[disc]
    for other in range(world.discs):  # without a branch, and of bits, which are in the order of numbers above 0: wide
        dx, dy = world.x[other] - x, world.y[other] - y
        bits = np.float32(dx * dx + dy * dy).view(np.int32)
        least = min(least, bits if (world.kind[other] == kind) & (other != disc) else _INFINITE_BITS)
    return square_root(single(np.int32(least).view(np.float32)))


@seldom
def clearance(world, disc):
    """Metres from a disc's edge to the nearest wall, block or disc that it meets, float32, at most 1; below 0: over."""
    x, y, least = world.x[disc], world.y[disc], _ONE + world.radius[disc]
    if world.walls > 0.0:
        least = min(least, x, y, np.float32(world.width) - x, np.float32(world.height) - y)
    for row in range(max(0, int(y - least)), min(world.height, int(y + least) + 1)):
        for col in range(max(0, int(x - least)), min(world.width, int(x + least) + 1)):
            if world.block[row, col] != 0:
                dx = max(abs(x - (np.float32(col) + _HALF)) - _HALF, _ZERO)
                dy = max(abs(y - (np.float32(row) + _HALF)) - _HALF, _ZERO)
                least = min(least, square_root(dx * dx + dy * dy))
    for other in range(world.discs):
        if other != disc and meet(world, disc, other) != 0:
            least = min(least, distance(world, disc, other) - world.radius[other])
    return least - world.radius[disc]


@inner
def place_disc(world, disc, x, y):
    """Put a disc at a place, at rest."""
    world.x[disc], world.y[disc] = np.float32(x), np.float32(y)
    world.vx[disc], world.vy[disc] = _ZERO, _ZERO


@inner
def look_at(world, agent, angle):
    """Turn an agent to an angle in radians, counter-clockwise from the right."""
    world.hy[agent], world.hx[agent] = sine_cosine(np.float32(angle))


@seldom
def is_free(world, disc, x, y):
    """Whether a disc would be within the walls at (x, y), the square around it clear of blocks, and it of all discs."""
    x, y, radius = np.float32(x), np.float32(y), world.radius[disc]
    right, top = np.float32(world.width) - radius, np.float32(world.height) - radius
    if not (radius <= x <= right and radius <= y <= top):  # nor is what is no number
        return False
    for row in range(int(y - radius), int(y + radius) + 1):
        for col in range(int(x - radius), int(x + radius) + 1):
            if row < world.height and col < world.width and world.block[row, col] != 0:
                return False
    for other in range(world.discs):
        dx, dy = x - world.x[other], y - world.y[other]
        reach = radius + world.radius[other]
        if other != disc and dx * dx + dy * dy < reach * reach:
            return False
    return True


@seldom
def spawn_disc(world, disc):
    """Put a disc at a random free place, at rest; after 64 tries anywhere. Returns whether it is free."""
    for attempt in range(_TRIES):
        x = np.float32(rng.uniform(world, streams.SPAWN, 2 * (_TRIES * disc + attempt)) * world.width)
        y = np.float32(rng.uniform(world, streams.SPAWN, 2 * (_TRIES * disc + attempt) + 1) * world.height)
        if is_free(world, disc, x, y):
            place_disc(world, disc, x, y)
            return True
    place_disc(world, disc, x, y)
    return False


@seldom
def spawn_discs(world):
    """Put every disc at a random free place, one after the other, and let agents look anywhere."""
    for disc in range(world.discs):
        spawn_disc(world, disc)
    for agent in range(world.agents):
        look_at(world, agent, _TURN * (rng.uniform(world, streams.HEADING, agent) - 0.5))


@seldom
def place_block(world, col, row):
    """Put a block on the square metre from (col, row) to (col + 1, row + 1). Returns whether that is in the world."""
    if not is_inside(world, col, row):
        return False
    world.block[row, col] = 1
    world.has_blocks[0] = 1
    return True


CHANGES = (look_at, place_block, place_disc, spawn_disc, spawn_discs)
"""Words that change a world for all its agents."""
