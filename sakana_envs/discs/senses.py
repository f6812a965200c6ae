"""What agents among discs sense, as data: parts of a row of float32, put together in the order of a task's ``senses``.

Places and velocities are as seen from the agent: metres to the right and up, or with ``ahead=True`` ahead and to the
left of its heading. What is farther than ``reach``, and what there is none of, is told from what is near by a 0 in the
last number of its group.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from sakana_envs.core.inner import inner
from sakana_envs.core.names import nearest as nearest_name
from sakana_envs.core.scalars import is_whole
from sakana_envs.discs.places import count_touching
from sakana_envs.discs.sights import places_of_nearest
from sakana_envs.discs.world import FARTHEST, KINDS

_ZERO, _ONE, _TWO = np.float32(0.0), np.float32(1.0), np.float32(2.0)
_LEAST, _INFINITE = np.float32(1e-6), np.float32(np.inf)
MOST_PARTS = 1024
"""Discs that a sense finds at most."""


class Sense(NamedTuple):
    """A part of an observation: ``make(constants, *arguments)`` gives its :class:`Part`, for worlds of these constants.

    Records with the same are equal.
    """

    make: Callable
    arguments: tuple = ()


class Part(NamedTuple):
    """What a sense writes: its ``title``, its numbers' names and ranges, and ``write(world, agent, out)``, compiled.

    For pictures, ``places(rows, headings, numbers)`` says where that is of which it tells, in NumPy: from what it wrote
    for all agents (agents, length), their headings (agents, 2) and the world's numbers by name, to offsets (agents, n,
    2) in metres to the right and up, NaN for nothing. None if it tells of no place.
    """

    title: str
    names: tuple[str, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    write: Callable
    places: Callable[[np.ndarray, np.ndarray, Mapping[str, float]], np.ndarray] | None = None


def parts_of(senses: tuple[Sense, ...], constants: Mapping[str, int]) -> list[Part]:
    """The parts of a row, in order."""
    return [sense.make(constants, *sense.arguments) for sense in senses]


def write_all(parts: list[Part], rest: Callable) -> Callable:
    """A function that writes all parts of a row, and then ``rest``."""
    sensed = sum(len(part.names) for part in parts)
    write = inner(lambda world, agent, row: rest(world, agent, row[sensed:]))
    start = sensed
    for part in reversed(parts):
        start -= len(part.names)
        write = _and_then(part.write, start, start + len(part.names), write)
    return write


def _and_then(first: Callable, start: int, stop: int, rest: Callable) -> Callable:
    @inner
    def write(world, agent, row):
        first(world, agent, row[start:stop])
        rest(world, agent, row)

    return write


def own(*what: str, fast: float = 1.0) -> Sense:
    """What an agent senses of itself.

    ``"velocity"``, two numbers, over ``fast`` metres per second; ``"motion"``, the same ahead and to the left of its
    heading; ``"position"``, two, -1 to 1 between the walls;
    ``"heading"``, its cosine and sine; ``"spin"``, over the number ``top_spin``. All within -1 to 1. Raises
    ``ValueError`` for another word, and for ``fast`` not above 0.
    """
    for word in what:
        if word not in _OWN:
            raise ValueError(f"own senses {', '.join(map(repr, _OWN))}, got {word!r}{nearest_name(word, list(_OWN))}")
    if not what:
        raise ValueError(f"own needs at least one of {', '.join(map(repr, _OWN))}")
    return Sense(_own_part, (what, above_zero("own: fast", fast)))


def _own_part(constants: Mapping[str, int], what: tuple[str, ...], fast: float) -> Part:
    names = tuple(name for word in what for name in _OWN[word][0])
    write, start = _nothing, sum(len(_OWN[word][0]) for word in what)
    for word in reversed(what):
        start -= len(_OWN[word][0])
        write = _own_and_then(_OWN[word][1], start, np.float32(1.0 / fast), write)
    return Part(f"own {', '.join(what)}", names, (-1.0,) * len(names), (1.0,) * len(names), write)


def _own_and_then(first: Callable, start: int, scale: np.float32, rest: Callable) -> Callable:
    @inner
    def write(world, agent, out):
        first(world, agent, out, start, scale)
        rest(world, agent, out)

    return write


@inner
def _nothing(world, agent, out):
    pass


@inner
def confined(value):
    """``value``, between -1 and 1; what is no number becomes -1."""
    return min(_ONE, max(-_ONE, value))


@inner
def turned(world, agent, dx, dy):
    """A direction (right, up) as (ahead, left) of an agent's heading."""
    hx, hy = world.hx[agent], world.hy[agent]
    return dx * hx + dy * hy, dy * hx - dx * hy


