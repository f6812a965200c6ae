"""How episodes end, in every autoreset mode, and what is counted until then."""

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode
from worlds import IDS, SMALL, USER_IDS, inner, parallel, random_actions, single, split, vector

STATISTICS = {"score", "episode_return", "episode_length", "meals", "wall_bumps", "agent_bumps", "respawns"}
HORIZON = SMALL["horizon"]


def play(env, id, random, ticks):
    for _ in range(ticks):
        yield env.step(random_actions(split(id)[1], env.num_envs, random))


def expected_end(id, clock, terminated):
    """A world's episode is over at the horizon, or when the task ends it for one of its agents."""
    return clock == HORIZON or (id in USER_IDS and terminated.any())


@pytest.mark.parametrize("others", [None, "random"])
@pytest.mark.parametrize("mode", list(AutoresetMode))
@pytest.mark.parametrize("id", IDS)
def test_vector_episodes(id, mode, others, random):
    # Food everywhere and short horizons: worlds of the user's task end at different ticks.
    env = vector(id, worlds=3, autoreset_mode=mode, others=others, food_density=0.3, obs="bytes")
    env.reset(seed=1)
    sim = inner(env)
    learners = env.num_envs // 3
    clock, returns, over = np.zeros(3, int), np.zeros((3, learners)), np.zeros(3, bool)
    ends = 0
    for _ in range(3 * HORIZON):
        if mode is AutoresetMode.DISABLED and over.any():
            others_before = sim.blocks[~over].copy()
            _, info = env.reset(options={"reset_mask": np.repeat(over, learners)})
            assert info == {} and (sim.blocks[~over] == others_before).all()
            clock[over], returns[over], over[:] = 0, 0.0, False
        step = env.step(random_actions(split(id)[1], env.num_envs, random))
        _, rewards, terminated, truncated, info = step
        terminated, truncated = terminated.reshape(3, -1), truncated.reshape(3, -1)
        resetting = over if mode is AutoresetMode.NEXT_STEP else np.zeros(3, bool)
        assert not rewards.reshape(3, -1)[resetting].any() and not (terminated | truncated)[resetting].any()
        clock[~resetting] += 1
        returns[~resetting] += rewards.reshape(3, -1)[~resetting]
        clock[resetting], returns[resetting] = 0, 0.0
        ended = (terminated | truncated).any(axis=1)
        assert (ended == (terminated | truncated).all(axis=1)).all()
        assert not (terminated & truncated).any()
        for world in range(3):
            if others is None:
                assert ended[world] == (expected_end(id, clock[world], terminated[world]) and not resetting[world])
        assert bool(info) == ended.any()
        if info:
            check_information(env, id, info, ended, clock, returns, mode)
            ends += ended.sum()
        if mode is AutoresetMode.SAME_STEP:
            clock[ended], returns[ended] = 0, 0.0
        over = ended.copy()
        assert (sim.view("over")[:, 0] == (ended if mode is not AutoresetMode.SAME_STEP else 0)).all()
    assert ends >= 6


