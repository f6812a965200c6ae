"""How fast the worlds are, next to what memory allows: the same observations copied by memcpy in the same run.

Speeds are agent-steps per second with observations written, actions made beforehand, in the median of repeats. Cost by
phase is taken from the same phases run one after the other over all worlds, so it doesn't add up exactly.
"""

import itertools
import platform
import time
from collections.abc import Callable, Collection
from typing import Any

import numpy as np
from numba import njit

from sakana_envs.core import threads
from sakana_envs.core.simulation import Simulation
from sakana_envs.grid.motion import MOVES
from sakana_envs.tasks import registry
from sakana_envs.tools.measure.faces import measure_faces, measure_start, nanoseconds
from sakana_envs.tools.tables import print_line

SHAPES: dict[str, dict[str, Any]] = {
    "1x4096": {"worlds": 1, "agents": 4096, "height": 720, "width": 1080},
    "8x512": {"worlds": 8, "agents": 512, "height": 256, "width": 256},
    "64x64": {"worlds": 64, "agents": 64, "height": 128, "width": 128},
    "512x8": {"worlds": 512, "agents": 8, "height": 64, "width": 64},
    "4096x1": {"worlds": 4096, "agents": 1, "height": 32, "width": 32},
}
"""Worlds x agents of worlds of cells: all have 4096 agents."""

_ACTION_SETS = 16
_ROWS = 4096


def shapes_of(task: str) -> list[str]:
    """Names of the worlds in which a task is measured: ``SHAPES`` of cells, else its presets, some 4096 agents each."""
    record = registry.get(task)
    return list(SHAPES) if record.engine.name == "cells" else list(record.presets)


def _simulation(task: str, twin: str, shape: str, thread_count: int) -> Simulation:
    """Worlds of a shape whose episodes don't end, begun."""
    chosen = SHAPES.get(shape)
    if chosen is None:
        agents = registry.settings(registry.get(task), preset=shape).sizes["agents"]
        chosen = {"preset": shape, "worlds": max(1, _ROWS // agents)}
    simulation = registry.simulation(task, registry.twin(task, twin), threads=thread_count, horizon=2**31 - 1, **chosen)
    simulation.seed(0)
    simulation.reset()
    return simulation


def _actions(simulation: Simulation) -> Callable[[int], np.ndarray]:
    """Random actions for a tick. Each comes as often as its opposite: else agents would drift and pile up at walls."""
    random = np.random.default_rng(0)
    if simulation.actions is not MOVES:
        made = [simulation.random_actions()]
        while len(made) < _ACTION_SETS:  # those that it draws change with every tick
            simulation.step(made[-1])
            made.append(simulation.random_actions())
        return lambda tick: made[tick % len(made)]
    half = _ACTION_SETS // 2
    if simulation.twin:
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
    return space[first : first + array.nbytes].view(array.dtype).reshape(array.shape)


def measure(task: str, twin: str, shape: str, thread_count: int, repeats: int, ticks: int) -> dict[str, Any]:
    """Speed of one task, twin and shape: nanoseconds per agent-step, their spread, and those of memcpy in between."""
    simulation = _simulation(task, twin, shape, thread_count)
    actions = _actions(simulation)
    observations = simulation.step(actions(0)).observations
    copy = _beside(observations)
    steps, copies = [], []
    for _ in range(repeats):
        steps.append(nanoseconds(lambda t: simulation.step(actions(t)), simulation.rows, ticks))
        copies.append(nanoseconds(lambda _: np.copyto(copy, observations), simulation.rows, ticks))
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
        "bytes_per_observation": observations[0].nbytes,
    }


def measure_phases(task: str, twin: str, shape: str, repeats: int, ticks: int) -> dict[str, float]:
    """Nanoseconds per agent of each phase of a tick, one thread."""
    simulation = _simulation(task, twin, shape, 1)
    view, phases = simulation.program.kernels.view, simulation.program.kernels.phases
    _, intend, resolve, update, judge, perceive, *_ = phases

    @njit(nogil=True)
    def advance(blocks, header):
        for index in range(blocks.shape[0]):
            view(blocks, header, index).clock[0] += 1

    @njit(nogil=True)
    def intend_all(blocks, header, twin, choices, vectors):
        for index in range(blocks.shape[0]):
            intend(view(blocks, header, index), twin, choices, vectors, index * header[0])

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
                ("intend", intend_all, (int(simulation.twin), *simulation.both(actions(tick)))),
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


def run(
    pairs: Collection[tuple[str, str]], shapes: Collection[str] | None, repeats: int, ticks: int, everything: bool
) -> dict[str, Any]:
    """Measure tasks' twins and print; returns what was measured, for JSON. Without ``shapes``, in all that each has."""
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
    print_line(
        f"{'task':13s}{'twin':11s}{'shape':8s}{'threads':>8s}{'M steps/s':>10s}{'ns':>7s}"
        f"{'low-high':>14s}{'x memcpy':>9s}"
    )
    measured = [
        (task, twin, shape) for task, twin in pairs for shape in shapes_of(task) if shapes is None or shape in shapes
    ]
    for (task, twin, shape), count in itertools.product(measured, counts):
        row = measure(task, twin, shape, count, repeats, ticks)
        report["speeds"].append(row)
        time_ = row["nanoseconds"]
        print_line(
            f"{task:13s}{twin:11s}{shape:8s}{count:8d}{row['million_agent_steps_per_second']:10.1f}"
            f"{time_['median']:7.1f}{time_['lowest']:7.1f}-{time_['highest']:<6.1f}{row['times_memcpy']:9.1f}"
        )
    if everything:
        for task, shape in dict.fromkeys((task, shape) for task, _, shape in measured):
            phases = measure_phases(task, "Discrete", shape, repeats, ticks)
            report["phases"].append({"task": task, "shape": shape, **phases})
            spent = ", ".join(f"{name} {value:.1f} ns" for name, value in phases.items())
            print_line(f"{task:13s}{shape:8s} {spent}")
        report["faces_microseconds"] = measure_faces(repeats)
        for name, value in report["faces_microseconds"].items():
            print_line(f"{name:32s}{value:9.2f} us per call")
        report["start_seconds"] = measure_start()
        for name, parts in report["start_seconds"].items():
            spent = ", ".join(f"{part} {seconds:.2f} s" for part, seconds in parts.items())
            print_line(f"{name:8s} {spent}")
    return report
