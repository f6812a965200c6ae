"""What a world of discs consists of: its sizes, its numbers, its arrays.

x points right, y up; lengths are metres, times seconds, angles radians, counter-clockwise. The world's place is
[0, width] x [0, height].
"""

import numpy as np

from sakana_envs.core.fields import AGENT_FIELDS, START_FIELDS, WORLD_FIELDS
from sakana_envs.core.structure import Axis, Field, Number

KINDS = 8
FARTHEST = 2.0**20
"""Metres from the origin beyond which nothing moves."""

FASTEST = 2.0**14
"""Metres per second that nothing exceeds."""

LARGEST = 1e30
"""What spins, limits of speed and inverse masses never exceed."""

STRONGEST = 1e18
"""Newtons at most, or metres per second, that an action of 1 means: float32 has room for their squares."""

SMALLEST = float(np.float32(1e-30))
"""What a radius, and an inverse mass that isn't 0, is at least: with less, impulses weren't finite."""

_MOST = 2**16
"""Discs of a world: some rules look at all of them for each, which takes seconds with so many, and hours with more."""

SIZES = {
    "agents": Number(8, 1, _MOST, "agents per world"),
    "discs": Number(8, 1, _MOST, "all discs, agents first"),
    "height": Number(2, 1, 4096, "metres from the lower wall to the upper one"),
    "width": Number(2, 1, 4096, "metres from the left wall to the right one"),
    "substeps": Number(1, 1, 64, "steps of motion in a tick"),
    "neighbours": Number(3, 1, 1024, "how many discs the sense nearest finds, unless it says"),
    "rays": Number(12, 1, 1024, "in how many directions the sense rays looks"),
    "horizon": Number(512, 1, 2**31 - 1, "ticks of an episode"),
}
"""Whole numbers that decide what is allocated. Only ``neighbours`` and ``rays`` are known to the compiler."""

NUMBERS = {
    "dt": Number(0.1, 1e-6, 10.0, "seconds of a tick"),
    "walls": Number(1.0, 0.0, 1.0, "1: walls round the world; 0: none, discs go as far as they like"),
    "bounce": Number(1.0, 0.0, 1.0, "share of its speed that an elastic disc keeps at a wall or a block"),
    "stiffness": Number(100.0, 0.0, 1e6, "force in newtons for each metre by which discs overlap"),
    "top_spin": Number(1.0, 0.0, 1e3, "radians per second that an agent turns by an action of 1"),
    "acceleration": Number(1.0, 0.0, 1e6, "metres per second squared by which an agent on a wheel changes its speed"),
    "spin_acceleration": Number(1.0, 0.0, 1e6, "radians per second squared by which it changes its spin"),
    "reach": Number(1.0, 1e-6, FARTHEST, "metres that the sense rays sees, unless it says"),
    "softness": Number(0.001, 1e-6, 1.0, "metres around touch over which that force sets in"),
}
"""Real numbers of every world. They never cause a recompilation."""

_DISC = {
    "x": Field("disc", np.float32, "metres to the right"),
    "y": Field("disc", np.float32, "metres up"),
    "vx": Field("disc", np.float32, "metres per second to the right"),
    "vy": Field("disc", np.float32, "metres per second up"),
    "radius": Field("disc", np.float32, "metres"),
    "inverse_mass": Field("disc", np.float32, "one over kilograms; 0: nothing moves it"),
    "drag": Field("disc", np.float32, "share of its velocity that it loses in a tick"),
    "elasticity": Field("disc", np.float32, "share of an approach's speed that two discs give back, each its factor"),
    "top_speed": Field("disc", np.float32, "metres per second at most; 0: no limit"),
    "axis_speed": Field("disc", np.float32, "metres per second at most along x, and along y; 0: no limit"),
    "fx": Field("disc", np.float32, "scratch: force to the right; then, among obstacles, where a disc came from"),
    "fy": Field("disc", np.float32, "scratch: force up; then the same"),
    "kind": Field("disc", np.uint8, "kind (colour), 0..7"),
    "solid": Field("disc", np.uint8, "bits: the kinds that it meets, if they meet its own; walls it always meets"),
}

FIELDS = {
    **WORLD_FIELDS,
    **_DISC,
    "hx": Field("agent", np.float32, "where the agent looks: cosine of its heading"),
    "hy": Field("agent", np.float32, "sine of its heading"),
    "spin": Field("agent", np.float32, "radians per second by which the heading turns"),
    "push_x": Field("agent", np.float32, "newtons to the right that its action is"),
    "push_y": Field("agent", np.float32, "newtons up"),
    "power": Field("agent", np.float32, "what an action of length 1 means: newtons, or metres per second"),
    "top_push": Field("agent", np.float32, "newtons at most that an action is, however long; 0: no limit"),
    "reward": AGENT_FIELDS["reward"],
    "bumped": Field("agent", np.uint8, "event: 1 if a wall, a block or a disc pushed or held it this tick"),
    "terminated": AGENT_FIELDS["terminated"],
    "episode_return": AGENT_FIELDS["episode_return"],
    "bumps": Field("agent", np.int32, "ticks in which something pushed or held it since the episode began"),
    "score": AGENT_FIELDS["score"],
    **START_FIELDS,
    "has_blocks": Field("world", np.uint8, "1 if there are blocks"),
    "obstacles": Field("disc", np.int32, "scratch: the discs that don't move"),
    "contacts": Field("disc", np.int32, "scratch: with how many a disc collides"),
    "near": Field("disc", np.int32, "scratch: which are near one, or were held"),
    "square": Field("disc", np.int32, "scratch: where many discs are sorted, the square of each"),
    "by_square": Field("disc", np.int32, "scratch: discs in the order of their squares"),
    "first_in": Field("square", np.int32, "scratch: where in that order a square begins"),
    "squares": Field(
        "world", np.float32, "scratch: where the squares begin, how many to the metre, the largest radius", 5
    ),
    "block": Field("block", np.uint8, "1 where a block of one square metre stands"),
}
"""The arrays of every world, agents' entries first. A task adds its own under ``memory``."""

EPISODE_STATISTICS = ("episode_return", "bumps", "score")


def dimensions(constants):
    """What arrays can be per: agent, disc (agents and others), square of many discs, block (height, width)."""
    return {
        "agent": (Axis("agents"),),
        "disc": (Axis("discs"),),
        "square": (Axis("discs", 1),),
        "block": (Axis("height"), Axis("width")),
    }
