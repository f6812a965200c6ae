"""The command ``sakana``."""

import json
import os
import pickle
import re
import subprocess
import sys

import numpy as np
import pytest
from shipped import SHIPPED
from typer.testing import CliRunner

import sakana_envs
from sakana_envs.tasks import registry
from sakana_envs.tools import doctor, watching
from sakana_envs.tools.command_line import app
from sakana_envs.tools.describe import describe
from sakana_envs.tools.measure import bench
from sakana_envs.tools.record.replay import Recording

SMALL = ["agents=4", "height=12", "width=14", "horizon=4"]


def run(*words, code=0):
    """What a command printed; standard error is in it when it failed."""
    result = CliRunner().invoke(app, words)
    assert result.exit_code == code, result.output
    return result.output


def fails(*words, code=2):
    said = run(*words, code=code)
    assert "Traceback" not in said
    return said


def test_list():
    lines = [line.split("\t") for line in run("list").splitlines()]
    assert [line[0] for line in lines] == sakana_envs.task_ids()
    (forage,) = [line for line in lines if line[0] == "Sakana/Forage-Discrete-v0"]
    assert forage[1:4] == ["default,medium,large,stream,steady", "0.05", "0.51"] and forage[4].startswith(
        "Eat as much food"
    )
    assert [task["name"] for task in json.loads(run("list", "--json"))] == sakana_envs.task_names()


@pytest.fixture
def terminal(monkeypatch):
    """Runs a command as in a terminal so many columns wide; what it printed, without colours."""

    def in_terminal(width, *words):
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("COLUMNS", str(width))
        return re.sub(r"\x1b\[[0-9;]*m", "", run(*words))

    return in_terminal


@pytest.mark.parametrize("width", [80, 120])
def test_list_in_a_terminal(terminal, width):
    said = terminal(width, "list")
    assert all(name in said for name in sakana_envs.task_names()) and "sakana describe TASK" in " ".join(said.split())
    assert max(map(len, said.splitlines())) <= width
    assert len(said.splitlines()) <= 12 + 4 * len(sakana_envs.task_names()), "a few lines for each task"


@pytest.mark.parametrize("width", [32, 40, 60, 80, 200])
@pytest.mark.parametrize("task", ["Assemble", "PredatorPrey"])
def test_a_terminal_cuts_nothing(terminal, width, task):
    said, listed = terminal(width, "describe", task), terminal(width, "list")
    assert "…" not in said + listed and max(map(len, (said + listed).splitlines())) <= max(width, 33)  # the longest id
    facts = describe(task)
    wanted = [f"({', '.join(f'{each:g}' for each in action.vector)})" for action in facts.actions]
    wanted += [f"{quantity.low:,.10g} to {quantity.high:,.10g}" for quantity in facts.quantities.values()]
    measured = [
        policy.score
        for groups in facts.references.values()
        for twins in groups.values()
        for policies in twins.values()
        for policy in policies.values()
    ]
    wanted += [f"{score:.3f}" for score in measured]
    assert all(each in said for each in [*wanted, *facts.quantities, *facts.groups, *facts.presets])
    scores = [policies["Discrete"]["scripted"].score for policies in facts.references["default"].values()]
    assert all(f"{score:.2f}" in listed for score in scores)


@pytest.mark.parametrize("width", [40, 80])
def test_speeds_in_a_terminal(terminal, width, monkeypatch):
    measured = {
        **dict.fromkeys(("task", "twin", "shape"), ""),
        "million_agent_steps_per_second": 70.1,
        "nanoseconds": {"median": 14.3, "lowest": 13.9, "highest": 1133.7},
        "times_memcpy": 5.3,
    }
    monkeypatch.setattr(bench, "measure", lambda *_: measured)
    lines = terminal(width, "bench", "Forage", "--shapes", "512x8", "--speeds-only").splitlines()
    assert max(map(len, lines)) <= width
    assert {"Forage", "512x8", "70.1", "14.3", "13.9-1133.7", "5.3"} <= set(" ".join(lines).split())


