"""Words for worlds of discs that scripted policies and senses use."""

import math

import numpy as np
import pytest
import reference_discs_views as views
from reference_discs import World

import sakana_envs
from sakana_envs.core import cpu
from sakana_envs.rules.discs import (
    AGENT,
    DISCS,
    THRUST,
    TURN,
    UNICYCLE,
    Task,
    clearance,
    is_free,
    look_at,
    nearest,
    own,
    past,
    place_block,
    place_disc,
    rays,
    roll_toward,
    touching,
    toward,
    turn_toward,
)
from sakana_envs.tasks import registry


def init(world):
    for agent in range(world.agents):
        place_disc(world, agent, 2.0 + agent, 2.0)
        world.vx[agent], world.vy[agent] = 0.5, -0.25
        look_at(world, agent, 0.5 * agent)


def reward(world, agent):
    return 0.0


def number(world, agent, out):
    out[0] = agent
    out[1] = -agent


@pytest.fixture(scope="module")
def observed():
    """Two agents' observations as an episode begins: motion, heading, the nearest one, then two features."""
    task = Task(
        name="Motes",
        engine=DISCS,
        init=init,
        reward=reward,
        senses=(own("motion", "heading"), nearest(AGENT, 1, reach=4.0)),
        features=number,
        feature_names={"number": (0.0, 9.0), "less": (-9.0, 0.0)},
        actions=TURN,
        presets={"default": {"agents": 2, "discs": 2, "width": 8, "height": 8}},
    )
    sakana_envs.register(task)
    return registry.simulation("Motes", True, worlds=1).reset()


def test_motion_is_ahead_and_to_the_left_of_the_heading(observed):
    for agent, angle in enumerate((0.0, 0.5)):
        hx, hy = math.cos(angle), math.sin(angle)
        assert observed[agent, :2] == pytest.approx([0.5 * hx - 0.25 * hy, -0.25 * hx - 0.5 * hy], abs=1e-6)


def test_features_stand_behind_all_senses(observed):
    assert observed[:, 4:7].tolist() == [[0.25, 0.0, 1.0], [-0.25, 0.0, 1.0]]
    assert observed[:, 7:].tolist() == [[0.0, 0.0], [1.0, -1.0]]


def init_of_ground(world):
    for place in range(5):
        place_block(world, 2 * place, place)
    for disc in range(world.discs):
        world.kind[disc] = disc % 3
        world.solid[disc] = 3 + 2 * (disc % 2)
        place_disc(world, disc, 0.0, 0.0)


def nowhere(world, agent):
    nan = np.float32(np.nan)
    return is_free(world, agent, nan, 1.5) + 2 * is_free(world, agent, 1.5, nan) + 4 * is_free(world, agent, 5.5, 5.5)


GROUND = Task(
    name="Ground",
    engine=DISCS,
    init=init_of_ground,
    reward={"nowhere": nowhere, "clearance": clearance},
    senses=(own("position"),),
    presets={"default": {"agents": 8, "discs": 12, "width": 9, "height": 7, "stiffness": 0.0}},
)


@pytest.fixture(scope="module")
def ground():
    """Worlds in which discs, blocks and walls are near each other, after a tick at rest."""
    sim = registry.simulation(GROUND, True, worlds=60, mode=cpu.DISABLED)
    sim.seed(1)
    sim.reset()
    random = np.random.default_rng(2)
    sim.view("x")[:], sim.view("y")[:] = random.uniform((0, 0), (9, 7), (*sim.view("x").shape, 2)).transpose(2, 0, 1)
    sim.view("radius")[:] = random.uniform(0.05, 0.4, sim.view("radius").shape)
    sim.step(np.zeros(sim.rows, np.int64))
    return sim


def test_nowhere_is_no_free_place(ground):
    assert np.unique(ground.view("reward_nowhere")).tolist() == [0.0, 4.0]


