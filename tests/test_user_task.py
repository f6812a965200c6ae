"""A task of a user's own, from twenty lines to every face, and what is said when it is wrong."""

import dataclasses
import sys
from types import FunctionType, SimpleNamespace

import gymnasium
import numpy as np
import pytest
from worlds import SMALL, USER_IDS

import sakana_envs
from sakana_envs.grid.spawn import spawn_uniform
from sakana_envs.tasks import registry
from sakana_envs.tools.describe import describe


def northward(world, agent):
    return -world.row[agent] / world.height


def test_twenty_lines_through_every_face():
    # begin of the user's lines
    def reward(world, agent):
        return 1.0 - world.col[agent] / world.width

    ids = sakana_envs.register(sakana_envs.Task(name="GoWest", init=spawn_uniform, reward=reward))
    # end
    assert ids == ["Sakana/GoWest-Discrete-v0", "Sakana/GoWest-Continuous-v0"]
    assert set(ids) <= set(sakana_envs.task_ids()) and "GoWest" in sakana_envs.task_names()
    west = np.array([0.0, -1.0], dtype=np.float32)
    env = gymnasium.make(ids[1], **SMALL)
    env.reset(seed=1)
    rewards = [env.step(west)[1] for _ in range(10)]
    assert rewards == sorted(rewards) and rewards[-1] > 0.8
    rows = gymnasium.make_vec(ids[0], num_envs=12, **SMALL)
    rows.reset(seed=1)
    assert (rows.step(np.full(12, 7))[1] > 0.0).all()
    parallel = sakana_envs.parallel_env(ids[0], **SMALL)
    parallel.reset(seed=1)
    assert set(parallel.step(dict.fromkeys(parallel.agents, 7))[1]) == set(parallel.possible_agents)


def test_the_matrix_runs_over_a_users_task():
    assert set(USER_IDS) <= set(sakana_envs.task_ids())


def rule(*arguments):
    """A function with the given argument names."""
    namespace = {}
    exec(f"def wrong({', '.join(arguments)}): return 0.0", namespace)
    return namespace["wrong"]


GOOD = {"name": "Unused", "init": spawn_uniform, "reward": northward}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"reward": rule("world")},
            r"task Unused: reward must take 2 arguments, reward\(world, agent\); wrong takes 1",
        ),
        ({"init": rule()}, r"task Unused: init must take 1 arguments, init\(world\); wrong takes 0"),
        ({"scripted": rule("view")}, r"Unused: scripted must take 4 arguments.*\(view, window, wander, draw\)"),
        ({"score": 3}, "Unused: score must be a function .*got 3"),
        ({"name": "go west"}, "name must be CamelCase.*'go west'"),
        ({"name": "west"}, "name must be CamelCase.*'west'"),
        ({"numbers": {"speed": sakana_envs.Number(1.0, 0.0, 1.0)}}, "number 'speed' has a name.*already uses"),
        ({"memory": {"cells": sakana_envs.Field("cell", np.uint8)}}, "memory 'cells' has a name.*already uses"),
        ({"presets": {"big": {}}}, "presets must have a 'default'.*big"),
        ({"presets": {"default": {"agnets": 3}}}, "preset 'default' sets 'agnets'"),
    ],
)
def test_wrong_records(change, message):
    with pytest.raises((ValueError, TypeError), match=message):
        sakana_envs.Task(**{**GOOD, **change})


@pytest.mark.parametrize("replace", [False, True])
def test_names_of_the_package(replace):
    before = sakana_envs.task_ids()
    task = sakana_envs.Task(**{**GOOD, "name": "Forage"})
    with pytest.raises(
        ValueError, match=r"'Forage' comes with the package and can't be replaced; choose another.*Group"
    ):
        sakana_envs.register(task, replace=replace)
    assert sakana_envs.task_ids() == before and registry.get("Forage") is not task


def cell(price, tolerated=1):
    """The record that a notebook's cell makes, with functions of its own each time."""

    def reward(world, agent):
        return price * world.bumped[agent] + 1.0 + 0.0 * world.tolerated

    return sakana_envs.Task(
        name="Cell",
        init=spawn_uniform,
        reward={"bump": reward},
        numbers={"tolerated": sakana_envs.Number(tolerated, 0, 9)},
        memory={"total": sakana_envs.Field("world", np.float64)},
    )


@pytest.fixture
def registered():
    """A task called Cell, forgotten after the test."""
    task = cell(0.0)
    sakana_envs.register(task, replace=True)
    yield task
    registry._added.pop("Cell")


@pytest.mark.filterwarnings("error")
def test_the_same_record_again(registered):
    assert sakana_envs.register(registered) == sakana_envs.register(cell(0.0))
    assert registry.get("Cell") is not registered, "what can't be told apart is the newest"


@pytest.mark.parametrize(
    ("another", "differs"),
    [((2.0,), "reward"), ((0.0, 3), "numbers"), ((2.0, 3), "reward, numbers")],
)
def test_another_record_of_a_name(registered, another, differs):
    message = rf"task 'Cell' exists already and differs in {differs}; register\(task, replace=True\) replaces it"
    with pytest.raises(ValueError, match=message):
        sakana_envs.register(cell(*another))
    assert registry.get("Cell") is registered


