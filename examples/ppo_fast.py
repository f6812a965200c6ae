"""Proximal policy optimisation as fast as the worlds: one file of plain PyTorch, read from top to bottom.

    python examples/ppo_fast.py                                                 # Forage, a minute or two on two cores
    python examples/ppo_fast.py --env_id Sakana/Forage-Continuous-v0 --head beta
    python examples/ppo_fast.py --env_id Sakana/PredatorPrey-Discrete-v0 --group predator       # the prey is scripted
    python examples/ppo_fast.py --out runs/mine --resume                        # goes on where that run was stopped

Observations stay bytes until they are within the policy. A run leaves ``policy.npz``, arrays only, and ``policy.json``, the card
that says what they are and how they were made. ``load`` makes a policy of them that acts:

    policy = load("runs/mine")                       # draws its actions; greedy=True: takes the likeliest
    envs = gymnasium.make_vec(policy.card["settings"]["env_id"], worlds=8, obs=policy.obs)
    policy.reset()                                   # before the first observations
    actions = policy(observations, begins)           # (rows, n) as obs= has them -> (rows,) int64 or (rows, k) float32

Who has a memory (``--recurrent``) keeps it for each row. ``begins`` (rows,) bool marks the rows whose episode begins with these
observations; without it all go on. So ``others=policy`` and ``sakana_envs.tools.probe.evaluate(env_id, policy)`` take it as it is.
"""

import argparse
import json
import os
import sys
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import gymnasium
import numpy as np
import torch
from cell_features import CellFeatures, layout
from torch import nn
from torch.distributions import Beta, Normal
from torch.nn.functional import softplus

import sakana_envs  # noqa: F401, registers the ids


@dataclass
class Settings:
    """What a run is made of: the arguments of the command line, which the policy's card keeps."""

    env_id: str = "Sakana/Forage-Discrete-v0"
    head: str = ""  # categorical or snapped for discrete twins; gaussian, squashed or beta for continuous ones
    steps: int = 10_000_000  # of all agents that learn
    worlds: int = 0  # 0: as many as have 2048 agents that learn
    ticks: int = 32  # between two updates
    epochs: int = 2
    minibatch: int = 4096
    learning_rate: float = 1e-3  # falls to 0 evenly, and so does the weight of the entropy
    gamma: float = 0.99
    gae_lambda: float = 0.95
    clip: float = 0.2
    entropy: float = 0.01
    deviation: float = 1.0  # of a Gaussian as it begins, where the box is -1 to 1
    hidden: int = 128
    recurrent: bool = False
    obs: str = "bytes"
    group: str = ""  # who learns in a task of several sides; the others are scripted
    preset: str = ""
    set: tuple = ()  # sizes and numbers of the worlds: food_density=0.05
    seed: int = 1
    threads: int = 2
    device: str = "cpu"
    out: str = "runs/ppo_fast"
    tensorboard: bool = False


class Head(nn.Module):
    """What outputs mean: a distribution, what is drawn from it, and the action that this becomes."""

    def __init__(self, kind, sizes=(), low=(), high=(), table=(), deviation=1.0):
        super().__init__()
        self.kind, self.sizes = kind, sizes
        self.outputs = sum(sizes) or len(low) * (2 if kind == "beta" else 1)
        self.log_deviation = nn.Parameter(torch.full((len(low),), float(deviation)).log())
        for name, values in (("low", low), ("high", high), ("table", table)):
            self.register_buffer(name, torch.tensor(values), persistent=False)

    def distribution(self, output):
        if self.kind == "beta":  # both parameters are above 1: it has one mode
            return Beta(*(softplus(output) + 1).chunk(2, 1), validate_args=False)
        return Normal(output, self.log_deviation.exp(), validate_args=False)

    def draw(self, output, greedy=False):
        if self.kind != "categorical":
            return self.distribution(output).mean if greedy else self.distribution(output).sample()
        parts = output.split(self.sizes, 1)
        if greedy:
            return torch.stack([each.argmax(1) for each in parts], 1)
        sums = [each.softmax(1)[:, :-1].cumsum(1) for each in parts]
        return torch.stack([(each < torch.rand_like(each[:, :1])).sum(1) for each in sums], 1)

    def judge(self, output, drawn):
        """Log-probabilities of what was drawn, and entropies. Squashing changes the first by what ratios don't show."""
        if self.kind == "categorical":
            logs = [each.log_softmax(1) for each in output.split(self.sizes, 1)]
            chosen = [each.gather(1, drawn[:, [n]]).squeeze(1) for n, each in enumerate(logs)]
            return sum(chosen), -sum((each.exp() * each).sum(1) for each in logs)
        distribution = self.distribution(output)
        entropy = distribution.entropy()
        if self.kind == "squashed":
            sample = distribution.rsample()
            entropy = entropy - 2 * (sample + softplus(-2 * sample))  # + log(1 - tanh(sample)²), but for a constant
        return distribution.log_prob(drawn).sum(1), entropy.sum(1)

    def actions(self, drawn):
        if self.kind == "categorical":
            return drawn.squeeze(1) if len(self.sizes) == 1 else drawn
        share = drawn if self.kind == "beta" else ((drawn.tanh() if self.kind == "squashed" else drawn) + 1) / 2
        action = torch.clamp(self.low + share * (self.high - self.low), self.low, self.high)
        if self.kind != "snapped":
            return action
        away = (action[:, None] - self.table).square()
        return (away[:, :, :2].sum(2) + 1000 * away[:, :, 2:].sum(2)).argmin(1)  # buttons, behind the motion, first