@pytest.mark.parametrize("task", SHIPPED)
def test_describe(task):
    said = run("describe", task.lower())
    facts = json.loads(run("describe", task, "--json"))
    assert all(id in said for id in facts["ids"].values())
    assert all(name in said for name in [*facts["quantities"], *facts["presets"], *facts["rewards"]])
    assert facts["observations"]["flat"]["space"] in said
    score = facts["references"]["default"][facts["groups"][0]]["Discrete"]["scripted"]["score"]
    assert f"{score:.3f}" in said
    actions = registry.get(task).actions
    assert facts["actions"][1] == {"number": 1, "name": actions.names[1], "vector": actions.table[1].tolist()}
    assert f"1 {actions.names[1]}" in said


def test_describe_refuses():
    assert "did you mean 'Forage'" in fails("describe", "Forrage")
    assert "did you mean 'flat'" in fails("describe", "Forage", "--obs", "flt")
    assert "window of cell codes" in run("describe", "Forage", "--obs", "bytes")


def test_doctor(monkeypatch, tmp_path):
    printed = run("doctor")
    assert sakana_envs.__version__ in printed and "compiled kernels" in printed and "threads" in printed
    (tmp_path / "file").write_text("a file where the folder should be")
    monkeypatch.setenv("SAKANA_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert "set SAKANA_CACHE_DIR to a folder that you alone can write to" in doctor.report()
    assert "SAKANA_CACHE_DIR" in run("doctor", code=1)


def test_warmup():
    printed = run("warmup", "forage")
    assert "Forage-Discrete" in printed and "Forage-Continuous" in printed
    assert "did you mean 'Forage'" in fails("warmup", "Forrage")


def test_bench(tmp_path):
    words = ["bench", "Forage", "group", "--shapes", "512x8", "--repeats", "1", "--ticks", "2"]
    said = run(*words, "--speeds-only", "--json", str(tmp_path / "bench.json"))
    speeds = json.loads((tmp_path / "bench.json").read_text())["speeds"]
    assert {(row["task"], row["twin"]) for row in speeds} == {
        (task, twin) for task in ("Forage", "Group") for twin in ("Discrete", "Continuous")
    }
    assert all(task in said for task in ("Forage", "Group"))
    assert "there is no shape '3x3'" in fails("bench", "--shapes", "3x3")
    assert "did you mean 'Discrete'" in fails("bench", "--twins", "Discret")
    assert "there is no folder" in fails("bench", "--json", str(tmp_path / "nowhere" / "a.json"))
    assert "is a folder, and a file is to be written" in fails("bench", "--json", str(tmp_path))


def test_replay(tmp_path):
    recording = Recording("Sakana/Forage-Discrete-v0", seed=7, num_envs=4, agents=4, height=12, width=14)
    recording.step(np.zeros(4, dtype=np.int64))
    recording.save(tmp_path / "a.npz")
    assert recording.hash() in run("replay", str(tmp_path / "a.npz"))
    with np.load(tmp_path / "a.npz") as file:
        changed = {**file, "actions": file["actions"] + 1}
    np.savez(tmp_path / "b.npz", **changed)
    assert "comes out differently" in fails("replay", str(tmp_path / "b.npz"), code=1)
    assert "there is no file" in fails("replay", str(tmp_path / "nowhere.npz"))
    assert f"'{tmp_path}' is no file" in fails("replay", str(tmp_path))
    np.savez(tmp_path / "c.npz", **{**changed, "package": np.array("\x1b[2J\x07")})
    said = fails("replay", str(tmp_path / "c.npz"), code=1)
    assert r"recorded with sakana_envs '\x1b[2J\x07'" in said and "\x1b[2J" not in said


@pytest.mark.parametrize("content", [b"no replay", b"", b"PK\x03\x04", pickle.dumps([1])])
def test_what_is_no_replay(tmp_path, content):
    """NumPy would recommend to load it all the same, and run what it holds."""
    path = tmp_path / "a.npz"
    path.write_bytes(content)
    said = fails("replay", str(path), code=1)
    assert f"'{path}' is not a replay: it must be an .npz file, and whole" in said and "pickle" not in said


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (FileNotFoundError(2, "No such file or directory", "a b.txt"), "there is no file 'a b.txt'"),
        (IsADirectoryError(21, "Is a directory", "worlds"), "'worlds' is a folder, and a file is wanted"),
        (PermissionError(13, "Permission denied", "a.npz"), "'a.npz' can't be read or written by this user"),
        (OSError(28, "No space left on device"), "a file can't be read or written: No space left on device"),
        (OSError("in words"), "in words"),
        (MemoryError("Unable to allocate 7 TiB"), "there isn't enough memory: Unable to allocate 7 TiB"),
    ],
)
def test_errors_of_the_system_are_in_words(monkeypatch, error, message):
    def refuse():
        raise error

    monkeypatch.setattr(doctor, "report", refuse)
    assert fails("doctor") == f"Error: {message}\n"


