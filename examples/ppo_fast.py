"""Proximal policy optimisation as fast as the worlds: one file of plain PyTorch, read from top to bottom.

    python examples/ppo_fast.py                                             # Forage, a minute or two on two cores
    python examples/ppo_fast.py --env-id Sakana/Forage-Continuous-v0 --head beta
    python examples/ppo_fast.py --env-id Sakana/PredatorPrey-Discrete-v0 --group predator    # the prey is scripted
    python examples/ppo_fast.py --out runs/mine --resume                    # goes on where that run was stopped

It takes every task of every kind of world. The policy is in ``fast_policy.py``. A run leaves ``policy.npz``, arrays,
and their card ``policy.json``; ``fast_policy.load("runs/mine")`` is a policy that acts. Without a memory it is also in
``small.npz``, for ``others=`` and ``sakana record --policy``.
"""

import argparse
import json
import os
import shlex
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import gymnasium
import numpy as np
import torch
from fast_policy import Player, Policy, about_policy, load, save_small
from torch import nn

import sakana_envs  # noqa: F401, registers the ids

LINE = (
    "{steps:>11,} steps  score {score:.3f}  entropy {entropy:5.2f}  error {error:.3f}  change {change:.4f}  "
    "{speed:,.0f} steps/s, {worlds:.1%} of the time in the worlds"
)

SIZES = {"obs": "flat", "recurrent": True, "worlds": 128, "ticks": 16, "minibatch": 512, "threads": 1}
PROBES = SIZES | {"steps": 100_000, "learning_rate": 3e-3, "gamma": 0.95}
"""Settings for probes, where little is learned from little."""


@dataclass
class Settings:
    """What a run is made of: the arguments of the command line, which the card keeps."""

    env_id: str = "Sakana/Forage-Discrete-v0"
    head: str = ""  # categorical or snapped for the discrete twin; gaussian, squashed or beta for the continuous one
    steps: int = 10_000_000  # of all agents that learn
    worlds: int = 0  # 0: as many as have 2048 agents that learn
    ticks: int = 32  # between two updates
    epochs: int = 2
    minibatch: int = 2048
    learning_rate: float = 1e-3  # falls to 0 evenly, and so does the weight of the entropy
    gamma: float = 0.99
    gae_lambda: float = 0.95
    clip: float = 0.2
    entropy: float = 0.01
    deviation: float = 1.0  # of a Gaussian as it begins, where the box is -1 to 1
    hidden: int = 128
    recurrent: bool = False
    obs: str = ""  # bytes where there are; worlds of discs have flat only
    group: str = ""  # who learns, in a task of several sides; the others are scripted
    preset: str = ""
    set: tuple = ()  # sizes and numbers of the worlds, as food_density=0.05
    seed: int = 1
    threads: int = 2
    device: str = "cpu"
    out: str = "runs/ppo_fast"
    tensorboard: bool = False


def sizes_and_numbers(settings):
    """What the worlds are made with."""
    given = {name: json.loads(value) for name, value in (each.split("=", 1) for each in settings.set)}
    return given | ({"preset": settings.preset} if settings.preset else {})


def make_envs(settings, worlds, **given):
    """Worlds of which each agent that learns is a row."""
    given |= sizes_and_numbers(settings) | {"learners": settings.group or None, "threads": settings.threads}
    return gymnasium.make_vec(settings.env_id, worlds=worlds, obs=settings.obs or "flat", **given).unwrapped


def score(player, settings, worlds=32, seed=1_000_000):
    """Mean score of the agents in worlds that training didn't see, each one's first episode."""
    envs = make_envs(settings, worlds)
    observations, _ = envs.reset(seed=seed)
    player.reset()
    scores, over, begins = np.full(envs.num_envs, np.nan), *np.zeros((2, envs.num_envs), bool)
    while np.isnan(scores).any():
        observations, _, terminated, truncated, info = envs.step(player(observations, begins))
        over, begins = terminated | truncated, over
        if "score" in info:
            scores = np.where(info["_score"] & np.isnan(scores), info["score"], scores)
    return float(scores.mean())


