"""Let the co-players of the package play against scripted and random agents; writes ``docs/matches.json``.

    python docs/make_matches.py                # those of whom the file says nothing yet
    python docs/make_matches.py --anew Tag     # and all of this task once more

The table of ``docs/other_players.md`` is made from that file and from the cards of the policies.
"""

import argparse
import json
import re
from pathlib import Path

import sakana_envs
from sakana_envs.tasks import registry
from sakana_envs.wrappers.policy_files import FOLDER, shipped

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docs" / "matches.json"
PAGE = ROOT / "docs" / "other_players.md"
OPPONENTS = ("scripted", "random")
WORLDS, SEED = 32, 1_000_000
MADE = ("made", "seed", "steps")
HEAD = "| task | name | how it was made | seed | steps a side | won against scripted | against random |"


def frozen():
    """The co-players of each task, {task: {name: {side: file}}}."""
    tasks = sorted(folder.name.removesuffix("-Discrete") for folder in FOLDER.glob("*-Discrete"))
    found = {}
    for task in tasks:
        files = {side: shipped(task, "Discrete", side) for side in registry.get(task).agent_names}
        names = sorted(name for name in set.intersection(*map(set, files.values())) if name.startswith("frozen:"))
        if names:
            found[task] = {name: {side: files[side][name] for side in files} for name in names}
    return found


def play(task, name):
    """Shares of matches that a co-player won, with their intervals, and its scores on each side, by opponent."""
    told = {}
    for opponent in OPPONENTS:
        result = sakana_envs.versus(task, {name: name, opponent: opponent}, worlds=WORLDS, seed=SEED).as_json()
        told[opponent] = {key: result["pairs"][0][key] for key in ("share", "interval", "scores")}
    return told


def made(card):
    """How a policy was made, its seed, and the agent-steps of its training, as the table has them."""
    if card["trainer"] == "examples/ppo_fast.py":
        return "against the scripted other side only", card["seed"], card["steps"]
    how = "self-play" + (" with Stable-Baselines3" if card["trainer"] == "examples/self_play.py" else "")
    how += f", round {card['round']} of {card['rounds']}" + (", likeliest actions" if not card["sampled"] else "")
    return how, card["seed"], card["agent_steps"]


def table(results):
    """The page's table of what ``FILE`` has."""
    lines = [HEAD, "|---" * (HEAD.count("|") - 1) + "|"]
    for task, names in results.items():
        for name, told in names.items():
            cells = [task, f"`{name}`", told["made"], told["seed"], f"{told['steps']:,}"]
            cells += [
                "{share:.2f} ({interval[0]:.2f} to {interval[1]:.2f})".format(**told["won"][o]) for o in OPPONENTS
            ]
            lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def write(results):
    FILE.write_text(json.dumps(results, indent=1) + "\n")
    page = PAGE.read_text()
    PAGE.write_text(re.sub(r"\| task \| name \| how it was made .*(\n\|.*)*", lambda _: table(results), page))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--anew", nargs="*", default=(), help="tasks to play once more")
    arguments = parser.parse_args()
    known = json.loads(FILE.read_text()) if FILE.exists() else {}
    results = {}
    for task, names in frozen().items():
        results[task] = {}
        for name, files in names.items():
            told = dict(zip(MADE, made(sakana_envs.load_policy(next(iter(files.values()))).card), strict=True))
            before = known.get(task, {}).get(name, {})
            if task not in arguments.anew and told.items() <= before.items():
                results[task][name] = before
                continue
            results[task][name] = {**told, "won": play(task, name)}
            print(task, name, results[task][name], flush=True)
            write(known | results)
    write(results)


if __name__ == "__main__":
    main()
