"""States that agree with themselves: every one that play leads to is taken, and crafted ones are refused."""

import numpy as np
import pytest
import test_invariants
from test_state import MOVING, begun, refuse, sealed
from worlds import IDS, SMALL, inner, random_actions, simulation, vector

import sakana_envs
from sakana_envs.core import cpu
from sakana_envs.rules import below, place_food, place_wall, scatter_food, spawn_uniform, uniform
from sakana_envs.tasks import registry

HORIZON = SMALL["horizon"]
FORAGE = "Sakana/Forage-Discrete-v0"


def moved(sim, **fields):
    """A state in which whole fields of world 1 have other values, and a checksum that fits."""
    state = sim.get_state()
    for name, value in fields.items():
        sim.layout.view(state["blocks"], name)[1] = value
    return sealed(state)


def busy_init(world):
    """Another time limit each episode, kinds and paces, walls and food."""
    world.time_limit[0] = 1 + below(world, 0, 0, world.horizon)
    for agent in range(world.agents):
        world.kind[agent] = agent % 4
        world.pace[agent] = -2.0 + 0.5 * agent
    for row in range(0, world.height, 3):
        for col in range(world.width):
            if uniform(world, 1, row * world.width + col) < 0.2:
                place_wall(world, row, col)
    spawn_uniform(world)
    scatter_food(world)


def busy_update(world):
    """Food rains, walls grow, doors open, paces change, and sometimes the episode is cut short."""
    for drop in range(6):
        place_food(world, below(world, 2, drop, world.height), below(world, 3, drop, world.width))
    place_wall(world, below(world, 4, 0, world.height), below(world, 5, 0, world.width))
    for door in range(world.radius, world.radius + world.height):
        if world.cells[door, world.radius] == 2 and world.tick % 3 == 0:
            world.cells[door, world.radius] = 0
    world.pace[0] = uniform(world, 6, 0)
    if uniform(world, 7, 0) < 0.05:
        world.time_limit[0] = max(1, world.tick - 3)


def busy_reward(world, agent):
    return world.ate[agent] - 0.1 * world.bumped[agent]


def busy_terminated(world, agent):
    return uniform(world, 8, agent) < 0.004


BUSY = sakana_envs.Task(name="Busy", init=busy_init, update=busy_update, reward=busy_reward, terminated=busy_terminated)


def busy(worlds=4, mode=cpu.NEXT_STEP, **settings):
    """Worlds of a task whose rules write whatever rules may, and which isn't registered."""
    registry._added["Busy"] = BUSY
    try:
        return registry.simulation("Busy", True, worlds=worlds, mode=mode, **{**SMALL, **settings})
    finally:
        del registry._added["Busy"]


def takes_its_own_states(sim, ticks, random, mask=None):
    """Play, and put every state back as it is."""
    for tick in range(ticks):
        if sim.mode == cpu.DISABLED:
            over = sim.view("over")[:, 0] != 0
            if over.any():
                sim.reset(over)
                sim.set_state(sim.get_state())
        sim.step(random_actions(sim.twin, sim.rows, random))
        sim.set_state(sim.get_state())
        if mask is not None and tick % 7 == 3:
            sim.reset(mask)
            sim.set_state(sim.get_state())


@pytest.mark.parametrize("mode", [cpu.NEXT_STEP, cpu.SAME_STEP, cpu.DISABLED])
@pytest.mark.parametrize("id", [*IDS, "Busy"])
def test_every_state_of_play_is_taken(id, mode, random):
    settings = {"worlds": 4, "mode": mode, "stagger": True, **MOVING, "food_regrowth": 0.3}
    sim = busy(**settings) if id == "Busy" else simulation(id, **settings)
    sim.set_state(sim.get_state())
    sim.seed(5)
    sim.set_state(sim.get_state())
    sim.reset()
    takes_its_own_states(sim, 60, random, mask=np.array([True, False, False, True]))
    sim.seed(6)
    with pytest.raises(RuntimeError, match=r"call reset\(\)"):
        sim.step(random_actions(sim.twin, sim.rows, random))
    sim.set_state(sim.get_state())


@pytest.mark.parametrize(
    "sim",
    [
        busy(food_regrowth=0.0, horizon=300),
        busy(agents=1),
        simulation(FORAGE, worlds=2, food_density=1.0, food_regrowth=0.0, horizon=300),
        simulation(FORAGE, worlds=2, food_density=1.0, agents=1),
        simulation(FORAGE, worlds=2, lifespan=2.0, agents=120),
    ],
)
def test_states_of_long_full_and_empty_worlds_are_taken(sim, random):
    sim.seed(1)
    sim.reset()
    takes_its_own_states(sim, sim.sizes["horizon"] + 2, random)


def test_states_on_a_map_are_taken(random):
    drawn = "A..#\n.o.o\n.#..\noo.A"
    sim = registry.simulation("Forage", True, map=drawn, agents=2, lifespan=3.0, food_density=0.3, worlds=3, horizon=9)
    sim.seed(1)
    sim.reset()
    takes_its_own_states(sim, 30, random)


