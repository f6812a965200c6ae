"""How bodies move: steps of motion, two of which make a tick unless ``frames`` says otherwise."""

import numpy as np

from sakana_envs.bodies.constants import DT, ROUNDS
from sakana_envs.bodies.contact import begin_contacts, prepare_contacts, solve_contacts
from sakana_envs.bodies.derive import turn
from sakana_envs.bodies.drives import run_motors, run_thrusters
from sakana_envs.bodies.joints import begin_joints, solve_joints
from sakana_envs.bodies.meeting import find_contacts
from sakana_envs.bodies.world import CORNERS, FARTHEST, FASTEST, FASTEST_SPIN, MOST_ANGLE, ROLES
from sakana_envs.core.inner import inner

_ZERO = np.float32(0.0)
_FARTHEST, _FASTEST, _FASTEST_SPIN = map(np.float32, (FARTHEST, FASTEST, FASTEST_SPIN))
_MOST_ANGLE = np.float32(MOST_ANGLE)
_INFINITE = np.float32(np.inf)


@inner
def _finite(value):
    """The same, or 0 in place of what is no number, or infinite."""
    return value if abs(value) < _INFINITE else _ZERO


@inner
def _within(value, most):
    return min(max(_finite(value), -most), most)


@inner
def _pull(world):
    """Let all bodies fall that can move."""
    factor = np.float32(world.gravity)
    dx, dy = world.pull[0] * factor * DT, world.pull[1] * factor * DT
    for body in range(world.polygons + world.circles):
        if world.inverse_mass[body] != _ZERO:
            world.vx[body] += dx
            world.vy[body] += dy


@inner
def _place_corners(world):
    """Find out where in the world the polygons' corners are."""
    for polygon in range(world.polygons):
        cosine, sine, x, y = world.cosine[polygon], world.sine[polygon], world.x[polygon], world.y[polygon]
        for corner in range(CORNERS):
            at_x, at_y = world.corner_x[polygon, corner], world.corner_y[polygon, corner]
            world.at_x[polygon, corner] = cosine * at_x - sine * at_y + x
            world.at_y[polygon, corner] = sine * at_x + cosine * at_y + y


@inner
def _advance(world):
    """Move and turn all bodies by their velocities, and keep all within bounds."""
    for body in range(world.polygons + world.circles):
        world.x[body] = _within(world.x[body] + world.vx[body] * DT, _FARTHEST)
        world.y[body] = _within(world.y[body] + world.vy[body] * DT, _FARTHEST)
        world.vx[body] = _within(world.vx[body], _FASTEST)
        world.vy[body] = _within(world.vy[body], _FASTEST)
        spin = world.spin[body]
        world.angle[body] = _within(world.angle[body] + spin * DT, _MOST_ANGLE)
        world.spin[body] = _within(spin, _FASTEST_SPIN)
        turn(world, body)


@inner
def _keep_finite(world, found):
    """Forget impulses that are no numbers any more."""
    for number in range(found):
        point = world.found[number]
        world.push[point], world.rub[point] = _finite(world.push[point]), _finite(world.rub[point])
    for joint in range(world.joints):
        world.pull_x[joint], world.pull_y[joint] = _finite(world.pull_x[joint]), _finite(world.pull_y[joint])
        world.twist[joint] = _finite(world.twist[joint])


@inner
def _step(world, number):
    """A step of motion, the tick's ``number``, from 1."""
    _pull(world)
    _place_corners(world)
    found = find_contacts(world)
    prepare_contacts(world, found, number)
    run_motors(world)
    run_thrusters(world)
    begin_contacts(world, found)
    begin_joints(world)
    for _ in range(ROUNDS):
        solve_joints(world)
        solve_contacts(world)
    _keep_finite(world, found)
    _advance(world)


@inner
def move_all(world):
    """The tick's motion; which roles met in it is noted."""
    for body in range(world.polygons + world.circles):
        turn(world, body)
    for pair in range(ROLES * ROLES):
        world.met[pair] = 0
    for frame in range(world.frames):
        _step(world, frame + 1)
