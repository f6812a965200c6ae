"""An episode as few bytes: what changes from tick to tick, which compresses well.

``episode.js`` does the reverse. All numbers are unsigned; those of several bytes are stored as planes, the low bytes of
all before the next bytes of all, since the high planes are nearly all zeros.

- Positions are whole numbers of 1/16 cell, rounded down, so that an agent's cell is exact; of discs, of a smaller part,
  1/16 of the smallest radius or less. Per thing, what is added from tick to tick, zigzag-coded (0, -1, 1, -2, ... as 0,
  1, 2, 3, ...). Who came farther than it can go is noted.
- Radii of discs are exact: what is added to the bits of a float32. Headings are 256ths of a turn. What agents sense are
  offsets, as positions are, 0 for nothing.
- Rewards are bytes that number up to 256 levels: exact if the episode has no more different rewards, else to within
  1/510 of their range.
- The ground, what is in a cell besides agents, is the first tick's, then the cells that differ from what is expected:
  that all stays, but where an agent stands is nothing. The layer is the same without the expectation.
"""

import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from sakana_envs.grid.tiles import AGENT, EMPTY, FOOD
from sakana_envs.render.scene import Scene
from sakana_envs.render.track import jumped

_UNIT = 16
"""Steps of a position per cell, or per radius of the smallest disc."""
_FARTHEST = 2.0**17
"""Metres from the map's corner at which discs are shown that are farther."""
_MOST = {"sight": 1 << 22}
"""For how many numbers a page has room; where there are more, they are left out."""
LEVELS = 256
"""Different rewards that a page can tell apart."""
_COMPRESSION = 6


