"""Dense layers of numbers, whose outputs are the same to the bit on every processor.

Libraries of matrices add up in an order that suits the processor, so the last bits of what they return differ. Here
every sum has one order, and nothing is asked of a mathematical library. Inputs that are zero, as most of a one-hot
window, are passed over.
"""

import numpy as np

from sakana_envs.core import disk_cache
from sakana_envs.core.inner import outer
from sakana_envs.core.trig import tanh


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


disk_cache.attach(forward, "dense-forward")
