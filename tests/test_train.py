"""Trained policies of the package, and the command that trains: ``sakana train``."""

import json
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from test_command_line import fails, run
from worlds import SMALL, inner, vector

import sakana_envs
from sakana_envs.tasks import registry
from sakana_envs.tools import training
from sakana_envs.tools.describe import describe
from sakana_envs.tools.evaluate.places import find_policy
from sakana_envs.tools.play.game import Game
from sakana_envs.wrappers import policy_files
from sakana_envs.wrappers.policy_files import shipped

TRAINED = sorted(policy_files.FOLDER.rglob("trained.npz"))
ID = "Sakana/PredatorPrey-Discrete-v0"


@pytest.mark.parametrize("path", TRAINED, ids=lambda path: "-".join(path.parts[-3:-1]))
def test_a_trained_policy_says_where_it_comes_from_and_does_what_it_says(path):
    id, group = path.parts[-3:-1]
    card = sakana_envs.load_policy(path).card
    known = {"id", "group", "settings", "command", "seed", "steps", "seconds", "score", "score_interval", "normalised"}
    assert known <= set(card) and card["id"] == f"Sakana/{id}-v0" and card["group"] == group
    assert card["command"].startswith("python examples/ppo_fast.py --env-id ") and "/tmp" not in json.dumps(card)
    words = training.arguments(id, [f"learners={group}"])
    assert words[:2] == ["--env-id", f"Sakana/{id}-v0"]
    told = dict(pairwise(words))  # the last one counts
    assert told.get("--group") == (group if len(registry.get(id.partition("-")[0]).agent_names) > 1 else None)


@pytest.mark.parametrize("id", ["Squared-Discrete", "Gap-Continuous"])
def test_what_a_card_says_of_the_score_comes_out_again(id):
    path = shipped(*id.split("-"), "agent")["trained"]
    card = sakana_envs.load_policy(path).card
    again = sakana_envs.evaluate("trained", id, episodes=card["episodes"])
    assert round(again.mean, 4) == card["score"] > 0.9 and again.name == "trained"


@pytest.fixture
def always(tmp_path, monkeypatch):
    """A policy of the package for each side, which always does one thing."""
    monkeypatch.setattr(policy_files, "FOLDER", tmp_path / "policies")
    for group, action in (("predator", 1), ("prey", 5)):
        folder = tmp_path / "policies" / "PredatorPrey-Discrete" / group
        folder.mkdir(parents=True)
        only = np.where(np.arange(9) == action, np.float32(100), np.float32(0))
        card = {
            "id": ID,
            "command": f"python examples/ppo_fast.py --env-id {ID} --group {group} --steps 70",
            "score": 0.5,
        }
        sakana_envs.save_policy(folder / "trained.npz", [(np.zeros((847, 9), np.float32), only)], **card)


@pytest.mark.parametrize(("others", "first"), [("trained", 1), ({"predator": "still", "prey": "trained"}, 0)])
def test_trained_others_play_with_a_person(others, first, always):
    game, made = Game("PredatorPrey-Discrete", seed=2, agent=1, others=others, **SMALL), []
    step = game._seats.step
    game._seats.step = lambda actions: made.append(actions.copy()) or step(actions)
    game.step((0.0, 1.0))
    assert made[0].tolist() == [first, 3, first, 5, 5, 5]


def test_others_that_there_are_not(always):
    with pytest.raises(ValueError, match="others must be one of 'scripted', 'random', 'still', 'trained', a file"):
        Game("PredatorPrey-Discrete", others="traind", **SMALL)


def test_the_command_line_takes_trained_policies(always, tmp_path):
    sizes = [f"{name}={value}" for name, value in SMALL.items()]
    assert find_policy("trained", ID) == "trained"
    assert "normalised" in run(
        "evaluate", "PredatorPrey", "learners=prey", *sizes, "--policy", "trained", "--episodes", "4"
    )
    run("record", "PredatorPrey", *sizes, "--policy", "trained", "--ticks", "2", "--out", str(tmp_path / "a.html"))
    said = fails("evaluate", "Group", *sizes, "--policy", "trained")
    assert "--policy must be scripted, random, still, a policy file" in said
    said = fails("play", "PredatorPrey", "--others", "pray:trained,predator:still")
    assert "got 'pray' - did you mean 'prey'" in said
    assert describe("PredatorPrey").policies["Continuous"]["prey"]["trained"]["score"] == 0.5
    assert "--group prey" in run("describe", "PredatorPrey")


