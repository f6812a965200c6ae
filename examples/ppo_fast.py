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
from torch import nn
from torch.distributions import Beta, Categorical, Normal
from torch.nn.functional import embedding_bag, softplus

import sakana_envs  # noqa: F401, registers the ids


@dataclass
class Settings:
    """What a run is made of: the arguments of the command line, which the policy's card keeps."""

    env_id: str = "Sakana/Forage-Discrete-v0"
    head: str = ""  # categorical or snapped for discrete twins; gaussian, squashed or beta for continuous ones
    steps: int = 10_000_000  # of all agents that learn
    worlds: int = 0  # 0: as many as have 2048 agents that learn
    ticks: int = 32  # between two updates
    epochs: int = 3
    minibatch: int = 8192
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


class CellSum(torch.autograd.Function):
    """The sum of the weights (rows, hidden) of what each row has; ``row`` and ``feature`` list that, row after row."""

    @staticmethod
    def forward(ctx, weight, row, feature, rows):
        ctx.save_for_backward(row, feature)
        ctx.features = len(weight)
        return embedding_bag(feature, weight, torch.searchsorted(row, torch.arange(rows).to(row)), mode="sum")

    @staticmethod
    def backward(ctx, gradient):
        """The other way round: for each feature the sum of the gradients of the rows that have it."""
        row, feature = ctx.saved_tensors
        # Short numbers sort four times as fast.
        feature, order = feature.to(torch.int16 if ctx.features < 2**15 else torch.int32).sort(stable=True)
        first = torch.searchsorted(feature, torch.arange(ctx.features).to(feature))
        return embedding_bag(row[order], gradient.contiguous(), first, mode="sum"), None, None, None


class Extractor(nn.Module):
    """A linear layer over one-hot cells, (rows, n) to (rows, features_dim), that reads only those that aren't empty.

    ``layout`` says of what observations consist, ((length, categories), ...), windows first, 0 categories for numbers.
    Without, it is one window of cell codes. Stable-Baselines3 takes it in ``policy_kwargs`` as features_extractor_class.
    """

    def __init__(self, observation_space, layout=None, features_dim=128):
        super().__init__()
        self.features_dim, self.scale = features_dim, 1 / 255 if observation_space.dtype == np.uint8 else 1.0
        layout = layout or ((observation_space.shape[0], 7),)
        categories = np.concatenate([np.full(length, count) for length, count in layout])
        cells, numbers = np.flatnonzero(categories), np.flatnonzero(categories == 0)
        ends = np.cumsum(categories[cells] - 1)  # code 0 has no weights: an empty cell adds nothing
        first = ends - categories[cells]
        for name, columns in (("cells", cells), ("numbers", numbers), ("first", first)):
            self.register_buffer(name, torch.from_numpy(columns), persistent=False)
        self.weight = nn.Parameter(torch.randn(ends.max(initial=0), features_dim) / 4)
        self.linear = nn.Linear(len(numbers), features_dim)

    def forward(self, observations):
        features = self.linear(observations[:, self.numbers].float() * self.scale)
        if len(self.cells) == 0:
            return features
        width = len(self.cells)
        codes = observations[:, :width].byte().flatten()
        filled = codes != 0
        place = filled.nonzero().squeeze(1) if codes.is_cuda else torch.from_numpy(np.flatnonzero(filled.numpy()))
        row = place // width
        feature = self.first[place - row * width] + codes[place]
        return features + CellSum.apply(self.weight, row, feature, len(observations))


