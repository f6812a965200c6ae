"""Matches: what is counted, who has won, how players are rated, and what the command prints."""

import json

import numpy as np
import pytest
from test_command_line import run
from worlds import SMALL

import sakana_envs
from sakana_envs.tasks import registry
from sakana_envs.tools.comparing import read_players
from sakana_envs.tools.versus.ratings import rate, share_interval

SIDES = ("predator", "prey")
ID = "Sakana/PredatorPrey-Discrete-v0"


def always(action):
    return lambda observations: np.full(len(observations), action)


@pytest.fixture(scope="module")
def played():
    players = {"scripted": "scripted", "north": always(1), "mixed": {"predator": "random", "prey": "scripted"}}
    return sakana_envs.versus(ID, players, worlds=6, seed=4, **SMALL)


def scores_of(predators, prey, worlds, seed):
    """Mean scores of each side, (2, worlds), played by the environment itself."""
    simulation = registry.simulation("PredatorPrey", True, worlds=worlds, **SMALL)
    simulation.seed(seed)
    observations = simulation.reset()
    ended = 0
    while not ended:
        actions = np.zeros(simulation.rows, np.int64)
        for policy, agents in ((predators, slice(0, 3)), (prey, slice(3, 6))):
            if policy == "scripted":
                chosen = simulation.scripted_actions(observations)
            elif policy == "random":
                chosen = simulation.random_actions()
            else:
                chosen = np.full(simulation.rows, policy)
            actions.reshape(worlds, 6)[:, agents] = chosen.reshape(worlds, 6)[:, agents]
        transition = simulation.step(actions)
        ended, observations = transition.ended, transition.observations
    scores = simulation.view("score")
    return scores[:, :3].mean(axis=1), scores[:, 3:].mean(axis=1)


def test_a_match_is_two_episodes_of_one_world_with_sides_changed(played):
    policies = {"scripted": ("scripted", "scripted"), "north": (1, 1), "mixed": ("random", "scripted")}
    for first, (predators, _) in enumerate(policies.values()):
        for second, (_, prey) in enumerate(policies.values()):
            if first != second:
                np.testing.assert_allclose(played.scores[:, first, second], scores_of(predators, prey, 6, 4), rtol=1e-6)
    assert np.isnan(played.scores[:, range(3), range(3)]).all()


def test_who_has_more_over_both_sides_has_won(played):
    for first, second in ((0, 1), (1, 2), (2, 0)):
        own = played.scores[0, first, second] + played.scores[1, second, first]
        others = played.scores[0, second, first] + played.scores[1, first, second]
        expected = np.where(own > others, 1.0, np.where(own < others, 0.0, 0.5))
        assert (played.points[first, second] == expected).all()
        assert (played.points[second, first] == 1 - expected).all()
    assert played.share("scripted", "north")[0] > 0.5 > played.share("north", "scripted")[0]


def test_whoever_plays_himself_draws():
    result = sakana_envs.versus(ID, {"one": "scripted", "other": "scripted"}, worlds=3, **SMALL)
    assert (result.points[0, 1] == 0.5).all()
    assert result.ratings[0].mu == pytest.approx(result.ratings[1].mu)


def test_the_same_seed_makes_the_same(played):
    players = {"scripted": "scripted", "north": always(1), "mixed": {"predator": "random", "prey": "scripted"}}
    again = sakana_envs.versus(ID, players, worlds=6, seed=4, **SMALL)
    assert (again.points[0, 1:] == played.points[0, 1:]).all() and again.ratings == played.ratings
    np.testing.assert_array_equal(again.scores, played.scores)
    other = sakana_envs.versus(ID, players, worlds=6, seed=5, **SMALL)
    assert (other.scores[:, 0, 1] != played.scores[:, 0, 1]).any()


