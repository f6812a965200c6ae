"""Wrong tasks and wrong maps: errors that a newcomer understands, and that come before anything runs."""

import inspect
import random as python_random
import re
from pathlib import Path

import gymnasium
import numba
import numpy as np
import pytest
from shipped import SHIPPED

import sakana_envs
from sakana_envs import rules as vocabulary
from sakana_envs.rules import (
    FOOD,
    Field,
    Number,
    Task,
    discs,
    move_agent,
    place_agent,
    place_agent_near,
    place_wall,
    remove_agent,
    show_agents,
    spawn_uniform,
)
from sakana_envs.tasks import registry
from sakana_envs.tasks.check import check_rules
from sakana_envs.tools.record import record
from sakana_envs.tools.record.replay import Recording
from sakana_envs.tools.record.rollout import Rollout
from sakana_envs.wrappers.seats import Seats

DISCS = {"engine": discs.DISCS, "senses": (discs.own("velocity"),)}

# Rules, wrong in one way each.


def init(world):
    spawn_uniform(world)


def reward(world, agent):
    return 1.0


def too_few(world):
    return 1.0


def misspelt_name(world, agent):
    value = 1.0
    return value * count_in_vew(world, agent, FOOD)  # noqa: F821


def misspelt_attribute(world, agent):
    return 0.5 * world.atee[agent]


def plain_function():
    return 2.0


def calls_plain_function(world, agent):
    return plain_function()


thing = object()


def uses_object(world, agent):
    return thing.value


def returns_nothing(world, agent):
    world.ate[agent]


def returns_text(world, agent):
    return "food"


def returns_sometimes(world, agent):  # noqa: RET503
    if world.ate[agent] > 0:
        return 1.0


def draws_from_numpy(world, agent):
    return np.random.random()  # noqa: NPY002


def draws_from_python(world, agent):
    return python_random.random()


def assigns_number(world, agent):
    world.speed = 0.5
    return 1.0


def assigns_attribute(world, agent):
    world.total = 1.0
    return 1.0


def wrong_call(world):
    spawn_uniform(world, 3)


NUMBA = tuple(int(part) for part in numba.__version__.split(".")[:2])
WRONG_CALL = (
    "it calls a function that takes (world) with (world, 3)"
    if NUMBA > (0, 60)
    else "can't be compiled: too many positional arguments"
)


def wrong_type(world):
    place_agent(world, 0, "north", 3)


def two_indices(world, agent):
    return world.ate[agent, 0]


def half_a_cell(world):
    for agent in range(world.agents):
        place_agent(world, agent, world.row[agent] + 1, 3)


def half_an_agent(world, agent):
    return world.ate[agent / 2]


def one_half(view, window, wander, draw):
    return 0.5


def number(world, agent):
    return 3


def register(**parts):
    return sakana_envs.register(Task(**{"name": "Wrong", "init": init, "reward": reward, **parts}))


