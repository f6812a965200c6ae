"""A slow world of discs, in plain Python and float32 scalars, written from docs/rules_discs.md alone."""

import itertools
import math

import numpy as np

F = np.float32
SPAWN, HEADING = 2**20 + 16, 2**20 + 17
OF_SHAPE = ["radius", "inverse_mass", "drag", "elasticity", "top_speed", "axis_speed", "kind", "solid"]
OF_DISCS = ["x", "y", "vx", "vy", *OF_SHAPE]
OF_AGENTS = ["hx", "hy", "spin", "power", "top_push", "push_x", "push_y", "bumped"]


def within(value, most):
    return min(most, max(-most, value))


def unit(value):
    return within(value, F(1))


def root(value):
    """The root of a float32, which rounds to the right one by way of float64."""
    return F(math.sqrt(value))


def sine_cosine(angle):
    angle = min(max(F(angle), F(-65536)), F(65536))
    quarters = np.rint(angle * F(2 / np.pi))
    rest = angle - quarters * F(1.5703125)
    rest = rest - quarters * F(4.837512969970703125e-4)
    rest = rest - quarters * F(7.54978995489188216e-8)
    q = rest * rest
    sine = rest + rest * q * (F(-1.6666654611e-1) + q * (F(8.3321608736e-3) + q * F(-1.9515295891e-4)))
    inside = F(4.166664568298827e-2) + q * (F(-1.388731625493765e-3) + q * F(2.443315711809948e-5))
    cosine = F(1) - F(0.5) * q + q * q * inside
    return [(sine, cosine), (cosine, -sine), (-sine, -cosine), (-cosine, sine)][int(quarters) % 4]