@inner
def _velocity(world, agent, out, start, scale):
    out[start] = confined(world.vx[agent] * scale)
    out[start + 1] = confined(world.vy[agent] * scale)


@inner
def _motion(world, agent, out, start, scale):
    ahead, left = turned(world, agent, world.vx[agent] * scale, world.vy[agent] * scale)
    out[start], out[start + 1] = confined(ahead), confined(left)


@inner
def _position(world, agent, out, start, scale):
    out[start] = confined(_TWO * world.x[agent] / np.float32(world.width) - _ONE)
    out[start + 1] = confined(_TWO * world.y[agent] / np.float32(world.height) - _ONE)


@inner
def _heading(world, agent, out, start, scale):
    out[start] = confined(world.hx[agent])
    out[start + 1] = confined(world.hy[agent])


@inner
def _spin(world, agent, out, start, scale):
    out[start] = confined(world.spin[agent] / max(np.float32(world.top_spin), _LEAST))


_OWN = {
    "velocity": (("own velocity: right", "own velocity: up"), _velocity),
    "motion": (("own motion: ahead", "own motion: left"), _motion),
    "position": (("own position: right", "own position: up"), _position),
    "heading": (("own heading: right", "own heading: up"), _heading),
    "spin": (("own spin",), _spin),
}


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
    the two are ahead and to the left of the agent's heading instead of right and up. All within -1 to 1.
    """
    check_kind("nearest", kind)
    if count is not None and not is_whole(count, 1, MOST_PARTS):
        raise ValueError(f"nearest: count must be a whole number from 1 to {MOST_PARTS}, or None, got {count!r}")
    lengths = above_zero("nearest: reach", reach), above_zero("nearest: fast", fast)
    return Sense(_nearest_part, (int(kind), count, *lengths, bool(velocity), bool(ahead)))


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

    @inner
    def write(world, agent, out):
        x, y = world.x[agent], world.y[agent]
        for place in range(found):
            out[place * width] = -_ONE
            out[place * width + 1] = _INFINITE
        last = (found - 1) * width
        for disc in range(world.discs):
            if world.kind[disc] != kind or disc == agent:
                continue
            dx, dy = world.x[disc] - x, world.y[disc] - y
            square = dx * dx + dy * dy
            if square < out[last + 1]:
                slot = last
                while slot > 0 and square < out[slot - width + 1]:
                    out[slot] = out[slot - width]
                    out[slot + 1] = out[slot - width + 1]
                    slot -= width
                out[slot] = np.float32(disc)
                out[slot + 1] = square
        for place in range(0, found * width, width):
            chosen = np.int64(out[place])
            if chosen < 0:
                out[place : place + width] = _ZERO
                continue
            dx, dy = (world.x[chosen] - x) * scale, (world.y[chosen] - y) * scale
            if ahead:
                dx, dy = turned(world, agent, dx, dy)
            out[place], out[place + 1] = confined(dx), confined(dy)
            if velocity:
                vx, vy = (world.vx[chosen] - world.vx[agent]) * pace, (world.vy[chosen] - world.vy[agent]) * pace
                if ahead:
                    vx, vy = turned(world, agent, vx, vy)
                out[place + 2], out[place + 3] = confined(vx), confined(vy)
            out[place + width - 1] = _ONE

    return Part(
        f"nearest of kind {kind}", names, low, (1.0,) * len(names), write, places_of_nearest(width, reach, ahead)
    )


def touching(kind: int) -> Sense:
    """1 if the agent touches a disc of a kind, else 0."""
    check_kind("touching", kind)
    return Sense(_touching_part, (int(kind),))


def _touching_part(constants: Mapping[str, int], kind: int) -> Part:
    @inner
    def write(world, agent, out):
        out[0] = np.float32(count_touching(world, agent, kind) > 0)

    return Part(f"touching kind {kind}", (f"touches kind {kind}",), (0.0,), (1.0,), write)


def check_kind(what: str, kind: int) -> None:
    if not is_whole(kind, 0, KINDS - 1):
        raise ValueError(f"{what}: a kind must be a whole number from 0 to {KINDS - 1}, got {kind!r}")


def above_zero(what: str, value: float) -> float:
    if not isinstance(value, (int, float)) or not 1e-6 <= value <= FARTHEST:
        raise ValueError(f"{what} must be a number from 1e-6 to {FARTHEST:g}, got {value!r}")
    return float(value)
