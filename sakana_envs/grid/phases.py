"""The phases of a tick of a world of cells."""

import numpy as np

from sakana_envs.core import faults, rng
from sakana_envs.core.acting import compile_act, storing
from sakana_envs.core.actions import Actions
from sakana_envs.core.compose import write_nothing
from sakana_envs.core.engine import Phases
from sakana_envs.core.inner import inner, seldom
from sakana_envs.core.lives import lives
from sakana_envs.core.step import Rules
from sakana_envs.core.structure import Structure
from sakana_envs.grid import dynamics, life, wrongs
from sakana_envs.grid.features import compile_features
from sakana_envs.grid.layers import copy_all
from sakana_envs.grid.occupants import vacate
from sakana_envs.grid.places import MANY, RENEWAL, renew_places
from sakana_envs.grid.sensors import copy_window, fetch_windows, window_length
from sakana_envs.grid.tiles import EMPTY, FOOD, WALL

WANDER_TICKS = 16
"""Ticks for which a scripted agent's wandering direction stays the same."""


def wander(view, window, wander, draw):
    """Wander, without looking."""
    return wander


def compile_phases(rules: Rules, actions: Actions, structure: Structure) -> Phases:
    """The phases of worlds whose agents act so, and sense the layers and features of a task's rules."""
    radius = structure.constants["radius"]
    aim = storing(dynamics.aim, len(actions.coordinates)) if "action" in structure.fields else dynamics.aim
    act = compile_act(actions, aim)
    features, scripted = rules.features or write_nothing, rules.scripted
    motions = len(actions.table)
    copy_layers = copy_all(tuple(rules.senses.layers), radius)
    window = window_length(radius)
    write_features = compile_features(features, rules.senses, structure.constants)

    @seldom
    def begin(world):
        """The bare map, and agents that are nowhere."""
        for cell in range(world.codes.size):
            world.codes[cell] = WALL
        for row in range(radius, radius + world.height):
            for col in range(radius, radius + world.width):
                world.cells[row, col] = EMPTY
        for cell in world.wall_cells:
            world.codes[cell] = WALL
        for cell in world.food_cells:
            world.codes[cell] = FOOD
        vacate(world)
        world.food[0] = len(world.food_cells)
        world.missing_food[0] = 0
        for agent in range(world.agents):
            world.kind[agent] = 0
            world.pace[agent] = 1.0
            world.row[agent] = -1.0
            world.velocity_row[agent] = 0.0
            world.velocity_col[agent] = 0.0
            world.cell[agent] = dynamics.cell_at(world, 0, 0)
            world.ate[agent] = 0
            world.bumped[agent] = 0
            world.respawned[agent] = 0

    @seldom
    def settle(world, rule):
        """Find the order in which agents look around, and whether each has a place."""
        renew_places(world)
        unplaced = 0
        for agent in range(world.agents):
            unplaced += lives(world, agent) and world.row[agent] < 0.0
        if unplaced > 0:
            faults.note(world, wrongs.UNPLACED, unplaced, rule)

    @inner
    def intend(world, twin, choices, vectors, row):
        """Find every agent's target, and mark the cells that are wanted."""
        if world.tick == 1:
            for agent in range(world.agents):
                world.wall_bumps[agent] = 0
                world.agent_bumps[agent] = 0
                world.respawns[agent] = 0
        # Continuous motions lie in pairs; in one loop with claims, which are bytes, they cost a tenth of a tick.
        act(world, twin, choices, vectors, row)
        if world.inertia > 0.0:
            dynamics.keep_velocities(world)
        dynamics.hold_the_dead(world)
        for agent in range(world.agents):
            world.wanted[agent] = dynamics.want(world, agent)
            world.claim[agent] = dynamics.claim(world, agent)
        dynamics.intend_all(world)

    @inner
    def resolve(world):
        """Settle who moves, and change the map."""
        dynamics.move_all(world)
        life.respawn(world)
        if world.agents >= MANY and world.tick & (RENEWAL - 1) == 0:
            renew_places(world)
        life.grow_food(world)

    @inner
    def look(world, agent, row, observations):
        """Write one agent's observation into ``observations[row]``: zeros for a dead one."""
        if not lives(world, agent):
            observations[row] = 0
            return
        copy_window(world, world.cells, agent, observations, row, 0)
        copy_layers(world, agent, observations, row)
        write_features(world, agent, observations[row])

    @inner
    def perceive(world, row, observations):
        """Write every agent's observation into ``observations[row:]``."""
        if world.agents < MANY:
            for agent in range(world.agents):
                look(world, agent, row + agent, observations)
        else:
            for place in range(world.agents):
                agent = np.int64(world.by_place[place])
                look(world, agent, row + agent, observations)

    @inner
    def choose(world, agent, view):
        """The scripted policy's action 0..8, from what the agent sees."""
        stretch = rng.combine(rng.combine(world.seed[0], world.episode[0]), world.tick // WANDER_TICKS)
        wander = rng.scale(rng.combine(stretch, agent), 8) + 1
        if motions <= 8:
            wander %= motions
        return scripted(view, window, wander, rng.draw(world, rng.POLICY, agent))

    return Phases(
        begin, settle, wrongs.check_agents, wrongs.check_map, intend, resolve, perceive, choose, fetch_windows
    )