class World:
    """A copy of a simulation's world number ``index``, as it stands."""

    def __init__(self, simulation, index=0):
        def values(name):
            return list(simulation.view(name)[index])

        self.__dict__.update(simulation.sizes)
        numbers = zip(simulation.program.numbers, values("numbers"), strict=True)
        self.number = {name: F(value) for name, value in numbers}
        self.exact = dict(zip(simulation.program.numbers, values("numbers"), strict=True))
        for name in (*OF_DISCS, *OF_AGENTS):
            setattr(self, name, values(name))
        self.blocks = {(int(col), int(row)) for row, col in np.argwhere(simulation.view("block")[index])}
        self.bumps = [0] * self.agents

    def step(self, drive, vectors):
        """Phases 1 and 2 of a tick."""
        with np.errstate(all="ignore"):
            for agent in range(self.agents):
                self.intend(drive, agent, F(vectors[agent][0]), F(vectors[agent][1]))
            self.resolve()
        self.bumps = [total + now for total, now in zip(self.bumps, self.bumped, strict=True)]

    # Actions.

    def intend(self, drive, agent, a, b):
        power, hx, hy = self.power[agent], self.hx[agent], self.hy[agent]
        dt, top_spin = self.number["dt"], self.number["top_spin"]
        push = F(0), F(0)
        if drive == "THRUST":
            push = power * a, power * b
            most, q = self.top_push[agent], push[0] * push[0] + push[1] * push[1]
            if most > 0 and q > most * most:
                push = push[0] * (most / root(q)), push[1] * (most / root(q))
        elif drive == "GLIDE":
            self.vx[agent], self.vy[agent] = power * a, power * b
        elif drive == "UNICYCLE":
            most = self.number["acceleration"] * dt
            speed = self.vx[agent] * hx + self.vy[agent] * hy
            speed = speed + min(max(power * a - speed, -most), most)
            self.vx[agent], self.vy[agent] = speed * hx, speed * hy
            most, spin = self.number["spin_acceleration"] * dt, self.spin[agent]
            self.spin[agent] = spin + min(max(top_spin * b - spin, -most), most)
        elif drive == "TURN":
            ahead = power * a
            push = ahead * hx, ahead * hy
            self.spin[agent] = top_spin * b
        self.push_x[agent], self.push_y[agent] = push

    # The tick.

    def resolve(self):
        self.bumped = [0] * self.agents
        for agent in range(self.agents):
            if self.is_obstacle(agent):
                self.vx[agent] = self.vy[agent] = F(0)
        h = F(self.exact["dt"] / self.substeps)
        for substep in range(self.substeps):
            forces = [self.force_on(disc) for disc in range(self.discs)]
            for disc in range(self.discs):
                if not self.is_obstacle(disc):
                    self.accelerate(disc, forces[disc], h, substep == 0)
                    self.move(disc, h)
            self.exchange()
        for agent in range(self.agents):
            if self.spin[agent] != 0:
                self.turn(agent)

    def is_obstacle(self, disc):
        return self.inverse_mass[disc] == 0

    def meet(self, i, j):
        return bool(int(self.solid[i]) >> int(self.kind[j]) & 1 and int(self.solid[j]) >> int(self.kind[i]) & 1)

    def between(self, i, j):
        """dx, dy and their squares' sum, from j to i."""
        dx, dy = self.x[i] - self.x[j], self.y[i] - self.y[j]
        return dx, dy, dx * dx + dy * dy

    def bump(self, disc):
        if disc < self.agents:
            self.bumped[disc] = 1

    def force_on(self, i):
        """Each disc gathers its own, so that no force is the other's with a minus by the way it is computed."""
        agent = i < self.agents
        fx, fy = (self.push_x[i], self.push_y[i]) if agent else (F(0), F(0))
        softness, stiffness = self.number["softness"], self.number["stiffness"]
        for j in range(self.discs):
            if i == j or self.is_obstacle(i) or self.is_obstacle(j) or not self.meet(i, j):
                continue
            dx, dy, q = self.between(i, j)
            reach = self.radius[i] + self.radius[j] + softness
            if self.elasticity[i] * self.elasticity[j] > 0 or not 0 < q < reach * reach:
                continue
            d = root(q)
            overlap = self.radius[i] + self.radius[j] - d
            s = overlap
            if overlap < softness:
                s = (overlap + softness) * (overlap + softness) / (F(4) * softness)
            p = stiffness * s / d
            fx, fy = fx + p * dx, fy + p * dy
            self.bump(i)
        return fx, fy

    def accelerate(self, disc, force, h, first):
        w = self.inverse_mass[disc] * h
        kept = F(1) - self.drag[disc] if first else F(1)
        limit, top = self.axis_speed[disc], self.top_speed[disc]
        v = []
        for speed, push in zip((self.vx[disc], self.vy[disc]), force, strict=True):
            speed = within(speed * kept + push * w, F(2**14))
            v.append(within(speed, limit) if limit > 0 else speed)
        q = v[0] * v[0] + v[1] * v[1]
        if top > 0 and q > top * top:
            k = top / root(q)
            v = [v[0] * k, v[1] * k]
        self.vx[disc], self.vy[disc] = v

    def move(self, disc, h):
        parts = 1
        short = F(0.5) * min(F(1), self.radius[disc])
        if self.blocks:
            parts += int(min(max(abs(self.vx[disc]), abs(self.vy[disc])) * h / short, F(63)))
        part = h / F(parts)
        for _ in range(parts):
            before = self.x[disc], self.y[disc]
            dx, dy = self.vx[disc] * part, self.vy[disc] * part
            if self.blocks:
                dx, dy = within(dx, short), within(dy, short)
            self.x[disc], self.y[disc] = self.x[disc] + dx, self.y[disc] + dy
            meant = self.x[disc], self.y[disc]
            if self.blocks:
                self.hold_off_blocks(disc)
            self.hold_off_obstacles(disc)
            if self.number["walls"] > 0:
                self.hold_in_walls(disc)
            self.x[disc], self.y[disc] = within(self.x[disc], F(2**20)), within(self.y[disc], F(2**20))
            after = self.x[disc], self.y[disc]
            if after != meant and self.is_pressed(disc, *after) and not self.is_pressed(disc, *before):
                self.x[disc], self.y[disc] = before

    def stop(self, disc, nx, ny, elasticity):
        s = self.vx[disc] * nx + self.vy[disc] * ny
        if s < 0:
            self.vx[disc] = within(self.vx[disc] - (F(1) + elasticity) * s * nx, F(2**14))
            self.vy[disc] = within(self.vy[disc] - (F(1) + elasticity) * s * ny, F(2**14))
        self.bump(disc)

    # What stands in the way.

    def hold_off_blocks(self, disc):
        elasticity, radius = self.number["bounce"] * self.elasticity[disc], self.radius[disc]
        for corners in (False, True):
            for col, row in self.blocks_near(self.x[disc], self.y[disc], radius):
                x, y = self.x[disc], self.y[disc]
                dx = x - min(max(x, F(col)), F(col) + F(1))
                dy = y - min(max(y, F(row)), F(row) + F(1))
                q = dx * dx + dy * dy
                if q >= radius * radius:
                    continue
                if q == 0:
                    self.go_out(disc, col, row, elasticity)
                elif corners == (dx != 0 and dy != 0):
                    nx, ny = dx / root(q), dy / root(q)
                    self.x[disc], self.y[disc] = x - dx + nx * radius, y - dy + ny * radius
                    self.stop(disc, nx, ny, elasticity)

    def blocks_near(self, x, y, radius):
        cols, rows = (range(math.floor(at - radius), math.floor(at + radius) + 1) for at in (x, y))
        near = [block for block in self.blocks if block[0] in cols and block[1] in rows]
        return sorted(near, key=lambda block: (block[1], block[0]))

    def go_out(self, disc, col, row, elasticity):
        x, y, radius = self.x[disc], self.y[disc], self.radius[disc]
        sides = {
            (1, 0): F(col) + F(1) - x,
            (0, 1): F(row) + F(1) - y,
            (-1, 0): x - F(col),
            (0, -1): y - F(row),
        }
        free = {side: away for side, away in sides.items() if self.is_free_square(col + side[0], row + side[1])}
        if free:
            side = min(free, key=free.get)
            nx, ny = map(F, side)
            self.x[disc], self.y[disc] = x + nx * (free[side] + radius), y + ny * (free[side] + radius)
            self.stop(disc, nx, ny, elasticity)

    def is_free_square(self, col, row):
        inside = 0 <= col < self.width and 0 <= row < self.height
        return (col, row) not in self.blocks and (inside or self.number["walls"] == 0)

    def obstacles_of(self, disc):
        return [o for o in range(self.discs) if self.is_obstacle(o) and self.meet(disc, o)]

    def hold_off_obstacles(self, disc):
        for o in self.obstacles_of(disc):
            dx, dy, q = self.between(disc, o)
            reach = self.radius[disc] + self.radius[o]
            if 0 < q < reach * reach:
                nx, ny = dx / root(q), dy / root(q)
                self.x[disc], self.y[disc] = self.x[o] + nx * reach, self.y[o] + ny * reach
                self.stop(disc, nx, ny, self.elasticity[disc] * self.elasticity[o])

    def hold_in_walls(self, disc):
        elasticity = self.number["bounce"] * self.elasticity[disc]
        for places, size, (nx, ny) in ((self.x, F(self.width), (F(1), F(0))), (self.y, F(self.height), (F(0), F(1)))):
            r = min(self.radius[disc], size / F(2))
            if places[disc] < r:
                places[disc] = r
                self.stop(disc, nx, ny, elasticity)
            elif places[disc] > size - r:
                places[disc] = size - r
                self.stop(disc, -nx if nx else nx, -ny if ny else ny, elasticity)

    def is_pressed(self, disc, x, y):
        slim = F(0.99) * self.radius[disc]
        apart = [(self.x[o], self.y[o], self.radius[o]) for o in self.obstacles_of(disc)]
        for col, row in self.blocks_near(x, y, slim):
            apart.append((min(max(x, F(col)), F(col) + F(1)), min(max(y, F(row)), F(row) + F(1)), F(0)))
        for at_x, at_y, radius in apart:
            dx, dy, reach = x - at_x, y - at_y, slim + radius
            if dx * dx + dy * dy < reach * reach:
                return True
        sizes = ((x, F(self.width)), (y, F(self.height)))
        ends = [(place, min(slim, size / F(2)), size) for place, size in sizes]
        return self.number["walls"] > 0 and any(place < r or place > size - r for place, r, size in ends)

    # Elastic discs and headings.

    def collision(self, i, j):
        """The line from j to i, and how fast they come nearer along it; None if they don't collide."""
        if not self.meet(i, j) or self.is_obstacle(i) or self.is_obstacle(j):
            return None
        dx, dy, q = self.between(i, j)
        reach = self.radius[i] + self.radius[j]
        if self.elasticity[i] * self.elasticity[j] == 0 or not 0 < q < reach * reach:
            return None
        nx, ny = dx / root(q), dy / root(q)
        s = (self.vx[j] - self.vx[i]) * nx + (self.vy[j] - self.vy[i]) * ny
        return (nx, ny, s) if s > 0 else None

    def exchange(self):
        pairs = {(i, j): self.collision(i, j) for i, j in itertools.permutations(range(self.discs), 2)}
        pairs = {pair: found for pair, found in pairs.items() if found}
        if not pairs:
            return
        count = [sum(i == disc for i, _ in pairs) for disc in range(self.discs)]
        impulses = [(F(0), F(0))] * self.discs
        for (i, j), (nx, ny, s) in sorted(pairs.items()):
            e = self.elasticity[i] * self.elasticity[j]
            most = F(max(count[i], count[j]))
            impulse = (F(1) + e) * s / ((self.inverse_mass[i] + self.inverse_mass[j]) * most)
            impulses[i] = impulses[i][0] + impulse * nx, impulses[i][1] + impulse * ny
            self.bump(i)
        for disc, (ix, iy) in enumerate(impulses):
            self.vx[disc] = within(self.vx[disc] + ix * self.inverse_mass[disc], F(2**14))
            self.vy[disc] = within(self.vy[disc] + iy * self.inverse_mass[disc], F(2**14))

    def turn(self, agent):
        sine, cosine = sine_cosine(self.spin[agent] * self.number["dt"])
        hx, hy = self.hx[agent], self.hy[agent]
        x, y = hx * cosine - hy * sine, hy * cosine + hx * sine
        k = F(1.5) - F(0.5) * (x * x + y * y)
        self.hx[agent], self.hy[agent] = x * k, y * k
