"""One thread at a time is inside a simulation; a second one gets an error instead of half-moved worlds."""

import sys
from threading import get_ident

THREAD = "thread"


class Exclusive(dict[str, int]):
    """What ``with`` guards: a thread that comes while another is inside gets a ``RuntimeError``.

    Who is inside stands in it under ``THREAD``; a dictionary's ``setdefault`` and ``clear`` are indivisible. So an
    interrupt between any two instructions leaves at worst this very thread's number there, which doesn't keep it out.
    """

    def __reduce__(self) -> tuple:
        return Exclusive, ()  # nobody is inside a copy

    def __enter__(self) -> None:
        thread = get_ident()
        if self.setdefault(THREAD, thread) != thread:
            self.refuse_or_replace(thread)

    def __exit__(self, *_: object) -> None:
        self.clear()

    def refuse_or_replace(self, thread: int) -> None:
        """Raise ``RuntimeError`` if the thread that is inside lives; else this one takes its place."""
        other = self.get(THREAD)
        if other in sys._current_frames():
            raise RuntimeError(
                "another thread is inside this environment: give each thread an environment of its own, or let one "
                "wait for the other with a threading.Lock"
            )
        self[THREAD] = thread  # it ended in there, or stayed behind in a parent process
