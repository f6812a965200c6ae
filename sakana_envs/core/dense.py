"""Dense layers of numbers, whose outputs are the same to the bit on every processor.

Libraries of matrices add up in an order that suits the processor, so the last bits of what they return differ. Here
every sum has one order, and nothing is asked of a mathematical library. Inputs that are zero, as most of a one-hot
window, are passed over.
"""

import numpy as np

from sakana_envs.core import disk_cache
from sakana_envs.core.inner import inner, outer
from sakana_envs.core.trig import tanh

_HALVINGS = 10
"""Of an exponent, before a short series is exact enough; as many squarings follow."""


@outer
def forward(observations, parameters, sizes, smooth, answers):
    """The last layer's ``answers`` (rows, outputs) to observations (rows, inputs), all float32.

    ``sizes`` int64 are those of the observation and of each layer; ``parameters`` (n,) has of each layer its weights
    (inputs, outputs) by rows, then its biases. All layers but the last end in tanh if ``smooth``, else in a maximum
    with 0.
    """
    now, then = np.empty(sizes.max(), dtype=np.float32), np.empty(sizes.max(), dtype=np.float32)
    for row in range(observations.shape[0]):
        now[: sizes[0]] = observations[row]
        begin = 0
        for layer in range(1, sizes.size):
            inputs, outputs = sizes[layer - 1], sizes[layer]
            end = begin + inputs * outputs
            then[:outputs] = parameters[end : end + outputs]
            for source in range(inputs):
                value = now[source]
                if value != 0.0:
                    weights = parameters[begin + source * outputs : begin + (source + 1) * outputs]
                    for target in range(outputs):
                        then[target] += value * weights[target]
            if layer < sizes.size - 1:
                for target in range(outputs):
                    then[target] = tanh(then[target]) if smooth else max(then[target], np.float32(0.0))
            begin = end + outputs
            now, then = then, now
        answers[row] = now[: sizes[-1]]


@outer
def draw(logits, uniforms, choices):
    """Choices (rows,) int64 with the probabilities that logits (rows, n) say, by numbers (rows,) in [0, 1)."""
    for row in range(logits.shape[0]):
        highest = logits[row].max()
        total = 0.0
        for choice in range(logits.shape[1]):
            total += exponential(np.float64(logits[row, choice]) - np.float64(highest))
        left = uniforms[row] * total
        chosen = 0
        for choice in range(logits.shape[1]):
            share = exponential(np.float64(logits[row, choice]) - np.float64(highest))
            if share > 0.0:
                chosen = choice
                if left < share:
                    break
                left -= share
        choices[row] = chosen


@inner
def exponential(value):
    """e to the power of a float64 number up to 0, within 1e-5 of itself; 0 below -40."""
    if not value > -40.0:
        return 0.0
    small = value / 2.0**_HALVINGS
    power = 1.0 + small * (1.0 + small * (0.5 + small * (1.0 / 6.0 + small / 24.0)))
    for _ in range(_HALVINGS):
        power *= power
    return power


for _kernel in (forward, draw):
    disk_cache.attach(_kernel, f"dense-{_kernel.__name__}")
