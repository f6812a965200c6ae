"""What holds of every world of bodies: how they fall, meet, hang together, are driven; and what nothing can break."""

import os
from types import SimpleNamespace

import numpy as np
import pytest
from body_tasks import SIZES, simulation, still
from hypothesis import given, settings
from hypothesis import strategies as st

import sakana_envs
from sakana_envs.bodies.level import Level
from sakana_envs.bodies.level_words import GROUPS
from sakana_envs.bodies.linking import _point_of
from sakana_envs.bodies.views import row
from sakana_envs.bodies.world import WALLS, WELD, dimensions
from sakana_envs.core import cpu
from sakana_envs.render.scene import scene
from sakana_envs.rules.bodies import BODIES, GREEN, Number, Task, ball, box, role, thruster, touching, weld

NAMES = [name for group in GROUPS for name in group]
G, DT = 9.81, 1 / 60


def bare():
    """The fields of a level with walls and nothing else, with the yard's room."""
    sim = simulation(worlds=1)
    fields = {name: sim.view(name)[0].copy() for name in NAMES}
    fields["active"][WALLS:] = 0
    for name in ("joint", "thruster"):
        fields[name][:] = 0
    return fields


def put(fields, body, **values):
    """Let a body be there; circles come behind the polygons."""
    of_shape = {"corner_x": [-0.2, 0.2, 0.2, -0.2], "corner_y": [0.2, 0.2, -0.2, -0.2], "corners": 4}
    usual = {"active": 1, "mode": 1, "role": 0, "inverse_mass": 5.0, "inverse_inertia": 100.0, "friction": 1.0}
    usual |= dict.fromkeys(("x", "y", "angle", "vx", "vy", "spin", "restitution"), 0.0) | {
        "density": 1.0,
        "radius": 0.2,
    }
    for name, value in {**usual, **(of_shape if body < SIZES["polygons"] else {}), **values}.items():
        fields[name][body] = value


def play(fields, **settings):
    """A world that begins as the fields say."""
    sizes = {name: SIZES[name] for name in ("polygons", "circles", "joints", "thrusters")}
    return simulation(worlds=1, map=Level(sizes, fields), **settings)


CIRCLE = SIZES["polygons"]


def test_a_falling_body_goes_as_the_scheme_says():
    fields = bare()
    put(fields, CIRCLE, x=2.0, y=4.5, vx=0.5)
    sim = play(fields, frames=1)
    for step in range(1, 41):
        sim.step(still(sim))
        assert sim.view("y")[0, CIRCLE] == pytest.approx(4.5 - G * DT**2 * step * (step + 1) / 2, abs=1e-5)
        assert sim.view("x")[0, CIRCLE] == pytest.approx(2.0 + 0.5 * DT * step, abs=1e-5)


@pytest.mark.parametrize("gravity", [0.0, 2.0])
def test_gravity_is_what_the_number_says(gravity):
    fields = bare()
    put(fields, CIRCLE, x=2.0, y=2.5)
    sim = play(fields, frames=1, gravity=gravity)
    sim.step(still(sim))
    assert sim.view("vy")[0, CIRCLE] == pytest.approx(-gravity * G * DT, rel=1e-6)


@pytest.mark.parametrize("body", [WALLS, CIRCLE])
def test_bodies_come_to_rest_on_the_floor(body):
    fields = bare()
    put(fields, body, x=2.0, y=0.7)
    sim = play(fields, horizon=200)
    for _ in range(200):
        sim.step(still(sim))
    assert sim.view("y")[0, body] == pytest.approx(0.6, abs=0.012)  # they may overlap by a hundredth
    assert abs(sim.view("vy")[0, body]) < 1e-3
    assert sim.view("y")[0, body] < 0.6


