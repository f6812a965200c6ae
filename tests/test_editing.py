"""Worlds that are edited by name: all or nothing, to the bytes that rules would have made, and played on from there."""

import contextlib
import copy
import pickle

import gymnasium
import numpy as np
import pytest
import reference_own
from test_invariants import check
from test_state import FORAGE, begun, course
from worlds import IDS, SMALL, inner, map_cells, random_actions, simulation, single, split, vector

import sakana_envs
from sakana_envs.core import cpu
from sakana_envs.grid.motion import MOTIONS
from sakana_envs.rules import place_agent, place_food, place_wall, set_kind
from sakana_envs.tasks import registry

DRAWN = "....A....\n.#..o..#.\n....A....\n.........\no...A...o"
FREE = (3, 0)


def drawn(face):
    """A face whose first world is a small drawn map with three agents, and an edit of it."""
    settings = {"map": DRAWN, "agents": 3, "horizon": 20, "obs": "bytes", "food_density": 0.0}
    if face == "SB3":
        pytest.importorskip("stable_baselines3")
        env = sakana_envs.SB3VecEnv(FORAGE, worlds=2, **settings)
        env.reset()
        return env, lambda: env.edit(0)
    if face == "vector":
        env = gymnasium.make_vec(FORAGE, worlds=2, **settings)
    else:
        env = {"single": gymnasium.make, "parallel": sakana_envs.parallel_env}[face](FORAGE, **settings)
    env.reset(seed=1)
    return env, lambda: env.unwrapped.edit(**({"world": 0} if face == "vector" else {}))


def attempt(edit, *acts):
    """Edit a world by functions of it, one after another."""
    with edit as world:
        for act in acts:
            act(world)


def fail(error):
    def act(world):
        raise error

    return act


def rearrange(world):
    """Every cell that may differ does, on the drawn map."""
    world.place_agents({0: (3, 0), 1: (3, 8), 2: (0, 8)})
    world.set_kind(1, 3)
    world.remove_food(4, 0)
    world.place_food(3, 1)
    world.remove_wall(1, 1)
    world.place_wall(2, 0)
    world.set("food_reward", 0.5)


@pytest.mark.parametrize("face", ["single", "parallel", "vector", "SB3"])
def test_every_face(face):
    env, edit = drawn(face)
    simulation = inner(env.env if face == "SB3" else env)
    rest = simulation.blocks[1:].copy()
    attempt(edit(), rearrange)
    shown = ["".join(map(str, row)) for row in map_cells(simulation)[0].tolist()]
    assert shown == ["000000003", "000010020", "200000000", "310000006", "000000001"]
    check(simulation)
    assert (simulation.blocks[1:] == rest).all()
    observed = (env if face == "SB3" else env.unwrapped).observe()
    own = observed if face == "single" else observed["agent_0" if face == "parallel" else 0]
    window = own.reshape(11, 11)
    assert window[5, 5:].tolist() == [3, 1, 0, 0, 0, 0] and window[4, 5] == 2
    east = {"single": 3, "parallel": {"agent_0": 3, "agent_1": 0, "agent_2": 0}}.get(face, [3, 0, 0, 0, 0, 0])
    reward = env.step(east)[1]
    assert (reward if face == "single" else reward["agent_0" if face == "parallel" else 0]) == 0.5


def laid_out(world):
    """What :func:`test_rules_would_have_made_the_same` does by hand."""
    for agent in range(world.agents):
        place_agent(world, agent, 2 * agent, 0)
    for col in range(4, 8):
        place_food(world, 3, col)
        place_wall(world, 4, col)
    set_kind(world, 2, 3)
    place_agent(world, 1, 9, 9)


def bare(world):
    for agent in range(world.agents):
        place_agent(world, agent, 11, agent)


def _price(world, agent):
    return 1.0 * world.ate[agent]


def made_of(name, init):
    """A world of a task with that layout, which isn't registered."""
    registry._added[name] = sakana_envs.Task(name=name, init=init, reward=_price)
    try:
        made = registry.simulation(name, True, **SMALL)
    finally:
        del registry._added[name]
    made.seed(3)
    made.reset()
    return made


