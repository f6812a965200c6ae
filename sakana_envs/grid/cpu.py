"""The CPU driver: loops over worlds, compiled once per task, twin and view radius, kept on disk."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numba import njit

from sakana_envs.grid import disk_cache, rng
from sakana_envs.grid.memory import Layout
from sakana_envs.grid.motion import continuous_motion, discrete_motion
from sakana_envs.grid.sensors import window_length
from sakana_envs.grid.step import Rules, Step, compile_step

NEXT_STEP, SAME_STEP, DISABLED = 0, 1, 2
"""What happens after an episode's end: the next step resets, the same step resets, or the caller resets."""

TICKED, ENDED, RESTARTED = 0, 1, 2
"""``outcome`` of a world's step: an ordinary tick, the episode's last tick, or the reset after it."""

_HORIZON = Layout.SIZES.index("horizon")

WANDER_TICKS = 16
"""Ticks for which a scripted agent's wandering direction stays the same."""


class Kernels(NamedTuple):
    """The compiled loops over worlds ``first`` to ``last`` (exclusive) of a batch, and what they are made of."""

    reset: Callable
    observe: Callable
    step: Callable
    scripted: Callable
    noise: Callable
    view: Callable
    phases: Step


def compile_kernels(name: str, rules: Rules, view: Callable, discrete: bool, radius: int) -> Kernels:
    """Compose the kernels of one task, twin and view radius. Nothing is compiled before the first call."""
    phases = compile_step(rules, discrete_motion if discrete else continuous_motion, radius)
    reset_world, intend, resolve, update, judge, perceive = phases
    choose = rules.scripted
    window = window_length(radius)

    @njit(nogil=True)
    def reset(blocks, header, mask, first, last):
        """Begin an episode in the worlds of ``mask``. Returns how many agents the task's init left wrong."""
        wrong = 0
        for index in range(first, last):
            if mask[index]:
                world = view(blocks, header, index)
                world.clock[0] = 0
                world.time_limit[0] = header[_HORIZON]
                world = view(blocks, header, index)
                wrong += reset_world(world)
        return wrong

    @njit(nogil=True)
    def observe(blocks, header, mask, observations, first, last):
        """Write the observations of all agents of the worlds of ``mask`` as they stand."""
        for index in range(first, last):
            if mask[index]:
                perceive(view(blocks, header, index), index * header[0], observations)

    @njit(nogil=True)
    def step(blocks, header, actions, mode, outputs, outcome, first, last):
        """Tick or restart each world, and fill the arrays of :class:`sakana_envs.grid.simulation.Transition`.

        Returns how many worlds' episodes ended, and how many agents the task's init left wrong.
        """
        observations, final_observations, rewards, terminated, truncated = outputs
        agents = header[0]
        ended = 0
        wrong = 0
        for index in range(first, last):
            world = view(blocks, header, index)
            row = index * agents
            outcome[index] = TICKED
            restart = world.over[0] != 0
            if not restart:
                world.clock[0] += 1
                world = view(blocks, header, index)
                intend(world, actions, row)
                resolve(world)
                update(world)
                over = judge(world)
                perceive(world, row, observations)
                if over:
                    outcome[index] = ENDED
                    ended += 1
                    restart = mode == SAME_STEP
                for agent in range(agents):
                    rewards[np.uint64(row + agent)] = world.reward[agent]
                for agent in range(agents):
                    terminated[np.uint64(row + agent)] = world.terminated[agent] != 0
                for agent in range(agents):
                    truncated[np.uint64(row + agent)] = over & (world.terminated[agent] == 0)
                if restart:
                    for agent in range(row, row + agents):
                        for byte in range(observations.shape[1]):
                            final_observations[agent, byte] = observations[agent, byte]
            else:
                outcome[index] = RESTARTED
                for agent in range(row, row + agents):
                    rewards[agent] = 0.0
                    terminated[agent] = False
                    truncated[agent] = False
            if restart:
                world.episode[0] += 1
                world.clock[0] = 0
                world.time_limit[0] = header[_HORIZON]
                world = view(blocks, header, index)
                wrong += reset_world(world)
                perceive(world, row, observations)
        return ended, wrong

    @njit(nogil=True)
    def scripted(blocks, header, observations, actions, first, last):
        """Write the scripted policy's discrete action (0..8) for every agent."""
        agents = header[0]
        for index in range(first, last):
            world = view(blocks, header, index)
            stretch = rng.combine(rng.combine(world.seed[0], world.episode[0]), world.tick // WANDER_TICKS)
            for agent in range(agents):
                wander = rng.scale(rng.combine(stretch, agent), 8) + 1
                draw = rng.draw(world, rng.POLICY, agent)
                row = index * agents + agent
                actions[row] = choose(observations[row], window, wander, draw)

    @njit(nogil=True)
    def noise(blocks, header, bits, first, last):
        """Write 64 random bits for every agent, new ones each tick."""
        agents = header[0]
        for index in range(first, last):
            world = view(blocks, header, index)
            for agent in range(agents):
                bits[index * agents + agent] = rng.draw(world, rng.POLICY, agent)

    kernels = Kernels(reset, observe, step, scripted, noise, view, phases)
    twin = "discrete" if discrete else "continuous"
    for dispatcher in (reset, observe, step, scripted, noise):
        disk_cache.attach(dispatcher, f"{name}-{twin}-{radius}-{dispatcher.__name__}".lower())
    return kernels
