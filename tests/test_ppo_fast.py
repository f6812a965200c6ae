"""The fast trainer: its features, its heads, what it learns from, and what it leaves behind."""

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import abilities  # noqa: F401, registers Everything
import gymnasium
import numpy as np
import pytest

import sakana_envs
from sakana_envs.core.actions import Twin
from sakana_envs.core.threads import available

torch = pytest.importorskip("torch")
sys.path.append(str(Path(__file__).parent.parent / "examples"))

import fast_policy  # noqa: E402
import ppo_fast  # noqa: E402

FEW = ("agents=12", "height=16", "width=16", "horizon=6")
WORLDS = {"Everything": FEW, "Forage": FEW, "PredatorPrey": FEW, "Waterworld": ("horizon=6",)}
RUNS = [
    ("Forage-Discrete", {}),
    ("Forage-Discrete", {"recurrent": True}),
    ("Forage-Discrete", {"head": "snapped", "obs": "flat"}),
    ("Forage-Continuous", {"head": "gaussian"}),
    ("Forage-Continuous", {"head": "beta", "recurrent": True}),
    ("Everything-Discrete", {"recurrent": True}),
    ("Everything-MultiDiscrete", {}),
    ("Everything-Continuous", {"head": "squashed"}),
    ("Waterworld-Continuous", {"recurrent": True}),
    ("PredatorPrey-Discrete", {"group": "predator"}),
    ("ProbeSteady-Continuous", {"head": "beta"}),
]
IDS = [" ".join([run, *map(str, changes.values())]) for run, changes in RUNS]


@pytest.fixture
def settings(tmp_path):
    def small(run, **changes):
        sizes = {"worlds": 2, "ticks": 8, "minibatch": 32, "hidden": 16, "threads": 1, "out": str(tmp_path)}
        given = {"env_id": f"Sakana/{run}-v0", "steps": 600, "set": WORLDS.get(run.split("-")[0], ())}
        return ppo_fast.Settings(**{**given, **sizes, **changes})

    return small


def test_worlds_use_as_many_threads_as_the_trainer(settings):
    many = {"worlds": 512, "set": ("agents=8", "height=12", "width=12")}
    for threads in (1, 2):
        envs = ppo_fast.make_envs(settings("Forage-Discrete", threads=threads, **many), 512)
        assert envs.seats.simulation.threads == min(threads, available())


def arrays(trainer):
    return {name: each.numpy().copy() for name, each in trainer.policy.state_dict().items()}


@pytest.mark.parametrize(("run", "changes"), RUNS, ids=IDS)
def test_it_trains_and_what_it_leaves_plays_the_same(run, changes, settings, tmp_path):
    trainer = ppo_fast.Trainer(settings(run, **changes))
    before = arrays(trainer)
    trainer.run()
    after = arrays(trainer)
    assert all(np.isfinite(each).all() for each in after.values())
    assert all((after[name] != each).any() for name, each in before.items() if each.size)
    assert trainer.card["steps"] >= 600
    envs = ppo_fast.make_envs(trainer.settings, 2)
    observations, _ = envs.reset(seed=5)
    kept, left = ppo_fast.Player(trainer.policy, trainer.card, True), fast_policy.load(tmp_path, greedy=True)
    drawing = fast_policy.load(tmp_path)
    for _ in range(9):
        actions = left(observations)
        assert np.array_equal(kept(observations), actions)
        assert envs.action_space.contains(drawing(observations))
        observations, *_ = envs.step(actions)


def slowly(features, parts, observation):
    """A row's features, one number of its observation after the other."""
    total, cell, number = features.bias, 0, 0
    values = iter(observation.tolist())
    for length, categories in parts:
        for value in (next(values) for _ in range(length)):
            if categories:
                total = total + features.weights[cell + value - 1] if value else total
                cell += categories - 1
            else:
                share = value / 255 if observation.dtype == torch.uint8 else value
                total, number = total + share * features.number_weights[number], number + 1
    assert (cell, number) == (len(features.weights), len(features.number_weights)) and not list(values)
    return total