class Head(nn.Module):
    """What outputs mean: a distribution, what is drawn from it, and the action that this becomes."""

    def __init__(self, kind, sizes=(), low=(), high=(), table=(), deviation=1.0):
        super().__init__()
        self.kind, self.sizes = kind, sizes
        self.outputs = sum(sizes) or len(low) * (2 if kind == "beta" else 1)
        self.log_deviation = nn.Parameter(torch.full((len(low),), float(deviation)).log())
        for name, values in (("low", low), ("high", high), ("table", table)):
            self.register_buffer(name, torch.tensor(values), persistent=False)

    def distributions(self, output):
        if self.kind == "categorical":
            return [Categorical(logits=each, validate_args=False) for each in output.split(self.sizes, 1)]
        if self.kind == "beta":  # both parameters above 1: it has one mode
            return [Beta(*(softplus(output) + 1).chunk(2, 1), validate_args=False)]
        return [Normal(output, self.log_deviation.exp(), validate_args=False)]

    def draw(self, output, greedy=False):
        drawn = [each.mode if greedy else each.sample() for each in self.distributions(output)]
        return torch.stack(drawn, 1) if self.kind == "categorical" else drawn[0]

    def judge(self, output, drawn):
        """Log-probabilities of what was drawn, and the entropy. Squashing changes the first by what ratios don't show."""
        kinds = self.distributions(output)
        if self.kind == "categorical":
            return sum(each.log_prob(drawn[:, n]) for n, each in enumerate(kinds)), sum(each.entropy() for each in kinds)
        entropy = kinds[0].entropy()
        if self.kind == "squashed":
            sample = kinds[0].rsample()
            entropy = entropy - 2 * (sample + softplus(-2 * sample))  # + log(1 - tanh(sample)²), but for a constant
        return kinds[0].log_prob(drawn).sum(1), entropy.sum(1)

    def actions(self, drawn):
        if self.kind == "categorical":
            return drawn.squeeze(1) if len(self.sizes) == 1 else drawn
        share = drawn if self.kind == "beta" else ((drawn.tanh() if self.kind == "squashed" else drawn) + 1) / 2
        action = torch.clamp(self.low + share * (self.high - self.low), self.low, self.high)
        if self.kind != "snapped":
            return action
        away = (action[:, None] - self.table).square()
        return (away[:, :, :2].sum(2) + 1000 * away[:, :, 2:].sum(2)).argmin(1)  # buttons, behind the motion, first


def layer(inputs, outputs, gain=2**0.5):
    linear = nn.Linear(inputs, outputs)
    nn.init.orthogonal_(linear.weight, gain)
    nn.init.zeros_(linear.bias)
    return linear


class Policy(nn.Module):
    """Features, a memory of them if it has one, and behind that a hidden layer for the actions and one for the value."""

    def __init__(self, dtype, layout, head, hidden, recurrent):
        super().__init__()
        self.hidden, self.head = hidden, Head(**head)
        self.extractor = Extractor(gymnasium.spaces.Box(0, 1, (1,), dtype), layout, hidden)
        self.memory = nn.GRUCell(hidden, hidden) if recurrent else None
        self.actor = nn.Sequential(layer(hidden, hidden), nn.Tanh(), layer(hidden, self.head.outputs, 0.01))
        self.critic = nn.Sequential(layer(hidden, hidden), nn.Tanh(), layer(hidden, 1, 1.0))

    def forward(self, observations, state, fresh):
        """Outputs, values and the state (rows, hidden) behind (ticks * rows, n); of ``fresh`` (ticks, rows) it is lost."""
        features = self.extractor(observations).tanh()
        if self.memory is not None:
            ticks = []
            for seen, begins in zip(features.view(*fresh.shape, self.hidden), fresh, strict=True):
                state = self.memory(seen, state * ~begins[:, None])
                ticks.append(state)
            features = torch.cat(ticks)
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


def make_envs(settings, worlds):
    """Worlds of which each agent that learns is a row."""
    given = {name: json.loads(value) for name, value in (each.split("=", 1) for each in settings.set)}
    given |= {name: value for name, value in (("preset", settings.preset), ("learners", settings.group)) if value}
    return gymnasium.make_vec(settings.env_id, worlds=worlds, obs=settings.obs, **given)


