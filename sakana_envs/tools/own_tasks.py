"""Tasks that the command line is given: ids, and records in a file or module of the user's."""

import importlib
import importlib.util
import re
import sys
import traceback
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from sakana_envs.registration import register
from sakana_envs.tasks import registry
from sakana_envs.tasks.ids import read_id
from sakana_envs.tasks.names import nearest
from sakana_envs.tasks.task import Task

_PLACE = re.compile(rf"(.*?)(?:-({'|'.join(registry.TWINS)})(?:-v0)?)?", re.IGNORECASE | re.DOTALL)


def find(word: str) -> tuple[str, str | None]:
    """Task and twin, None if not said, that a word names; a task of the user's own is registered.

    The word is an id in any form of :func:`sakana_envs.tasks.ids.read_id`, or the place of a record:
    ``worlds/mine.py:COVER`` or ``my_worlds.mine:COVER``, by its variable or its task's name, which may be left out if
    there is only one; ``-Discrete`` or ``-Continuous`` may follow. Modules are looked for in the current folder too.

    Raises ``FileNotFoundError`` or ``ValueError`` that says what is wrong with the word or the module, and what
    :func:`sakana_envs.register` raises.
    """
    try:
        return read_id(word)
    except ValueError as error:
        match = _PLACE.fullmatch(word)
        assert match is not None
        place, twin = match.groups()
        source, _, name = (place, "", "") if _is_source(place) else place.rpartition(":")
        if not source:
            raise ValueError(f"{error}; one of your own is named by its place, such as worlds/mine.py:COVER") from None
    task = _choose(source, name.removeprefix("Sakana/"))
    register(task)
    return task.name, twin and twin.capitalize()


def find_object(place: str, default: str, what: str) -> Any:
    """What a place such as ``trainers/mine.py:train`` names; without a name the one called ``default``.

    ``what`` says what is wanted. Raises ``FileNotFoundError`` or ``ValueError`` for what isn't there.
    """
    source, _, name = place.rpartition(":") if ":" in place else (place, "", default)
    module = load(source or place)
    known = [label for label, value in vars(module).items() if callable(value) and not label.startswith("_")]
    if not hasattr(module, name):
        raise ValueError(f"{source} has no {name!r}{nearest(name, known)}; {what}")
    return getattr(module, name)


def _is_source(place: str) -> bool:
    """Whether it is a Python file, or a module, without the name of a record in it."""
    if place.endswith(".py"):
        return True
    top = place.partition(".")[0]
    if top in sys.stdlib_module_names or not all(part.isidentifier() for part in place.split(".")):
        return False
    _look_in(Path.cwd())
    return importlib.util.find_spec(top) is not None


def _choose(source: str, name: str) -> Task:
    """The record of a file or module that a name means. Raises ``ValueError`` that lists what there is."""
    own = _tasks_of(source)
    if not own:
        raise ValueError(f"{source} has no sakana_envs.Task, and registers none")
    meant = {
        id(task): task for label, task in own.items() if name.casefold() in ("", label.casefold(), task.name.casefold())
    }
    if name in own or len(meant) == 1:
        return own.get(name) or next(iter(meant.values()))
    there_are = ", ".join(f"{source}:{label}" for label in own)
    if meant:
        raise ValueError(f"{source} has {len(meant)} tasks that may be meant; say which: {there_are}")
    known = [*own, *(task.name for task in own.values())]
    raise ValueError(f"{source} has no task {name!r}{nearest(name, known)}; there are {there_are}")


@cache
def _tasks_of(source: str) -> dict[str, Task]:
    """The records of a file or module by their variables, or by their names if it only registers them."""
    known = {id(registry.get(name)) for name in registry.all_names()}
    variables = {name: value for name, value in vars(load(source)).items() if isinstance(value, Task)}
    named = {id(value) for value in variables.values()}
    registered = {name: registry.get(name) for name in registry.names() if id(registry.get(name)) not in named}
    return {label: task for label, task in {**variables, **registered}.items() if id(task) not in known}


def load(source: str) -> ModuleType:
    """The module of a file or a name. Raises ``ValueError`` with the line where it fails."""
    file = Path(source)
    if file.suffix == ".py" and not file.is_file():
        raise FileNotFoundError(f"there is no file {source!r}")
    try:
        return _load_file(file.resolve()) if file.suffix == ".py" else _load_module(source)
    except (Exception, SystemExit) as error:
        raise ValueError(f"{source} can't be imported: {_reason(error)}") from error


def _load_file(file: Path) -> ModuleType:
    _look_in(file.parent)
    name = file.stem
    found = importlib.util.find_spec(name) if name.isidentifier() and name not in sys.modules else None
    if found is not None and found.origin == str(file):  # so that what is compiled is found where it is imported
        return importlib.import_module(name)
    # Called by its path, it takes no other module's name.
    spec = importlib.util.spec_from_file_location(str(file), file)
    assert spec is not None and spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[spec.name]
        raise
    return module


def _load_module(name: str) -> ModuleType:
    _look_in(Path.cwd())
    return importlib.import_module(name)


def _look_in(folder: Path) -> None:
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


def _reason(error: BaseException) -> str:
    """What went wrong in a user's module, and in which line of it."""
    ours = (str(Path(__file__).parent), str(Path(importlib.__file__).parent), "<frozen")
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(ours)]
    places = [f" ({frame.filename}:{frame.lineno})" for frame in frames if frame.filename == frames[0].filename]
    hint = "; put what it runs under if __name__ == '__main__'" if isinstance(error, SystemExit) else ""
    return f"{type(error).__name__}: {error}{''.join(places[-1:])}{hint}"
