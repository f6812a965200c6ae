"""Every task, twin and preset runs on every face, at the preset's own size; and what presets and staggering promise."""

import gymnasium
import numpy as np
import pytest
from shipped import SHIPPED_IDS
from worlds import FORMS_OF, kind_of, task_of

import sakana_envs
from sakana_envs.tasks import registry

CASES = [
    (identity, preset)
    for identity in SHIPPED_IDS
    for preset in registry.get(identity.split("/")[1].split("-")[0]).presets
]


def agents_of(identity, preset):
    task = registry.get(identity.split("/")[1].split("-")[0])
    return registry.settings(task, preset=preset).sizes["agents"]


@pytest.mark.parametrize(("identity", "preset"), CASES)
def test_vector_and_sb3(identity, preset):
    rows = agents_of(identity, preset)
    env = gymnasium.make_vec(identity, num_envs=rows, preset=preset, obs=FORMS_OF[kind_of(task_of(identity))][-1])
    env.reset(seed=0)
    observations, rewards, *_ = env.step(env.unwrapped.policy_actions("scripted"))
    assert observations.shape == env.observation_space.shape and np.isfinite(rewards).all()
    vec_env = sakana_envs.SB3VecEnv(identity, num_envs=rows, preset=preset)
    vec_env.seed(0)
    vec_env.reset()
    same, *_ = vec_env.step(env.unwrapped.policy_actions("still"))
    assert same.shape == (rows, *vec_env.observation_space.shape)


@pytest.mark.parametrize(("identity", "preset"), CASES)
def test_single_and_parallel(identity, preset):
    env = gymnasium.make(identity, preset=preset)
    observation, _ = env.reset(seed=0)
    assert env.observation_space.contains(observation)
    assert env.observation_space.contains(env.step(env.action_space.sample())[0])
    world = sakana_envs.parallel_env(identity, preset=preset)
    observations, _ = world.reset(seed=0)
    assert np.array_equal(observations[world.agents[0]], observation)
    actions = {agent: world.action_space(agent).sample() for agent in world.agents}
    assert len(world.step(actions)[0]) == agents_of(identity, preset)


ON_STREAM = {
    "Assemble": {"uniform_spawn": 1, "sense_picture": 0, "distance_weight": 0.00707},
    "Center": {},
    "Forage": {"food_density": 0.1, "food_reward": 0.1, "food_regrowth": 1},
    "Group": {},
    "PredatorPrey": {"predator_pace": 1, "sides_spawn": 0},
    "Scatter": {"uniform_spawn": 0, "free_rows": 3, "lifespan": 0},
}
"""The numbers of upstream's tasks, but for those that all of them have."""
SEVEN = sorted([*ON_STREAM, "Optimize"])


def chosen(task, preset):
    """All sizes and numbers of a task's preset."""
    settings = registry.settings(registry.get(task), preset=preset)
    return settings.sizes | settings.numbers


@pytest.mark.parametrize("task", ON_STREAM)
def test_the_stream(task):
    """1080 x 720 with 4096 agents for 512 ticks, windows of 11 x 11, a cell a tick, lives of 1000 ticks."""
    every = {"height": 720, "width": 1080, "agents": 4096, "horizon": 512, "radius": 5, "sense_offset": 0}
    every |= {"speed": 1, "inertia": 0, "lifespan": 1000}
    expected = every | ON_STREAM[task]
    assert expected.items() <= chosen(task, "stream").items()


def test_upstream_had_no_landscape():
    assert "stream" not in registry.get("Optimize").presets


@pytest.mark.parametrize("task", SEVEN)
def test_the_middle_size(task):
    """Between the others in all that counts; as many cells for each agent as by default."""
    small, medium, large = (chosen(task, preset) for preset in ("default", "medium", "large"))
    assert small["agents"] < medium["agents"] < large["agents"]
    cells = [each["height"] * each["width"] for each in (small, medium, large)]
    assert cells[0] < cells[1] < cells[2]
    assert cells[1] / medium["agents"] == pytest.approx(cells[0] / small["agents"], rel=1e-9)
    assert small["horizon"] <= medium["horizon"] <= large["horizon"]


@pytest.mark.parametrize("task", SEVEN)
def test_a_steady_world(task):
    """The default's sizes; lives as long as an episode on average; nobody begins boxed in."""
    small, steady = chosen(task, "default"), chosen(task, "steady")
    changed = {name for name in small if small[name] != steady[name]}
    assert changed <= {"lifespan", "uniform_spawn", "free_rows"} and steady["lifespan"] == steady["horizon"]
    env = gymnasium.make_vec(f"Sakana/{task}-Discrete-v0", num_envs=4 * steady["agents"], preset="steady", obs="bytes")
    windows = env.reset(seed=0)[0][:, :121].reshape(-1, 11, 11)
    free = (windows[:, 4:7, 4:7] <= 1).sum(axis=(1, 2))
    assert free.min() > 0 and free.mean() > 4


def test_a_crowd_with_free_rows():
    """Agents in every fourth row; in the others too only where the map has no more room."""
    env = gymnasium.make_vec("Sakana/Scatter-Discrete-v0", num_envs=60, agents=60, height=32, width=32, free_rows=3)
    env.reset(seed=0)
    view = env.unwrapped.seats.simulation.view
    rows, cols = view("row").astype(int), view("col").astype(int)
    assert set(np.unique(rows) % 4) == {0} and abs(rows - 16).max() <= 8 and abs(cols - 16).max() <= 8
    full = gymnasium.make_vec("Sakana/Scatter-Discrete-v0", num_envs=100, agents=100, height=10, width=10, free_rows=3)
    full.reset(seed=0)
    assert len(np.unique(full.unwrapped.seats.simulation.view("cell"))) == 100


def test_a_picture_that_nobody_senses():
    """Its layer is blank, and all else as it is with it: what agents are paid, and what a picture shows."""
    sizes = {"num_envs": 40, "agents": 40, "height": 16, "width": 16, "obs": "bytes", "render_mode": "rgb_array"}
    made = [gymnasium.make_vec("Sakana/Assemble-Discrete-v0", sense_picture=sense, **sizes) for sense in (1, 0)]
    sensed, blank = ([env.reset(seed=3)[0], *env.step(np.full(40, 5))[:2], env.render()[0]] for env in made)
    for look, blind in zip(sensed[:2], blank[:2], strict=True):
        assert look[:, 121:242].any() and not blind[:, 121:242].any()
        look[:, 121:242] = 0
        assert np.array_equal(look, blind)
    assert np.array_equal(sensed[2], blank[2]) and len(set(sensed[2])) > 1
    assert np.array_equal(sensed[3], blank[3])


def test_staggered_worlds_end_one_after_the_other():
    env = gymnasium.make_vec("Sakana/Forage-Discrete-v0", num_envs=4, agents=1, horizon=8, stagger=True)
    env.reset(seed=0)
    lengths = {row: [] for row in range(4)}
    for tick in range(1, 20):
        *_, truncated, _ = env.step(env.unwrapped.policy_actions("still"))
        for row in np.flatnonzero(truncated):
            lengths[int(row)].append(tick)
    # Each later episode takes its eight ticks and the step that resets.
    assert lengths == {0: [2, 11], 1: [4, 13], 2: [6, 15], 3: [8, 17]}
