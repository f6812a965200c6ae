"""The forms of observations of cells: bytes, as a sensor writes them, one-hot rows, and one-hot planes."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from sakana_envs.core.engine import View
from sakana_envs.grid.sensors import coarse_map, one_hot, window_length
from sakana_envs.grid.tiles import CODES

_REGIONS = 16


def _write_flat(window: int, rows: np.ndarray, out: np.ndarray) -> None:
    one_hot(rows, window, out)


def _write_planes(window: int, features: int, rows: np.ndarray, out: np.ndarray) -> None:
    one_hot(rows, window, out.reshape(len(rows), -1))
    spatial = out.shape[1] - features
    out[:, spatial:] = (rows[:, rows.shape[1] - features :] * np.float32(1.0 / 255.0))[:, :, None, None]


def views(senses: tuple[str, ...], features: int, constants: Mapping[str, int]) -> dict[str, View]:
    """The forms of what agents see that sense layers, by name, and so many features."""
    side = 2 * constants["radius"] + 1
    window = window_length(constants["radius"])
    length = window * (1 + len(senses)) + features
    spatial = CODES + len(senses)

    return {
        "flat": View(0.0, 1.0, ((CODES - 1) * window + length,), np.float32, partial(_write_flat, window)),
        "planes": View(
            0.0, 1.0, (spatial + features, side, side), np.float32, partial(_write_planes, window, features)
        ),
        "bytes": View(0, 255, (length,), np.uint8),
    }


def _write_summary(
    view: Callable[[str], np.ndarray], world: int, constants: Mapping[str, int], out: np.ndarray
) -> None:
    out[:] = 0.0
    coarse_map(view("cells")[world], constants["radius"], out)


SUMMARY = View(0.0, 1.0, (CODES, _REGIONS, _REGIONS), np.float32, _write_summary)
"""The share of cells with each code in equal regions of the map."""
