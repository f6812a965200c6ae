"""The whole world in plain Python: to be read, and to try a mechanic in before any rule is compiled.

It is slow, some thousands of agents a second, and does what the compiled one does, to the last bit; the tests say so,
tick by tick. ``python -m sakana_envs.reference Forage`` shows both side by side.
"""

from sakana_envs.reference.tasks import TASKS, Forage, Gap, Squared
from sakana_envs.reference.world import AGENT, EMPTY, FOOD, MOTIONS, WALL, World

__all__ = ["AGENT", "EMPTY", "FOOD", "MOTIONS", "TASKS", "WALL", "Forage", "Gap", "Squared", "World"]
