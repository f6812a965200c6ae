"""Small policies as plain arrays, whose answers are the same to the bit on every processor."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sakana_envs.core.dense import forward
from sakana_envs.core.draws import draw_beta, draw_choices, draw_gaussian

ACTIVATIONS = ("relu", "tanh")
DENSITIES = ("gaussian", "squashed", "beta")
"""Heads whose last layer has two outputs for each coordinate of an action."""
HEADS = ("categorical", "box", *DENSITIES)


class Network:
    """A network of dense layers that plays: from observations to actions, without memory.

    Parameters
    ----------
    parameters : float32 (n,), of each layer its weights (inputs, outputs) by rows, then its biases (outputs,).
    sizes : of the observation, of each hidden layer, and of the last one.
    obs : the form of observations that it was trained with, ``"flat"`` for example.
    activation : of the hidden layers, one of ``ACTIVATIONS``.
    head : what the last layer says: ``"categorical"``, a logit for each action of the discrete twin; or for the
        continuous twin ``"box"``, the action, which is brought into its box; ``"gaussian"``, k means and k logarithms
        of deviations, where the box is -1 to 1, to whose border is brought what lies outside; ``"squashed"``, the same
        through tanh; ``"beta"``, k numbers each for the first and the second parameters of Beta distributions over the
        box, a parameter being log(1 + e**number) + 1.
    sampled : whether it draws its actions, instead of taking the likeliest, or of a density the one in the middle.
    card : what a file says of where it comes from; ``low`` and ``high`` (k,) in it are the box of a density.
    """

    def __init__(
        self,
        parameters: np.ndarray,
        sizes: tuple[int, ...],
        obs: str,
        activation: str,
        head: str,
        sampled: bool,
        card: Mapping[str, Any],
    ) -> None:
        self.sizes, self.obs, self.head, self.sampled, self.card = sizes, obs, head, sampled, dict(card)
        self.__name__ = type(self).__name__  # until it has one
        self._parameters = np.ascontiguousarray(parameters, dtype=np.float32)
        self._sizes = np.array(sizes, dtype=np.int64)
        self._smooth = activation == "tanh"
        self._box = tuple(np.array(self.card.get(name, ()), dtype=np.float32) for name in ("low", "high"))
        self.seed(0)

    def seed(self, seed: int) -> None:
        """Begin the draws anew that calls without ``uniforms`` take."""
        self._random = np.random.default_rng(seed)

    @property
    def width(self) -> int:
        """How many actions it chooses from, or of how many coordinates its actions are."""
        return self.sizes[-1] // 2 if self.head in DENSITIES else self.sizes[-1]

    @property
    def draws(self) -> int:
        """How many random numbers an action takes."""
        return self.width if self.head in DENSITIES else 1

    def outputs(self, observations: np.ndarray) -> np.ndarray:
        """What the last layer says, float32 (rows, outputs), of observations (rows, ...)."""
        rows = np.ascontiguousarray(observations.reshape(len(observations), -1), dtype=np.float32)
        answers = np.empty((len(rows), self.sizes[-1]), dtype=np.float32)
        forward(rows, self._parameters, self._sizes, self._smooth, answers)
        return answers

    def __call__(self, observations: np.ndarray, uniforms: np.ndarray | None = None) -> np.ndarray:
        """Actions, a row for each of the observations.

        ``uniforms`` float64 (rows, draws), or (rows,) for one each, in [0, 1) are the random numbers by which they are
        drawn; its own unless given.
        """
        answers = self.outputs(observations)
        if self.head == "box":
            return answers
        if not self.sampled:
            if self.head == "categorical":
                return answers.argmax(axis=1)
            uniforms = np.full((len(answers), self.draws), 0.5)
        elif uniforms is None:
            uniforms = self._random.random((len(answers), self.draws))
        uniforms = uniforms.reshape(len(answers), self.draws)
        if self.head == "categorical":
            choices = np.empty(len(answers), dtype=np.int64)
            draw_choices(answers, uniforms[:, 0], choices)
            return choices
        drawn = np.empty((len(answers), self.width), dtype=np.float32)
        if self.head == "beta":
            draw_beta(answers, uniforms, drawn)
        else:
            draw_gaussian(answers, uniforms, self.head == "squashed", drawn)
        low, high = self._box
        half = (high - low) * np.float32(0.5)
        return np.clip(low + half + half * np.clip(drawn, -1, 1), low, high)
