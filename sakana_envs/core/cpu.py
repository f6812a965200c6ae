"""The CPU driver: loops over worlds, compiled once per task, kept on disk."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from sakana_envs.core import disk_cache, rng
from sakana_envs.core.actions import Actions, Twin
from sakana_envs.core.allowed import find_wrong_choice, find_wrong_vector
from sakana_envs.core.atomics import add, address, at
from sakana_envs.core.checked import checked
from sakana_envs.core.disjoint import outside
from sakana_envs.core.judge import clip_score
from sakana_envs.core.lives import lives
from sakana_envs.core.record import compile_view
from sakana_envs.core.start import DRAWN, compile_start
from sakana_envs.core.step import Step
from sakana_envs.core.structure import Structure
from sakana_envs.core.tickets import (
    ADDRESSES,
    BEGUN,
    BROKEN,
    ENDED_WORLDS,
    FAULTS,
    MODE,
    SHARES,
    draw,
    finish,
    open_all,
    wait_for_all,
)

NEXT_STEP, SAME_STEP, DISABLED = 0, 1, 2
"""What happens after an episode's end: the next step resets, the same step resets, or the caller resets."""

BEGIN = 3
"""A mode in which every world begins its next episode, and counts as begun once all are laid out."""

TICKED, ENDED, RESTARTED = 0, 1, 2
"""``outcome`` of a world's step: an ordinary tick, the episode's last tick, or the reset after it."""

_FEW = 2
"""Agents of a world up to which its tick is so short that the next world must be fetched ahead."""


class Kernels(NamedTuple):
    """The compiled loops over the worlds of a batch, and what they are made of."""

    reset: Callable
    observe: Callable
    step: Callable
    scripted: Callable
    noise: Callable
    scores: Callable
    view: Callable
    phases: Step