def test_players_draw_the_same_in_whatever_company(played):
    alone = sakana_envs.versus(
        ID, {"mixed": {"predator": "random", "prey": "scripted"}, "north": always(1)}, worlds=6, seed=4, **SMALL
    )
    np.testing.assert_array_equal(alone.scores[:, 0, 1], played.scores[:, 2, 1])


def test_a_memory_begins_with_each_episode():
    class Dizzy:
        def __init__(self):
            self.begun = 0

        def __call__(self, observations, begins):
            assert begins.all() or not begins.any()
            self.begun += begins.all()
            return np.full(len(observations), 3)

    dizzy = Dizzy()
    sakana_envs.versus(ID, {"dizzy": dizzy, "still": "still", "north": always(1)}, worlds=2, **SMALL)
    assert dizzy.begun == 4


def strong(chances, matches, seed=0):
    """Points of players of whom one wins against another with the chance that a difference of strengths makes."""
    random, count = np.random.default_rng(seed), len(chances)
    points = np.full((count, count, matches), np.nan)
    for first in range(count):
        for second in range(first + 1, count):
            won = random.random(matches) < 1 / (1 + np.exp(chances[second] - chances[first]))
            points[first, second], points[second, first] = won, ~won
    return points


def test_ratings_are_in_the_order_of_strength_with_intervals_that_shrink():
    ratings = rate(strong([-2, 0, 1, 3], 200), 0)
    mus = [rating.mu for rating in ratings]
    assert mus == sorted(mus) and mus[0] < 25 < mus[-1]
    few = rate(strong([-2, 0, 1, 3], 4), 0)
    assert all(one.sigma < other.sigma for one, other in zip(ratings, few, strict=True))
    low, high = ratings[0].interval
    assert low < ratings[0].mu < high and high - low == pytest.approx(2 * 1.959964 * ratings[0].sigma)


def test_intervals_of_ratings_overlap_for_players_of_equal_strength():
    apart = 0
    for seed in range(20):
        one, other = rate(strong([0, 0], 64, seed), seed)
        apart += one.interval[1] < other.interval[0] or other.interval[1] < one.interval[0]
    assert apart <= 2


def test_a_rating_is_openskills():
    from openskill.models import PlackettLuce

    model = PlackettLuce()
    (winner,), (loser,) = model.rate([[model.rating()], [model.rating()]])
    points = np.array([[[np.nan], [0.0]], [[1.0], [np.nan]]])
    lost, won = rate(points, 0)
    assert (won.mu, won.sigma) == (winner.mu, winner.sigma) and (lost.mu, lost.sigma) == (loser.mu, loser.sigma)
    drawn = rate(np.full((2, 2, 1), 0.5), 0)
    assert drawn[0].mu == pytest.approx(25) and drawn[1].mu == pytest.approx(25)


def test_an_interval_of_shares_is_wilsons():
    """The example of Brown, Cai and DasGupta (2001): 95 % of nothing out of 10 is 0 to 0.278."""
    assert share_interval(np.zeros(10)) == pytest.approx((0, 0.2775), abs=1e-3)
    assert share_interval(np.ones(10)) == pytest.approx((0.7225, 1), abs=1e-3)
    assert share_interval(np.array([0.5] * 4)) == pytest.approx((0.1500, 0.8500), abs=1e-3)


def test_json_has_all_there_is_to_know(played):
    told = json.loads(json.dumps(played.as_json(), allow_nan=False))
    assert told["players"] == ["scripted", "north", "mixed"] and told["sides"] == list(SIDES)
    assert (told["id"], told["worlds"], told["seed"]) == (ID, 6, 4)
    assert len(told["pairs"]) == 6
    pair = next(each for each in told["pairs"] if (each["player"], each["other"]) == ("north", "mixed"))
    assert pair["share"] == played.share("north", "mixed")[0]
    assert pair["scores"]["predator"] == pytest.approx(played.scores[0, 1, 2].mean())
    assert pair["scores"]["prey"] == pytest.approx(played.scores[1, 2, 1].mean())
    assert [each["mu"] for each in told["ratings"]] == [rating.mu for rating in played.ratings]


