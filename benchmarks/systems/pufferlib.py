"""PufferLib: C worlds of its Ocean, all of a batch in one ``PufferEnv.step``, which is its fastest way on one core."""

from importlib.metadata import version as installed_version
from itertools import cycle

import numpy as np
from pufferlib.ocean.grid.grid import Grid
from pufferlib.ocean.rware.rware import Rware
from pufferlib.ocean.snake.snake import Snake
from pufferlib.ocean.target.target import Target

from systems import ACTION_SETS, Batch

BORDER = 10
"""The view is 11 x 11, and snake's map contains a wall as wide as the radius on each side; ours has it outside."""


def version() -> str:
    return installed_version("pufferlib")


# Bodies of at most 64 cells instead of 1024: random snakes stay short, and less memory makes it faster.
def _snake(worlds: int, agents: int, height: int, width: int, longest: int = 64) -> Snake:
    food = max(1, round(height * width * 4096 / (640 * 360)))  # as dense as in its defaults
    size = {"height": height + BORDER, "width": width + BORDER}
    return Snake(num_envs=worlds, num_snakes=agents, num_food=food, vision=5, max_snake_length=longest, **size)


def _grid(worlds: int, agents: int, side: int = 9) -> Grid:
    return Grid(num_envs=worlds, vision_range=5, max_size=side)


def _target(worlds: int, agents: int) -> Target:
    return Target(num_envs=worlds, num_agents=agents)


def _rware(worlds: int, agents: int) -> Rware:
    warehouse = {"map_choice": 2, "num_requested_shelves": agents, "report_interval": 128}
    return Rware(num_envs=worlds, num_agents=agents, **warehouse)


WORLDS = {"snake": _snake, "grid": _grid, "target": _target, "rware": _rware}


def make(name: str, worlds: int, agents: int, **more: int) -> Batch:
    env = WORLDS[name](worlds, agents, **more)
    env.reset(seed=0)
    actions = _actions(env)

    def run(ticks: int) -> int:
        for _ in range(ticks):
            env.step(next(actions))
        return ticks * env.num_agents

    shape = " x ".join(map(str, env.single_observation_space.shape))
    if name == "grid":
        shape = "11 x 11"  # which it flattens
    return Batch(run, worlds, agents, f"{shape} {env.observations.dtype}", env.observations[0].nbytes)


def _actions(env):
    choices = getattr(env.single_action_space, "nvec", env.single_action_space)
    count = choices if isinstance(choices, np.ndarray) else choices.n
    shape = (ACTION_SETS, *env.actions.shape)
    return cycle(np.random.default_rng(0).integers(0, count, shape).astype(env.actions.dtype))
