"""Worlds taken out, put back and copied: they go on byte for byte, and what can't be a world is refused."""

import hashlib
import io
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

import gymnasium
import numpy as np
import pytest
from worlds import (
    IDS,
    SMALL,
    inner,
    observe,
    parallel,
    random_actions,
    simulation,
    single,
    split,
    through_a_file,
    vector,
)

import sakana_envs
from sakana_envs.core import cpu

FORAGE = "Sakana/Forage-Discrete-v0"
MOVING = {"lifespan": 8.0, "food_density": 0.2}


def begun(id=FORAGE, worlds=3, ticks=7, **arguments):
    """A simulation in the middle of its episodes."""
    sim = simulation(id, worlds=worlds, **{**MOVING, **arguments})
    sim.seed(5)
    sim.reset()
    random = np.random.default_rng(3)
    for _ in range(ticks):
        sim.step(random_actions(split(id)[1], sim.rows, random))
    return sim


def course(sim, ticks, seed=0):
    """Everything returned in ``ticks`` steps, and the worlds after them."""
    random = np.random.default_rng(seed)
    hashed = hashlib.sha256()
    for _ in range(ticks):
        transition = sim.step(random_actions(sim.twin, sim.rows, random))
        for name in ("observations", "rewards", "terminated", "truncated", "outcome"):
            hashed.update(getattr(transition, name).tobytes())
    hashed.update(sim.blocks.tobytes())
    return hashed.hexdigest()


@pytest.mark.parametrize("mode", [cpu.NEXT_STEP, cpu.SAME_STEP])
@pytest.mark.parametrize("id", IDS)
def test_a_thousand_ticks_after_a_restore(id, mode):
    sim = begun(id, mode=mode)
    state = sim.get_state()
    assert not any(np.shares_memory(array, sim.blocks) for array in state.values())
    expected = course(sim, 1000)
    sim.set_state(through_a_file(state))
    assert course(sim, 1000) == expected
    other = simulation(id, worlds=3, mode=mode)
    other.set_state(state)
    assert course(other, 1000) == expected


def test_in_another_process(tmp_path):
    sim = begun()
    np.savez(tmp_path / "state.npz", **sim.get_state())
    code = (
        "import numpy as np; from test_state import *; sim = simulation(FORAGE, worlds=3);"
        f"sim.set_state(np.load({str(tmp_path / 'state.npz')!r}, allow_pickle=False)); print(course(sim, 1000))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parent, timeout=300
    )
    assert done.stdout.strip() == course(sim, 1000), done.stderr[-2000:]


@pytest.mark.parametrize("id", IDS)
def test_a_subset_of_worlds(id):
    sim = begun(id, worlds=5)
    state = sim.get_state([3, 1])
    before = sim.blocks.copy()
    course(sim, 9)
    after = sim.blocks.copy()
    sim.set_state(state, [1, 4])
    assert (sim.blocks[1] == before[3]).all() and (sim.blocks[4] == before[1]).all()
    assert (sim.blocks[[0, 2, 3]] == after[[0, 2, 3]]).all()
    sim.clone(2, [0, 4])
    assert (sim.blocks[[0, 4]] == after[2]).all() and (sim.blocks[[2, 3]] == after[[2, 3]]).all()
    course(sim, 3)


def faces(id):
    """Every face, through wrappers where it has some, and how to play it."""

    def rows(env):
        return random_actions(split(id)[1], env.num_envs, np.random.default_rng(env.unwrapped.seats.simulation.rows))

    one = 3 if split(id)[1] else np.float32([0.5, 1.0])
    long = {"basket_size": 100.0} if "FillBasket" in id else {}
    return {
        "single": (gymnasium.wrappers.RecordEpisodeStatistics(single(id, **long)), lambda env: one),
        "vector": (gymnasium.wrappers.vector.RecordEpisodeStatistics(vector(id, worlds=3, **long)), rows),
        "others": (vector(id, worlds=3, others="random", **long), rows),
        "parallel": (parallel(id, **long), lambda env: dict.fromkeys(env.agents, one)),
    }


def flat(result):
    """All that a step returned, as one list of bytes."""
    arrays = result[:4]
    parts = [part for array in arrays for part in (array.values() if isinstance(array, dict) else [array])]
    return [np.asarray(part).tobytes() for part in parts]


