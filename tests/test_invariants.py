"""What holds after every tick, whatever the agents do, on maps of all shapes."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from worlds import IDS, map_cells, observe, radius_of, random_actions, simulation, split

from sakana_envs.core import state
from sakana_envs.grid.motion import MOTIONS

FORAGE = [id for id in IDS if "Forage" in id]

SHAPES = {
    "one agent, one cell": {"agents": 1, "height": 1, "width": 1},
    "a row": {"agents": 5, "height": 1, "width": 17},
    "a column": {"agents": 17, "height": 17, "width": 1},
    "full": {"agents": 42, "height": 6, "width": 7},
    "one agent": {"agents": 1, "height": 12, "width": 10},
    "mortal": {"agents": 30, "lifespan": 3.0},
    "slow": {"agents": 30, "speed": 0.05},
    "still": {"agents": 30, "speed": 0.0},
    "gliding": {"agents": 30, "inertia": 0.85, "speed": 0.7, "lifespan": 30.0},
}


def check(sim, before=None):
    """Every invariant of the worlds as they stand; ``before`` are positions a tick earlier."""
    rows, cols = sim.view("row"), sim.view("col")
    height, width = sim.sizes["height"], sim.sizes["width"]
    for positions, size in ((rows, height), (cols, width)):
        assert np.isfinite(positions).all()
        assert (positions >= 0.0).all() and (positions < size).all()
        assert (positions * 1024 == np.floor(positions * 1024)).all()
    cells = map_cells(sim)
    flat = rows.astype(int) * width + cols.astype(int)
    codes = np.take_along_axis(cells.reshape(sim.worlds, -1), flat, axis=1)
    assert (codes == 3 + sim.view("kind")).all()
    assert all(len(set(world)) == sim.agents for world in flat.tolist())
    assert ((cells >= 3).sum(axis=(1, 2)) == sim.agents).all()
    assert (cells <= 6).all()
    assert ((cells == 1).sum(axis=(1, 2)) == sim.view("food")[:, 0]).all()
    border = sim.view("cells").copy()
    map_border = radius_of(sim)
    border[:, map_border:-map_border, map_border:-map_border] = 2
    assert (border == 2).all()
    for event in ("ate", "bumped", "respawned", "terminated"):
        assert (sim.view(event) <= 1).all()
    if before is not None:
        stayed = (sim.view("bumped") == 1) & (sim.view("respawned") == 0)
        assert (np.stack([rows, cols])[:, stayed] == before[:, stayed]).all()
        assert not (sim.view("ate") & sim.view("bumped")).any()
        check_velocities(sim, np.stack([rows, cols]) - before)
    state.unpack(sim.program, sim.layout, sim.get_state(), sim.worlds)  # every state that comes about is taken


def check_velocities(sim, moved):
    """Nobody is faster than its speed, whom something stopped is at rest, and others move as their velocities say."""
    inertia, speed = (sim.view("numbers")[:, [list(sim.program.numbers).index(name)]] for name in ("inertia", "speed"))
    velocity = np.stack([sim.view("velocity_row"), sim.view("velocity_col")])
    assert (velocity[:, np.broadcast_to(inertia == 0, velocity.shape[1:])] == 0).all()
    most = np.minimum(1.0, speed * abs(sim.view("pace")) + 0.5 / 1024)
    assert (abs(velocity) <= most * (1 + 1e-6)).all()
    stopped = (sim.view("bumped") == 1) | (sim.view("respawned") == 1)
    assert (velocity[:, stopped] == 0).all()
    gliding = ~stopped & (inertia > 0)
    assert (abs(moved - velocity)[:, gliding] <= 0.5 / 1024).all()


def play(sim, choose, ticks):
    """Step ``ticks`` times with ``choose(tick)`` and check everything after each."""
    food_rules = sim.program.name in ("Forage", "FillBasket")
    check(sim)
    amount = sim.view("food") + sim.view("missing_food")
    for tick in range(ticks):
        before = np.stack([sim.view("row"), sim.view("col")])
        transition = sim.step(choose(tick))
        restarted = transition.outcome == 2
        check(sim, None if restarted.any() else before)
        amount[restarted] = (sim.view("food") + sim.view("missing_food"))[restarted]
        if food_rules:
            assert (sim.view("food") + sim.view("missing_food") == amount).all()
        assert np.isfinite(transition.rewards).all()
        assert (transition.observations[:, : (2 * radius_of(sim) + 1) ** 2] <= 6).all()
        assert not (transition.terminated & transition.truncated).any()


def behaviours(sim, discrete, random):
    """Ways to act: at random, by script, and all against the same wall, then all against the opposite one."""
    as_twin = (lambda choice: choice) if discrete else (lambda choice: MOTIONS[choice])
    return {
        "random": lambda tick: random_actions(discrete, sim.rows, random),
        "scripted": lambda tick: as_twin(sim.scripted_actions(observe(sim))),
        "together": lambda tick: as_twin(np.full(sim.rows, 1 + tick // 12 % 8)),
        "inwards": lambda tick: as_twin(
            np.where((sim.view("col") < sim.sizes["width"] / 2).reshape(-1), 3, 7).astype(np.int64)
        ),
    }


@pytest.mark.parametrize("behaviour", ["random", "scripted", "together", "inwards"])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("id", IDS)
def test_invariants(id, shape, behaviour, random):
    sim = simulation(id, worlds=2, **SHAPES[shape])
    sim.seed(21)
    sim.reset()
    play(sim, behaviours(sim, split(id)[1], random)[behaviour], 45)


@pytest.mark.parametrize("id", IDS)
def test_thousands_of_agents(id, random):
    sim = simulation(id, agents=4096, height=70, width=75, lifespan=50.0, food_density=0.1)
    sim.seed(23)
    sim.reset()
    play(sim, behaviours(sim, split(id)[1], random)["random"], 25)


@pytest.mark.parametrize("radius", [1, 7])
@pytest.mark.parametrize("id", FORAGE)
def test_other_view_radii(id, radius, random):
    sim = simulation(id, worlds=2, agents=30, radius=radius, lifespan=9.0)
    sim.seed(22)
    observations = sim.reset()
    assert observations.shape == (60, (2 * radius + 1) ** 2)
    assert (observations[:, observations.shape[1] // 2] >= 3).all()
    play(sim, behaviours(sim, split(id)[1], random)["random"], 45)


@pytest.mark.parametrize("id", FORAGE)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.data(),
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    seed=st.integers(0, 2**64 - 1),
    speed=st.floats(0.0, 1.0),
    inertia=st.one_of(st.just(0.0), st.floats(0.0, 1.0)),
    food_density=st.floats(0.0, 1.0),
    food_regrowth=st.floats(0.0, 1.0),
    lifespan=st.one_of(st.just(0.0), st.floats(0.5, 50.0)),
)
def test_any_world(id, data, height, width, seed, **numbers):
    agents = data.draw(st.integers(1, min(height * width, 200)), label="agents")
    sim = simulation(id, agents=agents, height=height, width=width, horizon=7, **numbers)
    sim.seed(seed)
    sim.reset()
    random = np.random.default_rng(seed)
    play(sim, lambda tick: random_actions(split(id)[1], sim.rows, random), 12)


@pytest.mark.parametrize("id", IDS)
def test_nobody_leaves_its_cell_on_a_full_map(id, random):
    sim = simulation(id, agents=30, height=5, width=6)
    sim.seed(1)
    sim.reset()
    cells = sim.view("cell").copy()
    for _ in range(sim.sizes["horizon"]):
        transition = sim.step(random_actions(split(id)[1], sim.rows, random))
        if transition.outcome[0]:
            break
        assert (sim.view("cell") == cells).all()
        assert not sim.view("ate").any()


@pytest.mark.parametrize("twin", ["Discrete", "Continuous"])
def test_a_contest_favours_no_index_and_no_side(twin):
    sim = simulation(f"Sakana/Forage-{twin}-v0", worlds=6000, agents=2, height=1, width=3, food_density=0.0)
    sim.seed(5)
    sim.reset()
    place = sim.view("col").astype(int)
    contested = (place != 1).all(axis=1)
    towards = np.where(place == 0, 3, 7).reshape(-1).astype(np.int64)
    sim.step(towards if twin == "Discrete" else MOTIONS[towards])
    won = sim.view("col").astype(int)[contested] == 1
    assert (won.sum(axis=1) == 1).all()
    by_side = np.where(place[contested] == 0, won, False).any(axis=1)
    wide = 4.0 * np.sqrt(contested.sum()) / 2
    for wins in (won[:, 0], by_side):
        assert abs(wins.sum() - contested.sum() / 2) < wide


def test_eight_rivals_have_equal_chances():
    sim = simulation("Sakana/Forage-Discrete-v0", worlds=20_000, agents=8, height=3, width=3, food_density=0.0)
    sim.seed(6)
    sim.reset()
    row, col = sim.view("row").astype(int) - 1, sim.view("col").astype(int) - 1
    contested = ((row != 0) | (col != 0)).all(axis=1)
    direction = np.array([[4, 5, 6], [3, 0, 7], [2, 1, 8]])[row + 1, col + 1]
    sim.step(direction.reshape(-1))
    won = ((sim.view("row") == 1.5) & (sim.view("col") == 1.5))[contested]
    assert (won.sum(axis=1) == 1).all()
    expected = len(won) / 8
    by_place = np.bincount(direction[contested][won], minlength=9)[1:]
    for counts in (won.sum(axis=0), by_place):
        # Chi-square with 7 degrees of freedom: 24.3 is its 99.9 % point.
        assert ((counts - expected) ** 2 / expected).sum() < 24.3
