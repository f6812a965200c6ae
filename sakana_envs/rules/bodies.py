"""Everything that rules of a task in a world of bodies may use: one import for those who write worlds of their own."""

from sakana_envs.bodies import vocabulary
from sakana_envs.bodies.vocabulary import *  # noqa: F403
from sakana_envs.tasks.task import Task

__all__ = [*vocabulary.__all__, "Task"]
