"""Levels in every task of discs: the same start whenever one is played, in any world, with whatever numbers."""

import numpy as np
import pytest
from shipped import SHIPPED
from worlds import inner, tasks_of, vector

from sakana_envs.core.levels import SPLITS
from sakana_envs.tasks import registry

TASKS = tasks_of("discs", SHIPPED)
NUMBERS = {"dt": ("uniform", 0.05, 0.2), "bounce": [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]}
OF_PLAY = {"seed", "episode", "clock", "episode_length", "over", "fault", "fault_agent", "reward", "terminated"}
"""Fields that tell of the episode and its past, not of what it begins with."""


def envs_of(task, worlds=6, **arguments):
    return vector(f"Sakana/{task}-Continuous-v0", worlds=worlds, info="always", **arguments)


def starts(envs):
    """With what each world's episode begins: everything in its memory but scratch, and what tells of play."""
    sim = inner(envs)
    fields = sim.program.structure.fields.items()
    left_out = OF_PLAY.union(sim.program.statistics)
    kept = sorted(name for name, field in fields if not field.meaning.startswith("scratch") and name not in left_out)
    return [{name: sim.view(name)[world].tobytes() for name in kept} for world in range(sim.worlds)]


def levels_of(envs, info):
    """The level of each world, as its agents are told."""
    told = info["level"].reshape(inner(envs).worlds, -1)
    assert (told == told[:, :1]).all()
    return told[:, 0]


@pytest.mark.parametrize("task", TASKS)
def test_a_level_begins_alike_in_every_world_and_episode(task):
    seen = {}
    envs = envs_of(task, worlds=6, levels=3)
    for seed in (1, 2, 3):
        observations, info = envs.reset(seed=seed)
        rows = observations.reshape(6, -1)
        for world, level in enumerate(levels_of(envs, info).tolist()):
            seen.setdefault(level, []).append((starts(envs)[world], rows[world].tobytes()))
        envs.step(envs.unwrapped.policy_actions("random"))  # so that the next episode begins in used memory
    assert seen.keys() == {0, 1, 2} and all(each == first for first, *rest in seen.values() for each in rest)
    assert len({observed for (_, observed), *_ in seen.values()}) == 3


@pytest.mark.parametrize("task", TASKS)
def test_a_reset_may_name_the_levels_of_any_split(task):
    envs = envs_of(task, worlds=4, levels=2, split="test")
    first = SPLITS["test"].start
    assert envs.unwrapped.levels.numbers.tolist() == [first, first + 1]
    _, info = envs.reset(seed=1, options={"level": [first, 7, 7, first]})
    assert levels_of(envs, info).tolist() == [first, 7, 7, first]
    begun = starts(envs)
    assert begun[0] == begun[3] and begun[1] == begun[2] and begun[0]["x"] != begun[1]["x"]
    _, info = envs.reset(seed=9, options={"level": 7})
    assert levels_of(envs, info).tolist() == [7] * 4 and starts(envs) == [begun[1]] * 4
    _, info = envs.reset(seed=9)
    assert set(levels_of(envs, info).tolist()) <= {first, first + 1}


@pytest.mark.parametrize("task", TASKS)
def test_numbers_of_each_world_and_drawn_ones_go_along_with_levels(task):
    envs = envs_of(task, worlds=6, levels=2, **NUMBERS)
    envs.reset(seed=1, options={"level": 1})
    names = list(registry.get(task).all_numbers)
    numbers = inner(envs).view("numbers")
    assert len(np.unique(numbers[:, names.index("dt")])) == 1 and 0.05 <= numbers[0, names.index("dt")] <= 0.2
    assert numbers[:, names.index("bounce")].tolist() == NUMBERS["bounce"]
    assert len({start["x"] for start in starts(envs)}) == 1
    drawn = numbers[0, names.index("dt")]
    envs.reset(options={"level": 0})
    assert inner(envs).view("numbers")[0, names.index("dt")] != drawn
    envs.reset(seed=5, options={"level": 1})
    assert (inner(envs).view("numbers")[:, names.index("dt")] == drawn).all()


@pytest.mark.parametrize("task", TASKS)
def test_levels_count_the_episodes_that_end(task):
    envs = envs_of(task, worlds=4, levels=2, horizon=5)
    _, info = envs.reset(seed=1)
    played = levels_of(envs, info)
    for _ in range(5):
        info = envs.step(envs.unwrapped.policy_actions("random"))[-1]
    assert envs.unwrapped.levels.plays.tolist() == [(played == level).sum() for level in (0, 1)]
    assert levels_of(envs, info).tolist() == played.tolist()
