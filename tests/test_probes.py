"""Probes: they are listed apart, short, alike in both twins, and the command says what is wrong with a trainer."""

import ast
import inspect
import sys

import gymnasium
import numpy as np
import pytest
from typer.testing import CliRunner

import sakana_envs
from sakana_envs.grid.motion import MOTIONS
from sakana_envs.tasks import registry
from sakana_envs.tasks.ids import id_of, read_id
from sakana_envs.tools.command_line import app
from sakana_envs.tools.describe import describe
from sakana_envs.tools.probe import BARS, evaluate

PROBES = sakana_envs.probe_names()
CANT_BE_SCRIPTED = {"ProbeRecall"}
"""A scripted policy sees one observation."""


def test_probes_are_listed_apart_and_found_like_any_task():
    assert set(PROBES) == set(BARS) and not set(PROBES) & set(sakana_envs.task_names())
    assert not any("Probe" in id for id in sakana_envs.task_ids())
    for probe in PROBES:
        assert all(id_of(probe, twin) in gymnasium.registry for twin in registry.TWINS)
        assert read_id(probe.lower()) == (probe, None)
    with pytest.raises(ValueError, match="did you mean 'ProbeBandit'"):
        read_id("ProbeBandits")
    with pytest.raises(ValueError, match="did you mean 'Sakana/ProbeSteady-Discrete-v0'"):
        read_id("Sakana/ProbeSteddy-Discrete-v0")


@pytest.mark.parametrize("probe", PROBES)
def test_the_rules_of_a_probe_are_fifteen_lines(probe):
    """Without docstrings, the record, and the scripted policy."""
    tree = ast.parse(inspect.getsource(sys.modules[registry.get(probe).scripted.__module__]))
    lines = 0
    for rule in (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name not in POLICIES):
        assert ast.get_docstring(rule), rule.name
        lines += 1 + rule.end_lineno - rule.body[0].end_lineno
    assert 0 < lines <= 15 or probe == "ProbeRecall", "but for the one that has another's rules"


POLICIES = {registry.get(probe).scripted.__name__ for probe in PROBES}


@pytest.mark.parametrize("probe", PROBES)
def test_the_continuous_twin_fed_with_the_table_is_the_discrete_one(probe, random):
    discrete, continuous = (gymnasium.make_vec(id_of(probe, twin), worlds=8) for twin in registry.TWINS)
    before = [env.reset(seed=3)[0] for env in (discrete, continuous)]
    assert np.array_equal(*before)
    for _ in range(40):
        actions = random.integers(0, 9, discrete.num_envs)
        for one, other in zip(discrete.step(actions)[:4], continuous.step(MOTIONS[actions])[:4], strict=True):
            assert np.array_equal(one, other)


@pytest.mark.parametrize("probe", PROBES)
def test_whoever_knows_it_passes_and_whoever_does_not_look_fails(probe):
    for twin, bar in BARS[probe].items():
        measured = sakana_envs.references(probe, twin=twin)
        if probe not in CANT_BE_SCRIPTED and (probe, twin) != ("ProbeSteady", "Continuous"):
            assert measured["scripted"].score >= bar
        for policy in ("still", "spinning", "corner", "random"):
            assert measured[policy].score_interval[1] < 0.8 * bar, policy


@pytest.mark.parametrize("probe", PROBES)
def test_what_a_failure_means_is_said(probe):
    about = describe(probe).about
    assert about[0].startswith(("A trainer", "A policy")) and "fails here" in about[0]


def constant(value):
    """A policy that always does the same, in either twin."""
    return lambda observations: np.tile(np.float32(value), (len(observations), 1))


def test_patience_pays_late_and_steady_exactly():
    assert evaluate("Sakana/ProbePatience-Continuous-v0", constant([0, 1])) == 1.0
    assert evaluate("Sakana/ProbePatience-Continuous-v0", constant([0, 0.5])) == 0.5

    def exact(observations):
        return np.clip(-4.0 * observations[:, -1:] * np.float32([0, 1]), -1.0, 1.0)

    assert evaluate("Sakana/ProbeSteady-Continuous-v0", exact) > 0.9


