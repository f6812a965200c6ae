"""Layers of categories, features that are floats, and where in its cell an agent is, in every form of observations."""

import gymnasium
import numpy as np
import pytest
from abilities import actions_of, nothing, simulation, vector

import sakana_envs
from sakana_envs.rules import Field, Task, spawn_uniform
from sakana_envs.wrappers.views import Views

WINDOW = 25
"""Cells that an agent of Everything sees; codes and two layers are such windows, then there are five floats."""


@pytest.fixture(scope="module")
def seen():
    """A simulation of Everything in the middle of its episodes, what agents see, and who lives."""
    sim = simulation("Everything", "Continuous", worlds=8, speed=0.3)
    random = np.random.default_rng(1)
    for _ in range(9):
        rows = sim.step(actions_of(sim, random)).observations
    alive = sim.alive()
    assert 0 < alive.sum() < len(alive)
    return sim, rows, alive


def floats_of(sim):
    """The five floats of every agent as they should be, from the worlds' own arrays."""
    row, col, health = (sim.view(name).reshape(-1) for name in ("row", "col", "health"))
    turned = np.float32(1.5) + np.float32(0.25) * sim.view("action")[:, :, 2].reshape(-1)
    return {0: np.clip(health, 0, 1), 1: turned, 3: row % 1, 4: col % 1}


@pytest.mark.parametrize("obs", ["flat", "planes"])
def test_floats_are_exact_and_categories_one_hot(seen, obs):
    sim, rows, alive = seen
    views = Views(sim.program, obs)
    shown = views.of_all(rows)
    assert (shown[~alive] == nothing(views.space)).all()
    layers = rows[:, : 3 * WINDOW].reshape(-1, 3, WINDOW)[alive]
    planes = shown[alive].reshape(len(layers), 17, WINDOW) if obs == "planes" else shown[alive]
    windows = planes[:, :12] if obs == "planes" else planes[:, : 12 * WINDOW].reshape(-1, 12, WINDOW)
    assert (windows[:, :7] == (layers[:, :1] == np.arange(7)[:, None])).all()
    assert (windows[:, 7:11] == (layers[:, 1:2] == np.arange(4)[:, None])).all()
    assert (windows[:, 11] == layers[:, 2] * np.float32(1 / 255)).all()
    floats = planes[:, 12:, 0] if obs == "planes" else planes[:, 12 * WINDOW :]
    assert obs == "flat" or (planes[:, 12:] == floats[:, :, None]).all()
    for place, values in floats_of(sim).items():
        assert floats[:, place].tobytes() == values[alive].astype(np.float32).tobytes()
    assert abs(floats[:, 2]).max() == 1.0 and (abs(floats[:, 2]) < 1.0).any(), "brought into its range"
    assert len(np.unique(floats[:, 3])) > 3, "somebody isn't in the middle of its cell"


def test_bytes_say_how_coarse_they_are(seen):
    sim, rows, alive = seen
    shown, flat = (Views(sim.program, obs).of_all(rows) for obs in ("bytes", "flat"))
    assert shown.dtype == np.uint8 and shown.shape[1] == 3 * WINDOW + 5
    assert (shown[:, : 3 * WINDOW] == rows[:, : 3 * WINDOW]).all() and not shown[~alive].any()
    low, high = np.float32([[0, 1, -1, 0, 0], [1, 2, 1, 1, 1]])
    restored = low + shown[alive, -5:] * (high - low) / 255
    assert (abs(restored - flat[alive, -5:]) <= (high - low) / 509).all()


@pytest.mark.parametrize("obs", ["flat", "planes", "bytes"])
@pytest.mark.parametrize("twin", ["Discrete", "Continuous", "MultiDiscrete"])
def test_spaces_contain_what_is_seen(twin, obs):
    env = vector("Everything", twin, worlds=3, obs=obs)
    env.action_space.seed(1)
    observations, _ = env.reset(seed=1)
    for _ in range(70):
        assert env.observation_space.contains(observations)
        observations = env.step(env.action_space.sample())[0]
    space = env.single_observation_space
    if obs != "bytes":
        ends = (-5, slice(None)) if obs == "flat" else np.s_[-5:, 0, 0]
        low, high = (bound[-5:] if obs == "flat" else bound[ends] for bound in (space.low, space.high))
        assert low.tolist() == [0, 1, -1, 0, 0] and high.tolist() == [1, 2, 1, 1, 1]


def test_every_byte_of_a_row_is_written(seen):
    """Also those between bytes and floats, which mean nothing: rows are compared byte for byte."""
    sim, rows, _ = seen
    again = np.full_like(rows, 0xAA)
    sim.program.kernels.observe(sim.blocks, sim.layout.header, np.ones(sim.worlds, bool), again)
    assert again.tobytes() == rows.tobytes()
    assert rows.shape[1] == 76 + 4 * 5 and not rows[:, 75].any()


