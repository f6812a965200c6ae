"""For pictures: where that is of which agents' senses tell them, read off their observations, in NumPy."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np


def places_sensed(
    parts: list[Any], rows: np.ndarray, headings: np.ndarray, numbers: Mapping[str, float]
) -> np.ndarray | None:
    """Offsets (agents, n, 2) in metres, right and up, to all of which observations ``rows`` (agents, length) tell.

    ``parts`` are those of the rows, see :class:`sakana_envs.discs.senses.Part`. NaN for nothing, None if none of them
    tells of a place.
    """
    found, start = [], 0
    for part in parts:
        stop = start + len(part.names)
        if part.places is not None:
            found.append(part.places(rows[:, start:stop], headings, numbers))
        start = stop
    return np.concatenate(found, axis=1) if found else None


def places_of_nearest(width: int, reach: float, ahead: bool) -> Callable:
    """What :attr:`Part.places` is of groups of ``width`` numbers: two over ``reach``, and in the end 0 for nothing."""

    def places(rows: np.ndarray, headings: np.ndarray, numbers: Mapping[str, float]) -> np.ndarray:
        each = rows.reshape(len(rows), -1, width)
        away = reach * each[..., :2]
        return np.where(each[..., -1:] > 0.0, _turned_back(away, headings) if ahead else away, np.float32(np.nan))

    return places


def places_of_rays(cosines: np.ndarray, sines: np.ndarray, width: int, reach: float | None, ahead: bool) -> Callable:
    """What :attr:`Part.places` is of rays: where the first of all things is that each hits.

    In groups of ``width`` numbers the first say how far along each direction, over ``reach``, the world's number unless
    it is given; 1 is nothing.
    """
    directions = np.stack([cosines, sines], axis=1)

    def places(rows: np.ndarray, headings: np.ndarray, numbers: Mapping[str, float]) -> np.ndarray:
        shares = rows.reshape(len(rows), -1, width)[..., : len(directions)].min(axis=1)[..., None]
        away = np.float32(numbers["reach"] if reach is None else reach) * shares * directions
        return np.where(shares < 1.0, _turned_back(away, headings) if ahead else away, np.float32(np.nan))

    return places


def _turned_back(away: np.ndarray, headings: np.ndarray) -> np.ndarray:
    """Directions (agents, n, 2), ahead and to the left of headings (agents, 2), as right and up."""
    (ahead, left), (hx, hy) = np.moveaxis(away, -1, 0), headings.T[:, :, None]
    return np.stack([ahead * hx - left * hy, ahead * hy + left * hx], axis=-1)