def test_memory_of_a_policy_begins_with_the_evaluation():
    class Remembers:
        def reset(self):
            self.cue = None

        def __call__(self, observations):
            self.cue = observations[:, -1] if self.cue is None else self.cue
            return np.where(self.cue > 0.5, 3, 7)

    policy = Remembers()
    assert [evaluate("Sakana/ProbeRecall-Discrete-v0", policy, worlds=32) for _ in range(2)] == [1.0, 1.0]


def never(observations):
    return np.zeros(len(observations), dtype=np.int64)


def east(observations):
    return np.full(len(observations), 3)


def west(observations):
    return np.full(len(observations), 7)


def as_seen(observations):
    """Acts on the last number of what it sees now."""
    return np.where(observations[:, -1] < 0.0, 7, 3)


@pytest.mark.parametrize(
    ("probe", "policy", "most"),
    [
        ("Bandit", east, 0.6),
        ("Patience", west, 0.0),
        ("Password", never, 0.0),
        ("Recall", as_seen, 0.6),
        ("Coin", east, 0.1),
        ("Split", as_seen, 0.0),
        ("LateTool", never, 0.0),
        ("Steady", never, 0.0),
    ],
)
def test_a_policy_as_the_fault_makes_it_fails(probe, policy, most):
    assert evaluate(f"Sakana/Probe{probe}-Discrete-v0", policy) <= most


TRAINERS = """
import numpy as np

number = 3

def train(env_id, seed):
    east = lambda observations: np.full(len(observations), 3)
    return east if "Discrete" in env_id else lambda observations: np.tile(np.float32([0, 1]), (len(observations), 1))

def lazy(env_id, seed):
    pass

def few(env_id):
    pass

def narrow(env_id, seed):
    return lambda observations: np.zeros(1, int)

def wide(env_id, seed):
    return lambda observations: np.full((len(observations), 2), 1.5)

def raises(env_id, seed):
    raise ZeroDivisionError("no batches")
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    (tmp_path / "my_trainers.py").write_text(TRAINERS)
    monkeypatch.chdir(tmp_path)

    def run(*words):
        result = CliRunner().invoke(app, ["probe", *words])
        return result.exit_code, " ".join(result.output.split())

    yield run
    sys.modules.pop("my_trainers", None)


def test_the_command_says_what_failed_and_what_it_means(run):
    code, said = run("my_trainers.py", "--only", "Patience", "bandit")
    assert code == 1
    assert "Patience Discrete 1.00 0.90" in said and "Patience Continuous 1.00 0.90" in said
    assert said.count("passed") == 2 and said.count("FAILED") == 2
    assert "ProbeBandit-Discrete and ProbeBandit-Continuous: A trainer that fails here" in said
    code, said = run("my_trainers:train", "--only", "ProbePatience", "--twins", "continuous")
    assert code == 0 and said.endswith("passed") and "Discrete" not in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nowhere.py",), "there is no file 'nowhere.py'"),
        (("no_such_module:train",), "no_such_module can't be imported: ModuleNotFoundError"),
        (("my_trainers.py:tran",), "my_trainers.py has no 'tran' - did you mean 'train'?; a trainer is a function"),
        (("my_trainers.py:number",), "my_trainers.py:number is no function train(env_id, seed), but 3"),
        (("my_trainers.py:few",), "must be a function train(env_id, seed); it is few(env_id): too many positional"),
        (("my_trainers.py:lazy",), "train must return a policy, a function from observations to actions or an object"),
        (("my_trainers.py:narrow",), "Sakana/ProbeBandit-Discrete-v0: policy: <lambda>, for agent, must return an"),
        (("my_trainers.py:wide", "--twins", "Continuous"), "real numbers in [-1, 1]"),
        (("my_trainers.py:raises",), "no batches"),
        (("my_trainers.py", "--only", "Bandid"), "there is no probe 'Bandid' - did you mean 'Bandit'?; probes: Bandit"),
        (("my_trainers.py", "--twins", "Discret"), "there is no twin 'Discret' - did you mean 'Discrete'?"),
    ],
)
def test_what_is_wrong_with_a_trainer_is_said(run, words, message):
    code, said = run(*words)
    assert code == 2 and message in said
