"""The policy that ``ppo_fast.py`` trains: features of bytes, heads for all kinds of actions, files without pickle.

    policy = load("runs/mine")                    # draws its actions; with greedy=True it takes the likeliest
    envs = gymnasium.make_vec(policy.card["settings"]["env_id"], worlds=8, obs=policy.card["settings"]["obs"])
    policy.reset()                                # before the first observations
    actions = policy(observations, begins)        # (rows, n) to what step takes: (rows,) int64 or (rows, k) float32

A policy with a memory keeps it for each row: it is asked in every tick, always for the same rows. ``begins`` (rows,)
bool marks those whose episode begins with these observations; without it all go on.

Its features are a linear layer over what ``obs="flat"`` shows, read from ``obs="bytes"``: only cells that aren't empty
count, which costs a seventh of one-hot floats and a matrix. Stable-Baselines3 takes them too:

    about = {"features_extractor_class": CellFeatures, "features_extractor_kwargs": {"parts": parts_of(envs)}}
    PPO("MlpPolicy", envs, policy_kwargs=about)   # envs = sakana_envs.SB3VecEnv(id, worlds=4, obs="bytes")
"""

import json
from pathlib import Path

import numpy as np
import torch
from gymnasium import spaces
from torch import nn
from torch.distributions import Beta, Normal
from torch.nn.functional import embedding_bag, softplus

import sakana_envs


def parts_of(envs):
    """What observations of a batch consist of, [(length, categories), ...] in turn; 0 categories are numbers."""
    seats = getattr(envs.unwrapped, "env", envs.unwrapped).seats  # SB3VecEnv has what make_vec makes within
    counts = [7, *seats.task.sensed.layers.values()] if seats.obs == "bytes" else []
    lengths = [part.stop - part.start for part in seats.simulation.program.views[seats.obs].parts]
    windows = list(zip(lengths, counts, strict=False))
    rest = int(np.prod(seats.observation_space.shape)) - sum(length for length, _ in windows)
    return [*windows, (rest, 0)] if rest else windows


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


class CellFeatures(nn.Module):
    """Observations (rows, n), bytes or floats, to features (rows, features_dim) float32.

    ``parts`` says of what they consist, see :func:`parts_of`; without it they are one window of cell codes. Numbers
    that are bytes by ``observation_space`` count as shares of 255.
    """

    def __init__(self, observation_space, parts=None, features_dim=128):
        super().__init__()
        self.features_dim, self.scale = features_dim, 1 / 255 if observation_space.dtype == np.uint8 else 1.0
        parts = self.parts = parts or [(observation_space.shape[0], 7)]
        categories = np.concatenate([np.full(length, count) for length, count in parts])
        cells, numbers = np.flatnonzero(categories), np.flatnonzero(categories == 0)
        ends = np.cumsum(categories[cells] - 1)  # code 0 has no weights: an empty cell adds nothing
        for name, columns in (("cells", cells), ("numbers", numbers), ("before", ends - categories[cells])):
            self.register_buffer(name, torch.from_numpy(columns), persistent=False)
        self.weights = nn.Parameter(torch.randn(ends.max(initial=0), features_dim) / 20)
        self.number_weights = nn.Parameter(torch.randn(len(numbers), features_dim) / max(len(numbers), 1) ** 0.5)
        self.bias = nn.Parameter(torch.zeros(features_dim))

    def forward(self, observations):
        features = self.bias
        if len(self.numbers):
            features = features + observations[:, self.numbers].float() * self.scale @ self.number_weights
        if len(self.cells):
            width = len(self.cells)
            leading = width == self.cells[-1] + 1
            codes = (observations[:, :width] if leading else observations[:, self.cells]).byte().flatten()
            filled = codes != 0
            # NumPy finds them three times as fast.
            place = filled.nonzero().squeeze(1) if codes.is_cuda else torch.from_numpy(np.flatnonzero(filled.numpy()))
            row = place // width
            feature = self.before[place - row * width] + codes[place]
            features = features + CellSum.apply(self.weights, row, feature, len(observations))
        return features


