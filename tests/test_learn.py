"""The pages to learn from: what they say is printed is printed, and their exercise knows what is right."""

import os
import re
import runpy
import subprocess
import sys
from collections import Counter

import gymnasium
import numpy as np
import pytest
from test_readme import PAGES, ROOT, snippets

import sakana_envs
from sakana_envs.reference import TASKS, Forage, World
from sakana_envs.reference.__main__ import play
from sakana_envs.rules import AGENT

EXERCISE = (ROOT / "examples" / "learn_gap.py").read_text(encoding="utf-8")
BLANKS = {
    "blank 1, reward": ("hit = 0", "hit = int(world.row[agent]) == world.blocked[0]"),
    "blank 2, feature": ("out[0] = 0", "out[0] = 255 * world.blocked_next[0]"),
    "blank 3, score": ("return 0.0", "return 1.0 - 2.0 * world.hits[agent] / world.tick"),
}


def printed(code, tmp_path):
    (tmp_path / "code.py").write_text(code, encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "code.py"], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=True
    )
    return result.stdout


def shown(page):
    """What a page says is printed."""
    return re.findall(r"^```text\n(.*?)^```$", PAGES[page], flags=re.DOTALL | re.MULTILINE)


def test_the_four_arrays_are_what_the_page_prints(tmp_path):
    page = "docs/learn/four_arrays.md"
    assert printed("\n".join(snippets(page, "python")), tmp_path) == "".join(shown(page))


def test_the_policy_gradient_is_computed_by_one_thread():
    """NumPy's threads wait for each other by computing: on a busy machine its page's ten seconds were seventy."""
    code = "import os, runpy; runpy.run_path('examples/policy_gradient.py'); print(len(os.listdir('/proc/self/task')))"
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    words = [sys.executable, "-c", code, "--gammas", "0.9", "--updates", "1"]
    result = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=True)
    assert result.stdout.splitlines()[-1] == "1"


def test_the_page_of_changes_says_what_the_example_changes():
    example = runpy.run_path(str(ROOT / "examples" / "what_changed.py"))
    (printed_table,) = shown("docs/learn/what_changed.md")
    header, *rows = printed_table.splitlines()
    assert f'"{header}"' in (ROOT / "examples" / "what_changed.py").read_text(encoding="utf-8")
    assert [row.split()[0] for row in rows] == list(example["CHANGES"])
    table = dict(re.findall(r"^\| (\w+) \| (.*) \|.*\|$", PAGES["docs/learn/what_changed.md"], flags=re.MULTILINE))
    for name, change in example["CHANGES"].items():
        assert re.findall(r"`(\w+)=(\d+)`", table[name]) == [(key, str(value)) for key, value in change.items()]


def test_who_sees_less_is_shown_the_middle():
    example = runpy.run_path(str(ROOT / "examples" / "what_changed.py"))
    sakana_envs.register(example["TASK"])
    seen = {}

    class Still:
        def __init__(self, radius):
            self.shown = seen.setdefault(radius, [])

        def predict(self, observations):
            self.shown.append(observations)
            return np.zeros(len(observations), np.int64), None

    for radius in (5, 3):
        example["score"](Still(radius), example["FIRST"] | {"radius": radius, "horizon": 2, "spacing": 2}, 3)
    assert seen[5][0].shape == (16 * 16, 7 * 7 * 7) and seen[5][0][:, 2 * 49 :].any()
    assert np.array_equal(seen[5], seen[3])


@pytest.mark.parametrize(("change", "in_view"), [("crowded", {16: 16}), ("spaced", {4: 4, 6: 8, 9: 4})])
def test_agents_begin_as_far_apart_as_the_page_says(change, in_view):
    example = runpy.run_path(str(ROOT / "examples" / "what_changed.py"))
    sakana_envs.register(example["TASK"])
    sizes = example["FIRST"] | example["CHANGES"][change]
    observations, _ = gymnasium.make_vec(example["ENV_ID"], worlds=1, obs="bytes", **sizes).reset(seed=0)
    assert Counter((observations == AGENT).sum(axis=1).tolist()) == in_view


def test_the_exercise_begins_as_its_page_says(tmp_path):
    assert [printed(EXERCISE, tmp_path)] == shown("docs/learn/gap.md")[:1]


@pytest.mark.parametrize("left", [None, *BLANKS])
def test_the_exercise_knows_which_blanks_are_right(left, tmp_path):
    code = EXERCISE
    for blank, (empty, filled) in BLANKS.items():
        assert code.count(f"{empty}  # blank") == 1
        code = code.replace(f"{empty}  # blank", f"{filled}  # blank" if blank != left else f"{empty}  # blank")
    said = dict(line.split(": ", 1) for line in printed(code, tmp_path).splitlines())
    wrong = {blank for blank, verdict in said.items() if verdict != "right"}
    # What is counted for the score is counted as the reward is judged.
    assert wrong == {None: set(), "blank 1, reward": {left, "blank 3, score"}}.get(left, {left})
    assert set(said) == set(BLANKS)


def test_what_check_finds_in_the_exercise_is_on_its_page():
    words = [sys.executable, "-m", "sakana_envs", "check", str(ROOT / "examples" / "learn_gap.py")]
    said = subprocess.run(words, capture_output=True, text=True, timeout=300).stdout
    (page,) = shown("docs/learn/nothing_learns.md")
    assert [line for line in said.splitlines() if line.startswith("FOUND")] == page.splitlines()


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("seed", [0, 3])
def test_the_readable_world_is_the_compiled_one(task, seed, capsys):
    assert play(task, seed)
    assert "\ntick 1: " in capsys.readouterr().out


class PaysMore(Forage):
    def reward(self, agent):
        return 0.2 * self.ate[agent]


class SeesLess(Forage):
    def window(self, agent):
        return [0, *super().window(agent)[1:]]


class EndsAtOnce(Forage):
    def ends(self, agent):
        return True


@pytest.mark.parametrize("other", [PaysMore, SeesLess, EndsAtOnce])
def test_what_differs_from_the_compiled_world_is_noticed(other, monkeypatch, capsys):
    monkeypatch.setitem(TASKS, "Forage", other)
    assert not play("Forage", 3)


def test_a_readable_world_knows_its_numbers():
    with pytest.raises(TypeError, match="Forage has no number 'food_densty'"):
        Forage(agents=1, height=3, width=3, food_densty=0.1)
    assert World(agents=1, height=3, width=3, speed=0.5).speed == 0.5
