"""The names that a function's code loads, and its powers."""

import dis
from functools import cache
from types import CodeType

_PLACES = {"LOAD_GLOBAL": "global", "LOAD_DEREF": "closure", "IMPORT_NAME": "import"}


@cache
def names_in(code: CodeType) -> list[tuple[str, ...]]:
    """What code loads by name, functions within it included, each once.

    ``("global", "numpy", "pi")`` is where a name is looked up, ``"global"`` or ``"closure"``, the name, and the
    attributes that are taken of it at once; ``("import", "numpy")`` an import, ``("attribute", "size")`` an attribute
    of anything.
    """
    found: dict[tuple[str, ...], None] = {}
    chain: tuple[str, ...] = ()
    for instruction in dis.get_instructions(code):
        name, operation = instruction.argval, instruction.opname
        if operation in ("LOAD_ATTR", "LOAD_METHOD"):
            found["attribute", name] = None
            chain = (*chain, name) if chain else ()
        elif operation != "EXTENDED_ARG":  # which goes before an instruction with a large argument
            if chain:
                found[chain] = None
            chain = (_PLACES[operation], name) if operation in _PLACES else ()
    nested = [names_in(constant) for constant in code.co_consts if isinstance(constant, CodeType)]
    return [*found, *(name for names in nested for name in names)]


def powers_in(code: CodeType) -> list[tuple[str, int]]:
    """Where code, functions within it included, has ``**`` with an exponent that isn't a whole number in its text.

    Each with its line, and the exponent's name, "" if it is something else than one global name or one of a closure.
    """
    found = []
    name: str | None = ""
    line = code.co_firstlineno
    for instruction in dis.get_instructions(code):
        line = (instruction.positions and instruction.positions.lineno) or line
        if instruction.opname == "BINARY_OP" and instruction.argrepr in ("**", "**=") and name is not None:
            found.append((name, line))
        value = instruction.argval
        whole = instruction.opname in ("LOAD_CONST", "LOAD_SMALL_INT") and isinstance(value, int)
        name = None if whole else value if instruction.opname in _PLACES else ""
    nested = [powers_in(constant) for constant in code.co_consts if isinstance(constant, CodeType)]
    return [*found, *(power for powers in nested for power in powers)]
