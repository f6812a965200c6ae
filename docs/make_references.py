"""Measure every task's reference policies, and write ``sakana_envs/tasks/references.json``; some minutes on a CPU.

    python docs/make_references.py                                    # everything
    python docs/make_references.py --tasks Forage --presets default   # these anew, the rest of the file stays
    python docs/make_references.py --policies blind open-loop         # of all tasks, only these

How is what :mod:`sakana_envs.tools.check.references` says. Policies made of discrete actions play the same trajectories
in both twins, bit for bit, so they are measured once; random actions differ.
"""

import argparse
import hashlib
import json
import re

from sakana_envs.tasks import references, registry
from sakana_envs.tools.check.references import POLICIES, measure


def entries_of(task, preset, group, chosen):
    """The file's entries for one task, preset and group, by policy."""
    entries = {}
    for twin, every in {"Discrete": POLICIES, "Continuous": ("random",)}.items():
        policies = tuple(policy for policy in every if policy in chosen)
        for policy, figures in measure(registry.get(task), preset, twin, group, policies).items():
            name = f"random {twin}" if policy == "random" else policy
            entries[name] = {
                "episode_return": [figures.episode_return, *figures.return_interval],
                "episodes": figures.episodes,
                "score": [figures.score, *figures.score_interval],
                "seed": figures.seed,
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
    every = [preset for task in registry.all_names() for preset in registry.get(task).presets]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--tasks", nargs="*", default=registry.all_names(), choices=registry.all_names(), metavar="TASK"
    )
    parser.add_argument("--presets", nargs="*", default=[*dict.fromkeys(every)], choices=every, metavar="PRESET")
    parser.add_argument("--policies", nargs="*", default=POLICIES, choices=POLICIES, metavar="POLICY")
    arguments = parser.parse_args()
    measured = json.loads(references.FILE.read_text())["tasks"] if references.FILE.exists() else {}
    for preset in arguments.presets:
        for task in (task for task in arguments.tasks if preset in registry.get(task).presets):
            groups = measured.setdefault(task, {}).setdefault(preset, {})
            for group in registry.get(task).agent_names:
                groups.setdefault(group, {}).update(entries_of(task, preset, group, arguments.policies))
            write(measured)


if __name__ == "__main__":
    main()
