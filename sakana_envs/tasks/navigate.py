"""Navigate: robots that see by lidar cross a map of blocks, each to a goal of its own, without touching anything.

The map is another in each episode: some square metres are blocks, and robots and goals are in the largest of the rooms
that these leave, so there is always a way. A robot that comes near its goal has arrived, one that touches anything has
crashed; both stand there from then on, in the way of others. Each is paid a share of what it does itself, and else the
mean of all. Constants are those of JaxNav (Rutherford et al., 2024), whose map this is within its border.
"""

import math

import numpy as np
from numba import njit

from sakana_envs.discs.vocabulary import *
from sakana_envs.tasks.task import Task

GOAL, CRASHED, HOME = 1, 2, 4
ARRIVAL, PROGRESS, CRASH, TIME, NEAR = range(5)
RADIUS, REACH = 0.3, 6.0
WALL, OPEN, REACHED = 0, 1, 2
HALF, ONE = np.float32(0.5), np.float32(1.0)


def init(world):
    """A map with blocks on up to the share ``fill`` of it, drawn evenly; robots and goals in its largest room."""
    blocks = below(world, 0, 0, int(world.fill * (world.height * world.width)) + 1)
    first, size = lay_out(world, blocks)
    while blocks > 0 and size < world.discs:  # no room for all: half as many blocks, at last none
        blocks //= 2
        first, size = lay_out(world, blocks)
    for row in range(world.height):
        for col in range(world.width):
            if world.mark[row, col] == WALL:
                place_block(world, col, row)
    for disc in range(world.discs):
        if disc < size:
            swap(world, first + disc, first + disc + below(world, 2, disc, size - disc))
        row, col = cell(world, first + disc % size)
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
def cell(world, place):
    """Row and column of the square metre that stands at a place of the list."""
    number = world.cells[place // world.width, place % world.width]
    return number // world.width, number % world.width


@njit
def put(world, place, number):
    """Write the number of a square metre at a place of the list."""
    world.cells[place // world.width, place % world.width] = number


@njit
def swap(world, place, other):
    """Exchange two places of the list."""
    (row, col), (other_row, other_col) = cell(world, place), cell(world, other)
    put(world, place, other_row * world.width + other_col)
    put(world, other, row * world.width + col)


@njit
def lay_out(world, blocks):
    """Mark where blocks are to be; list what is open, room by room: where the largest one begins, and how large it is."""
    area = world.height * world.width
    for place in range(area):
        put(world, place, place)
        world.mark[place // world.width, place % world.width] = OPEN
    for block in range(blocks):
        swap(world, block, block + below(world, 1, block, area - block))
        row, col = cell(world, block)
        world.mark[row, col] = WALL
    first, size, end = 0, 0, 0
    for place in range(area):
        begin = end
        end = reach(world, place // world.width, place % world.width, end)
        seen = begin
        while seen < end:  # what is reached waits in the list for its neighbours to be looked at
            row, col = cell(world, seen)
            for side in range(4):
                up, right = (1 - side if side % 2 == 0 else 0), (2 - side if side % 2 == 1 else 0)
                end = reach(world, row + up, col + right, end)
            seen += 1
        if end - begin > size:
            first, size = begin, end - begin
    return first, size


@njit
def reach(world, row, col, end):
    """Append a square metre to the list if it is open and not yet in it; where the list ends then."""
    inside = 0 <= row < world.height and 0 <= col < world.width
    if inside and world.mark[row, col] == OPEN:
        world.mark[row, col] = REACHED
        put(world, end, row * world.width + col)
        return end + 1
    return end


@njit
def room(world, agent):
    """Metres from a robot's edge to the nearest block, wall or other robot; less than a metre off, else some more."""
    x, y, least = world.x[agent], world.y[agent], ONE + world.radius[agent]
    if world.walls > 0.0:
        least = min(least, x, y, np.float32(world.width) - x, np.float32(world.height) - y)
    for row in range(max(0, int(y) - 1), min(world.height, int(y) + 2)):
        for col in range(max(0, int(x) - 1), min(world.width, int(x) + 2)):
            if world.block[row, col] != 0:
                dx = abs(x - (np.float32(col) + HALF)) - HALF
                dy = abs(y - (np.float32(row) + HALF)) - HALF
                dx, dy = max(dx, np.float32(0.0)), max(dy, np.float32(0.0))
                least = min(least, square_root(dx * dx + dy * dy))
    for other in range(world.agents):
        if other != agent:
            least = min(least, distance(world, agent, other) - world.radius[other])
    return least - world.radius[agent]


@njit
def goal_of(world, agent):
    """The disc that is a robot's goal."""
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
            world.own[agent, NEAR] = np.float64(room(world, agent)) <= world.margin
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
    out[2] = min(far / np.float32(world.reach), ONE)
    out[3] = world.kind[agent] != AGENT


@njit
def free_way(view, rays, x, y, ahead, left, gap, most):
    """How many metres a robot can go from (x, y) along (ahead, left), ``gap`` off all that is seen; ``most`` at most."""
    wide = RADIUS + gap
    cosine, sine = 1.0, 0.0
    sine_cosine_of_turn = sine_cosine(np.float32(2.0 * math.pi / rays))
    turn_sine, turn_cosine = np.float64(sine_cosine_of_turn[0]), np.float64(sine_cosine_of_turn[1])
    for ray in range(rays):
        if view[ray] < 1.0:
            far = REACH * np.float64(view[ray])
            dx, dy = far * cosine - x, far * sine - y
            along, across = dx * ahead + dy * left, dy * ahead - dx * left
            if along > 0.0 and abs(across) < wide:
                most = min(most, max(0.0, along - math.sqrt(wide * wide - across * across)))
        cosine, sine = cosine * turn_cosine - sine * turn_sine, sine * turn_cosine + cosine * turn_sine
    return most


@njit
def scripted(view, draw):
    """Go where the way there and from there on to the goal is shortest, as far as it is seen; slowly beside things."""
    rays = view.size - 7
    if view[rays + 6] > 0.0:
        return 2
    goal_far = REACH * np.float64(view[rays + 5])
    goal_x, goal_y = goal_far * np.float64(view[rays + 3]), goal_far * np.float64(view[rays + 4])
    best, ahead, left = np.inf, 1.0, 0.0
    for direction in range(33):
        sine, cosine = sine_cosine(np.float32(2.0 * math.pi * direction / 32.0))
        dx, dy, most = np.float64(cosine), np.float64(sine), REACH
        if direction == 32:
            dx, dy, most = np.float64(view[rays + 3]), np.float64(view[rays + 4]), goal_far
        free = free_way(view, rays, 0.0, 0.0, dx, dy, 0.05, most)
        for part in range(1, 5):
            way = free * part / 4.0
            x, y = goal_x - way * dx, goal_y - way * dy
            rest = math.sqrt(x * x + y * y) + 1e-6
            on = free_way(view, rays, way * dx, way * dy, x / rest, y / rest, 0.05, rest)
            cost = way + rest + (3.0 if on < rest - 0.4 else 0.0) + 0.5 * (1.0 - dx)
            if way > 0.25 and cost < best:
                best, ahead, left = cost, dx, dy
    room = free_way(view, rays, 0.0, 0.0, 1.0, 0.0, 0.02, REACH)
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
        "own": Field("agent", np.float64, "what it did in this tick: arrival, metres nearer, crash, a tick, too near", 5),
        "mean": Field("world", np.float64, "the means of these over robots", 5),
        "moving": Field("world", np.int32, "robots that have neither arrived nor crashed"),
        "mark": Field("block", np.uint8, "as the map is made: 0 a block, 1 open, 2 open and in the list"),
        "cells": Field("block", np.int32, "the list: numbers of square metres, from the lowest row on"),
    },
    presets={
        "default": TEAM,
        "team": TEAM,
        "single": SINGLE,
        "rays32": {**SINGLE, "rays": 32},
    },
)
