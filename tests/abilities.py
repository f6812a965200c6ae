"""Tasks whose rules do what rules can do: of the package and an example, and one that does it all, as no game would."""

import hashlib
import sys
from pathlib import Path

import gymnasium
import numpy as np
from worlds import SMALL as FEW  # first: its list of ids is without the tasks of this module
from worlds import actions_of

import sakana_envs
from sakana_envs.core import cpu
from sakana_envs.rules import (
    EMPTY,
    KINDS,
    Actions,
    Field,
    Number,
    Task,
    agent_at,
    below,
    clear_cell,
    code_at,
    is_alive,
    move_agent,
    place_agent,
    place_wall,
    remove_agent,
    revive_agent,
    scatter_food,
    set_kind,
    spawn_uniform,
    uniform,
)
from sakana_envs.tasks import registry

sys.path.append(str(Path(__file__).parent.parent / "examples"))
import hold

ACTIONS = (
    Actions(
        low=(-1.0, -1.0, -2.0),
        high=(1.0, 1.0, 2.0),
        table=[(0, 0, 0), (1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0.25, -0.75, 1.5), (-1, 1, -2)],
        names=("stay", "down", "up", "right", "left", "drift", "turn"),
        coordinates=("row", "col", "turn"),
        tables=((-1, 0, 0.25, 1), (-1, -0.75, 0, 1), (-2, 0, 1.5)),
    )
    .with_button("use")
    .with_button("jump")
)


def init(world):
    for row in range(world.height):
        for col in range(world.width):
            world.terrain[row + world.radius, col + world.radius] = below(world, 0, row * world.width + col, 4)
            world.scent[row + world.radius, col + world.radius] = below(world, 1, row * world.width + col, 256)
    for agent in range(world.agents):
        world.kind[agent] = agent % KINDS
        world.health[agent] = 1.0
    spawn_uniform(world)
    scatter_food(world)
    if below(world, 2, 0, 2) == 0:
        remove_agent(world, below(world, 2, 1, world.agents))  # some episodes begin with a dead agent


def update(world):
    for agent in range(world.agents):
        world.purse[agent, 0] += world.ate[agent]
        world.purse[agent, 1] = agent_at(
            world, below(world, 3, agent, world.height), below(world, 4, agent, world.width)
        )
        if not is_alive(world, agent):
            if uniform(world, 5, agent) < 0.25:
                revive_agent(world, agent, below(world, 6, agent, world.height), below(world, 7, agent, world.width))
                world.health[agent] = 1.0
            continue
        row, col = int(world.row[agent]), int(world.col[agent])
        if world.action[agent, 3] > 0.5:
            for side in range(-1, 2):
                other = agent_at(world, row + side, col + 1)
                if other >= 0 and other != agent:
                    world.health[other] -= 0.4
                    world.purse[agent, 2] += 1
            if not place_wall(world, row - 1, col):
                clear_cell(world, row - 1, col)
        if world.action[agent, 4] > 0.5:
            world.purse[agent, 3] += move_agent(world, agent, 2, int(world.action[agent, 2]))
        chance = uniform(world, 8, agent)
        if chance < 0.05:
            place_agent(world, agent, below(world, 9, agent, world.height), below(world, 10, agent, world.width))
        elif chance < 0.1:
            set_kind(world, agent, below(world, 11, agent, KINDS))
        elif chance < 0.15:
            remove_agent(world, agent)
            if code_at(world, row, col) == EMPTY and chance < 0.12:
                revive_agent(world, agent, row, col)  # in the tick of its death: it hasn't died
        if world.health[agent] <= 0.0 or chance > 0.98:
            remove_agent(world, agent)
    world.terrain[world.radius, world.radius] = world.tick % 4


def wealth(world, agent):
    return 0.5 * world.ate[agent] + 0.25


def pain(world, agent):
    return -1.0 * world.died[agent] - 0.125 * world.bumped[agent]


