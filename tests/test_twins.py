"""The twins differ in nothing but the action, and no agent's index matters."""

import numpy as np
import pytest
from worlds import IDS, TASKS, agent_fields, map_cells, random_actions, simulation, split

from sakana_envs.core import cpu
from sakana_envs.grid.motion import MOTIONS

CROWDS = {
    "small": {},
    "crowded": {"agents": 90},
    "slow": {"speed": 0.37, "agents": 40},
    "mortal": {"lifespan": 4.0, "agents": 60},
    "gliding": {"inertia": 0.7, "speed": 0.9, "lifespan": 20.0, "agents": 40},
}


def twins(task, **arguments):
    return (simulation(f"Sakana/{task}-{twin}-v0", **arguments) for twin in ("Discrete", "Continuous"))


@pytest.mark.parametrize("crowd", CROWDS)
@pytest.mark.parametrize("task", TASKS)
def test_continuous_fed_with_the_table_is_discrete(task, crowd, random):
    discrete, continuous = twins(task, worlds=2, **CROWDS[crowd])
    for sim in (discrete, continuous):
        sim.seed(7)
        sim.reset()
    for _ in range(50):
        actions = random_actions(True, discrete.rows, random)
        steps = discrete.step(actions), continuous.step(MOTIONS[actions])
        assert discrete.blocks.tobytes() == continuous.blocks.tobytes()
        for left, right in zip(*steps, strict=True):
            assert np.asarray(left).tobytes() == np.asarray(right).tobytes()


@pytest.mark.parametrize("direction", [(0.3, 0.1), (-0.3, 0.1), (0.3, -0.1), (-0.1, -0.3), (0.002, 0.0), (1.0, 0.4)])
@pytest.mark.parametrize("task", TASKS)
def test_moves_within_a_cell_and_across_cells(task, direction):
    sim = simulation(f"Sakana/{task}-Continuous-v0", agents=1, height=40, width=40, horizon=100, food_density=0.0)
    sim.seed(3)
    sim.reset()
    place = np.array([sim.view("row")[0, 0], sim.view("col")[0, 0]], dtype=np.float64)
    moved = np.rint(np.float32(1024) * sim.view("pace")[0, 0] * np.array(direction, dtype=np.float32)) / 1024.0
    assert moved.any()
    for _ in range(60):
        target = place + moved
        if (target < 0.0).any() or (target >= 40.0).any():
            break
        sim.step(np.array([direction], dtype=np.float32))
        assert (sim.view("row")[0, 0], sim.view("col")[0, 0]) == tuple(target)
        assert sim.view("bumped")[0, 0] == 0
        row, col = target.astype(int)
        assert map_cells(sim)[0, row, col] >= 3
        place = target


@pytest.mark.parametrize("crowd", CROWDS)
@pytest.mark.parametrize("id", IDS)
def test_permuting_agents_permutes_trajectories(id, crowd, random):
    plain, permuted = (simulation(id, mode=cpu.DISABLED, **{**CROWDS[crowd], "horizon": 60}) for _ in range(2))
    permutation = random.permutation(plain.agents)
    for sim in (plain, permuted):
        sim.seed(11)
        sim.reset()
    fields = agent_fields(plain)
    shared = [name for name, field in plain.program.structure.fields.items() if field.per != "agent"]
    for name in fields:
        permuted.view(name)[:] = plain.view(name)[:, permutation]
    bumps = 0
    while not plain.view("over").any():
        actions = random_actions(split(id)[1], plain.rows, random)
        left, right = plain.step(actions), permuted.step(actions[permutation])
        for name in fields:
            assert (plain.view(name)[:, permutation] == permuted.view(name)).all(), name
        for name in shared:
            assert (plain.view(name) == permuted.view(name)).all(), name
        assert (left.observations[permutation] == right.observations).all()
        assert (left.rewards[permutation] == right.rewards).all()
        bumps += plain.view("bumped").sum()
    assert bumps > 0 or crowd == "small"