class Policy(nn.Module):
    """Features, then a memory or a hidden layer, then the outputs for the head and the value."""

    def __init__(self, dtype, layout, head, hidden, recurrent):
        super().__init__()
        self.hidden, self.recurrent, self.head = hidden, recurrent, Head(**head)
        self.features = CellFeatures(gymnasium.spaces.Box(0, 1, (1,), dtype), layout, hidden)
        self.inner = nn.GRUCell(hidden, hidden) if recurrent else nn.Linear(hidden, hidden)
        self.actor, self.critic = nn.Linear(hidden, self.head.outputs), nn.Linear(hidden, 1)
        for layer, gain in ((self.inner, 2**0.5), (self.actor, 0.01), (self.critic, 1.0)):
            for name, each in layer.named_parameters():
                nn.init.zeros_(each) if "bias" in name else nn.init.orthogonal_(each, gain)

    def forward(self, observations, state, fresh):
        """Outputs, values and the state (rows, hidden) behind (ticks * rows, n); of ``fresh`` (ticks, rows) it is lost."""
        features = self.features(observations).relu()
        if not self.recurrent:
            features = self.inner(features).relu()
        else:
            ticks = [state]
            for seen, begins in zip(features.view(*fresh.shape, self.hidden), fresh, strict=True):
                ticks.append(self.inner(seen, ticks[-1] * ~begins[:, None]))
            features, state = torch.cat(ticks[1:]), ticks[-1]
        return self.actor(features), self.critic(features).squeeze(1), state


class Player:
    """A policy that acts; the top of this file says how."""

    def __init__(self, policy, card, greedy=False):
        self.policy, self.card, self.greedy, self.obs, self.state = policy, card, greedy, card["settings"]["obs"], None

    def reset(self):
        self.state = None

    @torch.inference_mode()
    def __call__(self, observations, begins=None):
        rows = len(observations)
        self.state = torch.zeros(rows, self.policy.hidden) if self.state is None else self.state
        fresh = torch.as_tensor(np.zeros((1, rows), bool) if begins is None else begins[None])
        output, _, self.state = self.policy(torch.as_tensor(observations), self.state, fresh)
        return self.policy.head.actions(self.policy.head.draw(output, self.greedy)).numpy()

    def save(self, folder):
        folder = Path(folder)
        np.savez(folder / "policy.npz", **{name: array.cpu().numpy() for name, array in self.policy.state_dict().items()})
        (folder / "policy.json").write_text(json.dumps(self.card, indent=1) + "\n")


def load(folder, greedy=False):
    """The policy that a run left in a folder."""
    card = json.loads((Path(folder) / "policy.json").read_text())
    policy = Policy(**card["policy"])
    with np.load(Path(folder) / "policy.npz", allow_pickle=False) as arrays:
        policy.load_state_dict({name: torch.from_numpy(arrays[name]) for name in arrays.files})
    return Player(policy, card, greedy)