@pytest.mark.parametrize("run", ["Forage-Discrete", "Everything-Discrete", "Waterworld-Discrete"])
def test_features_add_up_the_weights_of_what_is_seen(run, settings):
    trainer = ppo_fast.Trainer(settings(run))
    trainer.collect()
    seen, features = trainer.given["observations"][-1], trainer.policy.features
    wanted = torch.stack([slowly(features, fast_policy.parts_of(trainer.envs), row) for row in seen])
    found, pull = features(seen), torch.randn_like(wanted)
    torch.testing.assert_close(found, wanted)
    used = [each for each in features.parameters() if each.numel()]
    for left, right in zip(*(torch.autograd.grad((each * pull).sum(), used) for each in (found, wanted)), strict=True):
        torch.testing.assert_close(left, right)


def test_cells_need_not_come_first():
    space = gymnasium.spaces.Box(0, 255, (6,), np.uint8)
    turned = fast_policy.CellFeatures(space, [(2, 0), (3, 4), (1, 0)], 5)
    seen = torch.tensor([[7, 9, 0, 3, 1, 255], [0, 0, 2, 0, 0, 1]], dtype=torch.uint8)
    wanted = torch.stack([slowly(turned, [(2, 0), (3, 4), (1, 0)], row) for row in seen])
    torch.testing.assert_close(turned(seen), wanted)


def test_advantages_by_hand():
    """Three rows: one is cut short in the second tick, one is over in it, one goes on; g = 0.5, lambda = 0.5."""
    rewards = torch.tensor([[1.0, 1.0, 1.0], [2.0, 2.0, 2.0], [0.0, 0.0, 4.0]])
    values = torch.tensor([[1.0, 1.0, 1.0], [2.0, 2.0, 2.0], [8.0, 8.0, 8.0], [3.0, 3.0, 2.0]])
    terminated = torch.tensor([[False] * 3, [False, True, False], [False] * 3])
    real = torch.tensor([[True] * 3, [True] * 3, [False, False, True]])
    found = ppo_fast.advantages(rewards, values, terminated, real, 0.5, 0.5)
    # Cut short: 2 + 0.5 * 8 - 2 = 4, then 1 + 0.5 * 2 - 1 + 0.25 * 4 = 2.  Over: 2 - 2 = 0, then 1.
    # Goes on: 4 + 0.5 * 2 - 8 = -3, then 2 + 0.5 * 8 - 2 - 0.25 * 3 = 3.25, then 1 + 0.25 * 3.25 = 1.8125.
    assert found.tolist() == [[2.0, 1.0, 1.8125], [4.0, 0.0, 3.25], [0.0, 0.0, -3.0]]


@pytest.mark.parametrize("recurrent", [False, True])
def test_what_it_learns_from_is_what_happened(recurrent, settings):
    """One world, played again in the mode that restarts at once: each transition, with the true last observations."""
    trainer = ppo_fast.Trainer(settings("Forage-Discrete", worlds=1, ticks=60, recurrent=recurrent))
    batch, scores = trainer.collect()
    policy, given = trainer.policy, trainer.given
    again = gymnasium.make_vec(
        "Sakana/Forage-Discrete-v0",
        worlds=1,
        obs="bytes",
        autoreset_mode="SameStep",
        agents=12,
        height=16,
        width=16,
        horizon=6,
        stagger=True,
    )
    observations, _ = again.reset(seed=trainer.settings.seed)
    rows = again.num_envs

    def look(observations, state, fresh):
        with torch.no_grad():
            _, value, state = policy(torch.from_numpy(observations), state, torch.full((1, rows), fresh))
        return value, state

    real, episode, wanted = batch["real"].numpy(), [], np.zeros((60, rows), np.float32)
    state, fresh = torch.zeros(rows, 16), True
    for tick in np.flatnonzero(real.all(axis=1)):
        assert np.array_equal(given["observations"][tick].numpy(), observations)
        value, state = look(observations, state, fresh)
        observations, rewards, _, truncated, info = again.step(batch["drawn"][tick].squeeze(1).numpy())
        episode.append((tick, value, torch.from_numpy(rewards)))
        fresh = bool(truncated.all())
        if fresh or tick == 59:
            last = np.stack(list(info["final_obs"])) if fresh else observations
            following, _ = look(last, state, False)
            running = torch.zeros(rows)
            for tick, value, rewards in reversed(episode):
                running = rewards + 0.99 * following - value + 0.99 * 0.95 * running
                wanted[tick], following = running.numpy(), value
            episode = []
    assert real.all(axis=1).sum() == 60 - len(scores) == real.any(axis=1).sum() and len(scores) > 7
    settled = trainer.settings
    found = ppo_fast.advantages(
        given["rewards"], batch["values"], given["terminated"], batch["real"], settled.gamma, settled.gae_lambda
    )
    np.testing.assert_allclose(found.numpy(), wanted, atol=1e-5)


