"""What agents of the slow world of discs sense, and how it is laid out, from docs/rules_discs.md alone."""

import math

from reference_discs import HEADING, SPAWN, F, root, sine_cosine, unit

from sakana_envs.reference.draws import GOLDEN, MASK, combine, mix


def uniform(seed, episode, tick, stream, index):
    key = combine(combine(seed, episode), tick)
    return (mix((key + ((stream << 40) + index) * GOLDEN) & MASK) >> 11) * 2.0**-53


# Senses.


def own(world, agent, what, fast=1.0):
    if what == "velocity":
        return [unit(speed[agent] * F(1 / fast)) for speed in (world.vx, world.vy)]
    if what == "motion":
        return direction(world, agent, *(speed[agent] * F(1 / fast) for speed in (world.vx, world.vy)), True)
    if what == "position":
        return [
            unit(F(2) * world.x[agent] / F(world.width) - F(1)),
            unit(F(2) * world.y[agent] / F(world.height) - F(1)),
        ]
    if what == "heading":
        return [unit(world.hx[agent]), unit(world.hy[agent])]
    return [unit(world.spin[agent] / max(world.number["top_spin"], F(1e-6)))]


def direction(world, agent, dx, dy, ahead):
    hx, hy = world.hx[agent], world.hy[agent]
    return [unit(dx * hx + dy * hy), unit(dy * hx - dx * hy)] if ahead else [unit(dx), unit(dy)]


def nearest(world, agent, kind, count, reach=1.0, velocity=False, fast=1.0, ahead=False):
    others = [disc for disc in range(world.discs) if disc != agent and world.kind[disc] == kind]
    others.sort(key=lambda disc: (world.between(disc, agent)[2], disc))
    out = []
    for disc in others[:count]:
        dx, dy, _ = world.between(disc, agent)
        out += direction(world, agent, dx * F(1 / reach), dy * F(1 / reach), ahead)
        if velocity:
            vx, vy = world.vx[disc] - world.vx[agent], world.vy[disc] - world.vy[agent]
            out += direction(world, agent, vx * F(1 / fast), vy * F(1 / fast), ahead)
        out.append(F(1))
    return out + [F(0)] * (count * (5 if velocity else 3) - len(out))


def touching(world, agent, kind):
    return [
        F(any(touch(world, agent, disc) and world.kind[disc] == kind and disc != agent for disc in range(world.discs)))
    ]


def touch(world, i, j):
    reach = world.radius[i] + world.radius[j]
    return world.between(i, j)[2] <= reach * reach


def distance_to_nearest(world, disc, kind):
    q = [world.between(other, disc)[2] for other in range(world.discs) if other != disc and world.kind[other] == kind]
    return root(min(q)) if q else F(math.inf)


def clearance(world, disc):
    x, y, found = world.x[disc], world.y[disc], [F(1) + world.radius[disc]]
    if world.number["walls"] > 0:
        found += [x, y, F(world.width) - x, F(world.height) - y]
    for col, row in world.blocks:
        dx = max(abs(x - (F(col) + F(0.5))) - F(0.5), F(0))
        dy = max(abs(y - (F(row) + F(0.5))) - F(0.5), F(0))
        found.append(root(dx * dx + dy * dy))
    for other in range(world.discs):
        if other != disc and world.meet(disc, other):
            found.append(root(world.between(disc, other)[2]) - world.radius[other])
    return min(found) - world.radius[disc]


# How episodes begin.


def is_free(world, disc, x, y):
    radius = world.radius[disc]
    for middle, size in ((x, world.width), (y, world.height)):
        if not radius <= middle <= F(size) - radius:
            return False
    cols, rows = (range(math.floor(middle - radius), math.floor(middle + radius) + 1) for middle in (x, y))
    if any((col, row) in world.blocks for col in cols for row in rows):
        return False
    for other in range(world.discs):
        dx, dy = x - world.x[other], y - world.y[other]
        reach = radius + world.radius[other]
        if other != disc and dx * dx + dy * dy < reach * reach:
            return False
    return True


def spawn_discs(world, seed, episode):
    def draw(stream, index):
        return uniform(seed, episode, 0, stream, index)

    world.x, world.y = [F(math.nan)] * world.discs, [F(math.nan)] * world.discs
    for disc in range(world.discs):
        for a in range(64):
            k = 2 * (64 * disc + a)
            x, y = F(draw(SPAWN, k) * world.width), F(draw(SPAWN, k + 1) * world.height)
            if is_free(world, disc, x, y):
                break
        world.x[disc], world.y[disc] = x, y
        world.vx[disc] = world.vy[disc] = F(0)
    for agent in range(world.agents):
        world.hy[agent], world.hx[agent] = sine_cosine(F(2 * math.pi * (draw(HEADING, agent) - 0.5)))
