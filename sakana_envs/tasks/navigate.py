"""Navigate: robots that see by lidar cross a map of blocks, each to a goal of its own, without touching anything.

The map is another in each episode: some square metres are blocks, and robots and goals are in the largest of the rooms
that these leave, so there is always a way. A robot that comes near its goal has arrived, one that touches anything has
crashed; both stand there from then on, in the way of others. Each is paid a share of what it does itself, and else the
mean of all. Constants are those of JaxNav (Rutherford et al., 2024), whose map this is within its border.
"""

import math

import numpy as np
from numba import njit

from sakana_envs.discs.rooms import BLOCK, OPEN, largest_room, list_square, square_of, swap_squares
from sakana_envs.discs.vocabulary import *
from sakana_envs.tasks.task import Task

GOAL, CRASHED, HOME = 1, 2, 4
ARRIVAL, PROGRESS, CRASH, TIME, NEAR = range(5)
RADIUS, REACH = 0.3, 6.0


def init(world):
    """A map with blocks on up to the share ``fill`` of it, drawn evenly; robots and goals in its largest room."""
    blocks = below(world, 0, 0, int(world.fill * (world.height * world.width)) + 1)
    first, size = lay_out(world, blocks)
    while blocks > 0 and size < world.discs:  # no room for all: half as many blocks, at last none
        blocks //= 2
        first, size = lay_out(world, blocks)
    for row in range(world.height):
        for col in range(world.width):
            if world.mark[row, col] == BLOCK:
                place_block(world, col, row)
    for disc in range(world.discs):
        if disc < size:
            swap_squares(world.listed, first + disc, first + disc + below(world, 2, disc, size - disc))
        row, col = square_of(world.listed, first + disc % size)
        x = col + 0.5 + 0.2 * (uniform(world, 3, disc) - 0.5)
        place_disc(world, disc, x, row + 0.5 + 0.2 * (uniform(world, 4, disc) - 0.5))
        world.radius[disc] = RADIUS if disc < world.agents else world.goal_radius
        if disc >= world.agents:
            world.kind[disc], world.solid[disc], world.inverse_mass[disc] = GOAL, 0, 0.0
    goals = world.discs - world.agents
    for agent in range(world.agents):
        look_at(world, agent, 2.0 * math.pi * (uniform(world, 5, agent) - 0.5))
        world.goal[agent] = world.agents + agent % goals if goals > 0 else agent
        world.far[agent] = distance(world, agent, world.goal[agent])