@pytest.mark.parametrize("face", ["single", "vector", "others", "parallel"])
@pytest.mark.parametrize("id", IDS)
def test_faces_and_wrappers(id, face):
    env, act = faces(id)[face]
    env.reset(seed=2)
    for _ in range(4):
        last = env.step(act(env))[0]
    state = through_a_file(env.unwrapped.get_state())
    expected = [flat(env.step(act(env))) for _ in range(5)]
    restored = env.unwrapped.set_state(state)
    pairs = zip(last.values(), restored.values(), strict=True) if face == "parallel" else [(last, restored)]
    assert all(np.array_equal(left, right) for left, right in pairs)
    assert [flat(env.step(act(env))) for _ in range(5)] == expected


def test_clone_on_the_vector_face():
    env = vector(FORAGE, worlds=4, obs="bytes", **MOVING)
    env.reset(seed=1)
    env.step(np.ones(24, dtype=np.int64))
    observations = env.unwrapped.clone(1, [0, 3]).reshape(4, -1)
    assert (observations[0] == observations[1]).all() and (observations[3] == observations[1]).all()
    assert (observations[2] != observations[1]).any()
    stepped = env.step(np.tile(np.arange(6), 4))[0].reshape(4, -1)
    assert (stepped[0] == stepped[1]).all() and (stepped[3] == stepped[1]).all()


def test_stable_baselines3():
    pytest.importorskip("stable_baselines3")
    env = sakana_envs.SB3VecEnv(FORAGE, num_envs=12, **SMALL)
    env.seed(1)
    env.reset()
    state = env.env_method("get_state", indices=[0])[0]
    expected = env.step(np.full(12, 3))[0]
    env.env_method("set_state", state, indices=[0])
    assert (env.step(np.full(12, 3))[0] == expected).all()


def test_an_ended_parallel_episode_stays_ended():
    env = parallel(FORAGE)
    env.reset(seed=1)
    running = env.get_state()
    for _ in range(SMALL["horizon"]):
        env.step(dict.fromkeys(env.agents, 0))
    ended = env.get_state()
    env.set_state(running)
    assert env.agents == env.possible_agents
    env.set_state(ended)
    assert env.agents == []
    with pytest.raises(RuntimeError, match="reset"):
        env.step({})


def refuse(sim, state, message, **arguments):
    """The state is refused, and the worlds stay as they were."""
    before = sim.blocks.tobytes()
    with pytest.raises((ValueError, TypeError), match=message):
        sim.set_state(state, **arguments)
    assert sim.blocks.tobytes() == before


@pytest.mark.parametrize(
    ("id", "other", "worlds", "message"),
    [
        ("Sakana/Center-Discrete-v0", {}, 2, "'Center.*is 'Forage"),
        (FORAGE, {"agents": 7}, 2, "state is of"),
        (FORAGE, {"height": 13}, 2, "state is of"),
        (FORAGE, {"radius": 4}, 2, "state is of"),
        (FORAGE, {"horizon": 21}, 2, "state is of"),
        (FORAGE, {"height": 10, "width": 12}, 2, "state is of"),
        (FORAGE, {"map": "#" + "\n".join(["." * 10] * 12)[1:]}, 2, "state is of"),
        (FORAGE, {}, 3, "blocks must be uint8 with shape"),
    ],
)
def test_a_state_of_something_else(id, other, worlds, message):
    settings = {**SMALL, **other}
    if "map" in other:
        del settings["height"], settings["width"]
    task, discrete = split(id)
    other = sakana_envs.tasks.registry.simulation(task, discrete, worlds=worlds, **settings)
    other.seed(1)
    other.reset()
    sim = begun(worlds=2)
    refuse(sim, other.get_state(), message)
    refuse(sim, through_a_file(other.get_state()), "state is of|at most .* fit|blocks must be")


def test_twins_exchange_states():
    sim = begun("Sakana/Forage-Continuous-v0")
    other = simulation(FORAGE, worlds=3)
    other.set_state(sim.get_state())
    assert (other.blocks == sim.blocks).all()


def spoilt(**change):
    state = begun(worlds=2).get_state()
    return {**state, **change}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": np.array(2)}, "version 2, this package reads 1"),
        ({"version": np.array("1")}, "version"),
        ({"version": np.array([1, 1])}, "version"),
        ({"layout": np.array("nonsense")}, "'nonsense'"),
        ({"blocks": np.zeros((2, 3), np.uint8)}, "blocks must be uint8"),
        ({"blocks": np.zeros((2, 3))}, "blocks must be uint8"),
        ({"begun": np.ones(2)}, "begun must be bool"),
        ({"begun": np.zeros(2, bool)}, "checksum"),
        ({"checksum": np.zeros(32, np.uint8)}, "checksum"),
        ({"checksum": np.zeros(0)}, "checksum"),
    ],
)
def test_wrong_parts(change, message):
    refuse(begun(worlds=2), spoilt(**change), message)


