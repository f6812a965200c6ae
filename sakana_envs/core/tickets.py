"""How threads share the work of a step: it is cut into tickets, ranges of worlds, and whoever has time draws the next.

So a thread that comes late, or never, delays nobody. ``control`` (int64) is where they agree; between steps every
ticket has been drawn and done. Each thread has tickets of its own, whose worlds its cache may still hold, and takes
from others what they are late with.
"""

import numpy as np

from sakana_envs.core.atomics import add, give_way, load, pause, store
from sakana_envs.core.inner import seldom

# Numbers that different threads write lie on different cache lines.
_LINE = 8
FAILED, ENDED_WORLDS, FAULTS, SHARES, _PLACES, _QUOTA, MODE, BEGUN, ADDRESSES, BROKEN, _NEXT, _DONE = (
    0,
    8,
    9,
    16,
    17,
    18,
    19,
    20,
    24,
    39,
    40,
    41,
)

_SHARES_PER_THREAD = 4
_GENEROUS = 64
"""Looks, about a microsecond, after which even another thread's last ticket is taken."""
_PATIENCE = 6000
"""Looks of a helper for tickets before it leaves: some 100 microseconds, more than from step to step."""
_POLITE = 512
"""Looks between offers to give way to other threads, which may hold what is waited for."""


def new_control(worlds: int, threads: int) -> np.ndarray:
    """A ``control`` for steps of ``worlds`` worlds by up to ``threads`` threads, at most as many as worlds."""
    control = np.zeros(_NEXT + _LINE * threads, dtype=np.int64)
    quota = max(1, min(_SHARES_PER_THREAD, worlds // threads)) if threads > 1 else 1
    control[[SHARES, _PLACES, _QUOTA]] = quota * threads, threads, quota
    close(control)
    return control


def close(control: np.ndarray) -> None:
    """Leave no ticket to draw."""
    control[_NEXT::_LINE] = control[_QUOTA]


@seldom
def open_all(control):
    """Put all tickets up again. What the step needs must have been written before."""
    control[FAILED] = 0
    control[ENDED_WORLDS] = 0
    control[FAULTS] = 0
    for place in range(control[_PLACES]):
        control[_DONE + _LINE * place] = 0
    for place in range(control[_PLACES]):
        store(control, _NEXT + _LINE * place, 0)


@seldom
def draw(control, place):
    """The next ticket for a thread, or -1: at once for place 0 when all are drawn, else after some patience."""
    places = control[_PLACES]
    quota = control[_QUOTA]
    for look in range(_PATIENCE):
        if load(control, FAILED) != 0:
            return -1
        left = 0
        for turn in range(places):
            source = (place + turn) % places
            available = quota - load(control, _NEXT + _LINE * source)
            if available > (turn > 0 and look < _GENEROUS):
                ticket = add(control, _NEXT + _LINE * source, 1)
                if ticket < quota:
                    return source * quota + ticket
            left += max(available, 0)
        if place == 0 and left == 0:
            return -1
        _breathe(look)
    return -1


@seldom
def finish(control, place):
    """Count a ticket as done by a thread."""
    add(control, _DONE + _LINE * place, 1)


@seldom
def _done(control):
    done = 0
    for place in range(control[_PLACES]):
        done += load(control, _DONE + _LINE * place)
    return done


@seldom
def wait_for_all(control):
    """Wait until all tickets of a step are done. Returns whether they are: not if a thread failed."""
    look = 0
    while _done(control) < control[SHARES]:
        if load(control, FAILED) != 0:
            return False
        _breathe(look)
        look += 1
    return True


@seldom
def _breathe(look):
    if look % _POLITE == _POLITE - 1:
        give_way()
    else:
        pause()
