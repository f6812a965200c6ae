"""sakana_envs through its public faces, with its default horizon: ends and resets of episodes are in the time."""

from itertools import cycle
from typing import Any

import gymnasium
import numpy as np

import sakana_envs
from systems import ACTION_SETS, Batch, dictionaries


def version() -> str:
    return sakana_envs.__version__


def make(task: str, twin: str, worlds: int, agents: int, face: str = "vector", **settings: Any) -> Batch:
    """``face`` is ``"vector"`` (arrays) or ``"parallel"`` (PettingZoo's dictionaries, one world)."""
    name = f"Sakana/{task}-{twin}-v0"
    if face == "parallel":
        return dictionaries.batch(sakana_envs.parallel_env(name, agents=agents, threads=1, **settings))
    env = gymnasium.make_vec(name, worlds * agents, agents=agents, threads=1, **settings)
    observations, _ = env.reset(seed=0)
    random, space = np.random.default_rng(0), env.single_action_space
    if twin == "Discrete":
        drawn = random.integers(0, space.n, (ACTION_SETS, env.num_envs))
    else:
        drawn = random.uniform(space.low, space.high, (ACTION_SETS, env.num_envs, *space.shape)).astype(np.float32)
    actions = cycle(drawn)

    def run(ticks: int) -> int:
        for _ in range(ticks):
            env.step(next(actions))
        return ticks * env.num_envs

    return Batch(run, worlds, agents, f"{observations.shape[1]} {observations.dtype}", observations[0].nbytes)
