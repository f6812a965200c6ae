"""The sense ``rays``: in each of some directions, how far it is to the nearest of what is asked for."""

import math
from collections.abc import Callable, Mapping

import numpy as np

from sakana_envs.core.inner import inner
from sakana_envs.core.names import nearest as nearest_name
from sakana_envs.core.scalars import plain
from sakana_envs.core.trig import sine_cosine_of
from sakana_envs.discs.casting import looking_at_discs, looking_at_walls
from sakana_envs.discs.senses import Part, Sense, read_count, read_fast, read_kind, read_positive
from sakana_envs.discs.sights import places_of_rays
from sakana_envs.discs.world import FARTHEST, KINDS

_ZERO, _ONE, _TWO, _FARTHEST = np.float32(0.0), np.float32(1.0), np.float32(2.0), np.float32(FARTHEST)
WALLS = "walls"
_MODES = ("surface", "centre")


@inner
def _reach_of_world(world):
    """How far rays see that don't say it."""
    return np.float32(world.reach)


def rays(
    *what: "str | int | tuple[str | int, ...]",
    count: int | None = None,
    reach: float | None = None,
    angle: float | None = None,
    ahead: bool = False,
    mode: str = "surface",
    velocity: bool = False,
    fast: float = 1.0,
) -> Sense:
    """How far it is, in ``count`` directions, to the nearest of ``what``: ``"walls"``, or kinds of discs.

    Walls are what lies round the world, and blocks. Each of ``what`` gets ``count`` numbers, 0 to 1: metres from the
    agent's middle to the surface over ``reach``, 0 from within, 1 if nothing is as near. A tuple of several counts as
    one. Without a count there are as many directions as the size ``rays``; without a reach it is the number ``reach``.

    The first direction is to the right, the others follow counter-clockwise all round; or ``angle`` radians have the
    first and the last at their ends, and the right in the middle. With ``ahead`` they turn with the agent's heading.

    With ``velocity`` each of ``what`` has ``count`` more numbers, -2 to 2: how fast what was hit goes away along the
    ray, over ``fast`` metres per second; 0 if nothing was. In ``mode="centre"`` distances to discs are those of SISL's
    Waterworld (Gupta, Egorov and Kochenderfer, 2017): of the middle, projected on the ray, where the ray meets the
    disc; of those whose edge alone is within reach, at distance 1, the first of its kind has a velocity.

    Raises ``ValueError`` for what there isn't, for numbers out of range, and for ``fast`` without ``velocity``.
    """
    channels = tuple(tuple(map(_member, each if isinstance(each, tuple) else (each,))) for each in what)
    members = [each for channel in channels for each in channel]
    if not all(channels) or not channels:
        raise ValueError("rays needs something to look for: 'walls', kinds of discs, or a tuple of such")
    for each in members:
        if members.count(each) > 1:
            raise ValueError(f"rays: {_label((each,))} is asked for twice")
    count = read_count("rays", count, "rays")
    if angle is not None and not read_positive("rays: angle", angle) <= 2.0 * math.pi:
        raise ValueError(f"rays: angle must be at most a full circle, {2 * math.pi:g} radians, got {angle!r}")
    if mode not in _MODES:
        raise ValueError(f"rays: mode must be one of {_MODES}, got {mode!r}{nearest_name(mode, _MODES)}")
    length = _reach_of_world if reach is None else read_positive("rays: reach", reach)
    told = read_fast("rays", fast, bool(velocity), "velocity=True")
    pace = told if velocity else None
    return Sense(_rays_part, (channels, count, length, plain(angle), bool(ahead), mode == "centre", pace))


def _member(member: "str | int") -> "str | int":
    if isinstance(member, str):
        if member != WALLS:
            raise ValueError(
                f"rays look for {WALLS!r} and kinds of discs, got {member!r}{nearest_name(member, [WALLS])}"
            )
        return member
    return read_kind("rays", member)


def _label(channel: "tuple[str | int, ...]") -> str:
    return " or ".join(each if isinstance(each, str) else f"kind {each}" for each in channel)


def _directions(count: int, angle: float | None) -> tuple[np.ndarray, np.ndarray]:
    """Cosines and sines of a part's directions, (count,) float32 each; what is as good as 0 is 0."""
    if angle is None:
        angles = [2.0 * math.pi * ray / count for ray in range(count)]
    else:
        angles = [angle * (ray / (count - 1) - 0.5) if count > 1 else 0.0 for ray in range(count)]
    table = np.array([sine_cosine_of(np.float32(each)) for each in angles], np.float32)
    table[abs(table) < 1e-6] = 0.0
    return table[:, 1].copy(), table[:, 0].copy()


def _rays_part(
    constants: Mapping[str, int],
    channels: "tuple[tuple[str | int, ...], ...]",
    count: int | None,
    reach: float | Callable,
    angle: float | None,
    ahead: bool,
    centre: bool,
    fast: float | None,
) -> Part:
    rays = constants["rays"] if count is None else count
    moving = fast is not None
    width = 2 * rays if moving else rays
    first = {each: place * width for place, channel in enumerate(channels) for each in channel}
    length = len(channels) * width
    table = _directions(rays, angle)
    scale = reach if callable(reach) else _constant(reach)
    see_walls = looking_at_walls(*table, first.get(WALLS, -1), scale, ahead, centre, fast)
    begins = np.array([first.get(kind, -1) for kind in range(KINDS)])
    see_discs = looking_at_discs(*table, begins, scale, ahead, centre, fast)

    @inner
    def write(world, agent, row, start):
        out = row[start : start + length]
        for place in range(0, length, width):
            out[place : place + rays] = _ONE
            if moving:
                out[place + rays : place + width] = _ZERO
        there = abs(world.x[agent]) <= _FARTHEST and abs(world.y[agent]) <= _FARTHEST
        if there and abs(world.hx[agent]) <= _TWO and abs(world.hy[agent]) <= _TWO:
            see_walls(world, agent, out)
            see_discs(world, agent, out)

    names, low = [], []
    for channel in channels:
        for what, least in (("distance", 0.0), ("speed", -2.0))[: 2 if moving else 1]:
            names += [f"{_label(channel)}: {what}, ray {ray + 1}" for ray in range(rays)]
            low += [least] * rays
    places = places_of_rays(*table, width, None if callable(reach) else reach, ahead)
    title = f"rays to {', '.join(map(_label, channels))}"
    high = tuple(abs(least) or 1.0 for least in low)
    return Part(title, tuple(names), tuple(low), high, ((length, write),), places)


def _constant(value: float) -> Callable:
    number = np.float32(value)
    return inner(lambda world: number)
