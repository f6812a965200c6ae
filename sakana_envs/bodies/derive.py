"""What follows from a world's shapes and joints, found once as an episode begins."""

import numpy as np

from sakana_envs.bodies.world import CORNERS
from sakana_envs.core.inner import inner, seldom
from sakana_envs.core.trig import sine_cosine, square_root

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_MORE = np.float32(1.00001)
_A_LITTLE = np.float32(1e-5)


@inner
def turn(world, body):
    """Note sine and cosine of a body's angle."""
    world.sine[body], world.cosine[body] = sine_cosine(world.angle[body])


@seldom
def derive_faces(world, polygon):
    """Where a polygon's edges face, how far it reaches there, and how far from its middle."""
    corners, farthest = np.int64(world.corners[polygon]), _ZERO
    for corner in range(CORNERS):
        following = corner + 1 if corner + 1 < corners else 0
        x, y = world.corner_x[polygon, corner], world.corner_y[polygon, corner]
        along_x, along_y = world.corner_x[polygon, following] - x, world.corner_y[polygon, following] - y
        length = square_root(along_x * along_x + along_y * along_y)
        length = length if length > _ZERO else _ONE
        face_x, face_y, most = -along_y / length, along_x / length, -np.float32(np.inf)
        for other in range(corners):
            most = max(most, face_x * world.corner_x[polygon, other] + face_y * world.corner_y[polygon, other])
        world.face_x[polygon, corner], world.face_y[polygon, corner] = face_x, face_y
        world.face_at[polygon, corner] = most
        if corner < corners:
            farthest = max(farthest, x * x + y * y)
    world.radius[polygon] = square_root(farthest) * _MORE + _A_LITTLE


@seldom
def derive_groups(world):
    """Number the bodies so that those which hang together by joints have the same number."""
    bodies = world.polygons + world.circles
    for body in range(bodies):
        world.group[body] = body
    for _ in range(world.joints):
        for joint in range(world.joints):
            if world.joint[joint] != 0:
                one, other = world.first[joint], world.second[joint]
                lower = min(world.group[one], world.group[other])
                world.group[one] = lower
                world.group[other] = lower


@seldom
def derive_all(world):
    """All that the others say, and trigonometry of all bodies."""
    for body in range(world.polygons + world.circles):
        turn(world, body)
    for polygon in range(world.polygons):
        derive_faces(world, polygon)
    derive_groups(world)