def test_rules_would_have_made_the_same():
    expected, found = made_of("LaidOut", laid_out), made_of("Bare", bare)
    with found.edit() as world:
        for agent in range(6):
            world.place_agent(agent, 2 * agent, 0)
        for col in range(4, 8):
            world.place_food(3, col)
            world.place_wall(4, col)
        world.set_kind(2, 3)
        world.place_agent(1, 9, 9)
    for name in set(expected.layout.shapes) - {"by_place", "queue"}:  # an order that decides nothing, and scratch
        assert (expected.view(name) == found.view(name)).all(), name
    random = np.random.default_rng(1)
    for _ in range(2 * SMALL["horizon"]):
        actions = random_actions(True, 6, random)
        left, right = expected.step(actions), found.step(actions)
        assert left.outcome[0] == 2 or (left.observations == right.observations).all()
        if left.outcome[0] == 2:
            break


def test_the_living_are_placed_and_revived_at_rest():
    sakana_envs.register(reference_own.TASK)
    settings = {"agents": 8, "height": 6, "width": 6, "radius": 2, "sense_offset": 1, "horizon": 90}
    sim = registry.simulation("Reference", True, rest=4.0, inertia=0.9, **settings)
    sim.seed(3)
    sim.reset()
    random, revived = np.random.default_rng(3), 0
    while not sim.step(random.integers(0, 6, 8)).ended:
        free = np.argwhere(map_cells(sim)[0] == 0)[0].tolist()
        with sim.edit() as world:
            for agent in np.flatnonzero(sim.view("died")[0])[:1].tolist():
                world.revive_agent(agent, *free)  # in the very tick in which it was terminated
                revived += 1
                assert world.get("terminated", agent) == 0
        living = np.flatnonzero(sim.view("alive")[0])
        moving = living[sim.view("velocity_row")[0, living] != 0][:2].tolist()
        if len(moving) == 2 and map_cells(sim)[0][tuple(free)] == 0:
            with sim.edit() as world:
                world.place_agent(moving[0], *free)
                world.remove_agent(moving[1])
            assert not sim.view("velocity_row")[0, moving].any() and not sim.view("velocity_col")[0, moving].any()
    assert revived > 2


def scribble(world, random, agents):
    """An edit of some sort, at random; those that are refused change nothing."""
    row, col = random.integers(0, SMALL["height"]), random.integers(0, SMALL["width"])
    agent = random.integers(0, agents)
    within = tuple((random.integers(0, 1024, 2) / 1024).tolist())
    edits = [
        lambda: world.place_agent(agent, row, col, within),
        lambda: world.place_agents({a: world.cell_of((a + 1) % agents) for a in range(agents)}),
        lambda: world.set_kind(agent, random.integers(0, 5)),
        lambda: world.place_food(row, col),
        lambda: world.remove_food(row, col),
        lambda: world.place_wall(row, col),
        lambda: world.remove_wall(row, col),
        lambda: world.set("pace", random.uniform(0, 1), at=agent),
        lambda: world.set("speed", random.uniform(0, 1.2)),  # below the faces no numbers may be set
        lambda: world.set("time_limit", random.integers(0, 30)),
    ]
    with contextlib.suppress(ValueError, KeyError):
        edits[random.integers(0, len(edits))]()


@pytest.mark.parametrize("mode", [cpu.NEXT_STEP, cpu.SAME_STEP])
@pytest.mark.parametrize("id", IDS)
def test_worlds_are_played_on(id, mode, random):
    sim = begun(id, mode=mode)
    for tick in range(40):
        edited = tick % 3
        others = np.arange(3) != edited
        before = sim.blocks.copy()
        if not sim.view("over")[edited, 0]:
            with sim.edit(edited) as world:
                for _ in range(10):
                    scribble(world, random, sim.agents)
            check(sim)
        assert (sim.blocks[others] == before[others]).all()
        sim.step(random_actions(split(id)[1], sim.rows, random))
        check(sim)
    assert course(copy.deepcopy(sim), 50) == course(sim, 50)


@pytest.mark.parametrize("id", [id for id in IDS if "Discrete" in id])
def test_twins_batches_and_threads_agree_after_edits(id, random):
    twins = [id, id.replace("Discrete", "Continuous")]
    settings = {"agents": 512, "height": 40, "width": 40}
    sims = [simulation(twin, worlds=4, **{**SMALL, **settings}) for twin in twins]
    sims += [
        simulation(id, worlds=1, **{**SMALL, **settings}),
        simulation(id, worlds=4, threads=3, **{**SMALL, **settings}),
    ]
    for sim in sims:
        sim.seed(7)
        sim.reset()
    seeds = np.random.default_rng(5).integers(0, 1000, 5)
    for seed in seeds:
        actions = random.integers(0, 9, 4 * 512)
        for sim in sims:
            with sim.edit(0) as world:
                own = np.random.default_rng(seed)
                for _ in range(20):
                    scribble(world, own, 512)
            sim.step((actions if sim.twin else MOTIONS[actions])[: sim.rows])
    assert all((sim.blocks[0] == sims[0].blocks[0]).all() for sim in sims)
    assert (sims[0].blocks == sims[1].blocks).all() and (sims[0].blocks == sims[3].blocks).all()


