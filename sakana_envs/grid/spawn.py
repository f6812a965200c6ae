"""Laying a world out: what a task's ``init`` calls. Every function checks bounds and never overwrites.

Rows and columns here are those of the map, without its border: (0, 0) is the first cell inside it.
"""

from numba import njit

from sakana_envs.grid import rng
from sakana_envs.grid.dynamics import cell_at, put_agent
from sakana_envs.grid.tiles import EMPTY, FOOD, WALL

_TRIES = 64


@njit
def code_at(world, row, col):
    """The code of the cell (row, col); cells outside the map are ``WALL``."""
    if row < 0 or row >= world.height or col < 0 or col >= world.width:
        return WALL
    return int(world.cells[row + world.radius, col + world.radius])


@njit
def place_agent(world, agent, row, col):
    """Put an agent in the middle of the cell (row, col) if that is empty. Returns whether it did."""
    if code_at(world, row, col) != EMPTY:
        return False
    put_agent(world, agent, cell_at(world, row, col))
    return True


@njit
def place_food(world, row, col):
    """Put food in the cell (row, col) if that is empty. Returns whether it did."""
    if code_at(world, row, col) != EMPTY:
        return False
    world.cells[row + world.radius, col + world.radius] = FOOD
    world.food[0] += 1
    return True


@njit
def place_wall(world, row, col):
    """Put a wall in the cell (row, col) if that is empty. Returns whether it did."""
    if code_at(world, row, col) != EMPTY:
        return False
    world.cells[row + world.radius, col + world.radius] = WALL
    return True


@njit
def spawn_uniform(world):
    """Put every agent at a random empty cell of the map. Agents that find none stay unplaced."""
    cells = world.height * world.width
    for agent in range(world.agents):
        for attempt in range(_TRIES):
            place = rng.below(world, rng.SPAWN, (attempt << 32) + agent, cells)
            if place_agent(world, agent, place // world.width, place % world.width):
                break
        else:
            # A crowded map: take the first empty cell after the last one that was drawn.
            for step in range(cells):
                near = (place + step) % cells
                if place_agent(world, agent, near // world.width, near % world.width):
                    break


@njit
def scatter_food(world):
    """Put food on each empty cell with probability ``world.food_density``."""
    for row in range(world.height):
        for col in range(world.width):
            if rng.uniform(world, rng.SCATTER, row * world.width + col) < world.food_density:
                place_food(world, row, col)
