"""Actions as data: what can't be is refused by name, and every twin has its space."""

import dataclasses

import gymnasium
import numpy as np
import pytest
from abilities import ACTIONS, SMALL, TASKS, course, id_of, parallel, simulation, single, vector
from gymnasium import spaces
from shipped import SHIPPED_IDS

import sakana_envs
from sakana_envs.core.actions import Twin
from sakana_envs.rules import MOVES, Actions, Task, spawn_uniform
from sakana_envs.tasks import registry

GOOD = {
    "low": (-1, -1),
    "high": (1, 1),
    "table": [(0, 0), (1, 0)],
    "names": ("stay", "down"),
    "coordinates": ("row", "col"),
    "tables": ((-1, 0, 1), (0, 1)),
}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"low": (-1,)}, r"actions: low must be finite numbers with shape \(2,\), got shape \(1,\)"),
        ({"high": ("a", "b")}, r"actions: high must be numbers with shape \(2,\)"),
        ({"high": (1, np.nan)}, "actions: high must be finite numbers"),
        ({"low": (2, -1)}, "actions: low must be at most high"),
        ({"table": [(0, 0)]}, r"actions: table must be finite numbers with shape \(2, 2\)"),
        ({"table": [(0, 0), (3, 0)]}, r"the table's row \[3.0, 0.0\] lies outside of the box"),
        ({"names": ("stay", "stay")}, "actions: names must be different names"),
        ({"names": (), "table": np.zeros((0, 2))}, "actions: names must be different names, at least one"),
        ({"coordinates": ("row", "row")}, "actions: coordinates must be different names"),
        ({"coordinates": ("row", 3)}, "actions: coordinates must be different names"),
        ({"names": None}, "actions: names must be different names"),
        ({"coordinates": "rc"}, "actions: coordinates must be different names, at least one, got 'rc'"),
        ({"tables": 0}, "actions: tables must have one for each of at least two coordinates"),
        ({"tables": ((0, 1), None)}, "actions: each of tables must be finite numbers"),
        ({"tables": ((0, 1), 0)}, r"actions: each of tables must be finite numbers with shape \(1,\)"),
        ({"tables": ((0, 1),)}, "actions: tables must have one for each of at least two coordinates, of 2"),
        ({"tables": ((0, 1), ())}, "actions: tables have .*, where the box is -1 to 1"),
        ({"tables": ((0, 1), (0, 2))}, "actions: tables have .*2.0.*, where the box is -1 to 1"),
        ({"tables": ((0, 1), (0, np.inf))}, "actions: each of tables must be finite numbers"),
    ],
)
def test_wrong_actions(change, says):
    with pytest.raises(ValueError, match=says):
        Actions(**{**GOOD, **change})


@pytest.mark.parametrize(
    ("actions", "says"),
    [
        ("use", r"actions must be sakana_envs.rules.Actions, got 'use'"),
        (
            Actions(**{**GOOD, "coordinates": ("col", "row")}),
            "the first coordinates of actions must be row, col, got col",
        ),
        (Actions(**{**GOOD, "low": (-2, -1)}), "row, col of actions must lie in .* to .*, got"),
    ],
)
def test_actions_that_a_world_of_cells_cannot_use(actions, says):
    with pytest.raises((TypeError, ValueError), match=says):
        Task(name="Unused", init=spawn_uniform, reward=lambda world, agent: 0.0, actions=actions)


@pytest.mark.parametrize("name", TASKS)
def test_what_was_compiled_is_kept_whatever_the_table(name):
    """Numba keeps no code on disk that has an array's address in it."""
    sim = simulation(name)
    course(sim, 1)
    kernels = sim.program.kernels
    assert not any(made.library.has_dynamic_globals for made in kernels.step.overloads.values())
    assert kernels.step.overloads


def test_buttons():
    assert ACTIONS.coordinates == ("row", "col", "turn", "use", "jump") and ACTIONS.names[-2:] == ("use", "jump")
    assert ACTIONS.table[-2:].tolist() == [[0, 0, 0, 1, 0], [0, 0, 0, 0, 1]] and not ACTIONS.table[:-2, 3:].any()
    assert [len(values) for values in ACTIONS.tables] == [4, 4, 3, 2, 2]
    once = MOVES.with_button("use")
    assert once == MOVES.with_button("use") != MOVES and hash(once) == hash(MOVES.with_button("use"))
    assert once.tables is None and (once.table[:9, :2] == MOVES.table).all()
    with pytest.raises(ValueError, match="actions: names must be different names"):
        once.with_button("use")


