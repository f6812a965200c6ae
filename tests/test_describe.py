"""What is said of a task agrees with what the task does."""

import re

import gymnasium
import numpy as np
import pytest
from abilities import TASKS, vector
from shipped import SHIPPED
from worlds import SMALL_OF, kind_of

import sakana_envs
from sakana_envs.core.engine import Stretch
from sakana_envs.grid.motion import MOTIONS
from sakana_envs.rules import Actions, Task, spawn_uniform
from sakana_envs.tasks import registry
from sakana_envs.tasks.effect import numbers_with_effect, sizes_with_effect
from sakana_envs.tools.describe import describe
from sakana_envs.tools.runs import in_runs
from sakana_envs.tools.tables import print_task


@pytest.mark.parametrize("task", [*SHIPPED, *TASKS])
def test_spaces_are_those_of_the_environment(task):
    facts = describe(task)
    assert list(facts.observations) == {"cells": ["flat", "planes", "bytes"], "discs": ["flat"]}[kind_of(task)]
    for twin, id in facts.ids.items():
        for obs, observation in facts.observations.items():
            env = gymnasium.make(id, obs=obs, **SMALL_OF[kind_of(task)])
            space = env.observation_space
            assert f"Box({space.low.min()}, {space.high.max()}, {space.shape}, {space.dtype})" == observation.space
            assert space.shape == observation.shape
            assert str(env.action_space) == facts.action_spaces[twin]


@pytest.mark.parametrize("task", [*SHIPPED, *TASKS])
def test_parts_cover_an_observation_without_gaps(task):
    for observation in describe(task).observations.values():
        edges = [part.start for part in observation.parts] + [observation.parts[-1].stop]
        assert edges[0] == 0 and edges[-1] == observation.shape[0]
        assert [part.stop for part in observation.parts] == edges[1:]


@pytest.mark.parametrize("task", [*SHIPPED, *TASKS])
def test_parts_in_runs_cover_an_observation_too(task):
    for observation in describe(task).observations.values():
        runs = in_runs(observation.parts)
        edges = [run.start for run in runs] + [runs[-1].stop]
        assert edges[0] == 0 and edges[-1] == observation.shape[0] and len(runs) < 30
        assert [run.stop for run in runs] == edges[1:]


def test_runs_are_of_parts_that_count_up_alone_or_in_turn(capsys):
    meanings = [
        "a 1: x",
        "a 1: y",
        "a 2: x",
        "a 2: y",
        "b 1",
        "b 2",
        "b 3",
        "b 5",
        "c 5 of 1",
        "c 6 of 2",
        "d 1",
        "d 2",
    ]
    parts = [Stretch(n, n + 1, meaning) for n, meaning in enumerate(meanings[:-1])]
    parts.append(Stretch(11, 20, meanings[-1]))  # of several numbers: it stands alone
    told = [(0, 4, "a 1 to 2: x; y"), (4, 7, "b 1 to 3"), (7, 8, "b 5"), (8, 9, "c 5 of 1"), (9, 10, "c 6 of 2")]
    assert in_runs(parts) == [*told, (10, 11, "d 1"), (11, 20, "d 2")]
    print_task("Waterworld", "flat")
    assert re.search(r"\n90 to 119 +food: speed, ray 1 to 30, -2 to 2 *\n", capsys.readouterr().out)
    assert len(describe("Waterworld").observations["flat"].parts) == 242


@pytest.mark.parametrize("task", sorted(registry._builtin()))
def test_everything_of_a_shipped_task_has_a_meaning(task):
    facts = describe(task)
    texts = [facts.description, facts.beginning, facts.score, facts.scripted, *facts.about]
    texts += [*facts.rewards.values(), *facts.layers.values(), *facts.pictures.values(), *facts.info.values()]
    texts += [quantity.meaning for quantity in facts.quantities.values()]
    assert facts.about and all(texts)


def test_numbers_are_those_that_make_takes():
    for task in SHIPPED:
        facts, chosen = describe(task), registry.settings(registry.get(task))
        values = chosen.sizes | chosen.numbers
        taken = {*sizes_with_effect(registry.get(task)), *numbers_with_effect(registry.get(task))}
        assert {name: quantity.default for name, quantity in facts.quantities.items()} == {
            name: values[name] for name in values if name in taken
        }
        for name in values:
            if name in facts.quantities:
                registry.settings(registry.get(task), **{name: values[name]})
            else:
                with pytest.raises(TypeError, match=f"no argument '{name}'"):
                    registry.settings(registry.get(task), **{name: values[name]})
    assert describe("Forage").quantities["food_density"].default == 0.1
    facts = describe("Assemble")
    assert facts.quantities["agents"].whole and not facts.quantities["agents"].own
    assert facts.quantities["uniform_spawn"].own and not facts.quantities["speed"].whole
    assert facts.presets["large"]["agents"] == 4096


