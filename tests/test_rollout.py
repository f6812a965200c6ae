"""Rollouts: which policy acts, what is seen, and that the same seed makes the same."""

import numpy as np
import pytest
import torch
from stable_baselines3 import A2C, DQN, PPO, SAC, TD3

from sakana_envs.tools.record.rollout import Rollout
from sakana_envs.wrappers.vector_env import VectorEnv

SMALL = {"agents": 6, "height": 12, "width": 14, "horizon": 5}
FILES = {
    f"{algorithm.__name__}-{twin}": (algorithm, twin)
    for algorithm, twin in (
        (PPO, "Discrete"),
        (PPO, "Continuous"),
        (A2C, "Continuous"),
        (DQN, "Discrete"),
        (SAC, "Continuous"),
        (TD3, "Continuous"),
    )
}
"""Untrained models of each kind of policy; the continuous PPO explores by states."""


def positions(rollout, count=None):
    return np.array([[np.stack([scene.row, scene.col]) for scene in scenes] for scenes in rollout.ticks(count)])


@pytest.mark.parametrize("twin", ["Discrete", "Continuous"])
@pytest.mark.parametrize("policy", ["scripted", "random", "still"])
def test_same_seed_same_scenes(twin, policy):
    first = Rollout(f"Forage-{twin}", policy=policy, worlds=2, seed=3, **SMALL)
    again = Rollout(f"Sakana/Forage-{twin}-v0", policy=policy, worlds=2, seed=3, **SMALL)
    seen = positions(first)
    assert seen.shape == (6, 2, 2, 6)  # the start and five ticks, two worlds
    np.testing.assert_array_equal(seen, positions(again))
    np.testing.assert_array_equal(seen, positions(first))  # and begun anew
    moved = (seen[1:] != seen[:-1]).any()
    assert moved == (policy != "still")
    other = positions(Rollout(f"Forage-{twin}", policy=policy, worlds=2, seed=4, **SMALL))
    assert (seen != other).any()


def test_scenes_are_those_of_the_vector_environment():
    rollout = Rollout("Group", policy="scripted", seed=5, **SMALL)
    assert rollout.id == "Sakana/Group-Discrete-v0"
    seen = positions(rollout)
    env = VectorEnv("Group", True, num_envs=6, **SMALL)
    env.reset(seed=5)
    for tick in range(1, 6):
        info = env.step(env.policy_actions("scripted"))[-1]
        simulation = env.seats.simulation
        np.testing.assert_array_equal(seen[tick, 0], [simulation.view("row")[0], simulation.view("col")[0]])
    (outcome,) = rollout.outcomes
    assert outcome.world == 0 and outcome.length == 5
    assert outcome.scores["agent"] == pytest.approx(info["score"].mean())
    assert outcome.returns["agent"] == pytest.approx(info["episode_return"].mean())


def test_count_goes_on_over_ends_of_episodes():
    rollout = Rollout("Forage", worlds=2, **SMALL)
    ticks = [scenes[0].tick for scenes in rollout.ticks(13)]
    assert ticks == [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 0, 1]
    assert len(rollout.outcomes) == 4
    assert [scenes[0].tick for scenes in rollout.ticks(0)] == [0]
    assert len(list(rollout.ticks(episodes=3))) == 18 and len(rollout.outcomes) == 6


def test_outcomes_by_group_and_a_policy_for_some():
    rollout = Rollout("PredatorPrey", policy="still", learners="predator", others="random", **SMALL)
    seen = positions(rollout)[:, 0]
    assert (seen[1:, :, :3] == seen[:-1, :, :3]).all() and (seen[1:, :, 3:] != seen[:-1, :, 3:]).any()
    assert set(rollout.outcomes[0].scores) == {"predator", "prey"}


def test_a_policy_is_seeded_before_the_worlds_begin():
    """As in matches and by ``others=``: what can't play says so before anything has changed."""
    told = []

    class Draws:
        def seed(self, seed):
            told.append((seed, bool(rollout.simulation.unseeded.all())))

        def __call__(self, observations):
            return np.zeros(len(observations), np.int64)

    rollout = Rollout("Forage", policy=Draws(), worlds=2, seed=7, **SMALL)
    rollout.begin(seeds=3, draws=5)
    rollout.begin()
    assert told == [(5, True), (7, False)]


