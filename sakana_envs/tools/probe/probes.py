"""A trainer over all probes."""

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import gymnasium

from sakana_envs.tasks.ids import id_of
from sakana_envs.tasks.registry import TWINS
from sakana_envs.tools.describe import describe
from sakana_envs.tools.probe.bars import BARS
from sakana_envs.tools.probe.evaluate import evaluate
from sakana_envs.tools.probe.trainer import Trainer


class Result(NamedTuple):
    """How a trainer did at a probe's twin."""

    probe: str
    twin: str
    score: float
    bar: float
    cpu_seconds: float
    """Of the training, of this process and of those that it started and waited for."""

    @property
    def passed(self) -> bool:
        """Whether the score reaches the bar."""
        return self.score >= self.bar

    @property
    def meaning(self) -> str:
        """What failing means."""
        return describe(self.probe).about[0]


def probe(
    train: Trainer, probes: Iterable[str] = tuple(BARS), twins: Iterable[str] = tuple(TWINS), seed: int = 0
) -> Iterator[Result]:
    """Train on each of ``probes`` in each of ``twins``, and measure what was learnt in worlds of another seed.

    ``train(env_id, seed)`` makes environments of the id, by any face, and returns a policy, as
    :func:`sakana_envs.tools.probe.evaluate.evaluate` takes it. What is raised in it comes out.
    """
    for name in probes:
        for twin in twins:
            env_id = id_of(name, twin)
            warm = gymnasium.make_vec(env_id, worlds=1)  # compiled before the clock starts
            warm.reset(seed=seed)
            warm.close()
            before = _cpu_seconds()
            policy = train(env_id, seed)
            seconds = _cpu_seconds() - before
            yield Result(name, twin, evaluate(env_id, policy), BARS[name][twin], seconds)


def _cpu_seconds() -> float:
    return sum(os.times()[:4])