@pytest.mark.parametrize("obs", ["flat", "planes", "bytes"])
def test_categories_and_floats_are_described(obs):
    space = vector("Everything", worlds=1, obs=obs).single_observation_space
    told = describe("Everything").observations[obs]
    assert told.shape == space.shape and told.parts[-1].stop == space.shape[0]
    assert f"Box({space.low.min()}, {space.high.max()}, {space.shape}, {space.dtype})" == told.space
    meanings = [part.meaning for part in told.parts]
    if obs == "flat":
        assert "window: 1 where the layer terrain is 3, else 0" in meanings
        assert "window of the layer scent, over 255" in meanings and "the feature noise, -1 to 1" in meanings


def test_actions_of_a_tasks_own_are_listed(capsys):
    """Also those of a table that has fewer rows than there are directions, with all coordinates."""
    table = [(0, 0, 0), (1, 0, 0.5)]
    actions = Actions((-1, -1, 0), (1, 1, 1), table, ("wait", "sink"), ("row", "col", "weight"))
    sakana_envs.register(Task("Sinking", spawn_uniform, lambda world, agent: 0.0, actions=actions))
    try:
        assert describe("Sinking").actions[1] == (1, "sink", (1.0, 0.0, 0.5))
        print_task("Sinking", "flat")
        told = capsys.readouterr().out
        assert re.search(r"action +\(row, col, weight\)", told) and re.search(r"1 sink +\(1, 0, 0.5\)", told)
    finally:
        registry._added.pop("Sinking")


def test_actions_are_the_table():
    actions = describe("Forage").actions
    np.testing.assert_array_equal([action.vector for action in actions], MOTIONS)
    assert actions[1].name == "north" and actions[1].vector == (-1, 0)


def test_actions_of_ones_own():
    facts, made = describe("Everything"), TASKS["Everything"].actions
    np.testing.assert_array_equal([action.vector for action in facts.actions], made.table)
    assert list(facts.coordinates) == list(made.coordinates) and facts.coordinates["turn"] == (-2.0, 2.0)


@pytest.mark.parametrize("task", TASKS)
def test_all_actions_are_told(task, capsys):
    print_task(task, "bytes")
    said = " ".join(capsys.readouterr().out.split())
    made = TASKS[task].actions
    for number, (name, row) in enumerate(zip(made.names, made.table.tolist(), strict=True)):
        assert f"{number} {name}" in said and f"({', '.join(f'{each:g}' for each in row)})" in said


def test_references_by_preset_group_and_twin():
    facts = describe("PredatorPrey")
    assert facts.groups == ("predator", "prey")
    measured = facts.references["large"]["prey"]["Continuous"]["random"]
    assert measured == sakana_envs.references("PredatorPrey", "large", "Continuous", "prey")["random"]


def test_last_info_has_the_keys_that_are_described():
    env = gymnasium.make("Sakana/Assemble-Discrete-v0", agents=4, height=16, width=16, horizon=1)
    env.reset(seed=0)
    assert set(env.step(0)[-1]) == set(describe("Assemble").info)


def test_kinds_of_discs_have_their_names():
    meanings = [part.meaning for part in describe("Waterworld").observations["flat"].parts]
    assert meanings[0].startswith("rock: distance, ray 1,") and "touches food, 0 to 1" in meanings
    meanings = [part.meaning for part in describe("Navigate").observations["flat"].parts]
    assert meanings[0].startswith("walls or robot or crashed robot or arrived robot: distance, ray 1,")
    assert not any(part.meaning.startswith("kind") for part in describe("Tag").observations["flat"].parts)


def test_unknown_task():
    with pytest.raises(ValueError, match="there is no task 'Forrage' - did you mean 'Forage'"):
        describe("Forrage")


def test_task_of_ones_own():
    def init(world):
        for agent in range(world.agents):
            world.row[agent] = agent

    def reward(world, agent):
        return 0.0

    def terminated(world, agent):
        """Never, in truth."""
        return False

    task = sakana_envs.Task("Undescribed", init, reward, terminated=terminated)
    registry.add(task)
    try:
        facts = describe("Undescribed")
    finally:
        registry._added.pop("Undescribed")
    assert facts.ends == "Never, in truth." and facts.references == {} and facts.about == []
