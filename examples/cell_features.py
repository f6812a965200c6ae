"""Features of windows of cells that cost a seventh of one-hot floats and a matrix: only cells that aren't empty count.

    envs = sakana_envs.SB3VecEnv("Sakana/Forage-Discrete-v0", worlds=4, obs="bytes")
    about = {"features_extractor_class": CellFeatures, "features_extractor_kwargs": {"layout": layout(envs)}}
    model = PPO("MlpPolicy", envs, policy_kwargs=about)

It is a linear layer over what ``obs="flat"`` shows, read from ``obs="bytes"``. ``ppo_fast.py`` begins with it too.
"""

import numpy as np
import torch
from torch import nn
from torch.nn.functional import embedding_bag


def layout(envs):
    """What observations of a batch consist of, [(length, categories), ...] in turn; 0 categories are numbers."""
    seats = getattr(envs, "unwrapped", envs).seats
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

    ``layout`` says of what they consist, see :func:`layout`; without it they are one window of cell codes. Bytes that are
    numbers count as shares of 255; an ``observation_space`` of floats says that they are what they are.
    """

    def __init__(self, observation_space, layout=None, features_dim=128):
        super().__init__()
        self.features_dim, self.scale = features_dim, 1 / 255 if observation_space.dtype == np.uint8 else 1.0
        layout = layout or [(observation_space.shape[0], 7)]
        categories = np.concatenate([np.full(length, count) for length, count in layout])
        cells, numbers = np.flatnonzero(categories), np.flatnonzero(categories == 0)
        ends = np.cumsum(categories[cells] - 1)  # code 0 has no weights: an empty cell adds nothing
        for name, columns in (("cells", cells), ("numbers", numbers), ("before", ends - categories[cells])):
            self.register_buffer(name, torch.from_numpy(columns), persistent=False)
        self.weights = nn.Parameter(torch.randn(ends.max(initial=0), features_dim) / 4)
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
