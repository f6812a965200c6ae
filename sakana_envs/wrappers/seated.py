"""Policies at work: what each sees, what it remembers, and in which form it answers."""

from collections.abc import Callable, Mapping
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from gymnasium import spaces

from sakana_envs.core.actions import Twin
from sakana_envs.core.allowed import check_actions, clip, form
from sakana_envs.core.files import quoted
from sakana_envs.wrappers.network import Network
from sakana_envs.wrappers.pool import Pool
from sakana_envs.wrappers.views import Views, action_space

if TYPE_CHECKING:
    from sakana_envs.wrappers.seats import Seats


class Player:
    """A policy that acts for agents of ``seats``, in all worlds in which it is asked to.

    Raises ``ValueError`` for a policy that was made for other observations or actions than there are.
    """

    def __init__(self, seats: "Seats", policy: Any, title: str) -> None:
        self.policy = policy
        self.title = title
        self._seats = seats
        self._twin, self._view = _fit(seats, policy, title)
        self._predict = getattr(policy, "predict", policy)
        self._restart = getattr(policy, "reset", None)
        self._takes_begins = _takes(self._predict, "begins")
        self._keeps_state = _takes(self._predict, "state", "episode_start")
        self._state: Any = None

    @property
    def remembers(self) -> bool:
        """Whether it may keep something from tick to tick: so it sees all of its rows in every tick."""
        return self._takes_begins or self._keeps_state or self._restart is not None

    def act(self, rows: np.ndarray, begins: np.ndarray) -> np.ndarray:
        """Actions for rows of all agents, in the twin's form; ``begins`` (rows,) bool says whose episode begins.

        Raises ``ValueError`` that names the policy for an answer that isn't allowed.
        """
        seats, simulation = self._seats, self._seats.simulation
        if isinstance(self.policy, str):
            return seats.policy_actions(self.policy)[rows]
        seen = self._view.of_all(seats.seen_by_all()[rows])
        state = None
        if isinstance(self.policy, Network):
            answer = self.policy(seen, _uniforms(simulation.noise()[rows], self.policy.draws))
        elif self._keeps_state:
            answer, state = self._predict(seen, state=self._state, episode_start=begins)
            self._keeps_state = state is not None
        elif self._takes_begins:
            if self._restart is not None and begins.all():
                self._restart()
            answer = self._predict(seen, begins=begins)
        else:
            self._reset(begins)
            answer = self._predict(seen)
        count, actions, twin = len(rows), seats.actions, self._twin
        try:
            given = without_state(answer, form(actions, twin, count).shape)
            if twin == Twin.CONTINUOUS and (seats.clips or isinstance(self.policy, Network)):
                given = clip(given, actions, count)
            checked = check_actions(given, actions, twin, count)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{self.title} must return an action for each observation: {error}") from None
        self._state = state
        return checked if twin == simulation.twin else actions.of_rows(checked, simulation.twin)

    def _reset(self, begins: np.ndarray) -> None:
        """Let a policy forget that can't be told of whom; refuses where others' episodes go on."""
        if self._restart is None or not begins.any():
            return
        if not begins.all():
            raise ValueError(
                f"{self.title} has reset, and so a memory, and episodes of only some of its agents begin: it must take "
                "begins=, (rows,) bool, which says whose"
            )
        self._restart()


def _fit(seats: "Seats", policy: Any, title: str) -> tuple[Twin, Views]:
    """The twin in whose form a policy answers, and the form of observations that it wants."""
    simulation, program = seats.simulation, seats.simulation.program
    own = simulation.twin
    discrete = action_space(seats.actions, Twin.DISCRETE)
    if isinstance(policy, Network):
        # What picks from the table can be played by every twin.
        twin = Twin.DISCRETE if policy.head == "categorical" else Twin.CONTINUOUS
        views = {obs: Views(program, obs) for obs in program.views}
        view = views.get(policy.obs)
        actions = len(seats.actions.table if twin == Twin.DISCRETE else seats.actions.coordinates)
        if view is None or (int(np.prod(view.space.shape)), actions) != (policy.sizes[0], policy.width):
            there = " or ".join(f"{obs!r} of {int(np.prod(each.space.shape))}" for obs, each in views.items())
            of = {True: "actions", False: "coordinates"}[twin == Twin.DISCRETE]
            raise ValueError(
                f"{title} was trained with observations {policy.obs!r} of {policy.sizes[0]} numbers and "
                f"{policy.width} {of}{_training(policy.card)}; {seats.id} has {there}, and {actions} {of}: radius= and "
                "the like must be those of its training"
            )
        if twin == Twin.CONTINUOUS != own:
            raise ValueError(f"{title} was trained with continuous actions; {seats.id} has {seats.action_space}")
        return twin, view
    trained = [getattr(policy, name, None) for name in ("observation_space", "action_space")]
    if not all(isinstance(space, spaces.Space) for space in trained):
        return own, Views(program, seats.obs)
    twin = Twin.DISCRETE if trained[1] == discrete else own
    known = []
    for obs in dict.fromkeys([seats.obs, *program.views]):
        view = Views(program, obs)
        if trained == [view.space, action_space(seats.actions, twin)]:
            return twin, view
        known.append(str(view.space))
    raise ValueError(
        f"{title} was trained with observations {trained[0]} and actions {trained[1]}; {seats.id} has observations "
        f"{' or '.join(known)} and actions {seats.action_space}: radius= and the like must be those of its training"
    )


