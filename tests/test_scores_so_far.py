"""The score of an episode that still runs."""

import numpy as np
import pytest
import worlds

import sakana_envs
from sakana_envs.rules import spawn_uniform
from sakana_envs.tasks import registry


@pytest.mark.parametrize("id", worlds.IDS)
def test_the_last_one_is_the_score(id):
    simulation = worlds.simulation(id, worlds=2)
    assert np.isnan(simulation.scores_so_far()).all()
    simulation.seed(1)
    observations = simulation.reset()
    assert np.isnan(simulation.scores_so_far()).all()
    ended = set()
    for _ in range(simulation.sizes["horizon"]):
        observations = simulation.step(actions(simulation, observations)).observations
        before = simulation.blocks.copy()
        seen = simulation.scores_so_far().reshape(2, -1)
        assert np.array_equal(simulation.blocks, before)
        for world, scores in enumerate(seen):
            if simulation.view("clock")[world, 0] > 0:
                assert scores.min() >= 0.0 and scores.max() <= 1.0
            if simulation.view("over")[world, 0]:
                assert np.array_equal(np.float32(scores), simulation.view("score")[world])
                ended.add(world)
    assert ended == {0, 1}


def actions(simulation, observations):
    """Scripted actions in the discrete twin, random ones in the other."""
    if simulation.twin:
        return simulation.scripted_actions(observations)
    return simulation.random_actions()


def late_score(world, agent):
    """Not defined before tick 3, and a vandal: it writes into the world."""
    world.visits[agent] += 1
    return world.episode_return[agent] / (world.tick // 3) + world.visits[agent]


def _place(world):
    spawn_uniform(world)


def _ate(world, agent):
    return 1.0 * world.ate[agent]


LATE = sakana_envs.Task(
    name="LateScore",
    init=_place,
    reward=_ate,
    score=late_score,
    memory={"visits": sakana_envs.Field("agent", np.int32, "how often the score was asked for")},
)


@pytest.fixture
def late(monkeypatch):
    monkeypatch.setitem(registry._added, "LateScore", LATE)
    return registry.simulation("LateScore", True, worlds=2, **worlds.SMALL)


def test_a_score_that_is_not_defined_yet_and_one_that_writes(late):
    late.seed(1)
    late.reset()
    late.view("clock")[1] = 1  # the second world is a tick ahead
    for tick in range(1, 5):
        late.step(np.zeros(late.rows, dtype=np.int64))
        assert tick > 1 or not getattr(late.program.kernels.scores, "signatures", ()), "compiled before it is needed"
        before = late.blocks.copy()
        for _ in range(2):
            first, second = late.scores_so_far().reshape(2, -1)
            assert np.isnan(first).all() if tick < 3 else (first == 1.0).all()
            assert np.isnan(second).all() if tick < 2 else (second == 1.0).all()
        assert (late.blocks == before).all()