def test_states_of_thousands_of_agents_are_taken(random):
    sim = simulation(FORAGE, agents=2000, height=50, width=60, lifespan=50.0, food_density=0.1)
    sim.seed(1)
    sim.reset()
    takes_its_own_states(sim, 22, random)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"terminated": 1}, "an episode that has an end and goes on"),
        ({"clock": HORIZON, "episode_length": HORIZON}, "an episode that has an end and goes on"),
        ({"time_limit": 7}, "an episode that has an end and goes on"),
        ({"time_limit": 3}, "an episode that has an end and goes on"),
        ({"over": 1}, "is over without one"),
        ({"clock": 0, "over": 1}, "is over without one"),
        ({"clock": 8}, "an episode's length isn't its clock"),
        ({"episode_length": 0}, "an episode's length isn't its clock"),
        ({"clock": 0, "reward": 0, "ate": 0, "bumped": 0, "respawned": 0, "terminated": 1}, "terminated before the"),
        ({"clock": 0, "ate": 0, "bumped": 0, "respawned": 0, "reward": 0.5}, "reward before the first tick"),
        ({"clock": 0, "ate": 1, "bumped": 0, "respawned": 0, "reward": 0}, "ate before the first tick"),
        ({"clock": 0, "ate": 0, "bumped": 1, "respawned": 0, "reward": 0}, "bumped before the first tick"),
        ({"clock": 0, "ate": 0, "bumped": 0, "respawned": 1, "reward": 0}, "respawned before the first tick"),
        ({"meals": 8}, "more meals than ticks"),
        ({"wall_bumps": HORIZON}, "more wall_bumps than ticks"),
        ({"respawns": 8}, "more respawns than ticks"),
        ({"ate": 1, "meals": 0, "bumped": 0}, "ate, and no meals"),
        ({"bumped": 1, "wall_bumps": 0, "agent_bumps": 0, "ate": 0}, "bumped, and no bumps"),
        ({"respawned": 1, "respawns": 0}, "respawned, and no respawns"),
        ({"ate": 1, "meals": 1, "bumped": 1, "wall_bumps": 1}, "an agent ate where it was blocked"),
        ({"missing_food": 12 * 10 + 1}, "more food is missing than was eaten"),
        ({"missing_food": 2**25}, "missing_food is outside of its range"),
        ({"missing_food": 1, "meals": 0, "ate": 0}, "more food is missing than was eaten"),
        ({"food": 0}, "food isn't the number of cells that show it"),
        ({"food": 12 * 10}, "food isn't the number of cells that show it"),
        ({"target_row": np.nan}, "target_row is outside of its range"),
        ({"target_col": 10.5}, "target_col is outside of its range"),
        ({"wanted": 22 * 20}, "wanted is outside of its range"),
        ({"queue": 7}, "queue is outside of its range"),
    ],
)
def test_states_that_disagree_with_themselves(fields, says):
    refuse(begun(worlds=2), moved(begun(worlds=2), **fields), f"damaged: {says}|damaged: .*, or {says}")


def test_nobody_respawns_without_a_lifespan():
    sim = begun(worlds=2, lifespan=0.0)
    refuse(sim, moved(sim, respawned=1, respawns=1), "an agent respawned without a lifespan")


def test_terms_of_a_reward_are_numbers():
    sim = begun("Sakana/Assemble-Discrete-v0", worlds=2)
    refuse(sim, moved(sim, reward_matched=np.nan), "damaged: reward_matched is no finite number")
    refuse(sim, moved(sim, reward_distance=-np.inf), "damaged: reward_distance is no finite number")


def test_an_ended_world_is_taken_and_not_set_going_again():
    sim = begun(worlds=2, ticks=HORIZON)
    assert sim.view("over").all()
    sim.set_state(sim.get_state())
    refuse(sim, moved(sim, over=0), "an episode that has an end and goes on")
    refuse(sim, moved(sim, time_limit=HORIZON, clock=3, episode_length=3), "is over without one|more .* than ticks")


def test_missing_food_costs_no_time():
    """However long an episode is: what is missing is drawn in every tick."""
    sim = simulation(FORAGE, worlds=2, horizon=2**31 - 1)
    sim.seed(1)
    sim.reset()
    sim.step(np.zeros(sim.rows, dtype=np.int64))
    long = {"clock": 2**31 - 2, "episode_length": 2**31 - 2, "meals": 2**31 - 2}
    refuse(sim, moved(sim, **long, missing_food=2**31 - 1), "missing_food is outside of its range")


def test_invariants_take_states_too():
    """So every test that checks invariants checks this, with worlds of all shapes."""
    env = vector(FORAGE)
    env.reset(seed=1)
    inner(env).view("meals")[:] = 3
    with pytest.raises(ValueError, match="more meals than ticks"):
        test_invariants.check(inner(env))