def _training(card: Mapping[str, Any]) -> str:
    """In which worlds a policy was trained, if its card says so."""
    if "id" not in card:
        return ""
    settings = card.get("settings")
    given = settings.items() if isinstance(settings, dict) else ()
    return f", in {quoted(card['id'])}{''.join(f' {name}={quoted(value)}' for name, value in given)}"


def _uniforms(bits: np.ndarray, count: int) -> np.ndarray:
    """Numbers (rows, count) float64 in [0, 1) of random bits, uint64 (rows, at least half as many)."""
    if count == 1:
        return (bits[:, :1] >> np.uint64(11)) * 2.0**-53
    halves = np.stack([bits >> np.uint64(32), bits & np.uint64(2**32 - 1)], axis=2).reshape(len(bits), -1)
    return halves[:, :count] * 2.0**-32


def _takes(function: Any, *names: str) -> bool:
    """Whether a function has parameters of these names, as those of models with a memory have."""
    try:
        return set(names) <= set(signature(function).parameters)
    except (TypeError, ValueError):  # names, and some compiled code, tell none
        return False


def without_state(answer: Any, shape: tuple[int, ...]) -> Any:
    """The actions of an answer, which may be a pair of actions and None; two agents' actions are a pair as well."""
    if isinstance(answer, tuple) and len(answer) == 2:
        actions, state = answer
        if state is None:
            return actions
        if np.shape(actions) == shape:
            raise ValueError("a state beside the actions, which nobody keeps; pass a function that keeps it by itself")
    return answer


class Seat(NamedTuple):
    """Who acts for the agents of a group, or of several: ``members`` (agents,) bool; by which argument.

    ``read`` loads what a pool has as the path or the name of a file.
    """

    members: np.ndarray
    policy: Any
    group: str
    argument: str
    read: Callable[[Any], Any]


class Seated:
    """The policy of a seat at work in all worlds, or those of a pool."""

    def __init__(self, seats: "Seats", seat: Seat) -> None:
        self._seats, self._title = seats, f"{seat.argument}: {{}}, for {seat.group},"
        self._per_world = int(seat.members.sum())
        self.rows = np.flatnonzero(np.tile(seat.members, seats.simulation.worlds))
        self._pool = seat.policy if isinstance(seat.policy, Pool) else None
        self._drawn = np.zeros(seats.simulation.worlds, dtype=np.int64)
        self._players: list[Player] = []
        self._read = seat.read
        self.policies = [seat.policy] if self._pool is None else self._pool.policies
        self.prepare()

    def prepare(self) -> None:
        """Get to know policies that a pool has been given since; raises ``ValueError`` for what doesn't fit."""
        for policy in map(self._read, self.policies[len(self._players) :]):
            name = policy if isinstance(policy, (str, Path)) else getattr(policy, "__name__", type(policy).__name__)
            self._players.append(Player(self._seats, policy, self._title.format(name)))

    def begin(self, seeds: Any) -> None:
        """Before a reset: with seeds, what draws from a generator of its own, the pool too, begins its draws anew."""
        self.prepare()
        for each in [self._pool, *(player.policy for player in self._players)] if seeds is not None else ():
            if callable(getattr(each, "seed", None)):
                each.seed(int(np.ravel(seeds)[0]))

    def write(self, everyone: np.ndarray, begins: np.ndarray) -> None:
        """Write its agents' actions into those of all; ``begins`` (worlds,) bool says where an episode begins."""
        self.prepare()
        if self._pool is not None and begins.any():
            self._drawn[begins] = self._pool.draw(int(begins.sum()))
        of_rows = np.repeat(begins, self._per_world)
        for number in np.unique(self._drawn).tolist():
            player = self._players[number]
            chosen = np.repeat(self._drawn == number, self._per_world)
            rows = self.rows[chosen]
            if player.remembers:
                everyone[rows] = player.act(self.rows, of_rows)[chosen]
            else:
                everyone[rows] = player.act(rows, of_rows[chosen])
