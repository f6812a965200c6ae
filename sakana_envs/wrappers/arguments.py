"""Arguments of environments are checked before anything is made: errors name what was wrong and what is allowed."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sakana_envs.core.scalars import is_whole, plain
from sakana_envs.tasks import registry
from sakana_envs.tasks.names import nearest

_MOST = 2**31 - 1


def check_choice(task: str, name: str, value: Any, allowed: tuple) -> None:
    """Raise ``ValueError`` for a value that isn't one of those allowed."""
    if not any(value is one or (isinstance(value, str) and value == one) for one in allowed):
        hint = nearest(value, [one for one in allowed if one])
        raise ValueError(f"{task}: {name} must be one of {', '.join(map(repr, allowed))}, got {value!r}{hint}")


def check_count(task: str, name: str, value: Any) -> int:
    """``value`` as an int. Raises ``ValueError`` for what isn't a whole number from 1."""
    if not is_whole(plain(value), 1, _MOST):
        raise ValueError(f"{task}: {name} must be a whole number from 1 to {_MOST}, got {value!r}")
    return plain(value)


def check_flag(task: str, name: str, value: Any) -> bool:
    """``value`` as a bool. Raises ``ValueError`` for what isn't True or False."""
    if not isinstance(plain(value), bool):
        raise ValueError(f"{task}: {name} must be True or False, got {value!r}")
    return plain(value)


def count_rows(task: str, rows: int | None, worlds: int | None, learners: int) -> int:
    """How many rows a batch has: those of ``worlds``, or ``rows`` if they are whole worlds of ``learners`` each.

    With neither those of one world. Raises ``ValueError`` for what doesn't fit.
    """
    if worlds is not None or rows is None:
        fitting = (worlds or 1) * learners
        if rows not in (None, fitting):
            raise ValueError(
                f"{task}: every learner is a row, so worlds={worlds} with {learners} learners each are {fitting} rows, "
                f"got num_envs={rows}; pass only one of the two"
            )
        return fitting
    if rows % learners:
        fitting = max(1, rows // learners) * learners
        raise ValueError(
            f"{task}: every learner is a row, so num_envs must be a multiple of the {learners} learners of a "
            f"world, got {rows}; pass num_envs={fitting}, or worlds={fitting // learners}, or agents={rows} for one "
            'world, or others="scripted" for one learner per world'
        )
    return rows


def check_one_world(task: str, settings: Mapping[str, Any]) -> None:
    """Raise ``TypeError`` for an argument that asks for several worlds."""
    if "worlds" in settings:
        raise TypeError(
            f"{task} got an unexpected keyword argument 'worlds': this environment is one world; "
            f"gymnasium.make_vec(id, worlds={settings['worlds']!r}) makes several"
        )


def check_seed(seed: Any) -> int:
    """``seed`` as an int. Raises ``ValueError`` for what can't be a world's seed."""
    if not is_whole(plain(seed), 0, 2**64 - 1):
        raise ValueError(f"a seed must be a whole number from 0 to 2**64 - 1, got {seed!r}")
    return plain(seed)


def check_seeds(seeds: Any) -> None:
    """Raise ``ValueError`` for a seed, or a list of seeds, with one that can't be a world's."""
    for seed in np.atleast_1d(np.asarray(seeds, dtype=object)):
        check_seed(seed)


def limit_horizon(task: str, name: str, most: Any, settings: dict[str, Any]) -> None:
    """Shorten the horizon of ``settings`` to ``most`` ticks, an argument called ``name``; never lengthen it.

    Raises ``ValueError`` for what isn't a whole number from 1; None limits nothing.
    """
    if most is not None:
        given = {key: settings[key] for key in ("preset", "horizon") if key in settings}
        horizon = registry.settings(registry.get(task), **given).sizes["horizon"]
        settings["horizon"] = min(check_count(task, name, most), horizon)
