"""From ``runs.csv`` and ``curves.csv``: the tables of ``docs/twins.md`` and the curves beside them.

    python studies/twins/figures.py

Scores are normalised: 0 is what random agents of the discrete twin get, 1 what scripted ones get. Figures over runs are
interquartile means, with the 95 % intervals of a stratified bootstrap, as in ``sakana_envs.evaluate``.
"""

import json
from pathlib import Path

import matplotlib
import numpy as np
import plan
from run import CURVES, RUNS, best, read

import sakana_envs
from sakana_envs.tools.intervals import bootstrap, interquartile_mean

matplotlib.use("svg")
from matplotlib import pyplot as plt

SCALES = Path(__file__).resolve().parent / "scales.json"
DOCS = Path(__file__).resolve().parents[2] / "docs"
COLOURS = {"discrete": "#1b6ca8", "gaussian": "#d1495b", "beta": "#66a182", "snapped": "#8d5fa8"}
RESAMPLES = 10_000


def scale(problem):
    """The scores that count as 0 and 1. In worlds with other numbers than a preset's they are measured, once."""
    preset, group, given = (problem.settings.get(name) for name in ("preset", "group", "set"))
    if not given:
        known = sakana_envs.references(problem.task, preset or "default", "Discrete", group)
        return known["random"].score, known["scripted"].score
    measured = json.loads(SCALES.read_text()) if SCALES.exists() else {}
    if problem.label not in measured:
        numbers = {name: json.loads(value) for name, value in (each.split("=", 1) for each in given)}
        known = sakana_envs.evaluate("still", problem.task, episodes=64, **numbers).scale
        measured[problem.label] = known["random"].score, known["scripted"].score
        SCALES.write_text(json.dumps(measured, indent=1) + "\n")
    return measured[problem.label]


def normalised(problem, scores):
    zero, one = scale(problem)
    return (np.asarray(scores, dtype=float) - zero) / (one - zero)


def of(rows, problem, arm, stage="run"):
    return [row for row in rows if (row["problem"], row["arm"], row["stage"]) == (problem.label, arm, stage)]


def finals(runs, problem, arm, name="sampled"):
    """The normalised score of each run, (runs,)."""
    return normalised(problem, [row[name] for row in of(runs, problem, arm)])


def with_interval(scores, statistic=interquartile_mean, sign=""):
    """Text for scores (runs, tasks): a statistic and its interval, of one run the figure alone."""
    if scores.size == 0:
        return ""
    middle = f"{float(statistic(scores)):{sign}.2f}"
    if len(scores) == 1:
        return f"{middle} (one run)"
    low, high = bootstrap(scores, statistic, RESAMPLES)
    return f"{middle} ({low:{sign}.2f} to {high:{sign}.2f})"


def complete(runs):
    """The problems of which every arm has as many runs as there are seeds."""
    return [each for each in plan.PROBLEMS if all(len(of(runs, each, arm)) == len(plan.SEEDS) for arm in plan.ARMS)]


