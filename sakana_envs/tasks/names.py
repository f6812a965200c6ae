"""Names that arguments of every task have, and help with those that are almost right."""

from sakana_envs.core.names import nearest

RUNNING = ("threads", "stagger", "copy", "debug")
"""How worlds are run; what they are doesn't depend on it."""

ARGUMENTS = (
    "preset",
    "map",
    "levels",
    "split",
    "obs",
    "info",
    "others",
    "learners",
    "clip_actions",
    "render_mode",
    "camera",
    *RUNNING,
)
"""What a face takes besides a world's sizes and numbers; no task may use these names for its own."""

__all__ = ["ARGUMENTS", "RUNNING", "nearest"]