@pytest.mark.filterwarnings("error")
def test_replacing_a_record(registered):
    def first_rewards(id):
        rows = gymnasium.make_vec(id, num_envs=6, **SMALL)
        rows.reset(seed=1)
        return rows, rows.step(rows.policy_actions("still"))[1]

    id = "Sakana/Cell-Discrete-v0"
    old, before = first_rewards(id)
    replacement = dataclasses.replace(
        cell(0.0, 3), reward=lambda world, agent: 5.0 + 0.0 * world.tolerated, description="Another one."
    )
    assert sakana_envs.register(replacement, replace=True)[0] == id
    assert (before == 1.0).all() and (first_rewards(id)[1] == 5.0).all()
    assert (old.step(old.policy_actions("still"))[1] == 1.0).all(), "an environment goes on with its own"
    old.reset(seed=2)
    assert (old.step(old.policy_actions("still"))[1] == 1.0).all()
    parallel = sakana_envs.parallel_env(id, **SMALL)
    parallel.reset(seed=1)
    assert set(parallel.step(dict.fromkeys(parallel.agents, 0))[1].values()) == {5.0}
    facts = describe("Cell")
    assert facts.description == "Another one." and facts.quantities["tolerated"].default == 3


PRICE = 3.0


def pays_the_price(world, agent):
    return PRICE


def test_a_record_whose_functions_name_what_has_changed(monkeypatch):
    def again():
        return sakana_envs.Task(name="PaysThePrice", init=spawn_uniform, reward=FunctionType(code, globals()))

    code = pays_the_price.__code__
    sakana_envs.register(again())
    monkeypatch.setitem(globals(), "PRICE", 4.0)
    with pytest.raises(ValueError, match="exists already and differs in reward"):
        sakana_envs.register(again())
    sakana_envs.register(again(), replace=True)


def test_a_replacement_that_cannot_be_compiled(registered):
    with pytest.raises(TypeError, match="'count_in_veiw' is not defined"):
        sakana_envs.register(dataclasses.replace(registered, reward=undefined), replace=True)
    assert registry.get("Cell") is registered


@pytest.mark.parametrize("wrong", ["Forage", sakana_envs.Task, None])
def test_what_is_no_task(wrong):
    with pytest.raises(TypeError, match=r"register takes a sakana_envs\.Task, got"):
        sakana_envs.register(wrong)


def test_replace_is_a_flag(registered):
    with pytest.raises(ValueError, match="replace must be True or False, got 1"):
        sakana_envs.register(registered, replace=1)


def misspelt(world, agent):
    return world.rows[agent]


def undefined(world, agent):
    return count_in_veiw(world, agent, 3)  # noqa: F821


def textual(world, agent):
    return "much"


def unseeded(world, agent):
    return np.random.random()  # noqa: NPY002


def unplaced(world):
    pass


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (
            misspelt,
            r"(?s)task Unused: reward\(world, agent\) can't be compiled: world has no 'rows'.*test_user_task.py:\d+",
        ),
        (undefined, r"'count_in_veiw' is not defined - did you mean 'count_in_view'"),
        (textual, "must return a number"),
        (unseeded, r"draws from numpy.random.*uniform\(world, stream, index\)"),
    ],
)
def test_rules_that_cannot_be_compiled(function, message):
    before = sakana_envs.task_ids()
    with pytest.raises(TypeError, match=message):
        sakana_envs.register(sakana_envs.Task(**{**GOOD, "reward": function}))
    assert sakana_envs.task_ids() == before
    assert "Sakana/Unused-Discrete-v0" not in gymnasium.registry


def bumped(world, agent):
    return world.bumped[agent] > 0


@pytest.mark.parametrize("reward", [bumped, {"first": bumped, "second": bumped}], ids=["one", "terms"])
def test_truth_values_are_numbers(reward):
    name = f"Truth{'Terms' if isinstance(reward, dict) else ''}"
    id = sakana_envs.register(sakana_envs.Task(name=name, init=spawn_uniform, reward=reward, score=bumped))[0]
    envs = gymnasium.make_vec(id, num_envs=6, agents=6, height=4, width=4, horizon=1)
    envs.reset(seed=0)
    _, rewards, _, _, info = envs.step(np.full(6, 1))
    bumps = info["wall_bumps"] + info["agent_bumps"]
    assert 0 < bumps.sum() < 6
    assert (rewards == bumps * (2 if isinstance(reward, dict) else 1)).all() and (info["score"] == bumps).all()


def test_an_init_that_places_nobody():
    id = sakana_envs.register(sakana_envs.Task(name="PlacesNobody", init=unplaced, reward=northward))[0]
    env = gymnasium.make(id, **SMALL)
    for _ in range(2):
        with pytest.raises(ValueError, match="PlacesNobody: init left 6 agents without a place"):
            env.reset(seed=1)
    with pytest.raises(RuntimeError):
        env.unwrapped.step(0)


def test_lazy_names_only():
    assert isinstance(sakana_envs.Task, type)
    with pytest.raises(AttributeError, match="no attribute 'Tsak'"):
        _ = sakana_envs.Tsak
    assert isinstance(SimpleNamespace(**vars(sys.modules["sakana_envs"])).__version__, str)
