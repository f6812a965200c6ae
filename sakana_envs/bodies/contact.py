"""What contacts do: impulses that hold bodies apart, and friction, found by going round several times.

Contacts of one batch all see the same velocities; batches follow one another.
"""

import numpy as np

from sakana_envs.bodies.constants import APART, ROUGHNESS, SIDE_BY_SIDE, SLOP
from sakana_envs.bodies.meeting import BIAS, DEPTH, NX, NY, PX, PY, REST, ROUGH
from sakana_envs.bodies.world import ROLES, WALLS
from sakana_envs.core.inner import inner
from sakana_envs.core.trig import square_root

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_CHANGE = 8
"""Column of a contact's row from which on it has the changes of its bodies' velocities: x, y, spin of each."""


@inner
def prepare_contacts(world, found, step):
    """See what each contact found in a step is to come to, and note which roles met."""
    for number in range(found):
        point = world.found[number]
        first, second = world.contact_first[point], world.contact_second[point]
        nx, ny = world.contact[point, NX], world.contact[point, NY]
        px, py = world.contact[point, PX], world.contact[point, PY]
        ax, ay, bx, by = px - world.x[first], py - world.y[first], px - world.x[second], py - world.y[second]
        vx = (world.vx[second] - world.spin[second] * by) - (world.vx[first] - world.spin[first] * ay)
        vy = (world.vy[second] + world.spin[second] * bx) - (world.vy[first] + world.spin[first] * ax)
        bounce = min(world.restitution[first], world.restitution[second])
        rough, rougher = world.friction[first] * ROUGHNESS, world.friction[second] * ROUGHNESS
        world.contact[point, REST] = (vx * nx + vy * ny) * bounce
        world.contact[point, ROUGH] = square_root(rough * rough + rougher * rougher)
        world.contact[point, BIAS] = APART * min(_ZERO, SLOP - world.contact[point, DEPTH])
        movable = (world.inverse_mass[first] != _ZERO) | (world.inverse_mass[second] != _ZERO)
        holds = movable & (world.group[first] != world.group[second]) & (world.touch[point] != 0)
        world.contact_holds[point] = holds
        if not holds:
            world.push[point], world.rub[point] = _ZERO, _ZERO
        if world.touch[point] != 0:
            _meet(world, np.int64(world.role[first]), np.int64(world.role[second]), step)


@inner
def _meet(world, role, other, step):
    if world.met[ROLES * role + other] == 0:
        world.met[ROLES * role + other] = step
        world.met[ROLES * other + role] = step


@inner
def begin_contacts(world, found):
    """Begin with the impulses of the step before."""
    for number in range(found):
        point = world.found[number]
        push, rub = world.push[point], world.rub[point]
        if (push != _ZERO) | (rub != _ZERO):
            first, second = world.contact_first[point], world.contact_second[point]
            nx, ny = world.contact[point, NX], world.contact[point, NY]
            px, py = world.contact[point, PX], world.contact[point, PY]
            jx, jy = push * nx + rub * ny, push * ny - rub * nx
            ax, ay, bx, by = px - world.x[first], py - world.y[first], px - world.x[second], py - world.y[second]
            world.vx[first] -= jx * world.inverse_mass[first]
            world.vy[first] -= jy * world.inverse_mass[first]
            world.spin[first] -= world.inverse_inertia[first] * (ax * jy - ay * jx)
            world.vx[second] += jx * world.inverse_mass[second]
            world.vy[second] += jy * world.inverse_mass[second]
            world.spin[second] += world.inverse_inertia[second] * (bx * jy - by * jx)


@inner
def _inverse(value):
    return value if value != _ZERO else _ONE


