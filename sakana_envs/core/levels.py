"""Levels: numbered beginnings of episodes, from which worlds draw, and how often each was played and won.

A level's number decides the set of lists from which its episodes begin. If levels are fixed, it decides all else with
which they begin too: whatever is drawn in tick 0, numbers with a range among it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sakana_envs.core.memory import Layout
from sakana_envs.core.scalars import is_whole, plain

SPLITS = {"train": range(2**30), "validation": range(2**30, 3 * 2**29), "test": range(3 * 2**29, 2**31)}
"""Numbers of levels for three purposes, of which no two have one in common."""

LAST = 2**31 - 1
"""The highest number that a level can have."""

MOST = 1_000_000
"""Levels at most among which worlds draw."""

_SHARES = 2**53


class LevelSet(NamedTuple):
    """Levels to draw from: how many, among which numbers, of which they have the lowest, and whether they are fixed."""

    size: int
    among: range
    fixed: bool
    curriculum: "Curriculum | None" = None

    def open(self, layout: Layout) -> "Levels":
        """The levels, drawn from by the worlds of a layout from now on."""
        if self.curriculum is None:
            return Levels(layout, np.arange(self.size) + self.among.start, self.fixed)
        return LearnableLevels(layout, self.among, self.curriculum)


class Levels:
    """The levels from which a simulation's episodes begin; worlds draw them by their own random numbers.

    ``plays`` says how many episodes of a world ended on each, and ``wins`` is the sum of their scores, each the mean
    over the world's learners: so ``wins / plays`` is how well a level is played.
    """

    def __init__(self, layout: Layout, numbers: np.ndarray, fixed: bool) -> None:
        self._layout = layout
        self.fixed = fixed
        self._open(numbers, np.ones(len(numbers)))

    def _open(self, numbers: np.ndarray, weights: np.ndarray) -> None:
        self._numbers = numbers.astype(np.int64)
        self._order = np.argsort(self._numbers, kind="stable")
        self._plays, self._wins = np.zeros(len(numbers)), np.zeros(len(numbers))
        self._weigh(weights)

    def _weigh(self, weights: np.ndarray) -> None:
        self._weights = weights
        shares = np.cumsum(weights / weights.max())
        # Whole shares of 2**53, as many as there are draws: none of weight 0 is ever drawn, at the ends neither.
        alike = (weights == weights[0]).all()
        self._layout.set_tables(
            levels=np.array([len(weights), self.fixed]),
            level_numbers=self._numbers,
            level_shares=np.empty(0) if alike else np.floor(shares / shares[-1] * _SHARES),
        )

    @property
    def numbers(self) -> np.ndarray:
        """The levels' numbers (levels,), int64; the other arrays are in their order."""
        return _read_only(self._numbers)

    @property
    def plays(self) -> np.ndarray:
        """Episodes that ended on each level (levels,), float64."""
        return _read_only(self._plays)

    @property
    def wins(self) -> np.ndarray:
        """The sum of the scores of these episodes (levels,), float64."""
        return _read_only(self._wins)

    @property
    def learnability(self) -> np.ndarray:
        """p(1 - p) of each level, p being the mean score (levels,), float64 in [0, 0.25]; 0 of one never played."""
        mean = self._wins / np.maximum(self._plays, 1e-300)
        return mean * (1.0 - mean)

    @property
    def weights(self) -> np.ndarray:
        """How likely an episode begins from each level (levels,), float64: in proportion. To change any, assign all.

        Assigning counts for the episodes that begin from then on. Raises ``ValueError`` unless there is a weight for
        each level, all finite and from 0 on, and not all 0.
        """
        return _read_only(self._weights)

    @weights.setter
    def weights(self, weights: Sequence[float] | np.ndarray) -> None:
        self._weigh(self._checked(weights))

    def _checked(self, weights: Sequence[float] | np.ndarray) -> np.ndarray:
        try:
            given = np.array(weights)
        except ValueError:  # rows of different lengths
            given = np.array(None)
        if given.shape != (len(self._numbers),) or given.dtype.kind not in "iuf":
            raise ValueError(
                f"weights must be numbers, one for each of the {len(self._numbers)} levels, got {given.dtype} with "
                f"shape {given.shape}"
            )
        given = given.astype(np.float64)
        wrong = ~(np.isfinite(given) & (given >= 0))
        if wrong.any():
            slot = int(wrong.argmax())
            raise ValueError(f"weights must be finite and from 0 on, got {given[slot]} for level {self._numbers[slot]}")
        if not given.any():
            raise ValueError("weights must not all be 0: no episode could begin")
        return given

    def count(self, levels: np.ndarray, scores: np.ndarray, running: np.ndarray) -> None:
        """Note episodes that ended: their levels' numbers, and their scores in [0, 1]. Other levels are passed over.

        ``running`` are the numbers of the levels at which worlds are now.
        """
        places = np.searchsorted(self._numbers, levels, sorter=self._order).clip(max=len(self._numbers) - 1)
        slots = self._order[places]
        known = self._numbers[slots] == levels
        np.add.at(self._plays, slots[known], 1.0)
        np.add.at(self._wins, slots[known], scores[known])

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self._numbers)} levels, {self._plays.sum():g} plays)"


