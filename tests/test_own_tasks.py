"""Ids in the forms in which people write them, and the command line's tasks in files and modules of a user's own."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

import sakana_envs
from sakana_envs.registration import split_id
from sakana_envs.tasks import registry
from sakana_envs.tasks.ids import read_id
from sakana_envs.tools import own_tasks
from sakana_envs.tools.command_line import app
from sakana_envs.tools.describe import describe
from sakana_envs.tools.record.replay import Recording

SMALL = ["agents=4", "height=12", "width=14", "horizon=4"]

ONE = """
'''A world of a user's own.

It has this paragraph.
'''

import sakana_envs
from sakana_envs.rules import spawn_uniform
from sakana_envs.tasks.forage import TASK as FORAGE
from prices import PRICE


def reward(world, agent):
    '''What bumping is worth.'''
    return PRICE * world.bumped[agent]


COVER = sakana_envs.Task(name="CommandCover", init=spawn_uniform, reward=reward)
AGAIN = COVER

if __name__ == "__main__":
    raise AssertionError("a module is imported, not run")
"""
REGISTERS = ONE + "sakana_envs.register(COVER)\n"
DIVIDES = ONE.replace("return PRICE *", "return 1 // int(world.speed - 1.0) *").replace(
    "CommandCover", "CommandDivides"
)
TWO = REGISTERS + 'sakana_envs.register(sakana_envs.Task(name="CommandHide", init=spawn_uniform, reward=reward))\n'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with modules of a user's; what they add to this process is taken away again."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path.copy())
    worlds = tmp_path / "command_worlds"
    worlds.mkdir()
    (worlds / "__init__.py").write_text("")
    (worlds / "prices.py").write_text("PRICE = 0.5\n")
    for name, text in (("one", ONE), ("registers", REGISTERS), ("two", TWO), ("divides", DIVIDES)):
        (worlds / f"{name}.py").write_text(text)
    (tmp_path / "prices.py").write_text("PRICE = 0.5\n")
    yield tmp_path
    own_tasks._tasks_of.cache_clear()
    for name in registry.names():
        if name.startswith("Command"):
            del registry._added[name]
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None)).startswith(str(tmp_path)):
            del sys.modules[name]


def run(*words, code=0):
    result = CliRunner().invoke(app, words)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result.output


@pytest.mark.parametrize(
    ("text", "twin"),
    [
        ("PredatorPrey", None),
        ("predatorprey", None),
        ("Sakana/PredatorPrey", None),
        ("PredatorPrey-Discrete", "Discrete"),
        ("PREDATORPREY-CONTINUOUS", "Continuous"),
        ("Sakana/PredatorPrey-Continuous-v0", "Continuous"),
        ("sakana_envs:Sakana/PredatorPrey-Discrete-v0", "Discrete"),
    ],
)
def test_forms_of_an_id(text, twin):
    assert read_id(text) == ("PredatorPrey", twin)
    assert describe(text) == describe("PredatorPrey")
    figures = sakana_envs.references(text, group="prey")
    assert figures == sakana_envs.references("PredatorPrey", twin=twin or "Discrete", group="prey")
    if twin is not None:
        assert split_id(text) == ("PredatorPrey", twin)


def test_every_form_that_list_prints_can_be_described():
    for line in run("list").splitlines():
        id = line.split("\t")[0]
        assert json.loads(run("describe", id, "--json"))["ids"][read_id(id)[1]] == id


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Forrage", "there is no task 'Forrage' - did you mean 'Forage'?; tasks: Assemble"),
        ("FORRAGE-DISCRETE", "there is no id 'FORRAGE-DISCRETE' - did you mean 'Forage-Discrete'?; ids: Sakana/"),
        ("Sakana/Forage-Discrete-v1", "did you mean 'Sakana/Forage-Discrete-v0'?"),
        ("Forage-", "did you mean 'Forage'"),
        ("", "there is no id ''; ids"),
        (3, "there is no id 3; ids"),
    ],
)
def test_what_is_no_id(text, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        read_id(text)


def test_twins_that_are_missing_or_contradict():
    with pytest.raises(ValueError, match="'forage' has several twins: say Forage-Discrete or Forage-Continuous"):
        sakana_envs.parallel_env("forage")
    with pytest.raises(ValueError, match="twin 'Discrete' isn't that of the id, which is 'Continuous'"):
        sakana_envs.references("Forage-Continuous", twin="Discrete")


@pytest.mark.parametrize(
    ("word", "task", "twin"),
    [
        ("command_worlds/one.py", "CommandCover", None),
        ("./command_worlds/one.py:COVER", "CommandCover", None),
        ("command_worlds/one.py:again-continuous", "CommandCover", "Continuous"),
        ("command_worlds/one.py-Discrete", "CommandCover", "Discrete"),
        ("command_worlds/registers.py:CommandCover-Continuous-v0", "CommandCover", "Continuous"),
        ("command_worlds.one", "CommandCover", None),
        ("command_worlds.registers:COVER", "CommandCover", None),
        ("command_worlds.two:Sakana/CommandHide-Discrete-v0", "CommandHide", "Discrete"),
        ("command_worlds/two.py:cover", "CommandCover", None),
    ],
)
@pytest.mark.filterwarnings("error")
def test_places_of_a_task(folder, word, task, twin):
    assert own_tasks.find(word) == own_tasks.find(word) == (task, twin)
    assert {f"Sakana/{task}-{each}-v0" for each in registry.TWINS} <= set(sakana_envs.task_ids())


@pytest.mark.parametrize(
    ("text", "word", "message"),
    [
        (None, "mine.py", "there is no file 'mine.py'"),
        (None, "command_nowhere:COVER", "command_nowhere can't be imported: ModuleNotFoundError: No module named"),
        (
            None,
            "CommandCover",
            "there is no task 'CommandCover'.*; tasks: .*; one of your own is named by its place, such",
        ),
        (None, "random", "there is no task 'random'.*; tasks"),
        ("x = 1", "mine.py", "mine.py has no sakana_envs.Task, and registers none"),
        ("x = 1", "mine", "mine has no sakana_envs.Task, and registers none"),
        ("x = 1\ny = undefined", "mine.py", r"mine.py can't be imported: NameError: .*'undefined'.* \(\S+mine.py:2\)"),
        ("x = = 1", "mine.py", r"mine.py can't be imported: SyntaxError: .* \(mine.py, line 1\)"),
        ("raise SystemExit(3)", "mine.py", "SystemExit: 3 .*; put what it runs under if __name__ == '__main__'"),
        (
            TWO,
            "mine.py",
            "mine.py has 2 tasks that may be meant; say which: mine.py:COVER, mine.py:AGAIN, mine.py:CommandHide",
        ),
        (TWO, "mine.py:Command", "has no task 'Command' - did you mean 'CommandHide'.*; there are mine.py:COVER, mine"),
        (ONE.replace("PRICE *", "world.prise *"), "mine.py", "task CommandCover: reward.* world has no 'prise'"),
        (ONE.replace("CommandCover", "Forage"), "mine.py", "'Forage' comes with the package and can't be replaced"),
    ],
)
def test_places_where_no_task_is(folder, text, word, message):
    before = sakana_envs.task_names()
    if text is not None:
        (folder / "mine.py").write_text(text)
    said = " ".join(run("describe", word, code=2).split())
    assert re.search(message, said), said
    assert set(sakana_envs.task_names()) - set(before) <= {"CommandCover", "CommandHide"}


def test_an_error_of_ones_own_rule_is_said_in_words(folder):
    said = run("record", "command_worlds/divides.py:COVER", *SMALL, code=2)
    assert "Error: task CommandDivides: reward raised ZeroDivisionError, for agent 0 of world 0" in said


def test_commands_with_a_task_of_ones_own(folder):
    place = "command_worlds/one.py:COVER"
    facts = json.loads(run("describe", place, "--json"))
    assert facts["name"] == "CommandCover" and facts["rewards"] == {"reward": "What bumping is worth."}
    assert "CommandCover-Discrete.mp4" in run("record", place, *SMALL)
    run("bench", place, "--shapes", "512x8", "--repeats", "1", "--ticks", "2", "--speeds-only", "--json", "a.json")
    speeds = json.loads((folder / "a.json").read_text())["speeds"]
    assert {(row["task"], row["twin"]) for row in speeds} == {("CommandCover", twin) for twin in registry.TWINS}
    assert "CommandCover-Continuous" in run("warmup", place)
    recording = Recording("commandcover-discrete", num_envs=4, agents=4, height=12, width=14)
    recording.step(np.zeros(4, dtype=np.int64))
    recording.save("a.npz")
    del registry._added["CommandCover"]
    assert "there is no id 'Sakana/CommandCover-Discrete-v0'" in run("replay", "a.npz", code=1)
    assert recording.hash() in run("replay", "a.npz", "--task", place)


def test_play_with_a_task_of_ones_own(folder, monkeypatch):
    from sakana_envs.tools import play

    given = []
    monkeypatch.setattr(play, "play", lambda id, **more: given.append(id))
    run("play", "command_worlds.one:COVER-Continuous")
    run("play", "command_worlds/one.py")
    assert given == ["CommandCover-Continuous", "CommandCover-Discrete"]


def test_bench_measures_the_twin_of_an_id(folder):
    words = ["--shapes", "512x8", "--repeats", "1", "--ticks", "2", "--speeds-only", "--json", "a.json"]
    run("bench", "Forage-Continuous", "group", "--twins", "Discrete", *words)
    speeds = json.loads((folder / "a.json").read_text())["speeds"]
    assert {(row["task"], row["twin"]) for row in speeds} == {("Forage", "Continuous"), ("Group", "Discrete")}


def test_in_a_process_of_its_own(folder):
    """The current folder is looked in although the command lies elsewhere."""
    code = "import sys; sys.path = [p for p in sys.path if p]; from sakana_envs.tools.command_line import main; main()"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, "describe", "command_worlds.one"], capture_output=True, text=True
    )
    assert done.returncode == 0 and "CommandCover" in done.stdout, done.stderr
