"""How fast the worlds are, next to what memory allows: the same observations copied by memcpy in the same run.

Speeds are agent-steps per second with observations written, actions made beforehand, in the median of repeats. Cost by
phase is taken from the same phases run one after the other over all worlds, so it doesn't add up exactly.
"""

import itertools
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from typing import Any

import numpy as np
from numba import njit

from sakana_envs.grid import threads
from sakana_envs.grid.simulation import Simulation
from sakana_envs.tasks import registry

SHAPES: dict[str, dict[str, Any]] = {
    "1x4096": {"worlds": 1, "agents": 4096, "height": 720, "width": 1080},
    "8x512": {"worlds": 8, "agents": 512, "height": 256, "width": 256},
    "64x64": {"worlds": 64, "agents": 64, "height": 128, "width": 128},
    "512x8": {"worlds": 512, "agents": 8, "height": 64, "width": 64},
    "4096x1": {"worlds": 4096, "agents": 1, "height": 32, "width": 32},
}
"""Worlds x agents: all have 4096 agents."""

_ACTION_SETS = 16


def _nanoseconds(run: Callable[[int], Any], rows: int, ticks: int) -> float:
    start = time.perf_counter()
    for tick in range(ticks):
        run(tick)
    return (time.perf_counter() - start) / (ticks * rows) * 1e9


def _actions(simulation: Simulation) -> Callable[[int], np.ndarray]:
    """Random actions for a tick. Each comes as often as its opposite: else agents would drift and pile up at walls."""
    random = np.random.default_rng(0)
    half = _ACTION_SETS // 2
    if simulation.program.discrete:
        sets = [random.integers(0, 9, simulation.rows) for _ in range(half)]
        sets += [np.where(actions > 0, (actions + 3) % 8 + 1, 0) for actions in sets]
    else:
        sets = [random.uniform(-1, 1, (simulation.rows, 2)).astype(np.float32) for _ in range(half)]
        sets += [-actions for actions in sets]
    order = random.integers(0, _ACTION_SETS, 4096).tolist()
    return lambda tick: sets[order[tick % len(order)]]


def _beside(array: np.ndarray) -> np.ndarray:
    """Where to copy an array: half a page off it, since memcpy may take three times as long where both begin alike."""
    space = np.empty(array.nbytes + 4096, dtype=np.uint8)
    first = (array.ctypes.data - space.ctypes.data + 2048) % 4096
    return space[first : first + array.nbytes].reshape(array.shape)


def measure(task: str, twin: str, shape: str, thread_count: int, repeats: int, ticks: int) -> dict[str, Any]:
    """Speed of one task, twin and shape: nanoseconds per agent-step, their spread, and those of memcpy in between."""
    simulation = registry.simulation(
        task, registry.TWINS[twin], threads=thread_count, horizon=2**31 - 1, **SHAPES[shape]
    )
    simulation.seed(0)
    simulation.reset()
    actions = _actions(simulation)
    observations = simulation.step(actions(0)).observations
    copy = _beside(observations)
    steps, copies = [], []
    for _ in range(repeats):
        steps.append(_nanoseconds(lambda t: simulation.step(actions(t)), simulation.rows, ticks))
        copies.append(_nanoseconds(lambda _: np.copyto(copy, observations), simulation.rows, ticks))
    step, floor = float(np.median(steps)), float(np.median(copies))
    return {
        "task": task,
        "twin": twin,
        "shape": shape,
        "threads": thread_count,
        "million_agent_steps_per_second": round(1e3 / step, 2),
        "nanoseconds": {"median": round(step, 2), "lowest": round(min(steps), 2), "highest": round(max(steps), 2)},
        "memcpy_nanoseconds": round(floor, 2),
        "times_memcpy": round(step / floor, 2),
        "bytes_per_world": simulation.layout.stride,
        "bytes_per_observation": simulation.program.observation_length,
    }


def measure_phases(task: str, twin: str, shape: str, repeats: int, ticks: int) -> dict[str, float]:
    """Nanoseconds per agent of each phase of a tick, one thread."""
    simulation = registry.simulation(task, registry.TWINS[twin], threads=1, horizon=2**31 - 1, **SHAPES[shape])
    simulation.seed(0)
    simulation.reset()
    view, phases = simulation.program.kernels.view, simulation.program.kernels.phases
    intend, resolve, update, judge, perceive = phases[1:]

    @njit(nogil=True)
    def advance(blocks, header):
        for index in range(blocks.shape[0]):
            view(blocks, header, index).clock[0] += 1

    @njit(nogil=True)
    def intend_all(blocks, header, actions):
        for index in range(blocks.shape[0]):
            intend(view(blocks, header, index), actions, index * header[0])

    @njit(nogil=True)
    def resolve_all(blocks, header):
        for index in range(blocks.shape[0]):
            resolve(view(blocks, header, index))

    @njit(nogil=True)
    def judge_all(blocks, header):
        for index in range(blocks.shape[0]):
            update(view(blocks, header, index))
            judge(view(blocks, header, index))

    @njit(nogil=True)
    def perceive_all(blocks, header, observations):
        for index in range(blocks.shape[0]):
            perceive(view(blocks, header, index), index * header[0], observations)

    worlds = (simulation.blocks, simulation.layout.header)
    actions, observations = _actions(simulation), simulation.observe()
    spent: dict[str, list[float]] = {"intend": [], "resolve": [], "judge": [], "perceive": []}
    for repeat in range(repeats + 1):
        sums = dict.fromkeys(spent, 0.0)
        for tick in range(ticks):
            advance(*worlds)
            for name, run, more in (
                ("intend", intend_all, (actions(tick),)),
                ("resolve", resolve_all, ()),
                ("judge", judge_all, ()),
                ("perceive", perceive_all, (observations,)),
            ):
                start = time.perf_counter()
                run(*worlds, *more)
                sums[name] += time.perf_counter() - start
        if repeat:  # the first one compiles
            for name, seconds in sums.items():
                spent[name].append(seconds / (ticks * simulation.rows) * 1e9)
    return {name: round(float(np.median(values)), 2) for name, values in spent.items()}


