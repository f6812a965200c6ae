"""Agents that die and come back, on every face: terminated once, zeros, no pay, and ``alive`` says so."""

import gymnasium
import numpy as np
import pytest
from abilities import MORTAL, SMALL, id_of, nothing, parallel, simulation, single, vector
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode
from pettingzoo.test import api_test, parallel_api_test
from pettingzoo.utils import parallel_to_aec

import sakana_envs

TICKS = 150
AGENTS = SMALL["agents"]
FORMS = [("Snake", "Discrete"), ("Battle", "Continuous"), ("Everything", "MultiDiscrete")]
forms = pytest.mark.parametrize(("name", "twin"), FORMS)


@pytest.mark.parametrize("obs", ["flat", "planes", "bytes"])
@pytest.mark.parametrize("mode", list(AutoresetMode))
@forms
def test_rows(name, twin, mode, obs):
    env = vector(name, twin, worlds=4, autoreset_mode=mode, obs=obs)
    env.action_space.seed(1)
    observations, info = env.reset(seed=3)
    deaths = revivals = ends = 0
    for _ in range(TICKS):
        before = info["alive"]
        assert env.observation_space.contains(observations)
        assert (observations[~before] == nothing(env.single_observation_space)).all()
        observations, rewards, terminated, truncated, info = env.step(env.action_space.sample())
        alive, ended = info["alive"], info.get("_score", np.zeros(len(before), bool))
        assert info["_alive"].all() and alive.dtype == np.bool_
        restarted = mode == AutoresetMode.NEXT_STEP and env.unwrapped.seats.simulation.view("clock")[:, 0] == 0
        played = ~ended & ~np.repeat(restarted, AGENTS) if np.ndim(restarted) else ~ended
        assert (terminated == (before & ~alive))[played].all(), "terminated once, when it dies"
        assert not truncated[~ended].any() and (terminated | truncated)[ended].all()
        assert not rewards[~before & ~alive & played].any() and not rewards[~ended & ~played].any()
        assert not terminated[~before & ended].any() or name == "Everything"  # where one may come back in the last tick
        deaths += terminated[played].sum()
        revivals += (~before & alive)[played].sum()
        ends += ended.sum()
        if mode == AutoresetMode.SAME_STEP and ended.any():
            last = np.stack(list(info["final_obs"][ended]))
            assert name != "Battle" or not last[~before[ended]].any()
            assert all(env.single_observation_space.contains(each) for each in last)
        if mode == AutoresetMode.DISABLED and ended.any():
            observations, info = env.reset(options={"reset_mask": ended})
    assert deaths > 10 and ends > 0
    assert revivals > 0 or name == "Battle"


def test_a_learner_among_others_that_die():
    for others in ("scripted", "random", lambda observations: np.zeros(len(observations), np.int64)):
        env = vector("Everything", worlds=6, others=others)
        env.action_space.seed(1)
        _, info = env.reset(seed=1)
        told = []
        for _ in range(60):
            assert info["alive"].shape == (6,)
            observations, *_, info = env.step(env.action_space.sample())
            assert (observations[~info["alive"]] == nothing(env.single_observation_space)).all()
            told.append(info["alive"])
        assert 0 < np.mean(told) < 1


@forms
def test_one_learner_plays_until_it_dies(name, twin):
    env = single(name, twin, others="random")
    env.action_space.seed(2)
    ends = []
    for episode in range(30):
        env.reset(seed=episode)
        terminated = truncated = False
        tick, info = 0, {}
        while not (terminated or truncated):
            assert "score" not in info
            _, _, terminated, truncated, info = env.step(env.action_space.sample())
            tick += 1
        assert 0.0 <= info["score"] <= 1.0 and info["episode_length"] == tick
        ends.append((terminated, truncated, tick))
        with pytest.raises(RuntimeError, match=r"call reset\(\)"):
            env.step(env.action_space.sample())
    assert any(terminated and tick < SMALL["horizon"] for terminated, _, tick in ends)


def test_a_dead_learner_is_over_however_it_died():
    env = single("Battle").unwrapped
    env.reset(seed=1)
    with env.edit() as world:
        world.remove_agent(0)
    assert not env.observe().any()
    state = env.get_state()
    _, reward, terminated, truncated, info = env.step(0)
    assert terminated and not truncated and reward == 0.0 and "score" in info
    env.set_state(state)
    with pytest.raises(RuntimeError, match=r"call reset\(\)"):
        env.step(0)


