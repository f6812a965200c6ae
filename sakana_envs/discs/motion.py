"""How discs move: forces change velocities, velocities change places, and what stands in the way stops them."""

import numpy as np

from sakana_envs.core.inner import inner
from sakana_envs.core.trig import sine_cosine, square_root
from sakana_envs.discs.contact import add_forces, exchange_momentum, find_obstacles, within
from sakana_envs.discs.near import MANY, sort_into_squares
from sakana_envs.discs.walls import hold_in_walls, hold_off_blocks, hold_off_obstacles, undo_if_wedged
from sakana_envs.discs.world import FARTHEST, FASTEST

_ZERO, _HALF, _ONE, _THREE_HALVES = np.float32(0.0), np.float32(0.5), np.float32(1.0), np.float32(1.5)
_FARTHEST, _FASTEST = np.float32(FARTHEST), np.float32(FASTEST)
_MOST_PARTS = 64
"""Parts at most into which a disc's move among blocks is cut."""


@inner
def _accelerate(world, disc, dt, kept):
    """Change a disc's velocity by its drag and by the force on it, and keep it within its limits."""
    weight = world.inverse_mass[disc] * dt
    vx = within(world.vx[disc] * kept + world.fx[disc] * weight, _FASTEST)
    vy = within(world.vy[disc] * kept + world.fy[disc] * weight, _FASTEST)
    along = world.axis_speed[disc]
    if along > _ZERO:
        vx, vy = within(vx, along), within(vy, along)
    most = world.top_speed[disc]
    square = vx * vx + vy * vy
    if most > _ZERO and square > most * most:
        scale = most / square_root(square)
        vx, vy = vx * scale, vy * scale
    world.vx[disc], world.vy[disc] = vx, vy


@inner
def _short(world, disc):
    """How far a disc goes at once among blocks: so little that its middle gets into none, nor between two corners."""
    return _HALF * min(_ONE, world.radius[disc])


@inner
def _parts(world, disc, dt):
    """Into how many parts a disc's move among blocks is cut, so that along each axis none is longer than that."""
    far = max(abs(world.vx[disc]), abs(world.vy[disc])) * dt
    return 1 + int(min(far / _short(world, disc), np.float32(_MOST_PARTS - 1)))


@inner
def _advance(world, disc, dt, blocks):
    """Move a disc by its velocity."""
    dx, dy = world.vx[disc] * dt, world.vy[disc] * dt
    if blocks:
        most = _short(world, disc)
        dx, dy = within(dx, most), within(dy, most)
    world.x[disc] += dx
    world.y[disc] += dy


@inner(forceinline=True)
def _hold(world, disc, fixed, walls, blocks):
    """Let what stands in a disc's way put it elsewhere. Returns whether something did."""
    x, y = world.x[disc], world.y[disc]
    if blocks:
        hold_off_blocks(world, disc)
    if fixed > 0:
        hold_off_obstacles(world, disc, fixed)
    if walls:
        hold_in_walls(world, disc)
    held = (world.x[disc] != x) | (world.y[disc] != y)
    world.x[disc] = within(world.x[disc], _FARTHEST)
    world.y[disc] = within(world.y[disc], _FARTHEST)
    return held


@inner
def _move_among_blocks(world, disc, dt, fixed, walls):
    """Move a disc by its velocity, in parts so short that it passes no block."""
    parts = _parts(world, disc, dt)
    for _ in range(parts):
        x, y = world.x[disc], world.y[disc]
        _advance(world, disc, dt / np.float32(parts), True)
        if _hold(world, disc, fixed, walls, True):
            undo_if_wedged(world, disc, fixed, walls, True, x, y)


@inner
def _turn(world, agent, dt):
    """Turn an agent's heading by its spin, and keep its length at 1."""
    sine, cosine = sine_cosine(world.spin[agent] * dt)
    hx, hy = world.hx[agent], world.hy[agent]
    turned_x, turned_y = hx * cosine - hy * sine, hy * cosine + hx * sine
    scale = _THREE_HALVES - _HALF * (turned_x * turned_x + turned_y * turned_y)
    world.hx[agent], world.hy[agent] = turned_x * scale, turned_y * scale


@inner
def move_all(world):
    """The phase resolve: as many sub-steps as the world has, then headings."""
    for agent in range(world.agents):
        world.bumped[agent] = 0
    fixed, contact, elastic = find_obstacles(world)
    many = world.discs > MANY
    step = np.float32(world.dt / world.substeps)
    walls, blocks = world.walls > 0.0, world.has_blocks[0] != 0
    for substep in range(world.substeps):
        for agent in range(world.agents):
            world.fx[agent], world.fy[agent] = world.push_x[agent], world.push_y[agent]
        for disc in range(world.agents, world.discs):
            world.fx[disc], world.fy[disc] = _ZERO, _ZERO
        if contact:
            if many:
                sort_into_squares(world)
            add_forces(world)
        held = 0
        for disc in range(world.discs):
            if world.inverse_mass[disc] > _ZERO:
                _accelerate(world, disc, step, _ONE - world.drag[disc] if substep == 0 else _ONE)
                if blocks:
                    _move_among_blocks(world, disc, step, fixed, walls)
                else:  # who is held is listed, without a branch: discs are looked after faster once all have moved
                    if fixed > 0:
                        world.fx[disc], world.fy[disc] = world.x[disc], world.y[disc]
                    _advance(world, disc, step, False)
                    world.near[held] = disc
                    held += _hold(world, disc, fixed, walls, False)
        if fixed > 0:
            for place in range(held):
                each = np.int64(world.near[place])
                undo_if_wedged(world, each, fixed, walls, False, world.fx[each], world.fy[each])
        if elastic:
            if many:
                sort_into_squares(world)
            exchange_momentum(world)
    for agent in range(world.agents):
        if world.spin[agent] != _ZERO:
            _turn(world, agent, np.float32(world.dt))
