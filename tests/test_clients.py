"""Stock trainers and converters, with nothing but an id wherever they allow; worlds of one agent and of thousands."""

import importlib.util
import sys
from pathlib import Path

import gymnasium
import numpy as np
import pytest
from pettingzoo.utils import parallel_to_aec

import sakana_envs

torch = pytest.importorskip("torch")
sb3 = pytest.importorskip("stable_baselines3")

TWINS = ["Sakana/Forage-Discrete-v0", "Sakana/Forage-Continuous-v0"]
EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "ppo_cleanrl_style.py"
SIZES = [
    {"agents": 1, "height": 1, "width": 1, "food_density": 0.0},
    {"agents": 1, "height": 12, "width": 10},
    {"agents": 4096, "height": 160, "width": 160},
]


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def parameters(model):
    return [parameter.detach().clone() for parameter in model.policy.parameters()]


def changed(model, before):
    after = list(model.policy.parameters())
    assert all(torch.isfinite(parameter).all() for parameter in after)
    return any((left != right).any() for left, right in zip(before, after, strict=True))


@pytest.mark.parametrize("id", TWINS)
def test_sb3_ppo_with_an_id(id):
    model = sb3.PPO("MlpPolicy", id, n_steps=128, device="cpu")
    before = parameters(model)
    model.learn(256)
    assert changed(model, before)


def test_sb3_ppo_with_make_vec_env():
    from stable_baselines3.common.env_util import make_vec_env

    # Episodes of 512 ticks end within this, so Monitor must have seen one for each environment.
    model = sb3.PPO("MlpPolicy", make_vec_env(TWINS[0], n_envs=2), n_steps=520, n_epochs=1, device="cpu")
    model.learn(1040)
    assert [episode["l"] for episode in model.ep_info_buffer] == [512, 512]


def test_sb3_dqn_with_an_id():
    model = sb3.DQN("MlpPolicy", TWINS[0], device="cpu")
    before = parameters(model)
    model.learn(300)
    assert changed(model, before)


def example():
    spec = importlib.util.spec_from_file_location("ppo_cleanrl_style", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "arguments",
    [
        ["--env-id", TWINS[0], "--num-envs", "128"],
        ["--env-id", TWINS[1], "--num-envs", "128"],
        ["--env-id", TWINS[0], "--num-envs", "2", "--one-learner"],
    ],
)
def test_the_example_runs(arguments, monkeypatch, capsys):
    rows = int(arguments[3])
    monkeypatch.setattr(sys, "argv", ["", *arguments, "--ticks", "16", "--timesteps", str(rows * 32)])
    example().main()
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_the_example_learns_nothing_from_a_restart_and_nothing_across_it():
    ppo = example()
    envs = gymnasium.make_vec(TWINS[0], num_envs=6, agents=6, height=12, width=10, horizon=5)
    envs = gymnasium.wrappers.vector.RecordEpisodeStatistics(envs)
    agent = ppo.Agent(envs.single_observation_space, envs.single_action_space)
    observations, _ = envs.reset(seed=1)
    kept, last_values, *_ = ppo.collect(envs, agent, observations, np.zeros(6, dtype=bool), 12)
    # Five ticks and a restart, twice.
    assert kept["real"][:, 0].tolist() == [True, True, True, True, True, False] * 2
    assert not kept["ends"].any()
    advantage = ppo.advantages(kept, last_values)
    assert not advantage[[5, 11]].any()
    # An episode's advantages depend on its own rewards, its own values, and the value after its truncation.
    for first in (0, 6):
        values = kept["values"][first : first + 6]
        expected = torch.zeros(6)
        for tick in reversed(range(5)):
            error = kept["rewards"][first + tick] + ppo.GAMMA * values[tick + 1] - values[tick]
            expected = error + ppo.GAMMA * ppo.GAE_LAMBDA * expected
            assert torch.allclose(advantage[first + tick], expected, atol=1e-6)


@pytest.mark.parametrize("id", TWINS)
def test_the_conversion_to_turns(id):
    parallel = sakana_envs.parallel_env(id, agents=3, height=12, width=10, horizon=4)
    turns = parallel_to_aec(sakana_envs.parallel_env(id, agents=3, height=12, width=10, horizon=4))
    expected, _ = parallel.reset(seed=3)
    turns.reset(seed=3)
    for _ in range(4):
        actions = {agent: parallel.action_space(agent).sample() for agent in parallel.agents}
        for agent, action in actions.items():
            assert turns.agent_selection == agent
            assert (turns.observe(agent) == expected[agent]).all()
            turns.step(action)
        expected, rewards, _, truncations, infos = parallel.step(actions)
        assert turns.rewards == rewards
    assert all(truncations.values())
    for agent in turns.agent_iter():
        *_, truncated, info = turns.last()
        assert truncated and info == infos[agent]
        turns.step(None)


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="one of SuperSuit's dependencies has no wheel")
@pytest.mark.parametrize("id", TWINS)
def test_supersuit(id):
    supersuit = pytest.importorskip("supersuit")
    env = sakana_envs.parallel_env(id, agents=5, height=12, width=10, horizon=20)
    env = supersuit.pettingzoo_env_to_vec_env_v1(env)
    env = supersuit.concat_vec_envs_v1(env, 2, num_cpus=0, base_class="stable_baselines3")
    assert env.num_envs == 10
    observations = env.reset()
    assert not (observations[:5] == observations[5:]).all(), "two worlds of one seed"
    model = sb3.PPO("MlpPolicy", env, n_steps=32, device="cpu")
    before = parameters(model)
    model.learn(320)
    assert changed(model, before)


@pytest.mark.parametrize("settings", SIZES, ids=lambda settings: f"{settings['agents']}-on-{settings['height']}")
@pytest.mark.parametrize("id", TWINS)
def test_one_agent_and_thousands_through_every_face(id, settings):
    agents = settings["agents"]
    settings = {**settings, "horizon": 3}

    single = gymnasium.make(id, **settings)
    observation, _ = single.reset(seed=1)
    assert single.observation_space.contains(observation)
    for tick in (1, 2, 3):
        *_, terminated, truncated, info = single.step(single.action_space.sample())
        assert (terminated, truncated) == (False, tick == 3)
    assert 0.0 <= info["score"] <= 1.0

    rows = gymnasium.make_vec(id, num_envs=agents, **settings)
    first, _ = rows.reset(seed=1)
    assert first.shape == (agents, *rows.single_observation_space.shape)
    for _ in range(3):
        *_, truncated, info = rows.step(rows.action_space.sample())
    assert truncated.all() and info["score"].shape == (agents,)

    parallel = sakana_envs.parallel_env(id, **settings)
    observations, _ = parallel.reset(seed=1)
    assert list(observations) == [f"agent_{agent}" for agent in range(agents)]
    for _ in range(3):
        _, rewards, *_ = parallel.step({agent: parallel.action_space(agent).sample() for agent in parallel.agents})
    assert len(rewards) == agents and not parallel.agents

    turns = parallel_to_aec(sakana_envs.parallel_env(id, **settings))
    turns.reset(seed=1)
    for _ in range(agents):
        turns.step(turns.action_space(turns.agent_selection).sample())
    assert turns.agent_selection == "agent_0" and len(turns.rewards) == agents

    batch = sakana_envs.SB3VecEnv(id, num_envs=agents, **settings)
    batch.seed(1)
    assert (batch.reset() == first).all()
    for _ in range(3):
        _, rewards, dones, infos = batch.step(rows.action_space.sample())
    assert rewards.shape == (agents,) and dones.all() and "terminal_observation" in infos[-1]
