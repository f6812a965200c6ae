"""A number that nothing in a task reads is no argument of it: what is accepted has an effect."""

from dataclasses import replace

import disc_tasks
import gymnasium
import numpy as np
import pytest
from numba import njit
from shipped import SHIPPED
from worlds import SMALL, actions_of, inner, random_actions, simulation, tasks_of

import sakana_envs
from sakana_envs import rules
from sakana_envs.grid.world import NUMBERS
from sakana_envs.rules import scatter_food, spawn_uniform
from sakana_envs.tasks import registry
from sakana_envs.tasks.effect import numbers_with_effect, sizes_with_effect

OTHER = {"speed": 0.4, "inertia": 0.7, "lifespan": 3.0, "food_regrowth": 0.0, "food_density": 0.6}
"""Another value than the default for each of the world's own numbers."""


@njit
def sown(world):
    sown_within(world)


@njit
def sown_within(world):
    scatter_food(world)


def init(world):
    spawn_uniform(world)


def init_with_food(world):
    spawn_uniform(world)
    scatter_food(world)


def init_by_another_function(world):
    spawn_uniform(world)
    sown(world)


def init_by_a_module(world):
    spawn_uniform(world)
    rules.scatter_food(world)


def init_by_a_name(world):
    spawn_uniform(world)
    if getattr(world, "food_density") > 2.0:  # noqa: B009
        world.kind[0] = 1


def closure():
    sow = sown

    def init_by_a_closure(world):
        spawn_uniform(world)
        sow(world)

    return init_by_a_closure


def reward(world, agent):
    return world.price * world.ate[agent]


TASK = sakana_envs.Task(
    name="Unregistered", init=init, reward=reward, numbers={"price": sakana_envs.Number(1.0, 0.0, 2.0, "of food")}
)


@pytest.mark.parametrize(
    ("function", "scatters"),
    [
        (init, False),
        (njit(init), False),
        (init_with_food, True),
        (njit(init_with_food), True),
        (init_by_another_function, True),
        (init_by_a_module, True),
        (init_by_a_name, True),
        (closure(), True),
        (njit(closure()), True),
    ],
)
def test_a_number_that_no_rule_reads_has_no_effect(function, scatters):
    found = numbers_with_effect(replace(TASK, init=function))
    assert ("food_density" in found) == scatters
    assert {"speed", "lifespan", "food_regrowth", "price"} <= set(found)


def through(name):
    """A reward that reads a number, or a field, by the name in a closure."""

    def reward(world, agent):
        return getattr(world, name) * world.ate[agent]

    return reward


def test_a_number_that_is_read_by_getattr_has_an_effect():
    assert "price" in numbers_with_effect(replace(TASK, reward=through("price")))
    assert "price" not in numbers_with_effect(replace(TASK, reward=through("speed")))


def test_a_number_of_the_tasks_own():
    terms = {"meals": reward, "nothing": lambda world, agent: 0.0}
    assert "price" in numbers_with_effect(replace(TASK, reward=terms))
    silent = replace(TASK, reward=terms["nothing"])
    assert "price" not in numbers_with_effect(silent)
    with pytest.raises(TypeError, match=r"has no argument 'price' \(of food\): none of its rules reads it"):
        registry.settings(silent, price=1.5)
    assert registry.settings(silent).numbers["price"] == 1.0


@pytest.mark.parametrize("task", sorted({*tasks_of("cells")} - {*sakana_envs.probe_names()}))  # whose agents go nowhere
def test_all_numbers_that_a_task_takes_change_its_course(task, random):
    """Of the world's own numbers; the map brings food to tasks that scatter none."""
    id = f"Sakana/{task}-Discrete-v0"
    walls = "\n".join(["o.o.o.o.o."] * 12)
    actions = [random_actions(True, 6, random) for _ in range(15)]

    def course(**number):
        sim = simulation(id, map=walls, **number)
        sim.seed(1)
        seen = [sim.reset().tobytes()]
        return seen + [sim.step(action).observations.tobytes() for action in actions]

    usual, set_to = course(), registry.settings(registry.get(task)).numbers
    taken = numbers_with_effect(registry.get(task))
    for name, number in NUMBERS.items():
        if name in taken:
            other = OTHER[name] if OTHER[name] != set_to[name] else number.default  # Commons has food_regrowth 0
            assert course(**{name: other}) != usual, name
        else:
            assert name == "food_density"