def compile_kernels(
    name: str,
    step_of_world: Step,
    score: Callable,
    structure: Structure,
    actions: Actions,
    debug: bool = False,
) -> Kernels:
    """Compose the kernels of one task, for worlds of a structure that step so.

    ``name`` is the worlds' and the files'. Nothing is compiled before the first call.
    """
    reset_world, intend, resolve, update, judge, perceive, choose, fetch = step_of_world
    view = compile_view(name, structure)
    start = compile_start(view, reset_world)
    horizon_position = structure.positions["horizon"]
    low, high, most, least = actions.box
    limits, limits_each = actions.limits(Twin.DISCRETE), actions.limits(Twin.MULTIDISCRETE)
    continuous, discrete, still = int(Twin.CONTINUOUS), int(Twin.DISCRETE), actions.still

    @njit(nogil=True)
    def reset(blocks, header, mask, begun, stagger, levels):
        """Begin the next episode in the worlds of ``mask``, and say of each in ``begun`` once it is laid out.

        ``levels`` (worlds,) int64 are those to begin from, or ``DRAWN``. With ``stagger`` the episodes' lengths differ
        from world to world. Returns how many worlds have a fault.
        """
        faults = 0
        worlds, horizon = blocks.shape[0], header[horizon_position]
        for index in range(worlds):
            if mask[index]:
                begun[index] = False
                limit = max(horizon * (index + 1) // worlds, 1) if stagger else horizon
                world = start(blocks, header, index, limit, levels[index])
                begun[index] = world.fault[0] == 0
                faults += world.fault[0] != 0
        return faults

    @njit(nogil=True)
    def observe(blocks, header, mask, observations):
        """Write the observations of all agents of the worlds of ``mask`` as they stand."""
        for index in range(blocks.shape[0]):
            if mask[index]:
                perceive(view(blocks, header, index), index * header[0], observations)

    @njit(nogil=True)
    def step(blocks, given_header, twin, given_choices, given_vectors, mode, given_outputs, control, place):
        """Tick or restart each world, and fill the arrays of :class:`sakana_envs.core.program.Transition`.

        ``given_choices`` (rows * m,) int64 and ``given_vectors`` (rows, k) float32 are the actions, of which a twin has
        one, see :func:`sakana_envs.core.acting.compile_act`; with the mode ``BEGIN`` none is needed, and
        ``control[BEGUN]`` is the address of what says of each world whether it has begun.

        Several threads may run this at once, see :mod:`sakana_envs.core.tickets`. The one with ``place`` 0 returns when
        all is done; to the others it hands its arrays by their addresses, and they serve until no work comes.

        Returns how many worlds' episodes ended, how many worlds have a fault, and the first row with an action that
        isn't allowed; if there is one, nothing happened, else it is -1. A step that breaks off, in any thread, leaves
        ``control[BROKEN]`` set.
        """
        agents, worlds, shares = given_header[0], blocks.shape[0], control[SHARES]
        if place == 0:
            if twin == continuous:
                refused = find_wrong_vector(given_vectors, low, high, most, least)
            elif twin == discrete:
                refused = find_wrong_choice(given_choices, limits)
            else:
                refused = find_wrong_choice(given_choices, limits_each)
            if refused >= 0:
                return 0, 0, refused
            control[BROKEN] = 1
            control[MODE] = mode
            control[ADDRESSES] = address(given_choices)
            control[ADDRESSES + 1] = address(given_vectors)
            control[ADDRESSES + 2] = address(given_outputs[0])
            control[ADDRESSES + 3] = address(given_outputs[1])
            control[ADDRESSES + 4] = address(given_outputs[2])
            control[ADDRESSES + 5] = address(given_outputs[3])
            control[ADDRESSES + 6] = address(given_outputs[4])
            control[ADDRESSES + 7] = address(given_outputs[5])
            control[ADDRESSES + 8] = address(given_header)
            open_all(control)
        while True:
            ticket = draw(control, place)
            if ticket < 0:
                break
            all_choices = at(given_choices, control[ADDRESSES])
            all_vectors = at(given_vectors, control[ADDRESSES + 1])
            observations = at(given_outputs[0], control[ADDRESSES + 2])
            final_observations = at(given_outputs[1], control[ADDRESSES + 3])
            all_rewards = at(given_outputs[2], control[ADDRESSES + 4])
            all_terminated = at(given_outputs[3], control[ADDRESSES + 5])
            all_truncated = at(given_outputs[4], control[ADDRESSES + 6])
            outcome = at(given_outputs[5], control[ADDRESSES + 7])
            header = at(given_header, control[ADDRESSES + 8])
            current = control[MODE]  # not a helper's own: it may have been sent by the reset before
            for index in range(worlds * ticket // shares, worlds * (ticket + 1) // shares):
                world = view(blocks, header, index)
                choices = outside(world, all_choices)
                vectors = outside(world, all_vectors)
                rewards = outside(world, all_rewards)
                terminated = outside(world, all_terminated)
                truncated = outside(world, all_truncated)
                row = index * agents
                if agents <= _FEW and index + 1 < worlds:
                    fetch(view(blocks, header, index + 1))
                outcome[index] = TICKED
                restart = (world.over[0] != 0) | (current == BEGIN)
                if not restart:
                    world.clock[0] += 1
                    world = view(blocks, header, index)
                    intend(world, twin, choices, vectors, row)
                    resolve(world)
                    update(world)
                    if debug and world.fault[0] != 0:  # what was found to be nonsense mustn't be looked at
                        add(control, FAULTS, 1)
                        continue
                    over = judge(world)
                    perceive(world, row, observations)
                    if world.fault[0] != 0:
                        add(control, FAULTS, 1)
                    if over:
                        outcome[index] = ENDED
                        add(control, ENDED_WORLDS, 1)
                        restart = current == SAME_STEP
                    for agent in range(agents):
                        rewards[np.uint64(row + agent)] = world.reward[agent]
                        terminated[np.uint64(row + agent)] = world.terminated[agent] != 0
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
                    world = start(blocks, header, index, header[horizon_position], DRAWN)
                    perceive(world, row, observations)
                    if world.fault[0] != 0:
                        add(control, FAULTS, 1)
            finish(control, place)
        if place == 0 and wait_for_all(control):
            if mode == BEGIN and control[FAULTS] == 0:
                begun = at(given_outputs[5], control[BEGUN])
                for index in range(worlds):
                    begun[index] = 1
            control[BROKEN] = 0
        return control[ENDED_WORLDS], control[FAULTS], -1

    @njit(nogil=True)
    def scripted(blocks, header, observations, actions):
        """Write the row of the table that the scripted policy chooses for every agent."""
        agents = header[0]
        for index in range(blocks.shape[0]):
            world = view(blocks, header, index)
            for agent in range(agents):
                row = index * agents + agent
                actions[row] = choose(world, agent, observations[row]) if lives(world, agent) else still

    @njit(nogil=True)
    def noise(blocks, header, bits):
        """Write random bits (rows, n) uint64 for every agent, new ones each tick."""
        agents = header[0]
        for index in range(blocks.shape[0]):
            world = view(blocks, header, index)
            for agent in range(agents):
                for word in range(bits.shape[1]):
                    bits[index * agents + agent, word] = rng.draw(world, rng.POLICY, (word << 32) + agent)

    @njit(nogil=True)
    def scores(blocks, header, mask, scratch, out):
        """Write the score that each agent of the worlds of ``mask`` would have if its episode ended now.

        A copy of each world in ``scratch`` (1, stride) is asked, in case that a task's score writes into it.
        """
        for index in range(blocks.shape[0]):
            if mask[index]:
                for byte in range(blocks.shape[1]):
                    scratch[0, byte] = blocks[index, byte]
                world = view(scratch, header, 0)
                for agent in range(header[0]):
                    out[index * header[0] + agent] = clip_score(score(world, agent))

    kernels = Kernels(reset, observe, step, scripted, noise, scores, view, step_of_world)
    if debug:
        kernels = Kernels._make([*map(checked, kernels[:-1]), Step._make(map(checked, step_of_world))])
    keep_on_disk(kernels, "-".join([name, *map(str, structure.constants.values())]))
    return kernels


def keep_on_disk(kernels: Kernels, name: str) -> None:
    """Let kernels be kept on disk, in files that are called ``name`` and more."""
    kernel: Any
    for kernel in kernels[: Kernels._fields.index("view")]:
        disk_cache.attach(kernel, f"{name}-{kernel.__name__}".lower())