def test_missing_parts_and_flipped_bytes():
    sim = begun(worlds=2)
    for nothing in (None, 3, "state.npz", [sim.get_state()]):
        refuse(sim, nothing, f"a state is a dictionary of arrays .*, got {type(nothing).__name__}")
    for key in sim.get_state():
        state = sim.get_state()
        del state[key]
        refuse(sim, state, f"lacks {key}")
    for place in (0, 100, sim.blocks.size - 1):
        state = sim.get_state()
        state["blocks"].reshape(-1)[place] ^= 1
        refuse(sim, state, "checksum")
    for worlds in ([2], [-1], [[0]], [0.5], [], "0", [True, False]):
        refuse(sim, sim.get_state(), "worlds must be indices|blocks must be", worlds=worlds)
        with pytest.raises(ValueError, match="worlds must be indices"):
            sim.clone(0, worlds)


def sealed(state):
    """The state with a checksum that fits."""
    digest = hashlib.sha256(state["blocks"].tobytes() + state["begun"].tobytes()).digest()
    return {**state, "checksum": np.frombuffer(digest, dtype=np.uint8)}


def resealed(sim, name, index, value):
    """A state with one entry changed, and a checksum that fits."""
    state = sim.get_state()
    sim.layout.view(state["blocks"], name)[index] = value
    return sealed(state)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("row", -1.0),
        ("row", 12.0),
        ("row", np.nan),
        ("row", np.float32(np.nextafter(np.float32(4.0), np.float32(5.0)))),
        ("col", 1e30),
        ("col", -np.inf),
        ("cell", 0),
        ("cell", 2**32 - 1),
        ("kind", 1),
        ("kind", 255),
        ("pace", np.nan),
        ("pace", np.inf),
        ("numbers", np.nan),
        ("numbers", -1.0),
        ("numbers", 1e300),
        ("clock", -1),
        ("clock", SMALL["horizon"] + 1),
        ("episode", -2),
        ("over", 2),
        ("respawned", 255),
        ("episode_length", SMALL["horizon"] + 1),
        ("food", -1),
        ("food", 2**31 - 1),
        ("meals", 2**31 - 1),
        ("wall_bumps", -1),
        ("respawns", SMALL["horizon"] + 1),
        ("score", np.float32(1.5)),
        ("reward", np.inf),
        ("reward", np.nan),
        ("episode_return", np.nan),
        ("episode_return", -np.inf),
        ("clock", 2**31 - 1),
        ("time_limit", 0),
        ("time_limit", SMALL["horizon"] + 1),
        ("missing_food", -1),
        ("missing_food", 2**31 - 1),
        ("cells", 0),
    ],
)
def test_crafted_values(name, value):
    sim = begun(worlds=2)
    refuse(sim, resealed(sim, name, (1, 0), value), "damaged")


@pytest.mark.parametrize("code", [0, 1, 3, 7, 16 + 3, 255])
def test_crafted_cells(code):
    sim = begun(worlds=2)
    free = np.argwhere(sim.view("cells")[1] == 0)[0]
    if code > 2:
        refuse(sim, resealed(sim, "cells", (1, *free), code), "damaged")
    row, col = int(sim.view("row")[1, 2]) + 5, int(sim.view("col")[1, 2]) + 5
    if code != 3:
        refuse(sim, resealed(sim, "cells", (1, row, col), code), "damaged")
    refuse(sim, resealed(sim, "cells", (1, 3, 4), code), "damaged")


def test_two_agents_in_one_cell():
    sim = begun(worlds=2)
    # The first agent's cell stays as it is, so that the number of agents on the map is still right.
    state = sim.get_state()
    for name in ("row", "col", "cell", "kind"):
        field = sim.layout.view(state["blocks"], name)
        field[1, 0] = field[1, 1]
    refuse(sim, sealed(state), "damaged: agents not where the cells show them")


@pytest.mark.parametrize("agent", [0, -1, 6, 2**31 - 1])
def test_crafted_order_of_agents(agent):
    sim = begun(worlds=2)
    first = 1 if agent == 0 else 0
    position = int(np.flatnonzero(sim.view("by_place")[1] == first)[0])
    refuse(sim, resealed(sim, "by_place", (1, position), agent), "damaged: by_place")