@pytest.mark.parametrize(
    ("part", "function", "says"),
    [
        ("reward", misspelt_name, "the name 'count_in_vew' is not defined - did you mean 'count_in_view'?"),
        ("reward", misspelt_attribute, "world has no 'atee' - did you mean 'ate'?; it has agent_bumps, agents, "),
        ("reward", calls_plain_function, "it calls 'plain_function', a plain Python function; put @numba.njit on it"),
        ("reward", uses_object, "it uses 'thing', a object, which compiled code can't; use numbers, NumPy arrays and"),
        ("reward", returns_nothing, "must return a number; it returns nothing; end it with return"),
        ("reward", returns_text, "must return a number; it returns text"),
        ("reward", returns_sometimes, "must return a number; it returns float64 on one way, nothing on another"),
        ("reward", draws_from_numpy, "draws from numpy.random, which no seed of a world reaches; use uniform(world, "),
        ("reward", draws_from_python, "draws from random, which no seed of a world reaches; use uniform(world, "),
        ("reward", assigns_number, "it assigns to world.speed; rules write into arrays, as in world.kind[agent] = 1"),
        (
            "reward",
            assigns_attribute,
            "and what a task wants to keep is declared as memory: memory={'total': Field(",
        ),
        ("reward", two_indices, "there is no operation getitem(an array of uint8 with 1 axis, Tuple(int64, 0))"),
        ("reward", half_an_agent, "a place in an array is a whole number; int() makes one, as in int("),
        ("update", half_a_cell, "a place in an array is a whole number; int() makes one"),
        ("init", wrong_call, WRONG_CALL),
        ("init", wrong_type, "there is no operation lt(the text 'north', 0)"),
        ("update", wrong_call, WRONG_CALL),
        ("score", returns_text, "must return a number; it returns text"),
        ("terminated", number, "must return True or False; it returns int64"),
        ("scripted", one_half, "must return a whole number; it returns float64"),
    ],
)
def test_a_rule_that_cannot_be(part, function, says):
    with pytest.raises(TypeError) as caught:
        register(**{part: function})
    message = str(caught.value)
    assert message.startswith(f"task Wrong: {part}(")
    assert says in message
    # The last line shows where: this file, and a line of the function.
    file, line, source = re.fullmatch(r"  (\S+):(\d+): (.*)", message.splitlines()[-1]).groups()
    assert file == __file__
    length = max(place for _, _, place in function.__code__.co_lines() if place) - function.__code__.co_firstlineno
    assert 0 <= int(line) - function.__code__.co_firstlineno <= length
    assert source and source in Path(__file__).read_text()
    assert len(message.splitlines()) == 2, "short enough to read"
    assert not re.search(r"World_|Literal|unicode_type|\x1b", message), "no names of the compiler's"
    assert "Wrong" not in sakana_envs.task_names()
    assert "Sakana/Wrong-Discrete-v0" not in gymnasium.registry


@pytest.mark.parametrize(
    ("function", "line"),
    [
        (misspelt_name, "return value * count_in_vew(world, agent, FOOD)"),
        (misspelt_attribute, "return 0.5 * world.atee[agent]"),
        (assigns_number, "world.speed = 0.5"),
        (assigns_attribute, "world.total = 1.0"),
        (calls_plain_function, "return plain_function()"),
    ],
)
def test_the_very_line(function, line):
    with pytest.raises(TypeError, match=re.escape(line)):
        register(reward=function)


@numba.njit
def slay(world, agent):
    remove_agent(world, agent)


def slays(world, agent):
    slay(world, agent)
    return 1.0


def walks(world, agent):
    return 1.0 * move_agent(world, agent, 0, 1)


def feeds(world, agent):
    return vocabulary.place_food(world, 0, agent)


def walls_in(world, agent, out):
    put(world, 0, agent)


def draws_itself(world, agent, out):
    show_agents(world, world.shown, world.pace)


def leads(view, window, wander, draw):
    return place_agent_near(view, 0, 1, 1)


put = place_wall


@pytest.mark.parametrize(
    ("part", "function", "word"),
    [
        ("reward", slays, "remove_agent"),
        ("score", walks, "move_agent"),
        ("terminated", feeds, "place_food"),
        ("features", walls_in, "place_wall"),
        ("features", draws_itself, "show_agents"),
        ("scripted", leads, "place_agent_near"),
    ],
)
def test_only_init_and_update_change_the_world(part, function, word):
    more = {"feature_names": ("one",)} if part == "features" else {}
    with pytest.raises(TypeError) as caught:
        register(**{part: function}, **more)
    message = str(caught.value)
    assert re.match(
        rf"task Wrong: {part}\(.*\) calls {word}, which changes the world; only init and update may", message
    )
    assert re.search(rf"{re.escape(__file__)}:\d+: (.*{word}\(|def {function.__name__}\()", message)
    assert "Wrong" not in sakana_envs.task_names()


def test_an_error_names_the_term_that_changes_the_world():
    with pytest.raises(TypeError, match=r"task Wrong: reward\['joy'\]\(world, agent\) calls move_agent, which changes"):
        register(reward={"fine": reward, "joy": walks})


def test_memory_may_be_called_like_a_function_that_changes_the_world():
    def was_slain(world, agent):
        return 1.0 * world.slay[agent]

    memory = {"slay": Field("agent", np.uint8, "whether it is to die")}
    check_rules(Task(name="Slain", init=init, reward=was_slain, update=slay_all, memory=memory))


def slay_all(world):
    for agent in range(world.agents):
        slay(world, agent)


def reads_memory_called_random(world, agent):
    return np.sqrt(world.random[agent])


def test_memory_may_be_called_random():
    task = Task(
        name="Random", init=init, reward=reads_memory_called_random, memory={"random": Field("agent", np.float64)}
    )
    check_rules(task)