@pytest.mark.parametrize("mode", list(AutoresetMode))
@pytest.mark.parametrize("copy", [False, True])
def test_who_is_removed_by_an_edit_is_terminated_once(mode, copy):
    env = vector("Battle", worlds=3, autoreset_mode=mode, copy=copy)
    env.reset(seed=1)
    still = np.zeros(env.num_envs, np.int64)
    for removed in ([3], [5, 14]):
        for row in removed:
            with env.unwrapped.edit(row // AGENTS) as world:
                world.remove_agent(row % AGENTS)
        with env.unwrapped.edit(2) as world:  # who is put back at once hasn't died
            place = world.cell_of(7)
            world.remove_agent(7)
        with env.unwrapped.edit(2) as world:
            world.revive_agent(7, *place)
        _, rewards, terminated, truncated, info = env.step(still)
        assert np.flatnonzero(terminated).tolist() == removed and not info["alive"][removed].any()
        assert not rewards[removed].any() and not truncated.any()
        assert not env.step(still)[2].any()
    with env.unwrapped.edit(1) as world:
        world.remove_agent(0)
    env.unwrapped.set_state(env.unwrapped.get_state())  # whoever plays on from a state knows who lives in it
    assert not env.step(still)[2].any()
    with env.unwrapped.edit(0) as world:
        world.remove_agent(0)
        world.set("time_limit", world.get("clock") + 1)
    _, _, terminated, truncated, info = env.step(still)
    assert np.flatnonzero(terminated).tolist() == [0] and info["_score"][:AGENTS].all()
    assert truncated[:AGENTS].tolist() == [False, *[True] * (AGENTS - 1)]


@pytest.mark.parametrize("mode", list(AutoresetMode))
@pytest.mark.parametrize("twin", ["Discrete", "Continuous"])
def test_an_episode_is_over_where_no_learner_lives(twin, mode):
    """Each world of a batch with one learner goes on as that of ``gymnasium.make`` does."""
    arguments = {"others": "scripted", "damage": 1.0, "info": "always", "levels": 5}
    env = vector("Battle", twin, worlds=4, autoreset_mode=mode, **arguments)
    alone = [single("Battle", twin, **arguments) for _ in range(4)]
    seeds = [11, 12, 13, 14]
    env.reset(seed=seeds)
    for one, seed in zip(alone, seeds, strict=True):
        one.reset(seed=seed)
    env.action_space.seed(3)
    sims = [one.unwrapped.seats.simulation for one in alone]
    sim = env.unwrapped.seats.simulation
    over, early = np.zeros(4, bool), 0
    for _ in range(TICKS):
        actions = env.action_space.sample()
        _, rewards, terminated, truncated, info = env.step(actions)
        for world, one in enumerate(alone):
            if over[world] and mode == AutoresetMode.NEXT_STEP:
                one.reset()
                continue
            last, reward, *ends, told = one.step(actions[world])
            assert (reward, *ends) == (rewards[world], terminated[world], truncated[world])
            assert {name: info[name][world] for name in told} == told
            early += ends[0] and not ends[1]
            if any(ends) and mode == AutoresetMode.SAME_STEP:
                assert (info["final_obs"][world] == last).all()
                one.reset()
            elif any(ends) and mode == AutoresetMode.DISABLED:
                with pytest.raises(RuntimeError, match="is over and autoreset is disabled"):
                    env.step(actions)
                one.reset()
        over = terminated | truncated
        sim.set_state(sim.get_state())
        if mode == AutoresetMode.DISABLED and over.any():
            env.reset(options={"reset_mask": over})
        assert all((sim.blocks[world] == each.blocks[0]).all() for world, each in enumerate(sims))
        assert sim.alive()[:: sim.agents][~over].all()
    assert early > 3
    assert env.unwrapped.levels.plays.sum() == sum(one.unwrapped.levels.plays.sum() for one in alone)


def test_a_team_is_over_when_nobody_of_it_lives():
    env = vector("Battle", worlds=2, learners="red", others="still")
    env.reset(seed=1)
    team = env.unwrapped.seats.learners_per_world
    for agent in range(team):
        with env.unwrapped.edit(1) as world:
            world.remove_agent(agent)
        _, _, terminated, truncated, info = env.step(np.zeros(env.num_envs, np.int64))
        assert np.flatnonzero(terminated).tolist() == [team + agent] and ("score" in info) == (agent == team - 1)
    assert truncated.tolist() == [False] * team + [True] * (team - 1) + [False]
    assert env.step(np.zeros(env.num_envs, np.int64))[-1]["alive"].all()


@pytest.mark.parametrize("make", [single, parallel])
def test_an_episode_that_ends_with_its_learners_was_played(make):
    """Its level counts, though the world goes on without them."""
    env = make("Battle", levels=3, learners="red").unwrapped
    env.reset(seed=1)
    with env.edit() as world:
        for agent in range(1 if make is single else AGENTS // 2):
            world.remove_agent(agent)
    told = env.step(0 if make is single else dict.fromkeys(env.agents, 0))[-1]
    scores = [told["score"]] if make is single else [info["score"] for info in told.values()]
    assert env.levels.plays.sum() == 1.0 and env.levels.wins.sum() == pytest.approx(np.mean(scores))
    with pytest.raises(RuntimeError, match=r"call reset\(\)"):
        env.step(0 if make is single else {})


@pytest.mark.parametrize("obs", ["flat", "bytes"])
@pytest.mark.parametrize("name", MORTAL)
def test_checkers(name, obs):
    check_env(single(name, obs=obs, render_mode="rgb_array").unwrapped)
    parallel_api_test(parallel(name, obs=obs), num_cycles=150)


@pytest.mark.parametrize("name", MORTAL)
def test_turns(name):
    api_test(parallel_to_aec(parallel(name)), num_cycles=100)


def played(env):
    """An episode of PettingZoo's face: agents before a step, and all that it told."""
    env.reset(seed=4)
    for seed, agent in enumerate(env.possible_agents):
        env.action_space(agent).seed(seed)
    while env.agents:
        before = list(env.agents)
        told = env.step({agent: env.action_space(agent).sample() for agent in before})
        assert all(list(each) == before for each in told)
        assert all(env.observation_space(agent).contains(told[0][agent]) for agent in before)
        yield before, *told
    assert all("score" in infos for infos in told[-1].values())
    with pytest.raises(RuntimeError, match=r"call reset\(\)"):
        env.step({})


def test_agents_that_die_for_good_leave():
    env = parallel("Battle", "Continuous")
    left = []
    for before, observations, rewards, terminations, truncations, infos in played(env):
        for agent in before:
            if env.agents:
                assert terminations[agent] == (agent not in env.agents) == (not infos[agent]["alive"])
                assert terminations[agent] == ("score" in infos[agent])
                assert not truncations[agent]
            if not infos[agent]["alive"]:
                assert not observations[agent].any() and rewards[agent] <= -0.25
                left.append(agent)
    assert len(set(left)) == len(left) > 0


@pytest.mark.parametrize(("name", "twin"), [("Snake", "Discrete"), ("Everything", "MultiDiscrete")])
def test_agents_that_may_come_back_stay(name, twin):
    """PettingZoo knows no agent that was terminated and comes back."""
    env = parallel(name, twin)
    told = {True: 0, False: 0}
    for before, observations, _, terminations, truncations, infos in played(env):
        assert before == env.possible_agents and env.agents in ([], before)
        for agent in before:
            assert terminations[agent] + truncations[agent] == (not env.agents)
            assert infos[agent]["alive"] or (observations[agent] == nothing(env.observation_space(agent))).all()
            told[infos[agent]["alive"]] += 1
    assert min(told.values()) > 0


def test_only_the_living_act():
    env = parallel("Battle")
    env.reset(seed=1)
    with env.edit() as world:
        world.remove_agent(3)
    assert list(env.observe()) == env.possible_agents  # nobody has been told yet
    *_, terminations, _, infos = env.step(dict.fromkeys(env.agents, 0))
    gone = env.possible_agents[3]
    assert terminations[gone] and not infos[gone]["alive"] and gone not in env.agents
    assert [agent for agent, info in infos.items() if "score" in info] == [gone]
    assert list(env.observe()) == env.agents
    with pytest.raises(KeyError, match=f"actions for '{gone}'"):
        env.step(dict.fromkeys(env.possible_agents, 0))
    with pytest.raises(KeyError, match="no action for red_0"):
        env.step(dict.fromkeys(env.agents[1:], 0))
    assert list(env.observe()) == list(env.set_state(env.get_state())) == env.agents
    assert gone not in env.agents and len(env.agents) == AGENTS - 1


def test_stable_baselines3():
    pytest.importorskip("stable_baselines3")
    env = sakana_envs.SB3VecEnv(id_of("Everything"), worlds=2, **SMALL)
    env.seed(1)
    env.reset()
    early = 0
    for _ in range(90):
        *_, dones, infos = env.step(np.full(env.num_envs, 2))
        ended = np.repeat(dones.reshape(2, -1).all(axis=1), SMALL["agents"])
        for row in range(env.num_envs):
            assert isinstance(infos[row]["alive"], bool)
            assert ("terminal_observation" in infos[row]) == ("score" in infos[row]) == dones[row]
        for row in np.flatnonzero(dones & ~ended):
            assert (infos[row]["terminal_observation"] == nothing(env.observation_space)).all()
            assert not infos[row]["TimeLimit.truncated"] and infos[row]["episode_length"] > 0
            early += 1
    assert early > 0 and env.num_envs == 24


def test_an_episode_in_which_nobody_lives_is_over():
    sim = simulation("Everything", worlds=1)
    sim.view("health")[:] = -1.0
    transition = sim.step(np.zeros(sim.rows, np.int64))
    while sim.alive().any():  # some were brought back
        sim.view("health")[:] = -1.0
        transition = sim.step(np.zeros(sim.rows, np.int64))
    assert transition.ended == 1 and sim.view("over").all()


def test_statistics_of_gymnasium_live_with_deaths():
    env = gymnasium.wrappers.vector.RecordEpisodeStatistics(vector("Snake", worlds=2))
    env.reset(seed=1)
    for _ in range(70):
        env.step(env.action_space.sample())
