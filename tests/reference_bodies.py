"""A slow world of bodies, in plain Python and float32 scalars, written from docs/rules_bodies.md alone."""

import math

import numpy as np
from reference_discs import sine_cosine

F = np.float32
DT, SLOP = F(1 / 60), F(0.01)
WALLS, WELD = 4, 2
OF_BODY = ("x", "y", "angle", "vx", "vy", "spin", "inverse_mass", "inverse_inertia", "friction", "restitution")
OF_BODY += ("density", "radius", "active", "mode", "role")
OF_JOINT = ("joint", "first", "second", "first_x", "first_y", "second_x", "second_y", "rest_angle", "limited")
OF_JOINT += ("least_angle", "most_angle", "motor", "motor_slot", "motor_speed", "motor_power")
OF_JOINT += ("pull_x", "pull_y", "twist")
OF_THRUSTER = ("thruster", "thrusts", "thruster_x", "thruster_y", "thruster_angle", "thruster_power", "thruster_slot")
ODD = (4.89352455891786e-03, 6.37261928875436e-04, 1.48572235717979e-05, 5.12229709037114e-08)
ODD += (-8.60467152213735e-11, 2.00018790482477e-13, -2.76076847742355e-16)
EVEN = (4.89352518554385e-03, 2.26843463243900e-03, 1.18534705686654e-04, 1.19825839466702e-06)


def tanh(value):
    value = min(max(F(value), F(-9)), F(9))
    square = value * value
    above, below = F(ODD[6]), F(EVEN[3])
    for factor in ODD[5::-1]:
        above = F(factor) + square * above
    for factor in EVEN[2::-1]:
        below = F(factor) + square * below
    return value * above / below


def root(value):
    """The root of a float32, which rounds to the right one by way of float64."""
    return F(math.sqrt(value))


def length(v):
    return root(v[0] * v[0] + v[1] * v[1])


def or_1(value):
    return value if value != 0 else F(1)


def finite(value):
    return value if abs(value) < np.inf else F(0)


def within(value, most):
    return min(max(finite(value), -F(most)), F(most))


def cross(a, b):
    return a[0] * b[1] - a[1] * b[0]


def dot(a, b):
    return a[0] * b[0] + a[1] * b[1]


def less(a, b):
    return a[0] - b[0], a[1] - b[1]


class Contact:
    def __init__(self, pair, first, second, n, p, depth, key):
        self.pair, self.first, self.second, self.n, self.p, self.depth, self.key = pair, first, second, n, p, depth, key
        self.touches = True