def test_record(tmp_path):
    path = tmp_path / "a.gif"
    said = run("record", "predatorprey", *SMALL, "-o", str(path), "--size", "64x96", "--policy", "random")
    assert re.search(r"a\.gif, \d+\.\d kB, predator score [01]\.\d{3}, prey score [01]\.\d{3}\n", said)
    first = path.read_bytes()
    width, height = np.frombuffer(first[6:10], dtype="<u2")
    assert 48 < height <= 64 < width <= 96
    run("record", "PredatorPrey-Discrete", *SMALL, "-o", str(path), "--size", "64x96", "--policy", "random")
    assert path.read_bytes() == first
    run("record", "PredatorPrey", *SMALL, "-o", str(path), "--size", "64x96", "--policy", "random", "--seed", "1")
    assert path.read_bytes() != first


def test_record_names_its_file_itself(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "Forage-Continuous.mp4" in run("record", "forage-continuous", *SMALL, "--ticks", "2", "--worlds", "2")
    assert [file.name for file in tmp_path.iterdir()] == ["Forage-Continuous.mp4"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["Forrage"], "there is no task 'Forrage' - did you mean 'Forage'"),
        (["Forage-Discret"], "there is no id 'Forage-Discret' - did you mean 'Forage-Discrete'"),
        (["Forage", "agnts=3"], "no argument 'agnts' here - did you mean 'agents'"),
        (["Forage", "agents"], "NAME=VALUE, such as agents=64, got 'agents'"),
        (["Forage", "seed=3"], "seed is an option: --seed 3"),
        (["Forage", "agents=3", "agents=4"], "agents is given twice: 3 and '4'"),
        (["Forage", "--agents", "3"], "agents is a number of the world: agents=VALUE"),
        (["Forage", "--trials=3"], "there is no option --trials - did you mean '--trails'"),
        (["Forage", "preset=lage"], "did you mean 'large'"),
        (["Forage", "speed=quick"], "speed must be a number from 0 to 1, got 'quick'"),
        (["Forage", "-o", "a.mp5"], "must end in .mp4, .gif, .png, .html - did you mean '.mp4'"),
        (["Forage", "-o", "a.avi"], "'a.avi' must end in .mp4, .gif, .png, .html - did you mean '.mp4'"),
        (["Forage", "-o", "a.MOV"], "did you mean '.mp4'"),
        (["Forage", "-o", "a.jpeg"], "did you mean '.png'"),
        (["Forage", "-o", "a.htm"], "did you mean '.html'"),
        (["Forage", "-o", "nowhere/a.mp4"], "there is no folder 'nowhere'"),
        (["Forage", "--size", "big"], "HEIGHTxWIDTH"),
        (["Forage", "--size", "3x3"], "size must be (height, width)"),
        (["Forage", "--policy", "scriptd"], "did you mean 'scripted'"),
        (["Forage", "--policy", "no.zip"], "no policy file 'no.zip'"),
        (["Forage", "--follow", "500"], "follow must be an agent from 0 to 127"),
        (["Forage", "--fps", "0"], "fps"),
        (["Forage", "--ticks", "0"], "the number of ticks must be a whole number from 1, got 0"),
        (["Forage", "--ticks", "-3"], "the number of ticks must be a whole number from 1, got -3"),
        (["Forage", "--episodes", "0"], "the number of episodes must be a whole number from 1, got 0"),
        (
            ["Forage", "--episodes", "-1", "--ticks", "5"],
            "the number of episodes must be a whole number from 1, got -1",
        ),
        (["Forage", "--episodes", "2", "--ticks", "5"], "how many ticks or how many episodes, not both: got 5 and 2"),
        (["Forage", "--worlds", "0"], "worlds must be a whole number from 1, got 0"),
        (["Forage", "--worlds", "-1"], "worlds must be a whole number from 1, got -1"),
        (["Forage", "-o", "group"], "must end in .mp4, .gif, .png, .html, as group.mp4 does"),
        (["Forage", "render_mode=human"], "Forage has no argument 'render_mode' here; arguments: agents"),
        (["Forage", "camera=3"], "Forage has no argument 'camera' here"),
        (["Forage", "mode=1"], "Forage has no argument 'mode' here"),
        (["Forage", "progress=1"], "Forage has no argument 'progress' here"),
        (["PredatorPrey", "learners=prat"], "learners must be one of None, 'predator', 'prey', got 'prat' - did you"),
        (["Forage", "map=nowhere.txt"], "Error: there is no file 'nowhere.txt'"),
    ],
)
def test_record_refuses(words, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert message in " ".join(fails("record", *words).split())
    assert not list(tmp_path.iterdir())


def test_errors_have_a_traceback_when_asked_for():
    result = CliRunner().invoke(app, ["--traceback", "describe", "Forrage"])
    assert isinstance(result.exception, ValueError)


def test_settings_are_numbers_or_text():
    words = ["agents=64", "speed=0.5", "lifespan=1e3", "debug=True", "preset=large", "map=a=b.txt"]
    words += ["levels=5", "split=test"]
    assert watching.read_settings("Forage", words, ()) == {
        "agents": 64,
        "speed": 0.5,
        "lifespan": 1000.0,
        "debug": True,
        "preset": "large",
        "map": "a=b.txt",
        "levels": 5,
        "split": "test",
    }


def test_play_opens_a_window_with_what_was_given(monkeypatch):
    from sakana_envs.tools import play

    given = {}
    monkeypatch.setattr(play, "play", lambda id, **more: given.update(id=id, **more))
    run("play", "forage-continuous", "agents=4", "--agent", "2", "--seed", "5")
    assert given["id"] == "Forage-Continuous" and given["agents"] == 4 and given["agent"] == 2 and given["seed"] == 5


def test_play_takes_what_is_of_the_world_only():
    for name in ("learners", "obs", "render_mode", "camera"):
        assert f"PredatorPrey has no argument '{name}' here" in fails("play", "PredatorPrey", f"{name}=prey")
    assert "others is an option: --others prey" in fails("play", "PredatorPrey", "others=prey")


def test_a_folder_that_cannot_be_written(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "access", lambda path, _: str(path) != str(tmp_path))
    for words in (["record", "Forage", *SMALL, "-o", f"{tmp_path}/a.mp4"], ["bench", "--json", f"{tmp_path}/a.json"]):
        assert f"nothing can be written into the folder '{tmp_path}' by this user" in fails(*words)


def test_play_without_a_display(monkeypatch):
    from sakana_envs.wrappers import window

    def refuse(*_):
        raise RuntimeError("there is no display")

    monkeypatch.setattr(window.Window, "__init__", refuse)
    said = fails("play", "forage", *SMALL).splitlines()  # behind what says that pictures are compiled
    assert said[-1] == "Error: there is no display; sakana record needs no display"


def test_wrong_command_and_help():
    assert "No such command 'lst'" in fails("lst")
    assert "record" in run("--help") and "record" in CliRunner().invoke(app, []).output
    for command in ("list", "describe", "warmup", "doctor", "bench", "replay", "play", "record"):
        assert "Usage" in run(command, "-h")
    assert run("--version") == f"sakana_envs {sakana_envs.__version__}\n"
    assert "trust" in run("record", "-h")


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("sakana re", ["record", "replay"]),
        ("sakana record Fo", ["Forage-Discrete", "Forage-Continuous"]),
        ("sakana record Assemble-Discrete un", ["uniform_spawn="]),
        ("sakana describe Gr", ["Group"]),
    ],
)
def test_completion(words, wanted, monkeypatch):
    monkeypatch.setenv("_SAKANA_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))
    result = CliRunner().invoke(app, [], prog_name="sakana")
    assert result.output.split() == wanted


def test_help_loads_nothing_that_takes_time():
    code = (
        "import sys; from sakana_envs.tools import command_line; "
        "print([name for name in ('numba', 'imageio', 'pygame', 'torch', 'stable_baselines3') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_module_is_the_same_command():
    done = subprocess.run([sys.executable, "-m", "sakana_envs", "describe", "Forrage"], capture_output=True, text=True)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("Error: there is no task 'Forrage' - did you mean 'Forage'?")
