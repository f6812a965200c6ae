"""What compiled code is made of, as a hash: two processes have the same only if the compiler reads the same in both.

The compiler follows names: from a function to its globals, closure and defaults, through modules to their attributes,
from one compiled function to the next, down to values. So does this, and where it finds something whose value it
can't tell there is no hash. Numba, NumPy and what comes with Python are named instead of read, since their versions are
part of it, as is the engine's source. Not seen are operators and types that a user teaches Numba.
"""

import hashlib
import sys
from collections.abc import Callable
from enum import Enum, IntEnum
from functools import cache, partial
from types import CodeType, FunctionType, ModuleType
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.dispatcher import Dispatcher
from numba.core.typing.templates import builtin_registry

from sakana_envs.core.bytecode import names_in
from sakana_envs.core.surroundings import ROOMS, surroundings

_LIBRARIES = {"_operator", "builtins", "cmath", "llvmlite", "math", "numba", "numpy", "operator"}

_LARGEST = 10**6
"""Bytes of an array that is worth reading. The compiler doesn't copy larger ones, it notes their address."""

_PLAIN = (type(None), type(...), bool, int, float, complex, str, bytes, range)
_TOLD_BY_KEY = (types.Number, types.Boolean, types.Array, ir.Type)
"""Types of Numba and LLVM of which those with equal keys are the same."""

_read_before: "WeakKeyDictionary[Callable, tuple]" = WeakKeyDictionary()
"""What each function read when this process first looked, which is what it was compiled with."""


class UnknownValueError(Exception):
    """Something that compiled code depends on, and that may be something else in another process."""


def fingerprint(value: Any, modules: bool = False) -> str:
    """A hash (hex) of a function or value, and of all that the functions in it are made of.

    With ``modules`` the names of their modules count too, which compiled code has in it. Raises
    :class:`UnknownValueError` if a part has no value that another process could compare.
    """
    whole = hashlib.sha256(surroundings())
    places: dict[Callable, int] = {}
    functions: list[Callable] = []

    def add(reader: _Reader) -> None:
        whole.update(reader.digest.digest())
        for function in reader.functions:
            if function not in places:
                places[function] = len(functions)
                functions.append(function)
            whole.update(places[function].to_bytes(8))

    overloads = _overloads()
    root = _Reader(overloads)
    try:
        root.read(value)
        add(root)
        for function in functions:  # grows as they are read
            reader = _Reader(overloads)
            reader.read_function(function)
            found = reader.digest.digest(), reader.functions
            if _read_before.setdefault(function, found) != found:
                raise UnknownValueError(f"{function.__name__} uses what has changed since it was compiled")
            add(reader)
            if modules:
                whole.update(repr(getattr(function, "py_func", function).__module__).encode())
    except RecursionError:
        raise UnknownValueError("a value is part of itself") from None
    return whole.hexdigest()


