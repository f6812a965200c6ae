"""One tick of one world, composed of the engine's phases and a task's rules.

intend -> resolve -> update -> judge -> perceive. The rules of a task are captured as constants, so the compiler
sees through them; see :mod:`sakana_envs.grid.cpu` for the loop over worlds.
"""

from collections.abc import Callable
from typing import NamedTuple

from numba import njit

from sakana_envs.grid import dynamics
from sakana_envs.grid.sensors import compile_copy_window, window_length
from sakana_envs.grid.tiles import EMPTY, WALL


class Rules(NamedTuple):
    """A task's compiled rules; those that it leaves out do nothing."""

    init: Callable
    update: Callable
    reward: Callable
    terminated: Callable
    score: Callable
    features: Callable
    scripted: Callable


class Step(NamedTuple):
    """The compiled parts of a step: ``reset(world)``, ``perceive(world, row, observations)``, ``tick(...)``."""

    reset: Callable
    perceive: Callable
    tick: Callable


def compile_step(rules: Rules, motion: Callable, radius: int) -> Step:
    """Compose the step of one task, twin and view radius."""
    init, update, reward, terminated, score = rules[:5]
    features = rules.features
    window = window_length(radius)
    copy_window = compile_copy_window(radius)

    @njit
    def reset(world):
        """Begin an episode: an empty walled map, laid out by the task. Returns how many agents it didn't place."""
        world.cells[:] = WALL
        world.cells[radius : radius + world.height, radius : radius + world.width] = EMPTY
        world.food[0] = 0
        world.missing_food[0] = 0
        world.over[0] = 0
        for agent in range(world.agents):
            world.row[agent] = -1.0
            world.ate[agent] = 0
            world.bumped[agent] = 0
            world.respawned[agent] = 0
            world.reward[agent] = 0.0
            world.terminated[agent] = 0
        init(world)
        unplaced = 0
        for agent in range(world.agents):
            unplaced += world.row[agent] < 0.0
        return unplaced

    @njit
    def perceive(world, row, observations):
        """Write every agent's observation into ``observations[row:]``."""
        for agent in range(world.agents):
            copy_window(world, world.cells, agent, observations, row + agent, 0)
            features(world, agent, observations[row + agent, window:])

    @njit
    def tick(world, actions, row, observations):
        """Move, judge and perceive once. ``row`` is the world's first row. Returns whether the episode is over."""
        if world.tick == 1:
            world.episode_return[:] = 0.0
            world.meals[:] = 0
            world.bumps[:] = 0
            world.respawns[:] = 0
        for agent in range(world.agents):
            row_motion, col_motion = motion(actions, row + agent)
            dynamics.intend(world, agent, row_motion, col_motion)
        dynamics.move_all(world)
        dynamics.respawn(world)
        dynamics.grow_food(world)
        update(world)
        ended = 0
        for agent in range(world.agents):
            value = reward(world, agent)
            world.reward[agent] = value
            world.episode_return[agent] += world.reward[agent]
            world.meals[agent] += world.ate[agent]
            world.bumps[agent] += world.bumped[agent]
            world.respawns[agent] += world.respawned[agent]
            if terminated(world, agent):
                world.terminated[agent] = 1
                ended += 1
        perceive(world, row, observations)
        if ended > 0 or world.tick >= world.horizon:
            world.over[0] = 1
            for agent in range(world.agents):
                world.score[agent] = min(max(score(world, agent), 0.0), 1.0)
            return True
        return False

    return Step(reset, perceive, tick)