class Curriculum:
    """Levels that are neither always won nor always lost, for ``levels=``.

    Episodes begin from ``candidates`` that nobody has seen before, with probability ``fresh``, and else from those
    kept. Whenever ``every`` episodes have ended (None: four for each candidate), the ``keep`` levels of the highest
    learnability p(1 - p) are kept, of all that were played, and there are other candidates. What was counted before
    counts half then, since the policy has changed. Levels at which worlds still are stay among them, with weight 0, so
    that how their episodes end counts for the next choice.

    ``candidates`` and ``keep`` are whole numbers from 1 to 500,000, ``every`` is one from 1, and ``fresh`` is a number
    from 0 to 1; raises ``ValueError`` for others.
    """

    def __init__(self, candidates: int = 4096, keep: int = 1024, fresh: float = 0.5, every: int | None = None) -> None:
        for name, value in (("candidates", candidates), ("keep", keep)):
            if not is_whole(plain(value), 1, MOST // 2):
                raise ValueError(f"{name} must be a whole number from 1 to {MOST // 2}, got {value!r}")
        if every is not None and not is_whole(plain(every), 1):
            raise ValueError(f"every must be a whole number from 1, or None for four times candidates, got {every!r}")
        fresh = plain(fresh)
        if isinstance(fresh, bool) or not isinstance(fresh, (int, float)) or not 0 <= fresh <= 1:
            raise ValueError(f"fresh must be a number from 0 to 1, got {fresh!r}")
        self.candidates, self.keep, self.fresh = plain(candidates), plain(keep), fresh
        self.every = 4 * self.candidates if every is None else plain(every)

    def __repr__(self) -> str:
        values = f"candidates={self.candidates}, keep={self.keep}, fresh={self.fresh}, every={self.every}"
        return f"Curriculum({values})"


class LearnableLevels(Levels):
    """Levels that a :class:`Curriculum` chooses: those kept, the candidates, and those only played to the end."""

    def __init__(self, layout: Layout, among: range, curriculum: Curriculum) -> None:
        self._among = among
        self._curriculum = curriculum
        self._drawn = self._ended = 0
        self._layout, self.fixed = layout, True
        self._renew(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))

    def _renew(self, kept: np.ndarray, left: np.ndarray) -> None:
        """Draw others beside those of ``kept`` numbers; those ``left`` get no new episodes."""
        count, fresh = self._curriculum.candidates, self._curriculum.fresh
        candidates = self._among.start + (self._drawn + np.arange(count)) % len(self._among)
        self._drawn += count
        weights = np.full(len(kept) + count, 1.0 / count)
        if len(kept):
            weights[: len(kept)] = (1.0 - fresh) / len(kept)
            weights[len(kept) :] = fresh / count
        self._open(np.concatenate([kept, candidates, left]), np.concatenate([weights, np.zeros(len(left))]))

    def count(self, levels: np.ndarray, scores: np.ndarray, running: np.ndarray) -> None:
        super().count(levels, scores, running)
        self._ended += len(levels)
        if self._ended >= self._curriculum.every:
            self._ended = 0
            learnability = self.learnability
            best = np.argsort(-learnability, kind="stable")[: self._curriculum.keep]
            best = best[learnability[best] > 0]
            left = np.setdiff1d(np.flatnonzero(np.isin(self._numbers, running)), best)
            plays, wins = self._plays / 2, self._wins / 2
            self._renew(self._numbers[best], self._numbers[left])
            for now, before in ((self._plays, plays), (self._wins, wins)):
                now[: len(best)] = before[best]
                now[len(now) - len(left) :] = before[left]

    @property
    def weights(self) -> np.ndarray:
        """As of :class:`Levels`; a curriculum sets them itself, so assigning raises ``AttributeError``."""
        return _read_only(self._weights)

    @weights.setter
    def weights(self, weights: Sequence[float] | np.ndarray) -> None:
        raise AttributeError("a Curriculum sets the weights of its levels itself; levels=n takes weights of your own")


def _read_only(array: np.ndarray) -> np.ndarray:
    """A copy that can't be written into, which would change nothing."""
    copy = array.copy()
    copy.flags.writeable = False
    return copy
