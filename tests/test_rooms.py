"""The rooms of the package: who may import whom, and that files stay small."""

import ast
import re
import sys
from pathlib import Path

import pytest

import sakana_envs
from sakana_envs.core.fields import AGENT_FIELDS, START_FIELDS, WORLD_FIELDS
from sakana_envs.core.structure import TABLES
from sakana_envs.core.surroundings import ROOMS
from sakana_envs.grid.cells import CELLS

PACKAGE = Path(sakana_envs.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
MAX_LINES = 260

# llvmlite is Numba's own compiler library; it comes with Numba and is imported for the types it is made of.
OUTSIDE = {
    "core": {"numpy", "numba", "llvmlite"},
    "grid": {"numpy", "numba", "llvmlite"},
    "discs": {"numpy", "numba"},
    "bodies": {"numpy", "numba"},
    "rules": set(),
    "tasks": {"numpy", "numba"},
    "render": {"numpy", "numba"},
    "wrappers": {"numpy", "numba", "gymnasium", "pettingzoo", "stable_baselines3", "torch", "pygame"},
    "tools": {"numpy", "numba", "gymnasium", "typer", "rich", "imageio", "imageio_ffmpeg", "PIL", "openskill"},
    "reference": {"numpy", "gymnasium"},
    "": {"gymnasium", "pettingzoo", "numpy"},
}
INSIDE = {
    "core": {"core", "_version"},
    "grid": {"core", "grid"},
    "discs": {"core", "discs"},
    "bodies": {"core", "bodies"},
    "rules": {"grid", "discs", "bodies", "tasks", "rules"},
    "tasks": {"core", "grid", "discs", "tasks", "_version"},
    "render": {"core", "grid", "discs", "render"},
    "wrappers": {"core", "grid", "tasks", "render", "wrappers", "_version"},
    "tools": {"core", "grid", "tasks", "render", "wrappers", "tools", "registration", "_version"},
    "reference": {"reference"},
}

# The tools' subjects, each a folder: which others it may import, beside what lies in tools/ and imports none of them.
SUBJECTS = {
    "check": set(),
    "measure": set(),
    "page": set(),
    "record": {"page"},
    "play": {"record"},
    "evaluate": {"record"},
    "probe": {"evaluate", "record"},
    "versus": set(),
}
COMMANDS = {"checking", "command_line", "comparing", "evaluating", "probing", "training", "watching"}


def room(file):
    parts = file.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else ""


def imported(file):
    """Full names of the modules that a file imports anywhere, functions and type checking included."""
    names = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file.name} imports relatively; write the whole name"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def name_of(file):
    return str(file.relative_to(PACKAGE))


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_arrows(file):
    for name in imported(file):
        top, *rest = name.split(".")
        if top == "sakana_envs":
            if room(file):
                assert rest and rest[0] in INSIDE[room(file)], f"{name_of(file)} may not import {name}"
        elif top not in sys.stdlib_module_names:
            assert top in OUTSIDE[room(file)], f"{name_of(file)} may not import {name}"


def test_arrows_refuse_a_wrong_import(tmp_path):
    file = tmp_path / "wrong.py"
    file.write_text("def f():\n    from sakana_envs.tasks import registry\n    import gymnasium.spaces\n")
    assert imported(file) == ["sakana_envs.tasks.registry", "gymnasium.spaces"]


def test_arrows_between_the_tools():
    assert set(SUBJECTS) == {file.parent.name for file in FILES if room(file) == "tools"} - {"tools"}
    for file in FILES:
        if room(file) == "tools" and file.stem not in COMMANDS:
            subject = file.parent.name
            allowed = {subject, *SUBJECTS[subject]} if subject in SUBJECTS else set()
            used = {name.split(".")[2] for name in imported(file) if name.startswith("sakana_envs.tools.")}
            assert used & {*SUBJECTS, *COMMANDS} <= allowed, f"{name_of(file)} imports {used}"


@pytest.mark.parametrize("name", ROOMS)
def test_engine_imports_in_one_direction(name):
    files = {file.stem: file for file in FILES if room(file) == name}
    uses = {
        stem: {
            other for used in imported(file) for other in files if f"{used}.".startswith(f"sakana_envs.{name}.{other}.")
        }
        for stem, file in files.items()
    }
    done = set()
    while len(done) < len(uses):
        ready = {stem for stem, needed in uses.items() if stem not in done and needed - {stem} <= done}
        assert ready, f"these import each other in a circle: {sorted(set(uses) - done)}"
        done |= ready


def test_the_core_knows_nothing_of_what_worlds_consist_of():
    own = {*WORLD_FIELDS, *START_FIELDS, *AGENT_FIELDS, *TABLES, "agents", "horizon", "tick", "key"}
    # What a world's type has, and its stand-in in plain Python.
    own |= {"array", "fields", "lists", "name", "number_names", "numbers", "scopes", "structure", "values"}
    engine = {*CELLS.fields, *CELLS.sizes, *CELLS.numbers, *CELLS.lists, *CELLS.rows} - own
    for file in FILES:
        if room(file) == "core":
            nodes = list(ast.walk(ast.parse(file.read_text())))
            read = {
                node.attr
                for node in nodes
                if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "world"
            }
            assert not read & engine, f"{name_of(file)} reads {read & engine} of a world"
            texts = {node.value for node in nodes if isinstance(node, ast.Constant)}
            assert not texts & (engine - {"row"}), name_of(file)
            assert not re.search(r"radius|colour|\bfood\b|\bwalls?\b", file.read_text()), name_of(file)


def test_only_one_room_imports_stable_baselines3():
    users = [name_of(file) for file in FILES if any(name.startswith("stable_baselines3") for name in imported(file))]
    assert all(user.startswith("wrappers/sb3") for user in users), users


def test_only_one_module_opens_windows():
    users = [name_of(file) for file in FILES if "pygame.display" in file.read_text()]
    assert users == ["wrappers/window.py"]


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_files_are_about_one_subject(file):
    assert file.stem not in {"utils", "util", "helpers", "common", "misc"}
    lines = file.read_text().count("\n")
    assert lines <= MAX_LINES, f"{name_of(file)} has {lines} lines: split it by subject"


@pytest.mark.parametrize("task", ["battle", "commons", "convert", "herd", "snake"])
def test_a_game_is_read_in_a_minute(task):
    lines = (PACKAGE / "tasks" / f"{task}.py").read_text().count("\n")
    assert lines <= 80, (
        f"{task}.py has {lines} lines: make its rules simpler, or give the vocabulary what others can use"
    )


def test_the_engine_names_no_task():
    for file in FILES:
        if room(file) in ROOMS:
            constants = {node.value for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Constant)}
            assert not constants & set(sakana_envs.task_names()), name_of(file)


def test_the_readable_world_asks_the_compiled_one_nothing():
    for file in FILES:
        if room(file) == "reference" and file.stem != "__main__":
            assert all(name.startswith(("math", "numpy", "sakana_envs.reference.")) for name in imported(file))
