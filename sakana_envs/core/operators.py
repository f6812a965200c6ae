"""Which of Numba's implementations of an operator fits, found once.

For each ``+``, ``<`` and item Numba tries some dozens of them in turn. A task's code has thousands of these, of a few
hundred kinds; to remember what was found saves a tenth of a cold start.
"""

import operator
from collections.abc import Callable
from functools import wraps
from typing import Any

from numba.core.types.functions import BaseFunction

_OPERATORS = frozenset(each for each in vars(operator).values() if callable(each))


def _remembering(resolve: Callable) -> Callable:
    found: dict[tuple, Any] = {}

    @wraps(resolve)
    def get_call_type(function: BaseFunction, context: Any, args: tuple, kws: dict) -> Any:
        if kws or function.typing_key not in _OPERATORS:
            return resolve(function, context, args, kws)
        # Where another implementation is registered, the function is another one from then on.
        asked = function, context, tuple(args)
        if asked not in found:
            found[asked] = resolve(function, context, args, kws)
        return found[asked]

    return get_call_type


BaseFunction.get_call_type = _remembering(BaseFunction.get_call_type)  # type: ignore[method-assign]
