"""The words that rules of worlds of discs have: ``from sakana_envs.rules.discs import *`` gets exactly these."""

from numba import njit

from sakana_envs.core.actions import Actions
from sakana_envs.core.clock import is_late, late_ticks
from sakana_envs.core.rng import below, uniform
from sakana_envs.core.structure import Field, Number
from sakana_envs.core.trig import sine_cosine, square_root, tanh
from sakana_envs.discs.discs import DISCS
from sakana_envs.discs.drives import GLIDE, THRUST, TURN, UNICYCLE
from sakana_envs.discs.places import (
    count_touching,
    distance,
    distance_to_nearest,
    is_free,
    look_at,
    nearest_disc,
    place_block,
    place_disc,
    spawn_disc,
    spawn_discs,
    touch,
)
from sakana_envs.discs.senses import nearest, own, touching

AGENT, LANDMARK = 0, 1
"""Kinds that discs have unless ``init`` says otherwise: agents, and the others."""


@njit
def toward(dx, dy):
    """The row of the table of ``THRUST`` or ``GLIDE`` that points nearest to (dx, dy), right and up; 0 for (0, 0)."""
    if dx == 0.0 and dy == 0.0:
        return 0
    across = 0.41421356 * abs(dx) > abs(dy), 0.41421356 * abs(dy) > abs(dx)  # within an eighth of a turn of an axis
    if across[0]:
        return 1 if dx > 0.0 else 5
    if across[1]:
        return 3 if dy > 0.0 else 7
    if dy > 0.0:
        return 2 if dx > 0.0 else 4
    return 8 if dx > 0.0 else 6


__all__ = [
    "AGENT",
    "DISCS",
    "GLIDE",
    "LANDMARK",
    "THRUST",
    "TURN",
    "UNICYCLE",
    "Actions",
    "Field",
    "Number",
    "below",
    "count_touching",
    "distance",
    "distance_to_nearest",
    "is_free",
    "is_late",
    "late_ticks",
    "look_at",
    "nearest",
    "nearest_disc",
    "own",
    "place_block",
    "place_disc",
    "sine_cosine",
    "spawn_disc",
    "spawn_discs",
    "square_root",
    "tanh",
    "touch",
    "touching",
    "toward",
    "uniform",
]
