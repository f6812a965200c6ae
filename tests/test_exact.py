"""Rules of discs that call what differs between machines: a warning names the rule, the call and what to use."""

import math
import re
import warnings
from math import hypot

import numba
import numpy as np
import pytest
from shipped import SHIPPED

import sakana_envs
from sakana_envs.rules import Task as TaskOfCells
from sakana_envs.rules import spawn_uniform
from sakana_envs.rules.discs import DISCS, Task, distance, own, sine_cosine, spawn_discs, square_root, tanh
from sakana_envs.tasks import registry
from sakana_envs.tasks.check import RuleWarning, check_rules

WORDS = ("sine_cosine",)
SENSES = (own("position"),)
EXPONENT, WHOLE = 1.5, 3
logarithm = np.log


def init(world):
    spawn_discs(world)


def nothing(world, agent):
    return 0.0


def calls_math(world, agent):
    return math.sin(world.x[agent])


def calls_numpy(world, agent):
    return np.exp(-world.x[agent])


def calls_by_name(world, agent):
    return hypot(world.x[agent], world.y[agent])


def calls_by_another_name(world, agent):
    return logarithm(1.0 + world.x[agent])


def takes_a_root(world, agent):
    return world.x[agent] ** 0.5


def takes_a_power(world, agent):
    return world.x[agent] ** EXPONENT


def takes_a_power_of_a_number(world, agent):
    return abs(world.x[agent]) ** world.reach


def looks_for_an_angle(world, agent):
    return np.arctan2(world.hy[agent], world.hx[agent])


@numba.njit
def bell(value):
    return math.exp(-0.5 * value * value)


def calls_a_helper(world, agent):
    return bell(world.x[agent])


def exact(world, agent):
    sine, cosine = sine_cosine(world.x[agent])
    root = math.sqrt(world.y[agent]) + np.sqrt(world.y[agent]) + square_root(world.y[agent])
    power = world.x[agent] ** 2 + world.x[agent] ** WHOLE + math.floor(world.y[agent]) * math.pi
    return root + sine * cosine + tanh(power) + distance(world, agent, 0)


def task(**rules):
    return Task(**{"name": "Inexact", "engine": DISCS, "init": init, "reward": nothing, "senses": SENSES, **rules})


def said_of(made):
    with warnings.catch_warnings(record=True, action="always") as caught:
        check_rules(made, WORDS)
    return [str(warning.message) for warning in caught if warning.category is RuleWarning]


@pytest.mark.parametrize(
    ("rule", "call", "instead"),
    [
        (calls_math, "math.sin", "sine_cosine(angle)"),
        (calls_numpy, "np.exp", "what sums, products, quotients, square_root(value) and tanh(value) can make"),
        (calls_by_name, "hypot", "square_root(x * x + y * y)"),
        (calls_by_another_name, "logarithm", "what sums, products, quotients, square_root(value) and tanh(value) can"),
        (takes_a_root, "**", "products, and square_root(value) for a power of 0.5"),
        (takes_a_power, "**", "products, and square_root(value) for a power of 0.5"),
        (takes_a_power_of_a_number, "**", "products, and square_root(value) for a power of 0.5"),
        (looks_for_an_angle, "np.arctan2", "the vector itself, without its angle"),
        (calls_a_helper, "math.exp in bell", "what sums, products, quotients, square_root(value) and tanh(value) can"),
    ],
)
def test_a_warning_names_rule_call_and_what_to_use(rule, call, instead):
    (message,) = said_of(task(reward={"joy": rule}))
    assert message.startswith(f"task Inexact: reward['joy'] calls {call}, whose last bits differ between machines")
    assert f"use {instead}" in message
    line = re.search(rf"\n  {re.escape(__file__)}:(\d+): (.*)", message)
    assert call.split(" ")[0] in line[2]


def test_it_comes_from_the_line_that_registers():
    with pytest.warns(RuleWarning, match="reward calls math.sin") as caught:
        sakana_envs.register(task(name="Sinuous", reward=calls_math), replace=True)
    assert caught[0].filename == __file__


def test_each_call_is_told_once_and_again_when_it_is_registered_again():
    made = task(reward=calls_a_helper, score=calls_a_helper, terminated=nothing_ends)
    assert len(said_of(made)) == len(said_of(made)) == 1


def nothing_ends(world, agent):
    return bell(world.x[agent]) < 0.0


def test_what_is_exact_is_not_told():
    assert said_of(task(reward=exact)) == []


def init_of_cells(world):
    spawn_uniform(world)


def warm(world, agent):
    return math.exp(-world.row[agent])


def test_worlds_of_cells_promise_no_such_thing():
    with warnings.catch_warnings(action="error"):
        sakana_envs.register(TaskOfCells(name="Warm", init=init_of_cells, reward=warm), replace=True)


@pytest.mark.parametrize("name", [name for name in SHIPPED if registry.get(name).engine is DISCS])
def test_shipped_tasks_are_exact(name):
    assert said_of(registry.get(name)) == []
