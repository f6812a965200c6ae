"""Several evaluations together: one figure over tasks, and one file."""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import numpy as np

from sakana_envs.tasks.ids import read_id
from sakana_envs.tools.evaluate.evaluation import Evaluation
from sakana_envs.tools.intervals import bootstrap, interquartile_mean

_SUITE = "sakana"


def over_tasks(evaluations: Iterable[Evaluation]) -> tuple[float, tuple[float, float]]:
    """The interquartile mean of normalised scores over all runs of all tasks, with its 95 % interval (low, high).

    By a bootstrap that is stratified: of each task as many runs are drawn as it has. Raises ``ValueError`` for none,
    and for evaluations that differ in their number of runs.
    """
    every = list(evaluations)
    counts = sorted({len(each.scores) for each in every})
    if len(counts) != 1:
        raise ValueError(f"evaluations must be of the same number of runs, and one at least, got {counts}")
    scores = np.stack([each.scale.normalised(each.run_scores) for each in every], axis=1)
    return float(interquartile_mean(scores)), bootstrap(scores)


def to_json(evaluations: Iterable[Evaluation], steps: int = 0) -> str:
    """Evaluations of tasks and algorithms as JSON text in the form that marl-eval reads.

    Environment, task, algorithm, run: there ``absolute_metrics`` has the ``score``, ``normalised`` score (if there is a
    scale), ``return`` and ``length`` of each episode; ``step_1`` the same metrics' means, and ``step_count``, which is
    ``steps``: after how many agent-steps of training this was. Tasks and metrics are in lower case, as
    marl-eval looks them up. Raises ``ValueError`` if two evaluations have the same task, preset, group and name.
    """
    tasks: dict[str, dict[str, Any]] = {}
    for each in evaluations:
        algorithms = tasks.setdefault(_task(each), {})
        if each.name in algorithms:
            raise ValueError(f"two evaluations of {_task(each)} are called {each.name!r}: give them names")
        algorithms[each.name] = {f"run_{run + 1}": _run(each, run, steps) for run in range(len(each.scores))}
    return json.dumps({_SUITE: tasks}, indent=1, allow_nan=False)


def _task(each: Evaluation) -> str:
    """The id's name, with the preset and the group where they don't go without saying."""
    task, twin = read_id(each.id)
    more = [word for word in (each.preset, each.group) if word not in ("default", "agent")]
    return "-".join([task, str(twin), *more]).lower()


def _run(each: Evaluation, run: int, steps: int) -> Mapping[str, Any]:
    metrics = {"score": each.scores[run], "return": each.returns[run], "length": each.lengths[run]}
    with suppress(ValueError):  # there is no scale
        metrics["normalised"] = each.scale.normalised(each.scores[run])
    return {
        "step_1": {"step_count": steps, **{name: [float(values.mean())] for name, values in metrics.items()}},
        "absolute_metrics": {name: values.tolist() for name, values in metrics.items()},
    }
