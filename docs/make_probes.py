"""Train on the first tasks and the probes, once as it should be and with faults; writes ``docs/probes.json``.

python docs/make_probes.py                      # all, some minutes on one CPU core
python docs/make_probes.py --only ProbeRecall   # these anew, the rest of the file stays
python docs/make_probes.py --only               # train nothing, write the page's tables only

The tables of ``docs/probes.md`` are made from that file.
"""

import argparse
import json
import re
import sys
import time
from pathlib import Path
from typing import NamedTuple

from stable_baselines3.common.vec_env import VecEnvWrapper

from sakana_envs.tasks.registry import TWINS
from sakana_envs.tools.probe import BARS, evaluate

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docs" / "probes.json"
PAGE = ROOT / "docs" / "probes.md"
sys.path.append(str(ROOT / "examples"))
from probe_ppo import train  # noqa: E402

SEEDS = (0, 1, 2)
PLAIN = {"frames": 1, "entropy": 0.0, "rate": 1e-3}
"""Stock PPO but for its sizes."""


class Training(NamedTuple):
    """What a task is trained with, the score that it reaches and in how many CPU seconds, both twins."""

    settings: dict
    bars: dict[str, float]
    seconds: float


STEPS = {
    "ProbeBandit": 16_384,
    "ProbePatience": 32_768,
    "ProbePassword": 49_152,
    "ProbeRecall": 32_768,
    "ProbeCoin": 49_152,
    "ProbeSplit": 65_536,
    "ProbeLateTool": 49_152,
    "ProbeSteady": 98_304,
}
TRAININGS = {
    "Squared": Training({**PLAIN, "steps": 81_920}, dict.fromkeys(TWINS, 0.95), 20.0),
    "Gap": Training({**PLAIN, "rate": 3e-3, "steps": 65_536}, {"Discrete": 0.9, "Continuous": 0.8}, 8.0),
    **{name: Training({"steps": STEPS[name]}, bars, 5.0 + STEPS[name] // 8192) for name, bars in BARS.items()},
}


class Halved(VecEnvWrapper):
    """An environment whose trainer takes its box for half as wide."""

    def reset(self):
        return self.venv.reset()

    def step_async(self, actions):
        self.venv.step_async(0.5 * actions)

    def step_wait(self):
        return self.venv.step_wait()


def squashed(env_id, seed, **settings):
    """A policy whose actions reach half as far as the box, in training and after it."""
    policy = train(env_id, seed, wrap=Halved, **settings)

    class Policy:
        reset = policy.reset

        def __call__(self, observations):
            return 0.5 * policy(observations)

    return Policy()


class Fault(NamedTuple):
    """What is wrong with a trainer, the probe that is meant for it, and in which twins it shows."""

    what: str
    probe: str
    trainer: object
    settings: dict
    twins: tuple[str, ...] = tuple(TWINS)

    @property
    def all_settings(self):
        """Those of the right trainer, with the fault's."""
        return TRAININGS[self.probe].settings | self.settings


FAULTS = (
    Fault("a discount of 0", "ProbePatience", train, {"gamma": 0.0}),
    Fault("no exploration", "ProbePassword", train, {"entropy": 0.0, "deviation": 0.1}),
    Fault("no memory", "ProbeRecall", train, {"frames": 1}),
    Fault("actions squashed into half of the box", "ProbeSteady", squashed, {}, ("Continuous",)),
)


def measure(task, twin, seed, trainer, settings):
    """Score and CPU seconds of a training."""
    env_id = f"Sakana/{task}-{twin}-v0"
    evaluate(env_id, evaluate_nothing(twin), worlds=1)  # compiled before the clock starts
    start = time.process_time()
    policy = trainer(env_id, seed, **settings)
    seconds = time.process_time() - start
    return {"score": round(evaluate(env_id, policy), 4), "seconds": round(seconds, 1)}


def evaluate_nothing(twin):
    """A policy that stays."""
    import numpy as np

    shape = () if TWINS[twin] else (2,)
    return lambda observations: np.zeros((len(observations), *shape), np.int64 if TWINS[twin] else np.float32)


def tables(runs):
    """The page's tables: trainings, and faults."""

    def figures(task, twin, fault):
        chosen = [run for run in runs if (run["task"], run["twin"], run["fault"]) == (task, twin, fault)]
        scores, seconds = ([run[name] for run in chosen] for name in ("score", "seconds"))
        if not chosen:
            return "", "", ""
        spread = f" ({min(scores):.2f} to {max(scores):.2f})" if min(scores) < max(scores) else ""
        return f"{sum(scores) / len(scores):.2f}{spread}", f"{sum(seconds) / len(seconds):.1f}", str(len(chosen))

    right = [
        "| task | twin | steps | CPU seconds | at most | score | bar | seeds |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for task, training in TRAININGS.items():
        for twin, bar in training.bars.items():
            score, seconds, seeds = figures(task, twin, "")
            steps = f"{training.settings['steps']:,}"
            right.append(
                f"| {task} | {twin} | {steps} | {seconds} | {training.seconds:g} | {score} | {bar} | {seeds} |"
            )
    wrong = ["| fault | probe | twin | score with it | without | bar | seeds |", "|---|---|---|---|---|---|---|"]
    for fault in FAULTS:
        for twin in fault.twins:
            score, _, seeds = figures(fault.probe, twin, fault.what)
            without = figures(fault.probe, twin, "")[0]
            bar = BARS[fault.probe][twin]
            wrong.append(f"| {fault.what} | {fault.probe} | {twin} | {score} | {without} | {bar} | {seeds} |")
    return {"trainings": "\n".join(right), "faults": "\n".join(wrong)}


def read():
    """What was measured before, by another process too."""
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else []


def write(runs):
    """The file, and the tables of the page."""
    order = [*TRAININGS]
    runs.sort(key=lambda run: (run["fault"], order.index(run["task"]), run["twin"], run["seed"]))
    FILE.write_text("[\n" + ",\n".join(json.dumps(run) for run in runs) + "\n]\n", encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    for name, table in tables(runs).items():
        page = re.sub(f"(<!-- {name} -->\n).*?(\n<!-- end -->)", rf"\g<1>{table}\2", page, flags=re.DOTALL)
    PAGE.write_text(page, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=list(TRAININGS), choices=list(TRAININGS), metavar="TASK")
    parser.add_argument("--seeds", nargs="*", type=int, default=SEEDS)
    arguments = parser.parse_args()
    jobs = [(name, twin, "", train, TRAININGS[name].settings) for name in TRAININGS for twin in TWINS]
    jobs += [(f.probe, twin, f.what, f.trainer, f.all_settings) for f in FAULTS for twin in f.twins]
    for seed in arguments.seeds:
        for task, twin, fault, trainer, settings in (job for job in jobs if job[0] in arguments.only):
            key = {"task": task, "twin": twin, "fault": fault, "seed": seed}
            result = key | measure(task, twin, seed, trainer, settings)
            print(result, flush=True)
            write([run for run in read() if not key.items() <= run.items()] + [result])
    write(read())


if __name__ == "__main__":
    main()