def test_training_is_told_what_the_policy_of_the_package_was(always, monkeypatch, tmp_path):
    told = []
    (tmp_path / "ppo_fast.py").write_text("import sys\nTOLD(sys.argv)")
    monkeypatch.setattr(training, "FOLDERS", (tmp_path / "nowhere", tmp_path))
    monkeypatch.setattr(training.runpy, "run_path", lambda path, run_name: told.append((path, *sys.argv)))
    monkeypatch.setattr(sys, "argv", ["sakana"])
    monkeypatch.setattr(sys, "path", [*sys.path])
    run("train", "predatorprey", "learners=prey", "predator_pace=0.5", "--steps", "9", "--head", "snapped")
    program = str(tmp_path / "ppo_fast.py")
    own = ["--env-id", ID, "--group", "prey", "--steps", "70", "--out", "runs/PredatorPrey-Discrete"]
    assert told == [
        (program, program, *own, "--group", "prey", "--set", "predator_pace=0.5", "--steps", "9", "--head", "snapped")
    ]
    # The policy of the discrete twin says nothing of how to train the continuous one.
    continuous = training.arguments("PredatorPrey-Continuous", ["learners=prey", "preset=large"])
    env_id = ["--env-id", ID.replace("Discrete", "Continuous"), "--out", "runs/PredatorPrey-Continuous"]
    assert continuous == [*env_id, "--group", "prey", "--preset", "large"]
    assert training.arguments("Forage-Discrete", ["map=a.txt"])[-2:] == ["--set", 'map="a.txt"']


def test_training_that_cannot_be(monkeypatch, tmp_path):
    assert "learners= says who learns, predator or prey; got None" in fails("train", "PredatorPrey")
    assert "got 'pray' - did you mean 'prey'" in fails("train", "PredatorPrey", "learners=pray")
    assert "has no argument 'food_densty' here - did you mean" in fails("train", "Forage", "food_densty=1")
    with monkeypatch.context() as without:
        without.setattr(training.importlib.util, "find_spec", lambda name: None)
        assert 'training needs PyTorch: pip install "sakana-envs[train]"' in fails("train", "Squared")
    monkeypatch.setattr(training, "FOLDERS", (tmp_path,))
    assert "ppo_fast.py'" in fails("train", "Squared")


def test_what_a_command_trained_plays(tmp_path, monkeypatch):
    pytest.importorskip("torch")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["sakana"])
    sizes = ["agents=12", "height=16", "width=16", "horizon=6"]
    few = ["--steps", "600", "--worlds", "2", "--ticks", "8", "--minibatch", "32", "--hidden", "16", "--threads", "1"]
    assert "greedy score 0." in run("train", "Forage-Continuous", *sizes, *few, "--head", "beta")
    env = vector("Sakana/Forage-Continuous-v0", others=tmp_path / "runs" / "Forage-Continuous" / "small.npz")
    env.reset(seed=1)
    before = inner(env).blocks.copy()
    env.step(np.zeros_like(env.action_space.sample()))
    assert (inner(env).blocks != before).any()
    card = sakana_envs.load_policy("runs/Forage-Continuous/small.npz").card
    assert card["id"] == "Sakana/Forage-Continuous-v0" and card["settings"]["agents"] == 12 and card["steps"] >= 600


def test_policies_are_made_of_runs(tmp_path, monkeypatch):
    """A run becomes a file of the package, which stays where another does no better."""
    pytest.importorskip("torch")
    monkeypatch.setattr(sys, "path", [*sys.path, str(Path(__file__).parent.parent / "docs")])
    import make_policies

    monkeypatch.setattr(make_policies, "FOLDER", tmp_path / "policies")
    monkeypatch.setattr(policy_files, "FOLDER", tmp_path / "policies")
    given = {"worlds": 1, "ticks": 8, "minibatch": 32, "hidden": 16, "threads": 1, "steps": 100}
    few = ("agents=12", "height=16", "width=16", "horizon=6")
    for seed in (1, 2):
        settings = make_policies.ppo_fast.Settings(
            env_id=ID, group="predator", seed=seed, set=few, out=str(tmp_path / str(seed)), **given
        )
        make_policies.ppo_fast.Trainer(settings).run()
    assert make_policies.ship(tmp_path / "1").startswith("PredatorPrey-Discrete/predator/trained.npz score 0.")
    assert make_policies.ship(tmp_path / "1").endswith("is this run's")
    path = tmp_path / "policies" / "PredatorPrey-Discrete" / "predator" / "trained.npz"
    card = sakana_envs.load_policy(path).card
    assert card["command"] == (
        f"python examples/ppo_fast.py --env-id {ID} --steps 100 --worlds 1 --ticks 8 --minibatch 32 --hidden 16 "
        f"--group predator --set {' '.join(few)}"
    )
    monkeypatch.setattr(make_policies, "played", lambda *_: pytest.fail("it need not play") if _[2] == "test" else Low)
    assert "stays" in make_policies.ship(tmp_path / "2") and path.stat().st_size < 20_000


class Low:
    """What does badly."""

    mean = -2.0
