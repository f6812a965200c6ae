"""What a call of each face costs, and a new process: what ``bench`` measures besides worlds."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np


def nanoseconds(run: Callable[[int], Any], rows: int, ticks: int) -> float:
    """Time per tick and row of calls that are handed the tick's number."""
    start = time.perf_counter()
    for tick in range(ticks):
        run(tick)
    return (time.perf_counter() - start) / (ticks * rows) * 1e9


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
        result[name] = round(float(np.median([nanoseconds(call, 1, times) for _ in range(repeats)])) / 1e3, 2)
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
