"""The forms of observations of cells: bytes, one-hot rows, and one-hot planes.

What a sensor writes is a row of bytes: the window of cell codes, a window of each layer, the features that are bytes,
and, at a multiple of four, the features that are floats.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from sakana_envs.core.engine import Senses, Stretch, View
from sakana_envs.grid.sensors import coarse_map, one_hot, window_length
from sakana_envs.grid.tiles import CODES, EMPTY, MEANINGS

_REGIONS = 16
_OFFSET = (0.0, 1.0)


class Row(NamedTuple):
    """Where what is in a row: ``floats`` of ``ranges`` begin at a byte, before which ``head`` bytes mean something."""

    side: int
    categories: np.ndarray
    head: int
    floats: int
    ranges: np.ndarray

    @property
    def window(self) -> int:
        """Cells of a window."""
        return self.side * self.side

    @property
    def planes(self) -> int:
        """Windows of the one-hot forms: one for each category, or one of values as they are."""
        return int(np.maximum(self.categories, 1).sum())

    @property
    def features(self) -> int:
        """Features that are bytes."""
        return self.head - self.window * len(self.categories)

    def floats_of(self, rows: np.ndarray) -> np.ndarray:
        """The features that are floats, (n, count) float32; of a dead agent, whose row is zeros, the nearest to 0."""
        length = 4 * len(self.ranges)
        floats = np.ascontiguousarray(rows[:, self.floats : self.floats + length]).view(np.float32)
        return np.clip(floats, *self.ranges.T)


def arrange(senses: Senses, constants: Mapping[str, int]) -> Row:
    """What is where in a row."""
    side = 2 * constants["radius"] + 1
    categories = np.array([CODES, *senses.layers.values()], dtype=np.int64)
    head = window_length(constants["radius"]) * len(categories) + (0 if senses.ranges else len(senses.features))
    ranges = [*senses.ranges, *([_OFFSET, _OFFSET] if constants["sense_offset"] else [])]
    return Row(side, categories, head, -(-head // 4) * 4, np.array(ranges, dtype=np.float32).reshape(-1, 2))


def row(senses: Senses, constants: Mapping[str, int]) -> View:
    """A row as the sensor writes it."""
    if senses.parts:
        raise ValueError("senses are for worlds of discs; in worlds of cells agents sense windows, layers and features")
    about = arrange(senses, constants)
    length = about.floats + 4 * len(about.ranges) if len(about.ranges) else about.head
    window = about.window
    parts = [Stretch(window * n, window * (n + 1), f"layer {name!r}") for n, name in enumerate(senses.layers, 1)]
    size, first = (4, about.floats) if senses.ranges else (1, about.head - about.features)
    parts += [
        Stretch(first + size * n, first + size * (n + 1), f"feature {name!r}") for n, name in enumerate(senses.features)
    ]
    return View(0, 255, (length,), np.uint8, parts=tuple(parts))


def views(senses: Senses, constants: Mapping[str, int]) -> dict[str, View]:
    """The forms for learners."""
    about = arrange(senses, constants)
    count = len(about.ranges)
    flat = about.planes * about.window + about.features
    planes = about.planes + about.features + count
    shape = (planes, about.side, about.side)
    parts = _parts(senses, constants, about.window)
    bounds = _bounds(about.ranges, (flat + count,))
    write_bytes = partial(_write_bytes, about) if count else None
    return {
        "flat": View(*bounds, (flat + count,), np.float32, partial(_write_flat, about), parts["flat"]),
        "planes": View(
            *_bounds(about.ranges, shape), shape, np.float32, partial(_write_planes, about), parts["planes"]
        ),
        "bytes": View(0, 255, (about.head + count,), np.uint8, write_bytes, parts["bytes"]),
    }


def _parts(senses: Senses, constants: Mapping[str, int], window: int) -> dict[str, tuple[Stretch, ...]]:
    """What is where in the forms for learners."""
    planes = [f"window: 1 where a cell is {meaning}, else 0" for meaning in MEANINGS.values()]
    for name, count in senses.layers.items():
        planes += [f"window: 1 where the layer {name} is {each}, else 0" for each in range(count)]
        planes += [] if count else [f"window of the layer {name}, over 255"]
    floats = [(f"the feature {name}", *bounds) for name, bounds in zip(senses.features, senses.ranges, strict=False)]
    if constants["sense_offset"]:
        floats += [(f"where in its cell the agent is, {axis}", 0.0, 1.0) for axis in ("row", "column")]
    bytes_ = [] if senses.ranges else [f"the feature {name}" for name in senses.features]
    single = [f"{each}, over 255" for each in bytes_] + [f"{name}, {low:g} to {high:g}" for name, low, high in floats]
    windows = ["window of cell codes", *(f"window of the layer {name}" for name in senses.layers)]
    coarse = [f"{name}, {low:g} to {high:g} in 255 steps" for name, low, high in floats]
    return {
        "flat": _in_turn([(window, planes), (1, single)]),
        "planes": _in_turn([(1, [*planes, *(f"{each}, everywhere the same" for each in single)])]),
        "bytes": _in_turn([(window, windows), (1, [*bytes_, *coarse])]),
    }


def _in_turn(lengths: Iterable[tuple[int, Iterable[str]]]) -> tuple[Stretch, ...]:
    parts: list[Stretch] = []
    for length, meanings in lengths:
        for meaning in meanings:
            start = parts[-1].stop if parts else 0
            parts.append(Stretch(start, start + length, meaning))
    return tuple(parts)


def _bounds(ranges: np.ndarray, shape: tuple[int, ...]) -> tuple[Any, Any]:
    """0 and 1, but for the last ones along the first axis, which are floats with ranges of their own."""
    count = len(ranges)
    if count == 0:
        return 0.0, 1.0
    low, high = np.zeros(shape, dtype=np.float32), np.ones(shape, dtype=np.float32)
    for bound, own in ((low, ranges[:, 0]), (high, ranges[:, 1])):
        bound[-count:] = own.reshape(-1, *[1] * (len(shape) - 1))
    return low, high


def _write_flat(about: Row, rows: np.ndarray, out: np.ndarray) -> None:
    one_hot(rows, about.window, about.categories, about.head, out)
    if len(about.ranges):
        out[:, -len(about.ranges) :] = about.floats_of(rows)


def _write_planes(about: Row, rows: np.ndarray, out: np.ndarray) -> None:
    one_hot(rows, about.window, about.categories, about.head, out.reshape(len(rows), -1))
    values = rows[:, about.head - about.features : about.head] * np.float32(1.0 / 255.0)
    out[:, about.planes :] = np.concatenate([values, about.floats_of(rows)], axis=1)[:, :, None, None]


def _write_bytes(about: Row, rows: np.ndarray, out: np.ndarray) -> None:
    low, high = about.ranges.T
    out[:, : about.head] = rows[:, : about.head]
    out[:, about.head :] = np.rint((about.floats_of(rows) - low) / (high - low) * np.float32(255.0))
    out[rows[:, about.window // 2] == EMPTY] = 0  # of the dead, who don't see themselves


def _write_summary(
    view: Callable[[str], np.ndarray], world: int, constants: Mapping[str, int], out: np.ndarray
) -> None:
    out[:] = 0.0
    coarse_map(view("cells")[world], constants["radius"], out)


SUMMARY = View(0.0, 1.0, (CODES, _REGIONS, _REGIONS), np.float32, _write_summary)
"""The share of cells with each code in equal regions of the map."""
