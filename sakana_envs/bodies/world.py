"""What a world of bodies consists of: its sizes, its numbers, its arrays.

Bodies are numbered, polygons first, then circles; the first four polygons are the floor, the walls to the left and to
the right, and the ceiling. x points right, y up; lengths are metres, times seconds, angles radians, counter-clockwise.
"""

import numpy as np

from sakana_envs.core.fields import AGENT_FIELDS, START_FIELDS, WORLD_FIELDS
from sakana_envs.core.structure import Axis, Field, Number

WALLS = 4
"""Polygons that are floor, walls and ceiling."""

CORNERS = 4
"""Corners at most of a polygon."""

MOTORS, THRUSTERS = 4, 2
"""Slots by which motors and thrusters are driven."""

SLOTS = MOTORS + THRUSTERS
ROLES = 4
GREY, GREEN, BLUE, RED = range(ROLES)
"""Roles of bodies; they have no meaning but to a task."""

PIN, WELD = 1, 2
"""Kinds of joints: one turns about a point, the other doesn't. 0: there is none."""

FARTHEST, FASTEST, FASTEST_SPIN = 15.0, 100.0, 50.0
"""Metres from the origin, metres per second and radians per second that no body exceeds, along an axis."""

LARGEST = 20.0
"""Metres that nothing about a body's shape exceeds."""

HEAVIEST = 1e6
"""What inverse masses, friction and the like never exceed."""

MOST_ANGLE = 2.0**16
"""Radians by which nothing is turned farther."""

MOST_POWER = 1e4
"""What speeds and powers of motors and thrusters never exceed."""

SIZES = {
    "agents": Number(1, 1, 1, "agents per world: one drives all motors and thrusters"),
    "polygons": Number(6, WALLS, 64, "polygons, the four walls first"),
    "circles": Number(3, 0, 64, "circles"),
    "joints": Number(2, 0, 64, "joints"),
    "thrusters": Number(2, 0, 64, "thrusters"),
    "frames": Number(2, 1, 4, "steps of motion in a tick, each of 1/60 second"),
    "horizon": Number(256, 1, 2**14, "ticks of an episode"),
}
"""Whole numbers that decide what is allocated. The compiler knows how many bodies, joints and thrusters there are."""

CONSTANTS = ("polygons", "circles", "joints", "thrusters")

NUMBERS = {
    "gravity": Number(1.0, -10.0, 10.0, "what the pull of a level is multiplied by"),
}
"""Real numbers of every world. They never cause a recompilation."""

_BODY = {
    "x": Field("body", np.float32, "metres to the right"),
    "y": Field("body", np.float32, "metres up"),
    "angle": Field("body", np.float32, "radians by which it is turned"),
    "vx": Field("body", np.float32, "metres per second to the right"),
    "vy": Field("body", np.float32, "metres per second up"),
    "spin": Field("body", np.float32, "radians per second"),
    "sine": Field("body", np.float32, "sine of its angle"),
    "cosine": Field("body", np.float32, "cosine of its angle"),
    "inverse_mass": Field("body", np.float32, "one over kilograms; 0: nothing moves it"),
    "inverse_inertia": Field("body", np.float32, "one over kilograms times square metres; 0: nothing turns it"),
    "friction": Field("body", np.float32, "how rough it is"),
    "restitution": Field("body", np.float32, "share of an approach's speed that it gives back"),
    "density": Field("body", np.float32, "kilograms per square metre; for observers only"),
    "radius": Field(
        "body", np.float32, "metres; of a polygon, from its middle to the farthest corner and a little more"
    ),
    "active": Field("body", np.uint8, "1 if it is there"),
    "mode": Field("body", np.uint8, "2: it meets every body; 1: those of 1 and 2; 0: those of 2"),
    "role": Field("body", np.uint8, "0 grey, 1 green, 2 blue, 3 red"),
    "group": Field(
        "body", np.uint8, "bodies with the same number hang together by joints, and pass through one another"
    ),
    "spin_before": Field("body", np.float32, "scratch: its spin before any motor acted"),
}

_POLYGON = {
    "corners": Field("polygon", np.uint8, "how many corners, 3 or 4"),
    "corner_x": Field("polygon", np.float32, "a corner as seen from the middle, unturned; clockwise", CORNERS),
    "corner_y": Field("polygon", np.float32, "the same", CORNERS),
    "face_x": Field("polygon", np.float32, "the direction in which the edge from a corner to the next faces", CORNERS),
    "face_y": Field("polygon", np.float32, "the same", CORNERS),
    "face_at": Field("polygon", np.float32, "how far in that direction the polygon reaches", CORNERS),
    "at_x": Field("polygon", np.float32, "scratch: a corner in the world", CORNERS),
    "at_y": Field("polygon", np.float32, "scratch: the same", CORNERS),
}

