"""What all tests share: the tasks under test, small settings, actions, and a look at a world's bytes.

There may be many tasks, and each costs the compiler some ten seconds. So the whole matrix of tests runs on tasks that
tell much, ``TASKS`` and ``IDS``; on all that there are, ``ALL_TASKS`` and ``ALL_IDS``, runs the core of the promises.
"""

import io

import gymnasium
import numpy as np
import user_task

import sakana_envs
from sakana_envs.core import cpu
from sakana_envs.core.actions import Twin
from sakana_envs.tasks import registry
from sakana_envs.tasks.effect import numbers_with_effect


def task_of(id):
    """Name of an id's task."""
    return id.removeprefix("Sakana/").partition("-")[0]


USER_IDS = sakana_envs.register(user_task.TASK)
ALL_IDS = sorted((id for id in gymnasium.registry if id.startswith("Sakana/")), key=task_of)
"""What comes with the package, by itself and listed or not, and the task of a user's own."""

ALL_TASKS = sorted({task_of(id) for id in ALL_IDS})

TASKS = ["Assemble", "FillBasket", "Forage", "PredatorPrey"]
"""Those that differ in kind: pictures, memory of cells and rewards of several terms; a user's, with an end of its own;
food; groups that differ in pace and score."""

IDS = [id for id in ALL_IDS if task_of(id) in TASKS]
SMALL = {"agents": 6, "height": 12, "width": 10, "horizon": 20}
"""Settings that make every test fast; the view radius stays at its default, so nothing is compiled twice."""

SMALL_OF = {"cells": SMALL, "discs": {"agents": 6, "discs": 12, "horizon": 20}}
"""The same for every kind of world."""

FORMS_OF = {"cells": ("flat", "bytes"), "discs": ("flat",)}
"""Forms of observations that differ in kind."""

CROWD_OF = {"cells": {"agents": 30}, "discs": {"agents": 12, "discs": 24}}
"""So many that they meet in every tick."""

UNENDING = {"Squared": {"enough": 1e6, "lives": 1e6}}
"""What lets episodes of a task last until their horizon."""


def split(id):
    """Task name and whether the twin is discrete."""
    task, twin, _ = id.removeprefix("Sakana/").split("-")
    return task, registry.TWINS[twin]


def on_all(cases, core, tasks=ALL_TASKS):
    """Pairs of an id and a case: for ids of ``TASKS`` all cases, for others of ``tasks`` those named in ``core``."""
    ids = [id for id in ALL_IDS if task_of(id) in tasks]
    return [(id, case) for id in ids for case in cases if id in IDS or case in core]


def kind_of(task):
    """What kind of world a task has."""
    return registry.get(task).engine.name


def tasks_of(kind, tasks=ALL_TASKS):
    """Those of ``tasks`` that have this kind of world."""
    return [task for task in tasks if kind_of(task) == kind]


def small(id, arguments):
    """Small settings with ``arguments`` in their place; without ``food_density`` in a task that scatters no food."""
    task = split(id)[0]
    chosen = {**SMALL_OF[kind_of(task)], **UNENDING.get(task, {}), **arguments}
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


def actions_of(simulation, random):
    """Uniform actions of all agents, in the twin's own form, whatever a task's agents can do."""
    actions, limits, rows = simulation.actions, simulation.actions.limits(simulation.twin), simulation.rows
    if simulation.twin == Twin.CONTINUOUS:
        return random.uniform(actions.low, actions.high, (rows, len(actions.low))).astype(np.float32)
    discrete = simulation.twin == Twin.DISCRETE
    return random.integers(0, limits[0], rows) if discrete else random.integers(0, limits, (rows, len(limits)))


def vectors_of(simulation, actions):
    """The vectors that such actions stand for, which the continuous twin takes."""
    if simulation.twin == Twin.DISCRETE:
        return simulation.actions.table[actions]
    if simulation.twin == Twin.MULTIDISCRETE:
        columns = zip(simulation.actions.tables, actions.T, strict=True)
        return np.stack([values[choice] for values, choice in columns], axis=1)
    return actions


def through_a_file(state):
    """A state as it comes back from a file, read without pickle."""
    file = io.BytesIO()
    np.savez(file, **state)
    file.seek(0)
    return np.load(file, allow_pickle=False)


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
