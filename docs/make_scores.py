"""Train stock PPO for a short while on some tasks, and write ``docs/scores.json`` and the table ``docs/scores.md``.

python docs/make_scores.py                                 # all, a minute or two for each run on one CPU core
python docs/make_scores.py --tasks Scatter --seeds 0       # this run anew, the rest of the file stays
python docs/make_scores.py --tasks                         # train nothing, write the table only
"""

import argparse
import json
import time
from pathlib import Path

import gymnasium
import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import VecNormalize

import sakana_envs
from sakana_envs.tasks import registry
from sakana_envs.tasks.references import FILE as REFERENCES

FOLDER = Path(__file__).resolve().parent
GROUPS = {
    "Forage": "agent",
    "Group": "agent",
    "PredatorPrey": "predator",
    "Scatter": "agent",
}
"""The tasks that PPO is trained on, and the group of agents that learns; the others are scripted. Five more are in
``make_games.py``."""
ROWS = 128
EVALUATION_SEED = 1_000_000
EVALUATION_WORLDS = 8
POLICIES = ("still", "spinning", "corner", "random", "scripted")


def worlds_of(task, group, worlds, make, **arguments):
    """``worlds`` worlds of the default preset, a row for each agent of the group."""
    record = registry.get(task)
    agents = registry.settings(record).sizes["agents"]
    learners = sum(record.group_of(agent, agents) == group for agent in range(agents))
    if len(record.agent_names) > 1:
        arguments["learners"] = group
    return make(num_envs=learners * (worlds or max(1, ROWS // learners)), **arguments)


def first_episodes(env, seed, act):
    """Return and score of each row in its first episode, each (rows,); ``act(observations)`` is played."""
    observations, _ = env.reset(seed=seed)
    found = np.full((2, env.num_envs), np.nan)
    while np.isnan(found).any():
        observations, _, _, _, info = env.step(act(observations))
        if "score" in info:
            new = info["_score"] & np.isnan(found[0])
            found[:, new] = info["episode_return"][new], info["score"][new]
    return found


def train(task, group, twin, seed, timesteps):
    """Score and return of the policy that PPO learns, on worlds that it hasn't seen: the means over agents.

    ``untrained`` is the score that it had before, ``cpu_seconds`` what training took of a processor's time.
    """
    env_id = f"Sakana/{task}-{twin}-v0"
    env = worlds_of(task, group, None, lambda **arguments: sakana_envs.SB3VecEnv(env_id, **arguments))
    # Rewards of the tasks differ in size, and values far from 1 leave no room for the policy in PPO's clipped gradient.
    # The rest is stock but for sizes that suit many environments.
    model = PPO("MlpPolicy", VecNormalize(env, norm_obs=False), n_steps=128, batch_size=2048, seed=seed, device="cpu")
    test = worlds_of(task, group, EVALUATION_WORLDS, lambda **arguments: gymnasium.make_vec(env_id, **arguments))

    def evaluate():
        returns, scores = first_episodes(test, EVALUATION_SEED, lambda seen: model.predict(seen)[0])
        return {"score": round(float(scores.mean()), 4), "episode_return": round(float(returns.mean()), 4)}

    untrained = evaluate()["score"]
    began = time.process_time()
    model.learn(timesteps)
    seconds = round(time.process_time() - began)
    return evaluate() | {"untrained": untrained, "cpu_seconds": seconds}


def table(runs):
    """The page: a row for each task, group, preset and twin."""
    trained = ", ".join(f"{steps:,}" for steps in sorted({run["timesteps"] for run in runs}))
    lines = [
        "# Scores",
        "",
        "Mean scores over agents and episodes, with 95 % intervals; where there are two sides, the other one is",
        "scripted. Still, spinning, corner (always north-west) and scripted agents do the same in both twins. Made by",
        "`docs/make_references.py` and `docs/make_scores.py`. `sakana_envs.references(task, preset)` has the figures,",
        "with the seed and the number of episodes. [Presets](presets.md) says what each is for.",
        "",
        "A score of 0.5 means one thing in one task and another in the next. *In italics* is the score normalised,",
        "(score - random) / (scripted - random): 0 for random agents of the same twin, 1 for scripted ones, more for",
        "better ones. `sakana_envs.references(task, preset, twin, group).normalised(score)` gives it for any score:",
        "",
        "```python",
        "import sakana_envs",
        "",
        'forage = sakana_envs.references("Forage", twin="Continuous")',
        'assert forage.normalised(forage["scripted"].score) == 1.0',
        "print(forage.normalised(0.255))",
        "```",
        "",
        "PPO is Stable-Baselines3's with `n_steps=128, batch_size=2048` and rewards normalised by its `VecNormalize`,",
        f"otherwise stock, after {trained} agent-steps of the default preset, 120 to 256 agents at a time: the mean",
        f"over training seeds (lowest to highest), in {EVALUATION_WORLDS} worlds that it hasn't seen. Where a cell is",
        "empty, nothing was trained; of [five games](games.md) PPO has another table.",
        "",
        f"| task | preset | twin | {' | '.join(POLICIES)} | PPO |",
        "|---|---|---|" + "---|" * (len(POLICIES) + 1),
    ]
    measured_of = json.loads(REFERENCES.read_text())["tasks"]
    for task, presets in ((task, measured_of[task]) for task in sorted({*measured_of} - {*registry.probe_names()})):
        for preset, groups in presets.items():
            for group in groups:
                for twin in registry.TWINS:
                    measured = sakana_envs.references(task, preset, twin, group)
                    cells = [_interval(measured, policy) for policy in POLICIES]
                    key = {"task": task, "group": group, "twin": twin}
                    scores = [run["score"] for run in runs if key.items() <= run.items() and preset == "default"]
                    ppo = _over_seeds(scores, measured) if scores else ""
                    name = task if len(groups) == 1 else f"{task}, {group}"
                    lines.append(f"| {name} | {preset} | {twin} | {' | '.join(cells)} | {ppo} |")
    lines += [
        "",
        "## Without looking",
        "",
        "Of default presets: the best of 32 mixtures of actions (blind), and of 32 plans (open loop), both in either",
        "twin; [Evaluate](evaluating.md#what-can-be-had-without-looking) says more. Random agents are those of the",
        "discrete twin, to whom scores are normalised.",
        "",
        "| task | random | blind | open-loop | scripted |",
        "|---|---|---|---|---|",
    ]
    for task in sorted({*measured_of} - {*registry.probe_names()}):
        for group in measured_of[task]["default"]:
            measured = sakana_envs.references(task, group=group)
            cells = [_interval(measured, policy) for policy in ("random", "blind", "open-loop", "scripted")]
            name = task if len(measured_of[task]["default"]) == 1 else f"{task}, {group}"
            lines.append(f"| {name} | {' | '.join(cells)} |")
    timed = [run for run in runs if "cpu_seconds" in run]
    if timed:
        lines += [
            "",
            "## What a training took",
            "",
            "Of runs that noted it: a processor's time, of one thread on a shared machine, and the score of the same",
            "worlds before and after it.",
            "",
            "| task | twin | seed | agent-steps | CPU seconds | untrained | trained |",
            "|---|---|---|---|---|---|---|",
        ]
    for run in timed:
        scores = f"{run['untrained']:.3f} | {run['score']:.3f}"
        steps = f"{run['timesteps']:,} | {run['cpu_seconds']}"
        lines.append(f"| {run['task']}, {run['group']} | {run['twin']} | {run['seed']} | {steps} | {scores} |")
    return "\n".join(lines) + "\n"


def _interval(measured, policy):
    score, (low, high) = measured[policy].score, measured[policy].score_interval
    normalised = "" if policy in ("random", "scripted") else f" *{measured.normalised(score):z.2f}*"
    return f"{score:.3f} ± {(high - low) / 2:.3f}{normalised}"


def _over_seeds(scores, measured):
    mean = sum(scores) / len(scores)
    seeds = f"{min(scores):.3f} to {max(scores):.3f}, {len(scores)} seeds" if scores[1:] else "1 seed"
    return f"{mean:.3f} ({seeds}) *{measured.normalised(mean):z.2f}*"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", nargs="*", default=list(GROUPS), choices=list(GROUPS))
    parser.add_argument("--twins", nargs="*", default=list(registry.TWINS), choices=list(registry.TWINS))
    parser.add_argument("--seeds", nargs="*", type=int, default=[0, 1])
    parser.add_argument("--timesteps", type=int, default=500_000)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    file = FOLDER / "scores.json"
    runs = json.loads(file.read_text()) if file.exists() else []
    for seed in arguments.seeds:
        for task in arguments.tasks:
            for twin in arguments.twins:
                key = {"task": task, "group": GROUPS[task], "twin": twin, "seed": seed}
                result = key | {"timesteps": arguments.timesteps}
                result |= train(task, GROUPS[task], twin, seed, arguments.timesteps)
                print(result, flush=True)
                runs = [run for run in runs if not key.items() <= run.items()] + [result]
                runs.sort(key=lambda run: [str(run[name]) for name in key])
                file.write_text(json.dumps(runs, indent=1) + "\n")
    (FOLDER / "scores.md").write_text(table(runs), encoding="utf-8")


if __name__ == "__main__":
    main()
