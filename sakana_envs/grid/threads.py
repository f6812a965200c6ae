"""Threads that help with a step. They belong to one process, start when first needed, and sleep when nothing comes.

Kernels release Python's lock and share work out by themselves (see :mod:`sakana_envs.grid.tickets`), so a helper is
only sent in; it never has to be waited for. So this survives what compiled thread pools don't: a fork (the child
starts helpers of its own) and several Python threads that step at once.
"""

import os
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from sakana_envs.grid.tickets import FAILED, close

ROWS_PER_THREAD = 1024
"""Fewer agents are not worth a thread."""


def available() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Helper:
    """A thread that runs kernels which return when no work has come for a while."""

    def __init__(self, failures: dict[int, BaseException]) -> None:
        self.control: np.ndarray | None = None
        self._failures = failures
        self._call: Callable[[], Any] | None = None
        self._wake = threading.Semaphore(0)
        threading.Thread(target=self._serve, daemon=True, name="sakana_envs").start()

    def _serve(self) -> None:
        while True:
            self._wake.acquire()
            assert self._call is not None and self.control is not None
            try:
                self._call()
            except BaseException as error:  # the thread that steps raises it
                self._failures[id(self.control)] = error
                self.control[FAILED] = 1
            self._call = self.control = None

    def send(self, call: Callable[[], Any], control: np.ndarray) -> None:
        """Let a helper run ``call``, which works by ``control``; it must be idle, that is, have no other."""
        self._call, self.control = call, control
        self._wake.release()


class _Team:
    def __init__(self) -> None:
        self.process = os.getpid()
        self.sending = threading.Lock()
        self.helpers: list[_Helper] = []
        self.failures: dict[int, BaseException] = {}
        """What went wrong in a helper, by the identity of the ``control`` it worked by."""


_team = _Team()


def run(kernel: Callable, arguments: tuple, control: np.ndarray, count: int) -> Any:
    """What ``kernel(*arguments, control, 0)`` returns; ``count`` - 1 helpers run it with places 1, 2, ... beside it.

    An exception of any of them is raised once none of them works any more.
    """
    global _team
    if _team.process != os.getpid():
        _team = _Team()
    team = _team
    if team.sending.acquire(blocking=False):  # else another thread sends them in, and this one works alone
        try:
            team.helpers += [_Helper(team.failures) for _ in range(count - 1 - len(team.helpers))]
            for place, helper in enumerate(team.helpers[: count - 1], start=1):
                if helper.control is None:
                    helper.send(partial(kernel, *arguments, control, place), control)
        finally:
            team.sending.release()
    try:
        result = kernel(*arguments, control, 0)
    except BaseException:
        control[FAILED] = 1
        _dismiss(team, control)
        raise
    if control[FAILED]:
        error = _dismiss(team, control)
        assert error is not None
        raise error
    return result


def _dismiss(team: _Team, control: np.ndarray) -> BaseException | None:
    """Wait until no helper works on a step that failed, and close it; a helper's exception, if one failed."""
    while any(helper.control is control for helper in team.helpers):
        time.sleep(1e-4)
    close(control)
    return team.failures.pop(id(control), None)