def test_an_error_names_the_term_of_a_reward():
    with pytest.raises(TypeError, match=r"task Wrong: reward\['joy'\]\(world, agent\) can't be compiled: world has"):
        register(reward={"fine": reward, "joy": misspelt_attribute})
    with pytest.raises(TypeError, match=r"task Wrong: reward\['joy'\] must take 2 arguments"):
        register(reward={"fine": reward, "joy": too_few})


@pytest.mark.parametrize(
    ("parts", "error", "says"),
    [
        (
            {"reward": too_few},
            TypeError,
            "task Wrong: reward must take 2 arguments, reward(world, agent); too_few takes 1: (world)",
        ),
        ({"score": 1.0}, TypeError, "task Wrong: score must be a function score(world, agent), got 1.0"),
        ({"reward": {}}, ValueError, "task Wrong: reward must be a function, or have at least one term"),
        ({"name": "Forage"}, ValueError, "'Forage' comes with the package and can't be replaced; choose another"),
        ({"name": "my task"}, ValueError, "a task's name must be CamelCase letters and digits, got 'my task'"),
        (
            {"numbers": {"speed": Number(1, 0, 1)}},
            ValueError,
            "task Wrong: number 'speed' has a name that the world already uses; choose another",
        ),
        (
            {"memory": {"food": Field("agent", np.int32)}},
            ValueError,
            "task Wrong: memory 'food' has a name that the world already uses",
        ),
        (
            {"memory": {"spawn_cells": Field("agent", np.int32)}},
            ValueError,
            "memory 'spawn_cells' has a name that the world already uses",
        ),
        (
            {"numbers": {"preset": Number(1, 0, 1)}},
            ValueError,
            "number 'preset' has a name that the world already uses",
        ),
        (
            {"numbers": {"x": Number(1, 0, 1)}, "memory": {"x": Field("agent", np.int32)}},
            ValueError,
            "number 'x' has a name that the world already uses",
        ),
        ({"numbers": {"my number": Number(1, 0, 1)}}, ValueError, "number 'my number' must be a name of letters"),
        ({"numbers": {"x": 1.0}}, ValueError, "number 'x' must be Number(default, low, high, meaning)"),
        ({"numbers": {"x": Number(5, 0, 1)}}, ValueError, "with low <= default <= high, got Number(default=5"),
        ({"memory": {"x": Field("agents", np.int32)}}, ValueError, "with per 'world', 'agent' or 'cell'"),
        ({"memory": {"x": np.zeros(3)}}, ValueError, "memory 'x' must be Field(per, dtype, meaning)"),
        ({"memory": {"x": Field("agent", object)}}, ValueError, "memory 'x' must be numbers, such as np.float32"),
        ({"layers": ("x",)}, ValueError, "layer 'x' must be the name of a picture, or of memory declared as"),
        (
            {"layers": ("x",), "memory": {"x": Field("cell", np.int32)}},
            ValueError,
            "declared as Field('cell', np.uint8)",
        ),
        ({"feature_names": ("hunger",)}, ValueError, "features and feature_names belong together"),
        (
            {"feature_names": {"hunger": (0, 1e300)}},
            ValueError,
            "feature 'hunger' must map to (low, high) with low < high",
        ),
        ({"feature_names": {"hunger": (-3e38, 3e38)}}, ValueError, "finite as float32, as is their difference"),
        ({"feature_names": {"hunger": (1.0, 1.0 + 1e-12)}}, ValueError, "feature 'hunger' must map to (low, high)"),
        ({"feature_names": {"hunger": ("0", "1")}}, ValueError, "feature 'hunger' must map to (low, high)"),
        ({"presets": {"small": {}}}, ValueError, "task Wrong: presets must have a 'default', got ['small']"),
        (
            {"presets": {"default": {"agentz": 3}}},
            ValueError,
            "preset 'default' sets 'agentz', which is neither a size nor a number - did you mean 'agents'?; there are",
        ),
        ({"presets": {"default": {"speed": 3}}}, ValueError, "preset 'default' sets speed=3; it must be one number"),
        ({"presets": {"default": {"speed": ("uniform", 0, 1)}}}, ValueError, "it must be one number from 0 to 1"),
        ({"presets": {"default": {"agents": "3"}}}, ValueError, "preset 'default' sets agents='3'; it must be one num"),
        ({"presets": {"default": None}}, ValueError, "preset 'default' must be a dictionary of values, got None"),
        ({"engine": "discs"}, TypeError, "engine must be a kind of world, as DISCS of sakana_envs.rules.discs, or"),
        ({**DISCS, "senses": discs.own("velocity")}, ValueError, "one alone has a comma: senses=(own('velocity'),);"),
        ({**DISCS, "senses": ("velocity",)}, ValueError, "rays(...), and one alone has a comma"),
        ({**DISCS, "senses": "velocity"}, ValueError, "senses must be a tuple, as (own('velocity'),), got 'velocity'"),
        ({**DISCS, "pictures": {"ground": np.zeros}}, ValueError, "pictures are for worlds of cells, not of discs"),
        (
            {**DISCS, "kinds": ("player", "ball")},
            ValueError,
            "kinds must be different names by kind, 0 to 7, as {0: ",
        ),
        ({**DISCS, "kinds": {0: "player", 8: "ball"}}, ValueError, "kinds must be different names by kind, 0 to 7"),
        ({**DISCS, "kinds": {0: "player", 1: "player"}}, ValueError, "kinds must be different names by kind, 0 to 7"),
        ({"kinds": {1: "ball"}}, ValueError, "kinds name discs, not what is in worlds of cells"),
        ({**DISCS, "layers": ("ground",)}, ValueError, "layers are for worlds of cells, not of discs"),
    ],
)
def test_a_record_that_cannot_be(parts, error, says):
    with pytest.raises(error, match=re.escape(says)):
        register(**parts)
    assert "Wrong" not in sakana_envs.task_names()


