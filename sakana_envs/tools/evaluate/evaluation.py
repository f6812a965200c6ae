"""What came of an evaluation: scores of runs and episodes, and the figures to report."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from sakana_envs.tasks.references import References
from sakana_envs.tools.intervals import bootstrap, interquartile_mean, interval


@dataclass(frozen=True, eq=False, repr=False)
class Evaluation:
    """Episodes that the policies of one or several runs played, all from the same levels.

    ``scores``, ``returns`` and ``lengths`` are (runs, episodes): of each episode the means over the learners, and its
    ticks; ``levels`` (episodes,) the number of the level from which each began. ``name`` is what the policies are
    called, ``group`` whom they act for, ``settings`` what was given for the worlds; ``scale`` what random and scripted
    agents get.
    """

    id: str
    preset: str
    group: str
    name: str
    split: str
    seed: int
    deterministic: bool
    settings: Mapping[str, Any]
    scores: np.ndarray
    returns: np.ndarray
    lengths: np.ndarray
    levels: np.ndarray
    scale: References

    @property
    def run_scores(self) -> np.ndarray:
        """Each run's mean score over its episodes, (runs,)."""
        return self.scores.mean(axis=1)

    @property
    def mean(self) -> float:
        """The mean score over runs."""
        return float(self.run_scores.mean())

    @property
    def interquartile_mean(self) -> float:
        """The mean score of the middle half of the runs: with fewer than four, of all."""
        return float(interquartile_mean(self.run_scores[:, None]))

    @cached_property
    def interval(self) -> tuple[float, float]:
        """Low and high end of the 95 % interval of the interquartile mean, by a bootstrap over runs.

        It says what other runs of the same training would bring; more episodes of the same runs don't make it narrower.
        Of one run nothing is known about others: the ends are infinite.
        """
        return bootstrap(self.run_scores[:, None])

    @property
    def episode_interval(self) -> tuple[float, float]:
        """Low and high end of the 95 % t-interval over episodes of the mean score: of these policies, not of others."""
        return interval(self.scores.mean(axis=0))[1]

    @property
    def normalised(self) -> float:
        """The interquartile mean on the scale from random agents, 0, to scripted ones, 1.

        Raises ``ValueError`` where scripted agents do no better than random ones.
        """
        return self.scale.normalised(self.interquartile_mean)

    @property
    def normalised_interval(self) -> tuple[float, float]:
        """The ends of ``interval`` on that scale."""
        low, high = self.interval
        return (self.scale.normalised(low), self.scale.normalised(high)) if math.isfinite(low) else (low, high)

    def worst(self, share: float = 0.01) -> float:
        """The mean score on each run's worst levels: a share of them, at least one; the mean over runs.

        A level's score is the mean over its episodes. With one episode for each level the worst are in part the
        unluckiest: give ``episodes`` that are several times ``levels``. Raises ``ValueError`` unless 0 < share <= 1.
        """
        if not 0 < share <= 1:
            raise ValueError(f"share must be a number above 0 and up to 1, got {share!r}")
        _, slots = np.unique(self.levels, return_inverse=True)
        plays = np.bincount(slots)
        of_levels = np.array([np.bincount(slots, each) / plays for each in self.scores])
        count = max(1, math.floor(share * len(plays)))
        return float(np.sort(of_levels, axis=1)[:, :count].mean())

    def to_json(self, steps: int = 0) -> str:
        """All episodes as JSON text in the form of marl-eval, see :func:`sakana_envs.tools.evaluate.to_json`."""
        from sakana_envs.tools.evaluate.evaluations import to_json

        return to_json([self], steps)

    def save(self, path: str | Path, steps: int = 0) -> None:
        """Write ``to_json(steps)`` into a file. Raises ``OSError`` if it can't be written."""
        Path(path).write_text(self.to_json(steps), encoding="utf-8")

    def __str__(self) -> str:
        runs, episodes = self.scores.shape
        levels = len(np.unique(self.levels))
        words = [f"preset {self.preset}", *(f"{name}={value}" for name, value in self.settings.items()), self.group]
        acts = ", likeliest actions" if self.deterministic else ""
        return "\n".join(
            [
                f"{self.id}, {', '.join(words)}: {self.name}{acts}",
                f"played      {_count(runs, 'run')} of {_count(episodes, 'episode')}, {_count(levels, 'level')} of "
                f"split {self.split}, seed {self.seed}",
                *(self._of_runs() if runs > 1 else self._of_one_run()),
                f"normalised  {self._normalised()}",
                f"worst 1 %   {self.worst():.3f}, on {_count(max(1, levels // 100), 'level')} of each run",
            ]
        )

    def _of_runs(self) -> list[str]:
        return [
            f"score       {self.interquartile_mean:.3f}{_ends(self.interval)}: the interquartile mean over runs; mean "
            f"{self.mean:.3f}",
            f"runs        {', '.join(f'{score:.3f}' for score in self.run_scores)}",
        ]

    def _of_one_run(self) -> list[str]:
        ends = _ends(self.episode_interval)
        return [f"score       {self.mean:.3f}{ends} over episodes; of other trainings that says nothing"]

    def _normalised(self) -> str:
        try:
            scale = f"random {self.scale['random'].score:.3f} is 0, scripted {self.scale['scripted'].score:.3f} is 1"
            return f"{self.normalised:z.2f}{_ends(self.normalised_interval, 2)}; {scale}"
        except ValueError as error:
            return f"not: {error}"

    __repr__ = __str__


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _ends(ends: tuple[float, float], digits: int = 3) -> str:
    low, high = ends
    return f" (95 % {low:z.{digits}f} to {high:z.{digits}f})" if math.isfinite(low) else ""
