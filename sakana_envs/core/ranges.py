"""Values that a task's rule writes, brought into the ranges that it declares."""

from sakana_envs.core.inner import inner


@inner
def confine(values, ranges):
    """Bring values (n,) into their ranges (n, 2), lowest and highest; what is no number becomes the lowest one."""
    for place in range(ranges.shape[0]):
        values[place] = min(ranges[place, 1], max(ranges[place, 0], values[place]))
