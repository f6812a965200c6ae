"""Everything that rules of a task in a world of discs may use: one import for those who write worlds of their own."""

from sakana_envs.discs import vocabulary
from sakana_envs.discs.vocabulary import *  # noqa: F403
from sakana_envs.tasks.task import Task

__all__ = [*vocabulary.__all__, "Task"]
