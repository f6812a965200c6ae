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
    center_distance,
    code_at,
    count_seen,
    is_free,
    offset,
    place_agent,
    place_food,
    place_wall,
    presses,
    spawn_lattice,
    spawn_uniform,
    steer_or_wander,
    sum_in_view,
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


def test_where_one_can_go(random):
    view = random.integers(0, 5, size=5 * 5, dtype=np.uint8)
    for action in range(9):
        row, col = offset(action)
        assert is_free(view, 25, action) == (view.reshape(5, 5)[2 + row, 2 + col] <= FOOD)


def note(world):
    for agent in range(world.agents):
        world.noted[agent, 0] = center_distance(world, agent)
        world.noted[agent, 1] = sum_in_view(world, agent, world.row)
        world.noted[agent, 2] = presses(world, agent)


def test_what_rules_ask_of_agents(random):
    memory = {"noted": sakana_envs.Field("agent", np.float64, "what was found out", 3)}
    actions = sakana_envs.rules.MOVES.with_button("use")
    task = sakana_envs.Task(
        name="Noting", init=spawn_uniform, update=note, reward=lambda world, agent: 0.0, memory=memory, actions=actions
    )
    env = gymnasium.make_vec(sakana_envs.register(task)[1], num_envs=60, agents=60, height=19, width=14)
    env.reset(seed=1)
    played = random.uniform(-1, 1, size=(60, 3)).astype(np.float32)
    played[:30, :2] *= 0.5
    played[:, 2] = abs(played[:, 2])
    env.step(played)
    sim = inner(env)
    away, rows, pressed = sim.view("noted")[0].T
    row, col = (sim.view(name)[0].astype(np.float64) for name in ("row", "col"))
    assert away == pytest.approx(np.hypot(row - 9.5, col - 7.0))
    seen = [np.maximum(*(abs(np.floor(x) - np.floor(x[agent])) for x in (row, col))) <= 5 for agent in range(60)]
    assert rows == pytest.approx([row[each].sum() for each in seen])
    assert pressed.tolist() == ((played[:, 2] > 0.5) & (abs(played[:, :2]) < 0.5).all(axis=1)).tolist()
    assert 5 < pressed.sum() < 30


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