class Head(nn.Module):
    """What outputs mean: a distribution, what is drawn from it, and the action that this becomes."""

    def __init__(self, kind, sizes=(), low=(), high=(), table=(), deviation=1.0):
        super().__init__()
        self.kind, self.sizes = kind, sizes
        self.outputs = sum(sizes) or len(low) * (2 if kind == "beta" else 1)
        self.log_deviation = nn.Parameter(torch.full((0 if kind == "beta" else len(low),), float(deviation)).log())
        for name, values in (("low", low), ("high", high), ("table", table)):
            self.register_buffer(name, torch.tensor(values), persistent=False)

    def distribution(self, output):
        if self.kind == "beta":  # both parameters are above 1: it has one mode
            return Beta(*(softplus(output) + 1).chunk(2, 1), validate_args=False)
        return Normal(output, self.log_deviation.exp(), validate_args=False)

    def draw(self, output, greedy=False):
        if self.kind == "beta":  # not at the very ends, where a density may be none
            return (self.distribution(output).mean if greedy else self.distribution(output).sample()).clamp(
                1e-4, 0.9999
            )
        if self.kind != "categorical":
            return output if greedy else self.distribution(output).sample()
        parts = output.split(self.sizes, 1)
        if greedy:
            return torch.stack([each.argmax(1) for each in parts], 1)
        sums = [each.softmax(1)[:, :-1].cumsum(1) for each in parts]
        return torch.stack([(each < torch.rand_like(each[:, :1])).sum(1) for each in sums], 1)

    def judge(self, output, drawn):
        """Log-probabilities of what was drawn, and entropies, (rows,).

        Squashing is left out of the first: it is the same before and after an update, so no ratio shows it.
        """
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
    """Features, then a hidden layer or a memory, then the outputs for the head and the value."""

    def __init__(self, dtype, parts, head, hidden, recurrent):
        super().__init__()
        self.hidden, self.recurrent, self.head = hidden, recurrent, Head(**head)
        self.features = CellFeatures(spaces.Box(0, 1, (1,), dtype), parts, hidden)
        self.inner = nn.GRUCell(hidden, hidden) if recurrent else nn.Linear(hidden, hidden)
        self.actor, self.critic = nn.Linear(hidden, self.head.outputs), nn.Linear(hidden, 1)
        for layer, gain in ((self.inner, 2**0.5), (self.actor, 0.01), (self.critic, 1.0)):
            for name, each in layer.named_parameters():
                nn.init.zeros_(each) if "bias" in name else nn.init.orthogonal_(each, gain)

    def forward(self, observations, state, fresh):
        """Outputs and values, for (ticks * rows, n), and the state (rows, hidden) that they lead to.

        Where ``fresh``, (ticks, rows) bool, the state is forgotten before.
        """
        features = self.features(observations).relu()
        if not self.recurrent:
            features = self.inner(features).relu()
        else:
            states = [state]
            for seen, begins in zip(features.view(*fresh.shape, self.hidden), fresh, strict=True):
                states.append(self.inner(seen, states[-1] * ~begins[:, None]))
            features, state = torch.cat(states[1:]), states[-1]
        return self.actor(features), self.critic(features).squeeze(1), state


class Player:
    """A policy that acts; the top of this file says how."""

    def __init__(self, policy, card, greedy=False):
        self.policy, self.card, self.greedy, self.state = policy, card, greedy, None

    def reset(self):
        self.state = None

    @torch.no_grad()
    def __call__(self, observations, begins=None):
        rows = len(observations)
        self.state = torch.zeros(rows, self.policy.hidden) if self.state is None else self.state
        fresh = torch.zeros(1, rows, dtype=torch.bool) if begins is None else torch.as_tensor(begins)[None]
        output, _, self.state = self.policy(torch.as_tensor(observations), self.state, fresh)
        return self.policy.head.actions(self.policy.head.draw(output, self.greedy)).numpy()


def load(folder, greedy=False):
    """The policy that a run left in a folder."""
    card = json.loads((Path(folder) / "policy.json").read_text())
    policy = Policy(**card["policy"])
    with np.load(Path(folder) / "policy.npz", allow_pickle=False) as arrays:
        policy.load_state_dict({name: torch.from_numpy(arrays[name]) for name in arrays.files})
    return Player(policy, card, greedy)


