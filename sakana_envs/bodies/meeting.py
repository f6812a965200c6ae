"""Where bodies touch: for each pair of bodies that do, a point or two, a direction and a depth.

What is known of a contact stands in a row of ``world.contact``, by these columns; a pair of polygons has two rows, one
after the other.
"""

from typing import Any

import numpy as np

from sakana_envs.bodies.world import WALLS
from sakana_envs.core.inner import inner
from sakana_envs.core.trig import square_root

NX, NY, PX, PY, BIAS, REST, ROUGH = range(7)
"""Direction from the first body to the second; the point; speed that drives them apart, speed that they are to have,
and how rough both are."""

DEPTH = BIAS
"""How deep they are in each other, until that is turned into a speed."""

_ZERO, _ONE, _FAR = np.float32(0.0), np.float32(1.0), np.float32(1e30)
_RATHER = np.float32(0.01)
"""Metres by which the second polygon's face must be the better one to count."""

_FREE = 2
"""Mode of bodies that meet all others."""


@inner
def _not_zero(value):
    return value if value != _ZERO else _ONE


@inner
def _may_touch(world, one, other):
    """Whether two bodies are there, meet each other, and are near enough."""
    if (world.active[one] == 0) | (world.active[other] == 0):
        return False
    mode, second = world.mode[one], world.mode[other]
    if not ((mode == _FREE) | (second == _FREE) | ((mode > 0) & (second > 0))):
        return False
    dx, dy = world.x[other] - world.x[one], world.y[other] - world.y[one]
    reach = world.radius[one] + world.radius[other]
    return dx * dx + dy * dy <= reach * reach


@inner
def _note(world, point, first, second, nx, ny, px, py, depth):
    """Write down a contact that was found."""
    world.contact_first[point] = first
    world.contact_second[point] = second
    world.contact[point, NX], world.contact[point, NY] = nx, ny
    world.contact[point, PX], world.contact[point, PY] = px, py
    world.contact[point, DEPTH] = depth


@inner
def _begin_or_go_on(world, point, touches):
    """Whether there is contact at a point now; one that has just begun has no impulse to begin with."""
    if (not touches) | (world.touch[point] == 0):
        world.push[point], world.rub[point] = _ZERO, _ZERO
    world.touch[point] = touches


@inner
def _best_face(world, one, other):
    """The face of a polygon before which another lies best: how far, which one, and the other's two lowest corners.

    How far is 0 or more if the other lies before a face altogether: then they don't touch, and the rest is nothing.
    """
    cosine, sine = world.cosine[one], world.sine[one]
    x, y, corners = world.x[one], world.y[one], world.corners[other]
    dx, dy = world.at_x[other, 0] - x, world.at_y[other, 0] - y
    x0, y0 = cosine * dx + sine * dy, cosine * dy - sine * dx
    dx, dy = world.at_x[other, 1] - x, world.at_y[other, 1] - y
    x1, y1 = cosine * dx + sine * dy, cosine * dy - sine * dx
    dx, dy = world.at_x[other, 2] - x, world.at_y[other, 2] - y
    x2, y2 = cosine * dx + sine * dy, cosine * dy - sine * dx
    dx, dy = world.at_x[other, 3] - x, world.at_y[other, 3] - y
    x3, y3 = cosine * dx + sine * dy, cosine * dy - sine * dx
    best, face = -_FAR, 0
    for number in range(np.int64(world.corners[one])):
        nx, ny = world.face_x[one, number], world.face_y[one, number]
        least = min(min(nx * x0 + ny * y0, nx * x1 + ny * y1), nx * x2 + ny * y2)
        if corners > 3:
            least = min(least, nx * x3 + ny * y3)
        away = least - world.face_at[one, number]
        if away > best:
            best, face = away, number
            if best >= _ZERO:
                return best, face, 0, 1
    nx, ny = world.face_x[one, face], world.face_y[one, face]
    h0, h1, h2, h3 = nx * x0 + ny * y0, nx * x1 + ny * y1, nx * x2 + ny * y2, nx * x3 + ny * y3
    if corners == 3:
        h3 = _FAR
    low, least = 0, h0
    if h1 < least:
        low, least = 1, h1
    if h2 < least:
        low, least = 2, h2
    if h3 < least:
        low, least = 3, h3
    lower = 1 if low == 0 else 0
    least = h1 if low == 0 else h0
    if (low != 1) & (h1 < least):
        lower, least = 1, h1
    if (low != 2) & (h2 < least):
        lower, least = 2, h2
    if (low != 3) & (h3 < least):
        lower, least = 3, h3
    return best, face, low, lower


