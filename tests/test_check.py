"""``sakana check``: it names what was planted, and says nothing of what is sound."""

import importlib.util
import json
from pathlib import Path

import pytest
from planted import BOXED, CLIP, CONSTANT, DEAD, ENDLESS, GHOSTS, NONE, PLANTED, TINY, UNREACHABLE, WRONG_TEAM
from shipped import SHIPPED
from typer.testing import CliRunner
from worlds import USER_IDS

import sakana_envs
from sakana_envs.tasks import registry
from sakana_envs.tools.check import text
from sakana_envs.tools.check.references import measure
from sakana_envs.tools.command_line import app

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
ALONE = {"agents": 1, "height": 64, "width": 64, "horizon": 20, "food_density": 0.0}


def names(report):
    return {finding.name for finding in report.findings}


def run(*words, code=0):
    """What the command printed: without what the compiler says, and errors only if that is what is expected."""
    result = CliRunner().invoke(app, ["check", *words])
    assert result.exit_code == code and "Traceback" not in result.output, result.output
    return result.output if code == 2 else result.stdout


def check_planted(fault, **settings):
    return sakana_envs.check(PLANTED, planted=fault, **settings)


@pytest.mark.parametrize(
    ("fault", "settings", "name"),
    [
        pytest.param(UNREACHABLE, {}, "reward-unreachable", id="reward unreachable"),
        pytest.param(CLIP, {"agents": 96}, "reward-at-clip", id="reward at its clip"),
        pytest.param(DEAD, {}, "dead-input", id="dead input"),
        pytest.param(BOXED, {}, "boxed-in", id="boxed in by walls"),
        pytest.param(GHOSTS, {}, "ghosts", id="ghosts"),
        pytest.param(ENDLESS, {}, "never-ending", id="an end that never comes"),
        pytest.param(ENDLESS, {"horizon": 10**6}, "never-ending", id="a horizon out of sight"),
        pytest.param(CONSTANT, ALONE, "constant-observation", id="constant observation"),
        pytest.param(WRONG_TEAM, {}, "wrong-pay", id="wrong team which loses by it"),
        pytest.param(
            WRONG_TEAM, {"food_density": 0.3, "height": 64, "width": 64, "enough": 40}, "wrong-pay", id="wrong team"
        ),
    ],
)
def test_a_planted_fault_is_named(fault, settings, name):
    report = check_planted(fault, **settings)
    # Where nothing but crowding is paid, and food draws a crowd, who eats more is paid less too.
    assert names(report) - ({"wrong-pay"} if fault == CLIP else set()) == {name}, report.findings
    assert all(all(len(words) > 20 for words in finding[1:]) for finding in report.findings)


def test_a_map_too_full_to_move_in():
    report = check_planted(NONE, agents=570, horizon=32)
    assert "boxed-in" in names(report) and report.room.boxed_in > 0.8 and report.room.walled_in == 0.0


def test_what_is_found_names_what_it_is_about():
    assert "feature 'hunger'" in check_planted(DEAD).findings[0].seen
    assert "24 cells where none is" in check_planted(GHOSTS).findings[0].seen
    first, second = check_planted(UNREACHABLE).findings
    assert "group 'first'" in first.seen and "group 'second'" in second.seen


def test_the_task_without_a_fault_is_sound():
    report = check_planted(NONE)
    assert report.findings == () and report.remarks == ()
    assert report.endings.by_rule > 0 and report.maps.ghosts == 0 and report.room.stuck < 0.01
    for group in report.groups:
        assert group.scores["scripted"].score > 0.5 > 0.2 > group.scores["random"].score
        assert group.pay["random"].lowest == 0.0 and group.pay["random"].highest == 1.0


@pytest.mark.parametrize("task", SHIPPED)
def test_shipped_tasks_are_sound(task):
    report = sakana_envs.check(task)
    assert report.findings == (), report.findings


def test_a_battle_is_not_won_blindly():
    """By who stands and strikes all the time, for example."""
    for group in sakana_envs.check("Battle").groups:
        assert group.scores["open-loop"].score < 0.6 < group.scores["scripted"].score


@pytest.mark.parametrize("example", ["hold", "custom_task"])
def test_examples_are_sound(example):
    spec = importlib.util.spec_from_file_location(f"checked_{example}", EXAMPLES / f"{example}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (task,) = {value for value in vars(module).values() if isinstance(value, sakana_envs.Task)}
    assert sakana_envs.check(task).findings == ()


def test_a_task_that_looks_faulty_on_purpose():
    """An arm to pull, once, without anything to see or any room: whoever doesn't look can do it."""
    report = sakana_envs.check(TINY)
    assert report.findings == () and {"constant-observation", "boxed-in"} <= {each.name for each in report.remarks}
    assert report.groups[0].scores["open-loop"].score == 1.0
    deadly = sakana_envs.check(TINY, preset="deadly")
    assert deadly.findings == () and deadly.endings.by_death > 1000


def test_a_record_is_checked_without_being_registered():
    check_planted(NONE, agents=2, horizon=8)
    assert PLANTED.name not in registry.names()


def test_what_cannot_be_checked():
    with pytest.raises(ValueError, match="there is no task 'Forrage' - did you mean 'Forage'"):
        sakana_envs.check("Forrage")
    with pytest.raises(ValueError, match="has no preset 'larg' - did you mean 'large'"):
        sakana_envs.check("Forage", preset="larg")
    with pytest.raises(TypeError, match="has no argument 'agent' - did you mean 'agents'"):
        sakana_envs.check("Forage", agent=3)


def test_the_command():
    said = run("Forage-Continuous", "agents=8", "height=16", "width=16", "horizon=32").splitlines()
    assert len(said) == 11 and said[0].startswith("Sakana/Forage-Continuous-v0, preset default: 8 agents on 16 x 16")
    assert [line.split()[0] for line in said[1:10]] == [
        "score",
        "return",
        "reward",
        "inputs",
        "alike",
        "room",
        "bumps",
        "ends",
        "maps",
    ]
    among_discs = run("Targets-Discrete", "agents=4", "height=3", "width=5", "horizon=32").splitlines()
    assert "4 agents on 5 x 3 metres" in among_discs[0]
    assert said[-1] == "nothing found"
    facts = json.loads(run("forage", "agents=8", "height=16", "width=16", "horizon=32", "--json"))
    assert facts["findings"] == [] and facts["groups"][0]["scores"]["open-loop"]["episodes"] == facts["worlds"]
    assert "did you mean agents" in run("forage", "agent=8", code=2).replace("'", "")


def test_the_command_with_a_task_of_ones_own():
    place = str(Path(__file__).with_name("planted.py"))
    try:
        said = run(f"{place}:PLANTED", f"planted={DEAD}", code=1).splitlines()
        assert said[10:] == [*text.found(sakana_envs.check("Planted", planted=DEAD))]
        assert said[10].startswith("FOUND   dead-input: feature 'hunger' had the same value")
        assert [line.split(":")[0].strip() for line in said[11:]] == ["why it matters", "what to do"]
    finally:
        registry._added.pop("Planted", None)


def test_references_of_a_task_of_ones_own():
    """Measured as the stored ones were: the same figures to the last digit."""
    assert measure(registry.get("Center"), "default", "Continuous", "agent") == sakana_envs.references(
        "Center", twin="Continuous"
    )
    own = sakana_envs.references(USER_IDS[0])
    assert own.keys() == sakana_envs.references("Center").keys()
    assert own["scripted"].episodes == 64 and own["random"].score > own["still"].score == 0.0
