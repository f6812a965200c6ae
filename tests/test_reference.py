"""The compiled rules against the slow reference: every cell, position, event, reward and observation."""

import numpy as np
import pytest
from reference import MOTIONS, World, combine, mix
from reference_tasks import BEGIN, REWARDS, UPDATE, observation
from worlds import IDS, map_cells, radius_of, random_actions, simulation, split

from sakana_envs.core import cpu, rng
from sakana_envs.core.rng import world_seed

WORLDS = {
    "open": {"agents": 12, "height": 15, "width": 11},
    "crowded": {"agents": 50, "height": 9, "width": 8, "food_density": 0.3},
    "full": {"agents": 24, "height": 5, "width": 5},
    "mortal": {"agents": 30, "height": 6, "width": 9, "lifespan": 3.0, "food_density": 0.5},
    "slow": {"agents": 14, "height": 7, "width": 7, "speed": 0.41, "food_regrowth": 0.2, "food_density": 0.2},
    "line": {"agents": 9, "height": 1, "width": 17, "food_density": 0.4, "lifespan": 20.0},
}
OPTIONS = {
    "Assemble": {"shaping_weight": 0.5},
    "Optimize": {"consumption": 0.1},
    "FillBasket": {"basket_size": 50.0},
    "Scatter": {"uniform_spawn": 1.0},
}
TICKS = 120


def check(sim, world, transition, task, index=0):
    radius = world.radius
    expected = [[world.code((row, col)) for col in range(world.width)] for row in range(world.height)]
    assert map_cells(sim)[index].tolist() == expected
    places = zip(sim.view("row")[index].tolist(), sim.view("col")[index].tolist(), strict=True)
    assert list(places) == world.places
    rows = slice(index * sim.agents, (index + 1) * sim.agents)
    for event in ("ate", "bumped", "respawned"):
        assert sim.view(event)[index].tolist() == getattr(world, event), event
    assert sim.view("missing_food")[index, 0] == world.missing_food
    if world.tick:
        assert sim.view("wall_bumps")[index].tolist() == world.wall_bumps
        assert sim.view("agent_bumps")[index].tolist() == world.agent_bumps
    if world.tick:
        rewards = [REWARDS[task](world, agent) for agent in range(world.agents)]
        assert (transition.rewards[rows] == np.array(rewards, dtype=np.float32)).all()
    observations = transition.observations[rows]
    assert observations.tolist() == [observation(world, task, agent) for agent in range(world.agents)]
    assert radius == radius_of(sim)


@pytest.mark.parametrize("setting", WORLDS)
@pytest.mark.parametrize("id", IDS)
def test_every_tick_agrees(id, setting, random):
    task, discrete = split(id)
    assert task in REWARDS, f"write down what {task} pays in reference_tasks.py"
    sim = simulation(id, mode=cpu.DISABLED, **{**WORLDS[setting], "horizon": TICKS, **OPTIONS.get(task, {})})
    sim.seed(int(random.integers(2**62)))
    sim.reset()
    world = World(sim)
    BEGIN.get(task, lambda world: None)(world)
    for _ in range(TICKS):
        actions = random_actions(discrete, sim.rows, random)
        transition = sim.step(actions)
        world.step([MOTIONS[action] for action in actions] if discrete else actions.tolist())
        UPDATE.get(task, lambda world: None)(world)
        check(sim, world, transition, task)
    assert sim.view("over").all() and world.tick == sim.view("clock")[0, 0] == TICKS


@pytest.mark.parametrize("setting", WORLDS)
@pytest.mark.parametrize("task", ["Forage", "FillBasket", "Center", "Group", "PredatorPrey"])
def test_starts_agree(task, setting):
    sim = simulation(f"Sakana/{task}-Discrete-v0", worlds=3, **WORLDS[setting])
    sim.seed(99)
    for _ in range(2):
        sim.reset()
        for index in range(3):
            world = World(sim, index)
            expected = World(sim, index)
            expected.spawn_uniform()
            if task in ("Forage", "FillBasket"):
                expected.scatter_food()
            assert world.places == expected.places
            assert world.cells == expected.cells
            assert sim.view("food")[index, 0] == list(expected.cells.values()).count(1)


def test_random_numbers_agree(random):
    with np.errstate(over="ignore"):
        for key, number in random.integers(2**62, size=(200, 2)).tolist():
            assert int(rng.mix(np.uint64(key))) == mix(key)
            assert int(rng.combine(np.uint64(key), number)) == combine(key, number)
            assert world_seed(key, 0) == key
            assert world_seed(key, number % 1000 + 1) == combine(key, number % 1000 + 1) >> 1


def test_splitmix64_is_the_published_one():
    # First outputs of the generator of Steele, Lea and Flood for the seed 1234567.
    stream = [mix(1234567 + (step + 1) * 0x9E3779B97F4A7C15 & 2**64 - 1) for step in range(3)]
    assert stream == [6457827717110365317, 3203168211198807973, 9817491932198370423]


@pytest.mark.parametrize("twin", ["Discrete", "Continuous"])
def test_thousands_of_ticks_of_forage(twin, random):
    id = f"Sakana/Forage-{twin}-v0"
    sim = simulation(id, agents=20, height=8, width=9, horizon=10_000, lifespan=50.0, speed=0.9, food_density=0.2)
    sim.seed(17)
    sim.reset()
    world = World(sim)
    for _ in range(2500):
        actions = random_actions(twin == "Discrete", sim.rows, random)
        transition = sim.step(actions)
        world.step([MOTIONS[action] for action in actions] if twin == "Discrete" else actions.tolist())
        check(sim, world, transition, "Forage")