def check_information(env, id, info, ended, clock, returns, mode):
    rows = np.repeat(ended, env.num_envs // 3)
    assert {key for key in info if key[0] != "_"} - {"final_obs", "final_info"} >= STATISTICS
    for key in info:
        if key[0] == "_":
            assert (info[key] == rows).all() and key[1:] in info
    assert np.allclose(info["episode_return"][rows], returns[ended].reshape(-1), atol=1e-5)
    if mode is not AutoresetMode.SAME_STEP:  # that has a test of its own below
        assert (info["episode_length"].reshape(3, -1)[ended] == clock[ended, None]).all()
    assert ((info["score"] >= 0.0) & (info["score"] <= 1.0)).all()
    for name in STATISTICS:
        assert info[name].shape == (env.num_envs,) and not info[name][~rows].any()
    assert ("final_obs" in info) == (mode is AutoresetMode.SAME_STEP)
    if mode is AutoresetMode.SAME_STEP:
        assert [value is not None for value in info["final_obs"]] == rows.tolist()
        assert (info["final_info"]["score"] == info["score"]).all()
        for row in np.flatnonzero(rows):
            assert env.single_observation_space.contains(info["final_obs"][row])


def test_same_step_tells_the_episode_length():
    env = vector("Sakana/Forage-Discrete-v0", autoreset_mode=AutoresetMode.SAME_STEP)
    env.reset(seed=1)
    for _ in range(HORIZON):
        info = env.step(np.zeros(12, dtype=np.int64))[4]
    assert info["final_info"]["episode_length"].tolist() == [HORIZON] * 12


def around_the_first_end(env, mode, actions):
    """Each row's last observation of its first episode, and the first of its next one; worlds may end apart."""
    observations = env.reset(seed=4)[0]
    last, first = np.full((2, *observations.shape), np.nan)
    ended, waits = np.zeros(env.num_envs, bool), np.zeros(env.num_envs, bool)
    for action in actions:
        observations, _, terminated, truncated, info = env.step(action)
        if mode is AutoresetMode.NEXT_STEP:
            first[waits] = observations[waits]
        ends = terminated | truncated
        now = ends & ~ended
        for row in np.flatnonzero(now):
            last[row] = info["final_obs"][row] if mode is AutoresetMode.SAME_STEP else observations[row]
        if mode is AutoresetMode.SAME_STEP:
            first[now] = observations[now]
        elif mode is AutoresetMode.DISABLED and ends.any():
            first[now] = env.reset(options={"reset_mask": ends})[0][now]
        ended, waits = ended | now, now
    assert ended.all()
    return last, first


@pytest.mark.parametrize("id", IDS)
def test_modes_see_the_same_last_observation(id, random):
    actions = [random_actions(split(id)[1], 12, random) for _ in range(HORIZON + 1)]
    runs = {mode: around_the_first_end(vector(id, autoreset_mode=mode), mode, actions) for mode in AutoresetMode}
    for last, first in runs.values():
        assert (last == runs[AutoresetMode.SAME_STEP][0]).all()
        assert (first == runs[AutoresetMode.SAME_STEP][1]).all()


@pytest.mark.parametrize("id", IDS)
def test_statistics_wrappers_agree(id, random):
    rows = gymnasium.wrappers.vector.RecordEpisodeStatistics(vector(id, others="scripted"))
    rows.reset(seed=2)
    seen = 0
    for *_, info in play(rows, id, random, 3 * HORIZON):
        if "episode" in info:
            mask = info["_episode"]
            assert (mask == info["_score"]).all()
            assert np.allclose(info["episode"]["r"][mask], info["episode_return"][mask], atol=1e-4)
            assert (info["episode"]["l"][mask] == info["episode_length"][mask]).all()
            seen += mask.sum()
    assert seen >= 4
    alone = gymnasium.wrappers.RecordEpisodeStatistics(single(id))
    alone.reset(seed=2)
    for _ in range(HORIZON):
        *_, terminated, truncated, info = alone.step(alone.action_space.sample())
        if terminated or truncated:
            break
        assert info == {}
    assert set(info) >= STATISTICS and all(isinstance(info[name], (int, float)) for name in STATISTICS)
    assert info["episode"]["r"] == pytest.approx(info["episode_return"], abs=1e-4)
    assert info["episode"]["l"] == info["episode_length"]


@pytest.mark.parametrize("id", IDS)
def test_pettingzoo_episode(id):
    env = parallel(id)
    env.reset(seed=3)
    returns, ticks = dict.fromkeys(env.agents, 0.0), 0
    while env.agents:
        _, rewards, terminations, truncations, infos = env.step(
            {agent: env.action_space(agent).sample() for agent in env.agents}
        )
        ticks += 1
        for agent, reward in rewards.items():
            returns[agent] += reward
        assert set(infos) == set(env.possible_agents)
        done = [terminations[agent] or truncations[agent] for agent in env.possible_agents]
        assert all(done) == (not env.agents) and any(done) == all(done)
        assert all((info == {}) == bool(env.agents) for info in infos.values())
    for agent, info in infos.items():
        assert set(info) >= STATISTICS
        assert info["episode_return"] == pytest.approx(returns[agent], abs=1e-4)
        assert info["episode_length"] == ticks
    with pytest.raises(RuntimeError, match="reset"):
        env.step({})


@pytest.mark.parametrize("id", IDS)
def test_stable_baselines3_episodes(id, random):
    pytest.importorskip("stable_baselines3")
    from stable_baselines3.common.vec_env import VecMonitor

    import sakana_envs

    env = VecMonitor(sakana_envs.SB3VecEnv(id, num_envs=12, **SMALL), info_keywords=("score",))
    env.seed(5)
    observations = env.reset()
    assert env.observation_space.contains(observations[0])
    seen = 0
    for _ in range(2 * HORIZON):
        observations, rewards, dones, infos = env.step(random_actions(split(id)[1], 12, random))
        assert rewards.dtype == np.float32 and dones.dtype == np.bool_ and len(infos) == 12
        for row, info in enumerate(infos):
            assert bool(info) == dones[row]
            if info:
                assert info["episode"]["r"] == pytest.approx(info["episode_return"], abs=1e-4)
                assert info["episode"]["score"] == info["score"]
                assert env.observation_space.contains(info["terminal_observation"])
                assert info["TimeLimit.truncated"] or id in USER_IDS
                seen += 1
    assert seen >= 24


@pytest.mark.parametrize("twin", ["Discrete", "Continuous"])
def test_a_known_return(twin):
    # One agent, one food beside it that never grows again: the first step eats it, all others bump.
    id = f"Sakana/Forage-{twin}-v0"
    env = single(id, agents=1, height=1, width=2, food_density=1.0, food_regrowth=0.0, horizon=5)
    for seed in range(6):
        env.reset(seed=seed)
        east = inner(env).view("col")[0, 0] == 0.5
        action = (3 if east else 7) if twin == "Discrete" else np.array([0.0, 1.0 if east else -1.0], np.float32)
        rewards = []
        for tick in range(5):
            _, reward, terminated, truncated, info = env.step(action)
            rewards.append(reward)
            assert (terminated, truncated) == (False, tick == 4)
        assert rewards == [np.float32(0.1), 0.0, 0.0, 0.0, 0.0]
        assert (info["meals"], info["wall_bumps"], info["agent_bumps"]) == (1, 4, 0)
        assert (info["respawns"], info["episode_length"]) == (0, 5)
        assert info["episode_return"] == pytest.approx(0.1)


ONE_MEAL = {"agents": 1, "height": 1, "width": 2, "food_density": 1.0, "food_regrowth": 0.0, "horizon": 5}
"""In each world one agent with one food beside it: moves towards it are worth 0.1, once."""


def to_the_other_cell(sim):
    """The discrete actions that bring each world's agent to the cell in which it isn't; it bumps on if it has moved."""
    return np.where(sim.view("col")[:, 0] == 0.5, 3, 7)


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_known_returns_in_a_batch(mode):
    env = gymnasium.wrappers.vector.RecordEpisodeStatistics(
        gymnasium.make_vec("Sakana/Forage-Discrete-v0", num_envs=3, autoreset_mode=mode, **ONE_MEAL)
    )
    env.reset(seed=1)
    sim, ends, over = inner(env), 0, np.zeros(3, bool)
    actions = to_the_other_cell(sim)
    for _ in range(25):
        if mode is AutoresetMode.DISABLED and over.any():
            env.reset(options={"reset_mask": over})
            actions = to_the_other_cell(sim)
        info = env.step(actions)[4]
        began = sim.view("clock")[:, 0] == 0
        actions = np.where(began, to_the_other_cell(sim), actions)
        over = info.get("_episode", np.zeros(3, bool))
        if over.any():
            last = info["final_info"] if mode is AutoresetMode.SAME_STEP else info
            assert info["episode"]["r"] == pytest.approx(0.1) and last["episode_return"] == pytest.approx(0.1)
            assert info["episode"]["l"].tolist() == last["episode_length"].tolist() == [5, 5, 5]
            assert last["meals"].tolist() == [1, 1, 1]
            assert last["score"] == pytest.approx(0.5 * 1 / (5 * 0.48))
            ends += 1
    assert ends == {AutoresetMode.NEXT_STEP: 4}.get(mode, 5)


def test_known_returns_in_stable_baselines3_and_pettingzoo():
    monitor = pytest.importorskip("stable_baselines3.common.vec_env").VecMonitor
    import sakana_envs

    env = monitor(sakana_envs.SB3VecEnv("Sakana/Forage-Discrete-v0", num_envs=3, **ONE_MEAL))
    env.seed(1)
    env.reset()
    actions = to_the_other_cell(inner(env.venv.env))
    for tick in range(5):
        _, rewards, dones, infos = env.step(actions)
        assert rewards == pytest.approx(0.1 if tick == 0 else 0.0)
    assert dones.all() and [info["episode"]["l"] for info in infos] == [5] * 3
    assert [info["episode"]["r"] for info in infos] == pytest.approx([0.1] * 3)
    alone = sakana_envs.parallel_env("Sakana/Forage-Discrete-v0", **ONE_MEAL)
    alone.reset(seed=1)
    action = to_the_other_cell(inner(alone))[0]
    while alone.agents:
        infos = alone.step({"agent_0": action})[4]
    assert infos["agent_0"]["episode_return"] == pytest.approx(0.1)
    assert (infos["agent_0"]["episode_length"], infos["agent_0"]["meals"], infos["agent_0"]["wall_bumps"]) == (5, 1, 4)


@pytest.mark.parametrize("id", USER_IDS)
def test_a_task_that_terminates(id, random):
    env = vector(id, worlds=4, food_density=0.5, horizon=200)
    env.reset(seed=1)
    sim = inner(env)
    for _, _, terminated, truncated, info in play(env, id, random, 200):
        full = sim.view("basket").reshape(-1) >= 3
        ended = info.get("_score", np.zeros(24, bool))
        assert (terminated == (full & ended)).all()
        assert (truncated == (ended & ~full)).all()
        if info:
            assert (info["score"][terminated] == 1.0).all() and (info["score"][truncated] < 1.0).all()


@pytest.mark.parametrize("id", USER_IDS)
def test_a_task_that_terminates_for_one_agent_among_others(id):
    env, ends = parallel(id, food_density=0.5, horizon=200), 0
    for seed in range(4):
        env.reset(seed=seed)
        while env.agents:
            actions = {agent: env.action_space(agent).sample() for agent in env.agents}
            _, _, terminations, truncations, infos = env.step(actions)
        full = (inner(env).view("basket")[0] >= 3).tolist()
        assert list(terminations.values()) == full
        assert list(truncations.values()) == [not each for each in full]
        assert [info["score"] == 1.0 for info in infos.values()] == full
        ends += any(full) and not all(full)
    assert ends


@pytest.mark.parametrize("twin", ["Discrete", "Continuous"])
def test_a_score_is_clipped(twin):
    # Against next to nothing as reference every meal is worth far more than a score of 1.
    env = vector(f"Sakana/Forage-{twin}-v0", food_density=1.0, reference_meals=0.001)
    env.reset(seed=1)
    for _ in range(HORIZON):
        info = env.step(env.unwrapped.policy_actions("scripted"))[4]
    assert info["meals"].any()
    assert (info["score"] == (info["meals"] > 0)).all()
