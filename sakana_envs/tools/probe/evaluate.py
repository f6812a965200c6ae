"""How well a policy does in worlds that nobody trained in."""

from typing import Any

from sakana_envs.tools.evaluate.episodes import play
from sakana_envs.tools.record.rollout import Rollout

WORLDS = 256
SEED = 1_000_000
"""Of the worlds in which a policy is tested: a trainer had better not use it."""


def evaluate(env_id: str, policy: Any, worlds: int = WORLDS, seed: int = SEED) -> float:
    """Mean score over the agents of ``worlds`` worlds, of each its first episode.

    ``policy`` is a function from observations (rows, ...) float32 to actions (rows,) or (rows, k), or has ``predict``
    that does the same, as models of Stable-Baselines3 have. If it has ``reset``, that is called before the first
    observation, so it may remember: it sees all rows in every tick, in one order. Rows of worlds whose episode has
    ended are to be answered too, and don't count.

    Raises ``TypeError`` for what is no policy, and ``ValueError`` for an answer that isn't allowed.
    """
    if not callable(getattr(policy, "predict", policy)):
        raise TypeError(
            f"train must return a policy, a function from observations to actions or an object with predict, "
            f"got {policy!r}"
        )
    return float(play(Rollout(env_id, policy=policy, worlds=worlds, seed=seed), worlds).scores.mean())
