"""Small policies as plain arrays, whose answers are the same to the bit on every processor."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sakana_envs.core.dense import draw, forward

ACTIVATIONS = ("relu", "tanh")
HEADS = ("categorical", "box")


class Network:
    """A network of dense layers that plays: from observations to actions, without memory.

    Parameters
    ----------
    parameters : float32 (n,), of each layer its weights (inputs, outputs) by rows, then its biases (outputs,).
    sizes : of the observation, of each hidden layer, and of the last one.
    obs : the form of observations that it was trained with, ``"flat"`` for example.
    activation : of the hidden layers, one of ``ACTIVATIONS``.
    head : what the last layer says: ``"categorical"``, a logit for each action of the discrete twin, or ``"box"``, the
        action of the continuous twin, which is brought into its box.
    sampled : whether a categorical head draws its actions, instead of taking the likeliest.
    card : what a file says of where it comes from.
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
        self._parameters = np.ascontiguousarray(parameters, dtype=np.float32)
        self._sizes = np.array(sizes, dtype=np.int64)
        self._smooth = activation == "tanh"
        self.seed(0)

    def seed(self, seed: int) -> None:
        """Begin the draws anew that calls without ``uniforms`` take."""
        self._random = np.random.default_rng(seed)

    def outputs(self, observations: np.ndarray) -> np.ndarray:
        """What the last layer says, float32 (rows, outputs), of observations (rows, ...)."""
        rows = np.ascontiguousarray(observations.reshape(len(observations), -1), dtype=np.float32)
        answers = np.empty((len(rows), self.sizes[-1]), dtype=np.float32)
        forward(rows, self._parameters, self._sizes, self._smooth, answers)
        return answers

    def __call__(self, observations: np.ndarray, uniforms: np.ndarray | None = None) -> np.ndarray:
        """Actions, a row for each of the observations.

        ``uniforms`` float64 (rows,) in [0, 1) are the random numbers by which they are drawn; its own unless given.
        """
        answers = self.outputs(observations)
        if self.head == "box":
            return answers
        if not self.sampled:
            return answers.argmax(axis=1)
        choices = np.empty(len(answers), dtype=np.int64)
        draw(answers, self._random.random(len(answers)) if uniforms is None else uniforms, choices)
        return choices
