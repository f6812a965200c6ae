"""What agents among discs sense of others: the nearest of a kind, and whether they touch one."""

from collections.abc import Mapping

import numpy as np

from sakana_envs.core.inner import inner
from sakana_envs.discs.places import count_touching
from sakana_envs.discs.senses import Part, Sense, confined, read_count, read_fast, read_kind, read_positive, turned
from sakana_envs.discs.sights import places_of_nearest

_ZERO, _ONE, _INFINITE = np.float32(0.0), np.float32(1.0), np.float32(np.inf)


def nearest(
    kind: int,
    count: int | None = None,
    *,
    reach: float = 1.0,
    velocity: bool = False,
    fast: float = 1.0,
    ahead: bool = False,
) -> Sense:
    """The ``count`` nearest discs of a kind, the nearest first; without a count, as many as the size ``neighbours``.

    Of each: where its middle is from the agent's, two numbers over ``reach`` metres; with ``velocity``, how it moves
    against the agent, two over ``fast`` metres per second; and 1 if there is one, else all are 0. With ``ahead``
    the two are ahead and to the left of the agent's heading instead of right and up. All within -1 to 1. Raises
    ``ValueError`` for numbers out of range, and for ``fast`` without ``velocity``.
    """
    kind, count = read_kind("nearest", kind), read_count("nearest", count, "neighbours")
    lengths = read_positive("nearest: reach", reach), read_fast("nearest", fast, bool(velocity), "velocity=True")
    return Sense(_nearest_part, (kind, count, *lengths, bool(velocity), bool(ahead)))


def _nearest_part(
    constants: Mapping[str, int], kind: int, count: int | None, reach: float, fast: float, velocity: bool, ahead: bool
) -> Part:
    found = constants["neighbours"] if count is None else count
    axes = ("ahead", "left") if ahead else ("right", "up")
    of_each = [*axes, *(f"velocity {axis}" for axis in axes if velocity), "there"]
    width = len(of_each)
    names = tuple(f"kind {kind}, {place + 1}. nearest: {name}" for place in range(found) for name in of_each)
    low = tuple(0.0 if name.endswith("there") else -1.0 for name in names)
    scale, pace = np.float32(1.0 / reach), np.float32(1.0 / fast)

    @inner(forceinline=True)
    def write(world, agent, row, start):
        x, y = world.x[agent], world.y[agent]
        last = start + (found - 1) * width
        for place in range(start, last + 1, width):
            row[place], row[place + 1] = -_ONE, _INFINITE
        for disc in range(world.discs):
            dx, dy = world.x[disc] - x, world.y[disc] - y
            square = dx * dx + dy * dy
            if world.kind[disc] != kind or disc == agent or not square < row[last + 1]:
                continue
            chosen, nearer = np.float32(disc), False
            for place in range(found):  # those farther move on; without a branch, which nobody could foresee
                slot = start + place * width
                other, its = row[slot], row[slot + 1]
                nearer |= square < its  # from then on all move on, also those that are equally far
                row[slot] = chosen if nearer else other
                chosen = other if nearer else chosen
                row[slot + 1], square = min(square, its), max(square, its)
        for place in range(start, last + 1, width):
            nearby = np.int64(row[place])
            if nearby < 0:
                row[place : place + width] = _ZERO
                continue
            dx, dy = (world.x[nearby] - x) * scale, (world.y[nearby] - y) * scale
            if ahead:
                dx, dy = turned(world, agent, dx, dy)
            row[place], row[place + 1] = confined(dx), confined(dy)
            if velocity:
                vx, vy = (world.vx[nearby] - world.vx[agent]) * pace, (world.vy[nearby] - world.vy[agent]) * pace
                if ahead:
                    vx, vy = turned(world, agent, vx, vy)
                row[place + 2], row[place + 3] = confined(vx), confined(vy)
            row[place + width - 1] = _ONE

    places = places_of_nearest(width, reach, ahead)
    return Part(f"nearest of kind {kind}", names, low, (1.0,) * len(names), ((len(names), write),), places)


def touching(kind: int) -> Sense:
    """1 if the agent touches a disc of a kind, else 0."""
    return Sense(_touching_part, (read_kind("touching", kind),))


def _touching_part(constants: Mapping[str, int], kind: int) -> Part:
    @inner
    def write(world, agent, row, start):
        row[start] = np.float32(count_touching(world, agent, kind) > 0)

    return Part(f"touching kind {kind}", (f"touches kind {kind}",), (0.0,), (1.0,), ((1, write),))