def test_the_dead_are_not_learned_from(settings):
    trainer = ppo_fast.Trainer(settings("Everything-Discrete", ticks=20))
    alive, living = torch.from_numpy(trainer.envs.reset(seed=1)[1]["alive"]), []
    step = trainer.envs.step

    def watch(actions):
        result = step(actions)
        living.append(result[4]["alive"].copy())
        return result

    trainer.envs.step = watch
    batch, _ = trainer.collect()
    real, given = batch["real"].numpy(), trainer.given
    over = (given["terminated"] | given["truncated"]).numpy()
    assert not real[1:][~np.array(living[:-1])].any()
    assert not real[1:][over[:-1]].any()
    assert real[1:][np.array(living[:-1]) & ~over[:-1]].all()
    assert (~np.array(living)).any() and alive.shape == (trainer.envs.num_envs,)


@pytest.mark.parametrize("changes", [{}, {"recurrent": True}], ids=["without", "with"])
def test_a_run_that_was_stopped_goes_on_as_it_would_have(changes, settings, tmp_path):
    whole = ppo_fast.Trainer(settings("Everything-Discrete", out=str(tmp_path / "whole"), **changes))
    whole.run()
    stopped = ppo_fast.Trainer(settings("Everything-Discrete", **changes))
    for left in (1.0, 0.75):
        stopped.learn(stopped.collect()[0], left)
        stopped.kept["progress"][0] += 1
    stopped.save()
    resumed = ppo_fast.Trainer(settings("Everything-Discrete", **changes))
    resumed.resume()
    resumed.run()
    assert resumed.card["steps"] == whole.card["steps"] == 4 * 8 * 24
    for name, each in arrays(whole).items():
        assert np.array_equal(each, arrays(resumed)[name]), name


def test_a_command_resumes_with_the_settings_that_it_had(settings, tmp_path, monkeypatch, capsys):
    given = ["--worlds", "2", "--ticks", "8", "--hidden", "16", "--threads", "1", "--set", *FEW, "--recurrent"]
    for more in (["--steps", "200", *given], ["--resume", "--steps", "600"]):
        monkeypatch.setattr(sys, "argv", ["ppo_fast.py", "--out", str(tmp_path), *more])
        ppo_fast.main()
    card = fast_policy.load(tmp_path).card
    assert card["settings"] == ppo_fast.asdict(settings("Forage-Discrete", recurrent=True, minibatch=2048)) | {
        "obs": "bytes",
        "set": list(FEW),
    }
    assert card["steps"] == 768 and card["command"].endswith("--resume --steps 600")
    assert 0 <= card["score"] <= 1 and f"score {card['score']:.3f}" in capsys.readouterr().out


def test_figures_for_tensorboard(settings, monkeypatch):
    told, module = [], ModuleType("torch.utils.tensorboard")
    module.SummaryWriter = lambda folder: SimpleNamespace(add_scalar=lambda *figure: told.append(figure))
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", module)
    ppo_fast.Trainer(settings("Forage-Discrete", tensorboard=True)).run()
    assert [step for name, _, step in told if name == "score"] == [192, 384, 576, 768]


def test_snapped_actions_are_the_nearest_rows_of_the_table(settings):
    for run in ("Forage-Discrete", "Everything-Discrete"):
        trainer = ppo_fast.Trainer(settings(run, head="snapped"))
        head, actions = trainer.policy.head, trainer.envs.seats.actions
        middle, half = (actions.high + actions.low) / 2, (actions.high - actions.low) / 2
        rows = torch.from_numpy((actions.table - middle) / half)
        assert head.actions(rows).tolist() == list(range(len(rows)))
        drawn = torch.randn(200, len(half))
        vectors = np.clip(middle + half * drawn.numpy(), actions.low, actions.high)
        assert head.actions(drawn).tolist() == [actions.nearest(vector, Twin.DISCRETE) for vector in vectors]