def test_the_offset_is_only_sensed_where_it_is_asked_for():
    shapes = [vector("Battle", sense_offset=offset).single_observation_space.shape for offset in (0, 1)]
    assert shapes == [(8 * 121,), (8 * 121 + 2,)]


def write_last(world, agent, out):
    for place in range(len(out)):
        out[place] = 0.25
    out[-1] = 0.75


def test_a_rule_writes_as_many_features_as_it_has_names_for():
    """Whatever agents sense beside."""
    names = {"first": (0.0, 1.0), "last": (0.0, 1.0)}
    own = Task("LastFirst", spawn_uniform, lambda world, agent: 0.0, features=write_last, feature_names=names)
    (id, _) = sakana_envs.register(own)
    env = gymnasium.make_vec(id, worlds=1, agents=2, height=5, width=5, sense_offset=1)
    assert env.reset(seed=1)[0][:, -4:].tolist() == [[0.25, 0.75, 0.5, 0.5]] * 2


def task(**changes):
    return Task(name="Unused", init=spawn_uniform, reward=lambda world, agent: 0.0, **changes)


def write(world, agent, out):
    out[0] = 0.5


TERRAIN = {"terrain": Field("cell", np.uint8)}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"layers": {"terrain": 1}}, "layer 'terrain' must map to its number of categories, 2 to 255, or 0"),
        ({"layers": {"terrain": 256}}, "layer 'terrain' must map to its number of categories"),
        ({"layers": {"terrain": 2.5}}, "layer 'terrain' must map to its number of categories"),
        ({"layers": {"terrain": -1}}, "layer 'terrain' must map to its number of categories"),
        ({"layers": ("both",), "memory": {"both": Field("cell", np.uint8, "", 2)}}, "layer 'both' must be the name of"),
        ({"features": write, "feature_names": "health"}, "feature_names must be a tuple of names, got 'health'"),
        ({"layers": {"terrian": 3}}, "layer 'terrian' must be the name of a picture, or of memory"),
        ({"features": write, "feature_names": {"a": (1.0, 0.0)}}, r"feature 'a' must map to \(low, high\)"),
        ({"features": write, "feature_names": {"a": (0.0, 0.0)}}, r"feature 'a' must map to \(low, high\)"),
        ({"features": write, "feature_names": {"a": (0.0, np.inf)}}, r"feature 'a' must map to \(low, high\)"),
        ({"features": write, "feature_names": {"a": (0.0, np.nan)}}, r"feature 'a' must map to \(low, high\)"),
        ({"features": write, "feature_names": {"a": (-1e300, 1e300)}}, r"feature 'a' must map to \(low, high\)"),
        ({"features": write, "feature_names": {"a": (1.0, 1.0 + 1e-12)}}, r"feature 'a' must map to \(low, high\)"),
        ({"features": write, "feature_names": {"a": (-3e38, 3e38)}}, r"feature 'a' must map to \(low, high\)"),
        ({"features": write, "feature_names": {"a": (0, 10**400)}}, r"feature 'a' must map to \(low, high\)"),
        ({"features": write, "feature_names": {"a": ("0", "1")}}, r"feature 'a' must map to \(low, high\)"),
        ({"features": write, "feature_names": {"a": (0.0, 1.0, 2.0)}}, r"feature 'a' must map to \(low, high\)"),
        ({"features": write, "feature_names": {"a": None}}, r"feature 'a' must map to \(low, high\)"),
        ({"feature_names": {"a": (0.0, 1.0)}}, "features and feature_names belong together"),
        ({"features": write}, "features and feature_names belong together"),
        (
            {"memory": {**TERRAIN, "alive": Field("agent", np.uint8)}},
            "memory 'alive' has a name that the world already",
        ),
        ({"memory": {**TERRAIN, "died": Field("agent", np.uint8)}}, "memory 'died' has a name that the world already"),
        ({"memory": {**TERRAIN, "action": Field("agent", np.uint8)}}, "memory 'action' has a name that the world"),
        ({"memory": {**TERRAIN, "occupant": Field("cell", np.int32)}}, "memory 'occupant' has a name that the world"),
        ({"memory": {**TERRAIN, "occupants": Field("cell", np.int32)}}, "memory 'occupants' has a name that the world"),
    ],
)
def test_wrong_senses_and_names(changes, says):
    with pytest.raises((ValueError, TypeError), match=says):
        task(**{"memory": TERRAIN, **changes})


def test_categories_that_do_not_exist_are_in_no_plane():
    sim = simulation("Everything")
    sim.view("terrain")[:] = 4
    rows = sim.observe()
    flat = Views(sim.program, "flat").of_all(rows)[sim.alive()]
    assert not flat[:, 7 * WINDOW : 11 * WINDOW].any() and flat[:, : 7 * WINDOW].any()
