"""What the worlds of cells draw random numbers for, see :func:`sakana_envs.core.rng.draw`.

``CONTEST``: who wins a cell that several want, indexed by the contender's cell.
"""

from sakana_envs.core.rng import FIRST_STREAM

CONTEST, GROW_CHANCE, GROW_PLACE, DEATH, REBIRTH, SPAWN, SCATTER = range(FIRST_STREAM, FIRST_STREAM + 7)
