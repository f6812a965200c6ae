"""One tick of one world, composed of the engine's phases and a task's rules.

intend -> resolve -> update -> judge -> perceive. The rules of a task are captured as constants, so the compiler
sees through them; see :mod:`sakana_envs.grid.cpu` for the loop over worlds.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from sakana_envs.core.inner import inner
from sakana_envs.grid import compose, dynamics, faults, life
from sakana_envs.grid.places import MANY, RENEWAL, renew_places
from sakana_envs.grid.sensors import copy_window, window_length
from sakana_envs.grid.tiles import EMPTY, FOOD, WALL

_LARGEST = float(np.finfo(np.float32).max)


class Rules(NamedTuple):
    """A task's compiled rules; those that it leaves out do nothing.

    ``reward`` is one function, or maps the fields that add up a reward's terms to the terms' functions; ``layers`` are
    fields per cell that agents sense beside the cell codes; ``memory`` are the task's own fields, zero
    as an episode begins.
    """

    init: Callable
    update: Callable | None
    reward: Callable | Mapping[str, Callable]
    terminated: Callable
    score: Callable
    features: Callable
    scripted: Callable
    layers: tuple[str, ...]
    memory: tuple[str, ...]

    def of_worlds(self) -> dict[str, Callable]:
        """Those that are handed a world, by name, in the order of their numbers in :mod:`sakana_envs.grid.faults`."""
        rewards = self.reward if isinstance(self.reward, Mapping) else {"reward": self.reward}
        named = {"init": self.init, "update": self.update, **rewards}
        named |= {"terminated": self.terminated, "score": self.score, "features": self.features}
        return {name: rule for name, rule in named.items() if rule is not None}


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


@inner
def clip_score(score):
    """A task's score, brought into [0, 1]."""
    return min(max(score, 0.0), 1.0)


def compile_step(rules: Rules, motion: Callable, radius: int, debug: bool = False) -> Step:
    """Compose the step of one task, twin and view radius; with ``debug`` maps are checked after each rule."""
    number = {name: position for position, name in enumerate(rules.of_worlds())}
    rule = {name: faults.noting(function, number[name]) for name, function in rules.of_worlds().items()}
    init, terminated, score, features = (rule[name] for name in ("init", "terminated", "score", "features"))
    terms = {name: rule[name] for name in rules.reward} if isinstance(rules.reward, Mapping) else rule["reward"]
    reward, clear_terms = compose.sum_of(terms)
    of_init, of_score = number["init"], number["score"]
    of_reward = next(number[name] for name in number if name.startswith("reward"))
    check_map = faults.check_map if debug else compose.skip
    clear_memory = compose.zero_all(rules.memory)
    copy_layers = compose.copy_all(rules.layers, radius)
    sensed = window_length(radius) * (1 + len(rules.layers))

    @inner
    def reset(world):
        """Begin an episode: the bare map, laid out by the task."""
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
        world.fault.fill(0)
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
        unplaced = 0
        for agent in range(world.agents):
            unplaced += world.row[agent] < 0.0
        if unplaced > 0:
            faults.note(world, faults.UNPLACED, unplaced, of_init)
        faults.check_agents(world, of_init)
        check_map(world, of_init)

    @inner
    def intend(world, actions, row):
        """Find every agent's target, and mark the cells that are wanted."""
        if world.tick == 1:
            world.wall_bumps.fill(0)
            world.agent_bumps.fill(0)
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
            world.respawns.fill(0)
            clear_terms(world)
        ended = 0
        wrong = 0
        for agent in range(world.agents):
            value = float(reward(world, agent))
            wrong |= np.int64(not abs(value) <= _LARGEST)
            world.reward[agent] = value
            if terminated(world, agent):
                world.terminated[agent] = 1
                ended += 1
        world.episode_length[0] = world.tick
        for agent in range(world.agents):
            world.episode_return[agent] += world.reward[agent]
            world.meals[agent] += world.ate[agent]
        if world.lifespan > 0.0:
            for agent in range(world.agents):
                world.respawns[agent] += world.respawned[agent]
        if wrong != 0:
            faults.note_rewards(world, of_reward)
        check_map(world, of_reward)
        if ended == 0 and world.tick < world.horizon:
            return False
        world.over[0] = 1
        for agent in range(world.agents):
            world.score[agent] = score(world, agent)
            if not abs(world.score[agent]) < np.inf:
                faults.note(world, faults.SCORE, agent, of_score)
            else:
                world.score[agent] = clip_score(world.score[agent])
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

    return Step(reset, intend, resolve, compose.checked_update(rule, number, check_map), judge, perceive)
