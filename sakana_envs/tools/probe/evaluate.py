"""How well a policy does in worlds that nobody trained in."""

from typing import Any

import gymnasium
import numpy as np

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
    act = getattr(policy, "predict", policy)
    if not callable(act):
        raise TypeError(
            f"train must return a policy, a function from observations to actions or an object with predict, "
            f"got {policy!r}"
        )
    env = gymnasium.make_vec(env_id, worlds=worlds)
    observations, _ = env.reset(seed=seed)
    getattr(policy, "reset", lambda: None)()
    scores = np.full(env.num_envs, np.nan)
    while np.isnan(scores).any():
        answer = act(observations)
        actions = answer[0] if isinstance(answer, tuple) and len(answer) == 2 and answer[1] is None else answer
        try:
            observations, _, _, _, info = env.step(actions)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{env_id}: the policy must give an action for each observation: {error}") from error
        if "score" in info:
            ended = info["_score"] & np.isnan(scores)
            scores[ended] = info["score"][ended]
    env.close()
    return float(scores.mean())
