"""What agents among discs sense of themselves."""

from collections.abc import Callable, Mapping

import numpy as np

from sakana_envs.core.inner import inner
from sakana_envs.core.names import nearest as nearest_name
from sakana_envs.discs.senses import Part, Sense, confined, read_fast, turned

_ONE, _TWO = np.float32(1.0), np.float32(2.0)
_LEAST = np.float32(1e-6)


def own(*what: str, fast: float = 1.0) -> Sense:
    """What an agent senses of itself.

    ``"velocity"``, two numbers, over ``fast`` metres per second; ``"motion"``, the same ahead and to the left of its
    heading; ``"position"``, two, -1 to 1 between the walls; ``"heading"``, its cosine and sine; ``"spin"``, over the
    number ``top_spin``. All within -1 to 1. Raises ``ValueError`` for another word, and for ``fast`` not above 0 or
    without a velocity.
    """
    for word in what:
        if not isinstance(word, str) or word not in _OWN:
            raise ValueError(f"own senses {', '.join(map(repr, _OWN))}, got {word!r}{nearest_name(word, list(_OWN))}")
    if not what:
        raise ValueError(f"own needs at least one of {', '.join(map(repr, _OWN))}")
    speeds = "velocity" in what or "motion" in what
    return Sense(_own_part, (what, read_fast("own", fast, speeds, "'velocity' or 'motion'")))


def _own_part(constants: Mapping[str, int], what: tuple[str, ...], fast: float) -> Part:
    names = tuple(name for word in what for name in _OWN[word][0])
    writers = tuple((len(_OWN[word][0]), _OWN[word][1](np.float32(1.0 / fast))) for word in what)
    return Part(f"own {', '.join(what)}", names, (-1.0,) * len(names), (1.0,) * len(names), writers)


def _velocity(scale: np.float32) -> Callable:
    @inner
    def write(world, agent, row, start):
        row[start] = confined(world.vx[agent] * scale)
        row[start + 1] = confined(world.vy[agent] * scale)

    return write


def _motion(scale: np.float32) -> Callable:
    @inner
    def write(world, agent, row, start):
        ahead, left = turned(world, agent, world.vx[agent] * scale, world.vy[agent] * scale)
        row[start], row[start + 1] = confined(ahead), confined(left)

    return write


@inner
def _position(world, agent, row, start):
    row[start] = confined(_TWO * world.x[agent] / np.float32(world.width) - _ONE)
    row[start + 1] = confined(_TWO * world.y[agent] / np.float32(world.height) - _ONE)


@inner
def _heading(world, agent, row, start):
    row[start], row[start + 1] = confined(world.hx[agent]), confined(world.hy[agent])


@inner
def _spin(world, agent, row, start):
    row[start] = confined(world.spin[agent] / max(np.float32(world.top_spin), _LEAST))


_OWN: dict[str, tuple[tuple[str, ...], Callable]] = {
    "velocity": (("own velocity: right", "own velocity: up"), _velocity),
    "motion": (("own motion: ahead", "own motion: left"), _motion),
    "position": (("own position: right", "own position: up"), lambda scale: _position),
    "heading": (("own heading: right", "own heading: up"), lambda scale: _heading),
    "spin": (("own spin",), lambda scale: _spin),
}
"""Of each word the names of its numbers, and what makes its writer, from one over the speed that is a 1."""