def advantages(rewards, values, terminated, real, gamma, gae_lambda):
    """Generalised advantages (ticks, rows) by ``values`` (ticks + 1, rows).

    What is seen behind a tick is the true last observation of an episode that ends in it. So the value after it is
    right where the episode is cut short, and left out where it is over. Ticks that aren't ``real`` are restarts, or
    those of the dead.
    """
    result, running = torch.zeros_like(rewards), torch.zeros_like(rewards[0])
    for tick in reversed(range(len(rewards))):
        goes_on = gamma * ~terminated[tick]
        error = rewards[tick] + goes_on * values[tick + 1] - values[tick]
        running = result[tick] = (error + gae_lambda * goes_on * running) * real[tick]
    return result


class Trainer:
    """Worlds, a policy, and what lies between two updates."""

    def __init__(self, settings, **given):
        self.settings, self.folder, device = settings, Path(settings.out), settings.device
        torch.manual_seed(settings.seed)
        torch.set_num_threads(settings.threads)
        one = make_envs(settings, 1, **given)
        one.reset(seed=0)
        one.step(one.action_space.sample())  # all is compiled before the clock starts
        settings.obs = settings.obs or ("bytes" if "bytes" in one.seats.simulation.program.views else "flat")
        envs = self.envs = make_envs(settings, settings.worlds or -(-2048 // one.num_envs), stagger=True, **given)
        self.card = {"settings": asdict(settings), "policy": about_policy(envs, settings)}
        self.policy = Policy(**self.card["policy"]).to(device)
        self.optimizer = torch.optim.Adam(self.policy.parameters(), lr=settings.learning_rate, eps=1e-5, fused=True)
        rows, space = envs.num_envs, envs.observation_space
        shapes = dict.fromkeys(("terminated", "truncated"), ((settings.ticks, rows), bool))
        shapes |= {"rewards": ((settings.ticks, rows), np.float32)}
        shapes |= {"observations": ((settings.ticks + 1, *space.shape), space.dtype)}
        self.given = {name: torch.from_numpy(np.zeros(*shape)) for name, shape in shapes.items()}
        if device != "cpu":
            self.given = {name: each.pin_memory() for name, each in self.given.items()}
        self.kept = {  # from one update to the next, and in a checkpoint
            "observations": self.given["observations"][-1],
            "over": torch.zeros(rows, dtype=torch.bool),  # the next tick is no transition
            "fresh": torch.ones(rows, dtype=torch.bool),  # an episode begins
            "state": torch.zeros(rows, settings.hidden, device=device),
            "discounted": torch.zeros(rows),  # the rewards so far, by what they are worth now
            "sums": torch.zeros(3, dtype=torch.float64),  # of the powers of that
            "progress": torch.zeros(3, dtype=torch.float64),  # updates, seconds, seconds in the worlds
        }
        envs.write_into(observations=self.kept["observations"].numpy())
        envs.reset(seed=settings.seed)

    @torch.no_grad()
    def collect(self):
        """Play on for some ticks; the batch, and the scores of the episodes that ended."""
        settings, kept, given, head = self.settings, self.kept, self.given, self.policy.head
        given["observations"][0] = kept["observations"]
        state, batch, scores = kept["state"], [], []
        for tick in range(settings.ticks):
            now = {"observations": given["observations"][tick], "fresh": kept["fresh"], "real": ~kept["over"]}
            now = {name: each.to(settings.device, non_blocking=True) for name, each in now.items()}
            output, now["values"], kept["state"] = self.policy(now["observations"], kept["state"], now["fresh"][None])
            now["drawn"] = head.draw(output)
            now["logs"], _ = head.judge(output, now["drawn"])
            batch.append(now)
            actions, began = head.actions(now["drawn"]).cpu().numpy(), time.perf_counter()
            into = {name: each[tick + (name == "observations")].numpy() for name, each in given.items()}
            self.envs.write_into(**into)
            info = self.envs.step(actions)[4]
            kept["progress"][2] += time.perf_counter() - began
            kept["fresh"], kept["over"] = kept["over"], given["terminated"][tick] | given["truncated"][tick]
            if "alive" in info:
                kept["over"] |= ~torch.from_numpy(info["alive"])
            if "score" in info:
                scores.append(info["score"][info["_score"]].mean())
            kept["discounted"] = settings.gamma * kept["discounted"] * ~kept["fresh"] + given["rewards"][tick]
            kept["sums"] += torch.stack([kept["discounted"].double().pow(power).sum() for power in range(3)])
        observations, fresh = (kept[name].to(settings.device) for name in ("observations", "fresh"))
        _, last, _ = self.policy(observations, kept["state"], fresh[None])
        batch = {name: torch.stack([now[name] for now in batch]) for name in batch[0]}
        return batch | {"values": torch.cat([batch["values"], last[None]]), "state": state}, scores

    def learn(self, batch, left):
        """Some passes over a batch; ``left`` is the share of the steps to come. Means of entropy, error and change."""
        settings, told = self.settings, []
        powers = self.kept["sums"] / self.kept["sums"][0]
        rewards = self.given["rewards"] / (powers[2] - powers[1].square()).sqrt().clamp(min=1e-4).float()
        rewards, terminated = (each.to(settings.device) for each in (rewards, self.given["terminated"]))
        real, values = batch["real"], batch["values"]
        gain = advantages(rewards, values, terminated, real, settings.gamma, settings.gae_lambda)
        goals, gain = gain + values[:-1], (gain - gain[real].mean()) / (gain[real].std() + 1e-8)
        every = (batch["observations"], batch["drawn"], batch["logs"], gain, goals, real.float())
        if settings.recurrent:  # whole sequences of some rows
            parts = torch.randperm(real.shape[1]).split(max(settings.minibatch // settings.ticks, 1))
            parts = [([x[:, n].flatten(0, 1) for x in every], batch["state"][n], batch["fresh"][:, n]) for n in parts]
        else:
            places = real.flatten().nonzero().squeeze(1)
            parts = places[torch.randperm(len(places))].split(settings.minibatch)
            parts = [([x.flatten(0, 1)[n] for x in every], None, None) for n in parts]
        for group in self.optimizer.param_groups:
            group["lr"] = settings.learning_rate * left
        for (observations, drawn, logs, gain, goals, mask), state, fresh in parts * settings.epochs:
            output, values, _ = self.policy(observations, state, fresh)
            new_logs, entropy = self.policy.head.judge(output, drawn)
            change = new_logs - logs
            clipped = change.exp().clamp(1 - settings.clip, 1 + settings.clip)
            gained, error = torch.minimum(change.exp() * gain, clipped * gain), (values - goals).square()
            means = torch.stack([entropy, error, change.square() / 2, gained]) @ mask / mask.sum()
            self.optimizer.zero_grad()
            (0.25 * means[1] - means[3] - settings.entropy * left * means[0]).backward()
            nn.utils.clip_grad_norm_(self.policy.parameters(), 0.5, foreach=True)
            self.optimizer.step()
            told.append(means.detach())
        return dict(zip(("entropy", "error", "change"), torch.stack(told).mean(0).tolist(), strict=False))

    def run(self):
        """Collect and learn in turn, up to the last step; now and then, and at last, leave all in the folder."""
        settings, progress, recent, saved = self.settings, self.kept["progress"], [], time.perf_counter()
        of_update = settings.ticks * self.envs.num_envs
        updates = -(-settings.steps // of_update)
        if settings.tensorboard:
            from torch.utils.tensorboard import SummaryWriter

            writer = SummaryWriter(self.folder)
        while progress[0] < updates:
            began = time.perf_counter()
            batch, scores = self.collect()
            told = self.learn(batch, 1 - float(progress[0]) / updates)
            progress += torch.tensor([1, time.perf_counter() - began, 0])
            recent = (recent + scores)[-settings.ticks :]
            done, seconds, inside = progress.tolist()
            told |= {"score": float(np.mean(recent or np.nan)), "worlds": inside / seconds}
            told |= {"steps": int(done) * of_update, "speed": int(done) * of_update / seconds}
            for name, value in told.items() if settings.tensorboard else ():
                writer.add_scalar(name, value, told["steps"])
            if time.perf_counter() > saved + 10 or done == updates:
                print(LINE.format(**told), flush=True)
                self.card |= {"steps": told["steps"], "seconds": round(seconds, 1)}
                self.save()
                saved = time.perf_counter()

    def save(self):
        """The policy with its card, and a checkpoint, from which the course goes on as it would have."""
        self.folder.mkdir(parents=True, exist_ok=True)
        arrays = {name: each.cpu().numpy() for name, each in self.policy.state_dict().items()}
        np.savez(self.folder / "policy.npz", **arrays)
        (self.folder / "policy.json").write_text(json.dumps(self.card, indent=1) + "\n")
        worlds = {
            name: each.tolist() if each.dtype.kind == "U" else torch.from_numpy(each)
            for name, each in self.envs.get_state().items()
        }
        models = {name: getattr(self, name).state_dict() for name in ("policy", "optimizer")}
        kept = {name: each.clone() for name, each in self.kept.items()}  # without what they are views of
        found = models | {"kept": kept, "worlds": worlds, "random": torch.get_rng_state()}
        torch.save(found, self.folder / "writing")
        os.replace(self.folder / "writing", self.folder / "checkpoint.pt")

    def about(self):
        """What a small file of the policy says of its training."""
        settings, card = self.settings, {name: each for name, each in self.card.items() if name != "policy"}
        return card | {"id": settings.env_id, "group": settings.group, "settings": sizes_and_numbers(settings)}

    def resume(self):
        """Go on from the folder's checkpoint."""
        found = torch.load(self.folder / "checkpoint.pt", weights_only=True)
        for name in ("policy", "optimizer"):
            getattr(self, name).load_state_dict(found[name])
        self.envs.set_state({name: np.asarray(each) for name, each in found["worlds"].items()})
        for name, each in found["kept"].items():
            self.kept[name].copy_(each)
        torch.set_rng_state(found["random"])


def train(env_id, seed, **changes):
    """A policy that remembers, for ``sakana probe examples/ppo_fast.py``."""
    trainer = Trainer(Settings(env_id=env_id, seed=seed, **{**PROBES, **changes}))
    trainer.run()
    return Player(trainer.policy, trainer.card)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--resume", action="store_true", help="go on where the run in --out was stopped")
    for field in fields(Settings):
        kinds = {bool: {"action": "store_true"}, tuple: {"nargs": "*", "default": ()}}
        kind = kinds.get(field.type, {"type": field.type, "default": field.default})
        parser.add_argument(f"--{field.name.replace('_', '-')}", **kind)
    known, _ = parser.parse_known_args()
    if known.resume:  # what isn't given is as it was
        parser.set_defaults(**json.loads((Path(known.out) / "policy.json").read_text())["settings"])
    arguments = vars(parser.parse_args())
    arguments.pop("resume")
    trainer = Trainer(Settings(**arguments))
    if known.resume:
        trainer.resume()
    trainer.run()
    for name, greedy in (("score", False), ("greedy score", True)):
        trainer.card[name] = round(score(load(trainer.folder, greedy), trainer.settings), 4)
        print(f"{name} {trainer.card[name]:.3f}")
    trainer.card["command"] = shlex.join(["python", *sys.argv])
    trainer.save()
    with suppress(ValueError):  # it has a memory, or snaps
        save_small(load(trainer.folder), trainer.envs, trainer.folder / "small.npz", **trainer.about())


if __name__ == "__main__":
    main()