def describe(envs, settings):
    """What the policy must know of the worlds: arguments of :class:`Policy`, for JSON."""
    seats, space = envs.unwrapped.seats, envs.single_action_space
    layers = [7, *seats.task.sensed.layers.values()] if settings.obs == "bytes" else []
    parts = seats.simulation.program.views[settings.obs].parts
    lengths = [part.stop - part.start for part in parts]
    layout = [*zip(lengths, layers, strict=False), (sum(lengths[len(layers) :]), 0)]
    if settings.head in ("", "categorical") and not isinstance(space, gymnasium.spaces.Box):
        sizes = [int(space.n)] if isinstance(space, gymnasium.spaces.Discrete) else space.nvec.tolist()
        head = {"kind": "categorical", "sizes": sizes}
    else:
        actions = seats.actions
        head = {"kind": settings.head or "gaussian", "deviation": settings.deviation}
        head |= {name: getattr(actions, name).tolist() for name in ("low", "high", "table")}
        if (head["kind"] == "snapped") != isinstance(space, gymnasium.spaces.Discrete):
            raise ValueError(f"{settings.env_id} has actions {space}, which a head {head['kind']!r} doesn't make")
    return {
        "dtype": str(envs.single_observation_space.dtype),
        "layout": layout,
        "head": head,
        "hidden": settings.hidden,
        "recurrent": settings.recurrent,
    }


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
        self.settings, on = settings, {"device": settings.device}
        torch.manual_seed(settings.seed)
        torch.set_num_threads(settings.threads)
        envs = self.envs = make_envs(settings, settings.worlds or -(-2048 // make_envs(settings, 1).num_envs))
        about = describe(envs, settings)
        self.card = {"command": " ".join(sys.argv), "settings": asdict(settings), "policy": about}
        self.policy = Policy(**about).to(settings.device)
        self.optimizer = torch.optim.Adam(self.policy.parameters(), lr=settings.learning_rate, eps=1e-5, fused=True)
        shape, pinned = (settings.ticks, envs.num_envs), settings.device != "cpu"
        dtype = torch.uint8 if settings.obs == "bytes" else torch.float32
        self.seen = torch.zeros((shape[0] + 1, *envs.observation_space.shape), dtype=dtype, pin_memory=pinned)
        self.rewards = torch.zeros(shape, pin_memory=pinned)
        self.terminated, self.truncated = torch.zeros((2, *shape), dtype=torch.bool, pin_memory=pinned)
        self.observations, self.values = self.seen.to(settings.device), torch.zeros((shape[0] + 1, shape[1]), **on)
        self.kept = {  # from one update to the next, and in a checkpoint
            "observations": self.seen[-1],
            "over": torch.zeros(shape[1], dtype=torch.bool),  # the next tick is no transition
            "fresh": torch.ones(shape[1], dtype=torch.bool),  # an episode begins
            "state": torch.zeros(shape[1], settings.hidden, **on),
            "discounted": torch.zeros(shape[1]),  # the sum of rewards so far, as it is worth now
            "sums": torch.zeros(3, dtype=torch.float64),  # of its powers 0, 1 and 2
            "progress": torch.zeros(3, dtype=torch.float64),  # updates, seconds, seconds in the worlds
        }
        envs.unwrapped.write_into(observations=self.seen[-1].numpy())
        envs.reset(seed=settings.seed)

    @torch.no_grad()
    def collect(self):
        """Play on for some ticks; the batch, and the scores of the episodes that ended."""
        settings, kept, head = self.settings, self.kept, self.policy.head
        self.seen[0] = self.seen[-1]
        batch, scores = {"state": kept["state"], "drawn": [], "logs": [], "fresh": [], "real": []}, []
        for tick in range(settings.ticks + 1):
            observations = self.observations[tick]
            if observations.is_cuda:
                observations.copy_(self.seen[tick], non_blocking=True)
            fresh = kept["fresh"][None].to(settings.device)
            output, self.values[tick], state = self.policy(observations, kept["state"], fresh)
            if tick == settings.ticks:
                break
            kept["state"], drawn = state, head.draw(output)
            actions = head.actions(drawn).cpu().numpy()
            for name, each in (("drawn", drawn), ("logs", head.judge(output, drawn)[0]), ("fresh", fresh[0])):
                batch[name].append(each)
            batch["real"].append(~kept["over"])
            began = time.perf_counter()
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
            kept["sums"] += torch.stack([(kept["discounted"].double() ** power).sum() for power in range(3)])
        return {name: torch.stack(each) if name != "state" else each for name, each in batch.items()}, scores

    def learn(self, batch, left):
        """Several passes over a batch; ``left`` is the share of the steps that is to come. Means of what was seen."""
        settings, device = self.settings, self.settings.device
        powers = self.kept["sums"] / self.kept["sums"][0]
        scale = (powers[2] - powers[1].square()).sqrt().clamp(min=1e-4).float()
        real, rewards, over = (each.to(device) for each in (batch["real"], self.rewards / scale, self.terminated))
        gain = advantages(rewards, self.values, over, real, settings.gamma, settings.gae_lambda).flatten()
        goals, real = gain + self.values[:-1].flatten(), real.flatten()
        gain = (gain - gain[real].mean()) / (gain[real].std() + 1e-8)
        observations, drawn = self.observations[:-1].flatten(0, 1), batch["drawn"].flatten(0, 1)
        logs, rows, told = batch["logs"].flatten(), self.envs.num_envs, []
        for group in self.optimizer.param_groups:
            group["lr"] = settings.learning_rate * left
        for _ in range(settings.epochs):
            for chosen, sequences in self.minibatches(real, rows):
                state, fresh = batch["state"][sequences], batch["fresh"][:, sequences]
                output, value, _ = self.policy(observations[chosen], state, fresh)
                log, entropy = self.policy.head.judge(output, drawn[chosen])
                ratio, mask = (log - logs[chosen]).exp(), real[chosen] / real[chosen].sum()
                gained = torch.minimum(ratio * gain[chosen], ratio.clamp(1 - settings.clip, 1 + settings.clip) * gain[chosen])
                error = (value - goals[chosen]).square()
                loss = ((0.25 * error - gained - settings.entropy * left * entropy) * mask).sum()
                self.optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(self.policy.parameters(), 0.5, foreach=True)
                self.optimizer.step()
                told.append(torch.stack([(each.detach() * mask).sum() for each in (entropy, error, ratio - 1 - ratio.log())]))
        return torch.stack(told).mean(0).tolist()

    def minibatches(self, real, rows):
        """Indices into a batch, and those of the rows if they are whole sequences, as a memory needs them."""
        if not self.settings.recurrent:
            for chosen in real.nonzero().squeeze(1)[torch.randperm(int(real.sum()))].split(self.settings.minibatch):
                yield chosen, slice(0, 0)
        else:
            ticks = torch.arange(self.settings.ticks)[:, None] * rows
            for some in torch.randperm(rows).split(max(self.settings.minibatch // self.settings.ticks, 1)):
                yield (ticks + some).flatten(), some

    def run(self):
        """Collect and learn in turn, up to the last step; what is left behind is in the folder ``out``."""
        settings, progress = self.settings, self.kept["progress"]
        batch_steps = settings.ticks * self.envs.num_envs
        updates = -(-settings.steps // batch_steps)
        folder = Path(settings.out)
        folder.mkdir(parents=True, exist_ok=True)
        begun, told = time.perf_counter() - float(progress[1]), time.perf_counter()
        recent = []
        while progress[0] < updates:
            batch, scores = self.collect()
            entropy, error, change = self.learn(batch, 1 - float(progress[0]) / updates)
            progress[:2] = torch.tensor([progress[0] + 1, time.perf_counter() - begun])
            recent = (recent + scores)[-100:]
            print(f"{int(progress[0]) * batch_steps:>11,} steps  score {np.mean(recent or [np.nan]):.3f}  entropy {entropy:.2f}  error {error:.3f}  kl {change:.4f}  {progress[0]*batch_steps/progress[1]:,.0f} steps/s, {progress[2]/progress[1]:.1%} in the worlds")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for field in fields(Settings):
        if field.type is bool:
            parser.add_argument(f"--{field.name}", action="store_true")
        elif field.type is tuple:
            parser.add_argument(f"--{field.name}", nargs="*", default=())
        else:
            parser.add_argument(f"--{field.name}", type=field.type, default=field.default)
    settings = Settings(**vars(parser.parse_args()))
    trainer = Trainer(settings)
    trainer.run()
    player = Player(trainer.policy.cpu(), trainer.card)
    print("sampled", score(player, settings))
    player.greedy = True
    print("greedy", score(player, settings))


if __name__ == "__main__":
    main()