@inner
def _solve(world, point):
    """Find the impulses of a contact from velocities as they are; note them, and what they change."""
    first, second = world.contact_first[point], world.contact_second[point]
    nx, ny = world.contact[point, NX], world.contact[point, NY]
    px, py = world.contact[point, PX], world.contact[point, PY]
    mass_1, mass_2 = world.inverse_mass[first], world.inverse_mass[second]
    inertia_1, inertia_2 = world.inverse_inertia[first], world.inverse_inertia[second]
    ax, ay, bx, by = px - world.x[first], py - world.y[first], px - world.x[second], py - world.y[second]
    spin_1, spin_2 = world.spin[first], world.spin[second]
    vx_1, vy_1, vx_2, vy_2 = world.vx[first], world.vy[first], world.vx[second], world.vy[second]
    speed = ((vx_2 - spin_2 * by) - (vx_1 - spin_1 * ay)) * nx + ((vy_2 + spin_2 * bx) - (vy_1 + spin_1 * ax)) * ny
    along_1, along_2 = ax * nx + ay * ny, bx * nx + by * ny
    square_1, square_2 = ax * ax + ay * ay, bx * bx + by * by
    mass = mass_1 + mass_2
    weight = mass + inertia_1 * (square_1 - along_1 * along_1) + inertia_2 * (square_2 - along_2 * along_2)
    wanted = (-speed + world.contact[point, BIAS] - world.contact[point, REST]) / _inverse(weight)
    push = max(world.push[point] + wanted, _ZERO)
    more = push - world.push[point]
    jx, jy = more * nx, more * ny
    dx_1, dy_1, dx_2, dy_2 = -mass_1 * jx, -mass_1 * jy, mass_2 * jx, mass_2 * jy
    turn_1, turn_2 = -inertia_1 * (ax * jy - ay * jx), inertia_2 * (bx * jy - by * jx)

    tx, ty = ny, -nx
    spin_1, spin_2 = spin_1 + turn_1, spin_2 + turn_2
    across_x = (vx_2 + dx_2) - spin_2 * by - (vx_1 + dx_1) + spin_1 * ay
    across_y = (vy_2 + dy_2) + spin_2 * bx - (vy_1 + dy_1) - spin_1 * ax
    along_1, along_2 = ax * tx + ay * ty, bx * tx + by * ty
    weight = mass + inertia_1 * (square_1 - along_1 * along_1) + inertia_2 * (square_2 - along_2 * along_2)
    wanted, most = -(across_x * tx + across_y * ty) / _inverse(weight), world.contact[point, ROUGH] * push
    rub = min(max(world.rub[point] + wanted, -most), most)
    more = rub - world.rub[point]
    jx, jy = more * tx, more * ty
    world.push[point], world.rub[point] = push, rub
    world.contact[point, _CHANGE] = dx_1 - mass_1 * jx
    world.contact[point, _CHANGE + 1] = dy_1 - mass_1 * jy
    world.contact[point, _CHANGE + 2] = turn_1 - inertia_1 * (ax * jy - ay * jx)
    world.contact[point, _CHANGE + 3] = dx_2 + mass_2 * jx
    world.contact[point, _CHANGE + 4] = dy_2 + mass_2 * jy
    world.contact[point, _CHANGE + 5] = turn_2 + inertia_2 * (bx * jy - by * jx)


@inner
def _apply(world, point):
    """Change velocities as a contact was found to."""
    first, second = world.contact_first[point], world.contact_second[point]
    world.vx[first] += world.contact[point, _CHANGE]
    world.vy[first] += world.contact[point, _CHANGE + 1]
    world.spin[first] += world.contact[point, _CHANGE + 2]
    world.vx[second] += world.contact[point, _CHANGE + 3]
    world.vy[second] += world.contact[point, _CHANGE + 4]
    world.spin[second] += world.contact[point, _CHANGE + 5]


@inner
def _next(now, wanted, batches):
    """How many after number ``now`` is the next that goes to a batch, if they are dealt out in turn."""
    away = wanted - now % batches
    return away if away >= 0 else away + batches


@inner
def _solve_part(world, first, stride, count, total, final):
    """One round of contacts of a kind: ``count`` of those found, from ``first`` on, of ``total`` pairs.

    Pairs are dealt out to batches in turn: first those without contact, then those found. Batches that are one short of
    the others forget the impulses of point ``final``, that of the kind's last pair.
    """
    batches = (total + SIDE_BY_SIDE - 1) // SIDE_BY_SIDE
    for batch in range(batches):
        begin = _next(total - count, batch, batches)
        for number in range(begin, count, batches):
            point = world.found[first + stride * number]
            if world.contact_holds[point] != 0:
                _solve(world, point)
        for number in range(begin, count, batches):
            point = world.found[first + stride * number]
            if world.contact_holds[point] != 0:
                _apply(world, point)
        if total + _next(total, batch, batches) < batches * SIDE_BY_SIDE:
            world.push[final], world.rub[final] = _ZERO, _ZERO


@inner
def solve_contacts(world):
    """One round: polygons' first points, their second points, circle and polygon, circles."""
    of_polygons = world.polygons * (world.polygons - 1) // 2 - WALLS * (WALLS - 1) // 2
    mixed, of_circles = world.polygons * world.circles, world.circles * (world.circles - 1) // 2
    touching, touching_mixed = int(world.contacts[0]), int(world.contacts[1])
    for part in range(4):
        first, stride, count, total, final = part, 2, touching, of_polygons, 2 * (of_polygons - 1) + part
        if part == 2:
            first, stride, count, total, final = 2 * touching, 1, touching_mixed, mixed, 2 * of_polygons + mixed - 1
        elif part == 3:
            first, stride, count = 2 * touching + touching_mixed, 1, int(world.contacts[2])
            total, final = of_circles, 2 * of_polygons + mixed + of_circles - 1
        if count > 0:
            _solve_part(world, first, stride, count, total, final)
