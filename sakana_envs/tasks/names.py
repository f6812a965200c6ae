"""Help with names that are almost right."""

import difflib
from collections.abc import Iterable

RUNNING = ("threads", "stagger", "copy", "debug")
"""How worlds are run; what they are doesn't depend on it."""

ARGUMENTS = (
    "preset",
    "map",
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


def nearest(name: object, known: Iterable[str]) -> str:
    """`` - did you mean 'x'?`` for the known name that is most like ``name``, letters of any case, or nothing."""
    if not isinstance(name, str):
        return ""
    spelt = {each.casefold(): each for each in known}
    matches = difflib.get_close_matches(name.casefold(), list(spelt), n=1, cutoff=0.5)
    return f" - did you mean {spelt[matches[0]]!r}?" if matches else ""
