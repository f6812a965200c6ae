"""Interquartile means and intervals by rliable 1.2.0, on numbers that are kept with them: ``rliable_figures.json``.

    pip install rliable==1.2.0 'pandas<3' && python tests/make_rliable_figures.py

rliable isn't needed to run the tests: it brings SciPy, pandas, statsmodels and Matplotlib.
"""

import json
from pathlib import Path

import numpy as np
from rliable import library, metrics

RESAMPLES = 2000
SHAPES = {"five runs": (5, 1), "two runs": (2, 1), "ten runs, seven tasks": (10, 7), "three runs, two tasks": (3, 2)}


def both(scores):
    """Interquartile mean and mean, over runs and tasks."""
    return np.array([metrics.aggregate_iqm(scores), metrics.aggregate_mean(scores)])


def figures(name, shape, seed):
    """Scores, and what rliable says of them; it draws from NumPy's global generator whatever it is given."""
    scores = np.random.default_rng(seed).beta(2.0, 3.0, shape).round(4)
    np.random.seed(seed)  # noqa: NPY002
    points, intervals = library.get_interval_estimates({name: scores}, both, reps=RESAMPLES)
    return {
        "seed": seed,
        "scores": scores.tolist(),
        "interquartile_mean": points[name][0],
        "mean": points[name][1],
        "interval": intervals[name][:, 0].tolist(),
        "interval_of_mean": intervals[name][:, 1].tolist(),
    }


if __name__ == "__main__":
    found = {name: figures(name, shape, seed) for seed, (name, shape) in enumerate(SHAPES.items())}
    file = Path(__file__).with_name("rliable_figures.json")
    file.write_text(json.dumps({"resamples": RESAMPLES, "figures": found}, indent=1) + "\n", encoding="utf-8")
