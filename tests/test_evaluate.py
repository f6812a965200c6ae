"""Evaluation: held-out levels, the run as the unit, intervals as rliable's, files that marl-eval reads."""

import json
import sys
from pathlib import Path

import gymnasium
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from stable_baselines3 import PPO
from typer.testing import CliRunner

import sakana_envs
from sakana_envs.core.levels import SPLITS
from sakana_envs.tools.command_line import app
from sakana_envs.tools.evaluate import Evaluation, evaluate, over_tasks, run, to_json
from sakana_envs.tools.intervals import bootstrap, interquartile_mean, interval

SMALL = {"agents": 6, "height": 12, "width": 14, "horizon": 20}
RLIABLE = json.loads(Path(__file__).with_name("rliable_figures.json").read_text())


def east(observations):
    return np.full(len(observations), 3)


def north(observations):
    return np.ones(len(observations), dtype=np.int64)


def west(observations):
    return np.full(len(observations), 7)


def evaluation(scores, levels=None, **changes):
    """A record of such scores (runs, episodes), normalised as Forage's."""
    scores = np.asarray(scores, dtype=np.float64)
    levels = np.arange(scores.shape[1]) if levels is None else np.asarray(levels)
    given = {
        "id": "Sakana/Forage-Discrete-v0",
        "preset": "default",
        "group": "agent",
        "name": "ppo",
        "split": "test",
        "seed": 0,
        "deterministic": False,
        "settings": {},
        "scores": scores,
        "returns": 10 * scores,
        "lengths": np.full(scores.shape, 20),
        "levels": levels,
        "scale": sakana_envs.references("Forage"),
    }
    return Evaluation(**(given | changes))


@pytest.mark.parametrize("figures", RLIABLE["figures"].values(), ids=RLIABLE["figures"])
def test_figures_are_those_of_rliable(figures):
    """On the same numbers, after the same seed: made by make_rliable_figures.py."""
    scores = np.array(figures["scores"])
    assert float(interquartile_mean(scores)) == pytest.approx(figures["interquartile_mean"], abs=1e-12)
    drawn = {"resamples": RLIABLE["resamples"], "seed": figures["seed"]}
    assert bootstrap(scores, **drawn) == pytest.approx(figures["interval"], abs=1e-12)
    means = bootstrap(scores, lambda drawn: drawn.mean(axis=(-2, -1)), **drawn)
    assert means == pytest.approx(figures["interval_of_mean"], abs=1e-12)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.floats(0.1, 3), st.floats(-1, 1), st.randoms())
@settings(max_examples=60, deadline=None)
def test_an_interquartile_mean_is_between_the_middle_scores(scores, factor, shift, random):
    ordered = sorted(scores)
    out = len(scores) // 4
    middle = ordered[out : len(scores) - out]
    found = float(interquartile_mean(np.array(scores)[:, None]))
    assert middle[0] - 1e-12 <= found <= middle[-1] + 1e-12
    assert found == pytest.approx(sum(middle) / len(middle))
    random.shuffle(scores)
    assert float(interquartile_mean(np.array(scores)[:, None])) == pytest.approx(found)
    moved = float(interquartile_mean(factor * np.array(scores)[:, None] + shift))
    assert moved == pytest.approx(factor * found + shift)


def test_the_unit_is_the_run():
    """More episodes of the same runs leave the interval as it is; more runs make it narrower."""
    scores = np.random.default_rng(3).uniform(0, 1, (5, 40))
    few, many = evaluation(scores), evaluation(np.tile(scores, 50))
    assert many.interval == pytest.approx(few.interval)
    (low, high), (narrow_low, narrow_high) = few.episode_interval, many.episode_interval
    assert narrow_high - narrow_low < 0.2 * (high - low), "which is of these policies, and narrows"
    spread = np.subtract(*few.interval)
    assert abs(np.subtract(*evaluation(np.repeat(scores, 16, axis=0)).interval)) < 0.5 * abs(spread)
    assert few.interval[0] < few.interquartile_mean < few.interval[1]


