"""The bytes of a world follow from its seed and its actions, and from nothing else."""

import numpy as np
import pytest
from worlds import IDS, SMALL, inner, parallel, random_actions, simulation, single, split, vector

import sakana_envs
from sakana_envs.core import cpu
from sakana_envs.core.rng import world_seed

pytestmark = pytest.mark.parametrize("id", IDS)


def roll(sim, actions):
    """Step through ``actions`` (ticks, rows, ...); everything returned, as bytes per tick."""
    rolled = []
    for action in actions:
        transition = sim.step(action)
        arrays = [value for name, value in transition._asdict().items() if name != "final_observations"]
        if sim.mode == cpu.SAME_STEP:
            # Only the rows of worlds that ended are written.
            arrays.append(transition.final_observations[np.repeat(transition.outcome == cpu.ENDED, sim.agents)])
        rolled.append(b"".join(np.asarray(array).tobytes() for array in arrays))
    return rolled


def actions_for(id, rows, random, ticks=50):
    return np.stack([random_actions(split(id)[1], rows, random) for _ in range(ticks)])


def test_same_seed_same_bytes(id, random):
    left, right, other = (simulation(id, worlds=3, lifespan=10.0, inertia=0.4) for _ in range(3))
    for sim, seed in ((left, 5), (right, 5), (other, 6)):
        sim.seed(seed)
        sim.reset()
    actions = actions_for(id, left.rows, random)
    first = roll(left, actions)
    assert first == roll(right, actions)
    assert left.blocks.tobytes() == right.blocks.tobytes()
    assert first != roll(other, actions)


def test_a_world_does_not_depend_on_its_batch(id, random):
    batch = simulation(id, worlds=256, lifespan=10.0)
    batch.seed(5)
    batch.reset()
    actions = actions_for(id, batch.rows, random)
    roll(batch, actions)
    assert len({block.tobytes() for block in batch.blocks}) == 256
    for world in (0, 1, 37, 255):
        alone = simulation(id, lifespan=10.0)
        alone.seed(world_seed(5, world))
        alone.reset()
        rows = slice(world * batch.agents, (world + 1) * batch.agents)
        roll(alone, actions[:, rows])
        assert alone.blocks[0].tobytes() == batch.blocks[world].tobytes()


@pytest.mark.parametrize("mode", [cpu.NEXT_STEP, cpu.SAME_STEP])
def test_a_used_env_equals_a_fresh_one(id, mode, random):
    used, fresh = (simulation(id, worlds=2, mode=mode) for _ in range(2))
    used.seed(1)
    used.reset()
    roll(used, actions_for(id, used.rows, random, 33))
    actions = actions_for(id, used.rows, random)
    results = []
    for sim in (used, fresh):
        sim.seed(2)
        results.append([sim.reset().tobytes(), *roll(sim, actions)])
    assert results[0] == results[1]


def stable_baselines3(id, **arguments):
    """The Stable-Baselines3 face on two small worlds."""
    pytest.importorskip("stable_baselines3")
    return sakana_envs.SB3VecEnv(id, num_envs=12, **{**SMALL, **arguments})


def course(env, face, seed):
    """What a face shows of a seed's first episode: observations as it begins and in three ticks with fixed actions."""
    if face is stable_baselines3:
        env.seed(seed)
        shown = [env.reset()]
    else:
        shown = [env.reset(seed=seed)[0]]
    space = getattr(env, "single_action_space", None) or env.action_space
    space = env.action_space(env.agents[0]) if face is parallel else space
    for tick in range(3):  # nobody can fill a basket and end the episode before
        space.seed(tick)
        action = space.sample()
        if face is parallel:
            action = dict.fromkeys(env.agents, action)
        elif face is not single:
            action = np.stack([action] * env.num_envs)
        shown.append(env.step(action)[0])
    return [np.stack(list(each.values())).tobytes() if face is parallel else each.tobytes() for each in shown]


@pytest.mark.parametrize("face", [single, vector, parallel, stable_baselines3])
def test_faces_repeat_a_seed_and_differ_in_others(id, face):
    # Lives are short, since a task may begin with a fixed pattern.
    env = face(id, lifespan=3.0, obs="bytes")
    first, other, again, third = (course(env, face, seed) for seed in (8, 9, 8, 2**40))
    assert first == again == course(face(id, lifespan=3.0, obs="bytes"), face, 8)
    assert first != other != third != first


def test_faces_without_a_seed_differ(id):
    for make in (single, vector, parallel):
        envs = [make(id), make(id)]
        for env in envs:
            env.reset()
        assert inner(envs[0]).blocks.tobytes() != inner(envs[1]).blocks.tobytes()


def test_partial_reset_leaves_other_worlds_alone(id, random):
    env = vector(id, worlds=4)
    env.reset(seed=3)
    sim = inner(env)
    for _ in range(7):
        env.step(random_actions(split(id)[1], sim.rows, random))
    before = sim.blocks.copy()
    mask = np.array([False, True, False, True])
    observations, _ = env.reset(options={"reset_mask": np.repeat(mask, sim.agents)})
    assert (sim.blocks[~mask] == before[~mask]).all()
    assert (sim.view("clock")[mask] == 0).all()
    seeded = sim.blocks.copy()
    env.reset(seed=[1, 2, 3, 4], options={"reset_mask": np.repeat(~mask, sim.agents)})
    assert (sim.blocks[mask] == seeded[mask]).all()
    assert sim.view("seed")[~mask, 0].tolist() == [1, 3]
    assert env.observation_space.contains(observations)


def test_first_reset_of_a_part_seeds_the_whole(id):
    env = vector(id, worlds=3, obs="bytes")
    rows = np.repeat([True, False, False], inner(env).agents)
    env.reset(options={"reset_mask": rows})
    env.reset(options={"reset_mask": ~rows})
    assert len(set(inner(env).view("seed")[:, 0].tolist())) == 3


def test_autoreset_episodes_differ_and_repeat(id):
    # Compared are starts and a few ticks with short lives: a task may begin with a fixed pattern.
    def episodes():
        sim = simulation(id, agents=50, lifespan=5.0)
        sim.seed(4)
        sim.reset()
        actions = random_actions(split(id)[1], sim.rows, np.random.default_rng(1))
        trajectories = [[sim.view("row").tobytes()]]
        while len(trajectories) < 5:
            if (sim.step(actions).outcome == cpu.RESTARTED).all():
                trajectories.append([])
            trajectories[-1].append(sim.view("row").tobytes())
        return [tuple(trajectory[:8]) for trajectory in trajectories]

    first = episodes()
    assert first == episodes()
    assert len(set(first)) == len(first)
