"""The systems that are compared: one module each, imported only in the interpreter that has the system installed.

A module has ``version()`` and ``make(**world)``, which builds a :class:`Batch`.
"""

from collections.abc import Callable
from dataclasses import dataclass

ACTION_SETS = 128
"""Sets of random actions that are made before the clock starts and then repeated. With few of them an agent would
repeat a short walk, drift to a wall and stay there."""


@dataclass
class Batch:
    """Worlds that are ready to be stepped."""

    run: Callable[[int], int]
    """Makes so many ticks of all worlds; returns the agent-steps made."""
    worlds: int
    agents: int
    """Of each world, at its start."""
    observation: str
    """What an agent sees."""
    observation_bytes: float
    """Of each agent, on average."""
    prepare: Callable[[], object] = lambda: None
    """Called before each block of ticks, outside of the time."""
    block: int | None = None
    """Ticks between two calls of ``prepare``; None for as many as take some time."""
