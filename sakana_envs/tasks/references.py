"""Measured scores and returns of simple policies, for every shipped task and preset; ``references.json`` keeps them.

``docs/make_references.py`` of the repository measures and writes that file.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sakana_envs.core.files import quoted
from sakana_envs.tasks.ids import read_id
from sakana_envs.tasks.names import nearest
from sakana_envs.tasks.registry import TWINS

FILE = Path(__file__).with_name("references.json")


class Reference(NamedTuple):
    """What a policy gets: means over episodes (one per world) of the mean over agents, with 95 % intervals (low, high).

    ``episodes`` worlds of one batch that was seeded with ``seed``.
    """

    score: float
    score_interval: tuple[float, float]
    episode_return: float
    return_interval: tuple[float, float]
    episodes: int
    seed: int


class References(dict[str, Reference]):
    """What the policies get, by their names; and the scale that lies between two of them."""

    def normalised(self, score: Any) -> Any:
        """(score - random) / (scripted - random): 0 for random agents, 1 for scripted ones, more for better ones.

        ``score`` is a raw score or an array of such. Raises ``TypeError`` for what is neither, and ``ValueError`` for
        one that isn't finite, and where scripted agents do no better than random ones, as far as their intervals tell.
        """
        low, high = self["random"].score, self["scripted"].score
        raw = np.asarray(score)
        if raw.dtype.kind not in "fiu":
            raise TypeError(f"a score is a number, or an array of numbers, got {quoted(score)}")
        if not np.isfinite(raw).all():
            raise ValueError(f"a score is a finite number, got {quoted(score)}")
        if self["scripted"].score_interval[0] <= self["random"].score_interval[1]:
            raise ValueError(
                f"scripted agents score {high}, random ones {low}, and their intervals touch: there is nothing between "
                "to measure by"
            )
        normalised = (raw.astype(np.float64) - low) / (high - low)
        return normalised if raw.ndim else float(normalised)


def references(task: str, preset: str = "default", twin: str | None = None, group: str | None = None) -> References:
    """Figures of the policies ``"still"``, ``"spinning"``, ``"corner"``, ``"random"``, ``"scripted"``, and, in default
    presets, ``"blind"`` and ``"open-loop"``.

    Spinning goes through the eight directions in turn, corner always north-west. Blind agents draw from the best of 32
    mixtures of actions, those of the open loop follow the best of 32 plans; neither looks. Only ``"random"`` depends on
    the twin; the others make the same trajectories in both. ``task`` is a task or an id, such as ``"Forage"`` or
    ``"Sakana/Forage-Continuous-v0"``; ``twin`` the id's unless given, of a task alone the discrete one. ``group`` is
    needed where a task has several, as ``"predator"``: figures are then those of its agents against scripted others.

    Raises ``ValueError`` that says what there is, for a task of your own too: only shipped tasks were measured.
    """
    task, twin = read_twin(task, twin)
    presets = choose("task", task, stored(), hint="; only the tasks of the package have been measured")
    groups = choose(f"{task}: preset", preset, presets)
    if group is None and len(groups) == 1:
        group = next(iter(groups))
    entries = choose(f"{task}: group", group, groups)
    return References(
        {
            name.split()[0]: Reference(
                score=entry["score"][0],
                score_interval=(entry["score"][1], entry["score"][2]),
                episode_return=entry["episode_return"][0],
                return_interval=(entry["episode_return"][1], entry["episode_return"][2]),
                episodes=entry["episodes"],
                seed=entry["seed"],
            )
            for name, entry in entries.items()
            if name in (name.split()[0], f"random {twin}")
        }
    )


def read_twin(task: str, twin: str | None) -> tuple[str, str]:
    """Task and twin that a task or an id, and the twin if given, name. Raises ``ValueError`` if there is no such."""
    name, twin_of_id = read_id(task)
    if twin is None:
        twin = twin_of_id or "Discrete"
    elif twin_of_id not in (None, twin):
        raise ValueError(f"twin {twin!r} isn't that of the id, which is {twin_of_id!r}")
    if twin not in TWINS:
        raise ValueError(f"twin must be one of {', '.join(map(repr, TWINS))}, got {twin!r}{nearest(twin, TWINS)}")
    return name, twin


def choose(what: str, name: str | None, known: Mapping[str, Any], hint: str = "") -> Any:
    """What is known under a name. Raises ``ValueError`` with the nearest name for an unknown one."""
    if name is None or name not in known:
        near = nearest(name, known) if name else ""
        raise ValueError(f"no references for {what} {name!r}{near}; there are some for {', '.join(known)}{hint}")
    return known[name]


@cache
def stored() -> dict[str, dict]:
    """What the file has: by task, preset, group and policy."""
    return json.loads(FILE.read_text(encoding="utf-8"))["tasks"]