class _Reader:
    """Reads values into a ``digest``; functions that it comes across are only listed, for they may call each other."""

    def __init__(self, overloads: list[tuple[Any, Callable]]) -> None:
        self._overloads = overloads
        self.digest = hashlib.sha256()
        self.functions: list[Callable] = []

    def _note(self, *words: Any) -> None:
        self.digest.update(repr(words).encode())

    def read_function(self, function: Any) -> None:
        """A function's code, and the values of all names in it."""
        python = getattr(function, "py_func", function)
        if python is not function:
            declared = () if function._can_compile else function.nopython_signatures
            self._note(type(function).__qualname__, str(declared))
            self.read(function.targetoptions)
            self.read(function.locals)
        self.read(python.__code__)
        self.read((python.__defaults__, python.__kwdefaults__))
        cells = dict(zip(python.__code__.co_freevars, python.__closure__ or (), strict=True))
        for place, *names in names_in(python.__code__):
            try:
                self._read_names(python, cells, place, names)
            except UnknownValueError as error:
                raise UnknownValueError(f"{python.__name__} uses {'.'.join(names)}, {error}") from None

    def _read_names(self, python: Any, cells: dict, place: str, names: list[str]) -> None:
        name, *attributes = names
        if place == "attribute":
            self._list_overloads(name)
            return
        if place == "import":
            if name.partition(".")[0] not in _LIBRARIES:
                raise UnknownValueError("a module")
            return
        if place == "closure":
            if name not in cells:
                return  # a variable of its own, which functions within it share
            try:
                value = cells[name].cell_contents
            except ValueError:
                return  # not defined yet, so the compiler will refuse it
        elif name in python.__globals__:
            value = python.__globals__[name]
        elif name in python.__builtins__:
            value = python.__builtins__[name]
        else:
            return  # the compiler won't find it either
        while attributes and isinstance(value, ModuleType):
            if _is_library(value.__name__):
                self._note(value.__name__, attributes)
                value = getattr(value, attributes.pop(0), None)
                if not isinstance(value, (ModuleType, *_PLAIN)):
                    self._list_overloads(value)
                    return
            elif hasattr(value, attributes[0]):
                value = getattr(value, attributes.pop(0))
            else:
                return
        self._note(name)
        self.read(value)

    def _list_overloads(self, subject: Any) -> None:
        """What a user wrote for a function, or for all attributes of a name, with ``numba.extending.overload``."""
        # Not ==, of which arrays make an array. Names of attributes are interned, there and here.
        self.functions += [function for key, function in self._overloads if key is subject]

    def read(self, value: Any) -> None:
        """Any value, with what is in it."""
        kind = type(value)
        self._note(kind.__qualname__)
        if kind in _PLAIN:
            self._note(value)
        elif isinstance(value, CodeType):
            self._note(_code(value))
        elif isinstance(value, Enum):
            self.read(kind)
            self._note(value.name)
        elif isinstance(value, (np.generic, np.dtype)) or kind is np.ndarray:
            self._read_numpy(value)
        elif kind in (tuple, list, dict, set, frozenset, slice, partial) or _is_named_tuple(kind):
            self._read_parts(value)
        elif isinstance(value, Dispatcher):
            self.functions.append(value)
        elif hasattr(value, "_defn"):  # an intrinsic
            self.functions.append(value._defn)
            self.read((value._prefer_literal, value._ctor_kwargs))
        elif isinstance(value, types.ExternalFunction):
            self._note(value.symbol, str(value.sig))
        elif (_is_library(kind.__module__) and isinstance(value, _TOLD_BY_KEY)) or (
            _is_engine(kind.__module__) and isinstance(value, types.Type)
        ):
            self._note(repr(getattr(value, "key", value)))
        elif not self._read_definition(value):
            raise UnknownValueError("a class" if isinstance(value, type) else f"a {kind.__name__}")

    def _read_definition(self, value: Any) -> bool:
        """A class, function or module. Returns whether it could be told."""
        self._list_overloads(value)
        if isinstance(value, FunctionType) and not _is_library(value.__module__):
            self.functions.append(value)
        elif isinstance(value, type) and issubclass(value, Enum):
            self._note(issubclass(value, IntEnum))
            self.read({name: member.value for name, member in value.__members__.items()})
        elif _is_named_tuple(value):
            self._note(value.__qualname__, value._fields)
            self.read(value._field_defaults)
        elif isinstance(value, ModuleType):
            self._note(value.__name__)
            return _is_library(value.__name__)
        else:
            module, name = getattr(value, "__module__", None) or "numpy", getattr(value, "__name__", "")
            self._note(module, name)
            known = _is_library(module) or (isinstance(value, type) and _is_engine(module))
            return known and getattr(sys.modules.get(module), name, None) is value
        return True

    def _read_numpy(self, value: Any) -> None:
        dtype = value if isinstance(value, np.dtype) else value.dtype
        if dtype.hasobject or getattr(value, "nbytes", 0) > _LARGEST:
            raise UnknownValueError("an array of Python objects or of more than a megabyte")
        self._note(repr(dtype))
        if not isinstance(value, np.dtype):
            array = np.asarray(value)
            self._note(array.shape, array.strides, array.flags.writeable, hashlib.sha256(array.tobytes()).digest())

    def _read_parts(self, value: Any) -> None:
        if _is_named_tuple(type(value)):
            self.read(type(value))
        if isinstance(value, dict):
            value = [part for item in value.items() for part in item]
        elif isinstance(value, (set, frozenset)):
            value = sorted(value, key=repr)
        elif isinstance(value, slice):
            value = value.start, value.stop, value.step
        elif isinstance(value, partial):
            value = value.func, value.args, value.keywords
        self._note(len(value))
        for part in value:
            self.read(part)


def _is_library(module: str | None) -> bool:
    return (module or "").partition(".")[0] in _LIBRARIES


def _is_engine(module: str) -> bool:
    package = __package__.rpartition(".")[0]
    return module.startswith(tuple(f"{package}.{room}." for room in ROOMS))


def _is_named_tuple(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_field_defaults")


def _overloads() -> list[tuple[Any, Callable]]:
    """What others than Numba itself defined with ``numba.extending.overload`` and the like, and for what."""
    found = []
    for template in (*builtin_registry.functions, *builtin_registry.attributes):
        function = getattr(template, "_overload_func", None)
        if function is not None and not _is_library(function.__module__ or "numba"):  # some of its own are nameless
            found.append((sys.intern(template._attr) if hasattr(template, "_attr") else template.key, function))
    return found


@cache
def _code(code: CodeType) -> bytes:
    """A hash of code, without the names of files and the numbers of lines."""
    reader = _Reader([])
    reader._note(code.co_code, code.co_exceptiontable, code.co_flags, code.co_argcount, code.co_kwonlyargcount)
    reader._note(code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    reader.read(code.co_consts)
    return reader.digest.digest()
