"""Laying a world out: what a task's ``init`` calls, or its ``update``. All check bounds, and none overwrites.

Rows and columns here are those of the map, without its border: (0, 0) is the first cell inside it.
"""

import math

import numpy as np

from sakana_envs.core import rng
from sakana_envs.core.inner import seldom
from sakana_envs.core.lives import lives
from sakana_envs.grid import streams
from sakana_envs.grid.dynamics import cell_at
from sakana_envs.grid.life import put_agent
from sakana_envs.grid.tiles import AGENT, EMPTY, FOOD, WALL

_TRIES = 64


@seldom
def code_at(world, row, col):
    """The code of the cell (row, col); cells outside the map are ``WALL``."""
    if row < 0 or row >= world.height or col < 0 or col >= world.width:
        return WALL
    return int(world.cells[row + world.radius, col + world.radius])


@seldom
def count_near(world, row, col, reach, code):
    """How many cells at most ``reach`` rows and columns from (row, col), that one too, show ``code``."""
    found = 0
    for near_row in range(row - reach, row + reach + 1):
        for near_col in range(col - reach, col + reach + 1):
            found += code_at(world, near_row, near_col) == code
    return found


@seldom
def place_agent(world, agent, row, col):
    """Move a living agent into the middle of the cell (row, col) if that is empty. Returns whether it did.

    The cell where it was before, if it was on the map, is empty then.
    """
    if code_at(world, row, col) != EMPTY or not lives(world, agent):
        return False
    if world.row[agent] >= 0.0:
        world.codes[world.cell[agent]] = EMPTY
    put_agent(world, agent, cell_at(world, row, col))
    return True


@seldom
def set_kind(world, agent, kind):
    """Give an agent another kind (0..3), which its cell shows from now on."""
    world.kind[agent] = kind
    if world.row[agent] >= 0.0:
        world.codes[world.cell[agent]] = AGENT + kind


@seldom
def place_food(world, row, col):
    """Put food in the cell (row, col) if that is empty. Returns whether it did."""
    if code_at(world, row, col) != EMPTY:
        return False
    world.cells[row + world.radius, col + world.radius] = FOOD
    world.food[0] += 1
    return True


@seldom
def place_wall(world, row, col):
    """Put a wall in the cell (row, col) if that is empty. Returns whether it did."""
    if code_at(world, row, col) != EMPTY:
        return False
    world.cells[row + world.radius, col + world.radius] = WALL
    return True


@seldom
def clear_cell(world, row, col):
    """Empty the cell (row, col) if it has food or a wall. Returns whether it had. Food doesn't grow again elsewhere."""
    code = code_at(world, row, col)
    inside = row >= 0 and row < world.height and col >= 0 and col < world.width
    if not inside or (code != FOOD and code != WALL):
        return False
    world.cells[row + world.radius, col + world.radius] = EMPTY
    if code == FOOD:
        world.food[0] -= 1
    return True


@seldom
def spawn_uniform(world):
    """Put every agent at a random empty cell: of the map's spawn cells, or of the whole map if it names none."""
    spawn_cells = len(world.spawn_cells)
    places = spawn_cells if spawn_cells > 0 else world.height * world.width
    for agent in range(world.agents):
        placed = False
        place = 0
        for attempt in range(_TRIES):
            place = rng.below(world, streams.SPAWN, (attempt << 32) + agent, places)
            placed = _place_at(world, agent, place)
            if placed:
                break
        if not placed:
            # A crowded map: take the first empty place after the last one that was drawn.
            for step in range(1, places):
                if _place_at(world, agent, (place + step) % places):
                    break


@seldom
def _place_at(world, agent, place):
    """Put an agent at the spawn cell number ``place``, or at that cell of the map in reading order."""
    if len(world.spawn_cells) > 0:
        columns = world.width + 2 * world.radius
        cell = world.spawn_cells[place]
        return place_agent(world, agent, cell // columns - world.radius, cell % columns - world.radius)
    return place_agent(world, agent, place // world.width, place % world.width)


@seldom
def spawn_crowd(world, row, col, free_rows=0):
    """Put the agents on the empty cells nearest to the map cell (row, col), ring by ring (Chebyshev distance).

    With ``free_rows`` so many rows stay free between those that are taken, until no others have room.
    """
    agent = 0
    for apart in (1 + max(int(free_rows), 0), 1):
        for ring in range(max(world.height, world.width)):
            for near_row in range(row - ring, row + ring + 1):
                if (near_row - row) % apart != 0:
                    continue
                inner = abs(near_row - row) < ring
                for near_col in range(col - ring, col + ring + 1, 2 * ring if inner else 1):
                    if agent < world.agents and place_agent(world, agent, near_row, near_col):
                        agent += 1
            if agent == world.agents:
                return


@seldom
def spawn_lattice(world):
    """Put the agents on an evenly spaced lattice over the map, in reading order."""
    rows = max(1, int(math.ceil(math.sqrt(world.agents * world.height / world.width))))
    cols = (world.agents + rows - 1) // rows
    for agent in range(world.agents):
        row = (2 * (agent // cols) + 1) * world.height // (2 * rows)
        col = (2 * (agent % cols) + 1) * world.width // (2 * cols)
        place_agent_near(world, agent, row, col)


@seldom
def spawn_sides(world):
    """Put the kinds on opposite sides: even kinds at random in the left quarter of the map, odd ones in the right."""
    quarter = max(1, world.width // 4)
    for agent in range(world.agents):
        first = world.width - quarter if world.kind[agent] % 2 else 0
        row = rng.below(world, streams.SPAWN, 2 * agent, world.height)
        col = first + rng.below(world, streams.SPAWN, 2 * agent + 1, quarter)
        place_agent_near(world, agent, row, col)


@seldom
def place_agent_near(world, agent, row, col):
    """Put an agent on the empty cell nearest to the map cell (row, col). Returns whether there was one."""
    for ring in range(max(world.height, world.width)):
        for near_row in range(row - ring, row + ring + 1):
            inner = abs(near_row - row) < ring
            for near_col in range(col - ring, col + ring + 1, 2 * ring if inner else 1):
                if place_agent(world, agent, near_row, near_col):
                    return True
    return False


@seldom
def scatter_food(world):
    """Put food on each empty cell with probability ``world.food_density``."""
    # Without a branch, so that the loop becomes wide: it goes over every cell of the map.
    placed = 0
    for row in range(world.height):
        first = cell_at(world, row, 0)
        for col in range(world.width):
            drawn = rng.uniform(world, streams.SCATTER, row * world.width + col) < world.food_density
            code = world.codes[np.uint64(first + col)]
            food = drawn & (code == EMPTY)
            world.codes[np.uint64(first + col)] = FOOD if food else code
            placed += np.int64(food)
    world.food[0] += placed


@seldom
def spawn_among_food(world):
    """Agents at random empty cells, food on a share ``food_density`` of the others."""
    spawn_uniform(world)
    scatter_food(world)