class Stop(BaseException):
    """No exception of Python's own."""


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), Stop()])
def test_all_or_nothing(error):
    sim = begun()
    before = sim.blocks.copy()

    def turn_round(world):
        world.place_agents({agent: world.cell_of(5 - agent) for agent in range(6)})
        assert world.cell_of(0) != (sim.view("row")[1, 0], sim.view("col")[1, 0]) and (sim.blocks == before).all()

    with pytest.raises(type(error)):
        attempt(sim.edit(1), turn_round, fail(error))
    assert (sim.blocks == before).all()
    attempt(sim.edit(1))
    assert (sim.blocks == before).all()
    assert course(sim, 30) == course(begun(), 30)


def test_what_cannot_be_is_found_at_the_end():
    sim = begun(ticks=19)
    before = sim.blocks.copy()
    with pytest.raises(ValueError, match=r"^Forage: a world can't be as it was edited: food isn't the number of cells"):
        attempt(sim.edit(1), lambda world: world._field("food").fill(120))
    assert (sim.blocks == before).all()


@pytest.mark.parametrize("off", [False, True])
def test_inertia_begins_at_rest(off):
    """Also where there was some before: what nobody keeps in between isn't gone on with."""
    sim = begun(inertia=0.75)
    assert sim.view("velocity_row")[1].any()
    if off:
        with sim.edit(1, ["inertia"]) as world:
            world.set("inertia", 0.0)
        sim.step(np.full(sim.rows, 1))
    moving = sim.view("velocity_row")[1].copy()
    with sim.edit(1, ["inertia"]) as world:
        world.set("inertia", 0.5)
    assert moving.any() and sim.view("velocity_row")[1].any() != off and sim.view("velocity_col")[1].any() != off
    sim.set_state(sim.get_state())


def test_lives_that_no_longer_end():
    sim = begun(ticks=0, lifespan=1.5)
    sim.step(np.zeros(sim.rows, np.int64))
    assert sim.view("respawned")[1].any()
    with sim.edit(1, ["lifespan"]) as world:
        world.set("lifespan", 0.0)
    assert not sim.view("respawned")[1].any() and sim.view("respawned")[0].any()
    counts = sim.view("respawns")[1].copy()
    for _ in range(3):
        sim.step(np.zeros(sim.rows, np.int64))
        assert not sim.view("respawned")[1].any() and (sim.view("respawns")[1] == counts).all()
        sim.set_state(sim.get_state())


def test_when_a_world_can_be_edited():
    env = vector(FORAGE)
    with pytest.raises(RuntimeError, match=r"no episode has begun: call reset\(\) before edit"), env.unwrapped.edit(0):
        pass
    env.reset(seed=1)
    still = np.zeros(12, dtype=np.int64)
    for _ in range(SMALL["horizon"]):
        env.step(still)
    with pytest.raises(RuntimeError, match=r"the episode of world 1 is over: edit the next one"), env.unwrapped.edit(1):
        pass
    env.step(still)
    with env.unwrapped.edit(1) as world:
        world.set_kind(0, 1)
    with pytest.raises(RuntimeError, match=r"block of edit\(\) has ended"):
        world.set_kind(0, 2)
    with pytest.raises(RuntimeError, match=r"block of edit\(\) has ended"):
        world.get("kind")
    assert inner(env).view("kind")[1, 0] == 1


@pytest.mark.parametrize("change", ["step", "reset", "edit"])
def test_a_world_that_changes_meanwhile(change):
    env = vector(FORAGE)
    env.reset(seed=1)

    other = {
        "step": lambda world: env.step(np.ones(12, dtype=np.int64)),
        "reset": lambda world: env.reset(),
        "edit": lambda world: attempt(env.unwrapped.edit(1), lambda inside: inside.set_kind(5, 2)),
    }
    with pytest.raises(RuntimeError, match="world changed while it was edited"):
        attempt(env.unwrapped.edit(1), lambda world: world.set_kind(0, 1), other[change])
    assert inner(env).view("kind")[1, 0] == 0 and inner(env).view("clock")[1, 0] == (change == "step")
    assert inner(env).view("kind")[1, 5] == 2 * (change == "edit")
    with env.unwrapped.edit(0) as world, env.unwrapped.edit(1) as second:
        world.set_kind(0, 1)
        second.set_kind(0, 1)
    assert (inner(env).view("kind")[:, 0] == 1).all()


