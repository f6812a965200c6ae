"""What has PettingZoo's parallel API, ours included: one world, dictionaries of all agents in each step."""

from itertools import cycle
from typing import Any

import numpy as np

from systems import ACTION_SETS, Batch


def batch(env: Any, block: int | None = None) -> Batch:
    """Living agents are counted. The world begins anew when none is left, in the time; with ``block`` also before each
    block of so many ticks, outside of the time.
    """
    observations, _ = env.reset(seed=0)
    agents = list(env.agents)
    spaces = [env.action_space(agent) for agent in agents]
    random = np.random.default_rng(0)
    if hasattr(spaces[0], "n"):
        drawn = random.integers(0, [space.n for space in spaces], (ACTION_SETS, len(agents))).tolist()
    else:
        low, high = ([getattr(space, end) for space in spaces] for end in ("low", "high"))
        drawn = random.uniform(low, high, (ACTION_SETS, len(agents), *spaces[0].shape)).astype(np.float32)
    actions = cycle([dict(zip(agents, row, strict=True)) for row in drawn])

    def run(ticks: int) -> int:
        steps = 0
        for _ in range(ticks):
            chosen, living = next(actions), env.agents
            steps += len(living)
            env.step(chosen if len(living) == len(agents) else {agent: chosen[agent] for agent in living})
            if not env.agents:
                env.reset()
        return steps

    shapes = sorted({" x ".join(map(str, seen.shape)) for seen in observations.values()})
    average = sum(seen.nbytes for seen in observations.values()) / len(agents)
    seen = f"{' and '.join(shapes)} {observations[agents[0]].dtype}"
    more = {"prepare": env.reset, "block": block} if block else {}
    return Batch(run, 1, len(agents), seen, average, **more)