def test_of_one_run_nothing_is_said_of_others():
    one = evaluation([[0.2, 0.3, 0.4]])
    assert one.interval == (-np.inf, np.inf) == one.normalised_interval
    assert one.mean == one.interquartile_mean == pytest.approx(0.3)
    assert "of other trainings that says nothing" in str(one) and "interquartile" not in str(one)


def test_played_ten_times_as_long_the_interval_stays():
    """Truly played: of three policies that differ, not of what they draw."""
    few, many = (evaluate([east, north, west], "Forage", episodes=each, **SMALL) for each in (16, 160))
    widths = [high - low for low, high in (few.interval, many.interval)]
    assert widths[1] > 0.4 * widths[0], "ten times as many runs would leave a third"


@pytest.mark.parametrize(
    ("env_id", "learners"),
    [
        ("Sakana/Forage-Discrete-v0", None),
        ("Sakana/PredatorPrey-Continuous-v0", "prey"),
        ("Sakana/Spread-Discrete-v0", None),
        ("Sakana/ProbeRecall-Discrete-v0", None),
    ],
)
def test_episodes_are_those_of_an_environment_with_held_out_levels(env_id, learners):
    sizes = {"horizon": 12}
    found = evaluate("random", env_id, episodes=10, levels=5, seed=4, learners=learners, **sizes)
    assert all(level in SPLITS["test"] for level in found.levels.tolist()) and len(set(found.levels)) == 5
    chosen = {} if learners is None else {"learners": learners}
    env = gymnasium.make_vec(env_id, worlds=10, levels=5, split="test", **chosen, **sizes)
    levels = np.tile(env.unwrapped.levels.numbers, 2)
    assert (found.levels == levels).all()
    env.reset(seed=4, options={"level": levels})
    scores, returns = np.full((2, env.num_envs), np.nan)
    while np.isnan(scores).any():
        *_, info = env.step(env.unwrapped.policy_actions("random"))
        if "score" in info:
            new = info["_score"] & np.isnan(scores)
            scores[new], returns[new] = info["score"][new], info["episode_return"][new]
    np.testing.assert_allclose(found.scores[0], scores.reshape(10, -1).mean(axis=1))
    np.testing.assert_allclose(found.returns[0], returns.reshape(10, -1).mean(axis=1))


def test_the_same_seed_makes_the_same_in_any_batch_and_on_any_number_of_threads(monkeypatch):
    def scores(seed=0, **more):
        return evaluate("random", "Forage-Continuous", episodes=11, seed=seed, **SMALL, **more).scores

    first = scores()
    assert np.array_equal(first, scores()) and np.array_equal(first, scores(threads=1))
    assert not np.array_equal(first, scores(seed=1)) and not np.array_equal(first, scores(split="validation"))
    monkeypatch.setattr(run, "_ROWS", 4 * SMALL["agents"])
    assert np.array_equal(first, scores())


def test_early_ends_count_and_what_follows_them_does_not(monkeypatch):
    """A world whose episode is over begins another one while others still run; alone it doesn't."""
    together = evaluate("random", "Squared", episodes=24)
    monkeypatch.setattr(run, "_ROWS", 1)
    alone = evaluate("random", "Squared", episodes=24)
    assert len(set(alone.lengths[0])) > 2 and len(set(alone.scores[0])) > 1
    assert np.array_equal(together.lengths, alone.lengths) and np.array_equal(together.scores, alone.scores)