def make_envs(settings, worlds, **given):
    """Worlds of which each agent that learns is a row."""
    given |= {name: json.loads(value) for name, value in (each.split("=", 1) for each in settings.set)}
    given |= {name: value for name, value in (("preset", settings.preset), ("learners", settings.group)) if value}
    return gymnasium.make_vec(settings.env_id, worlds=worlds, obs=settings.obs, **given)


def about_policy(envs, settings):
    """The arguments of :class:`Policy` for some worlds, as JSON may have them."""
    space, actions = envs.single_action_space, envs.unwrapped.seats.actions
    boxed = isinstance(space, gymnasium.spaces.Box)
    head = {"kind": settings.head or ("gaussian" if boxed else "categorical")}
    if head["kind"] not in (("gaussian", "squashed", "beta") if boxed else ("categorical", "snapped")):
        raise ValueError(f"{settings.env_id} has actions {space}, which no head {head['kind']!r} makes")
    if head["kind"] == "categorical":
        head["sizes"] = [int(space.n)] if isinstance(space, gymnasium.spaces.Discrete) else space.nvec.tolist()
    else:
        head |= {name: getattr(actions, name).tolist() for name in ("low", "high", "table")}
        head["deviation"] = settings.deviation
    dtype = str(envs.single_observation_space.dtype)
    sizes = {"hidden": settings.hidden, "recurrent": settings.recurrent}
    return {"dtype": dtype, "layout": layout(envs), "head": head, **sizes}


def score(player, settings, worlds=32, seed=1_000_000):
    """Mean score of the agents in worlds that training didn't see, in each one's first episode."""
    envs = make_envs(settings, worlds)
    observations, _ = envs.reset(seed=seed)
    player.reset()
    scores, over, begins = np.full(envs.num_envs, np.nan), *np.zeros((2, envs.num_envs), bool)
    while np.isnan(scores).any():
        observations, _, terminated, truncated, info = envs.step(player(observations, begins))
        begins, over = over, terminated | truncated
        if "score" in info:
            first = info["_score"] & np.isnan(scores)
            scores[first] = info["score"][first]
    return float(scores.mean())


def advantages(rewards, values, terminated, real, gamma, gae_lambda):
    """Generalised advantages (ticks, rows) from ``values`` (ticks + 1, rows).

    The observation behind a tick is the true last one of an episode that ends in it, so its value is right where the
    episode was cut short, and left out where it is over. Ticks that aren't ``real`` are restarts, or of the dead.
    """
    result, running = torch.zeros_like(rewards), torch.zeros_like(rewards[0])
    for tick in reversed(range(len(rewards))):
        goes_on = gamma * ~terminated[tick]
        error = rewards[tick] + goes_on * values[tick + 1] - values[tick]
        running = result[tick] = (error + gae_lambda * goes_on * running) * real[tick]
    return result