def test_clearance_is_the_way_to_what_would_stop_a_disc(ground):
    worlds = [World(ground, index) for index in range(ground.worlds)]
    expected = np.array([[views.clearance(world, agent) for agent in range(ground.agents)] for world in worlds])
    assert ground.view("reward_clearance").astype(np.float32).tobytes() == expected.tobytes()
    assert (expected == 1.0).any() and (expected < 0.0).any()


DIRECTIONS = [(math.cos(angle), math.sin(angle)) for angle in np.linspace(-3.1, 3.1, 63)]


@pytest.mark.parametrize(("ahead", "left"), DIRECTIONS)
def test_rows_turn_to_where_they_are_to_lead(ahead, left):
    for table, row in ((TURN.table, turn_toward(ahead, left)), (UNICYCLE.table, roll_toward(ahead, left))):
        forward, spin = table[row]
        assert spin * left >= 0.0
        assert (abs(math.atan2(left, ahead)) < 0.12) == (spin == 0.0)
        assert (abs(left) < ahead) == (forward == 1.0) and forward >= 0.0


@pytest.mark.parametrize("word", [turn_toward, roll_toward, toward])
def test_who_is_there_rests(word):
    table = {turn_toward: TURN, roll_toward: UNICYCLE, toward: THRUST}[word].table
    assert not table[word(0.0, 0.0)].any()


def test_a_way_past_keeps_its_distance(random):
    for start, goal, thing in random.uniform(-1.0, 1.0, (200, 3, 2)):
        room = 0.3
        if min(math.dist(start, thing), math.dist(goal, thing)) <= 1.1 * room:
            continue
        place, nearest_so_far, length = np.array(start), np.inf, 0.0
        while math.dist(place, goal) > 0.02 and length < 6.0:
            way = np.array(past(*(goal - place), *(thing - place), room))
            place += 0.01 * way / np.hypot(*way)
            length += 0.01
            nearest_so_far = min(nearest_so_far, math.dist(place, thing))
        assert nearest_so_far > 0.7 * room and length < 2.0 * math.dist(start, goal) + 0.5


def test_a_clear_way_is_straight():
    assert past(1.0, 0.0, 0.5, 0.4, 0.3) == (1.0, 0.0)
    assert past(1.0, 0.0, -0.5, 0.0, 0.3) == (1.0, 0.0)
    assert past(1.0, 0.0, 1.5, 0.0, 0.3) == (1.0, 0.0)
    assert past(1.0, 0.0, 0.5, 0.1, 0.3)[1] < 0.0 < past(1.0, 0.0, 0.5, -0.1, 0.3)[1]


@pytest.mark.parametrize(
    ("sense", "says"),
    [
        (lambda: own(["velocity"]), r"own senses 'velocity', .*, got \['velocity'\]"),
        (lambda: own("vel"), "got 'vel' - did you mean 'velocity'"),
        (lambda: own("position", fast=2.0), "fast=2.0 would have no effect without 'velocity' or 'motion'"),
        (lambda: own("velocity", fast=True), "fast must be a number from 1e-6 .*, got True"),
        (lambda: nearest("LANDMARK"), "a kind must be a whole number from 0 to 7, got 'LANDMARK'"),
        (lambda: nearest(1, 0), "count must be a whole number from 1 to 1024, or None, got 0"),
        (lambda: nearest(1, fast=2.0), "fast=2.0 would have no effect without velocity=True"),
        (lambda: nearest(1, reach=float("nan")), "reach must be a number from 1e-6 .*, got nan"),
        (lambda: touching(8), "a kind must be a whole number from 0 to 7, got 8"),
    ],
)
def test_senses_that_cannot_be(sense, says):
    with pytest.raises(ValueError, match=says):
        sense()


def test_senses_take_numbers_of_numpy():
    assert nearest(np.int64(1), np.int32(2), reach=np.float32(2)) == nearest(1, 2, reach=2.0)
    assert touching(np.uint8(1)) == touching(1) and rays(np.int64(1)) == rays(1)
    assert own("velocity", fast=np.float64(3)) == own("velocity", fast=3)
