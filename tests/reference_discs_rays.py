"""The sense rays of the slow world of discs, from docs/rules_discs.md alone."""

import math

from reference_discs import F, root, sine_cosine, within

LEAST = F(1e-9)


def directions(count, angle):
    """Cosine and sine of each ray."""
    if angle is None:
        angles = [2.0 * math.pi * ray / count for ray in range(count)]
    else:
        angles = [angle * (ray / (count - 1) - 0.5) if count > 1 else 0.0 for ray in range(count)]
    for each in angles:
        s, c = sine_cosine(F(each))
        yield tuple(F(0) if abs(part) < F(1e-6) else part for part in (c, s))


def rays(world, agent, *what, count, reach=None, angle=None, ahead=False, mode="surface", velocity=False, fast=1.0):
    """The numbers of the sense, in order."""
    reach = world.number["reach"] if reach is None else F(reach)
    looks = [Ray(world, agent, ray, reach, ahead, mode == "centre", F(1 / fast)) for ray in directions(count, angle)]
    out = []
    for channel in what:
        members = channel if isinstance(channel, tuple) else (channel,)
        found = [look.look(members) for look in looks]
        out += [distance for distance, _ in found]
        out += [speed for _, speed in found] if velocity else []
    return out


class Ray:
    """One ray of an agent."""

    def __init__(self, world, agent, ray, reach, ahead, centre, pace):
        self.world, self.agent, self.reach, self.scale = world, agent, reach, F(1) / reach
        self.ahead, self.centre, self.pace = ahead, centre, pace
        self.c, self.s = ray
        self.x, self.y = world.x[agent], world.y[agent]
        self.hx, self.hy = world.hx[agent], world.hy[agent]
        self.dx, self.dy = ray
        if ahead:
            self.dx = self.hx * self.c - self.hy * self.s
            self.dy = self.hy * self.c + self.hx * self.s

    def share(self, distance):
        return min(F(1), max(F(0), distance * self.scale))

    def turned(self, x, y):
        return (x * self.hx + y * self.hy, y * self.hx - x * self.hy) if self.ahead else (x, y)

    def look(self, members):
        """Distance and speed of the nearest of what a channel looks for."""
        distance, speed = F(1), F(0)
        if "walls" in members:
            distance = self.to_border()
            if self.world.blocks:
                distance = min(distance, self.share(self.to_block()))
            vx, vy = (v[self.agent] * self.pace for v in (self.world.vx, self.world.vy))
            vx, vy = self.turned(vx, vy)
            speed = within(-(self.c * vx + self.s * vy), F(2)) if distance < F(1) else F(0)
        seen = set()
        for disc in range(self.world.discs):
            kind = self.world.kind[disc]
            if disc == self.agent or kind not in members:
                continue
            first = self.centre and kind not in seen
            seen.add(kind)
            hit = self.to_disc(disc)
            if hit is not None and (hit[0] < distance or (first and hit[0] <= distance)):
                distance, speed = hit
        return distance, speed

    def to_border(self):
        world, width, height = self.world, F(self.world.width), F(self.world.height)
        if world.number["walls"] == F(0):
            return F(1)
        if not (F(0) <= self.x <= width and F(0) <= self.y <= height):
            return F(0)
        across = (width - self.x if self.dx > F(0) else self.x) / max(abs(self.dx), LEAST)
        along = (height - self.y if self.dy > F(0) else self.y) / max(abs(self.dy), LEAST)
        value = self.share(min(across, along))
        return value if value < (F(1 - 1e-4) if self.centre else F(1)) else F(1)

    def to_block(self):
        x, y, dx, dy, world = self.x, self.y, self.dx, self.dy, self.world
        width, height = F(world.width), F(world.height)
        over_x, over_y = F(1) / max(abs(dx), LEAST), F(1) / max(abs(dy), LEAST)
        come = F(0)
        if not (F(0) <= x < width and F(0) <= y < height):
            come_x, leave_x = (-x, width - x) if dx > F(0) else (x - width, x)
            come_y, leave_y = (-y, height - y) if dy > F(0) else (y - height, y)
            come = max(F(0), come_x * over_x, come_y * over_y)
            if come > min(self.reach, leave_x * over_x, leave_y * over_y):
                return self.reach
        col = min(max(math.floor(x + come * dx), 0), world.width - 1)
        row = min(max(math.floor(y + come * dy), 0), world.height - 1)
        next_x = (F(col + 1) - x if dx > F(0) else x - F(col)) * over_x
        next_y = (F(row + 1) - y if dy > F(0) else y - F(row)) * over_y
        while (col, row) not in world.blocks:
            if next_x < next_y:
                come, next_x, col = next_x, next_x + over_x, col + (1 if dx > F(0) else -1)
            else:
                come, next_y, row = next_y, next_y + over_y, row + (1 if dy > F(0) else -1)
            if not (0 <= col < world.width and 0 <= row < world.height) or come >= self.reach:
                return self.reach
        return come

    def to_disc(self, disc):
        """Share and speed of a disc that the ray meets; None if it doesn't."""
        world, radius = self.world, self.world.radius[disc]
        dx, dy, q = world.between(disc, self.agent)
        limit = self.reach + radius
        if q > limit * limit + radius * radius:
            return None
        dx, dy = self.turned(dx, dy)
        vx, vy = ((v[disc] - v[self.agent]) * self.pace for v in (world.vx, world.vy))
        vx, vy = self.turned(vx, vy)
        forth, aside = self.c * dx + self.s * dy, self.c * dy - self.s * dx
        gap = radius * radius - aside * aside
        inside = F(0) if self.centre else root(max(gap, F(0)))
        if gap < F(0) or forth + inside < F(0) or (self.centre and forth > limit):
            return None
        return self.share(forth - inside), within(self.c * vx + self.s * vy, F(2))
