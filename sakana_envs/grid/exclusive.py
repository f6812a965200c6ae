"""One thread at a time is inside a simulation; a second one gets an error instead of half-moved worlds."""

import sys
from threading import get_ident


class Exclusive:
    """What ``with`` guards: a thread that comes while another is inside gets a ``RuntimeError``.

    Who is inside stands in a dictionary, whose ``setdefault`` and ``pop`` are indivisible. An interrupt between any two
    instructions leaves at worst the name of this very thread there, which doesn't keep it out.
    """

    def __init__(self) -> None:
        self._inside: dict[str, int] = {}

    def __enter__(self) -> None:
        thread = get_ident()
        if self._inside.setdefault("thread", thread) != thread:
            self._refuse_or_replace(thread)

    def __exit__(self, *_: object) -> None:
        self._inside.pop("thread", None)

    def _refuse_or_replace(self, thread: int) -> None:
        other = self._inside.get("thread")
        if other in sys._current_frames():
            raise RuntimeError(
                "another thread is inside this environment: give each thread an environment of its own, or let one "
                "wait for the other with a threading.Lock"
            )
        self._inside["thread"] = thread  # it ended in there, or stayed behind in a parent process
