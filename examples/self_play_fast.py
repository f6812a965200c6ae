"""Self-play by ``ppo_fast.py``: two sides learn in turn, each against what the other one was before.

    python examples/self_play_fast.py                                          # PredatorPrey, minutes on one core
    python examples/self_play_fast.py --id Sakana/Battle-Discrete-v0 --rounds 8 --out runs/battle

It goes on as ``self_play.py`` does, some fifteen times as fast: in each round one side trains against the other side's
pool. Half of the episodes are against the scripted policy, the others against a snapshot of an earlier round, or random
agents, against which anybody can learn something. Snapshots are small files, as ``predator-3.npz``, that ``others=``
takes; the last ones play matches at the end, by their likeliest actions.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from fast_policy import dense_layers
from ppo_fast import Settings, Trainer

import sakana_envs

SETTINGS = {"hidden": 64, "minibatch": 1024, "gamma": 0.95, "threads": 1}


def train(id, out, rounds, steps, seed=1):
    """After each round, of so many agent-steps for each side, the files of the policies by their sides' names."""
    sides = sakana_envs.parallel_env(id).unwrapped.seats.task.agent_names
    pools = {side: sakana_envs.Pool(["scripted", "random"], "uniform", seed) for side in sides}
    trainers = {}
    for side, other in zip(sides, reversed(sides), strict=True):
        trainers[side] = Trainer(Settings(id, group=side, seed=seed, **SETTINGS), others={other: pools[other]})
    for number in range(1, rounds + 1):
        files = {side: out / f"{side}-{number}.npz" for side in sides}
        for side, trainer in trainers.items():
            scores, updates = [], -(-steps // trainer.given["rewards"].numel())
            for _ in range(updates):
                batch, ended = trainer.collect()
                trainer.learn(batch, 1 - (number - 1) / rounds)  # the rate falls from round to round
                scores += ended
            print(f"round {number}, {side}: score {np.mean(scores or np.nan):.3f}", flush=True)
            layers = [[each.astype("float16") for each in layer] for layer in dense_layers(trainer.policy)]
            about = {"trainer": "examples/self_play_fast.py", "id": id, "group": side, "seed": seed}
            about |= {"rounds": rounds, "steps": steps, "round": number}
            about["agent_steps"] = number * updates * trainer.given["rewards"].numel()
            sakana_envs.save_policy(files[side], layers, activation="relu", **about)
        for side, file in files.items():
            for policy in ("scripted", sakana_envs.load_policy(file)):
                pools[side].add(policy)
        yield files


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--id", default="Sakana/PredatorPrey-Discrete-v0")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--steps", type=int, default=400_000, help="agent-steps of each side in a round")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("runs/self_play_fast"))
    parser.add_argument("--worlds", type=int, default=32, help="of the matches at the end")
    arguments = vars(parser.parse_args())
    worlds = arguments.pop("worlds")
    arguments["out"].mkdir(parents=True, exist_ok=True)
    *_, files = train(**arguments)
    print(f"{time.process_time():.0f} CPU seconds")
    last = {side: sakana_envs.load_policy(file, deterministic=True) for side, file in files.items()}
    players = {"self-play": last, "scripted": "scripted", "random": "random"}
    print(sakana_envs.versus(arguments["id"], players, worlds=worlds, seed=1_000_000))


if __name__ == "__main__":
    main()
