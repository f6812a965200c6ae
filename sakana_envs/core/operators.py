"""Which of Numba's implementations of an operator fits, found once for all that the engine compiles.

For each ``+``, ``<`` and item Numba tries some dozens of them in turn. A task's code has thousands of these, of a few
hundred kinds; to remember what was found saves a tenth of a cold start. Other code of a process is compiled as ever.
"""

import operator
from typing import Any

from numba.core import types

_OPERATORS = frozenset(each for each in vars(operator).values() if callable(each))
_found: dict[tuple, Any] = {}


class Remembering:
    """A typing context of Numba's, but that it remembers which implementations of operators it found."""

    def __init__(self, context: Any) -> None:
        self._context = context

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def resolve_function_type(self, function: Any, arguments: Any, named: Any) -> Any:
        """The signature by which a function is called with arguments of these types."""
        if function in _OPERATORS:
            function = self._context.resolve_value_type(function)
        if not isinstance(function, types.Function) or function.typing_key not in _OPERATORS or named:
            return self._context.resolve_function_type(function, arguments, named)
        # Where another implementation is registered, the function is another one from then on. Which machine code it is
        # depends on options too, and is found as a function is lowered, without this.
        asked = self._context, function, tuple(arguments)
        if asked not in _found:
            _found[asked] = self._context.resolve_function_type(function, arguments, named)
        return _found[asked]

    def resolve_setitem(self, target: Any, index: Any, value: Any) -> Any:
        """The signature by which an item is set."""
        return self.resolve_function_type(self.resolve_value_type(operator.setitem), (target, index, value), {})