def markdown(*rows):
    """A table of rows of cells, the first of which are its head."""
    head, *body = ("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows)
    return "\n".join([head, "|" + "---|" * len(rows[0]), *body])


def scores(runs):
    """A row for each problem, a column for each arm, and one of all problems together."""
    rows = [("problem", "agent-steps", *plan.ARMS)]
    for problem in plan.PROBLEMS:
        cells = (with_interval(finals(runs, problem, arm)[:, None]) for arm in plan.ARMS)
        rows.append((problem.label, f"{problem.steps:,}", *cells))
    together = complete(runs)
    if together:
        every = {arm: np.stack([finals(runs, each, arm) for each in together], 1) for arm in plan.ARMS}
        rows.append((f"**all {len(together)}**", "", *(with_interval(each) for each in every.values())))
    return markdown(*rows)


def _difference(scores):
    """Of (..., runs, 2): the interquartile mean of the first column less that of the second."""
    return interquartile_mean(scores[..., :1]) - interquartile_mean(scores[..., 1:])


def differences(runs):
    """What each step from the discrete twin to the continuous one changes."""
    pairs = {
        "distribution: snapped - discrete": ("snapped", "discrete"),
        "motion: gaussian - snapped": ("gaussian", "snapped"),
        "clipping: beta - gaussian": ("beta", "gaussian"),
        "in all: gaussian - discrete": ("gaussian", "discrete"),
    }
    rows = [("problem", *pairs)]
    for problem in complete(runs):
        both = (np.stack([finals(runs, problem, arm) for arm in pair], 1) for pair in pairs.values())
        rows.append((problem.label, *(with_interval(each, _difference, "+") for each in both)))
    return markdown(*rows)


def behaviour(runs):
    """What motions are like before and after training, the likeliest actions' scores, and time: means over runs."""
    names = ("entropy_before", "entropy_after", "way_before", "way_after", "cpu_seconds")
    rows = [("problem", "arm", "entropy before", "after", "way before", "after", "CPU seconds", "likeliest")]
    for problem in plan.PROBLEMS:
        for arm in plan.ARMS:
            found = of(runs, problem, arm)
            if found:
                means = [np.mean([float(row[name]) for row in found]) for name in names]
                greedy = float(interquartile_mean(finals(runs, problem, arm, "greedy")[:, None]))
                rows.append(
                    (problem.label, arm, *(f"{mean:.2f}" for mean in means[:-1]), f"{means[-1]:.0f}", f"{greedy:.2f}")
                )
    return markdown(*rows)


def searched(runs):
    """What each arm chose in its search, and the normalised scores of all that it tried."""
    rows = [("problem", "arm", *(f"{each['learning_rate']:g}, {each['entropy']:g}" for each in plan.SEARCH))]
    for problem in plan.PROBLEMS:
        for arm in plan.ARMS:
            tried = of(runs, problem, arm, "search")
            if len(tried) == len(plan.SEARCH):
                chosen = best(problem, arm, runs)
                cells = []
                for settings in plan.SEARCH:
                    run = next(each for each in tried if all(float(each[n]) == v for n, v in settings.items()))
                    score = f"{normalised(problem, run['sampled']):.2f}"
                    cells.append(f"**{score}**" if settings == chosen else score)
                rows.append((problem.label, arm, *cells))
    return markdown(*rows)


def curves(points, file):
    """A plot for each problem: scores of episodes as they end, interquartile means with their intervals."""
    rows = -(-len(plan.PROBLEMS) // 3)
    figure, axes = plt.subplots(rows, 3, figsize=(11, 2.6 * rows))
    for plot, problem in zip(axes.flat, plan.PROBLEMS, strict=False):
        for arm, colour in COLOURS.items():
            found = of(points, problem, arm)
            if not found:
                continue
            runs = [[row for row in found if row["seed"] == seed] for seed in sorted({row["seed"] for row in found})]
            steps = np.unique([int(row["steps"]) for row in found])
            lines = [
                np.interp(steps, [int(row["steps"]) for row in run], [float(row["score"]) for row in run])
                for run in runs
            ]
            values = normalised(problem, lines)
            plot.plot(steps / 1e6, interquartile_mean(values.T[..., None]), color=colour, label=arm)
            if len(runs) > 1:
                low, high = zip(*(bootstrap(column[:, None], resamples=1000) for column in values.T), strict=True)
                plot.fill_between(steps / 1e6, low, high, color=colour, alpha=0.2, lw=0)
        plot.set_title(problem.label, fontsize=10)
        plot.tick_params(labelsize=8)
    for plot in axes.flat[len(plan.PROBLEMS) :]:
        plot.axis("off")
    axes.flat[0].legend(fontsize=8)
    figure.supxlabel("million agent-steps", fontsize=9)
    figure.supylabel("score: random 0, scripted 1", fontsize=9)
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)


def fill(text, runs):
    """A page whose tables are made anew, each between its mark and the next ``<!-- end -->``."""
    for make in (scores, differences, behaviour, searched):
        before, after = text.split(f"<!-- {make.__name__} -->\n", 1)
        text = f"{before}<!-- {make.__name__} -->\n{make(runs)}\n<!-- end -->{after.split('<!-- end -->', 1)[1]}"
    return text


def main(page=DOCS / "twins.md", picture=DOCS / "images" / "twins.svg"):
    matplotlib.rcParams["svg.hashsalt"] = "twins"  # the same picture each time
    page.write_text(fill(page.read_text(encoding="utf-8"), read(RUNS)), encoding="utf-8")
    curves(read(CURVES), picture)


if __name__ == "__main__":
    main()
