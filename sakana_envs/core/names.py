"""Help with names that are almost right."""

import difflib
from collections.abc import Iterable


def nearest(name: object, known: Iterable[str]) -> str:
    """`` - did you mean 'x'?`` for the known name that is most like ``name``, letters of any case, or nothing."""
    if not isinstance(name, str):
        return ""
    spelt = {each.casefold(): each for each in known}
    matches = difflib.get_close_matches(name.casefold(), list(spelt), n=1, cutoff=0.5)
    return f" - did you mean {spelt[matches[0]]!r}?" if matches else ""
