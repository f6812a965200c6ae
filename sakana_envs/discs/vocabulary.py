"""The words that rules of worlds of discs have: ``from sakana_envs.rules.discs import *`` gets exactly these."""

from sakana_envs.core.actions import Actions
from sakana_envs.core.clock import is_late, late_ticks
from sakana_envs.core.rng import below, uniform
from sakana_envs.core.structure import Field, Number
from sakana_envs.core.trig import sine_cosine, square_root, tanh
from sakana_envs.discs.discs import DISCS
from sakana_envs.discs.drives import GLIDE, THRUST, TURN, UNICYCLE
from sakana_envs.discs.others import nearest, touching
from sakana_envs.discs.own import own
from sakana_envs.discs.places import (
    clearance,
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
from sakana_envs.discs.rays import rays
from sakana_envs.discs.steering import away_from, first_unclaimed, free_way, past, roll_toward, toward, turn_toward

AGENT, LANDMARK = 0, 1
"""Kinds that discs have unless ``init`` says otherwise: agents, and the others."""


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
    "away_from",
    "below",
    "clearance",
    "count_touching",
    "distance",
    "distance_to_nearest",
    "first_unclaimed",
    "free_way",
    "is_free",
    "is_late",
    "late_ticks",
    "look_at",
    "nearest",
    "nearest_disc",
    "own",
    "past",
    "place_block",
    "place_disc",
    "rays",
    "roll_toward",
    "sine_cosine",
    "spawn_disc",
    "spawn_discs",
    "square_root",
    "tanh",
    "touch",
    "touching",
    "toward",
    "turn_toward",
    "uniform",
]
