"""Threads that help with a step. They belong to one process, start when first needed, and sleep when nothing comes.

Kernels release Python's lock and share work out by themselves (see :mod:`sakana_envs.core.tickets`), so a helper is
only sent in; it never has to be waited for. So this survives what compiled thread pools don't: a fork (the child
starts helpers of its own) and several Python threads that step at once.
"""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np

from sakana_envs.core.tickets import FAILED, close

ROWS_PER_THREAD = 1024
"""Fewer agents are not worth a thread."""


def available() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Helper:
    """A thread that runs kernels which return when no work has come for a while.

    An interrupt may come between any two instructions of whoever sends it a call. So a call may be there of which
    nobody told it; it may be woken again at any time.
    """

    def __init__(self) -> None:
        self.control: np.ndarray | None = None
        self.failure: tuple[np.ndarray, BaseException] | None = None
        """The ``control`` of a step in which its kernel failed, and how."""
        self._call: Callable[[], Any] | None = None
        self._asleep = threading.Lock()
        self._asleep.acquire()
        threading.Thread(target=self._serve, daemon=True, name="sakana_envs").start()

    def _serve(self) -> None:
        while True:
            self._asleep.acquire()
            call, control = self._call, self.control
            if call is not None and control is not None:
                try:
                    call()
                except BaseException as error:  # the thread that steps raises it
                    self.failure = control, error
                    control[FAILED] = 1
                self._call = self.control = None
            call = control = None  # what a call holds isn't kept while it sleeps

    def send(self, call: Callable[[], Any], control: np.ndarray) -> None:
        """Let a helper that has no call run ``call``, which works by ``control``."""
        self._call, self.control = call, control
        self.wake()

    def wake(self) -> None:
        """Have it look whether it has a call."""
        if self._asleep.locked():
            with suppress(RuntimeError):  # it was woken a moment ago
                self._asleep.release()


class _Team:
    def __init__(self) -> None:
        self.process = os.getpid()
        self.sending = threading.Lock()
        self.helpers: list[_Helper] = []


_team = _Team()


def run(kernel: Callable, arguments: tuple, control: np.ndarray, count: int) -> Any:
    """What ``kernel(*arguments, control, 0)`` returns; ``count`` - 1 helpers run it with places 1, 2, ... beside it.

    An exception of any of them is raised once none of them works any more.
    """
    global _team
    if _team.process != os.getpid():
        _team = _Team()
    team = _team
    if not team.sending.locked():  # else another thread sends them in, and this one works alone
        with team.sending:
            while len(team.helpers) < count - 1:
                team.helpers.append(_Helper())
            for place, helper in enumerate(team.helpers[: count - 1], start=1):
                if helper.control is None:
                    helper.send(partial(kernel, *arguments, control, place), control)
                else:
                    helper.wake()
    try:
        result = kernel(*arguments, control, 0)
    except BaseException:
        dismiss(control)
        raise
    if control[FAILED]:
        error = dismiss(control)
        assert error is not None
        raise error
    return result


def dismiss(control: np.ndarray) -> BaseException | None:
    """Wait until no helper works on a step that failed, and close it; a helper's exception, if one failed."""
    control[FAILED] = 1
    helpers = _team.helpers if _team.process == os.getpid() else []
    error = None
    for helper in helpers:
        while helper.control is control:
            helper.wake()
            time.sleep(1e-4)
        if helper.failure is not None and helper.failure[0] is control:
            error, helper.failure = helper.failure[1], None
    close(control)
    return error