def test_spaces():
    assert single("Everything").action_space == spaces.Discrete(9)
    assert single("Everything", "MultiDiscrete").action_space == spaces.MultiDiscrete([4, 4, 3, 2, 2])
    box = single("Everything", "Continuous").action_space
    assert (box.low == ACTIONS.low).all() and (box.high == ACTIONS.high).all() and box.shape == (5,)
    assert parallel("Everything", "MultiDiscrete").action_space("left_0").shape == (5,)
    assert vector("Battle", worlds=1).action_space.shape == (SMALL["agents"],)
    assert id_of("Everything", "MultiDiscrete") in sakana_envs.task_ids()
    assert not [id for id in SHIPPED_IDS if "MultiDiscrete" in id]


@pytest.mark.parametrize(
    ("twin", "wrong"),
    [
        ("Discrete", 9),
        ("Discrete", -1),
        ("Continuous", [0, 0, 0, 0, 1.5]),
        ("Continuous", [0, 0, -2.5, 0, 0]),
        ("Continuous", [0, 0, 0, -0.1, 0]),
        ("Continuous", [0, 0, np.nan, 0, 0]),
        ("Continuous", [0, 0]),
        ("MultiDiscrete", [0, 0, 3, 0, 0]),
        ("MultiDiscrete", [0, -1, 0, 0, 0]),
        ("MultiDiscrete", [0, 0, 0]),
        ("MultiDiscrete", 3),
    ],
)
def test_wrong_choices_change_nothing(twin, wrong):
    env = vector("Everything", twin, worlds=1)
    env.reset(seed=1)
    actions = env.unwrapped.policy_actions("still")
    before = env.unwrapped.get_state()["blocks"].tobytes()
    values = np.array(wrong, dtype=np.float32 if twin == "Continuous" else np.int64)
    fits = values.shape == actions.shape[1:]
    given = np.concatenate([actions[:-1], values[None]]) if fits else np.stack([values] * len(actions))
    with pytest.raises((TypeError, ValueError)):
        env.step(given)
    one = single("Everything", twin)
    one.reset(seed=1)
    with pytest.raises((TypeError, ValueError)):
        one.unwrapped.step(values)
    assert env.unwrapped.get_state()["blocks"].tobytes() == before


@pytest.mark.parametrize("twin", ["Discrete", "Continuous", "MultiDiscrete"])
@pytest.mark.parametrize("policy", ["scripted", "random", "still"])
def test_policies_act_in_every_twins_form(twin, policy):
    env = vector("Everything", twin, worlds=2)
    env.reset(seed=1)
    seen = []
    for _ in range(40):
        actions = env.unwrapped.policy_actions(policy)
        assert env.action_space.contains(actions)
        seen.append(actions)
        env.step(actions)
    assert (len(np.unique(seen)) > 3) == (policy != "still")


def test_a_twin_that_a_task_has_no_longer():
    """Ids stay registered: other records may take a task's place."""
    tables = Actions((-1, -1), (1, 1), [(0, 0)], ("stay",), ("row", "col"), ((-1, 0, 1), (0, 1)))
    record = sakana_envs.Task("Turncoat", spawn_uniform, lambda world, agent: 0.0, actions=tables)
    ids = sakana_envs.register(record)
    with pytest.raises(ValueError, match="say Turncoat-Discrete or Turncoat-Continuous or Turncoat-MultiDiscrete"):
        sakana_envs.parallel_env("Turncoat")
    sakana_envs.register(dataclasses.replace(record, actions=MOVES), replace=True)
    for make in (gymnasium.make, gymnasium.make_vec):
        with pytest.raises(ValueError, match="Turncoat has no such twin; its twins: Discrete, Continuous, got"):
            make(ids[2], agents=2, height=4, width=4)


def test_a_task_that_moves_by_a_table_of_its_own():
    """Fewer rows than the engine's: who stays is found by its zeros."""
    actions = Actions((-1, 0), (1, 0), [(1, 0), (0, 0), (-1, 0)], ("down", "wait", "up"), ("row", "col"))
    assert actions.still == 1 and actions.of_rows(np.array([2]), Twin.CONTINUOUS).tolist() == [[-1, 0]]
    assert TASKS["Battle"].actions.still == 0


def test_who_has_no_policy_wanders_by_rows_that_there_are():
    """Also where the table has fewer rows than there are directions."""
    task = Task(name="Crossing", init=spawn_uniform, reward=lambda world, agent: 0.0, actions=Actions(**GOOD))
    sakana_envs.register(task)
    sim = registry.simulation("Crossing", True, agents=64, radius=1)
    chosen = sim.scripted_actions(np.zeros((64, 9), dtype=np.uint8))
    assert set(chosen.tolist()) == {0, 1}
