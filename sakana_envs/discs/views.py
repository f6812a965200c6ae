"""The form of observations of discs: a row of float32, each number with its range."""

from collections.abc import Callable, Mapping

import numpy as np

from sakana_envs.core.engine import Senses, View
from sakana_envs.discs.senses import parts_of

_MOST = 64
_NUMBERS = ("x", "y", "vx", "vy", "kind")


def row(senses: Senses, constants: Mapping[str, int]) -> View:
    """A row as it is written: the senses, then the task's features."""
    parts = parts_of(senses.parts, constants)
    low, high = ([bound for part in parts for bound in getattr(part, side)] for side in ("low", "high"))
    low += [bounds[0] for bounds in senses.ranges]
    high += [bounds[1] for bounds in senses.ranges]
    return View(np.array(low, np.float32), np.array(high, np.float32), (len(low),), np.float32)


def views(senses: Senses, constants: Mapping[str, int]) -> dict[str, View]:
    """The only form there is."""
    return {"flat": row(senses, constants)}


def _write_summary(
    view: Callable[[str], np.ndarray], world: int, constants: Mapping[str, int], out: np.ndarray
) -> None:
    out[:] = 0.0
    for place, name in enumerate(_NUMBERS):
        values = view(name)[world, :_MOST]
        out[: len(values), place] = values


SUMMARY = View(-np.inf, np.inf, (_MOST, len(_NUMBERS)), np.float32, _write_summary)
"""Place, velocity and kind of the first 64 discs; zeros behind them."""
