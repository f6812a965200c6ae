"""Help with names that are almost right."""

import difflib
from collections.abc import Iterable


def nearest(name: object, known: Iterable[str]) -> str:
    """`` - did you mean 'x'?`` for the known name that is most like ``name``, or nothing."""
    if not isinstance(name, str):
        return ""
    matches = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f" - did you mean {matches[0]!r}?" if matches else ""
