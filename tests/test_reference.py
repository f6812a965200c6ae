"""The compiled rules against the slow reference: every cell, position, event, reward and observation."""

from pathlib import Path

import numba
import numpy as np
import pytest
import reference_own as own
from reference import NUMBER, World, combine, mix
from reference_games import ENDS, SCORES
from reference_tasks import BEGIN, REWARDS, UPDATE, observation, position
from reference_views import forms
from shipped import SHIPPED
from worlds import (
    IDS,
    actions_of,
    map_cells,
    on_all,
    radius_of,
    random_actions,
    simulation,
    split,
    tasks_of,
    vectors_of,
)

import sakana_envs
from sakana_envs.core import cpu, rng, state
from sakana_envs.core.rng import world_seed
from sakana_envs.tasks import registry
from sakana_envs.wrappers.views import Views

WORLDS = {
    "open": {"agents": 12, "height": 15, "width": 11},
    "crowded": {"agents": 50, "height": 9, "width": 8, "food_density": 0.3},
    "full": {"agents": 24, "height": 5, "width": 5},
    "mortal": {"agents": 30, "height": 6, "width": 9, "lifespan": 3.0, "food_density": 0.5},
    "slow": {"agents": 14, "height": 7, "width": 7, "speed": 0.41, "food_regrowth": 0.2, "food_density": 0.2},
    "line": {"agents": 9, "height": 1, "width": 17, "food_density": 0.4, "lifespan": 20.0},
    "heavy": {"agents": 26, "height": 9, "width": 8, "inertia": 0.93, "food_density": 0.3},
    "gliding": {"agents": 30, "height": 8, "width": 7, "inertia": 0.5, "speed": 0.83, "lifespan": 6.0},
}
OPTIONS = {
    "Battle": {"damage": 0.3},
    "Commons": {"orchard_density": 0.05, "growth": 0.02},
    "Convert": {"site_density": 0.5},
    "Assemble": {"shaping_weight": 0.5},
    "Optimize": {"consumption": 0.1},
    "FillBasket": {"basket_size": 50.0},
    "Scatter": {"uniform_spawn": 1.0},
}
TICKS = 120
DOCS = Path(__file__).parent.parent / "docs"


def check(sim, world, transition, task, index=0):
    radius = world.radius
    expected = [[world.code((row, col)) for col in range(world.width)] for row in range(world.height)]
    assert map_cells(sim)[index].tolist() == expected
    places = zip(sim.view("row")[index].tolist(), sim.view("col")[index].tolist(), strict=True)
    assert list(places) == world.places
    rows = slice(index * sim.agents, (index + 1) * sim.agents)
    if world.inertia > 0:
        velocities = zip(sim.view("velocity_row")[index], sim.view("velocity_col")[index], strict=True)
        assert list(velocities) == world.velocities
    for event in ("ate", "bumped", "respawned"):
        assert sim.view(event)[index].tolist() == getattr(world, event), event
    assert sim.view("missing_food")[index, 0] == world.missing_food
    if world.tick:
        assert sim.view("wall_bumps")[index].tolist() == world.wall_bumps
        assert sim.view("agent_bumps")[index].tolist() == world.agent_bumps
        rewards, terminated, truncated = world.judge(REWARDS[task], ENDS.get(task, lambda world, agent: False))
        assert (transition.rewards[rows] == np.array(rewards, dtype=np.float32)).all()
        if task in SCORES:
            assert transition.terminated[rows].tolist() == terminated
            assert transition.truncated[rows].tolist() == truncated
            if sim.view("over")[index, 0]:
                scores = [min(1.0, SCORES[task](world, agent)) for agent in range(world.agents)]
                assert sim.view("score")[index].tolist() == pytest.approx(scores, abs=1e-6)
    observations = transition.observations[rows]
    assert observations.tolist() == [observation(world, task, agent) for agent in range(world.agents)]
    assert radius == radius_of(sim)


def play(sim, task, ticks, random):
    """Compare every tick from the beginning of an episode on; returns the slow world as it is then."""
    sim.seed(int(random.integers(2**62)))
    sim.reset()
    world = World(sim)
    BEGIN.get(task, lambda world: None)(world)
    while world.tick < ticks and not sim.view("over").any():
        actions = actions_of(sim, random)
        transition = sim.step(actions)
        world.step(vectors_of(sim, actions))
        UPDATE.get(task, lambda world: None)(world)
        check(sim, world, transition, task)
    return world