def test_function_as_policy():
    shapes = []

    def east(observations):
        shapes.append(observations.shape)
        return np.full(len(observations), 3)

    seen = positions(Rollout("Forage-Discrete", policy=east, worlds=2, obs="bytes", **SMALL), 2)
    assert shapes == [(12, 121)] * 2
    assert (seen[-1, :, 1] >= seen[0, :, 1]).all() and (seen[-1, :, 1] > seen[0, :, 1]).any()


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Untrained models of each of Stable-Baselines3's kinds of policy."""
    folder = tmp_path_factory.mktemp("models")
    for algorithm, twin in FILES.values():
        small = {"policy_kwargs": {"net_arch": [4]}, "device": "cpu", "seed": 0}
        more = {"use_sde": True} if (algorithm, twin) == (PPO, "Continuous") else {}
        model = algorithm("MlpPolicy", f"Sakana/Forage-{twin}-v0", **small, **more)
        model.save(folder / f"{algorithm.__name__}-{twin}")
    return folder


@pytest.mark.parametrize("name", FILES)
def test_policy_of_stable_baselines3(files, name):
    rollout = Rollout(f"Forage-{FILES[name][1]}", policy=files / f"{name}.zip", seed=1, **SMALL)
    before = torch.get_rng_state()
    seen = positions(rollout)
    assert torch.equal(before, torch.get_rng_state())
    torch.manual_seed(9)  # nobody else's draws matter
    np.testing.assert_array_equal(seen, positions(rollout))


def test_policy_does_what_its_model_predicts(files):
    model = PPO.load(files / "PPO-Discrete.zip", device="cpu")
    predicted = Rollout(
        "Forage", policy=lambda seen: model.predict(seen, deterministic=True)[0], seed=1, obs="flat", **SMALL
    )
    loaded = Rollout("Forage", policy=str(files / "PPO-Discrete.zip"), seed=1, deterministic=True, **SMALL)
    np.testing.assert_array_equal(positions(predicted), positions(loaded))


def test_wrong_policies(files, tmp_path):
    with pytest.raises(ValueError, match=r"trained with observations .*Box.*; .*Discrete-v0 has .* or .*Discrete\(9\)"):
        Rollout("Forage-Discrete", policy=files / "PPO-Continuous.zip", **SMALL)
    with pytest.raises(ValueError, match="did you mean 'scripted'"):
        Rollout("Forage", policy="scriptd", **SMALL)
    with pytest.raises(FileNotFoundError, match=r"no policy file 'nowhere\.zip'"):
        Rollout("Forage", policy="nowhere.zip", **SMALL)
    (tmp_path / "torn.zip").write_bytes((files / "PPO-Discrete.zip").read_bytes()[:5000])
    with pytest.raises(ValueError, match="is not a model of Stable-Baselines3"):
        Rollout("Forage", policy=tmp_path / "torn.zip", **SMALL)
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    (tmp_path / "other.npz").rename(tmp_path / "other.zip")
    with pytest.raises(ValueError, match="is not a model of Stable-Baselines3"):
        Rollout("Forage", policy=tmp_path / "other.zip", **SMALL)


def test_wrong_arguments():
    with pytest.raises(ValueError, match="no task 'Forrage' - did you mean 'Forage'"):
        Rollout("Forrage")
    with pytest.raises(TypeError, match="no argument 'agnts' - did you mean 'agents'"):
        Rollout("Forage", agnts=3)
    with pytest.raises(ValueError, match="worlds must be a whole number from 1, got 0"):
        Rollout("Forage", worlds=0)
    with pytest.raises(ValueError, match="number of ticks must be a whole number from 0"):
        next(Rollout("Forage", **SMALL).ticks(-1))
    with pytest.raises(ValueError, match="number of episodes must be a whole number from 1, got 0"):
        next(Rollout("Forage", **SMALL).ticks(episodes=0))
    with pytest.raises(ValueError, match="a seed must be a whole number"):
        next(Rollout("Forage", seed=-1, **SMALL).ticks())