def about_policy(envs, settings):
    """The arguments of :class:`Policy` for some worlds, as JSON has them."""
    space, actions = envs.single_action_space, envs.unwrapped.seats.actions
    boxed = isinstance(space, spaces.Box)
    head = {"kind": settings.head or ("gaussian" if boxed else "categorical")}
    if head["kind"] not in (("gaussian", "squashed", "beta") if boxed else ("categorical", "snapped")):
        raise ValueError(f"{settings.env_id} has actions {space}, which a head {head['kind']!r} doesn't make")
    if head["kind"] == "categorical":
        head["sizes"] = [int(space.n)] if isinstance(space, spaces.Discrete) else space.nvec.tolist()
    else:
        head |= {name: getattr(actions, name).tolist() for name in ("low", "high", "table")}
        head["deviation"] = settings.deviation
    about = {"dtype": str(envs.single_observation_space.dtype), "parts": parts_of(envs), "head": head}
    return about | {"hidden": settings.hidden, "recurrent": settings.recurrent}


def dense_layers(policy, ranges=()):
    """Weights (inputs, outputs) and biases of the layers from observations of ``obs="flat"`` to the head's outputs.

    Between them is a maximum with 0. ``ranges`` are the (low, high) of the last features, those that are bytes in
    ``obs="bytes"`` only. Raises ``ValueError`` for a policy with a memory.
    """
    if policy.recurrent:
        raise ValueError("a policy with a memory is more than dense layers")
    first, rows, cell, number = policy.features, [], 0, 0
    bias = first.bias.detach().clone()
    for length, categories in first.parts:
        if categories:  # flat has a window for each category
            weights = first.weights[cell : cell + length * (categories - 1)].view(length, categories - 1, -1)
            rows += [torch.zeros_like(weights[:, 0]), *weights.unbind(1)]
            cell += length * (categories - 1)
        else:
            rows.append(first.number_weights[number : number + length])
            number += length
    weights = torch.cat(rows).detach().clone()
    for place, (low, high) in enumerate(ranges, len(weights) - len(ranges)):  # as bytes they are shares of their range
        weights[place] /= high - low
        bias -= low * weights[place]
    layers = [(weights, bias), *((each.weight.T, each.bias) for each in (policy.inner, policy.actor))]
    return [tuple(each.detach().numpy() for each in layer) for layer in layers]


def save_small(player, envs, path, seen=True, mirror=False, **card):
    """Write a policy as a small file, which plays without PyTorch, by ``others=`` and ``sakana record``; see
    ``sakana_envs.save_policy``, whose ``card`` this is.

    ``envs`` are worlds as those of its training. ``seen`` (n,) bool are the numbers of ``obs="flat"`` that mattered
    there: the others lose their weights, which nothing has trained. With ``mirror`` the first two kinds of agents
    change places: where both sides can do the same, what one has learned the other one knows too. Raises
    ``ValueError`` for a policy that such a file can't hold.
    """
    policy, head = player.policy, player.policy.head
    if head.kind == "snapped" or len(head.sizes) > 1:
        raise ValueError(f"no such file holds a head {head.kind!r}{' of several choices' * (len(head.sizes) > 1)}")
    flat, (last, categories) = envs.unwrapped.seats.simulation.program.views["flat"], policy.features.parts[-1]
    low, high = (np.broadcast_to(bound, flat.shape) for bound in (flat.low, flat.high))
    count = 0 if categories or policy.features.scale == 1.0 else last
    layers = dense_layers(policy, list(zip(low, high, strict=True))[len(low) - count :])
    first = layers[0][0]
    if mirror:
        windows = first[: 7 * policy.features.parts[0][0]].reshape(7, policy.features.parts[0][0], -1)
        windows[[3, 4]] = windows[[4, 3]]
    first[~np.broadcast_to(seen, len(first))] = 0.0
    if head.kind in ("gaussian", "squashed"):  # a deviation is an output that nothing seen changes
        weights, biases = layers[-1]
        layers[-1] = np.pad(weights, ((0, 0), (0, len(biases)))), np.append(biases, head.log_deviation.detach().numpy())
    if head.kind != "categorical":
        card |= {"low": head.low.tolist(), "high": head.high.tolist()}
    layers = [tuple(each.astype(np.float16) for each in layer) for layer in layers]
    about = {"activation": "relu", "head": head.kind, "sampled": not player.greedy}
    sakana_envs.save_policy(path, layers, **about, **card)
