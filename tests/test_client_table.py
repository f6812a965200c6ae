"""The table of clients: made of what was measured, of every script, and each client learned to look."""

import importlib.util
import re
from pathlib import Path

import sakana_envs

ROOT = Path(__file__).resolve().parent.parent
_spec = importlib.util.spec_from_file_location("clients", ROOT / "benchmarks" / "clients.py")
clients = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(clients)
RUNS = clients.read()


def test_the_page_has_what_was_measured_of_every_client():
    assert clients.table(RUNS) in clients.PAGE.read_text(encoding="utf-8")
    assert [run["client"] for run in RUNS] == [*clients.CLIENTS]


def test_every_client_learned_more_than_can_be_had_without_looking():
    references = sakana_envs.references("Targets")
    for run in RUNS:
        assert abs(run["before"] - references["random"].score) < 0.1, run
        assert run["after"] > references["blind"].score, run


def test_versions_are_those_that_are_installed():
    for run in RUNS:
        for package in (*clients.CLIENTS[run["client"]].packages, clients.TORCH):
            name, _, version = re.sub(r"\[.*\]", "", package).partition("==")
            assert run["versions"][name].startswith(version)


def test_every_script_belongs_to_a_client():
    used = {file for client in clients.CLIENTS.values() for file in (client.command[0], *client.beside)}
    assert used == {path.name for path in clients.SCRIPTS.iterdir() if path.suffix == ".py"}


def test_lines_that_say_something_are_counted():
    text = '"""One.\n\ntwo."""\n\n# three\nimport os\ndef name():\n    """Four."""\n    return os(\n        "five")\n'
    assert clients._lines(text) == 4