@inner
def _meet_polygons(world, first, second, point):
    """Whether two polygons touch; if so, note where: at a point, and perhaps at a second one behind it."""
    best, depth, one, other, face, low, lower = -_FAR, -_FAR, first, second, 0, 0, 1
    for turn in range(2):
        reference, incident = (first, second) if turn == 0 else (second, first)
        away, its_face, its_low, its_lower = _best_face(world, reference, incident)
        if not away < _ZERO:
            return False
        depth = max(depth, away)
        if turn == 0 or best + _RATHER < away:
            best, one, other, face, low, lower = away, reference, incident, its_face, its_low, its_lower
    following = face + 1 if face + 1 < np.int64(world.corners[one]) else 0
    from_x, from_y = world.at_x[one, face], world.at_y[one, face]
    tx, ty = world.at_x[one, following] - from_x, world.at_y[one, following] - from_y
    length = square_root(tx * tx + ty * ty)
    tx, ty = tx / _not_zero(length), ty / _not_zero(length)
    dx, dy = world.at_x[other, low] - from_x, world.at_y[other, low] - from_y
    deep, along = ty * dx - tx * dy, min(max(tx * dx + ty * dy, _ZERO), length)
    dx, dy = world.at_x[other, lower] - from_x, world.at_y[other, lower] - from_y
    deep_2, along_2 = ty * dx - tx * dy, min(max(tx * dx + ty * dy, _ZERO), length)
    if deep_2 > deep:
        deep, deep_2, along, along_2 = deep_2, deep, along_2, along
    cosine, sine = world.cosine[one], world.sine[one]
    face_x, face_y = world.face_x[one, face], world.face_y[one, face]
    nx, ny = cosine * face_x - sine * face_y, sine * face_x + cosine * face_y
    if one == second:
        nx, ny = -nx, -ny
    for number in range(2):
        px, py = ty * deep + tx * along + from_x, ty * along - tx * deep + from_y
        _note(world, point + number, first, second, nx, ny, px, py, -depth)
        _begin_or_go_on(world, point + number, number == 0 or deep > _ZERO)
        deep, along = deep_2, along_2
    return True


@inner
def _meet_circle(world, circle, polygon, point):
    """Whether a circle and a polygon touch; if so, note where."""
    cosine, sine, x, y = world.cosine[polygon], world.sine[polygon], world.x[polygon], world.y[polygon]
    dx, dy = world.x[circle] - x, world.y[circle] - y
    at_x, at_y = cosine * dx + sine * dy, cosine * dy - sine * dx
    inside, near_x, near_y = True, at_x, at_y
    least: Any = _FAR
    corners = np.int64(world.corners[polygon])
    for corner in range(corners):
        following = corner + 1 if corner + 1 < corners else 0
        from_x, from_y = world.corner_x[polygon, corner], world.corner_y[polygon, corner]
        ex, ey = world.corner_x[polygon, following] - from_x, world.corner_y[polygon, following] - from_y
        inside = inside & (ex * (at_y - from_y) - ey * (at_x - from_x) < _ZERO)
        length = square_root(ex * ex + ey * ey)
        ex, ey = ex / _not_zero(length), ey / _not_zero(length)
        along = min(max(ex * (at_x - from_x) + ey * (at_y - from_y), _ZERO), length)
        on_x, on_y = from_x + along * ex, from_y + along * ey
        away = square_root((on_x - at_x) * (on_x - at_x) + (on_y - at_y) * (on_y - at_y))
        if away < least:
            least, near_x, near_y = away, on_x, on_y
    ux, uy = at_x - near_x, at_y - near_y
    away, radius = square_root(ux * ux + uy * uy), world.radius[circle]
    if not ((away <= radius) | inside):
        return False
    nx, ny = cosine * ux - sine * uy, sine * ux + cosine * uy
    if not inside:
        nx, ny = -nx, -ny
    size = _not_zero(square_root(nx * nx + ny * ny))
    px, py = cosine * near_x - sine * near_y + x, sine * near_x + cosine * near_y + y
    _note(world, point, circle, polygon, nx / size, ny / size, px, py, radius if inside else radius - away)
    return True


@inner
def _meet_circles(world, first, second, point):
    """Whether two circles touch; if so, note where."""
    x, y = world.x[first], world.y[first]
    dx, dy = world.x[second] - x, world.y[second] - y
    away, reach = square_root(dx * dx + dy * dy), world.radius[first] + world.radius[second]
    if not away < reach:
        return False
    nx, ny, radius = dx / _not_zero(away), dy / _not_zero(away), world.radius[first]
    _note(world, point, first, second, nx, ny, x + nx * radius, y + ny * radius, reach - away)
    return True


@inner
def find_contacts(world):
    """Note all contacts there are in ``world.found``, pairs in order: polygons, circle and polygon, circles.

    A pair of polygons has two entries, the second of which may be a point at which there is no contact.
    """
    point, found = 0, 0
    for first in range(world.polygons):
        for second in range(max(first + 1, WALLS), world.polygons):
            touches = _may_touch(world, first, second) and _meet_polygons(world, first, second, point)
            if touches:
                world.found[found], world.found[found + 1] = point, point + 1
                found += 2
            else:
                world.touch[point] = 0
                world.touch[point + 1] = 0
            point += 2
    before = found
    world.contacts[0] = found // 2
    bodies = world.polygons + world.circles
    for circle in range(world.polygons, bodies):
        for polygon in range(world.polygons):
            touches = _may_touch(world, circle, polygon) and _meet_circle(world, circle, polygon, point)
            _begin_or_go_on(world, point, touches)
            if touches:
                world.found[found] = point
                found += 1
            point += 1
    world.contacts[1] = found - before
    before = found
    for first in range(world.polygons, bodies):
        for second in range(first + 1, bodies):
            touches = _may_touch(world, first, second) and _meet_circles(world, first, second, point)
            _begin_or_go_on(world, point, touches)
            if touches:
                world.found[found] = point
                found += 1
            point += 1
    world.contacts[2] = found - before
    return found