OTHER_OF_DISCS = {"dt": 0.3, "walls": 0.0, "bounce": 0.2, "stiffness": 7.0, "softness": 0.3, "top_spin": 0.2}
OF_A_WHEEL = {"acceleration": 9.0, "spin_acceleration": 9.0}


@pytest.mark.parametrize("drive", disc_tasks.DRIVES)
def test_all_numbers_that_a_task_among_discs_takes_change_its_course(drive):
    def course(**number):
        random = np.random.default_rng(2)
        sim = disc_tasks.simulation(drive, **number)
        return [sim.step(actions_of(sim, random)).observations.tobytes() for _ in range(30)]

    usual, taken = course(), numbers_with_effect(disc_tasks.TASKS[drive])
    expected = OTHER_OF_DISCS | (OF_A_WHEEL if drive == "UNICYCLE" else {})
    assert {*taken} == {*expected, *disc_tasks.NUMBERS}
    in_vain = {"top_spin"} if drive in ("THRUST", "GLIDE") else set()  # only a sense reads it, and nobody turns
    for name, value in expected.items():
        assert (course(**{name: value}) != usual) == (name not in in_vain), name


def test_a_number_of_another_drive_has_no_effect():
    with pytest.raises(TypeError, match="Spread has no argument 'acceleration'"):
        gymnasium.make("Sakana/Spread-Discrete-v0", acceleration=2.0)
    with pytest.raises(TypeError, match="Spread has no argument 'top_spin'"):
        gymnasium.make("Sakana/Spread-Discrete-v0", top_spin=2.0)


def test_a_size_that_no_sense_asks_for_has_no_effect():
    with pytest.raises(
        TypeError, match=r"Spread has no argument 'rays' .*none of its.*as it has in Navigate, Waterworld;"
    ):
        gymnasium.make("Sakana/Spread-Discrete-v0", rays=5)
    with pytest.raises(TypeError, match=r"Targets has no argument 'neighbours' .*as it has in .*Spread.*; arguments:"):
        gymnasium.make("Sakana/Targets-Discrete-v0", neighbours=5)
    taken = {task: {*sizes_with_effect(registry.get(task))} for task in ("Forage", "Spread", "Targets", "Waterworld")}
    assert taken["Waterworld"] - taken["Targets"] == {"rays"} and taken["Spread"] - taken["Targets"] == {"neighbours"}
    assert {"radius", "sense_offset"} < taken["Forage"]


def test_a_size_that_a_rule_reads_has_an_effect():
    spread = registry.get("Spread")
    assert "rays" in sizes_with_effect(replace(spread, reward=lambda world, agent: 1.0 / world.rays))


@pytest.mark.parametrize("task", SHIPPED)
def test_every_preset_and_own_number_has_an_effect(task):
    record = registry.get(task)
    taken = numbers_with_effect(record)
    assert set(record.numbers) <= set(taken)
    for preset in record.presets:
        registry.settings(record, preset=preset)


@pytest.mark.parametrize("make", [gymnasium.make, gymnasium.make_vec, sakana_envs.parallel_env])
@pytest.mark.parametrize("twin", ["Discrete", "Continuous"])
def test_food_in_a_task_that_scatters_none(make, twin):
    with pytest.raises(
        TypeError, match=r"Group has no argument 'food_density' \(probability that a .* food .*\): none"
    ):
        make(f"Sakana/Group-{twin}-v0", food_density=0.2)
    with pytest.raises(TypeError, match=r"no effect, as it has in .*Forage.*; arguments: agents, .*food_regrowth"):
        make(f"Sakana/Group-{twin}-v0", food_density=0.2)
    env = make(f"Sakana/Forage-{twin}-v0", **{**SMALL, "agents": 1}, food_density=1.0)
    env.reset(seed=1)
    assert inner(env).view("food")[0, 0] == 119


def test_a_preset_that_sets_a_number_without_effect():
    task = replace(TASK, presets={"default": {"food_density": 0.3}})
    with pytest.raises(TypeError, match="Unregistered has no argument 'food_density'"):
        registry.settings(task)
