"""Compiled kernels on disk, one file per kernel, named by the hash of everything that shaped it.

Numba's own cache looks at the file of the outermost function only, and identifies captured functions by
process; kernels that are composed of a task's rules would never be found again, or worse, be found after a
rule has changed. Here the name holds a fingerprint of the bytecode of all rules and of the engine's source, and a file
is written whole and then renamed, so processes that start together can't disturb each other.
"""

import hashlib
import os
import pickle
import platform
import secrets
import stat
import tempfile
import types as python_types
from functools import cache
from pathlib import Path

import numba
import numpy as np
from numba.core.bytecode import FunctionIdentity
from numba.core.caching import NullCache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from sakana_envs._version import __version__


class _Draws:
    """Numbers that no process draws twice, nor two processes, even if one was forked from the other."""

    def __next__(self) -> int:
        return secrets.randbits(64)


# Numba tells functions of the same name and types apart by a number, which every process counts from 1. Of two symbols
# that are called the same, the linker keeps the first: with counted numbers, a kernel from the disk would call
# functions that this process compiled for another kernel (https://github.com/numba/numba/issues/10486).
FunctionIdentity._unique_ids = _Draws()


def folder() -> Path:
    """The folder of compiled kernels: ``$SAKANA_CACHE_DIR``, or one of the user's, per version."""
    chosen = os.environ.get("SAKANA_CACHE_DIR")
    if chosen:
        root = Path(chosen)
    elif os.name == "nt":
        root = Path(os.environ.get("LOCALAPPDATA", tempfile.gettempdir())) / "sakana_envs"
    elif platform.system() == "Darwin":
        root = Path(os.path.expanduser("~/Library/Caches/sakana_envs"))
    else:
        root = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "sakana_envs"
    if str(root).startswith("~"):  # nobody knows this user's home
        root = Path(tempfile.gettempdir()) / f"sakana_envs-{os.getuid()}"
    return root / f"{__version__}-numba{numba.__version__}-numpy{np.__version__}"


def is_trusted(place: Path) -> bool:
    """Whether only this user (or the machine's administrator) can have put compiled code into a folder."""
    try:
        status = place.stat()
    except OSError:
        return False
    return os.name == "nt" or (status.st_uid in (0, os.getuid()) and not status.st_mode & stat.S_IWOTH)


@cache
def _engine() -> str:
    """A hash (hex) of the engine's source, which decides what the code that a kernel is made of means."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def fingerprint(function) -> str:
    """A hash (hex) of a function's code and, recursively, of the functions and values that it uses."""
    digest = hashlib.sha256()
    seen: set[int] = set()

    def add(value) -> None:
        digest.update(repr(getattr(value, "targetoptions", "")).encode())
        value = getattr(value, "py_func", getattr(value, "_defn", value))
        if isinstance(value, python_types.FunctionType):
            if id(value) in seen:
                return
            seen.add(id(value))
            add(value.__code__)
            names = _names(value.__code__)
            for name in sorted(names & value.__globals__.keys()):
                digest.update(name.encode())
                add_global(value.__globals__[name], names)
            for cell in value.__closure__ or ():
                add(cell.cell_contents)
        elif isinstance(value, python_types.CodeType):
            digest.update(value.co_code)
            digest.update(repr(value.co_names).encode())
            for constant in value.co_consts:
                add(constant)
        elif isinstance(value, np.ndarray):
            digest.update(f"{value.dtype}{value.shape}".encode() + value.tobytes())
        elif isinstance(value, tuple):
            for item in value:
                add(item)
        elif isinstance(value, (int, float, complex, str, bytes, np.generic, type(None), numba.types.Type)):
            digest.update(repr(value).encode())
        else:
            digest.update(getattr(value, "__qualname__", type(value).__qualname__).encode())

    def add_global(value, names) -> None:
        if isinstance(value, python_types.ModuleType):
            for name in sorted(names & vars(value).keys()):
                if hasattr(vars(value)[name], "py_func"):
                    add(vars(value)[name])
        else:
            add(value)

    add(function)
    return digest.hexdigest()


def _names(code: python_types.CodeType) -> set[str]:
    nested = (_names(c) for c in code.co_consts if isinstance(c, python_types.CodeType))
    return set(code.co_names).union(*nested)


class KernelCache(NullCache):
    """The cache of one kernel, to stand in for a Numba dispatcher's own."""

    def __init__(self, name: str, key: str) -> None:
        self._name = name
        self._key = key

    @property
    def cache_path(self) -> str:
        return str(folder())

    def _file(self, signature, codegen) -> Path:
        checked = bool(numba.config.BOUNDSCHECK)  # as NUMBA_BOUNDSCHECK=1 wants it
        parts = repr((self._key, _engine(), str(signature), codegen.magic_tuple(), checked)).encode()
        return folder() / f"{self._name}-{hashlib.sha256(parts).hexdigest()[:32]}.kernel"

    def load_overload(self, signature, target_context):
        target_context.refresh()
        if not is_trusted(folder()):
            return None
        try:
            payload = self._file(signature, target_context.codegen()).read_bytes()
            return CompileResult._rebuild(target_context, *pickle.loads(payload))
        except Exception:
            # A missing, torn or foreign file can fail in any way; compiling again is always right.
            return None

    def save_overload(self, signature, compiled) -> None:
        target = self._file(signature, compiled.codegen)
        try:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, temporary = tempfile.mkstemp(dir=target.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(dumps(compiled._reduce()))
                os.replace(temporary, target)
            except BaseException:
                os.unlink(temporary)
                raise
        except OSError:
            return


def attach(dispatcher, name: str) -> None:
    """Let ``dispatcher`` keep its compiled code on disk; without a working disk it compiles each time."""
    if not numba.config.DISABLE_JIT:
        dispatcher._cache = KernelCache(name, fingerprint(dispatcher))
