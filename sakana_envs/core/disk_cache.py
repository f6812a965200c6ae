"""What was compiled or checked, on disk: one file each, named by the hash of everything that shaped it.

Numba's own cache looks at the file of the outermost function only, and identifies captured functions by
process; kernels that are composed of a task's rules would never be found again, or worse, be found after a
rule has changed. Here the name holds a :func:`fingerprint` of all that the compiler reads, and a file
is written whole and then renamed, so processes that start together can't disturb each other.

A kernel's file is code that runs, so only files are read that nobody but this user, or the machine's administrator,
can have put there: neither they nor any folder above them may belong to, or be writable by, anybody else.
"""

import hashlib
import os
import pickle
import platform
import secrets
import stat
import sys
import tempfile
from pathlib import Path
from threading import Timer
from typing import Any

import numba
import numpy as np
from numba.core import event
from numba.core.bytecode import FunctionIdentity
from numba.core.caching import NullCache
from numba.core.compiler import CompileResult
from numba.core.dispatcher import Dispatcher
from numba.core.serialize import dumps

from sakana_envs._version import __version__
from sakana_envs.core.files import open_at_once
from sakana_envs.core.fingerprint import UnknownValueError, fingerprint

_CHECKSUM = 32
"""Bytes of the checksum that a file begins with."""

_LONG_COMPILE = 2.0
"""Seconds of compiling after which it is said what is going on."""


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
    root = os.environ.get("SAKANA_CACHE_DIR")
    if not root:
        if os.name == "nt":
            caches = os.environ.get("LOCALAPPDATA", tempfile.gettempdir())
        elif platform.system() == "Darwin":
            caches = "~/Library/Caches"
        else:
            caches = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
        root = os.path.join(caches, "sakana_envs")
    root = os.path.expanduser(root)
    if root.startswith("~"):  # nobody knows this user's home
        root = os.path.join(tempfile.gettempdir(), f"sakana_envs-{os.getuid()}")
    return Path(root).absolute() / f"{__version__}-numba{numba.__version__}-numpy{np.__version__}"


def distrust(place: Path) -> str:
    """Why others can have put compiled code into a folder, in words that say what to do; empty if they can't."""
    if os.name == "nt":
        return ""
    place = Path(os.path.realpath(place))
    for each in (place, *place.parents):
        status = each.stat()
        if status.st_uid not in (0, os.geteuid()):
            return f"{each} belongs to another user"
        # In a folder such as /tmp, where the sticky bit is set, nobody can replace what belongs to somebody else.
        if _others_can_write(status) and (each == place or not status.st_mode & stat.S_ISVTX):
            return f"others can write into {each}: chmod go-w {each}"
    return ""


def _others_can_write(status: os.stat_result) -> bool:
    """Whether a file or folder can be written by others than its owner, administrators and this user."""
    by_group = status.st_mode & stat.S_IWGRP and status.st_gid != 0 and not _is_private(status.st_gid)
    return bool(status.st_mode & stat.S_IWOTH or by_group)


def _is_own_file(status: os.stat_result) -> bool:
    return stat.S_ISREG(status.st_mode) and status.st_uid in (0, os.geteuid()) and not _others_can_write(status)


def _is_private(group: int) -> bool:
    """Whether a group has no members but this user, whose name it has, as many systems set it up."""
    import grp
    import pwd

    try:
        user, found = pwd.getpwuid(os.geteuid()), grp.getgrgid(group)
    except KeyError:
        return False
    return (user.pw_gid, user.pw_name) == (group, found.gr_name) and set(found.gr_mem) <= {user.pw_name}


def obstacle() -> str:
    """Why nothing is kept on disk, in words that say what to do; empty if it is. Makes the folder."""
    place = folder()
    try:
        _make(place)
        with tempfile.TemporaryFile(dir=place):
            pass
        return distrust(place)
    except OSError as error:
        return f"{place} can't be written ({error.strerror})"


