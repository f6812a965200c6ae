"""The words that rules of worlds of bodies have: ``from sakana_envs.rules.bodies import *`` gets exactly these."""

from sakana_envs.bodies.bodies import BODIES
from sakana_envs.bodies.level_words import place_level
from sakana_envs.bodies.linking import angle, limit, met, motor, pin, speed, thruster, touching, weld
from sakana_envs.bodies.shapes import ball, box, fix, place_body, role, triangle
from sakana_envs.bodies.world import BLUE, GREEN, GREY, RED
from sakana_envs.core.actions import Actions
from sakana_envs.core.rng import below, uniform
from sakana_envs.core.structure import Field, Number
from sakana_envs.core.trig import sine_cosine, square_root, tanh

__all__ = [
    "BLUE",
    "BODIES",
    "GREEN",
    "GREY",
    "RED",
    "Actions",
    "Field",
    "Number",
    "angle",
    "ball",
    "below",
    "box",
    "fix",
    "limit",
    "met",
    "motor",
    "pin",
    "place_body",
    "place_level",
    "role",
    "sine_cosine",
    "speed",
    "square_root",
    "tanh",
    "thruster",
    "touching",
    "triangle",
    "uniform",
    "weld",
]