@njit
def lay_out(world, blocks):
    """Mark where so many blocks are to be; where in the list of square metres the largest room begins, and its size."""
    area = world.height * world.width
    for place in range(area):
        list_square(world.listed, place, place // world.width, place % world.width)
        world.mark[place // world.width, place % world.width] = OPEN
    for block in range(blocks):
        swap_squares(world.listed, block, block + below(world, 1, block, area - block))
        row, col = square_of(world.listed, block)
        world.mark[row, col] = BLOCK
    return largest_room(world.mark, world.listed)


@njit
def goal_of(world, agent):
    """The disc that is a robot's goal, one that there is whatever a state says."""
    return min(max(world.goal[agent], 0), world.discs - 1)


def update(world):
    """Who crashes, arrives, comes nearer or too near, and the means of that; who is done stands still."""
    world.moving[0] = 0
    for term in range(5):
        world.mean[term] = 0.0
    for agent in range(world.agents):
        for term in range(5):
            world.own[agent, term] = 0.0
        if world.kind[agent] == AGENT:
            far = np.float64(distance(world, agent, goal_of(world, agent)))
            world.own[agent, PROGRESS] = world.far[agent] - far
            world.own[agent, TIME] = 1.0
            world.own[agent, NEAR] = np.float64(clearance(world, agent)) <= world.margin
            world.far[agent] = far
            if world.bumped[agent] != 0:
                world.kind[agent] = CRASHED
                world.own[agent, CRASH] = 1.0
            elif far <= world.goal_radius:
                world.kind[agent] = HOME
                world.own[agent, ARRIVAL] = 1.0
            else:
                world.moving[0] += 1
        for term in range(5):
            world.mean[term] += world.own[agent, term] / world.agents
    for agent in range(world.agents):
        if world.kind[agent] != AGENT:
            world.inverse_mass[agent] = 0.0
            world.vx[agent], world.vy[agent], world.spin[agent] = 0.0, 0.0, 0.0


@njit
def shared(world, agent, term):
    """``own_share`` of what a robot did, and for the rest the mean over robots."""
    return world.own_share * world.own[agent, term] + (1.0 - world.own_share) * world.mean[term]


def goal(world, agent):
    """``goal_reward`` as a robot arrives."""
    return world.goal_reward * shared(world, agent, ARRIVAL)


def progress(world, agent):
    """``progress_weight`` for each metre by which it comes nearer to its goal."""
    return world.progress_weight * shared(world, agent, PROGRESS)


def crash(world, agent):
    """Less ``crash_cost`` as it touches a wall, a block or another robot."""
    return -world.crash_cost * shared(world, agent, CRASH)


def time(world, agent):
    """Less ``time_cost`` in each tick until it has arrived or crashed."""
    return -world.time_cost * shared(world, agent, TIME)


def near(world, agent):
    """Less ``near_cost`` in each of these in which anything is at most ``margin`` from its edge."""
    return -world.near_cost * shared(world, agent, NEAR)


def terminated(world, agent):
    """All robots have arrived or crashed."""
    return world.moving[0] == 0


def score(world, agent):
    """1 for a robot that arrived without a crash, else 0."""
    return world.kind[agent] == HOME


def where_to(world, agent, out):
    """The direction of the goal, ahead and to the left; how far it is, over ``reach``, at most 1; 1 if it is done."""
    goal = goal_of(world, agent)
    dx, dy = world.x[goal] - world.x[agent], world.y[goal] - world.y[agent]
    far = max(square_root(dx * dx + dy * dy), np.float32(1e-6))
    out[0] = (dx * world.hx[agent] + dy * world.hy[agent]) / far
    out[1] = (dy * world.hx[agent] - dx * world.hy[agent]) / far
    out[2] = min(far / np.float32(world.reach), np.float32(1.0))
    out[3] = world.kind[agent] != AGENT


@njit
def scripted(view, draw):
    """Go where the way there and from there on to the goal is shortest, as far as it is seen; slowly beside things."""
    rays = view.size - 7
    lidar, spin = view[:rays], np.float64(view[rays + 2])
    if view[rays + 6] > 0.0:
        return 2
    goal_far = REACH * np.float64(view[rays + 5])
    goal_x, goal_y = goal_far * np.float64(view[rays + 3]), goal_far * np.float64(view[rays + 4])
    best, ahead, left = np.inf, 1.0, 0.0
    for direction in range(33):
        dx, dy, most = np.float64(view[rays + 3]), np.float64(view[rays + 4]), goal_far
        if direction > 0:
            sine, cosine = sine_cosine(np.float32(2.0 * math.pi * direction / 32.0))
            dx, dy, most = np.float64(cosine), np.float64(sine), REACH
        free = free_way(lidar, REACH, 0.0, 0.0, dx, dy, RADIUS + 0.05, most)
        kept = 0.8 if abs(spin) > 0.05 and spin * dy > 0.0 else 0.0  # a turn that has begun is finished
        for part in range(1, 5):
            way = free * part / 4.0
            x, y = goal_x - way * dx, goal_y - way * dy
            rest = math.sqrt(x * x + y * y) + 1e-6
            cost = way + rest + 0.5 * (1.0 - dx) - kept
            if way > 0.25 and cost < best:
                seen = free_way(lidar, REACH, way * dx, way * dy, x / rest, y / rest, RADIUS + 0.05, rest)
                cost += 3.0 if seen < rest - 0.4 else 0.0
                if cost < best:
                    best, ahead, left = cost, dx, dy
    room = free_way(lidar, REACH, 0.0, 0.0, 1.0, 0.0, RADIUS + 0.02, REACH)
    pace = 2 if ahead > 0.94 and room > 1.0 else 1 if ahead > 0.8 and room > 0.2 else 0
    hard = 0 if abs(left) < 0.06 and ahead > 0.0 else 1 if abs(left) < 0.25 and ahead > 0.0 else 2
    return 5 * pace + 2 + (hard if left >= 0.0 else -hard)


COMMON = {"width": 9, "height": 9, "reach": REACH, "top_spin": 0.6, "horizon": 500}
TEAM = {"agents": 4, "discs": 8, "rays": 200, **COMMON}
SINGLE = {"agents": 1, "discs": 2, "rays": 200, **COMMON}
TASK = Task(
    name="Navigate",
    description="Robots that see by lidar go to their goals through maps of blocks, without touching anything.",
    engine=DISCS,
    init=init,
    update=update,
    reward={"goal": goal, "progress": progress, "crash": crash, "time": time, "near": near},
    terminated=terminated,
    score=score,
    features=where_to,
    feature_names={
        "goal_ahead": (-1.0, 1.0),
        "goal_left": (-1.0, 1.0),
        "goal_distance": (0.0, 1.0),
        "done": (0.0, 1.0),
    },
    scripted=scripted,
    kinds={AGENT: "robot", GOAL: "goal", CRASHED: "crashed robot", HOME: "arrived robot"},
    senses=(rays(("walls", AGENT, CRASHED, HOME), ahead=True), own("motion", "spin")),
    actions=UNICYCLE,
    numbers={
        "fill": Number(0.3, 0.0, 1.0, "share of the map on which blocks stand, at most"),
        "goal_radius": Number(0.5, 0.01, 100.0, "metres from its goal's middle at which a robot has arrived"),
        "margin": Number(0.1, 0.0, 1.0, "metres from a robot's edge to what is too near, at most"),
        "own_share": Number(0.5, 0.0, 1.0, "share of its reward that is its own; the rest is the mean over robots"),
        "goal_reward": Number(4.0, 0.0, 1e3, "reward of arriving"),
        "progress_weight": Number(0.25, 0.0, 1e3, "reward of a metre nearer to the goal"),
        "crash_cost": Number(4.0, 0.0, 1e3, "price of a crash"),
        "time_cost": Number(0.01, 0.0, 1e3, "price of a tick"),
        "near_cost": Number(0.1, 0.0, 1e3, "price of a tick too near to something"),
    },
    memory={
        "goal": Field("agent", np.int32, "the disc that is its goal"),
        "far": Field("agent", np.float64, "metres to its goal"),
        "own": Field(
            "agent", np.float64, "what it did in this tick: arrival, metres nearer, crash, a tick, too near", 5
        ),
        "mean": Field("world", np.float64, "the means of these over robots", 5),
        "moving": Field("world", np.int32, "robots that have neither arrived nor crashed"),
        "mark": Field("block", np.uint8, "as the map is made: 0 a block, 1 open, 2 open and in the list"),
        "listed": Field("block", np.int32, "the list of these, room by room: numbers, from the lowest row on"),
    },
    presets={
        "default": TEAM,
        "team": TEAM,
        "single": SINGLE,
        "rays32": {**SINGLE, "rays": 32},
    },
)
