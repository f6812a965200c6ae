"""Threads change nothing but speed, and survive forks, other threads and exceptions."""

import gc
import os
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path

import gymnasium
import numpy as np
import pytest
from numba import njit
from worlds import IDS, SMALL, random_actions, simulation, split

import sakana_envs
from sakana_envs.core import cpu, threads, tickets
from sakana_envs.rules import spawn_uniform

FORAGE = "Sakana/Forage-Discrete-v0"
MANY = {"worlds": 64, "agents": 128, "height": 20, "width": 20, "lifespan": 20.0}
"""Rows enough for eight threads of ``ROWS_PER_THREAD``."""


@njit
def draw(control, place):
    return tickets.draw(control, place)


@njit
def open_all(control):
    tickets.open_all(control)


def many(id, limit, **arguments):
    sim = simulation(id, threads=limit, **{**MANY, **arguments})
    sim.seed(3)
    sim.reset()
    return sim


def play(sim, actions):
    for action in actions:
        sim.step(action)


@pytest.mark.parametrize("id", IDS)
def test_the_number_of_threads_changes_nothing(id, random):
    assert many(id, 8).threads == 8 and many(id, 3).threads == 3 and many(id, 1).threads == 1
    actions = [random_actions(split(id)[1], 64 * 128, random) for _ in range(25)]
    rolled = []
    for limit in (1, 2, 8, 7):
        sim = many(id, limit)
        # An uneven division of 61 worlds too: nothing twice, nothing left out.
        uneven = many(id, limit, worlds=61)
        for action in actions:
            transition = sim.step(action)
            uneven.step(action[: uneven.rows])
        rolled.append(
            [np.asarray(part).tobytes() for part in transition] + [sim.blocks.tobytes(), uneven.blocks.tobytes()]
        )
    assert all(other == rolled[0] for other in rolled)


def test_a_helper_goes_by_the_mode_of_its_step(monkeypatch):
    """It may have been sent by the reset before, which is a step of another mode."""
    monkeypatch.setattr("sakana_envs.core.threads.ROWS_PER_THREAD", 1)
    sim = simulation(FORAGE, worlds=400, mode=cpu.SAME_STEP, horizon=1, threads=4)
    sim.seed(1)
    for tick in range(2000):
        if tick % 10 == 0:
            sim.reset()
        sim.step(np.zeros(sim.rows, dtype=np.int64))
        assert (sim.view("clock") == 0).all()


def test_no_more_threads_than_worlds_or_than_have_something_to_do():
    assert many(FORAGE, 8, worlds=3, agents=400, height=40, width=40).threads == 1
    assert many(FORAGE, 8, worlds=1, agents=1600, height=80, width=80).threads == 1
    assert many(FORAGE, None).threads == min(threads.available(), 8)


