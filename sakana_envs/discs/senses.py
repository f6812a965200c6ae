"""What agents among discs sense, as data: parts of a row of float32, put together in the order of a task's ``senses``.

Places and velocities are as seen from the agent: metres to the right and up, or with ``ahead=True`` ahead and to the
left of its heading.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from sakana_envs.core.inner import inner
from sakana_envs.core.scalars import is_whole, plain
from sakana_envs.discs.contact import within
from sakana_envs.discs.world import FARTHEST, KINDS, SIZES

_ONE = np.float32(1.0)


class Sense(NamedTuple):
    """A part of an observation: ``make(constants, *arguments)`` gives its :class:`Part`, for worlds of these constants.

    Records with the same are equal.
    """

    make: Callable
    arguments: tuple = ()


class Part(NamedTuple):
    """What a sense writes: its ``title``, its numbers' names and ranges, and its ``writers``.

    Each is a pair, of how many numbers it writes, and of ``write(world, agent, row, start)``, compiled, which writes
    them into ``row`` from ``start`` on.

    For pictures, ``places(rows, headings, numbers)`` says where that is of which it tells, in NumPy: from what it wrote
    for all agents (agents, length), their headings (agents, 2) and the world's numbers by name, to offsets (agents, n,
    2) in metres to the right and up, NaN for nothing. None if it tells of no place.
    """

    title: str
    names: tuple[str, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    writers: tuple[tuple[int, Callable], ...]
    places: Callable[[np.ndarray, np.ndarray, Mapping[str, float]], np.ndarray] | None = None


def parts_of(senses: tuple[Sense, ...], constants: Mapping[str, int]) -> list[Part]:
    """The parts of a row, in order. Raises ``ValueError`` for what is no sense."""
    for sense in senses:
        if not isinstance(sense, Sense):
            raise ValueError(
                "senses must be a tuple of own(...), nearest(...), touching(...) and rays(...), and one alone has a "
                f"comma: senses=(own('velocity'),); got {sense!r} in it"
            )
    return [sense.make(constants, *sense.arguments) for sense in senses]


def write_all(parts: list[Part], rest: Callable) -> Callable:
    """A function that writes all parts of a row, and then ``rest``, a rule of a world, an agent and what is left."""
    writers = [writer for part in parts for writer in part.writers]
    start = sum(length for length, _ in writers)
    write = _last(rest, start)
    for length, first in reversed(writers):
        start -= length
        write = _and_then(first, np.int64(start), write)
    return write


def _last(rest: Callable, start: int) -> Callable:
    return inner(lambda world, agent, row: rest(world, agent, row[start:]))


def _and_then(first: Callable, start: np.int64, rest: Callable) -> Callable:
    """``start`` isn't a literal of Python's, for each of which Numba would compile ``first`` once more."""

    @inner
    def write(world, agent, row):
        first(world, agent, row, start)
        rest(world, agent, row)

    return write


@inner
def confined(value):
    """``value``, between -1 and 1; what is no number becomes -1."""
    return within(value, _ONE)


@inner
def turned(world, agent, dx, dy):
    """A direction (right, up) as (ahead, left) of an agent's heading."""
    hx, hy = world.hx[agent], world.hy[agent]
    return dx * hx + dy * hy, dy * hx - dx * hy


def read_kind(what: str, kind: int) -> int:
    """A kind of discs. Raises ``ValueError`` for what is none."""
    if not is_whole(plain(kind), 0, KINDS - 1):
        raise ValueError(f"{what}: a kind must be a whole number from 0 to {KINDS - 1}, got {kind!r}")
    return int(kind)


def read_count(what: str, count: int | None, size: str) -> int | None:
    """How many are told; None for as many as a size of the world. Raises ``ValueError`` for what is no such count."""
    most = int(SIZES[size].high)
    if count is not None and not is_whole(plain(count), 1, most):
        raise ValueError(f"{what}: count must be a whole number from 1 to {most}, or None, got {count!r}")
    return plain(count)


def read_positive(what: str, value: float) -> float:
    """A number above 0, such as a length in metres. Raises ``ValueError`` for one beyond 1e-6 to 2**20."""
    number = plain(value)
    if not isinstance(number, (int, float)) or isinstance(number, bool) or not 1e-6 <= number <= FARTHEST:
        raise ValueError(f"{what} must be a number from 1e-6 to {FARTHEST:g}, got {value!r}")
    return float(number)


def read_fast(what: str, fast: float, speeds: bool, needed: str) -> float:
    """Metres per second that are told as 1, of a sense that tells ``speeds``; elsewhere they would have no effect."""
    value = read_positive(f"{what}: fast", fast)
    if value != 1.0 and not speeds:
        raise ValueError(f"{what}: fast={fast!r} would have no effect without {needed}")
    return value
