"""Who beats whom in tasks with two sides, and by how much: matches, a cross-play table, and ratings."""

from sakana_envs.tools.versus.matches import Versus, versus
from sakana_envs.tools.versus.ratings import Rating

__all__ = ["Rating", "Versus", "versus"]