class Encoder:
    """Takes the scenes of one world one by one, and keeps what a page needs of them."""

    def __init__(self, first: Scene) -> None:
        self.first = first
        self.unit = _UNIT if first.sizes is None else _steps_per_metre(first.sizes)
        self._frames: list[dict[str, Any]] = []
        self._last = first
        self._ground = _Changes(_ground(first))
        self._layer = None if first.layer is None else _Changes(first.layer)
        self.codes_seen = np.zeros(256, dtype=bool)
        self.food: list[int] = []

    def add(self, scene: Scene) -> None:
        """The next scene, the first one included. Raises ``ValueError`` for one that doesn't belong here."""
        self._check(scene)
        rows, cols = (self._steps(place) for place in (scene.row, scene.col))
        frame = {"tick": np.uint32(scene.tick), "row": rows, "col": cols, "kind": scene.kind.copy()}
        frame |= {"reward": scene.reward.astype(np.float32), "jump": self._jumped(scene)}
        if scene.sizes is not None:
            frame["size"] = scene.sizes.astype(np.float32).view(np.uint32)
        if scene.headings is not None:
            angle = np.arctan2(-scene.headings[:, 0], scene.headings[:, 1])
            frame["heading"] = np.rint(angle * (128.0 / np.pi)).astype(np.int32).astype(np.uint8)
        if scene.sights is not None:
            frame["sight"] = np.rint(np.nan_to_num(scene.sights) * self.unit).astype(np.int32).reshape(-1)
        self._frames.append(frame)
        self._last = scene
        ground = _ground(scene)
        living = rows >= 0 if scene.sizes is None else np.zeros(len(rows), dtype=np.bool_)
        self._ground.add(ground, emptied=(rows[living] // self.unit, cols[living] // self.unit))
        if self._layer is not None and scene.layer is not None:
            self._layer.add(scene.layer)
        counts = np.bincount(ground.reshape(-1), minlength=256)
        self.codes_seen |= counts > 0
        self.food.append(int(counts[FOOD]))

    def _steps(self, position: np.ndarray) -> np.ndarray:
        """Positions as whole numbers; what isn't there may be anywhere."""
        near = np.clip(np.nan_to_num(position.astype(np.float64)), -_FARTHEST, _FARTHEST)
        return np.floor(near * self.unit).astype(np.int32)

    def _jumped(self, scene: Scene) -> np.ndarray:
        """Who was put elsewhere since the last scene, (things,) uint8."""
        moved = np.stack([scene.row - self._last.row, scene.col - self._last.col], axis=1)
        return jumped(moved, scene.tick - self._last.tick, self._last.paces, scene.paces).astype(np.uint8)

    def _check(self, scene: Scene) -> None:
        at = f"scene {len(self._frames)} (tick {scene.tick})"
        for name in ("cells", "row", "layer", "reward", "sizes", "headings", "sights"):
            was, is_now = (np.shape(getattr(each, name)) for each in (self.first, scene))
            if was != is_now:
                raise ValueError(f"{at} has {name} of shape {is_now}, the first one has {was}: a page shows one world")
        for name, length in (("row", scene.cells.shape[0]), ("col", scene.cells.shape[1])):
            position = getattr(scene, name)
            if scene.sizes is None:
                low, high, dead = 0.0, float(length), (scene.row == -1) & (scene.col == -1)
            else:  # they may leave the map
                low, high, dead = -1e30, 1e30, scene.sizes == 0
            wrong = np.flatnonzero(~((position >= low) & (position < high) | dead))
            if len(wrong):
                what = f"agent {wrong[0]}" if wrong[0] < scene.agents else f"disc {wrong[0]}"
                raise ValueError(f"{at} has {what} at {name} {position[wrong[0]]}, outside of {low:g} to {high:g}")
        wrong = np.flatnonzero(~np.isfinite(scene.reward))
        if len(wrong):
            raise ValueError(f"{at} has the reward {scene.reward[wrong[0]]} for agent {wrong[0]}: it must be finite")

    @property
    def ticks(self) -> np.ndarray:
        """Tick of every scene, (scenes,) uint32."""
        return self._all("tick")

    @property
    def kinds(self) -> np.ndarray:
        """Kind of everything in every scene, (scenes, things) uint8."""
        return self._all("kind")

    @property
    def rewards(self) -> np.ndarray:
        """Reward of every agent in every scene, (scenes, agents) float32."""
        return self._all("reward")

    def _all(self, name: str) -> np.ndarray:
        return np.array([frame[name] for frame in self._frames])

    def _names(self, *names: str) -> list[str]:
        """Those of some names that are stored."""
        first, frames = self._frames[0], len(self._frames)
        return [name for name in names if name in first and frames * first[name].size <= _MOST.get(name, np.inf)]

    def arrays(self) -> Iterator[tuple[str, np.ndarray]]:
        """All that is stored, as flat arrays of unsigned numbers with their names."""
        yield "tick", self.ticks
        for name in self._names("row", "col", "sight"):
            steps = np.diff(self._all(name), axis=0, prepend=np.int32(0))
            yield name, _by_agent((steps << 1) ^ (steps >> 31))
        for name in self._names("kind", "size", "heading"):
            values = self._all(name)
            yield name, _by_agent(np.diff(values, axis=0, prepend=values.dtype.type(0)))
        yield "jump", _by_agent(self._all("jump"))
        levels, reward = quantise(self.rewards)
        yield "levels", levels.view(np.uint32)
        yield "reward", _by_agent(reward)
        for name, changes in (("ground", self._ground), ("layer", self._layer)):
            if changes is not None:
                yield from ((f"{name}_{part}", array) for part, array in changes.arrays())


class _Changes:
    """A map (height, width) uint8 over time: how it began, and which cells changed into what."""

    def __init__(self, first: np.ndarray) -> None:
        self._first = first.copy()
        self._last = first.copy()
        self._cells: list[np.ndarray] = []
        self._codes: list[np.ndarray] = []

    def add(self, now: np.ndarray, emptied: tuple[np.ndarray, np.ndarray] | None = None) -> None:
        if emptied is not None:
            self._last[emptied] = EMPTY
        cells = np.flatnonzero(now != self._last)
        self._cells.append(cells)
        self._codes.append(now.reshape(-1)[cells])
        self._last = now.copy()

    def arrays(self) -> Iterator[tuple[str, np.ndarray]]:
        """The first map; for each scene how many cells changed; each one's distance from the one before; its code."""
        yield "first", self._first.reshape(-1)
        yield "counts", np.array([len(cells) for cells in self._cells], dtype=np.uint32)
        yield "gaps", np.concatenate([np.diff(cells, prepend=0) for cells in self._cells]).astype(np.uint32)
        yield "codes", np.concatenate(self._codes)


def _ground(scene: Scene) -> np.ndarray:
    """Cell codes without the agents."""
    return np.where(scene.cells >= AGENT, np.uint8(EMPTY), scene.cells)


def _by_agent(frames: np.ndarray) -> np.ndarray:
    """(scenes, agents) as one row, agent by agent: what an agent does next is likely what it did before."""
    return frames.T.reshape(-1).view(f"u{frames.dtype.itemsize}")


def _steps_per_metre(sizes: np.ndarray) -> int:
    """A power of two by which the smallest disc's radius is at least so many steps, as far as 2**12 allows."""
    smallest = float(sizes[sizes > 0.0].min(initial=1.0))
    return 1 << int(np.clip(np.ceil(np.log2(_UNIT / smallest)), 4, 12))


def quantise(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers as levels (at most 256,) float32 and, in the shape of ``values``, uint8 that number them."""
    levels = np.unique(values)
    if len(levels) <= LEVELS:
        return levels, np.searchsorted(levels, values).astype(np.uint8)
    low, high = float(levels[0]), float(levels[-1])
    steps = np.rint((values.astype(np.float64) - low) * ((LEVELS - 1) / (high - low)))
    return np.linspace(low, high, LEVELS).astype(np.float32), steps.astype(np.uint8)


def pack(arrays: Iterable[tuple[str, np.ndarray]]) -> tuple[list[tuple[str, int, int]], bytes]:
    """Arrays of unsigned numbers as a table of (name, length, bytes per number), and their planes, compressed."""
    table = []
    compressor = zlib.compressobj(_COMPRESSION)
    parts = []
    for name, array in arrays:
        width = max(1, (int(array.max(initial=0)).bit_length() + 7) // 8)
        table.append((name, len(array), width))
        parts += [compressor.compress((array >> (8 * plane)).astype(np.uint8).tobytes()) for plane in range(width)]
    return table, b"".join([*parts, compressor.flush()])