class Trainer:
    """Worlds, a policy, and what lies between two updates."""

    def __init__(self, settings):
        self.settings, device = settings, settings.device
        torch.manual_seed(settings.seed)
        torch.set_num_threads(settings.threads)
        envs = self.envs = make_envs(settings, settings.worlds or -(-2048 // make_envs(settings, 1).num_envs), stagger=True)
        self.card = {"settings": asdict(settings), "policy": about_policy(envs, settings)}
        self.policy = Policy(**self.card["policy"]).to(device)
        self.optimizer = torch.optim.Adam(self.policy.parameters(), lr=settings.learning_rate, eps=1e-5, fused=True)
        ticks, rows, pinned = settings.ticks, envs.num_envs, device != "cpu"
        dtype = torch.uint8 if settings.obs == "bytes" else torch.float32
        self.seen = torch.zeros((ticks + 1, *envs.observation_space.shape), dtype=dtype, pin_memory=pinned)
        self.rewards = torch.zeros((ticks, rows), pin_memory=pinned)
        self.terminated, self.truncated = torch.zeros((2, ticks, rows), dtype=torch.bool, pin_memory=pinned)
        self.observations, self.values = self.seen.to(device), torch.zeros((ticks + 1, rows), device=device)
        self.kept = {  # from one update to the next, and in a checkpoint
            "seen": self.seen[-1],
            "over": torch.zeros(rows, dtype=torch.bool),  # the next tick is no transition
            "fresh": torch.ones(rows, dtype=torch.bool),  # an episode begins
            "state": torch.zeros(rows, settings.hidden, device=device),
            "discounted": torch.zeros(rows),  # the rewards so far, as much as they are worth now
            "sums": torch.zeros(3, dtype=torch.float64),  # of the powers of that
            "progress": torch.zeros(3, dtype=torch.float64),  # updates, seconds, seconds in the worlds
        }
        envs.unwrapped.write_into(observations=self.seen[-1].numpy())
        envs.reset(seed=settings.seed)
        self.folder = Path(settings.out)
        self.folder.mkdir(parents=True, exist_ok=True)

    @torch.no_grad()
    def collect(self):
        """Play on for some ticks; the batch, and the scores of the episodes that ended."""
        settings, kept, head = self.settings, self.kept, self.policy.head
        batch, scores = {"state": kept["state"], "drawn": [], "logs": [], "fresh": [], "real": []}, []
        self.seen[0] = self.seen[-1]
        for tick in range(settings.ticks + 1):
            if settings.device != "cpu":
                self.observations[tick].copy_(self.seen[tick], non_blocking=True)
            fresh = kept["fresh"].to(settings.device)
            output, self.values[tick], state = self.policy(self.observations[tick], kept["state"], fresh[None])
            if tick == settings.ticks:
                break
            kept["state"], drawn = state, head.draw(output)
            now = {"drawn": drawn, "logs": head.judge(output, drawn)[0], "fresh": fresh, "real": ~kept["over"]}
            for name, each in now.items():
                batch[name].append(each)
            actions, began = head.actions(drawn).cpu().numpy(), time.perf_counter()
            given = {name: getattr(self, name)[tick].numpy() for name in ("rewards", "terminated", "truncated")}
            self.envs.unwrapped.write_into(observations=self.seen[tick + 1].numpy(), **given)
            info = self.envs.step(actions)[4]
            kept["progress"][2] += time.perf_counter() - began
            kept["fresh"], kept["over"] = kept["over"], self.terminated[tick] | self.truncated[tick]
            if "alive" in info:
                kept["over"] |= ~torch.from_numpy(info["alive"])
            if "score" in info:
                scores.append(info["score"][info["_score"]].mean())
            kept["discounted"] = settings.gamma * kept["discounted"] * ~kept["fresh"] + self.rewards[tick]
            kept["sums"] += torch.stack([kept["discounted"].double().pow(power).sum() for power in range(3)])
        return {name: each if name == "state" else torch.stack(each) for name, each in batch.items()}, scores

    def learn(self, batch, left):
        """Several passes over a batch; ``left`` is the share of the steps to come. Means of entropy, error and change."""
        settings, told = self.settings, []
        powers = self.kept["sums"] / self.kept["sums"][0]
        scale = (powers[2] - powers[1].square()).sqrt().clamp(min=1e-4).float()
        real, rewards, over = (each.to(settings.device) for each in (batch["real"], self.rewards / scale, self.terminated))
        gain = advantages(rewards, self.values, over, real, settings.gamma, settings.gae_lambda)
        goals, gain = gain + self.values[:-1], (gain - gain[real].mean()) / (gain[real].std() + 1e-8)
        every = (self.observations[:-1], batch["drawn"], batch["logs"], gain, goals, real.float())
        if settings.recurrent:  # whole sequences of some rows
            rows = torch.randperm(len(real[0])).split(max(settings.minibatch // settings.ticks, 1))
            parts = [([x[:, some].flatten(0, 1) for x in every], batch["state"][some], batch["fresh"][:, some]) for some in rows]
        else:
            places = real.flatten().nonzero().squeeze(1)
            some = places[torch.randperm(len(places))].split(settings.minibatch)
            parts = [([x.flatten(0, 1)[chosen] for x in every], None, None) for chosen in some]
        for group in self.optimizer.param_groups:
            group["lr"] = settings.learning_rate * left
        for (observations, drawn, logs, gain, goals, mask), state, fresh in parts * settings.epochs:
            output, value, _ = self.policy(observations, state, fresh)
            log, entropy = self.policy.head.judge(output, drawn)
            ratio = (log - logs).exp()
            gained = torch.minimum(ratio * gain, ratio.clamp(1 - settings.clip, 1 + settings.clip) * gain)
            means = torch.stack([entropy, (value - goals).square(), (log - logs).square() / 2, gained]) @ mask / mask.sum()
            self.optimizer.zero_grad()
            (0.25 * means[1] - means[3] - settings.entropy * left * means[0]).backward()
            nn.utils.clip_grad_norm_(self.policy.parameters(), 0.5, foreach=True)
            self.optimizer.step()
            told.append(means.detach())
        return torch.stack(told).mean(0).tolist()

    def run(self):
        """Collect and learn in turn, up to the last step; a policy, and its card, are left in the folder."""
        settings, progress = self.settings, self.kept["progress"]
        of_update, recent, said = settings.ticks * self.envs.num_envs, [], time.perf_counter()
        updates = -(-settings.steps // of_update)
        while progress[0] < updates:
            began = time.perf_counter()
            batch, scores = self.collect()
            entropy, error, change, _ = self.learn(batch, 1 - float(progress[0]) / updates)
            progress += torch.tensor([1, time.perf_counter() - began, 0])
            recent = (recent + scores)[-self.settings.ticks :]
            done, seconds, inside = progress.tolist()
            figures = {"score": float(np.mean(recent)) if recent else None, "entropy": entropy, "error": error, "kl": change}
            figures |= {"steps/s": done * of_update / seconds, "in the worlds": inside / seconds}
            if time.perf_counter() > said + 5 or done == updates:
                said = time.perf_counter()
                self.card |= {"steps": int(done) * of_update, "seconds": round(seconds, 1), "score": figures["score"]}
                print(f"{int(done) * of_update:>11,} ", *(f"{name} {value:,.3g}" for name, value in figures.items() if value is not None), flush=True)
                self.save()

    def save(self):
        Player(self.policy, self.card).save(self.folder)
        arrays = {f"kept.{name}": each for name, each in self.kept.items()} | {"random": torch.get_rng_state()}
        arrays |= {f"policy.{name}": each for name, each in self.policy.state_dict().items()}
        for number, moments in self.optimizer.state_dict()["state"].items():
            arrays |= {f"moments.{number}.{name}": each for name, each in moments.items()}
        arrays = {name: each.cpu().numpy() for name, each in arrays.items()}
        arrays |= {f"worlds.{name}": each for name, each in self.envs.unwrapped.get_state().items()}
        np.savez(self.folder / "writing.npz", **arrays)
        os.replace(self.folder / "writing.npz", self.folder / "checkpoint.npz")

    def resume(self):
        """Go on from the folder's checkpoint, as if nothing had been between."""
        with np.load(self.folder / "checkpoint.npz", allow_pickle=False) as arrays:
            of = {}
            for name in arrays.files:
                group, _, rest = name.partition(".")
                of.setdefault(group, {})[rest] = arrays[name]
        self.envs.unwrapped.set_state(of["worlds"])
        tensors = {name: torch.from_numpy(each) for name, each in of["policy"].items()}
        self.policy.load_state_dict(tensors)
        state = self.optimizer.state_dict()
        moments = {}
        for name, each in of["moments"].items():
            number, _, kind = name.partition(".")
            moments.setdefault(int(number), {})[kind] = torch.from_numpy(each)
        self.optimizer.load_state_dict(state | {"state": moments})
        for name, each in of["kept"].items():
            self.kept[name].copy_(torch.from_numpy(each))
        torch.set_rng_state(torch.from_numpy(of["random"][""]))


def train(env_id, seed, **changes):
    """What ``sakana probe examples/ppo_fast.py`` calls."""
    trainer = Trainer(Settings(env_id=env_id, seed=seed, **{"obs": "flat", "recurrent": True, **changes}))
    trainer.run()
    return Player(trainer.policy, trainer.card)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--resume", action="store_true", help="go on where the run in --out stopped")
    for field in fields(Settings):
        kinds = {bool: {"action": "store_true"}, tuple: {"nargs": "*", "default": ()}}
        parser.add_argument(f"--{field.name}", **kinds.get(field.type, {"type": field.type, "default": field.default}))
    arguments = vars(parser.parse_args())
    resume = arguments.pop("resume")
    trainer = Trainer(Settings(**arguments))
    if resume:
        trainer.resume()
    trainer.run()
    for greedy in (False, True):
        player = load(arguments["out"], greedy)
        print("greedy" if greedy else "drawn", score(player, trainer.settings))


if __name__ == "__main__":
    main()
