"""One tick of one world, composed of the engine's phases and a task's rules.

intend -> resolve -> update -> judge -> perceive. The rules of a task are captured as constants, so the compiler
sees through them; see :mod:`sakana_envs.grid.cpu` for the loop over worlds.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from sakana_envs.grid import dynamics, life
from sakana_envs.grid.inner import inner
from sakana_envs.grid.places import MANY, RENEWAL, renew_places
from sakana_envs.grid.sensors import copy_window, window_length
from sakana_envs.grid.tiles import EMPTY, FOOD, KINDS, WALL


class Rules(NamedTuple):
    """A task's compiled rules; those that it leaves out do nothing.

    ``reward`` is one function, or maps the fields that add up a reward's terms to the terms' functions; ``layers`` are
    fields per cell that agents sense beside the cell codes; ``memory`` are the task's own fields, zero
    as an episode begins.
    """

    init: Callable
    update: Callable
    reward: Callable | Mapping[str, Callable]
    terminated: Callable
    score: Callable
    features: Callable
    scripted: Callable
    layers: tuple[str, ...]
    memory: tuple[str, ...]


class Step(NamedTuple):
    """A world's phases, compiled: ``reset(world)`` begins an episode, the others make a tick, in this order.

    ``row`` is where the world's agents begin in ``actions`` and ``observations``.
    """

    reset: Callable
    intend: Callable
    resolve: Callable
    update: Callable
    judge: Callable
    perceive: Callable


def compile_step(rules: Rules, motion: Callable, radius: int) -> Step:
    """Compose the step of one task, twin and view radius."""
    init, terminated, features, rate = rules.init, rules.terminated, rules.features, clipped(rules.score)
    reward, clear_terms = _compose_reward(rules.reward)
    clear_memory = _compose_clear(rules.memory)
    copy_layers = _compose_layers(rules.layers, radius)
    sensed = window_length(radius) * (1 + len(rules.layers))

    @inner
    def reset(world):
        """Begin an episode: the bare map, laid out by the task. Returns how many agents it left wrong."""
        world.cells.fill(WALL)
        for row in range(radius, radius + world.height):
            for col in range(radius, radius + world.width):
                world.cells[row, col] = EMPTY
        for cell in world.wall_cells:
            world.codes[cell] = WALL
        for cell in world.food_cells:
            world.codes[cell] = FOOD
        world.food[0] = len(world.food_cells)
        world.missing_food[0] = 0
        world.over[0] = 0
        for agent in range(world.agents):
            world.kind[agent] = 0
            world.pace[agent] = 1.0
            world.row[agent] = -1.0
            world.cell[agent] = dynamics.cell_at(world, 0, 0)
            world.ate[agent] = 0
            world.bumped[agent] = 0
            world.respawned[agent] = 0
            world.reward[agent] = 0.0
            world.terminated[agent] = 0
        clear_memory(world)
        init(world)
        renew_places(world)
        wrong = 0
        for agent in range(world.agents):
            wrong += world.row[agent] < 0.0 or world.kind[agent] >= KINDS
        return wrong

    @inner
    def intend(world, actions, row):
        """Find every agent's target, and mark the cells that are wanted."""
        # Continuous motions lie in pairs; in one loop with claims, which are bytes, they cost a tenth of a tick.
        for agent in range(world.agents):
            row_motion, col_motion = motion(actions, row + agent)
            world.target_row[agent] = dynamics.aim(world, agent, world.row, row_motion)
            world.target_col[agent] = dynamics.aim(world, agent, world.col, col_motion)
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
    def judge(world):
        """Rewards, ends and the episode's sums. Returns whether the episode is over."""
        if world.tick == 1:
            world.episode_return.fill(0.0)
            world.meals.fill(0)
            world.bumps.fill(0)
            world.respawns.fill(0)
            clear_terms(world)
        ended = 0
        for agent in range(world.agents):
            world.reward[agent] = reward(world, agent)
            if terminated(world, agent):
                world.terminated[agent] = 1
                ended += 1
        world.episode_length[0] = world.tick
        for agent in range(world.agents):
            world.episode_return[agent] += world.reward[agent]
            world.meals[agent] += world.ate[agent]
            world.bumps[agent] += world.bumped[agent]
        if world.lifespan > 0.0:
            for agent in range(world.agents):
                world.respawns[agent] += world.respawned[agent]
        if ended == 0 and world.tick < world.horizon:
            return False
        world.over[0] = 1
        for agent in range(world.agents):
            world.score[agent] = rate(world, agent)
        return True

    @inner
    def look(world, agent, row, observations):
        """Write one agent's observation into ``observations[row]``."""
        copy_window(world, world.cells, agent, observations, row, 0)
        copy_layers(world, agent, observations, row)
        features(world, agent, observations[row, sensed:])

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

    return Step(reset, intend, resolve, rules.update, judge, perceive)


def clipped(score: Callable) -> Callable:
    """A task's score, brought into [0, 1]."""

    @inner
    def rate(world, agent):
        return min(max(score(world, agent), 0.0), 1.0)

    return rate


def _compose_reward(terms: Callable | Mapping[str, Callable]) -> tuple[Callable, Callable]:
    """The sum of a reward's terms, each added to the field that keeps it; and a function that zeroes the fields."""

    if not isinstance(terms, Mapping):
        return terms, _compose_clear(())

    @inner
    def reward(world, agent):
        return 0.0

    for field, term in reversed(list(terms.items())):
        reward = _add_term(reward, term, field)
    return reward, _compose_clear(tuple(terms))


def _add_term(rest: Callable, term: Callable, field: str) -> Callable:
    @inner
    def reward(world, agent):
        value = float(term(world, agent))
        getattr(world, field)[agent] += value
        return value + rest(world, agent)

    return reward


def _compose_clear(fields: tuple[str, ...]) -> Callable:
    """A function that zeroes the fields of a world."""

    @inner
    def clear(world):
        pass

    for field in fields:
        clear = _add_clear(clear, field)
    return clear


def _add_clear(rest: Callable, field: str) -> Callable:
    @inner
    def clear(world):
        rest(world)
        getattr(world, field).fill(0)

    return clear


def _compose_layers(layers: tuple[str, ...], radius: int) -> Callable:
    """A function that writes the windows of all layers behind that of the cell codes."""

    @inner
    def copy_layers(world, agent, out, row):
        pass

    for position, layer in enumerate(layers):
        copy_layers = _add_layer(copy_layers, layer, window_length(radius) * (1 + position))
    return copy_layers


def _add_layer(rest: Callable, layer: str, start: int) -> Callable:
    @inner
    def copy_layers(world, agent, out, row):
        rest(world, agent, out, row)
        copy_window(world, getattr(world, layer), agent, out, row, start)

    return copy_layers