def _make(place: Path) -> None:
    """Make a folder and those above it, for this user alone."""
    if not place.is_dir():
        _make(place.parent)
        place.mkdir(mode=0o700, exist_ok=True)


def load(name: str) -> bytes | None:
    """What was kept under a name, if it is whole and nobody else can have written it."""
    place = Path(os.path.realpath(folder()))
    try:
        if distrust(place):
            return None
        with open(place / name, "rb", opener=open_at_once) as file:
            if os.name != "nt" and not _is_own_file(os.fstat(file.fileno())):
                return None
            checksum, payload = file.read(_CHECKSUM), file.read()
    except OSError:
        return None
    return payload if checksum == _checksum(name, payload) else None


def save(name: str, payload: bytes) -> None:
    """Keep something under a name, if that can be done."""
    place = Path(os.path.realpath(folder()))
    try:
        _make(place)
        if distrust(place):
            return
        handle, temporary = tempfile.mkstemp(dir=place)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_checksum(name, payload) + payload)
            os.replace(temporary, place / name)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError:
        return


def _checksum(name: str, payload: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\0" + payload).digest()


class KernelCache(NullCache):
    """The cache of one kernel, to stand in for a Numba dispatcher's own."""

    def __init__(self, name: str, dispatcher: Dispatcher) -> None:
        self._name = name
        self._dispatcher = dispatcher
        self._reason = ""
        """Why the kernel can't be kept, whatever the disk is like."""

    @property
    def cache_path(self) -> str:
        return str(folder())

    def _file(self, signature, codegen) -> str:
        parts = repr((fingerprint(self._dispatcher, modules=True), str(signature), codegen.magic_tuple())).encode()
        return f"{self._name}-{hashlib.sha256(parts).hexdigest()[:32]}.kernel"

    def load_overload(self, signature, target_context):
        target_context.refresh()
        self._reason = ""
        try:
            payload = load(self._file(signature, target_context.codegen()))
            return None if payload is None else CompileResult._rebuild(target_context, *pickle.loads(payload))
        except UnknownValueError as error:
            self._reason = str(error)
        except Exception:
            # What another Numba wrote, or one patched by hand, can fail in any way; compiling again is always right.
            pass
        return None

    def save_overload(self, signature, compiled) -> None:
        # Large global arrays, and functions of other libraries, are in the code by their address in this process.
        if compiled.library.has_dynamic_globals or compiled.lifted:
            return
        try:
            # What the kernel is made of is looked at again, since compiling takes long.
            save(self._file(signature, compiled.codegen), dumps(compiled._reduce()))
        except Exception:
            # A part of it may have no fingerprint, or no form on disk: then the next process compiles it again.
            return

    def say(self) -> None:
        """Say that the kernel is being compiled, and whether that is for good."""
        reason = self._reason or obstacle()
        kept = f"not kept, since {reason}" if reason else f"once; kept in {folder()}"
        print(f"sakana_envs: compiling {self._name} ({kept})", file=sys.stderr, flush=True)


class _Notice(event.Listener):
    """Has a kernel say that it is being compiled when that takes long."""

    def __init__(self) -> None:
        self._timers: dict[Dispatcher, Timer] = {}

    def on_start(self, event):
        dispatcher = event.data["dispatcher"]
        if isinstance(dispatcher._cache, KernelCache):
            timer = self._timers[dispatcher] = Timer(_LONG_COMPILE, dispatcher._cache.say)
            timer.daemon = True
            timer.start()

    def on_end(self, event):
        timer = self._timers.pop(event.data["dispatcher"], None)
        if timer is not None:
            timer.cancel()


event.register("numba:compile", _Notice())


def attach(dispatcher: Any, name: str) -> None:
    """Let ``dispatcher``, unless it does, keep its compiled code on disk; without one it compiles in each process."""
    if not numba.config.DISABLE_JIT and not isinstance(dispatcher._cache, KernelCache):
        dispatcher._cache = KernelCache(name, dispatcher)
