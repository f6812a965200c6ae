"""The arrays that worlds of every kind have; an engine says where among its own they lie."""

import numpy as np

from sakana_envs.core.actions import Actions
from sakana_envs.core.structure import Field

WORLD_FIELDS = {
    "seed": Field("world", np.uint64, "seed of the world"),
    "episode": Field("world", np.int64, "episodes begun since the world was seeded, from 0"),
    "clock": Field("world", np.int32, "ticks since the episode began"),
    "episode_length": Field("world", np.int32, "ticks of the running episode, or of the last one until the next tick"),
    "time_limit": Field("world", np.int32, "ticks after which the episode is cut off, 1 to the horizon"),
    "over": Field("world", np.uint8, "1 once the episode has ended, until the next one begins"),
    "fault": Field("world", np.uint8, "what a rule did wrong: what, and the rule's number; zeros: nothing", 2),
    "fault_agent": Field("world", np.int32, "whose fault it is, or how many are concerned, see faults.py"),
}

START_FIELDS = {
    "level": Field(
        "world", np.int32, "number of the level from which the episode began, see levels.py; below 0: of none"
    ),
}
"""What an episode began from; apart, since an engine may have room for it at the end only."""

AGENT_FIELDS = {
    "reward": Field("agent", np.float32, "reward of this tick"),
    "terminated": Field("agent", np.uint8, "1 if the task ended the episode for this agent this tick"),
    "episode_return": Field("agent", np.float64, "sum of rewards since the episode began"),
    "score": Field("agent", np.float32, "score in [0, 1] of the last episode that ended"),
}

MORTAL_FIELDS = {
    "alive": Field("agent", np.uint8, "1 while the agent lives"),
    "died": Field("agent", np.uint8, "event: 1 if the agent was removed this tick"),
}
"""Of worlds whose agents can die."""


def optional_fields(actions: Actions) -> dict[str, dict[str, Field]]:
    """Fields of worlds that need them, by the attribute that rules read when they do."""
    size = len(actions.coordinates)
    action = Field("agent", np.float32, f"what the agent did this tick: {', '.join(actions.coordinates)}", size)
    return {"action": {"action": action}, "alive": MORTAL_FIELDS}
