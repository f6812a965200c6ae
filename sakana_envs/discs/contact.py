"""What discs do to each other: soft ones push each other apart, elastic ones exchange momentum.

A disc's share is a sum over the others in ascending order, of terms that are equal and opposite for the two of a pair.
So a pair's forces cancel to the bit, and a machine on which each disc gathers its own sum gets the same bits.
"""

import math

import numpy as np

from sakana_envs.core.inner import inner
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
    """List the discs that nothing moves: how many, whether others can meet each other, and whether some are elastic.

    Agents among them are at rest.
    """
    fixed, elastic = 0, False
    kinds = meets = np.int64(0)
    for disc in range(world.discs):
        if world.inverse_mass[disc] == _ZERO:
            world.obstacles[fixed] = disc
            fixed += 1
            if disc < world.agents:  # whatever its drive
                world.vx[disc], world.vy[disc] = _ZERO, _ZERO
        else:
            kinds |= 1 << np.int64(world.kind[disc])
            meets |= np.int64(world.solid[disc])
            elastic |= world.elasticity[disc] > _ZERO
    contact = kinds & meets != 0
    return fixed, contact, contact and elastic


@inner
def _push(overlap, softness):
    """Metres by which two discs push: how far they overlap; within ``softness`` of touch a parabola that joins on."""
    if overlap >= softness:
        return overlap
    return (overlap + softness) * (overlap + softness) / (_FOUR * softness)


@inner
def add_forces(world):
    """Add to the forces on soft discs that move what those that overlap with them push."""
    stiffness, softness = np.float32(world.stiffness), np.float32(world.softness)
    for disc in range(world.discs - 1):
        if world.inverse_mass[disc] == _ZERO:
            continue
        x, y, radius, elasticity = world.x[disc], world.y[disc], world.radius[disc], world.elasticity[disc]
        fx, fy = world.fx[disc], world.fy[disc]
        for other in range(disc + 1, world.discs):
            dx, dy = x - world.x[other], y - world.y[other]
            reach = radius + world.radius[other] + softness
            square = dx * dx + dy * dy
            if square >= reach * reach or square == _ZERO or world.inverse_mass[other] == _ZERO:
                continue
            if meet(world, disc, other) == 0 or elasticity * world.elasticity[other] > _ZERO:
                continue
            distance = math.sqrt(square)
            push = stiffness * _push(reach - softness - distance, softness) / distance
            fx += push * dx
            fy += push * dy
            world.fx[other] -= push * dx
            world.fy[other] -= push * dy
            if disc < world.agents:
                world.bumped[disc] = 1
            if other < world.agents:
                world.bumped[other] = 1
        world.fx[disc], world.fy[disc] = fx, fy


@inner
def _approach(world, disc, other):
    """The line from ``other`` to ``disc``, (x, y) of length 1, and how fast elastic ones come nearer along it, or 0."""
    elasticity = world.elasticity[disc] * world.elasticity[other]
    dx, dy = world.x[disc] - world.x[other], world.y[disc] - world.y[other]
    reach = world.radius[disc] + world.radius[other]
    square = dx * dx + dy * dy
    if square >= reach * reach or square == _ZERO or elasticity == _ZERO or meet(world, disc, other) == 0:
        return _ZERO, _ZERO, _ZERO
    distance = math.sqrt(square)
    nx, ny = dx / distance, dy / distance
    speed = (world.vx[other] - world.vx[disc]) * nx + (world.vy[other] - world.vy[disc]) * ny
    return nx, ny, max(speed, _ZERO)


@inner
def exchange_momentum(world):
    """Let elastic discs that overlap and come nearer bounce, all from the velocities that they have now.

    Of several collisions at once each is done by the share one over the larger number that one of the two is in. A
    disc's velocity is then a mean of what single collisions would make of it, so momentum stays, and energy can't grow.
    """
    for disc in range(world.discs):
        world.contacts[disc] = 0
        world.fx[disc] = _ZERO
        world.fy[disc] = _ZERO
    found = 0
    for disc in range(world.discs - 1):
        for other in range(disc + 1, world.discs):
            if world.inverse_mass[disc] == _ZERO or world.inverse_mass[other] == _ZERO:
                continue
            _, _, speed = _approach(world, disc, other)
            if speed > _ZERO:
                world.contacts[disc] += 1
                world.contacts[other] += 1
                found += 1
    if found == 0:
        return
    for disc in range(world.discs - 1):
        for other in range(disc + 1, world.discs):
            if world.contacts[disc] == 0 or world.contacts[other] == 0:
                continue
            nx, ny, speed = _approach(world, disc, other)
            if speed > _ZERO:
                elasticity = world.elasticity[disc] * world.elasticity[other]
                masses = world.inverse_mass[disc] + world.inverse_mass[other]
                most = np.float32(max(world.contacts[disc], world.contacts[other]))
                impulse = (_ONE + elasticity) * speed / (masses * most)
                world.fx[disc] += impulse * nx
                world.fy[disc] += impulse * ny
                world.fx[other] -= impulse * nx
                world.fy[other] -= impulse * ny
                if disc < world.agents:
                    world.bumped[disc] = 1
                if other < world.agents:
                    world.bumped[other] = 1
    for disc in range(world.discs):
        world.vx[disc] = within(world.vx[disc] + world.fx[disc] * world.inverse_mass[disc], _FASTEST)
        world.vy[disc] = within(world.vy[disc] + world.fy[disc] * world.inverse_mass[disc], _FASTEST)