def keywords(function):
    parameters = inspect.signature(function).parameters.values()
    return {each.name for each in parameters if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)} - {"self"}


@pytest.mark.parametrize(
    "function",
    [
        gymnasium.make,
        gymnasium.make_vec,
        sakana_envs.parallel_env,
        sakana_envs.SB3VecEnv,
        Recording,
        Rollout,
        Seats,
        record,
        registry.settings,
        registry.simulation,
    ],
)
def test_no_number_is_called_as_an_argument_of_what_takes_it(function):
    """It would be handed to that one, and never reach the world. Memory, which nobody hands over, may be."""
    for name in keywords(function):
        with pytest.raises(ValueError, match=f"number '{name}' has a name that the world already uses"):
            Task(name="Wrong", init=init, reward=reward, numbers={name: Number(1, 0, 1)})
    Task(name="Fine", init=init, reward=reward, memory={"mode": Field("agent", np.int32, "")})


def test_terms_may_be_called_like_events():
    """Their sums are ``reward_food`` and so on."""
    record = Task(name="Right", init=init, reward={"food": reward, "ate": reward})
    assert {"reward_food", "reward_ate"} <= set(record.fields)


# Wrong indices.


def reads_too_far(world, agent):
    if world.tick == 3:
        return float(world.ate[agent + world.agents])
    return 1.0


def writes_too_far(world):
    if world.tick == 3:
        world.tally[world.agents] = 7


def beyond_the_features(world, agent, out):
    out[0] = 1
    if world.tick == 3:
        out[1] = 1


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("ReadsTooFar", {"reward": reads_too_far}),
        ("WritesTooFar", {"update": writes_too_far, "memory": {"tally": Field("agent", np.int32)}}),
        ("ManyFeatures", {"features": beyond_the_features, "feature_names": ("one",)}),
    ],
)
def test_debug_turns_a_wrong_index_into_an_error(name, parts):
    id = register(name=name, **parts)[0]
    try:
        env = gymnasium.make_vec(id, num_envs=8, agents=8, height=10, width=10, debug=True)
        env.reset(seed=0)
        actions = np.zeros(8, dtype=np.int64)
        env.step(actions)
        env.step(actions)
        blocks = env.unwrapped.seats.simulation.blocks
        before = blocks.copy()
        with pytest.raises(IndexError, match=rf"task {name}: \w+ reads or writes outside of an array"):
            env.step(actions)
        assert (blocks == before).all()
    finally:
        del registry._added[name]
        for twin in registry.TWINS:
            del gymnasium.registry[f"Sakana/{name}-{twin}-v0"]