def test_a_stack_of_boxes_stands():
    fields = bare()
    for number in range(4):
        put(fields, WALLS + number, x=2.0, y=0.6 + 0.4 * number)
    sim = play(fields, horizon=150)
    for _ in range(150):
        sim.step(still(sim))
    stack = slice(WALLS, WALLS + 4)
    assert abs(sim.view("x")[0, stack] - 2.0).max() < 0.01
    assert abs(sim.view("y")[0, stack] - [0.6, 1.0, 1.4, 1.8]).max() < 0.05


def test_what_is_elastic_bounces_as_high_as_it_should():
    fields = bare()
    put(fields, CIRCLE, x=2.0, y=2.6, restitution=0.8)
    fields["restitution"][0] = 0.8
    sim = play(fields, frames=1, horizon=200)
    heights = []
    for _ in range(75):  # it falls for 38 steps
        sim.step(still(sim))
        heights.append(float(sim.view("y")[0, CIRCLE]) - 0.6)
    bottom = int(np.argmin(heights))
    assert max(heights[bottom:]) == pytest.approx(0.8**2 * 2.0, rel=0.12)  # the push out of the floor adds a little


def test_friction_stops_what_slides_and_turns_what_rolls():
    fields = bare()
    put(fields, WALLS, x=1.0, y=0.59, vx=2.0)
    put(fields, CIRCLE, x=3.0, y=0.59, vx=1.0)
    sim = play(fields, horizon=200)
    for _ in range(60):
        sim.step(still(sim))
    # The friction of two bodies of 1 is the root of two times 0.4 squared.
    assert sim.view("x")[0, WALLS] == pytest.approx(1.0 + 2.0**2 / (2.0 * 0.4 * 2**0.5 * G), rel=0.05)
    assert sim.view("vx")[0, WALLS] == pytest.approx(0.0, abs=1e-3)
    away = 0.19  # from the middle to where it touches, a hundredth deep
    assert sim.view("spin")[0, CIRCLE] == pytest.approx(-sim.view("vx")[0, CIRCLE] / away, rel=0.02)
    assert sim.view("vx")[0, CIRCLE] == pytest.approx(1.0 / (1.0 + 0.01 / (0.2 * away**2)), rel=0.02)


@pytest.mark.parametrize(("modes", "meet"), [((1, 1), True), ((0, 1), False), ((0, 2), True), ((0, 0), False)])
def test_modes_say_who_meets_whom(modes, meet):
    fields = bare()
    put(fields, CIRCLE, x=2.0, y=0.6, mode=modes[0])
    put(fields, WALLS, x=2.1, y=0.8, mode=modes[1])
    sim = play(fields, frames=1)
    sim.step(still(sim))
    place = _point_of.py_func(SimpleNamespace(polygons=SIZES["polygons"], circles=SIZES["circles"]), CIRCLE, WALLS)
    assert bool(sim.view("touch")[0, place]) == meet


def test_a_weld_holds_its_angle_and_a_pin_its_place():
    sim = simulation(worlds=4, horizon=60)
    for _ in range(50):
        sim.step(still(sim))
    there = sim.view("joint") != 0
    first, second = sim.view("first"), sim.view("second")

    def at(body, x, y):
        sine, cosine = (np.take_along_axis(sim.view(name), body.astype(int), 1) for name in ("sine", "cosine"))
        middle = [np.take_along_axis(sim.view(name), body.astype(int), 1) for name in ("x", "y")]
        return middle[0] + cosine * x - sine * y, middle[1] + sine * x + cosine * y

    ax, ay = at(first, sim.view("first_x"), sim.view("first_y"))
    bx, by = at(second, sim.view("second_x"), sim.view("second_y"))
    assert np.hypot(ax - bx, ay - by)[there].max() < 0.02
    angle = np.take_along_axis(sim.view("angle"), second.astype(int), 1)
    angle = angle - np.take_along_axis(sim.view("angle"), first.astype(int), 1) - sim.view("rest_angle")
    assert abs(angle[sim.view("joint") == WELD]).max() < 0.02
    limited = sim.view("limited") != 0
    assert (angle <= sim.view("most_angle") + 0.1)[limited].all()
    assert (angle >= sim.view("least_angle") - 0.1)[limited].all()


