"""Measure every task's reference policies, and write ``sakana_envs/tasks/references.json``; some minutes on a CPU.

    python docs/make_references.py                                    # everything
    python docs/make_references.py --tasks Forage --presets default   # these anew, the rest of the file stays

Each policy plays whole episodes in worlds of one batch. All agents of the measured group follow it; in tasks with
several groups the others follow the scripted policy. An episode's figure is the mean over the group's agents. Agents of
one world aren't independent, worlds are: intervals are 95 % t-intervals over worlds. Policies made of discrete actions
play the same trajectories in both twins, bit for bit, so they are measured once; random actions differ.
"""

import argparse
import hashlib
import json
import re

import gymnasium
import numpy as np

from sakana_envs.tasks import references, registry

SEED = 20_000
EPISODES = {"default": 64, "small": 256, "large": 8}
EPISODES_OF_FEW = 1024
"""Where a world has no more than two agents: one of its episodes says little, and takes little."""
QUANTILES = {1024: 1.962, 256: 1.969, 64: 1.998, 8: 2.365}  # 97.5 % of Student's t for so many episodes
POLICIES = ("still", "spinning", "corner", "random", "scripted")
NORTH_WEST = 8


def settings_of(task, preset, group):
    """Arguments of ``make_vec`` that make exactly the group's agents learners."""
    return {"preset": preset} | ({"learners": group} if len(registry.get(task).agent_names) > 1 else {})


def episodes_of(task, preset):
    """How many episodes are measured."""
    few = registry.settings(registry.get(task), preset=preset).sizes["agents"] <= 2
    return EPISODES_OF_FEW if few else EPISODES[preset]


def play(task, twin, policy, episodes, **settings):
    """Returns and scores of a policy, each (episodes,): the means over a world's learners, of each world's first."""
    record = registry.get(task)
    agents = registry.settings(record, preset=settings["preset"]).sizes["agents"]
    group = settings.get("learners", record.agent_names[0])
    learners = sum(record.group_of(agent, agents) == group for agent in range(agents))
    env = gymnasium.make_vec(f"Sakana/{task}-{twin}-v0", num_envs=episodes * learners, obs="bytes", **settings)
    return [
        values.reshape(episodes, -1).mean(axis=1)
        for values in first_episodes(env, SEED, lambda observations, tick: choose(env, policy, tick))
    ]


def first_episodes(env, seed, act):
    """Return and score of each row in its first episode, each (rows,); ``act(observations, tick)`` is played."""
    observations, _ = env.reset(seed=seed)
    found = np.full((2, env.num_envs), np.nan)
    tick = 0
    while np.isnan(found).any():
        observations, _, _, _, info = env.step(act(observations, tick))
        if "score" in info:
            new = info["_score"] & np.isnan(found[0])
            found[:, new] = info["episode_return"][new], info["score"][new]
        tick += 1
    return found


def choose(env, policy, tick):
    """The policy's actions for all rows: the task's own policies, or one action for everybody."""
    if policy not in ("spinning", "corner"):
        return env.policy_actions(policy)
    actions = np.full(env.num_envs, NORTH_WEST if policy == "corner" else 1 + tick % 8)
    return (
        actions
        if isinstance(env.single_action_space, gymnasium.spaces.Discrete)
        else env.unwrapped.seats.actions.table[actions]
    )


def interval(values):
    """The mean, and the 95 % t-interval around it."""
    half = QUANTILES[len(values)] * values.std(ddof=1) / len(values) ** 0.5
    return [round(float(value), 4) for value in (values.mean(), values.mean() - half, values.mean() + half)]


def measure(task, preset, group):
    """The file's entries for one task, preset and group, by policy."""
    entries = {}
    for policy in POLICIES:
        for twin in registry.TWINS if policy == "random" else ("Discrete",):
            episodes = episodes_of(task, preset)
            returns, scores = play(task, twin, policy, episodes, **settings_of(task, preset, group))
            name = f"random {twin}" if policy == "random" else policy
            entries[name] = {
                "episode_return": interval(returns),
                "episodes": episodes,
                "score": interval(scores),
                "seed": SEED,
            }
            print(f"{task:13} {preset:8} {group:9} {name:18} {entries[name]}", flush=True)
    return entries


def digest(measured):
    """A hash of all figures: the file keeps it, so that figures which nobody measured are noticed."""
    return hashlib.sha256(json.dumps(measured, sort_keys=True).encode()).hexdigest()


def write(measured):
    """The file, sorted, a policy's figures on a few lines."""
    text = json.dumps({"digest": digest(measured), "tasks": measured}, indent=1, sort_keys=True)
    text = re.sub(r"\[[^]]*\]", lambda figures: " ".join(figures[0].split()), text)
    references.FILE.write_text(text + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", nargs="*", default=registry.all_names())
    parser.add_argument("--presets", nargs="*", default=list(EPISODES))
    arguments = parser.parse_args()
    measured = json.loads(references.FILE.read_text())["tasks"] if references.FILE.exists() else {}
    for preset in arguments.presets:
        for task in (task for task in arguments.tasks if preset in registry.get(task).presets):
            entries = {group: measure(task, preset, group) for group in registry.get(task).agent_names}
            measured.setdefault(task, {})[preset] = entries
            write(measured)


if __name__ == "__main__":
    main()
