"""What all tests share: the ids under test, small settings, actions, and a look at a world's bytes."""

import gymnasium
import numpy as np
import user_task

import sakana_envs
from sakana_envs.core import cpu
from sakana_envs.tasks import registry
from sakana_envs.tasks.effect import numbers_with_effect

USER_IDS = sakana_envs.register(user_task.TASK)
IDS = sakana_envs.task_ids()
TASKS = sakana_envs.task_names()
PROBE_IDS = [f"Sakana/{probe}-{twin}-v0" for probe in sakana_envs.probe_names() for twin in registry.TWINS]
SMALL = {"agents": 6, "height": 12, "width": 10, "horizon": 20}
"""Settings that make every test fast; the view radius stays at its default, so nothing is compiled twice."""

UNENDING = {"Squared": {"enough": 1e6, "lives": 1e6}}
"""What lets episodes of a task last until their horizon."""


def split(id):
    """Task name and whether the twin is discrete."""
    task, twin, _ = id.removeprefix("Sakana/").split("-")
    return task, registry.TWINS[twin]


def small(id, arguments):
    """Small settings with ``arguments`` in their place; without ``food_density`` in a task that scatters no food."""
    task = split(id)[0]
    chosen = {**SMALL, **UNENDING.get(task, {}), **arguments}
    if "food_density" not in numbers_with_effect(registry.get(task)):
        chosen.pop("food_density", None)
    return chosen


def single(id, **arguments):
    """The single-learner face on a small world."""
    return gymnasium.make(id, **small(id, arguments))


def vector(id, worlds=2, **arguments):
    """The vector face on ``worlds`` small worlds."""
    settings = small(id, arguments)
    rows = worlds * (1 if settings.get("others") else settings["agents"])
    return gymnasium.make_vec(id, num_envs=rows, **settings)


def parallel(id, **arguments):
    """The PettingZoo face on a small world."""
    return sakana_envs.parallel_env(id, **small(id, arguments))


def simulation(id, worlds=1, mode=cpu.NEXT_STEP, **arguments):
    """The simulation below all faces, on small worlds."""
    task, discrete = split(id)
    return registry.simulation(task, discrete, worlds=worlds, mode=mode, **small(id, arguments))


def inner(env):
    """The simulation inside any face."""
    return getattr(env, "unwrapped", env).seats.simulation


def random_actions(discrete, rows, random):
    """Uniform actions for ``rows`` agents in the twin's own form."""
    if discrete:
        return random.integers(0, 9, size=rows)
    return random.uniform(-1.0, 1.0, size=(rows, 2)).astype(np.float32)


def agent_fields(simulation):
    """Names of the arrays that have one entry per agent, without the engine's scratch memory."""
    return [
        name for name, field in simulation.program.structure.fields.items() if field.per == "agent" and name != "queue"
    ]


def radius_of(simulation):
    """How far agents see, in cells."""
    return simulation.program.structure.constants["radius"]


def map_cells(simulation):
    """Cell codes of all worlds without the border, (worlds, height, width)."""
    radius = radius_of(simulation)
    return simulation.view("cells")[:, radius:-radius, radius:-radius]


def observe(simulation):
    """Byte observations of all agents as the worlds stand."""
    return simulation.observe() if hasattr(simulation, "observe") else simulation.observations