def terminated(world, agent):
    return uniform(world, 12, agent) < 0.002


def score(world, agent):
    return world.purse[agent, 0] / world.tick


def features(world, agent, out):
    out[0] = world.health[agent]
    out[1] = 1.5 + 0.25 * world.action[agent, 2]
    out[2] = 3.0 * uniform(world, 13, agent) - 1.5  # outside of its range now and then


def scripted(view, window, wander, draw):
    return int(draw % 9)


EVERYTHING = Task(
    name="Everything",
    init=init,
    update=update,
    reward={"wealth": wealth, "pain": pain},
    terminated=terminated,
    score=score,
    features=features,
    feature_names={"health": (0.0, 1.0), "turned": (1.0, 2.0), "noise": (-1.0, 1.0)},
    scripted=scripted,
    numbers={"nothing_much": Number(0.0, 0.0, 1.0)},
    memory={
        "terrain": Field("cell", np.uint8, "categories"),
        "scent": Field("cell", np.uint8, "amounts"),
        "health": Field("agent", np.float32, "1 and less"),
        "purse": Field("agent", np.int16, "what it has and did", 4),
    },
    layers={"terrain": 4, "scent": 0},
    agent_names=("left", "right"),
    actions=ACTIONS,
    presets={
        "default": {"radius": 2, "sense_offset": 1, "inertia": 0.5, "lifespan": 30.0, "food_density": 0.2, "speed": 0.9}
    },
)

for task in (hold.TASK, EVERYTHING):
    sakana_envs.register(task)
TASKS = {name: registry.get(name) for name in ("Snake", "Battle", "Hold", "Everything")}
MORTAL = ("Snake", "Battle", "Everything")
TWINS = {name: tuple(registry.twins(task)) for name, task in TASKS.items()}
SMALL = {**FEW, "agents": 12, "height": 9, "width": 8, "horizon": 60}
"""A crowd, so that agents meet and die; of the radii of the presets."""
QUICKER = {"Battle": {"damage": 0.5}}
"""Numbers with which agents that act at random die soon."""


def id_of(name, twin="Discrete"):
    return f"Sakana/{name}-{twin}-v0"


def simulation(name, twin="Discrete", worlds=2, mode=cpu.NEXT_STEP, **arguments):
    """The simulation below all faces, on small crowded worlds that have begun."""
    sim = registry.simulation(
        name, registry.twin(name, twin), worlds=worlds, mode=mode, **{**SMALL, **QUICKER.get(name, {}), **arguments}
    )
    sim.seed(5)
    sim.reset()
    return sim


def vector(name, twin="Discrete", worlds=2, **arguments):
    """The vector face on such worlds."""
    return gymnasium.make_vec(id_of(name, twin), worlds=worlds, **{**SMALL, **QUICKER.get(name, {}), **arguments})


def single(name, twin="Discrete", **arguments):
    """The single-learner face on one."""
    return gymnasium.make(id_of(name, twin), **{**SMALL, **QUICKER.get(name, {}), **arguments})


def parallel(name, twin="Discrete", **arguments):
    """The PettingZoo face on one."""
    return sakana_envs.parallel_env(id_of(name, twin), **{**SMALL, **QUICKER.get(name, {}), **arguments})


def nothing(space):
    """What a dead agent sees: zeros, or the bound nearest to zero."""
    return np.clip(np.zeros(space.shape, space.dtype), space.low, space.high)


def course(sim, ticks, seed=0):
    """A hash of everything returned in so many steps, and of the worlds after them."""
    random = np.random.default_rng(seed)
    hashed = hashlib.sha256()
    for _ in range(ticks):
        transition = sim.step(actions_of(sim, random))
        for name in ("observations", "rewards", "terminated", "truncated", "outcome"):
            hashed.update(getattr(transition, name).tobytes())
    hashed.update(sim.blocks.tobytes())
    return hashed.hexdigest()