@pytest.mark.parametrize("task", SHIPPED)
def test_tasks_pass_under_debug_and_do_the_same(task):
    """No shipped rule has a wrong index, and checking changes nothing; one twin, since both have the same rules."""
    histories = []
    for debug in (False, True):
        sizes = {
            "cells": {"agents": 12, "height": 11, "width": 13, "obs": "bytes"},
            "discs": {"agents": 12, "discs": 20, "height": 4, "width": 5},
        }[registry.get(task).engine.name]
        env = gymnasium.make_vec(f"Sakana/{task}-Discrete-v0", num_envs=24, debug=debug, horizon=15, **sizes)
        history = [env.reset(seed=3)[0]]
        for _ in range(20):
            history += env.step(env.policy_actions("scripted"))[:2]
        histories.append(np.concatenate([part.ravel().astype(np.float64) for part in history]))
    assert (histories[0] == histories[1]).all()


# Maps.


def make(task="Forage", **arguments):
    return sakana_envs.parallel_env(f"Sakana/{task}-Discrete-v0", **{"agents": 2, **arguments})


@pytest.mark.parametrize(
    ("drawn", "says"),
    [
        ("...\n.x.\n", "the map has 'x' at row 1, column 1; it may have # wall, o food, A where agents may appear"),
        ("...\n..\n", "row 1 of the map has 2 cells, row 0 has 3; all must have the same number"),
        ("..#.\n..##\n####\n", "the map's free cell at row 0, column 3 can't be reached from the others; mark with A"),
        ("AA.#o\nAA.##\n#####\n", "the map's food at row 0, column 4 can't be reached from the others"),
        ("AA.#A\n...##\n#####\n", "the map's place to appear at row 0, column 4 can't be reached from the others"),
        ("###\n###\n", "the map has no place for agents: it is all walls"),
        ("A..\n...\n", "Forage: 2 agents don't fit on 1 cells where the map lets agents appear"),
        ("#.\n##\n", "Forage: 2 agents don't fit on 1 cells"),
        ("", "a map must have 1 to 8192 rows and columns, got (1, 0); give it as text with a line for each row"),
        ("level.jpg", "a file must be named .txt or .png"),
        (np.full((3, 3), 7), "a map of codes must have whole numbers 0 empty, 1 food, 2 wall, 3 where agents appear"),
        (
            np.full((3, 3, 3), (250, 0, 250), dtype=np.uint8),
            "the map's pixel at row 0, column 0 has the colour (250, 0, 250), which means nothing; take (0, 0, 0) for",
        ),
        (np.zeros((3, 3, 2), dtype=np.uint8), "pixels must be uint8 with shape (height, width, 3 or 4)"),
        (5, "a map must have 1 to 8192 rows and columns, got ()"),
    ],
)
def test_a_map_that_cannot_be(drawn, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        make(map=drawn)


def test_a_map_file_that_cannot_be(tmp_path):
    path = tmp_path / "map.png"
    with pytest.raises(FileNotFoundError, match=re.escape(str(path))):
        make(map=str(path))
    path.write_bytes(b"no picture")
    with pytest.raises(ValueError, match=r"map\.png' is not a PNG picture"):
        make(map=path)
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (5).to_bytes(4, "big") * 2 + b"torn")
    with pytest.raises(ValueError, match=r"map\.png' is not a PNG picture that can be read"):
        make(map=path)
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (50_000).to_bytes(4, "big") * 2)
    with pytest.raises(ValueError, match="sides of at most 8192"):
        make(map=path)
    text = tmp_path / "map.txt"
    with text.open("wb") as file:
        file.truncate(10**9)  # takes no disk
    with pytest.raises(ValueError, match=r"map\.txt' is too large for a map of at most 8192 rows"):
        make(map=text)


def test_a_map_decides_its_size():
    with pytest.raises(ValueError, match="Forage: the map has height 2, so height=5 can't be given"):
        make(map="..\n..\n", height=5)


@pytest.mark.parametrize(
    ("picture", "says"),
    [
        ("0" * 30, "the picture is 1 x 30, larger than the map, 10 x 10"),
        ("...\n...", "the picture has no pixel of any kind"),
        (np.full((3, 3), 7), "a picture must be text, pixels (height, width, 3 or 4), or levels"),
    ],
)
def test_a_picture_that_cannot_be(picture, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        make("Assemble", height=10, width=10, picture=picture)