@pytest.mark.parametrize("value", [-1.0, 1e300, np.nan])
@pytest.mark.parametrize("id", IDS)
def test_crafted_numbers_of_a_task(id, value):
    sim = begun(id, worlds=2)
    for number in range(len(sim.program.numbers)):
        if list(sim.program.numbers.values())[number].low > value or value != -1.0:
            refuse(sim, resealed(sim, "numbers", (1, number), value), "damaged: a number of the world")


def test_crafted_worlds_before_their_first_episode():
    sim = simulation(FORAGE)
    for name, value in (("cells", 200), ("numbers", np.nan), ("row", np.nan), ("col", 10.0), ("row", -2.0)):
        refuse(sim, resealed(sim, name, 0, value), "damaged")
    sim.set_state(sim.get_state())
    with pytest.raises(RuntimeError, match="reset"):
        sim.step(np.zeros(6, dtype=np.int64))


def test_damaged_files(tmp_path):
    sim = begun(worlds=2)
    np.savez(tmp_path / "state.npz", **sim.get_state())
    whole = bytearray((tmp_path / "state.npz").read_bytes())
    for place in range(40, len(whole), 997):
        torn = whole.copy()
        torn[place] ^= 0x55
        before = sim.blocks.tobytes()
        try:
            file = np.load(io.BytesIO(torn), allow_pickle=False)
        except (ValueError, OSError, zipfile.BadZipFile, EOFError):
            continue
        with suppress(ValueError):
            sim.set_state(file)
        assert sim.blocks.tobytes() == before, place


def test_a_file_that_asks_for_too_much_is_not_read():
    sim = begun(worlds=2)
    state = sim.get_state()
    file = through_a_file({**state, "blocks": np.zeros((4000, sim.layout.stride), np.uint8)})
    refuse(sim, file, r"bytes of blocks; at most \d+ fit")
    objects = io.BytesIO()
    np.savez(objects, **{**state, "blocks": np.array([object()] * 3)})
    objects.seek(0)
    refuse(sim, np.load(objects, allow_pickle=False), "damaged: blocks can't be read")


def test_observations_after_a_restore():
    sim = begun()
    seen = observe(sim)
    state = sim.get_state()
    course(sim, 6)
    sim.set_state(state)
    assert (observe(sim) == seen).all()


@pytest.mark.parametrize("make", [single, vector, parallel])
def test_a_state_without_an_episode_brings_no_seed(make):
    fresh = make(FORAGE).unwrapped.get_state()
    envs = [make(FORAGE), make(FORAGE)]
    for env in envs:
        env.unwrapped.set_state(fresh)
        env.reset()
    seeds = [seed for env in envs for seed in inner(env).view("seed")[:, 0].tolist()]
    assert len(set(seeds)) == len(seeds) and 0 not in seeds


def test_a_state_brings_its_seed():
    env, other = vector(FORAGE, worlds=3), vector(FORAGE, worlds=3)
    env.reset(seed=9)
    other.unwrapped.set_state(env.unwrapped.get_state([2]), [1])
    before = inner(other).blocks[1].copy()
    # The others get a seed of their own when they begin; the restored one's next episode is that of its seed.
    other.reset(options={"reset_mask": np.repeat([True, False, True], SMALL["agents"])})
    assert (inner(other).blocks[1] == before).all()
    env.reset()
    other.reset()
    assert (inner(other).blocks[1] == inner(env).blocks[2]).all()
    assert len(set(inner(other).view("seed")[:, 0].tolist())) == 3


def test_a_clone_brings_its_seed_or_none():
    env = vector(FORAGE, worlds=4)
    fresh = env.unwrapped.get_state([0])
    env.reset(seed=9)
    env.unwrapped.set_state(fresh, [1])
    env.unwrapped.clone(1, [0, 2])
    assert inner(env).unseeded.tolist() == [True, True, True, False]
    env.unwrapped.clone(3, 2)
    assert inner(env).unseeded.tolist() == [True, True, False, False]
    env.reset()
    seeds = inner(env).view("seed")[:, 0].tolist()
    # Who got a seed with the clone keeps it; who got a world without one gets a seed of its own.
    assert seeds[2] == seeds[3] and len(set(seeds)) == 3 and 0 not in seeds


@pytest.mark.parametrize("layout", ["\x1b[2J" * 100, "\x1b[2J"])
def test_a_layout_reaches_the_terminal_as_its_repr(layout):
    sim = begun(worlds=2)
    for state in (spoilt(layout=np.array(layout)), through_a_file(spoilt(layout=np.array(layout)))):
        with pytest.raises(ValueError, match=r"state is of '\\x1b\[2J") as caught:
            sim.set_state(state)
        assert str(caught.value).isprintable() and len(str(caught.value)) < 400
