"""Words of the vocabulary that no shipped task uses."""

import gymnasium
import numpy as np
import pytest
from worlds import inner

import sakana_envs
from sakana_envs.rules import AGENT, WALL, code_at, place_agent, place_food, place_wall, spawn_lattice, toward


def init(world):
    for row in range(world.height):
        place_wall(world, row, world.width // 2)
    world.refused[0] = place_wall(world, 0, world.width // 2) + place_food(world, 0, world.width // 2)
    world.refused[0] += place_agent(world, 0, -1, 0) + (code_at(world, 0, world.width) != WALL)
    spawn_lattice(world)


def reward(world, agent):
    return toward(3 * world.row[agent] - 100.0, 0.0)


@pytest.fixture(scope="module")
def lattice():
    memory = {"refused": sakana_envs.Field("world", np.int64, "places that were no places, and yet taken")}
    return sakana_envs.register(sakana_envs.Task(name="Lattice", init=init, reward=reward, memory=memory))[0]


@pytest.mark.parametrize(("agents", "height", "width"), [(1, 1, 3), (12, 9, 13), (30, 20, 7), (100, 10, 11)])
def test_a_lattice_around_a_wall(lattice, agents, height, width):
    env = gymnasium.make_vec(lattice, num_envs=agents, agents=agents, height=height, width=width)
    env.reset(seed=1)
    sim = inner(env)
    cells = sim.view("cells")[0, 5:-5, 5:-5]
    assert (cells[:, width // 2] == WALL).all() and (cells == WALL).sum() == height
    assert (cells >= AGENT).sum() == agents and not sim.view("refused").any()
    # Evenly: each half of the map has half of the agents, but for a row of the lattice.
    row = (cells >= AGENT).sum(axis=1)
    assert abs(row[: height // 2].sum() - row[-(height // 2) :].sum()) <= 2 * np.sqrt(agents * width / height) + 1
    assert (env.step(np.zeros(agents, dtype=np.int64))[1] == 1).all()  # north of row 33