def measure_faces(repeats: int) -> dict[str, float]:
    """Microseconds per call of each face, Forage-Discrete, one thread."""
    import gymnasium

    from sakana_envs.registration import parallel_env

    identity = "Sakana/Forage-Discrete-v0"
    endless: dict[str, Any] = {"horizon": 2**31 - 1, "threads": 1}
    batch: dict[str, Any] = {"num_envs": 4096, "agents": 512, "height": 256, "width": 256, **endless}
    actions = np.random.default_rng(0).integers(0, 9, 4096)
    single = gymnasium.make(identity, agents=1, **endless).unwrapped
    crowd = gymnasium.make(identity, agents=128, **endless).unwrapped
    by_bytes = gymnasium.make_vec(identity, obs="bytes", **batch)
    flat = gymnasium.make_vec(identity, **batch)
    parallel = parallel_env(identity, agents=512, height=256, width=256, obs="bytes", **endless)
    for env in (single, crowd, by_bytes, flat, parallel):
        env.reset(seed=0)
    choices = dict.fromkeys(parallel.agents, 3)
    kernel = by_bytes.unwrapped.seats.simulation  # type: ignore[attr-defined]
    calls: dict[str, tuple[Callable[[int], Any], int]] = {
        "single, one agent": (lambda _: single.step(3), 2000),
        "single, 127 scripted others": (lambda _: crowd.step(3), 200),
        "simulation, 4096 rows": (lambda _: kernel.step(actions), 100),
        "clone of one of its 8 worlds": (lambda _: kernel.clone(0, 1), 1000),
        "vector, 4096 rows, bytes": (lambda _: by_bytes.step(actions), 100),
        "vector, 4096 rows, flat": (lambda _: flat.step(actions), 50),
        "parallel, 512 agents, bytes": (lambda _: parallel.step(choices), 100),
    }
    try:
        from sakana_envs.wrappers.sb3_vec_env import SB3VecEnv

        vec_env = SB3VecEnv(identity, **batch)
        vec_env.reset()
        calls["SB3 VecEnv, 4096 rows, flat"] = (lambda _: vec_env.step(actions), 50)
    except ImportError:
        pass
    result = {}
    for name, (call, times) in calls.items():
        call(0)
        result[name] = round(float(np.median([_nanoseconds(call, 1, times) for _ in range(repeats)])) / 1e3, 2)
    return result


_START = """
import json, os, time
a = time.perf_counter(); import gymnasium, numba
b = time.perf_counter(); import sakana_envs
c = time.perf_counter(); env = gymnasium.make("Sakana/Forage-Discrete-v0"); env.reset(seed=0); env.step(0)
d = time.perf_counter(); print(json.dumps({"gymnasium_and_numba": b - a, "sakana_envs": c - b, "first_step": d - c}))
"""


def measure_start() -> dict[str, dict[str, float]]:
    """Seconds of a new process to import and to take its first step, with an empty cache of kernels and a full one."""
    import tempfile

    result = {}
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "SAKANA_CACHE_DIR": folder}
        for name in ("cold", "cached"):
            done = subprocess.run(
                [sys.executable, "-c", _START], env=environment, capture_output=True, text=True, check=True
            )
            result[name] = {part: round(seconds, 3) for part, seconds in json.loads(done.stdout).items()}
    return result


def run(
    pairs: Collection[tuple[str, str]], shapes: Collection[str], repeats: int, ticks: int, everything: bool
) -> dict[str, Any]:
    """Measure tasks' twins and print; returns what was measured, for JSON."""
    import numba

    report: dict[str, Any] = {
        "machine": {
            "processor": platform.processor() or platform.machine(),
            "processors": threads.available(),
            "python": platform.python_version(),
            "numpy": np.__version__,
            "numba": numba.__version__,
        },
        "repeats": repeats,
        "speeds": [],
        "phases": [],
    }
    counts = dict.fromkeys([1, threads.available()])
    print(
        f"{'task':13s}{'twin':11s}{'shape':8s}{'threads':>8s}{'M steps/s':>10s}{'ns':>7s}"
        f"{'low-high':>14s}{'x memcpy':>9s}"
    )
    for (task, twin), shape, count in itertools.product(pairs, shapes, counts):
        row = measure(task, twin, shape, count, repeats, ticks)
        report["speeds"].append(row)
        time_ = row["nanoseconds"]
        print(
            f"{task:13s}{twin:11s}{shape:8s}{count:8d}{row['million_agent_steps_per_second']:10.1f}"
            f"{time_['median']:7.1f}{time_['lowest']:7.1f}-{time_['highest']:<6.1f}{row['times_memcpy']:9.1f}",
            flush=True,
        )
    if everything:
        for task in dict.fromkeys(task for task, _ in pairs):
            for shape in shapes:
                phases = measure_phases(task, "Discrete", shape, repeats, ticks)
                report["phases"].append({"task": task, "shape": shape, **phases})
                print(f"{task:13s}{shape:8s}", ", ".join(f"{name} {value:.1f} ns" for name, value in phases.items()))
        report["faces_microseconds"] = measure_faces(repeats)
        for name, value in report["faces_microseconds"].items():
            print(f"{name:32s}{value:9.2f} us per call")
        report["start_seconds"] = measure_start()
        for name, parts in report["start_seconds"].items():
            print(f"{name:8s}", ", ".join(f"{part} {seconds:.2f} s" for part, seconds in parts.items()))
    return report
