"""Words by which rules put bodies into a world, and what bodies weigh."""

import numpy as np

from sakana_envs.bodies import wrongs
from sakana_envs.bodies.derive import derive_faces, turn
from sakana_envs.bodies.world import WALLS
from sakana_envs.core.faults import note
from sakana_envs.core.inner import inner, seldom
from sakana_envs.core.trig import sine_cosine

_ZERO, _ONE, _HALF, _THREE, _TWELFTH = map(np.float32, (0.0, 1.0, 0.5, 3.0, 1.0 / 12.0))
_PI, _QUARTER, _INFINITE = map(np.float32, (np.pi, 0.25, np.inf))
_INIT = np.int64(0)


@seldom
def _free(world, first, last):
    """The first body from ``first`` to before ``last`` that isn't there; the floor, and a fault, if all are."""
    for body in range(first, last):
        if world.active[body] == 0:
            return body
    note(world, wrongs.FULL, last - first, _INIT)
    return 0


@seldom
def _make(world, body, x, y, angle, density):
    """Let a body be there, at rest, as rough as walls are."""
    world.x[body], world.y[body], world.angle[body] = np.float32(x), np.float32(y), np.float32(angle)
    world.vx[body], world.vy[body], world.spin[body] = _ZERO, _ZERO, _ZERO
    world.friction[body], world.restitution[body] = _ONE, _ZERO
    world.density[body] = np.float32(density)
    world.active[body], world.mode[body], world.role[body] = 1, 1, 0
    turn(world, body)


@inner
def _inverse(value):
    """One over it; infinite, which no body may have, if it isn't above 0."""
    return _ONE / value if value > _ZERO else _INFINITE


@seldom
def _weigh(world, polygon):
    """Find mass and inertia of a polygon, cut into triangles; its middle is that of its corners."""
    corners = np.int64(world.corners[polygon])
    area, inertia = _ZERO, _ZERO
    for corner in range(corners):
        following = corner + 1 if corner + 1 < corners else 0
        ax, ay = world.corner_x[polygon, corner], world.corner_y[polygon, corner]
        bx, by = world.corner_x[polygon, following], world.corner_y[polygon, following]
        double = abs(bx * ay - by * ax)
        area += _HALF * double
        inertia += double * _TWELFTH * (ax * ax + ay * ay + (ax * bx + ay * by) + (bx * bx + by * by))
    density = world.density[polygon]
    world.inverse_mass[polygon] = _inverse(density * area)
    world.inverse_inertia[polygon] = _inverse(density * inertia)


@seldom
def box(world, x, y, width, height, angle=0.0, density=1.0):
    """Put a box at a place in metres, turned by an angle in radians. Returns its number."""
    body = _free(world, WALLS, world.polygons)
    if body > 0:
        _make(world, body, x, y, angle, density)
        right, up = _HALF * np.float32(width), _HALF * np.float32(height)
        world.corners[body] = 4
        world.corner_x[body, 0], world.corner_y[body, 0] = -right, up
        world.corner_x[body, 1], world.corner_y[body, 1] = right, up
        world.corner_x[body, 2], world.corner_y[body, 2] = right, -up
        world.corner_x[body, 3], world.corner_y[body, 3] = -right, -up
        derive_faces(world, body)
        _weigh(world, body)
    return body


@seldom
def triangle(world, ax, ay, bx, by, cx, cy, density=1.0):
    """Put a triangle with its corners at three places in metres. Returns its number."""
    body = _free(world, WALLS, world.polygons)
    if body > 0:
        ax, ay, bx = np.float32(ax), np.float32(ay), np.float32(bx)
        by, cx, cy = np.float32(by), np.float32(cx), np.float32(cy)
        x, y = (ax + bx + cx) / _THREE, (ay + by + cy) / _THREE
        _make(world, body, x, y, 0.0, density)
        clockwise = (by - ay) * (cx - ax) > (bx - ax) * (cy - ay)
        second, third = (1, 2) if clockwise else (2, 1)
        world.corners[body] = 3
        world.corner_x[body, 0], world.corner_y[body, 0] = ax - x, ay - y
        world.corner_x[body, second], world.corner_y[body, second] = bx - x, by - y
        world.corner_x[body, third], world.corner_y[body, third] = cx - x, cy - y
        world.corner_x[body, 3], world.corner_y[body, 3] = _ZERO, _ZERO
        derive_faces(world, body)
        _weigh(world, body)
    return body


@seldom
def ball(world, x, y, radius, density=1.0):
    """Put a circle at a place in metres. Returns its number."""
    body = _free(world, world.polygons, world.polygons + world.circles)
    if body > 0:
        _make(world, body, x, y, 0.0, density)
        radius = np.float32(radius)
        world.radius[body] = radius
        mass = world.density[body] * _PI * radius * radius
        world.inverse_mass[body] = _inverse(mass)
        world.inverse_inertia[body] = _inverse(mass * _QUARTER * radius * radius)
    return body


@inner
def fix(world, body):
    """Let nothing move a body any more."""
    world.inverse_mass[body], world.inverse_inertia[body] = _ZERO, _ZERO
    world.vx[body], world.vy[body], world.spin[body] = _ZERO, _ZERO, _ZERO


@inner
def role(world, body, wanted):
    """Give a body a role: ``GREY``, ``GREEN``, ``BLUE`` or ``RED``."""
    world.role[body] = wanted


@inner
def place_body(world, body, x, y, angle=0.0):
    """Put a body that is there at a place in metres, turned by an angle in radians, at rest."""
    world.x[body], world.y[body], world.angle[body] = np.float32(x), np.float32(y), np.float32(angle)
    world.vx[body], world.vy[body], world.spin[body] = _ZERO, _ZERO, _ZERO
    world.sine[body], world.cosine[body] = sine_cosine(world.angle[body])
