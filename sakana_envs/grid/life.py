"""What happens in a world by itself: food grows again, lives end, agents appear."""

import numpy as np

from sakana_envs.core import rng
from sakana_envs.core.inner import inner, seldom
from sakana_envs.core.lives import lives
from sakana_envs.grid import streams
from sakana_envs.grid.dynamics import cell_at
from sakana_envs.grid.occupants import occupy
from sakana_envs.grid.tiles import AGENT, EMPTY, FOOD, MARK_SHIFT

_REBIRTH_ROUNDS = 16
_CLAIMED = EMPTY | (1 << MARK_SHIFT)
_CONTESTED = EMPTY | (2 << MARK_SHIFT)


@inner
def grow_food(world):
    """Let eaten food grow again: each tries one random cell a tick and takes it if it is empty."""
    missing = world.missing_food[0] if world.food_regrowth > 0.0 else 0  # else a draw for each, all in vain
    for attempt in range(missing):
        if world.food_regrowth < 1.0 and rng.uniform(world, streams.GROW_CHANCE, attempt) >= world.food_regrowth:
            continue
        cell = _random_cell(world, streams.GROW_PLACE, attempt)
        if world.codes[cell] == EMPTY:
            world.codes[cell] = FOOD
            world.food[0] += 1
            world.missing_food[0] -= 1


@inner
def respawn(world):
    """End each agent's life with probability 1 / lifespan; it appears at a random empty cell.

    All who are born again in a tick propose cells together; a cell that several want is drawn again by all of
    them, so no index is favoured. Who finds none in sixteen rounds lives on where it is.
    """
    if world.lifespan <= 0.0:
        return
    for agent in range(world.agents):
        world.respawned[agent] = 0
    waiting = 0
    for agent in range(world.agents):
        drawn = rng.uniform(world, streams.DEATH, np.int64(world.cell[agent]))
        if drawn * world.lifespan < 1.0 and lives(world, agent):
            world.queue[waiting] = agent
            waiting += 1
    for attempt in range(_REBIRTH_ROUNDS):
        if waiting == 0:
            return
        for position in range(waiting):
            cell = _birthplace(world, world.queue[position], attempt)
            if world.codes[cell] == EMPTY:
                world.codes[cell] = _CLAIMED
            elif world.codes[cell] == _CLAIMED:
                world.codes[cell] = _CONTESTED
        left = 0
        for position in range(waiting):
            agent = np.int64(world.queue[position])
            cell = _birthplace(world, agent, attempt)
            if world.codes[cell] == _CLAIMED:
                world.codes[world.cell[agent]] = EMPTY
                put_agent(world, agent, cell)
                world.respawned[agent] = 1
                world.respawns[agent] += 1
            else:
                world.queue[left] = agent
                left += 1
        waiting = left
        for position in range(waiting):
            cell = _birthplace(world, world.queue[position], attempt)
            if world.codes[cell] == _CONTESTED:
                world.codes[cell] = EMPTY


@inner
def put_agent(world, agent, cell):
    """Set an agent into the middle of a cell, which the caller knows to be free."""
    columns = world.width + 2 * world.radius
    world.codes[cell] = AGENT + world.kind[agent]
    world.cell[agent] = cell
    world.velocity_row[agent] = 0.0
    world.velocity_col[agent] = 0.0
    occupy(world, cell, agent)
    world.row[agent] = cell // columns - world.radius + 0.5
    world.col[agent] = cell % columns - world.radius + 0.5


@seldom
def _birthplace(world, agent, attempt):
    """The cell where an agent whose life ended would appear: a spawn cell, if the map names some."""
    index = (attempt << 32) + np.int64(world.cell[agent])
    if len(world.spawn_cells) > 0:
        return world.spawn_cells[rng.below(world, streams.REBIRTH, index, len(world.spawn_cells))]
    return _random_cell(world, streams.REBIRTH, index)


@inner
def _random_cell(world, stream, index):
    """A random cell of the map, as a flat index."""
    place = rng.below(world, stream, index, world.height * world.width)
    return cell_at(world, place // world.width, place % world.width)