@pytest.mark.parametrize("world", [None, -1, 2, 1.0, True, "0", [0]])
def test_which_world(world):
    env = vector(FORAGE)
    env.reset(seed=1)
    with (
        pytest.raises(ValueError, match=r"world must say which one is edited, from 0 to 1, got"),
        env.unwrapped.edit(world),
    ):
        pass
    with env.unwrapped.edit(np.int64(1)) as edited:
        edited.set_kind(0, 1)
    assert inner(env).view("kind")[:, 0].tolist() == [0, 1]


def test_a_copy_keeps_its_own_seeds():
    env = single(FORAGE)
    env.reset(seed=1)
    copies = [pickle.loads(pickle.dumps(env)) for _ in range(2)]
    for each in copies:
        with each.unwrapped.edit() as world:
            world.set_kind(0, 1)
        each.reset()
    assert inner(copies[0]).view("seed") != inner(copies[1]).view("seed")


@pytest.mark.parametrize("id", IDS)
def test_others_see_the_edited_world(id):
    seen = []

    def policy(rows):
        seen.append(rows.copy())
        return np.zeros(len(rows), dtype=np.int64) if split(id)[1] else np.zeros((len(rows), 2), dtype=np.float32)

    env = vector(id, others=policy, obs="bytes")
    env.reset(seed=1)
    action = np.zeros(2, dtype=np.int64) if split(id)[1] else np.zeros((2, 2), dtype=np.float32)
    env.step(action)
    before = seen[-1]
    with env.unwrapped.edit(1) as world:
        for agent in range(6):
            world.set_kind(agent, 3 - world.get("kind", at=agent))
    env.step(action)
    assert (seen[-1][:5] == before[:5]).all() and (seen[-1][5:] != before[5:]).any(axis=1).all()


def test_memory_numbers_and_pictures():
    env = vector("Sakana/FillBasket-Discrete-v0")
    env.reset(seed=1)
    with env.unwrapped.edit(1) as world:
        assert world.get("basket", at=3) == 0 and world.get("bump_cost") == 0.0625
        world.set("basket", 3, at=4)
        world.set("bump_cost", 1)
        assert {"basket", "bump_cost", "time_limit"} < set(world.names)
    _, _, terminated, truncated, info = env.step(np.zeros(12, dtype=np.int64))
    assert np.flatnonzero(terminated).tolist() == [10] and np.flatnonzero(truncated).tolist() == [6, 7, 8, 9, 11]
    assert info["score"][10] == 1.0

    env = vector("Sakana/Optimize-Discrete-v0", obs="bytes")
    env.reset(seed=1)
    with env.unwrapped.edit(0) as world:
        row, col = world.cell_of(2)
        assert world.get("landscape").shape == (12, 10)
        world.set("landscape", 0)
        world.set("landscape", 255, at=(row, col))
    layer = env.unwrapped.observe()[2, 121:].reshape(11, 11)
    assert layer[5, 5] == 255 and layer.astype(int).sum() == 255
    assert inner(env).view("landscape")[0].astype(int).sum() == 255

    env = single("Sakana/Assemble-Discrete-v0")
    env.reset(seed=1)
    picture = np.arange(120).reshape(12, 10) % 4
    with env.unwrapped.edit() as world:
        world.set("picture", picture)
    env.reset()
    with env.unwrapped.edit() as world:
        assert (world.get("picture") == picture).all()


def test_a_shorter_episode():
    env = single(FORAGE)
    env.reset(seed=1)
    env.step(0)
    with env.unwrapped.edit() as world:
        world.set("time_limit", 3)
    assert [env.step(0)[3] for _ in range(2)] == [False, True]


def test_positions_within_a_cell():
    env = single("Sakana/Forage-Continuous-v0", speed=0.25)
    env.reset(seed=1)
    with env.unwrapped.edit() as world:
        row, col = world.cell_of(0)
        world.place_agent(0, row, col, within=(0, 1023 / 1024))
        assert world.agent_at(row, col) == 0 and world.cell_of(0) == (row, col)
    assert inner(env).view("row")[0, 0] == row and inner(env).view("col")[0, 0] == np.float32(col + 1023 / 1024)
    check(inner(env))


