"""NumPy's scalars count as Python's, by one rule for all arguments."""

from typing import Any

import numpy as np


def plain(value: Any) -> Any:
    """A NumPy scalar as Python's own bool, int or float; anything else as it is."""
    return value.item() if isinstance(value, (np.bool_, np.integer, np.floating)) else value


def is_whole(value: Any, low: int, high: float = float("inf")) -> bool:
    """Whether a plain value is a whole number from ``low`` to ``high``; True and False are none."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
