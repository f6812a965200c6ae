"""Words of the vocabulary that no shipped task uses, or that only scripted policies do."""

import dis
import inspect

import gymnasium
import numpy as np
import pytest
from worlds import inner

import sakana_envs
from sakana_envs import rules
from sakana_envs.grid.vocabulary import CHANGES
from sakana_envs.rules import (
    AGENT,
    FOOD,
    STAY,
    WALL,
    code_at,
    count_seen,
    place_agent,
    place_food,
    place_wall,
    spawn_lattice,
    steer_or_wander,
    toward,
)
from sakana_envs.tasks.effect import python_of, reached


def stores(function):
    """Whether a function, or one that it calls, writes into an array."""
    return any(each.opname == "STORE_SUBSCR" for called in reached(function) for each in dis.get_instructions(called))


def test_words_that_change_the_world_are_known():
    words = [word for name in rules.__all__ if inspect.isfunction(word := python_of(getattr(rules, name)))]
    assert len(words) > 40
    found = {word.__name__ for word in words if stores(word)}
    assert found - {"sense_position"} == {python_of(word).__name__ for word in CHANGES}


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


def test_cells_in_view_are_counted_up_to_its_edge(random):
    view = random.integers(0, 5, size=7 * 7, dtype=np.uint8)
    square = view.reshape(7, 7)
    for row, col, reach, code in random.integers([-3, -3, 0, 0], [4, 4, 4, 5], size=(200, 4)):
        rows, cols = (slice(max(0, middle + 3 - reach), middle + 4 + reach) for middle in (row, col))
        assert count_seen(view, 49, row, col, reach, code) == (square[rows, cols] == code).sum()


def test_who_has_nowhere_to_steer_wanders():
    view = np.zeros(9, dtype=np.uint8)
    east, north, draw = 3, 1, np.uint64(5)
    assert steer_or_wander(view, 9, 0, 2, north, draw) == east
    assert steer_or_wander(view, 9, 0, 0, north, draw) == north
    view[1] = WALL
    assert steer_or_wander(view, 9, 0, 0, north, draw) == 1 + 5 % 8
    view[:] = FOOD
    assert steer_or_wander(view, 9, 0.0, 0.5, north, draw) == east
    view[:] = WALL
    assert steer_or_wander(view, 9, 0, 2, north, draw) == STAY