def test_scores_are_normalised_by_stored_figures_or_by_the_same_episodes():
    stored = evaluate(east, "Forage", episodes=2, preset="default")
    assert stored.scale == sakana_envs.references("Forage")
    found = {name: evaluate(name, "Forage", episodes=24, **SMALL) for name in ("random", "scripted")}
    assert found["random"].normalised == 0.0 and found["scripted"].normalised == 1.0
    assert found["random"].scale["scripted"].score == pytest.approx(found["scripted"].mean)
    assert found["random"].scale["scripted"].score != sakana_envs.references("Forage")["scripted"].score
    several = evaluate([east, north, west], "Forage", episodes=24, **SMALL)
    assert several.normalised == pytest.approx(several.scale.normalised(several.interquartile_mean))
    assert several.normalised_interval[0] < several.normalised < several.normalised_interval[1]


def test_without_a_scale_the_rest_is_told(capsys):
    """Where scripted agents are no better than random ones, as those that stand still for one tick."""
    found = evaluate("still", "Forage", episodes=4, **{**SMALL, "horizon": 1, "food_density": 0.0})
    with pytest.raises(ValueError, match="nothing between to measure by"):
        print(found.normalised)
    assert "normalised  not: scripted agents score" in str(found)
    assert "normalised" not in found.to_json()


def test_others_are_who_is_said():
    """Prey lives longer among predators that stand still, and is then measured in those worlds."""
    among = {
        others: evaluate("random", "PredatorPrey", episodes=6, learners="prey", others=others, horizon=100)
        for others in ("scripted", "still")
    }
    assert among["still"].mean > among["scripted"].mean + 0.1
    assert among["still"].scale["random"].score == pytest.approx(among["still"].mean)
    usual = evaluate("still", "PredatorPrey", episodes=1, learners="prey", others="scripted")
    assert usual.scale == sakana_envs.references("PredatorPrey", group="prey")


def test_worst_levels():
    """A level's score is the mean over its episodes; the worst are each run's own."""
    scores = np.array([[0.0, 0.5, 0.9, 1.0, 0.3, 0.9], [0.4, 0.1, 0.8, 0.6, 0.1, 0.8]])
    found = evaluation(scores, levels=[7, 8, 9, 7, 8, 9])
    assert found.worst(1 / 3) == pytest.approx((0.4 + 0.1) / 2)
    assert found.worst() == found.worst(1 / 3), "one at least"
    assert found.worst(0.7) == pytest.approx((0.45 + 0.3) / 2)
    assert found.worst(1.0) == pytest.approx(found.mean)
    with pytest.raises(ValueError, match="share must be a number above 0 and up to 1, got 0"):
        found.worst(0)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Two untrained models, and their files."""
    folder, made = tmp_path_factory.mktemp("models"), []
    env = sakana_envs.SB3VecEnv("Sakana/Forage-Discrete-v0", num_envs=6, obs="bytes", **SMALL)
    for seed in (0, 1):
        made.append(PPO("MlpPolicy", env, seed=seed, device="cpu", n_steps=8))
        made[-1].save(folder / f"{seed}.zip")
    return made, [folder / f"{seed}.zip" for seed in (0, 1)]


def test_models_and_their_files_greedy_and_sampled(models):
    given, files = models
    state = torch.get_rng_state()
    found = evaluate(given, "Forage", episodes=12, **SMALL)
    assert torch.equal(state, torch.get_rng_state()), "what it draws is its own"
    again = evaluate(files, "Forage", episodes=12, name="PPO", **SMALL)
    assert np.array_equal(found.scores, again.scores) and (found.name, again.name) == ("PPO", "PPO")
    greedy = evaluate(given, "Forage", episodes=12, deterministic=True, **SMALL)
    assert not np.array_equal(greedy.scores, found.scores)
    assert "PPO, likeliest actions" in str(greedy) and "likeliest" not in str(found)

    def likeliest(observations):
        return given[0].predict(observations, deterministic=True)[0]

    assert np.array_equal(evaluate(likeliest, "Forage", episodes=12, obs="bytes", **SMALL).scores[0], greedy.scores[0])


def test_a_policy_may_remember():
    class Remembers:
        def reset(self):
            self.cue = None

        def predict(self, observations):
            self.cue = observations[:, -1] if self.cue is None else self.cue
            return np.where(self.cue > 0.5, 3, 7), None

    assert evaluate(Remembers(), "ProbeRecall", episodes=32).mean == 1.0


def test_over_tasks():
    """Every run of every task counts once, on the task's own scale."""
    random = np.random.default_rng(5)
    first = evaluation(random.uniform(0.1, 0.5, (4, 6)))
    scale = sakana_envs.references("Group")
    second = evaluation(random.uniform(0.2, 0.8, (4, 6)), id="Sakana/Group-Discrete-v0", scale=scale)
    mean, (low, high) = over_tasks([first, second])
    both = [*first.scale.normalised(first.run_scores), *scale.normalised(second.run_scores)]
    assert mean == pytest.approx(np.mean(sorted(both)[2:6])) and low < mean < high
    mean, ends = over_tasks([first])
    assert mean == pytest.approx(first.normalised) and ends == pytest.approx(first.normalised_interval)
    for wrong in ([], [first, evaluation(np.ones((3, 6)))]):
        with pytest.raises(ValueError, match="the same number of runs, and one at least"):
            over_tasks(wrong)