def test_the_text_has_a_row_for_each_player_the_best_first(played):
    lines = str(played).splitlines()
    assert lines[0] == f"{ID}, 6 matches of each pair, seed 4"
    order = [line.split()[0] for line in lines[3:6]]
    assert order == sorted(played.players, key=lambda name: -played.ratings[played.players.index(name)].mu)
    scores = lines[lines.index(next(line for line in lines if line.startswith("prey score"))) + 1 :]
    first, second = order[0], order[1]
    at = [played.players.index(name) for name in (first, second)]
    assert scores[0].split()[1:3] == ["-", f"{played.scores[1, at[1], at[0]].mean():.3f}"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"id": "Forage"}, "Forage has the groups agent: matches are for tasks with two sides"),
        ({"players": {"one": "still"}}, "matches take at least two players, got one"),
        ({"players": {}}, "got none"),
        (
            {"players": {"a": "still", "b": "scriptd"}},
            r"player b must be one of .*got 'scriptd' - did you mean 'scripted'",
        ),
        (
            {"players": {"a": "still", "b": {"predator": "still"}}},
            "player b has no policy for 'prey', only for predator",
        ),
        ({"players": {"a": "still", "b": {"prey": 3, "predator": "still"}}}, r"player b\['prey'\] must be one of"),
        ({"worlds": 0}, "worlds must be a whole number from 1"),
        ({"seed": -1}, "a seed must be a whole number"),
        ({"agnts": 3}, "no argument 'agnts' - did you mean 'agents'"),
        ({"agents": 1}, "nobody is on the side of prey"),
    ],
)
def test_wrong_matches(arguments, message):
    given = {"id": ID, "players": {"a": "still", "b": "random"}, **SMALL, **arguments}
    with pytest.raises((TypeError, ValueError), match=message):
        sakana_envs.versus(given.pop("id"), given.pop("players"), **given)


def test_a_wrong_answer_names_the_player():
    with pytest.raises(ValueError, match="player wrong: <lambda>, for predator, must return an action for each obs"):
        sakana_envs.versus(ID, {"wrong": always(9), "still": "still"}, worlds=2, **SMALL)


def test_players_of_the_command_line():
    assert read_players(["scripted", "a.npz", "mine=b.zip"], SIDES) == {
        "scripted": "scripted",
        "a.npz": "a.npz",
        "mine": "b.zip",
    }
    both = {"predator": "a.npz", "prey": "frozen:2"}
    assert read_players(["mine=predator:a.npz,prey:frozen:2"], SIDES) == {"mine": both}
    assert read_players(["frozen:2", "mine=frozen:1"], SIDES) == {"frozen:2": "frozen:2", "mine": "frozen:1"}
    for words, message in (
        (["still", "still"], "there are two players 'still': give them names, such as first=still"),
        (["mine=predator:a.npz,pray:b.npz"], "got 'pray' - did you mean 'prey'"),
        (["mine="], "a player is POLICY, NAME=POLICY or NAME=SIDE:POLICY,SIDE:POLICY, got 'mine='"),
        (["=still"], "a player is"),
        (["mine=predator:"], "must have SIDE:POLICY for each side"),
    ):
        with pytest.raises(ValueError, match=message):
            read_players(words, SIDES)


def test_the_command(tmp_path):
    settings = [f"{name}={value}" for name, value in SMALL.items()]
    words = ["versus", "PredatorPrey", *settings, "--worlds", "3", "--json", str(tmp_path / "a.json")]
    said = run(*words, "--players", "scripted", "mixed=predator:still,prey:random")
    assert "matches won" in said and "predator score" in said and "mixed" in said
    told = json.loads((tmp_path / "a.json").read_text())
    assert told["players"] == ["scripted", "mixed"] and told["worlds"] == 3
