"""What discs do to each other: soft ones push each other apart, elastic ones exchange momentum.

A disc's share is a sum over the others in ascending order, of terms that are equal and opposite for the two of a pair.
So each pair is looked at once, from its first disc: by the time a disc's turn comes, it has what those before it gave.
A pair's forces cancel to the bit, and a machine on which each disc gathers its own sum gets the same bits.
"""

import numpy as np

from sakana_envs.core.inner import inner
from sakana_envs.core.trig import square_root
from sakana_envs.discs.near import find_near
from sakana_envs.discs.world import FASTEST

_ZERO, _ONE, _FOUR = np.float32(0.0), np.float32(1.0), np.float32(4.0)
_FASTEST = np.float32(FASTEST)


@inner
def within(value, most):
    """``value``, between minus and plus ``most``; what is no number becomes minus ``most``."""
    return min(most, max(-most, value))


@inner
def meet(world, disc, other):
    """Whether two discs meet: each has the other's kind among those that it meets."""
    both = (np.int64(world.solid[disc]) >> np.int64(world.kind[other])) & 1
    return both & (np.int64(world.solid[other]) >> np.int64(world.kind[disc])) & 1


@inner
def find_obstacles(world):
    """List the discs that nothing moves, and that others can meet: how many, whether others can meet each other, and
    whether some are elastic.

    Agents that nothing moves are at rest.
    """
    fixed, elastic = 0, False
    kinds = meets = np.int64(0)
    for disc in range(world.discs):
        if world.inverse_mass[disc] > _ZERO:
            kinds |= 1 << np.int64(world.kind[disc])
            meets |= np.int64(world.solid[disc])
            elastic |= world.elasticity[disc] > _ZERO
        elif disc < world.agents:  # whatever its drive
            world.vx[disc], world.vy[disc] = _ZERO, _ZERO
    for disc in range(world.discs):
        if world.inverse_mass[disc] == _ZERO and np.int64(world.solid[disc]) & kinds != 0:
            world.obstacles[fixed] = disc
            fixed += 1
    contact = kinds & meets != 0
    return fixed, contact, contact and elastic


@inner
def _push(overlap, softness):
    """Metres by which two discs push: how far they overlap; within ``softness`` of touch a parabola that joins on."""
    if overlap >= softness:
        return overlap
    return (overlap + softness) * (overlap + softness) / (_FOUR * softness)


@inner
def note_bump(world, disc):
    """Note that something pushed or held a disc, if it is an agent."""
    if disc < world.agents:
        world.bumped[disc] = 1


@inner
def add_forces(world):
    """Add to the forces on soft discs that move what those that they overlap with push."""
    stiffness, softness = np.float32(world.stiffness), np.float32(world.softness)
    for disc in range(world.discs):
        if world.inverse_mass[disc] == _ZERO:
            continue
        fx, fy = world.fx[disc], world.fy[disc]
        for place in range(find_near(world, disc, softness)):
            other = np.int64(world.near[place])
            if world.elasticity[disc] * world.elasticity[other] > _ZERO or meet(world, disc, other) == 0:
                continue
            dx, dy = world.x[disc] - world.x[other], world.y[disc] - world.y[other]
            distance = square_root(dx * dx + dy * dy)
            overlap = world.radius[disc] + world.radius[other] - distance
            push = stiffness * _push(overlap, softness) / distance
            fx += push * dx
            fy += push * dy
            world.fx[other] -= push * dx
            world.fy[other] -= push * dy
            note_bump(world, disc)
            note_bump(world, other)
        world.fx[disc], world.fy[disc] = fx, fy


@inner
def _approach(world, disc, other):
    """The line from ``other`` to ``disc``, (x, y) of length 1, and how fast elastic ones come nearer along it, or 0."""
    if world.elasticity[disc] * world.elasticity[other] == _ZERO or meet(world, disc, other) == 0:
        return _ZERO, _ZERO, _ZERO
    dx, dy = world.x[disc] - world.x[other], world.y[disc] - world.y[other]
    distance = square_root(dx * dx + dy * dy)
    nx, ny = dx / distance, dy / distance
    speed = (world.vx[other] - world.vx[disc]) * nx + (world.vy[other] - world.vy[disc]) * ny
    return nx, ny, max(speed, _ZERO)


@inner
def exchange_momentum(world):
    """Let elastic discs that overlap and come nearer bounce, all from the velocities that they have now.

    Of several collisions at once each is done by the share one over the larger number that one of the two is in. A
    disc's velocity is then a mean of what single collisions would make of it, so momentum stays, and energy can't grow.
    """
    collisions = 0
    for disc in range(world.discs):
        world.contacts[disc] = 0
        world.fx[disc], world.fy[disc] = _ZERO, _ZERO
    for disc in range(world.discs):
        if world.inverse_mass[disc] > _ZERO and world.elasticity[disc] > _ZERO:
            for place in range(find_near(world, disc, _ZERO)):
                other = np.int64(world.near[place])
                _, _, speed = _approach(world, disc, other)
                world.contacts[disc] += speed > _ZERO
                world.contacts[other] += speed > _ZERO
                collisions += speed > _ZERO
    if collisions == 0:
        return
    for disc in range(world.discs):
        if world.contacts[disc] > 0:
            for place in range(find_near(world, disc, _ZERO)):
                other = np.int64(world.near[place])
                nx, ny, speed = _approach(world, disc, other)
                if speed > _ZERO:
                    most = np.float32(max(world.contacts[disc], world.contacts[other]))
                    masses = (world.inverse_mass[disc] + world.inverse_mass[other]) * most
                    elasticity = world.elasticity[disc] * world.elasticity[other]
                    impulse = (_ONE + elasticity) * speed / masses
                    world.fx[disc] += impulse * nx
                    world.fy[disc] += impulse * ny
                    world.fx[other] -= impulse * nx
                    world.fy[other] -= impulse * ny
            note_bump(world, disc)
    for disc in range(world.discs):
        world.vx[disc] = within(world.vx[disc] + world.fx[disc] * world.inverse_mass[disc], _FASTEST)
        world.vy[disc] = within(world.vy[disc] + world.fy[disc] * world.inverse_mass[disc], _FASTEST)