def test_what_every_task_pays_is_written_down():
    assert {*tasks_of("cells", SHIPPED)} <= set(REWARDS), "in reference_tasks.py, from the page alone"


@pytest.mark.parametrize(("id", "setting"), on_all(WORLDS, ("mortal", "gliding"), REWARDS))
def test_every_tick_agrees(id, setting, random):
    task, _ = split(id)
    sim = simulation(id, mode=cpu.DISABLED, **{**WORLDS[setting], "horizon": TICKS, **OPTIONS.get(task, {})})
    world = play(sim, task, TICKS, random)
    assert sim.view("over").all() and world.tick == sim.view("clock")[0, 0]
    assert world.tick == TICKS or sim.mortal


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


def test_numbers_that_episodes_draw_agree():
    table = [line.split("`")[1] for line in (DOCS / "rules.md").read_text().splitlines() if line.startswith("| `")]
    order = table[table.index("speed") :]  # by which the page numbers them
    drawn = {"inertia": ("uniform", 0.1, 0.9), "food_regrowth": ("uniform", 0.5, 0.6)}
    sim = simulation("Sakana/Forage-Discrete-v0", worlds=3, **drawn)
    sim.seed(5)
    for _ in range(2):
        sim.reset()
        for index in range(3):
            world = World(sim, index)
            for name, (_, low, high) in drawn.items():
                expected = low + (high - low) * world.uniform(NUMBER, order.index(name))
                assert getattr(world, name) == min(expected, high)


def test_random_numbers_agree(random):
    hash_of, key_of = numba.njit(lambda key: rng.mix(key)), numba.njit(lambda key, number: rng.combine(key, number))
    with np.errstate(over="ignore"):
        for key, number in random.integers(2**62, size=(200, 2)).tolist():
            assert int(hash_of(np.uint64(key))) == mix(key)
            assert int(key_of(np.uint64(key), number)) == combine(key, number)
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
    play(sim, "Forage", 2500, random)


@pytest.mark.parametrize("inertia", [1e-50, 0.1, 1 / 3, 0.75, 0.999, 1.0])
@pytest.mark.parametrize("id", [id for id in IDS if "PredatorPrey" in id])  # its agents differ in pace
def test_every_inertia(id, inertia, random):
    sim = simulation(id, mode=cpu.DISABLED, agents=25, height=9, width=6, inertia=inertia, horizon=150)
    world = play(sim, "PredatorPrey", 150, random)
    assert (sum(world.wall_bumps) > 0) == (inertia < 1)


OWN = {
    "plain": {"agents": 20, "height": 8, "width": 7},
    "crowded": {"agents": 40, "height": 7, "width": 7, "rest": 1.0},
    "gliding": {"agents": 20, "height": 8, "width": 7, "inertia": 0.6, "lifespan": 9.0, "speed": 0.9},
    "back at once": {"agents": 30, "height": 6, "width": 8, "rest": 0.0, "inertia": 0.3, "food_regrowth": 0.3},
    "plague": {"agents": 8, "height": 6, "width": 6, "plague": 25.0},
    "meals": {"agents": 12, "height": 7, "width": 9, "most_meals": 9.0, "rest": 9.0},
    "for good": {"agents": 16, "height": 5, "width": 6, "rest": 1e9},
}