def test_motors_and_thrusters_do_what_is_asked():
    """Each slot alone changes something, and a thruster's negative is nothing."""
    rest = simulation(worlds=1)
    expected = [rest.step(still(rest)) for _ in range(4)][-1].observations
    for slot in range(6):
        for asked in (1.0, -1.0):
            sim, actions = simulation(worlds=1), np.zeros((1, 6), np.float32)
            actions[0, slot] = asked
            seen = [sim.step(actions) for _ in range(4)][-1].observations
            idle = slot == 3 or (slot > 3 and asked < 0)  # no motor of the yard listens to slot 3
            assert (seen.tobytes() == expected.tobytes()) == idle, (slot, asked)


def test_points_of_pairs_are_counted_in_order():
    for polygons in (4, 5, 8):
        for circles in (0, 1, 3):
            world = SimpleNamespace(polygons=polygons, circles=circles)
            of_polygons = [(a, b) for a in range(polygons) for b in range(max(a + 1, WALLS), polygons)]
            mixed = [(b, a) for a in range(polygons, polygons + circles) for b in range(polygons)]
            behind = range(polygons, polygons + circles)
            of_circles = [(a, b) for a in behind for b in behind if a < b]
            found = [_point_of.py_func(world, *pair) for pair in (*of_polygons, *mixed, *of_circles)]
            first = 2 * len(of_polygons)
            count = dimensions({"polygons": polygons, "circles": circles, "joints": 0, "thrusters": 0})["point"][0].more
            assert found == [*range(0, first, 2), *range(first, count)]
            assert _point_of.py_func(world, 1, 2) == -1


@given(data=st.data())
@settings(max_examples=int(os.environ.get("SAKANA_EXAMPLES", 25)), deadline=None)
def test_nothing_breaks_a_world(data):
    """Whatever the level: bodies in each other, light beside heavy, fast, joined to what is far away."""
    random = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    wild = data.draw(st.sampled_from([1.0, 1e3, 1e6]))
    fields = bare()
    for body in range(WALLS, SIZES["polygons"] + SIZES["circles"]):
        heavy = wild ** random.uniform(-1, 1)
        values = {"x": random.uniform(-1, 6), "y": random.uniform(-1, 6), "angle": random.uniform(-9, 9)}
        values |= {"vx": random.uniform(-100, 100), "vy": random.uniform(-100, 100), "spin": random.uniform(-50, 50)}
        values |= {"inverse_mass": heavy, "inverse_inertia": min(10 * heavy, 1e6), "restitution": random.uniform(0, 2)}
        values |= {"friction": random.uniform(0, 100), "mode": random.integers(3), "role": random.integers(4)}
        put(fields, body, **{**values, "active": random.random() < 0.8, "radius": random.uniform(0.001, 2.0)})
    there = np.flatnonzero(fields["active"])
    for joint in range(SIZES["joints"]):
        fields["joint"][joint] = random.integers(3)
        fields["first"][joint], fields["second"][joint] = random.choice(there, 2, replace=False)
        for name in ("first_x", "first_y", "second_x", "second_y"):
            fields[name][joint] = random.uniform(-2, 2)
        fields["motor"][joint], fields["motor_slot"][joint] = random.integers(2), random.integers(4)
        fields["motor_speed"][joint], fields["motor_power"][joint] = random.uniform(-1e4, 1e4, 2)
        fields["limited"][joint] = random.integers(2)
    for number in range(SIZES["thrusters"]):
        fields["thruster"][number], fields["thrusts"][number] = 1, random.choice(there)
        fields["thruster_power"][number] = random.uniform(-1e4, 1e4)
    sim = play(fields, mode=cpu.SAME_STEP)
    for _ in range(30):
        transition = sim.step(random.uniform(-1, 1, (1, 6)).astype(np.float32))
        assert np.isfinite(transition.observations).all() and abs(transition.observations).max() <= 10.0
        sim.set_state(sim.get_state())  # which looks at everything that is kept


