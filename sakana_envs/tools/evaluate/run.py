"""Plays the policies of several runs in the same held-out worlds."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sakana_envs.core.levels import MOST
from sakana_envs.core.scalars import is_whole, plain
from sakana_envs.tasks.names import RUNNING
from sakana_envs.tasks.references import Reference, References, references, stored
from sakana_envs.tools.evaluate.episodes import Episodes, play
from sakana_envs.tools.evaluate.evaluation import Evaluation
from sakana_envs.tools.intervals import interval
from sakana_envs.tools.record.rollout import Rollout
from sakana_envs.wrappers.arguments import check_seed
from sakana_envs.wrappers.others import POLICIES, Others, Policy

EPISODES = 128
_ROWS = 4096
"""Agents at once, about: observations of one tick take some 50 MB then."""
_NO_WORLD = {"preset", "obs", "clip_actions", *RUNNING}
"""Settings that change nothing that could be scored, and the preset, which has figures of its own."""
_REFUSED = ("stagger", "mode", "info", "render_mode", "camera")
"""Arguments of environments that would change what an episode is, or nothing."""


def evaluate(
    policy: Policy | Sequence[Policy],
    id_or_task: str,
    *,
    episodes: int = EPISODES,
    levels: int | None = None,
    split: str = "test",
    seed: int = 0,
    deterministic: bool = False,
    learners: str | None = None,
    others: Others = None,
    name: str | None = None,
    **settings: Any,
) -> Evaluation:
    """How well a trained policy does, or several of the same training, in levels that nobody trained on.

    Parameters
    ----------
    policy : ``"scripted"``, ``"random"``, ``"still"``, a model of Stable-Baselines3 or the path of its ``.zip`` file
        (**load only files that you trust**), a function from observations (rows, ...) to actions (rows, ...), or an
        object whose ``predict`` is one. ``reset()``, if it has that, is called as episodes begin, so it may remember:
        it sees all rows in every tick, in one order. A sequence has the policy of one run each: trainings that differ
        in their seed only.
    id_or_task : ``"Sakana/Forage-Discrete-v0"``, ``"Forage-Discrete"``, or ``"Forage"`` for its discrete twin.
    episodes : of each run; every run plays the same.
    levels : how many levels these begin from, one for each episode unless given; episode i begins from level i, and
        once more with the first after the last.
    split : of these levels: ``"test"``, ``"validation"`` or ``"train"``.
    seed : of the worlds, as of a batch of so many, and of what a policy of Stable-Baselines3 draws. A function that
        draws has to be seeded by who made it.
    deterministic : whether policies of Stable-Baselines3 take the likeliest action, instead of drawing one.
    learners : the group that the policy acts for, where a task has several.
    others : who acts for agents that the policy doesn't, see :class:`sakana_envs.wrappers.seats.Seats`; scripted unless
        given.
    name : what the policies are called in text and files.
    settings : ``preset``, sizes and numbers of the world, ``map``, ``obs``, ``clip_actions``, ``threads``.

    Scores are normalised by the stored :func:`sakana_envs.references`. Where there are none for such worlds, because of
    settings, of other players, or of a task of your own, random and scripted agents play the same episodes as well.

    Raises ``ValueError``, ``TypeError`` or ``FileNotFoundError`` that says what is wrong.
    """
    policies = _runs(policy)
    for count, what in ((episodes, "episodes"), (episodes if levels is None else levels, "levels")):
        if not is_whole(plain(count), 1, MOST):
            raise ValueError(f"{what} must be a whole number from 1 to {MOST}, got {count!r}")
    if levels is not None and levels > episodes:
        raise ValueError(f"{episodes} episodes can't begin from {levels} levels: one for each, or several")
    for given in _REFUSED:
        if given in settings:
            raise TypeError(f"evaluate takes no {given}=: whole episodes are played, and nothing is shown")
    check_seed(seed)
    if deterministic:
        _check_can_be_greedy(policies)
    seats = {"learners": learners, "others": others, "levels": levels or episodes, "split": split, **settings}
    one = Rollout(id_or_task, policy="still", **seats)
    groups = list(dict.fromkeys(one.groups))
    if len(groups) > 1 and learners is None:
        raise ValueError(f"{one.task} has several sides: learners= says whose policy it is, {' or '.join(groups)}")
    worlds = min(episodes, max(1, _ROWS // one.simulation.agents))
    numbers = one.simulation.levels.numbers  # type: ignore[union-attr]
    chosen = numbers[np.arange(episodes) % len(numbers)]

    def played(policy: Policy, greedy: bool = False) -> Episodes:
        rollout = Rollout(one.id, policy=policy, worlds=worlds, seed=seed, deterministic=greedy, **seats)
        return play(rollout, episodes, chosen)

    runs = [played(each, deterministic) for each in policies]
    preset, group = settings.pop("preset", "default"), learners or groups[0]
    usual = others is None or (isinstance(others, str) and others == "scripted" and learners is not None)
    if usual and one.task in stored() and not set(settings) - _NO_WORLD:
        scale = references(one.task, preset, one.twin, group)
    else:
        scale = References({name: _reference(played(name), seed) for name in ("random", "scripted")})
    return Evaluation(
        id=one.id,
        preset=preset,
        group=group,
        name=_name(policies[0]) if name is None else name,
        split=split,
        seed=plain(seed),
        deterministic=deterministic,
        settings=settings if others is None else {"others": others, **settings},
        scores=np.stack([run.scores for run in runs]),
        returns=np.stack([run.returns for run in runs]),
        lengths=np.stack([run.lengths for run in runs]),
        levels=chosen,
        scale=scale,
    )


def _runs(policy: Policy | Sequence[Policy]) -> list[Policy]:
    """The policies of the runs. Raises ``ValueError`` for none, and for one that comes twice, which is one run."""
    if not isinstance(policy, (list, tuple)):
        return [policy]  # type: ignore[list-item]
    if not policy:
        raise ValueError("policies of one run or more are wanted, got none")
    for index, each in enumerate(policy):
        same = [other for other in policy[:index] if other is each or (isinstance(each, (str, Path)) and other == each)]
        if same:
            raise ValueError(f"{each!r} comes twice: the same policy is one run, however often it plays")
    return list(policy)


def _check_can_be_greedy(policies: list[Policy]) -> None:
    for each in policies:
        in_file = isinstance(each, (str, Path)) and each not in POLICIES
        if not in_file and not hasattr(each, "policy_class"):
            raise ValueError(
                f"deterministic=True is for policies of Stable-Baselines3: {_name(each)} acts as it does by itself"
            )


def _name(policy: Any) -> str:
    if isinstance(policy, (str, Path)):
        return Path(policy).stem
    return getattr(policy, "__name__", type(policy).__name__)


def _reference(played: Episodes, seed: int) -> Reference:
    return Reference(*interval(played.scores), *interval(played.returns), len(played.scores), seed)
