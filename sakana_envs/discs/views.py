"""The form of observations of discs: a row of float32, each number with its range."""

from collections.abc import Callable, Mapping

import numpy as np

from sakana_envs.core.engine import Senses, Stretch, View
from sakana_envs.discs.senses import Part, parts_of

_MOST = 64
_NUMBERS = ("x", "y", "vx", "vy", "kind")


def row(senses: Senses, constants: Mapping[str, int]) -> View:
    """A row as it is written: the senses, then the task's features; each sense, and each feature, is a part."""
    parts = parts_of(senses.parts, constants)
    found = _row(senses, parts)
    stops = np.cumsum([len(part.names) for part in parts], dtype=np.int64).tolist()
    stretches = [Stretch(stop - len(part.names), stop, part.title) for part, stop in zip(parts, stops, strict=True)]
    first = found.shape[0] - len(senses.features)
    stretches += [Stretch(first + n, first + n + 1, f"feature {name!r}") for n, name in enumerate(senses.features)]
    return found._replace(parts=tuple(stretches))


def _row(senses: Senses, parts: list[Part]) -> View:
    """Each number a part."""
    if len(senses.ranges) < len(senses.features):
        raise ValueError(
            "features of worlds of discs are float32, each in its range: feature_names={'name': (low, high)}"
        )
    if not parts and not senses.features:
        raise ValueError("agents sense nothing: give senses=(own('velocity', 'position'), ...) or features")
    low, high = ([bound for part in parts for bound in getattr(part, side)] for side in ("low", "high"))
    low += [bounds[0] for bounds in senses.ranges]
    high += [bounds[1] for bounds in senses.ranges]
    names = [*(name for part in parts for name in part.names), *(f"the feature {name}" for name in senses.features)]
    told = tuple(
        Stretch(n, n + 1, f"{name}, {bottom:g} to {top:g}")
        for n, (name, bottom, top) in enumerate(zip(names, low, high, strict=True))
    )
    return View(np.array(low, np.float32), np.array(high, np.float32), (len(low),), np.float32, parts=told)


def views(senses: Senses, constants: Mapping[str, int]) -> dict[str, View]:
    """The only form there is."""
    return {"flat": _row(senses, parts_of(senses.parts, constants))}


def _write_summary(
    view: Callable[[str], np.ndarray], world: int, constants: Mapping[str, int], out: np.ndarray
) -> None:
    out[:] = 0.0
    for place, name in enumerate(_NUMBERS):
        values = view(name)[world, :_MOST]
        out[: len(values), place] = values


SUMMARY = View(-np.inf, np.inf, (_MOST, len(_NUMBERS)), np.float32, _write_summary)
"""Place, velocity and kind of the first 64 discs; zeros behind them."""
