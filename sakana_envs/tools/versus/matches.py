"""Matches between players of a task with two sides.

One side's score can't be held against the other's: they are made of different things. So a match is two episodes from
the same world, in which the players change sides; and who got more, summed over both, has won it.
"""

from collections.abc import Callable, Mapping
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np

from sakana_envs.core import cpu
from sakana_envs.tasks import registry
from sakana_envs.tasks.ids import read_id
from sakana_envs.tools.versus.ratings import Rating, rate, rating_model, share_interval
from sakana_envs.tools.versus.text import text
from sakana_envs.wrappers.arguments import check_count, check_seed
from sakana_envs.wrappers.others import Acting, Others
from sakana_envs.wrappers.seats import Seats

_FEWEST_PLAYERS = 2


class Versus(NamedTuple):
    """What came of the matches of each player with each other.

    ``players`` are their names, ``sides`` those of the groups, ``worlds`` how many matches each pair played.
    ``scores`` float64 (2, players, players, worlds): in episodes of the first player's first side against the second
    player's second side, the mean score of the agents of each side; NaN against itself. ``points`` float64 (players,
    players, worlds): 1 where the first player won the match with the second, 0.5 for a draw, NaN against itself.
    ``ratings`` has one for each player.
    """

    id: str
    players: tuple[str, ...]
    sides: tuple[str, str]
    worlds: int
    seed: int
    scores: np.ndarray
    points: np.ndarray
    ratings: tuple[Rating, ...]

    def share(self, player: str, other: str) -> tuple[float, tuple[float, float]]:
        """The share of matches that a player won against another, draws half, and its 95 % interval."""
        points = self.points[self.players.index(player), self.players.index(other)]
        return float(points.mean()), share_interval(points)

    def __str__(self) -> str:
        return text(self)

    def as_json(self) -> dict[str, Any]:
        """All of it but single matches, as plain numbers, lists and dictionaries."""
        pairs = [
            {"player": player, "other": other, "share": share, "interval": list(interval), "scores": means}
            for player in self.players
            for other in self.players
            if player != other
            for share, interval in [self.share(player, other)]
            for means in [self._means(player, other)]
        ]
        ratings = [
            {"player": player, "mu": rating.mu, "sigma": rating.sigma, "interval": list(rating.interval)}
            for player, rating in zip(self.players, self.ratings, strict=True)
        ]
        about = {"id": self.id, "sides": list(self.sides), "worlds": self.worlds, "seed": self.seed}
        return {**about, "players": list(self.players), "ratings": ratings, "pairs": pairs}

    def _means(self, player: str, other: str) -> dict[str, float]:
        """A player's mean score on each side against another."""
        first, second = self.players.index(player), self.players.index(other)
        means = self.scores[0, first, second].mean(), self.scores[1, second, first].mean()
        return dict(zip(self.sides, map(float, means), strict=True))


def versus(
    id: str,
    players: Mapping[str, Others],
    *,
    worlds: int = 32,
    seed: int = 0,
    progress: Callable[..., Any] | None = None,
    **settings: Any,
) -> Versus:
    """Let players of a task with two sides play matches, each against each, and rate them.

    Parameters
    ----------
    id : such as ``"Sakana/PredatorPrey-Discrete-v0"`` or ``"PredatorPrey"``, for its discrete twin.
    players : by name, what each plays with: whatever ``others=`` takes, but pools; ``{"predator": ..., "prey": ...}``
        for one that has a policy for each side.
    worlds : matches of each pair, in as many worlds. A match is two episodes from the same world, in which the players
        change sides; who has the higher sum of mean scores has won.
    seed : of the worlds, and of the policies' draws.
    progress : is called with the pairings and ``total=``, how many there are, and returns them, as ``tqdm`` does.
    settings : sizes and numbers of the world, ``preset``, ``threads`` and so on.

    Raises ``ValueError`` or ``TypeError`` for what can't be, and ``ImportError`` without openskill, before any match.
    """
    task, twin = read_id(id)
    twin = twin or "Discrete"
    sides = tuple(registry.get(task).agent_names)
    if len(sides) != 2:
        raise ValueError(f"{task} has the groups {', '.join(sides)}: matches are for tasks with two sides")
    if len(players) < _FEWEST_PLAYERS:
        raise ValueError(f"matches take at least two players, got {', '.join(players) or 'none'}")
    worlds, seed = check_count(task, "worlds", worlds), check_seed(seed)
    rating_model()
    seats = Seats(task, registry.twin(task, twin), worlds=worlds, **settings)
    agents = seats.simulation.agents
    groups = np.array([seats.task.group_of(agent, agents) for agent in range(agents)])
    for side in sides:
        if not (groups == side).any():
            raise ValueError(f"{task}: nobody is on the side of {side} in a world of {agents} agents")
    # By side, then by player.
    acting = [
        [Acting(seats, policy, groups == side, argument=f"player {name}") for name, policy in players.items()]
        for side in sides
    ]
    scores = np.full((2, len(players), len(players), worlds), np.nan)
    pairings = list(permutations(range(len(players)), 2))
    for first, second in pairings if progress is None else progress(pairings, total=len(pairings)):
        each = _play(seats, (acting[0][first], acting[1][second]), np.tile(groups == sides[1], worlds), seed)
        scores[:, first, second] = [each[:, groups == side].mean(axis=1) for side in sides]
    sums = scores[0] + scores[1].swapaxes(0, 1)
    points = 0.5 + 0.5 * np.sign(sums - sums.swapaxes(0, 1))
    ratings = tuple(rate(points, seed))
    return Versus(seats.id, tuple(players), (sides[0], sides[1]), worlds, seed, scores, points, ratings)


def _play(seats: Seats, acting: tuple[Acting, Acting], second: np.ndarray, seed: int) -> np.ndarray:
    """All agents' scores of the first episode of each world, float64 (worlds, agents).

    One acts for the first side, and one for the ``second``, (rows,) bool.
    """
    simulation = seats.simulation
    for each in acting:
        each.begin(seed)
    seats.reset(seed, np.random.default_rng(0))
    scores = np.full((simulation.worlds, simulation.agents), np.nan)
    while np.isnan(scores).any():
        actions = acting[0].actions()
        actions[second] = acting[1].actions()[second]
        transition = seats.step(actions)
        first = (transition.outcome == cpu.ENDED) & np.isnan(scores[:, 0])
        scores[first] = simulation.view("score")[first]
    return scores
