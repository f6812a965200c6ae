"""Builds and measures worlds of one system, in the interpreter in which that system is installed.

``python worker.py SYSTEM CORE`` pins itself to the core, says the system's version, and then answers each line of JSON
with one: ``{"make": world}`` builds a batch of worlds, unless that is the one there is, ``{"measure": seconds}`` steps
it for so long.
"""

import json
import os
import sys
import time
import traceback

BLOCK_SECONDS = 0.02
"""A block of ticks takes at least this long, so that the loop around it costs nothing."""


def _pin(core: int) -> None:
    """Before anything is imported, since libraries start as many threads as they see cores."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ[name] = "1"


def _block(batch) -> int:
    """Ticks of a block. The first ticks warm caches up and compile."""
    batch.prepare()
    batch.run(batch.block or 1)
    if batch.block:
        return batch.block
    ticks = 1
    while True:
        start = time.perf_counter()
        batch.run(ticks)
        if time.perf_counter() - start > BLOCK_SECONDS:
            return ticks
        ticks *= 2


def _measure(batch, block: int, seconds: float) -> dict:
    steps, wall, processor = 0, 0.0, 0.0
    while wall < seconds:
        batch.prepare()
        processor_start, start = time.process_time(), time.perf_counter()
        steps += batch.run(block)
        wall += time.perf_counter() - start
        processor += time.process_time() - processor_start
    return {"agent_steps": steps, "wall_seconds": wall, "processor_seconds": processor}


def _describe(batch) -> dict:
    names = ("worlds", "agents", "observation", "observation_bytes")
    return {name: getattr(batch, name) for name in names}


def serve(system: str, requests, answers) -> None:
    def answer(content: dict) -> None:
        answers.write(json.dumps(content) + "\n")
        answers.flush()

    try:
        module = __import__(f"systems.{system}", fromlist=["make"])
        answer({"version": module.version()})
    except ImportError as error:
        answer({"missing": str(error)})
        return
    batch, block, world = None, 0, None
    for line in requests:
        request = json.loads(line)
        try:
            if "make" in request:
                if request["make"] != world:
                    batch = world = None  # the worlds before are given back first
                    batch = module.make(**request["make"])
                    block = _block(batch)
                    world = request["make"]
                answer(_describe(batch))
            else:
                answer(_measure(batch, block, request["measure"]))
        except Exception:
            answer({"failed": traceback.format_exc(limit=-4)})


if __name__ == "__main__":
    _pin(int(sys.argv[2]))
    # What libraries print must not get among the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    serve(sys.argv[1], sys.stdin, answers)