def test_what_can_be_read():
    env, edit = drawn("vector")
    with edit() as world:
        codes = [[world.code_at(row, col) for col in range(9)] for row in range(5)]
        assert codes == map_cells(inner(env))[0].tolist() == world.get("cells").tolist()
        for outside in ((-1, 0), (5, 0), (0, 9), (0.5, 0)):
            assert world.code_at(*outside) == 2
        for agent in range(3):
            assert world.agent_at(*world.cell_of(agent)) == agent
        assert world.agent_at(*FREE) == -1
        assert world.get("time_limit") == 20
        assert isinstance(world.get("row"), np.ndarray)
        world.get("row")[:] = 99  # a copy
        assert world.get("food") == 3 == int((world.get("cells") == 1).sum())
        for name in world.names:
            world.get(name)
            assert world.names[name]


WRONG = {
    "agent on food": (lambda w: w.place_agent(0, 1, 4), ValueError, r"agent 0 can't be placed at \(1, 4\), where food"),
    "agent in a wall": (lambda w: w.place_agent(0, 1, 1), ValueError, r"a wall is: it must be empty; the nearest is"),
    "agent on another": (lambda w: w.place_agent(0, *w.cell_of(1)), ValueError, r"where agent 1 is"),
    "agent nowhere": (lambda w: w.place_agent(0, 5, 0), IndexError, r"from \(0, 0\) to \(4, 8\), got \(5, 0\)"),
    "agent in half a cell": (lambda w: w.place_agent(0, 0.5, 0), IndexError, "a cell must be"),
    "negative": (lambda w: w.place_food(-1, 0), IndexError, r"got \(-1, 0\)"),
    "no agent": (lambda w: w.place_agent(3, 0, 0), IndexError, "an agent must be a whole number from 0 to 2, got 3"),
    "agent -1": (lambda w: w.set_kind(-1, 0), IndexError, "from 0 to 2, got -1"),
    "agent True": (lambda w: w.cell_of(True), IndexError, "got True"),
    "two in a cell": (lambda w: w.place_agents({0: FREE, 2: FREE}), ValueError, "agents 0 and 2 can't both be placed"),
    "no dictionary": (lambda w: w.place_agents([FREE]), TypeError, r"takes a dictionary, {agent: \(row, col\)}"),
    "no cell": (lambda w: w.place_agents({0: 3}), TypeError, r"agent 0 must be placed in a cell \(row, col\), got 3"),
    "offset": (lambda w: w.place_agent(0, *FREE, (0.1, 0.5)), ValueError, r"the nearest to .* is \(0.099609375, 0.5\)"),
    "offset 1": (lambda w: w.place_agent(0, *FREE, (1.0, 0)), ValueError, r"1023/1024; .* is \(0.9990234375, 0.0\)"),
    "offset NaN": (lambda w: w.place_agent(0, *FREE, (np.nan, 0)), TypeError, "within must be two numbers"),
    "offset text": (lambda w: w.place_agent(0, *FREE, "middle"), TypeError, "within must be two numbers"),
    "kind 4": (lambda w: w.set_kind(0, 4), ValueError, "a kind must be a whole number from 0 to 3, got 4"),
    "food on food": (lambda w: w.place_food(1, 4), ValueError, r"food can't be placed at \(1, 4\), where food is"),
    "no food": (
        lambda w: w.remove_food(*FREE),
        ValueError,
        r"where nothing is: it must be food; the nearest is \(4, 0\)",
    ),
    "wall on a wall": (lambda w: w.place_wall(1, 1), ValueError, "no wall can be placed"),
    "no wall": (lambda w: w.remove_wall(*FREE), ValueError, r"no wall can be removed .* the nearest is \(1, 1\)"),
    "border": (lambda w: w.remove_wall(-1, 0), IndexError, "a cell must be"),
    "no name": (
        lambda w: w.set("food_rewards", 1),
        KeyError,
        "a world has no 'food_rewards' - did you mean 'food_reward'",
    ),
    "nothing read": (lambda w: w.get("basket"), KeyError, "a world has no 'basket'"),
    "kind by itself": (lambda w: w.set("kind", 1, at=0), KeyError, "kind can't be set by itself: use set_kind"),
    "row by itself": (lambda w: w.set("row", 1, at=0), KeyError, "use place_agent or place_agents"),
    "cells": (lambda w: w.set("cells", 0), KeyError, "use place_agent, place_food"),
    "the clock": (
        lambda w: w.set("clock", 3),
        KeyError,
        "clock can't be set: the engine keeps it; there are time_limit",
    ),
    "a score": (lambda w: w.set("score", 1), KeyError, "the engine keeps it"),
    "number out of range": (lambda w: w.set("speed", 1.5), ValueError, "speed must be from 0 to 1, got 1.5"),
    "number NaN": (lambda w: w.set("speed", np.nan), ValueError, "speed must be from 0 to 1, got nan"),
    "number text": (lambda w: w.set("speed", "fast"), TypeError, "speed must be numbers, got 'fast'"),
    "number True": (lambda w: w.set("speed", True), TypeError, "speed must be numbers, got True"),
    "number at": (lambda w: w.set("speed", 1, at=0), IndexError, "speed: at must be left out, got 0"),
    "pace of no agent": (lambda w: w.set("pace", 1, at=3), IndexError, "pace: at must be from 0 to 2, got 3"),
    "paces": (lambda w: w.set("pace", [1, 1]), ValueError, r"pace must be one number or have shape \(3,\), got \(2,\)"),
    "ragged": (lambda w: w.set("pace", [[1], [1, 2]]), TypeError, "pace must be numbers"),
    "pace": (lambda w: w.set("pace", [1, 1, -2e6]), ValueError, "pace must be from .* got -2000000.0"),
    "time limit past": (lambda w: w.set("time_limit", 0), ValueError, "a whole number from 1 to 20, got 0"),
    "time limit": (lambda w: w.set("time_limit", 21), ValueError, "from 1 to 20, got 21"),
    "half a tick": (lambda w: w.set("time_limit", 7.5), ValueError, "from 1 to 20, got 7.5"),
    "code of a cell": (lambda w: w.get("cells", at=(5, 0)), IndexError, r"from \(0, 0\) to \(4, 8\), got \(5, 0\)"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_refused(wrong):
    act, error, said = WRONG[wrong]
    env, edit = drawn("vector")
    before = inner(env).blocks.copy()
    with pytest.raises(error, match=said):
        attempt(edit(), lambda world: world.set_kind(0, 2), act)
    assert (inner(env).blocks == before).all()

    def go_on_all_the_same(world):
        with pytest.raises(error, match=said):
            act(world)

    attempt(edit(), go_on_all_the_same)
    assert (inner(env).blocks == before).all()


HELD = {
    "uint8": ([0, 255, True, 3.0, np.int64(7)], [-1, 256, 0.5, np.nan, np.inf, 2**70, "1", None, 1j]),
    "int32": ([-(2**31), 2**31 - 1], [2**31, -(2**31) - 1, 1e30]),
    "int64": ([-(2**63), 2**63 - 1], [2**63, -1e30]),
    "uint64": ([2**64 - 1, 0], [-1, 2**64]),
    "float32": ([0.1, np.inf, np.nan, -3], [1e300, "1", True, 10**400]),
    "float64": ([1e300, 5], [[1.0], "x"]),
    "bool": ([True, 0, 1.0], [2, -1, 0.5]),
}


@pytest.mark.parametrize("dtype", HELD)
def test_what_memory_holds(dtype):
    name = f"Holds{dtype.capitalize()}"
    memory = {"kept": sakana_envs.Field("world", getattr(np, "bool_" if dtype == "bool" else dtype), "a value")}
    registry._added[name] = sakana_envs.Task(name=name, init=bare, reward=_price, memory=memory)
    try:
        sim = registry.simulation(name, True, **SMALL)
    finally:
        del registry._added[name]
    sim.view("over")[:], sim._begun[:] = 0, True  # as if it had begun: no rule is compiled for this

    def set_all(world):
        for value in HELD[dtype][0]:
            world.set("kept", value)
            stored = np.array(world.get("kept"), dtype=dtype)
            assert np.array_equal(stored, np.array(value, dtype=dtype), equal_nan=dtype[0] == "f")
        for value in HELD[dtype][1]:
            with pytest.raises((TypeError, ValueError), match="kept must be"):
                world.set("kept", value)
            assert np.array_equal(world.get("kept"), stored.item(), equal_nan=dtype[0] == "f")

    with pytest.raises(Stop):
        attempt(sim.edit(), set_all, fail(Stop()))