def test_files_have_the_form_of_marl_eval(tmp_path):
    """As its README has it; it looks names up in lower case, and takes the last entry of a run as the absolute one."""
    first = evaluation([[0.2, 0.4], [0.1, 0.3]])
    prey = evaluation([[0.5, 0.6], [0.7, 0.8]], id="Sakana/PredatorPrey-Discrete-v0", group="prey", preset="large")
    first.save(tmp_path / "first.json", steps=100)
    (environment,) = json.loads((tmp_path / "first.json").read_text()).values()
    (algorithms,) = environment.values()
    assert list(algorithms["ppo"]) == ["run_1", "run_2"]
    steps = algorithms["ppo"]["run_2"]
    assert list(steps) == ["step_1", "absolute_metrics"]
    metrics = steps["absolute_metrics"]
    assert steps["step_1"] == {"step_count": 100, **{name: [np.mean(values)] for name, values in metrics.items()}}
    assert (metrics["score"], metrics["return"], metrics["length"]) == ([0.1, 0.3], [1.0, 3.0], [20, 20])
    assert metrics["normalised"] == pytest.approx(list(first.scale.normalised(np.array([0.1, 0.3]))))
    together = json.loads(to_json([first, prey, evaluation([[0.0, 0.1], [0.0, 0.1]], name="dqn")]))["sakana"]
    assert list(together) == ["forage-discrete", "predatorprey-discrete-large-prey"]
    assert list(together["forage-discrete"]) == ["ppo", "dqn"]
    with pytest.raises(ValueError, match="two evaluations of forage-discrete are called 'ppo'"):
        to_json([first, first])


