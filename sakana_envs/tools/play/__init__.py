"""A world in which a person acts for one agent: the game, what is shown of it, its keys, and its window."""

from sakana_envs.tools.play.loop import play

__all__ = ["play"]
