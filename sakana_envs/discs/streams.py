"""What the worlds of discs draw random numbers for, see :func:`sakana_envs.core.rng.draw`."""

from sakana_envs.core.rng import FIRST_STREAM

SPAWN, HEADING = range(FIRST_STREAM + 16, FIRST_STREAM + 18)