@pytest.mark.parametrize(
    ("policy", "task", "more", "error", "message"),
    [
        ("scriptd", "Forage", {}, ValueError, "got 'scriptd' - did you mean 'scripted'"),
        ("nowhere.zip", "Forage", {}, FileNotFoundError, "there is no policy file 'nowhere.zip'"),
        (3, "Forage", {}, ValueError, "policy must be one of 'scripted', .*, a file .npz or .zip, .*, got 3"),
        ([], "Forage", {}, ValueError, "policies of one run or more are wanted, got none"),
        ([east, north, east], "Forage", {}, ValueError, "comes twice: the same policy is one run"),
        (["random", "random"], "Forage", {}, ValueError, "'random' comes twice"),
        (lambda seen: [0], "Forage", {}, ValueError, "Forage-Discrete-v0: policy: <lambda>, .*, must return an action"),
        (lambda seen: (north(seen), 1), "Forage", {}, ValueError, "a state beside the actions, which nobody keeps"),
        (east, "Forage", {"episodes": 0}, ValueError, "episodes must be a whole number from 1 to 1000000, got 0"),
        (east, "Forage", {"episodes": 2.5}, ValueError, "episodes must be a whole number"),
        (east, "Forage", {"levels": 0}, ValueError, "levels must be a whole number from 1 to 1000000, got 0"),
        (east, "Forage", {"episodes": 4, "levels": 5}, ValueError, "4 episodes can't begin from 5 levels"),
        (east, "Forage", {"split": "tests"}, ValueError, "split must be one of .*, got 'tests' - did you mean 'test'"),
        (east, "Forage", {"seed": -1}, ValueError, "a seed must be a whole number"),
        (east, "Forage", {"stagger": True}, TypeError, "evaluate takes no stagger=: whole episodes"),
        (east, "Forage", {"agent": 3}, TypeError, "no argument 'agent' - did you mean 'agents'"),
        (
            east,
            "Forage",
            {"deterministic": True},
            ValueError,
            "for policies of Stable-Baselines3: east acts",
        ),
        (east, "PredatorPrey", {}, ValueError, "PredatorPrey has several sides: learners= .*, predator or prey"),
        (east, "Forrage", {}, ValueError, "there is no task 'Forrage' - did you mean 'Forage'"),
    ],
)
def test_what_is_wrong_is_said(policy, task, more, error, message):
    with pytest.raises(error, match=message):
        evaluate(policy, task, **more)


POLICIES = """
import numpy as np

number = 3

def act(observations):
    return np.full(len(observations), 3)

class policy:
    def predict(self, observations):
        return np.full(len(observations), 7), None
"""


@pytest.fixture
def command(tmp_path, monkeypatch):
    (tmp_path / "my_policies.py").write_text(POLICIES)
    monkeypatch.chdir(tmp_path)
    words = ["evaluate", "Forage", *(f"{name}={value}" for name, value in SMALL.items()), "--episodes", "8"]

    def command(*more):
        result = CliRunner().invoke(app, [*words, *more])
        return result.exit_code, result.output

    yield command
    sys.modules.pop("my_policies", None)


def test_the_command(command, models):
    expected = evaluate([east, west], "Forage", episodes=8, **SMALL)
    code, said = command("--policy", "my_policies.py:act", "my_policies")
    assert code == 2 and "a place as mine.py:act is" in said
    code, said = command("--policy", "my_policies.py:act", "my_policies.py", "--name", "east")
    assert code == 0 and f"score       {expected.interquartile_mean:.3f} (95 % " in said
    code, said = command("--json", "--steps", "5", "-p", "my_policies:act", "-p", "my_policies.py:policy")
    runs = json.loads(said)["sakana"]["forage-discrete"]["act"]
    assert [each["absolute_metrics"]["score"] for each in runs.values()] == expected.scores.tolist()
    assert runs["run_1"]["step_1"]["step_count"] == 5
    code, said = command("--deterministic", "--policy", *map(str, models[1]))
    assert code == 0 and "likeliest actions" in said and "2 runs of 8 episodes, 8 levels of split test" in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--policy", "scriptd"), "got 'scriptd' - did you mean 'scripted'"),
        (("--policy", "scripted", "speed=0.5"), "got 'speed=0.5'; settings of the world come before --policy"),
        (("--policy", "my_policies.py:number"), "my_policies.py:number is no policy, a function from observations"),
        (("--policy", "my_policies.py:ac"), "my_policies.py has no 'ac' - did you mean 'act'?; a policy is a function"),
        (("--policy", "nowhere.py:act"), "there is no file 'nowhere.py'"),
        (("--worlds", "3"), "there is no option --worlds"),
    ],
)
def test_what_the_command_refuses(command, words, message):
    code, said = command(*words)
    assert code == 2 and message in " ".join(said.split())


def test_an_interval_over_worlds_of_one_is_infinite():
    assert interval(np.array([0.5]))[1] == (-np.inf, np.inf)
