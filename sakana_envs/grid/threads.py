"""Threads that run a kernel over shards of worlds. They belong to one process and start when first needed.

Kernels release Python's lock, so plain threads suffice, and survive what compiled thread pools don't: a fork (the child
starts threads of its own) and several Python threads that step at once (who finds the team busy works alone).
"""

import os
import threading
from collections.abc import Callable
from typing import Any

ROWS_PER_THREAD = 1024
"""Fewer agents are not worth a thread, even if threads were asked for."""

ROWS_UNASKED = 8192
"""Agents for each thread where nobody said how many threads: waking one must not cost more than it saves on a busy
machine."""


def available() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Worker:
    """A thread that waits for a shard, runs it, and says so."""

    def __init__(self) -> None:
        self._start = threading.Semaphore(0)
        self._done = threading.Semaphore(0)
        self._job: Callable[[], Any] | None = None
        self._outcome: Any = None
        threading.Thread(target=self._serve, daemon=True, name="sakana_envs").start()

    def _serve(self) -> None:
        while True:
            self._start.acquire()
            assert self._job is not None
            try:
                self._outcome = self._job()
            except BaseException as error:  # the caller raises it in its own thread
                self._outcome = error
            self._done.release()

    def begin(self, job: Callable[[], Any]) -> None:
        self._job = job
        self._start.release()

    def finish(self) -> Any:
        self._done.acquire()
        outcome, self._outcome, self._job = self._outcome, None, None
        return outcome


class _Team:
    def __init__(self) -> None:
        self.process = os.getpid()
        self.busy = threading.Lock()
        self.workers: list[_Worker] = []


_team = _Team()


def run(kernel: Callable, arguments: tuple, worlds: int, shards: int) -> list[Any]:
    """``kernel(*arguments, first, last)`` for ``shards`` equal parts of the worlds at once; what each returned.

    The calling thread takes the first part. An exception of any part is raised once all have ended.
    """
    global _team
    if _team.process != os.getpid():
        _team = _Team()
    team = _team
    if shards <= 1 or not team.busy.acquire(blocking=False):
        return [kernel(*arguments, 0, worlds)]
    try:
        team.workers += [_Worker() for _ in range(shards - 1 - len(team.workers))]
        bounds = [worlds * shard // shards for shard in range(shards + 1)]
        helpers = team.workers[: shards - 1]
        for shard, worker in enumerate(helpers, start=1):
            worker.begin(_part(kernel, arguments, bounds[shard], bounds[shard + 1]))
        try:
            results = [kernel(*arguments, 0, bounds[1])]
        finally:
            others = [worker.finish() for worker in helpers]
        for outcome in others:
            if isinstance(outcome, BaseException):
                raise outcome
        return results + others
    finally:
        team.busy.release()


def _part(kernel: Callable, arguments: tuple, first: int, last: int) -> Callable[[], Any]:
    return lambda: kernel(*arguments, first, last)