_JOINT = {
    "joint": Field("joint", np.uint8, "0: none; 1: a pin, about which bodies turn; 2: a weld"),
    "first": Field("joint", np.uint8, "the first body that it joins"),
    "second": Field("joint", np.uint8, "the second body"),
    "first_x": Field("joint", np.float32, "where it is, as seen from the first body, unturned"),
    "first_y": Field("joint", np.float32, "the same"),
    "second_x": Field("joint", np.float32, "where it is, as seen from the second body, unturned"),
    "second_y": Field("joint", np.float32, "the same"),
    "rest_angle": Field("joint", np.float32, "angle of the second body less the first's that counts as 0"),
    "limited": Field("joint", np.uint8, "1 if that angle has limits"),
    "least_angle": Field("joint", np.float32, "the lower limit"),
    "most_angle": Field("joint", np.float32, "the upper limit"),
    "motor": Field("joint", np.uint8, "1 if a motor turns it"),
    "motor_slot": Field("joint", np.uint8, "by which control, 0 to 3"),
    "motor_speed": Field("joint", np.float32, "how fast, in 6 radians per second"),
    "motor_power": Field("joint", np.float32, "how hard"),
    "pull_x": Field("joint", np.float32, "impulse of the last step, to begin the next with"),
    "pull_y": Field("joint", np.float32, "the same"),
    "twist": Field("joint", np.float32, "angular impulse of a weld in the last step"),
}

_THRUSTER = {
    "thruster": Field("thruster", np.uint8, "1 if it is there"),
    "thrusts": Field("thruster", np.uint8, "the body that it pushes"),
    "thruster_x": Field("thruster", np.float32, "where it is, as seen from the body, unturned"),
    "thruster_y": Field("thruster", np.float32, "the same"),
    "thruster_angle": Field("thruster", np.float32, "where it pushes, as seen from the body"),
    "thruster_power": Field("thruster", np.float32, "how hard, in 10 newtons"),
    "thruster_slot": Field("thruster", np.uint8, "by which control, 0 or 1 of the thrusters'"),
}

_POINT = {
    "touch": Field("point", np.uint8, "1 if there was contact at the last step"),
    "push": Field("point", np.float32, "impulse of that contact, to begin the next step with"),
    "rub": Field("point", np.float32, "impulse of its friction"),
    "contact": Field("point", np.float32, "scratch: what there is to know of a contact", 16),
    "contact_first": Field("point", np.uint8, "scratch: which body a contact pushes away"),
    "contact_second": Field("point", np.uint8, "scratch: and from which one, or the other way round"),
    "contact_holds": Field("point", np.uint8, "scratch: 1 if bodies can't pass there"),
    "found": Field("point", np.int32, "scratch: where there are contacts"),
}

FIELDS = {
    **WORLD_FIELDS,
    "pull": Field("world", np.float32, "metres per second squared to the right, and up", 2),
    "control": Field(
        "world", np.float32, "what is asked of the four motors, -1 to 1, and the two thrusters, 0 to 1", SLOTS
    ),
    "met": Field(
        "world", np.uint8, "step of the tick, from 1, in which bodies of two roles first touched; 0: none", ROLES**2
    ),
    "contacts": Field("world", np.int32, "scratch: pairs in contact: polygons, circle and polygon, circles", 3),
    **_BODY,
    **_POLYGON,
    **_JOINT,
    **_THRUSTER,
    **_POINT,
    **AGENT_FIELDS,
    **START_FIELDS,
}
"""The arrays of every world. A task adds its own under ``memory``."""

EPISODE_STATISTICS = ("episode_return", "score")


def pairs(polygons: int, circles: int) -> tuple[int, int, int]:
    """How many pairs there are: of polygons, but for the walls among themselves, circle and polygon, and of circles."""
    return (
        polygons * (polygons - 1) // 2 - WALLS * (WALLS - 1) // 2,
        polygons * circles,
        circles * (circles - 1) // 2,
    )


def dimensions(constants):
    """What arrays can be per; a point is where two bodies may touch: two polygons have two."""
    polygons, circles = constants["polygons"], constants["circles"]
    of_polygons, mixed, of_circles = pairs(polygons, circles)
    return {
        "agent": (Axis("agents"),),
        "body": (Axis("", polygons + circles),),
        "polygon": (Axis("", polygons),),
        "joint": (Axis("", constants["joints"]),),
        "thruster": (Axis("", constants["thrusters"]),),
        "point": (Axis("", 2 * of_polygons + mixed + of_circles),),
    }
