"""An episode as few bytes: what changes from tick to tick, which compresses well.

``episode.js`` does the reverse. All numbers are unsigned; those of several bytes are stored as planes, the low bytes of
all before the next bytes of all, since the high planes are nearly all zeros.

- Positions are whole numbers of 1/16 cell, rounded down, so that an agent's cell is exact; per agent, what is added
  from tick to tick, zigzag-coded (0, -1, 1, -2, ... as 0, 1, 2, 3, ...).
- Rewards are bytes that number up to 256 levels: exact if the episode has no more different rewards, else to within
  1/510 of their range.
- The ground, what is in a cell besides agents, is the first tick's, then the cells that differ from what is expected:
  that all stays, but where an agent stands is nothing. The layer is the same without the expectation.
"""

import zlib
from collections.abc import Iterable, Iterator

import numpy as np

from sakana_envs.grid.tiles import AGENT, EMPTY, FOOD
from sakana_envs.render.scene import Scene

UNIT = 16
"""Steps of a position per cell."""
LEVELS = 256
"""Different rewards that a page can tell apart."""
_COMPRESSION = 6


class Encoder:
    """Takes the scenes of one world one by one, and keeps what a page needs of them."""

    def __init__(self, first: Scene) -> None:
        self.first = first
        self._frames: list[tuple[int, np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []
        self._ground = _Changes(_ground(first))
        self._layer = None if first.layer is None else _Changes(first.layer)
        self.codes_seen = np.zeros(256, dtype=bool)
        self.food: list[int] = []

    def add(self, scene: Scene) -> None:
        """The next scene, the first one included. Raises ``ValueError`` for one that doesn't belong here."""
        self._check(scene)
        rows, cols = (np.floor(position.astype(np.float64) * UNIT).astype(np.int32) for position in scene[2:4])
        self._frames.append((scene.tick, rows, cols, scene.kind.copy(), scene.reward.astype(np.float32)))
        ground = _ground(scene)
        living = rows >= 0
        self._ground.add(ground, emptied=(rows[living] // UNIT, cols[living] // UNIT))
        if self._layer is not None and scene.layer is not None:
            self._layer.add(scene.layer)
        counts = np.bincount(ground.reshape(-1), minlength=256)
        self.codes_seen |= counts > 0
        self.food.append(int(counts[FOOD]))

    def _check(self, scene: Scene) -> None:
        at = f"scene {len(self._frames)} (tick {scene.tick})"
        for name in ("cells", "row", "layer"):
            was, is_now = (np.shape(getattr(each, name)) for each in (self.first, scene))
            if was != is_now:
                raise ValueError(f"{at} has {name} of shape {is_now}, the first one has {was}: a page shows one world")
        for name, length in (("row", scene.cells.shape[0]), ("col", scene.cells.shape[1])):
            position = getattr(scene, name)
            dead = (scene.row == -1) & (scene.col == -1)
            wrong = np.flatnonzero(~((position >= 0) & (position < length) | dead))
            if len(wrong):
                raise ValueError(f"{at} has agent {wrong[0]} at {name} {position[wrong[0]]}, outside of 0 to {length}")
        wrong = np.flatnonzero(~np.isfinite(scene.reward))
        if len(wrong):
            raise ValueError(f"{at} has the reward {scene.reward[wrong[0]]} for agent {wrong[0]}: it must be finite")

    @property
    def ticks(self) -> np.ndarray:
        """Tick of every scene, (scenes,) uint32."""
        return np.array([frame[0] for frame in self._frames], dtype=np.uint32)

    @property
    def kinds(self) -> np.ndarray:
        """Kind of every agent in every scene, (scenes, agents) uint8."""
        return np.array([frame[3] for frame in self._frames], dtype=np.uint8)

    @property
    def rewards(self) -> np.ndarray:
        """Reward of every agent in every scene, (scenes, agents) float32."""
        return np.array([frame[4] for frame in self._frames], dtype=np.float32)

    def arrays(self) -> Iterator[tuple[str, np.ndarray]]:
        """All that is stored, as flat arrays of unsigned numbers with their names."""
        yield "tick", self.ticks
        for name, index in (("row", 1), ("col", 2)):
            steps = np.diff(np.array([frame[index] for frame in self._frames]), axis=0, prepend=np.int32(0))
            yield name, _by_agent((steps << 1) ^ (steps >> 31))
        yield "kind", _by_agent(np.diff(self.kinds, axis=0, prepend=np.uint8(0)))
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
