"""Everything that a task's rules may use: one import for those who write worlds of their own."""

from sakana_envs.grid import vocabulary
from sakana_envs.grid.vocabulary import *  # noqa: F403
from sakana_envs.tasks.task import Task

__all__ = [*vocabulary.__all__, "Task"]
