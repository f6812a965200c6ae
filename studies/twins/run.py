"""Train what ``plan.py`` says, each run in a process of its own; append what came out to ``runs.csv``, ``curves.csv``.

    python studies/twins/run.py                    # all that isn't there yet
    python studies/twins/run.py --hours 1          # begins nothing after that; the next call goes on
    python studies/twins/run.py --only Forage --jobs 1

First each arm of each problem searches, then come the seeds, one after the other through all problems: what has been
run at any time is a study of fewer seeds. Policies are left in ``runs/``, or in the folder ``STUDY_POLICIES``.
"""

import argparse
import csv
import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import plan

FOLDER = Path(__file__).resolve().parent
RUNS, CURVES = FOLDER / "runs.csv", FOLDER / "curves.csv"
writing = threading.Lock()


def read(file):
    """The rows of a file, as dictionaries of strings."""
    if not file.exists():
        return []
    with file.open(newline="") as stream:
        return list(csv.DictReader(stream))


def append(file, rows):
    """Write rows behind those of a file; a new one gets a header."""
    new = not file.exists()
    with file.open("a", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerows(rows)


def best(problem, arm, runs):
    """What scored best in the search of an arm, if it had to search."""
    if problem.chosen is not None:
        return problem.chosen
    tried = [run for run in runs if (run["problem"], run["arm"], run["stage"]) == (problem.label, arm, "search")]
    chosen = max(tried, key=lambda run: float(run["sampled"]))
    return {name: float(chosen[name]) for name in plan.SEARCH[0]}


def is_there(problem, arm, stage, seed, chosen, runs):
    wanted = (problem.label, arm, stage, seed, *(chosen.values() if stage == "search" else ()))
    for run in runs:
        found = (run["problem"], run["arm"], run["stage"], int(run["seed"]))
        if wanted == (*found, *(float(run[name]) for name in chosen if stage == "search")):
            return True
    return False


def has_searched(problem, arm, runs):
    """Whether all is there from which the best is chosen."""
    searches = (problem, arm, "search", plan.SEARCH_SEED)
    return problem.chosen is not None or all(is_there(*searches, chosen, runs) for chosen in plan.SEARCH)


def train(problem, arm, stage, seed, chosen):
    """Have a process make a run, and write down what it says; one that fails is shown and tried again next time."""
    given = [problem.label, arm, stage, str(seed), *(f"{name}={value}" for name, value in chosen.items())]
    done = subprocess.run([sys.executable, FOLDER / "one.py", *given], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"FAILED {' '.join(given)}\n{done.stderr[-2000:]}", flush=True)
        return
    run, curve = json.loads(done.stdout.splitlines()[-1])
    with writing:
        append(RUNS, [run])
        append(CURVES, curve)
    print(*given, f"{run['sampled']}", f"{run['cpu_seconds']} CPU s", sep="  ", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, default=float("inf"), help="begin nothing after so many")
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time, a core each")
    parser.add_argument("--only", nargs="*", help="problems, by what tables call them (default: all)")
    arguments = parser.parse_args()
    end = time.monotonic() + 3600 * arguments.hours
    problems = [each for each in (*plan.PROBLEMS, *plan.SCORES) if not arguments.only or each.label in arguments.only]
    arms = [(each, arm) for each in problems for arm in each.arms]
    searching = [(each, arm) for each, arm in arms if each.chosen is None]

    def play(job):
        if time.monotonic() < end and not is_there(*job, read(RUNS)):
            train(*job)

    with ThreadPoolExecutor(arguments.jobs) as pool:
        jobs = [(*each, "search", plan.SEARCH_SEED, chosen) for chosen in plan.SEARCH for each in searching]
        list(pool.map(play, jobs))
        for seed in plan.SEEDS if time.monotonic() < end else ():
            runs = read(RUNS)
            ready = [each for each in arms if has_searched(*each, runs)]  # else the next call runs its seeds
            list(pool.map(play, [(*each, "run", seed, best(*each, runs)) for each in ready]))


if __name__ == "__main__":
    main()