def test_what_a_row_has_is_told():
    constants = {"polygons": 12, "circles": 4, "joints": 6, "thrusters": 2}
    of_sizes = {(5, 2, 1, 1): 140, (6, 3, 2, 2): 247, (12, 4, 6, 2): 679}
    for sizes, length in of_sizes.items():  # those of Kinetix
        own = dict(zip(constants, sizes, strict=True))
        assert row(FEW.sensed, own).shape == (length,)


def few(world):
    """A green ball above a box; with ``wrong``, something else that can't be."""
    wrong = world.wrong
    first = ball(world, 2.0, 2.0, 0.0 if wrong == 1.0 else 0.2)
    role(world, first, 9 if wrong == 2.0 else GREEN)
    body = box(world, 2.0, 1.0, 0.4, 0.4)
    if wrong == 3.0:
        box(world, 3.0, 1.0, 0.4, 0.4)
        box(world, 4.0, 1.0, 0.4, 0.4)
    elif wrong == 4.0:
        world.corner_x[body, 1] = -0.5
    elif wrong == 5.0:
        weld(world, body, 5, 2.0, 1.0)
    elif wrong == 6.0:
        world.x[first] = 20.0
    elif wrong == 7.0:
        thruster(world, body, 2.0, 1.0, 0.0, 2)
    elif wrong == 8.0:
        weld(world, body, 200, 2.0, 1.0)


def is_on(world, agent):
    return 1.0 * touching(world, 6, 4) + 2.0 * touching(world, 0, 4)


FEW = Task(
    name="BodyFew",
    engine=BODIES,
    init=few,
    reward=is_on,
    numbers={"wrong": Number(0.0, 0.0, 9.0, "what init does wrong")},
    presets={"default": {"circles": 1, "joints": 1, "thrusters": 1}},
)
sakana_envs.register(FEW)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (1, "init made body 6 of world 0 what none can be"),
        (2, "init made body 6 of world 0 what none can be"),
        (3, "init built more than 2 of a sort in world 0"),
        (4, "init gave polygon 4 of world 0 corners that can't be"),
        (5, "init made joint 0 of world 0 what none can be"),
        (6, "init put body 6 of world 0 where nothing can be"),
        (7, "init made thruster 0 of world 0 what none can be"),
        (8, "init made joint 0 of world 0 what none can be"),
    ],
)
def test_what_rules_do_wrong_is_said(wrong, says):
    env = sakana_envs.parallel_env("Sakana/BodyFew-Discrete-v0", wrong=wrong)
    with pytest.raises(ValueError, match=says):
        env.reset(seed=0)


def test_rules_can_ask_who_touches_whom():
    env = sakana_envs.parallel_env("Sakana/BodyFew-Discrete-v0")
    env.reset(seed=0)
    rewards = [next(iter(env.step({"agent_0": 8})[1].values())) for _ in range(60)]
    assert rewards[0] == 0.0 and rewards[-1] == 3.0 and 2.0 in rewards


@pytest.mark.parametrize("asked", [lambda: sakana_envs.check("BodyYard"), lambda: simulation_picture()])
def test_what_there_isnt_yet_is_refused_in_words(asked):
    with pytest.raises(ValueError, match=r"those of worlds of bodies have none|no pictures of worlds of bodies yet"):
        asked()


def simulation_picture():
    return scene(simulation(worlds=1))


def test_the_command_line_knows_worlds_without_height_and_width(monkeypatch, capsys):
    """What lists tasks and compiles them ahead asks no world for sizes that it hasn't."""
    from sakana_envs.tools import tables
    from sakana_envs.tools.warmup import warmup

    monkeypatch.setattr(tables.Console, "is_terminal", True)
    tables.print_tasks()
    assert "BodyYard" in capsys.readouterr().out
    warmup(["BodyYard"])
    assert "BodyYard-Continuous" in capsys.readouterr().out
