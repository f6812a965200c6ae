"""The score of an episode that still runs."""

import numpy as np
import pytest
import worlds

from sakana_envs.tasks import registry
from sakana_envs.tools.scores import scores_so_far


@pytest.mark.parametrize("id", worlds.IDS)
def test_the_last_one_is_the_score(id):
    task, _ = worlds.split(id)
    simulation = worlds.simulation(id, worlds=2)
    asked = [scores_so_far(simulation, registry.get(task), world) for world in range(2)]
    simulation.seed(1)
    observations = simulation.reset()
    assert all(np.isnan(now()).all() for now in asked)
    ended = set()
    for _ in range(simulation.sizes["horizon"]):
        observations = simulation.step(actions(simulation, observations)).observations
        before = simulation.blocks.copy()
        seen = [now() for now in asked]
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
    if simulation.program.discrete:
        return simulation.scripted_actions(observations)
    return simulation.random_actions()
