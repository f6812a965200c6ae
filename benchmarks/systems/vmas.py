"""VMAS: continuous worlds as PyTorch tensors, all worlds of a batch in one step, without gradients.

Its scenarios never begin anew by themselves, so no reset is in the time.
"""

from importlib.metadata import version as installed_version
from itertools import cycle

import torch
from vmas import make_env

from systems import ACTION_SETS, Batch

SETS = ACTION_SETS // 8
"""Fewer sets: for large batches they take much memory, and its speed doesn't depend on where agents are."""


def version() -> str:
    return installed_version("vmas")


def make(scenario: str, worlds: int, agents: int, **settings) -> Batch:
    torch.set_num_threads(1)
    env = make_env(scenario, num_envs=worlds, device="cpu", seed=0, n_agents=agents, **settings)
    observations = env.reset()
    shape = (worlds, env.get_agent_action_size(env.agents[0]))
    actions = cycle([[torch.empty(shape).uniform_(-1, 1) for _ in range(agents)] for _ in range(SETS)])

    @torch.no_grad()
    def run(ticks: int) -> int:
        for _ in range(ticks):
            env.step(next(actions))
        return ticks * worlds * agents

    seen = observations[0][0]
    return Batch(run, worlds, agents, f"{seen.numel()} float32", seen.numel() * seen.element_size())