def test_every_ticket_is_drawn_once(random):
    for worlds in (1, 2, 7, 64, 65):
        for count in range(1, min(worlds, 9) + 1):
            control = tickets.new_control(worlds, count)
            assert draw(control, 0) == -1  # closed until a step begins
            open_all(control)
            drawn = []
            for place in random.permutation(np.resize(np.arange(count), 200)):
                if (ticket := draw(control, 0 if len(drawn) == control[tickets.SHARES] else place)) >= 0:
                    drawn.append(ticket)
            assert sorted(drawn) == list(range(control[tickets.SHARES]))
            shares = len(drawn)
            parts = [range(worlds * t // shares, worlds * (t + 1) // shares) for t in sorted(drawn)]
            assert [world for part in parts for world in part] == list(range(worlds))


@pytest.mark.parametrize("wrong", [0, 1, 3])
def test_an_exception_in_any_thread_comes_out_and_the_team_lives_on(wrong):
    before = threading.active_count()
    places = []

    def kernel(control, place):
        places.append(place)
        if place == wrong:
            raise IndexError(f"in place {wrong}")
        until = time.monotonic() + 60
        while not control[tickets.FAILED] and wrong >= 0 and time.monotonic() < until:
            time.sleep(1e-4)  # as a kernel waits for the others
        return place

    wait_for_helpers_to_leave()
    control = tickets.new_control(8, 4)
    with pytest.raises(IndexError, match=f"in place {wrong}"):
        threads.run(kernel, (), control, 4)
    assert draw(control, 0) == -1
    control[tickets.FAILED], wrong = 0, -1
    assert threads.run(kernel, (), control, 4) == 0
    assert set(places) <= {0, 1, 2, 3} and threading.active_count() <= before + 8


def test_an_exception_in_a_rule_comes_out_of_every_thread(task_that_divides):
    sim = many(task_that_divides, 4)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError, match="task Divides: reward raised ZeroDivisionError, for agent"):
            play(sim, [np.zeros(sim.rows, dtype=np.int64)] * 20)
        with pytest.raises(RuntimeError, match=r"call reset\(\)"):
            sim.step(np.zeros(sim.rows, dtype=np.int64))
        sim.reset()


@pytest.mark.parametrize("count", [1, 2])
def test_interrupts_leave_the_course_as_it_was(count):
    # More of them: python tests/interrupts.py 1000 2
    script = [sys.executable, str(Path(__file__).with_name("interrupts.py")), "200", str(count)]
    done = subprocess.run(script, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "the same course" in done.stdout


def test_a_helper_whose_waking_was_interrupted_is_woken_later(monkeypatch):
    wait_for_helpers_to_leave()
    many(FORAGE, 4).step(np.zeros(64 * 128, dtype=np.int64))
    wait_for_helpers_to_leave()

    def interrupt(_):
        raise KeyboardInterrupt

    control = tickets.new_control(8, 2)
    with monkeypatch.context() as patched:
        patched.setattr(threads._Helper, "wake", interrupt)
        with pytest.raises(KeyboardInterrupt):
            threads.run(lambda control, place: place, (), control, 2)
    assert threads._team.helpers[0].control is control  # it has a call, and sleeps
    assert not threads._team.sending.locked()

    def fail(control, place):
        if place == 0:
            raise IndexError("as a rule would")

    def run_and_fail():
        threads.dismiss(control)
        with pytest.raises(IndexError):
            threads.run(fail, (), control, 2)

    ended = threading.Thread(target=run_and_fail, daemon=True)
    ended.start()
    ended.join(60)
    assert not ended.is_alive()
    wait_for_helpers_to_leave()


def test_a_sleeping_helper_keeps_nothing_alive():
    sim = many(FORAGE, 2)
    play(sim, [np.zeros(sim.rows, dtype=np.int64)] * 2)  # the first may compile, alone
    wait_for_helpers_to_leave()
    blocks = weakref.ref(sim.blocks)
    del sim
    until = time.monotonic() + 60
    while blocks() is not None and time.monotonic() < until:
        gc.collect()
        time.sleep(0.01)
    assert blocks() is None


def test_a_second_thread_inside_is_refused(random):
    sim = many(FORAGE, 2)
    state = sim.get_state()
    actions = random_actions(True, sim.rows, random)
    until = time.monotonic() + 3
    refused, wrong = [], []
    calls = [
        lambda: sim.step(actions),
        sim.reset,
        sim.get_state,
        lambda: sim.set_state(state),
        lambda: sim.clone(0, [1, 2, 3]),
    ]

    def call(number):
        turn = np.random.default_rng(number)
        while time.monotonic() < until:
            try:
                calls[turn.integers(len(calls))]()
            except RuntimeError as error:
                refused.append(str(error))
            except Exception as error:
                wrong.append(error)

    players = [threading.Thread(target=call, args=(number,)) for number in range(4)]
    for player in players:
        player.start()
    for player in players:
        player.join(timeout=120)
        assert not player.is_alive()
    assert not wrong
    assert refused and all("another thread is inside this environment" in said for said in refused)
    sim.set_state(sim.get_state())  # which looks at everything
    sim.step(actions)


WATCHED = """
import numpy as np
from sakana_envs.core import tickets
from sakana_envs.tasks import registry

class Watched(np.ndarray):
    written = []

    def __setitem__(self, index, value):
        self.written.append(index)
        super().__setitem__(index, value)

sim = registry.simulation("Forage", True, agents=6, height=12, width=10, worlds=2)
sim.seed(1)
sim.reset()
sim._control = sim._control.view(Watched)
sim.step(np.zeros(12, dtype=np.int64))
opened = Watched.written.index(tickets._NEXT)
addresses = [Watched.written.index(tickets.ADDRESSES + number) for number in range(7)]
assert max(addresses) < opened, Watched.written
assert Watched.written.index(tickets.BROKEN) < opened, Watched.written
"""


def test_addresses_are_written_before_tickets_open():
    # As plain Python, where the order of writes can be seen; a race would show itself once in a million steps.
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run([sys.executable, "-c", WATCHED], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]


def test_a_thread_that_ended_inside_keeps_nobody_out():
    sim = many(FORAGE, 1)
    leaver = threading.Thread(target=sim._inside.__enter__)
    leaver.start()
    leaver.join()
    sim.step(np.zeros(sim.rows, dtype=np.int64))


@pytest.fixture(scope="module")
def task_that_divides():
    def reward(world, agent):
        return 1.0 / (world.tick - 5 - agent % 7 - world.seed[0] % 3)

    sakana_envs.register(
        sakana_envs.Task(
            name="Divides", description="One agent after another divides by zero.", init=spawn_uniform, reward=reward
        )
    )
    return "Sakana/Divides-Discrete-v0"


def wait_for_helpers_to_leave():
    until = time.monotonic() + 60
    while any(helper.control is not None for helper in threads._team.helpers):
        assert time.monotonic() < until
        time.sleep(0.01)


def test_helpers_leave_when_no_step_comes():
    many(FORAGE, 4).step(np.zeros(64 * 128, dtype=np.int64))
    wait_for_helpers_to_leave()


def test_eight_threads_step_eight_environments(random):
    actions = [random_actions(True, 64 * 128, random) for _ in range(15)]
    alone = many(FORAGE, 1)
    play(alone, actions)
    envs = [many(FORAGE, 4) for _ in range(8)]
    players = [threading.Thread(target=play, args=(env, actions)) for env in envs]
    for player in players:
        player.start()
    for player in players:
        player.join(timeout=120)
        assert not player.is_alive()
    assert all((env.blocks == alone.blocks).all() for env in envs)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_after_stepping(random):
    sim = many(FORAGE, 4)
    actions = random_actions(True, sim.rows, random)
    sim.step(actions)
    child = os.fork()
    if child == 0:
        # Only the exit status is told; a child must never return into pytest.
        status = 1
        try:
            for _ in range(3):
                sim.step(actions)
            alone = many(FORAGE, 1)
            for _ in range(4):
                alone.step(actions)
            status = int((alone.blocks != sim.blocks).any())
        finally:
            os._exit(status)
    sim.step(actions)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("context", ["fork", "forkserver", "spawn"])
def test_workers_after_the_parent_has_threads(context):
    # The parent's team has run; the children start theirs.
    many(FORAGE, 4).step(np.zeros(64 * 128, dtype=np.int64))
    settings = {**SMALL, "threads": 2}
    frames = {}
    for mode, arguments in (("async", {"context": context}), ("sync", {})):
        env = gymnasium.make_vec(
            f"sakana_envs:{FORAGE}", num_envs=2, vectorization_mode=mode, vector_kwargs=arguments, **settings
        )
        frames[mode] = [env.reset(seed=[1, 2])[0]] + [env.step(np.array([1, 3]))[0] for _ in range(5)]
        env.close()
    assert all((left == right).all() for left, right in zip(frames["async"], frames["sync"], strict=True))


COLD = """
import gymnasium, sakana_envs, hashlib
env = gymnasium.make("Sakana/Forage-Discrete-v0", agents=6, height=12, width=10)
observations = [env.reset(seed=1)[0]] + [env.step(3)[0] for _ in range(5)]
print(hashlib.sha256(b"".join(o.tobytes() for o in observations)).hexdigest())
"""


def cold_processes(count, folder):
    """What so many processes print that start at once on one empty cache."""
    environment = {**os.environ, "SAKANA_CACHE_DIR": str(folder)}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", COLD], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(count)
    ]
    outputs = [process.communicate(timeout=600) for process in running]
    assert all(process.returncode == 0 for process in running), outputs[0][1][-2000:]
    return [output for output, _ in outputs]


def test_processes_that_start_cold_on_one_cache(tmp_path):
    # More of them: python tests/test_threads.py 32
    assert len(set(cold_processes(int(os.environ.get("SAKANA_COLD_PROCESSES", "4")), tmp_path))) == 1
    assert not [file for file in tmp_path.rglob("*") if file.is_file() and file.suffix != ".kernel"]


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as cache:
        found = cold_processes(int(sys.argv[1]), Path(cache))
    print(f"{len(found)} processes, {len(set(found))} different results")