def test_heads_say_how_likely_their_draws_are():
    low, high = [-1.0, 0.0], [1.0, 3.0]
    output = torch.tensor([[0.3, -0.5, 0.2, 1.5]]).expand(200_000, 4)
    for kind in ("gaussian", "squashed", "beta", "categorical"):
        head = fast_policy.Head(kind, **({"sizes": [3, 1]} if kind == "categorical" else {"low": low, "high": high}))
        part = output[:, : head.outputs]
        drawn = head.draw(part)
        log, entropy = head.judge(part, drawn)
        density = -log
        if kind == "squashed":
            density = density + (1 - drawn.tanh().square()).log().sum(1)
            entropy = entropy + 2 * 2 * np.log(2)
        assert abs(density.mean() - entropy.mean()) < 0.01, kind
        actions = head.actions(drawn)
        if kind == "categorical":
            shares = part[0, :3].softmax(0)
            for choice in range(3):
                assert abs((actions[:, 0] == choice).float().mean() - shares[choice]) < 0.01
        else:
            assert (actions >= torch.tensor(low)).all() and (actions <= torch.tensor(high)).all()
            assert abs(head.actions(head.draw(part, greedy=True))[0, 0] - actions[:, 0].mean()) < 0.2


def test_a_head_that_the_actions_do_not_fit(settings):
    with pytest.raises(
        ValueError, match=r"Forage-Discrete-v0 has actions Discrete\(9\), which a head 'beta' doesn't make"
    ):
        ppo_fast.Trainer(settings("Forage-Discrete", head="beta"))


def test_who_remembers_forgets_as_an_episode_begins(settings, tmp_path):
    ppo_fast.Trainer(settings("Forage-Discrete", recurrent=True)).run()
    policy, anew = (fast_policy.load(tmp_path, greedy=True) for _ in range(2))
    random = np.random.default_rng(0)
    first, second = random.integers(0, 7, (2, 6, 121), dtype=np.uint8)
    policy(first)
    begins = np.arange(6) % 2 == 0
    policy(second, begins)
    anew(second)
    equal = (policy.state == anew.state).all(dim=1).numpy()
    assert np.array_equal(equal, begins)
    policy.reset()
    policy(second)
    assert torch.equal(policy.state, anew.state)


@pytest.mark.parametrize("obs", ["bytes", "flat"])
def test_as_dense_layers_of_flat_observations_it_says_the_same(obs, settings):
    trainer = ppo_fast.Trainer(settings("Everything-Discrete", obs=obs))
    torch.nn.init.orthogonal_(trainer.policy.actor.weight)
    sizes = dict(zip(("agents", "height", "width", "horizon"), (12, 16, 16, 6), strict=True))
    one, flat = (
        gymnasium.make_vec("Sakana/Everything-Discrete-v0", worlds=8, obs=form, **sizes) for form in (obs, "flat")
    )
    seen, rows = (torch.from_numpy(each.reset(seed=3)[0]) for each in (one, flat))
    alive = flat.reset(seed=3)[1]["alive"]
    ranges = [(0.0, 1.0), (1.0, 2.0), (-1.0, 1.0), (0.0, 1.0), (0.0, 1.0)] if obs == "bytes" else []
    *hidden, last = fast_policy.dense_layers(trainer.policy, ranges)
    for weights, biases in hidden:
        rows = (rows @ torch.from_numpy(weights) + torch.from_numpy(biases)).relu()
    outputs, _, _ = trainer.policy(seen, torch.zeros(len(seen), 16), torch.ones(1, len(seen), dtype=torch.bool))
    found = rows @ torch.from_numpy(last[0]) + torch.from_numpy(last[1])
    away = (found - outputs).abs()[torch.from_numpy(alive)]
    assert away.max() < (2e-2 if obs == "bytes" else 1e-5) < outputs.std() / 10


