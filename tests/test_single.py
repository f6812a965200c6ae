"""float32 and literals: plain Python makes of them what the compiler does, to the bit."""

import hashlib
import operator
import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

import sakana_envs
from sakana_envs.core import cpu
from sakana_envs.core.single import Single, as_singles
from sakana_envs.rules.discs import (
    DISCS,
    LANDMARK,
    THRUST,
    Field,
    Task,
    distance,
    distance_to_nearest,
    look_at,
    own,
    sine_cosine,
    spawn_discs,
    square_root,
    tanh,
)
from sakana_envs.tasks import registry

NUMBERS = np.array([1.1, -0.3, 7e5, 1e-20], np.float32)
OTHERS = {
    "a double": 0.1,
    "a whole number": 3,
    "a truth": True,
    "a float32": np.float32(0.7),
    "a float64": np.float64(0.7),
    "an int64": np.int64(7),
    "a byte": np.uint8(9),
}
OPERATIONS = ["add", "sub", "mul", "truediv", "lt", "le", "gt", "ge", "eq", "ne"]


def bits(value):  # of a float32 those of the float64 that it is, which compiled functions return
    return np.float64(value).tobytes()


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("other", OTHERS)
def test_an_operation_with_another_number_is_the_compilers(name, other):
    function = getattr(operator, name)
    forth, back = (numba.njit(lambda a, b: function(a, b) * 1) for _ in range(2))
    for number in NUMBERS:
        single = as_singles(np.array([number]))[0]
        assert type(single) is Single
        assert bits(function(single, OTHERS[other])) == bits(forth(number, OTHERS[other]))
        assert bits(function(OTHERS[other], single)) == bits(back(OTHERS[other], number))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: -x * 0.1,
        lambda x: abs(x) * 0.1,
        lambda x: (x * x) * 0.1,
        lambda x: np.sqrt(abs(x)) * 0.1,
        lambda x: x**2 * 0.1,
        lambda x: (x + np.float32(0.3)) * 3,
        lambda x: np.floor(x) * 0.1,
        lambda x: abs(x) ** 0.5,
        lambda x: 2.5 ** min(x, np.float32(3.0)),
    ],
)
def test_what_is_made_of_them_keeps_their_ways(function):
    compiled = numba.njit(function)
    for number in NUMBERS:
        assert bits(function(Single(number))) == bits(compiled(number))


def test_they_are_float32_to_all_others():
    number = Single(1.5)
    assert isinstance(number, np.float32) and {number: 1}[np.float32(1.5)] == 1 and int(number) == 1
    array = as_singles(np.zeros(3, np.float32))
    array[1] = number
    assert array.dtype == np.float32 and type(array[1:][0]) is Single and array.sum() == np.float32(1.5)
    assert as_singles(OTHERS) is OTHERS and type(as_singles(np.zeros(2, np.uint8))) is np.ndarray


# A task whose rules have literals everywhere.


def init(world):
    for disc in range(world.discs):
        world.radius[disc] = 0.03 + 0.1 * world.radius[disc]
    spawn_discs(world)


@numba.njit
def pull(world, agent):
    return 0.3 * world.x[agent] + world.y[agent] / 7 - 0.1


def update(world):
    for disc in range(world.agents, world.discs):
        dx, dy = world.x[0] - world.x[disc], world.y[0] - world.y[disc]
        away = square_root(dx * dx + dy * dy) + 1e-3
        world.vx[disc] = 0.9 * world.vx[disc] + 0.3 * dx / away
        world.vy[disc] += dy * 0.1 * (away < 0.7)
    for agent in range(world.agents):
        sine, cosine = sine_cosine(0.1 * world.x[agent] + 1.3)
        world.note[agent] += tanh(0.7 * world.vx[agent]) * 0.3 + sine * 0.1 - cosine / 3
        look_at(world, agent, world.hx[agent] * 3 + 0.1)


def reward(world, agent):
    gap = 0.1 * distance(world, agent, agent + 1) - 0.3 * distance_to_nearest(world, agent, LANDMARK)
    return pull(world, agent) - gap + 0.01 * abs(world.vx[agent]) * world.bumped[agent]


def features(world, agent, out):
    out[0] = world.x[agent] * 0.3
    out[1] = out[0] * 0.7 + 0.1 * world.note[agent]


def score(world, agent):
    return world.note[agent] * 0.1 + 0.3 * world.hx[agent] ** 2


def scripted(view, draw):
    return int(abs(view[4] * 0.37 + 0.1 * view[5]) * 4e7) % 9


LITERAL = Task(
    name="Literal",
    engine=DISCS,
    init=init,
    update=update,
    reward=reward,
    features=features,
    score=score,
    scripted=scripted,
    feature_names={"place": (-1.0, 1.0), "note": (-1.0, 1.0)},
    senses=(own("velocity", "position"),),
    actions=THRUST,
    memory={"note": Field("agent", np.float32, "a sum of all sorts")},
    presets={"default": {"agents": 3, "discs": 6, "horizon": 15}},
)


def digest():
    sakana_envs.register(LITERAL, replace=True)
    sim = registry.simulation("Literal", registry.twin("Literal", "Discrete"), worlds=2, mode=cpu.SAME_STEP)
    sim.seed(5)
    observations = sim.reset()
    hashed = hashlib.sha256()
    for _ in range(20):
        actions = sim.scripted_actions(observations)
        told = sim.step(actions)
        observations = told.observations
        for array in (actions, told.observations, told.rewards, sim.blocks):
            hashed.update(array.tobytes())
    return hashed.hexdigest()


def test_rules_with_literals_make_the_same_worlds_in_plain_python():
    done = subprocess.run(
        [sys.executable, "-c", "from test_single import digest\nprint(digest())"],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.split() == [digest()]
