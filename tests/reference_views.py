"""Forms of observations once more in plain Python, written from the rules."""

import numpy as np


def forms(seen, layers, values, floats, ranges, alive):
    """An observation in the three forms: ``flat``, ``planes`` and ``bytes``, float32, float32 and integers.

    ``seen`` is a window of codes, ``layers`` are pairs of categories and a window, ``values`` features that are bytes,
    and ``floats`` others with a pair (low, high) each in ``ranges``.
    """
    scale, windows = np.float32(1 / 255), [(7, seen), *layers]
    planes = []
    for categories, window in windows:
        planes += [[float(byte == k) for byte in window] for k in range(categories)]
        planes += [] if categories else [[byte * scale for byte in window]]
    bounds = [(np.float32(low), np.float32(high)) for low, high in ranges]
    # Not low, which covers what is no number.
    kept = [min(np.float32(x), high) if x > low else low for x, (low, high) in zip(floats, bounds, strict=True)]
    quantised = [
        round(float((x - low) / (high - low) * np.float32(255))) for x, (low, high) in zip(kept, bounds, strict=True)
    ]
    codes = [byte for _, window in windows for byte in window] + values + quantised
    if not alive:
        planes, values, codes = [[0.0] * len(seen) for _ in planes], [0] * len(values), [0] * len(codes)
        kept = [min(max(np.float32(0), low), high) for low, high in bounds]
    features = np.array([byte * scale for byte in values] + kept, dtype=np.float32)
    flat = np.concatenate([np.array(planes, dtype=np.float32).ravel(), features])
    spread = np.repeat(features[:, None], len(seen), axis=1)
    stacked = np.concatenate([np.array(planes, dtype=np.float32), spread])
    return flat, stacked, codes