@pytest.mark.parametrize("head", ["categorical", "gaussian", "squashed", "beta"])
def test_a_small_file_plays_as_the_policy_does(head, settings, tmp_path):
    """The likeliest action, and how often others are drawn."""
    twin = "Discrete" if head == "categorical" else "Continuous"
    trainer = ppo_fast.Trainer(settings(f"Everything-{twin}", head=head))
    torch.nn.init.orthogonal_(trainer.policy.actor.weight)
    envs = (
        ppo_fast.make_envs(trainer.settings, 8),
        ppo_fast.make_envs(SimpleNamespace(**{**vars(trainer.settings), "obs": "flat"}), 8),
    )
    (seen, info), (flat, _) = (each.reset(seed=3) for each in envs)
    seen, flat = seen[info["alive"]], flat[info["alive"]]
    box = trainer.envs.seats.actions
    unit = 3.0 if twin == "Discrete" else (box.high - box.low) / 2
    for greedy in (True, False):
        player = ppo_fast.Player(trainer.policy, trainer.card, greedy)
        fast_policy.save_small(player, trainer.envs, tmp_path / "a.npz", task="Everything")
        small = sakana_envs.load_policy(tmp_path / "a.npz")
        if greedy:
            alike = small(flat) == player(seen) if twin == "Discrete" else np.abs(small(flat) - player(seen)) < 0.05
            assert alike.mean() > 0.9
            continue
        ours, theirs = (np.stack([each(rows) for _ in range(600)]) for each, rows in ((small, flat), (player, seen)))
        for figure in (np.mean, np.std):
            assert (np.abs(figure(ours, axis=0) - figure(theirs, axis=0)) < 0.3 * unit).all()
    assert small.card["task"] == "Everything" and small.sampled


def test_a_mirrored_policy_takes_each_side_for_the_other(settings, tmp_path):
    trainer = ppo_fast.Trainer(settings("Everything-Discrete"))
    player = ppo_fast.Player(trainer.policy, trainer.card)
    for name, mirror in (("a", False), ("b", True)):
        fast_policy.save_small(player, trainer.envs, tmp_path / f"{name}.npz", mirror=mirror)
    plain, mirrored = (sakana_envs.load_policy(tmp_path / f"{name}.npz") for name in "ab")
    flat = ppo_fast.make_envs(SimpleNamespace(**{**vars(trainer.settings), "obs": "flat"}), 8).reset(seed=3)[0]
    turned, cells = flat.copy(), fast_policy.parts_of(trainer.envs)[0][0]
    turned[:, 3 * cells : 4 * cells], turned[:, 4 * cells : 5 * cells] = (
        flat[:, 4 * cells : 5 * cells],
        flat[:, 3 * cells : 4 * cells],
    )
    np.testing.assert_allclose(mirrored.outputs(turned), plain.outputs(flat), atol=1e-5)
    assert (mirrored.outputs(flat) != plain.outputs(flat)).any()


def test_what_a_small_file_cannot_hold(settings, tmp_path):
    for run, changes in (
        ("Everything-MultiDiscrete", {}),
        ("Forage-Discrete", {"head": "snapped"}),
        ("Forage-Discrete", {"recurrent": True}),
    ):
        trainer = ppo_fast.Trainer(settings(run, **changes))
        with pytest.raises(ValueError, match=r"no such file holds a head|with a memory"):
            fast_policy.save_small(ppo_fast.Player(trainer.policy, trainer.card), trainer.envs, tmp_path / "a.npz")
    assert not list(tmp_path.glob("a.npz"))


def test_stable_baselines3_takes_the_features():
    sb3 = pytest.importorskip("stable_baselines3")
    envs = sakana_envs.SB3VecEnv("Sakana/Everything-Discrete-v0", worlds=2, obs="bytes", agents=12, height=16, width=16)
    about = {"features_dim": 24, "parts": fast_policy.parts_of(envs)}
    about = {"features_extractor_class": fast_policy.CellFeatures, "features_extractor_kwargs": about}
    model = sb3.PPO("MlpPolicy", envs, policy_kwargs=about, n_steps=4, batch_size=32, n_epochs=1, device="cpu")
    features = model.policy.features_extractor
    before = features.weights.detach().clone()
    seen = torch.from_numpy(envs.reset())
    assert torch.equal(model.policy.extract_features(seen, features), features(seen))
    model.learn(96)
    assert (features.weights != before).any()


@pytest.mark.slow
@pytest.mark.parametrize("run", ["Squared-Discrete", "Squared-Continuous"])
def test_squared_is_learned_in_seconds(run, settings):
    """In half a minute on a busy machine, by the settings that the page has for it."""
    sizes = {"worlds": 128, "ticks": 16, "minibatch": 256, "hidden": 128, "gamma": 0.95}
    trainer = ppo_fast.Trainer(settings(run, steps=200_000, **sizes))
    trainer.run()
    likeliest = ppo_fast.Player(trainer.policy, trainer.card, greedy=True)
    assert ppo_fast.score(likeliest, trainer.settings, worlds=128) > 0.9