class World:
    """A copy of a simulation's world number ``index``, as it stands."""

    def __init__(self, simulation, index=0):
        def values(name):
            return [F(value) if isinstance(value, np.float32) else int(value) for value in simulation.view(name)[index]]

        constants = simulation.program.structure.constants
        self.polygons, self.circles = constants["polygons"], constants["circles"]
        self.joints, self.thrusters = constants["joints"], constants["thrusters"]
        self.frames = simulation.sizes["frames"]
        for name in (*OF_BODY, *OF_JOINT, *OF_THRUSTER, "corners", "pull"):
            setattr(self, name, values(name))
        corners = zip(simulation.view("corner_x")[index], simulation.view("corner_y")[index], self.corners, strict=True)
        self.outline = [list(zip(xs[:count], ys[:count], strict=True)) for xs, ys, count in corners]
        self.gravity = F(simulation.view("numbers")[index][0])
        self.bodies = self.polygons + self.circles
        self.faces = [self.faces_of(outline) for outline in self.outline]
        self.group = list(range(self.bodies))
        for _ in range(self.joints):
            for joint in self.there():
                one, other = self.first[joint], self.second[joint]
                self.group[one] = self.group[other] = min(self.group[one], self.group[other])
        self.kept = {}

    def there(self):
        return [joint for joint in range(self.joints) if self.joint[joint]]

    @staticmethod
    def faces_of(outline):
        faces = []
        for place, corner in enumerate(outline):
            e = less(outline[(place + 1) % len(outline)], corner)
            size = or_1(length(e))
            face = -e[1] / size, e[0] / size
            faces.append((*face, max(face[0] * c[0] + face[1] * c[1] for c in outline)))
        return faces

    def at(self, body):
        return self.x[body], self.y[body]

    def turned(self, body, v):
        s, c = sine_cosine(self.angle[body])
        return c * v[0] - s * v[1], s * v[0] + c * v[1]

    def unturned(self, body, d):
        s, c = sine_cosine(self.angle[body])
        return c * d[0] + s * d[1], c * d[1] - s * d[0]

    def in_world(self, polygon):
        places = [self.turned(polygon, corner) for corner in self.outline[polygon]]
        return [(x + self.x[polygon], y + self.y[polygon]) for x, y in places]

    def bend(self, joint):
        return self.angle[self.second[joint]] - self.angle[self.first[joint]] - self.rest_angle[joint]

    # A tick.

    def step(self, action):
        self.control = [F(value) if slot < 4 else max(F(value), F(0)) for slot, value in enumerate(action)]
        self.met = {}
        with np.errstate(all="ignore"):
            for frame in range(self.frames):
                self.move(frame + 1)

    def move(self, number):
        dx, dy = self.pull[0] * self.gravity * DT, self.pull[1] * self.gravity * DT
        for body in range(self.bodies):
            if self.inverse_mass[body] != 0:
                self.vx[body] += dx
                self.vy[body] += dy
        contacts = self.find(number)
        self.run_motors()
        self.run_thrusters()
        self.begin(contacts)
        for _ in range(10):
            for joint in self.there():
                self.solve_joint(joint)
            self.solve_contacts(contacts)
        self.kept = {c.key: (finite(c.push), finite(c.rub)) for c in contacts if c.touches}
        for name in ("pull_x", "pull_y", "twist"):
            setattr(self, name, [finite(value) for value in getattr(self, name)])
        for body in range(self.bodies):
            self.x[body] = within(self.x[body] + self.vx[body] * DT, 15)
            self.y[body] = within(self.y[body] + self.vy[body] * DT, 15)
            self.angle[body] = within(self.angle[body] + self.spin[body] * DT, 65536)
            self.vx[body], self.vy[body] = within(self.vx[body], 100), within(self.vy[body], 100)
            self.spin[body] = within(self.spin[body], 50)

    # Contacts.

    def meet(self, one, other):
        modes = self.mode[one], self.mode[other]
        return self.active[one] and self.active[other] and (2 in modes or 0 not in modes)

    def find(self, number):
        found = []
        self.parts = [[], [], [], []]
        pairs = [(a, b) for a in range(self.polygons) for b in range(max(a + 1, WALLS), self.polygons)]
        circles = range(self.polygons, self.bodies)
        mixed = [(a, b) for a in circles for b in range(self.polygons)]
        of_circles = [(a, b) for a in circles for b in circles if a < b]
        self.counts = [len(pairs), len(pairs), len(mixed), len(of_circles)]
        ways = (pairs, self.meet_polygons), (mixed, self.meet_circle), (of_circles, self.meet_circles)
        for kind, (among, way) in enumerate(ways):
            for place, (a, b) in enumerate(among):
                contacts = way(a, b) if self.meet(a, b) else None
                for point, contact in enumerate(contacts or ()):
                    contact = Contact(place, a, b, *contact[:3], (kind, place, point))
                    contact.touches = contacts[point][3]
                    self.prepare(contact, number)
                    self.parts[kind + 1 if kind else point].append(contact)
                    found.append(contact)
        return found

    def prepare(self, c, number):
        a, b = c.first, c.second
        v = self.between(c)
        c.rest = dot(v, c.n) * min(self.restitution[a], self.restitution[b])
        one, other = (self.friction[body] * F(0.4) for body in (a, b))
        c.rough = root(one * one + other * other)
        c.bias = (F(-0.2) / DT) * min(F(0), SLOP - c.depth)
        c.push, c.rub = self.kept.get(c.key, (F(0), F(0)))
        movable = self.inverse_mass[a] != 0 or self.inverse_mass[b] != 0
        c.holds = c.touches and movable and self.group[a] != self.group[b]
        if not c.holds:
            c.push = c.rub = F(0)
        if c.touches:
            for roles in ((self.role[a], self.role[b]), (self.role[b], self.role[a])):
                self.met.setdefault(roles, number)

    def levers(self, c):
        return less(c.p, self.at(c.first)), less(c.p, self.at(c.second))

    def between(self, c):
        a, b = c.first, c.second
        r1, r2 = self.levers(c)
        return (
            (self.vx[b] - self.spin[b] * r2[1]) - (self.vx[a] - self.spin[a] * r1[1]),
            (self.vy[b] + self.spin[b] * r2[0]) - (self.vy[a] + self.spin[a] * r1[0]),
        )

    def meet_circles(self, one, other):
        d = less(self.at(other), self.at(one))
        a, r = length(d), self.radius[one] + self.radius[other]
        if not a < r:
            return None
        n = d[0] / or_1(a), d[1] / or_1(a)
        p = self.x[one] + n[0] * self.radius[one], self.y[one] + n[1] * self.radius[one]
        return [(n, p, r - a, True)]

    def meet_circle(self, circle, polygon):
        m = self.unturned(polygon, less(self.at(circle), self.at(polygon)))
        outline, inside, best = self.outline[polygon], True, None
        for place, f in enumerate(outline):
            e = less(outline[(place + 1) % len(outline)], f)
            inside = inside and e[0] * (m[1] - f[1]) - e[1] * (m[0] - f[0]) < 0
            size = length(e)
            u = e[0] / or_1(size), e[1] / or_1(size)
            t = min(max(u[0] * (m[0] - f[0]) + u[1] * (m[1] - f[1]), F(0)), size)
            near = f[0] + t * u[0], f[1] + t * u[1]
            away = length(less(near, m))
            if best is None or away < best[0]:
                best = away, near
        g = less(m, best[1])
        a, r = length(g), self.radius[circle]
        if not (inside or a <= r):
            return None
        w = self.turned(polygon, g)
        w = w if inside else (-w[0], -w[1])
        size = or_1(length(w))
        p = self.turned(polygon, best[1])
        p = p[0] + self.x[polygon], p[1] + self.y[polygon]
        return [((w[0] / size, w[1] / size), p, r if inside else r - a, True)]

    def best_edge(self, one, other):
        seen = [self.unturned(one, less(corner, self.at(one))) for corner in self.in_world(other)]
        best = None
        for edge, (fx, fy, reach) in enumerate(self.faces[one]):
            away = min(fx * x + fy * y for x, y in seen) - reach
            if away >= 0:
                return None
            if best is None or away > best[0]:
                heights = [fx * x + fy * y for x, y in seen]
                lowest = sorted(range(len(seen)), key=heights.__getitem__)[:2]
                best = away, edge, lowest
        return best

    def meet_polygons(self, a, b):
        of_a, of_b = self.best_edge(a, b), None
        if of_a is not None:
            of_b = self.best_edge(b, a)
        if of_a is None or of_b is None:
            return None
        flipped = of_b[0] > of_a[0] + F(0.01)
        one, other = (b, a) if flipped else (a, b)
        _, edge, lowest = of_b if flipped else of_a
        depth = -max(of_a[0], of_b[0])
        outline, others = self.in_world(one), self.in_world(other)
        f = outline[edge]
        e = less(outline[(edge + 1) % len(outline)], f)
        size = length(e)
        t = e[0] / or_1(size), e[1] / or_1(size)
        found = []
        for corner in lowest:
            d = less(others[corner], f)
            h, k = t[1] * d[0] - t[0] * d[1], min(max(t[0] * d[0] + t[1] * d[1], F(0)), size)
            found.append((h, k))
        if found[1][0] > found[0][0]:
            found.reverse()
        n = self.turned(one, self.faces[one][edge][:2])
        n = (-n[0], -n[1]) if flipped else n
        points = [(t[1] * h + t[0] * k + f[0], t[1] * k - t[0] * h + f[1]) for h, k in found]
        return [(n, points[0], depth, True), (n, points[1], depth, bool(found[1][0] > 0))]

    # What drives bodies.

    def run_motors(self):
        spins = list(self.spin)
        for joint in self.there():
            a, b, u = self.first[joint], self.second[joint], self.control[self.motor_slot[joint]]
            still = self.inverse_mass[a] == 0 and self.inverse_mass[b] == 0
            if self.joint[joint] == WELD or not self.motor[joint] or u == 0 or still:
                continue
            i1, i2 = self.inverse_inertia[a], self.inverse_inertia[b]
            power = F(900) * self.motor_power[joint] * DT * (F(1) / or_1(i1 + i2))
            missing = spins[b] - spins[a] - self.motor_speed[joint] * u * F(6)
            if self.limited[joint]:
                bend, tenth = self.bend(joint), F(0.1)
                beyond = bend - min(max(bend, self.least_angle[joint] + tenth), self.most_angle[joint] - tenth)
                if beyond * u > 0 or (beyond > 0 and u > 0) or (beyond < 0 and u < 0):
                    power = power * max(F(0), F(1) - abs(beyond) / tenth)
            force = power * tanh(missing * F(0.1))
            self.spin[a] += force * i1
            self.spin[b] -= force * i2

    def run_thrusters(self):
        for number in range(self.thrusters):
            u, body = self.control[4 + self.thruster_slot[number]], self.thrusts[number]
            if not self.thruster[number] or u == 0:
                continue
            r = self.turned(body, (self.thruster_x[number], self.thruster_y[number]))
            dy, dx = sine_cosine(self.thruster_angle[number] + self.angle[body])
            force = self.thruster_power[number] * F(10) * u * DT
            self.spin[body] += self.inverse_inertia[body] * cross(r, (dx, dy)) * force
            self.vx[body] += self.inverse_mass[body] * dx * force
            self.vy[body] += self.inverse_mass[body] * dy * force

    # Impulses.

    def begin(self, contacts):
        for c in contacts:
            if c.push == 0 and c.rub == 0:
                continue
            a, b = c.first, c.second
            j = c.push * c.n[0] + c.rub * c.n[1], c.push * c.n[1] - c.rub * c.n[0]
            r1, r2 = self.levers(c)
            self.vx[a] -= j[0] * self.inverse_mass[a]
            self.vy[a] -= j[1] * self.inverse_mass[a]
            self.spin[a] -= self.inverse_inertia[a] * cross(r1, j)
            self.vx[b] += j[0] * self.inverse_mass[b]
            self.vy[b] += j[1] * self.inverse_mass[b]
            self.spin[b] += self.inverse_inertia[b] * cross(r2, j)
        for joint in self.there():
            a, b = self.first[joint], self.second[joint]
            j, twist = (self.pull_x[joint], self.pull_y[joint]), self.twist[joint]
            arm_1, arm_2 = self.arms(joint)
            self.vx[a] += j[0] * self.inverse_mass[a]
            self.vy[a] += j[1] * self.inverse_mass[a]
            self.spin[a] += self.inverse_inertia[a] * (cross(arm_1, j) + twist)
            self.vx[b] -= j[0] * self.inverse_mass[b]
            self.vy[b] -= j[1] * self.inverse_mass[b]
            self.spin[b] -= self.inverse_inertia[b] * (cross(arm_2, j) + twist)

    def arms(self, joint):
        one = self.turned(self.first[joint], (self.first_x[joint], self.first_y[joint]))
        return one, self.turned(self.second[joint], (self.second_x[joint], self.second_y[joint]))

    def solve_joint(self, joint):
        a, b = self.first[joint], self.second[joint]
        m1, m2 = self.inverse_mass[a], self.inverse_mass[b]
        i1, i2 = self.inverse_inertia[a], self.inverse_inertia[b]
        if m1 == 0 and m2 == 0:
            return
        arm_1, arm_2 = self.arms(joint)
        one = self.x[a] + arm_1[0], self.y[a] + arm_1[1]
        other = self.x[b] + arm_2[0], self.y[b] + arm_2[1]
        e = less(other, one)
        if m1 == 0:
            place = one
        elif m2 == 0:
            place = other
        else:
            both = F(1) / m1 + F(1) / m2
            place = (one[0] / m1 + other[0] / m2) / both, (one[1] / m1 + other[1] / m2) / both
        v = (
            (self.vx[b] - self.spin[b] * (place[1] - self.y[b])) - (self.vx[a] - self.spin[a] * (place[1] - self.y[a])),
            (self.vy[b] + self.spin[b] * (place[0] - self.x[b])) - (self.vy[a] + self.spin[a] * (place[0] - self.x[a])),
        )
        size = or_1(length(v))
        u = v[0] / size, v[1] / size
        lever_1, lever_2 = cross(arm_1, u), cross(arm_2, u)
        mass = or_1(m1 + m2)
        weight = or_1(mass + (lever_1 * lever_1 * i1 + lever_2 * lever_2 * i2))
        j = (v[0] + F(2) * e[0]) / weight * F(0.6), (v[1] + F(2) * e[1]) / weight * F(0.6)
        w1, w2 = cross(arm_1, j) * i1, -cross(arm_2, j) * i2
        raw, turn, inertia = self.spin[b] + w2 - self.spin[a] - w1, F(0), or_1(i1 + i2)
        bend = self.bend(joint)
        if self.joint[joint] == WELD:
            turn = (raw + bend * F(2)) / inertia
            self.twist[joint] += turn
        elif self.limited[joint]:
            beyond = bend - min(max(bend, self.least_angle[joint]), self.most_angle[joint])
            if (beyond > 0 and raw > 0) or (beyond < 0 and raw < 0):
                turn = (raw + beyond * F(5)) / inertia
        self.vx[a] += m1 * j[0]
        self.vy[a] += m1 * j[1]
        self.spin[a] += w1 + turn * i1
        self.vx[b] -= m2 * j[0]
        self.vy[b] -= m2 * j[1]
        self.spin[b] += w2 - turn * i2
        self.x[a] = self.x[a] + e[0] / mass * m1 * F(0.7)
        self.y[a] = self.y[a] + e[1] / mass * m1 * F(0.7)
        self.x[b] = self.x[b] - e[0] / mass * m2 * F(0.7)
        self.y[b] = self.y[b] - e[1] / mass * m2 * F(0.7)
        self.pull_x[joint] += j[0]
        self.pull_y[joint] += j[1]

    def solve_contacts(self, contacts):
        for part, count in zip(self.parts, self.counts, strict=True):
            if not part:
                continue
            batches = -(-count // 16)
            for batch in range(batches):
                dealt = [c for k, c in enumerate(part) if (count - len(part) + k) % batches == batch]
                changes = [(c, self.solve(c)) for c in dealt if c.holds]
                for c, change in changes:
                    a, b = c.first, c.second
                    self.vx[a], self.vy[a] = self.vx[a] + change[0], self.vy[a] + change[1]
                    self.vx[b], self.vy[b] = self.vx[b] + change[3], self.vy[b] + change[4]
                    self.spin[a] += change[2]
                    self.spin[b] += change[5]
                if sum(k % batches == batch for k in range(count)) < 16:
                    for c in part:
                        if c.pair == count - 1:
                            c.push = c.rub = F(0)

    def solve(self, c):
        a, b = c.first, c.second
        m1, m2 = self.inverse_mass[a], self.inverse_mass[b]
        i1, i2 = self.inverse_inertia[a], self.inverse_inertia[b]
        r1, r2 = self.levers(c)

        def weight(d):
            along_1, along_2 = dot(r1, d), dot(r2, d)
            return m1 + m2 + i1 * (dot(r1, r1) - along_1 * along_1) + i2 * (dot(r2, r2) - along_2 * along_2)

        n, t = c.n, (c.n[1], -c.n[0])
        push = max(c.push + (-dot(self.between(c), n) + c.bias - c.rest) / or_1(weight(n)), F(0))
        j = (push - c.push) * n[0], (push - c.push) * n[1]
        d1, d2 = (-m1 * j[0], -m1 * j[1]), (m2 * j[0], m2 * j[1])
        w1, w2 = -i1 * cross(r1, j), i2 * cross(r2, j)
        z1, z2 = self.spin[a] + w1, self.spin[b] + w2
        g = (
            (self.vx[b] + d2[0]) - z2 * r2[1] - (self.vx[a] + d1[0]) + z1 * r1[1],
            (self.vy[b] + d2[1]) + z2 * r2[0] - (self.vy[a] + d1[1]) - z1 * r1[0],
        )
        most = c.rough * push
        rub = min(max(c.rub - dot(g, t) / or_1(weight(t)), -most), most)
        k = (rub - c.rub) * t[0], (rub - c.rub) * t[1]
        c.push, c.rub = push, rub
        return (
            d1[0] - m1 * k[0],
            d1[1] - m1 * k[1],
            w1 - i1 * cross(r1, k),
            d2[0] + m2 * k[0],
            d2[1] + m2 * k[1],
            w2 + i2 * cross(r2, k),
        )

    # What the agent sees.

    def row(self):
        def clip(*values):
            return [min(max(F(value), F(-10)), F(10)) for value in values]

        def one_of(count, chosen):
            return [F(place == chosen) for place in range(count)]

        row = []
        for body in range(self.bodies):
            if 0 < body < WALLS:
                continue
            s, c = sine_cosine(self.angle[body])
            own = clip(self.x[body], self.y[body], self.vx[body], self.vy[body])
            own += clip(self.inverse_mass[body], self.inverse_inertia[body], self.density[body])
            own += [tanh(self.spin[body] * F(0.1)), *one_of(4, self.role[body]), s, c]
            own += clip(self.friction[body], self.restitution[body])
            if body < self.polygons:
                outline = [*self.outline[body], (F(-1), F(-1))][:4]
                own += [F(0), *(value for corner in outline for value in clip(*corner)), F(self.corners[body] == 3)]
            else:
                own += [*clip(self.radius[body]), F(1)]
            row += own if self.active[body] else [F(0)] * len(own)
        for joint in range(self.joints):
            own = [F(1), F(self.joint[joint] == WELD)]
            own += clip(self.second_x[joint], self.second_y[joint], self.first_x[joint], self.first_y[joint])
            rest, least, most = self.rest_angle[joint], self.least_angle[joint], self.most_angle[joint]
            own += sine_cosine(rest)
            if self.joint[joint] == WELD:
                own += [F(0)] * 14
            else:
                own += [*clip(self.motor_speed[joint], self.motor_power[joint]), F(self.motor[joint])]
                own += [F(self.limited[joint]), *one_of(4, self.motor_slot[joint])]
                limits = [*sine_cosine(least), *sine_cosine(most), *clip(least - rest, most - rest)]
                own += limits if self.limited[joint] else [F(0)] * 6
            own += one_of(self.bodies, self.second[joint]) + one_of(self.bodies, self.first[joint])
            row += own if self.joint[joint] else [F(0)] * len(own)
        for number in range(self.thrusters):
            own = [F(1), *clip(self.thruster_x[number], self.thruster_y[number])]
            own += [*one_of(2, self.thruster_slot[number]), *sine_cosine(self.thruster_angle[number])]
            own += [*clip(self.thruster_power[number]), *one_of(self.bodies, self.thrusts[number])]
            row += own if self.thruster[number] else [F(0)] * len(own)
        return np.array([*row, *clip(self.pull[1] * self.gravity * F(0.1))], F)
