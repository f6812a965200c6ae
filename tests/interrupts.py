"""Interrupts (Ctrl-C) at random moments of steps and resets: the worlds must go on as if nothing had been.

    python tests/interrupts.py 1000 2        so many interrupts, with so many threads

A step or reset that was interrupted has happened wholly or not at all; whichever it was, what comes next must be what
comes next in worlds that nobody interrupted. In the end a rule's exception must still come out of all threads.
"""

import hashlib
import os
import signal
import sys
import threading
import time

import numpy as np

import sakana_envs
from sakana_envs.core import threads
from sakana_envs.rules import scatter_food, spawn_uniform
from sakana_envs.tasks import registry

armed = False
"""Whether a signal is meant to interrupt: it may arrive a little late."""

SIZES = {"worlds": 16, "agents": 256, "height": 40, "width": 40, "horizon": 25, "lifespan": 20.0, "food_density": 0.2}


def init(world):
    spawn_uniform(world)
    scatter_food(world)


def reward(world, agent):
    return world.ate[agent] / (world.horizon - 25 + world.safe)


TASK = sakana_envs.Task(
    name="Interrupted",
    init=init,
    reward=reward,
    numbers={"safe": sakana_envs.Number(1.0, 0.0, 1.0, "0: rewards divide by zero")},
)


def make(count, **settings):
    simulation = registry.simulation("Interrupted", True, threads=count, **{**SIZES, **settings})
    assert simulation.threads == count
    simulation.seed(1)
    return simulation


def actions_of(simulation):
    bits = np.arange(simulation.rows, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    turn = np.uint64(int(simulation.view("clock")[0, 0]) + 31 * int(simulation.view("episode")[0, 0] % 100))
    return ((bits >> np.uint64(40)) + turn).astype(np.int64) % 9


def place(simulation):
    """Where the course stands, None if it must begin anew: nobody but resets and steps moves it."""
    if not simulation.get_state()["begun"].all():
        return None
    return tuple(int(simulation.view(name)[0, 0]) for name in ("seed", "episode", "clock"))


def digest(simulation):
    return hashlib.sha256(simulation.blocks.tobytes()).hexdigest()


def play(simulation, doing):
    """A step or a reset, whichever comes next in the course: resets after every 60 ticks, some of them with a seed."""
    if doing % 60 == 0:
        if doing % 120 == 0:
            simulation.seed(doing)
        simulation.reset()
    else:
        simulation.step(actions_of(simulation))


def undisturbed(length):
    """What the worlds are after each of the first so many steps and resets."""
    simulation = make(1)
    hashes = []
    for doing in range(length):
        play(simulation, doing)
        hashes.append(digest(simulation))
    return hashes


def step_time(count):
    """Seconds that a step takes, once it is compiled."""
    simulation = make(count)
    simulation.reset()
    simulation.step(actions_of(simulation))
    started = time.perf_counter()
    for _ in range(20):
        simulation.step(actions_of(simulation))
    return (time.perf_counter() - started) / 20


def disturbed(count, interrupts):
    """The same with interrupts; returns how many came in the middle of something, and the hashes."""
    global armed
    usual = step_time(count)
    simulation = make(count)
    random = np.random.default_rng(count)
    hashes = []
    hits = 0
    while hits < interrupts:
        before = place(simulation)
        done = False
        try:
            armed = True
            try:
                signal.setitimer(signal.ITIMER_REAL, max(random.uniform(0.0, 1.5) * usual, 1e-6))
                play(simulation, len(hashes))
                done = True
            finally:
                armed = False
        except KeyboardInterrupt:
            hits += 1
        if done or place(simulation) not in (None, before):
            hashes.append(digest(simulation))
    return simulation, hashes


def interrupted(*_):
    if armed:
        raise KeyboardInterrupt


def main(interrupts, count):
    sakana_envs.register(TASK)
    signal.signal(signal.SIGALRM, interrupted)
    simulation, hashes = disturbed(count, interrupts)
    assert hashes == undisturbed(len(hashes)), "the course is another one"
    helpers = len(threads._team.helpers)
    assert helpers <= count - 1 and threading.active_count() == helpers + 1, "there are more threads than are needed"
    done = threading.Thread(target=lambda: simulation.step(actions_of(simulation)), daemon=True)
    simulation.reset()  # the last interrupt may have come in the middle of one
    simulation.step(actions_of(simulation))
    done.start()
    done.join(60)
    assert not done.is_alive(), "another thread can't step"
    faulty = make(count, safe=0.0)
    faulty.reset()
    try:
        faulty.step(actions_of(faulty))
        raise AssertionError("no exception came out")
    except ZeroDivisionError:
        pass
    simulation.step(actions_of(simulation))
    print(f"{interrupts} interrupts, {len(hashes)} steps and resets, {count} threads: the same course")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