def check_own(sim, world, transition):
    """What the own task's world holds and returned, after a tick."""
    radius, at = world.radius, [*np.ndindex(world.height, world.width)]
    for name, cells in (("cells", world.cells), ("ground", world.ground), ("scent", world.scent)):
        shown = sim.view(name)[0, radius:-radius, radius:-radius].ravel()
        assert shown.tolist() == [cells[cell] for cell in at], name
    for fields, values in ((("row", "col"), world.places), (("velocity_row", "velocity_col"), world.velocities)):
        if fields == ("row", "col") or world.inertia > 0:
            assert list(zip(*(sim.view(field)[0] for field in fields), strict=True)) == values, fields
    events = ("ate", "bumped", "respawned", "alive", "died", "kind", "wall_bumps", "agent_bumps")
    for name in (*events, "health", "ticks_dead"):
        assert sim.view(name)[0].tolist() == getattr(world, "kinds" if name == "kind" else name), name
    assert (sim.view("action")[0] == world.action).all()
    assert (sim.view("food")[0, 0], sim.view("missing_food")[0, 0]) == (own.food(world), world.missing_food)
    world.meals = [meals + ate for meals, ate in zip(world.meals, world.ate, strict=True)]
    rewards, terminated, truncated = world.judge(
        own.reward_plainly, lambda world, a: world.meals[a] >= world.most_meals
    )
    assert transition.rewards.tolist() == np.array(rewards, dtype=np.float32).tolist()
    assert transition.terminated.tolist() == terminated
    assert transition.truncated.tolist() == truncated
    over = sim.view("over")[0, 0] == 1
    assert over == any(truncated) or all(terminated)
    if over:
        assert sim.view("score")[0].tolist() == [0.25 if alive else 0.125 for alive in world.alive]
    ranges = [*own.RANGES.values(), (0, 1), (0, 1)]
    expected = []
    for agent in range(world.agents):
        around = world.around(agent)
        layers = [(n, [layer.get(cell, 0) for cell in around]) for n, layer in ((3, world.ground), (0, world.scent))]
        floats = own.features_plainly(world, agent) + world.offset(agent)
        expected.append(forms(world.window(agent), layers, [], floats, ranges, world.alive[agent]))
    for obs, values in zip(("flat", "planes", "bytes"), zip(*expected, strict=True), strict=True):
        found = Views(sim.program, obs).of_all(transition.observations)
        assert (found == np.array(values).reshape(found.shape)).all(), obs
    state.unpack(sim.program, sim.layout, sim.get_state(), 1)


@pytest.fixture(scope="module")
def own_task():
    sakana_envs.register(own.TASK)
    return own.TASK


@pytest.mark.parametrize("setting", OWN)
@pytest.mark.parametrize("twin", ["Discrete", "Continuous", "MultiDiscrete"])
def test_what_rules_may_do(own_task, twin, setting, random):
    sizes = {"horizon": 70, "radius": 2, "sense_offset": 1, "food_density": 0.3}
    sim = registry.simulation(
        own_task.name, registry.twin(own_task.name, twin), mode=cpu.DISABLED, **sizes | OWN[setting]
    )
    deaths = 0
    for episode in range(3):
        sim.seed(int(random.integers(2**62))) if episode != 1 else None
        sim.reset()
        world = World(sim)
        world.meals = [0] * world.agents
        own.begin_plainly(world)
        assert world.alive == [int(agent != 2) for agent in range(world.agents)]
        while not sim.view("over")[0, 0]:
            if twin == "Continuous":
                vectors = random.uniform(own.ACTIONS.low, own.ACTIONS.high, (sim.agents, 4)).astype(np.float32)
                actions = vectors
            elif twin == "Discrete":
                actions = random.integers(0, 6, sim.agents)
                vectors = own.ACTIONS.table[actions]
            else:
                actions = random.integers(0, sim.actions.limits(sim.twin), (sim.agents, 4))
                vectors = np.stack([table[actions[:, k]] for k, table in enumerate(own.ACTIONS.tables)], axis=1)
            transition = sim.step(actions)
            world.step(vectors)
            own.update_plainly(world)
            check_own(sim, world, transition)
            deaths += sum(world.died)
    assert deaths > 5
    assert world.tick == {"plague": 25, "meals": world.tick}.get(setting, 70)


def test_the_offset_beside_features_of_bytes(random):
    sim = simulation("Sakana/Center-Continuous-v0", agents=9, height=5, width=6, radius=2, sense_offset=1, inertia=0.7)
    sim.seed(3)
    sim.reset()
    world = World(sim)
    for _ in range(15):
        actions = random_actions(False, sim.rows, random)
        transition = sim.step(actions)
        world.step(actions.tolist())
        all_forms = [
            forms(world.window(a), [], position(world, a), world.offset(a), [(0, 1)] * 2, 1)
            for a in range(world.agents)
        ]
        for obs, values in zip(("flat", "planes", "bytes"), zip(*all_forms, strict=True), strict=True):
            found = Views(sim.program, obs).of_all(transition.observations)
            assert (found == np.array(values).reshape(found.shape)).all(), obs
