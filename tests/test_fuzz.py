"""Whatever Hypothesis thinks of: a clear error and worlds as they were, or a course that keeps every invariant.

``test_checked.py`` runs this once more with compiled code that checks every index, and once in plain Python.
"""

import io
import os
import zipfile

import gymnasium
import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
import test_invariants
from crafted import HEADERS, headed, little_memory, npy, zipped
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from test_state import begun, sealed
from worlds import IDS, SMALL, inner, random_actions, split, vector

from sakana_envs.grid.motion import MOTIONS
from sakana_envs.tasks import registry
from sakana_envs.tools.record.replay import Recording, replay

fuzz = settings(
    max_examples=int(os.environ.get("SAKANA_EXAMPLES", "60")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
DISCRETE = [id for id in IDS if "Discrete" in id]
FORAGE = [id for id in IDS if "Forage" in id]

odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 40),
    st.sampled_from([2**31, 2**63, -(2**63), 2**64, 10**400]),
    st.floats(),
    st.text(max_size=5),
    st.lists(st.integers(-2, 5), max_size=4),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
    st.complex_numbers(),
    st.binary(max_size=4),
    st.tuples(st.sampled_from(["uniform", "unifrom"]), st.floats(-0.5, 1.5), st.floats(-0.5, 1.5)),
    st.just([0.5]),
)
"""Values that nobody should pass, and some that one may."""

arrays_of_any_kind = arrays.arrays(
    dtype=st.one_of(
        arrays.integer_dtypes(), arrays.floating_dtypes(), arrays.boolean_dtypes(), st.just(np.dtype("U3"))
    ),
    shape=arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=13),
)


def outcome(attempt):
    """What an attempt gave, and None; or None, and the words in which it was refused."""
    try:
        return attempt(), None
    except (ValueError, TypeError, FileNotFoundError, gymnasium.error.Error) as error:
        return None, str(error)


def succeeds(sim, attempt):
    """Whether an attempt succeeded; if it is refused, in words and with the worlds as they were."""
    before = sim.blocks.tobytes()
    _, refused = outcome(attempt)
    if refused is None:
        return True
    assert len(refused) > 15 and sim.blocks.tobytes() == before
    return False


@fuzz
@given(actions=st.one_of(odd, arrays_of_any_kind, arrays.arrays(st.sampled_from([np.int8, np.float64]), (12,))))
@pytest.mark.parametrize("id", FORAGE)
def test_any_actions(id, actions):
    env = vector(id)
    env.reset(seed=1)
    if succeeds(inner(env), lambda: env.step(actions)):
        given = np.asarray(actions)
        assert given.shape == env.action_space.shape
        assert (abs(given) <= (8 if split(id)[1] else 1)).all() and (given >= (0 if split(id)[1] else -1)).all()
    test_invariants.check(inner(env))


@fuzz
@given(
    seed=st.one_of(odd, st.integers(0, 2**64 - 1), st.lists(st.one_of(st.integers(0, 9), odd), min_size=2, max_size=2))
)
def test_any_seed(seed):
    env = vector(FORAGE[0])
    env.reset(seed=1)
    succeeds(inner(env), lambda: env.reset(seed=seed))
    env.step(np.zeros(12, dtype=np.int64))
    test_invariants.check(inner(env))


@fuzz
@given(
    options=st.one_of(
        odd,
        st.dictionaries(
            st.sampled_from(["reset_mask", "mask", "numbers", "level", "map"]),
            st.one_of(odd, arrays_of_any_kind, st.dictionaries(st.sampled_from(["speed", "lifespan", "sped"]), odd)),
        ),
    ),
    levels=st.sampled_from([None, 3]),
)
def test_any_options(options, levels):
    env = vector(FORAGE[0], levels=levels)
    env.reset(seed=1)
    succeeds(inner(env), lambda: env.reset(options=options))
    env.step(np.zeros(12, dtype=np.int64))
    test_invariants.check(inner(env))


NAMES = ["agents", "height", "width", "radius", "horizon", "speed", "lifespan", "food_density", "food_regrowth", "map"]
NAMES += ["obs", "others", "learners", "preset", "threads", "stagger", "copy", "render_mode", "max_episode_steps"]
NAMES += ["food_reward", "agnets", "num_envs", "autoreset_mode", "levels", "split"]


@fuzz
@given(name=st.one_of(st.sampled_from(NAMES), st.text("abc_", min_size=1, max_size=5)), value=odd)
def test_any_argument(name, value):
    assume(name != "radius" or value not in range(1, 16))  # another radius is another program to compile
    env, refused = outcome(lambda: gymnasium.make_vec(FORAGE[0], **{"num_envs": 6, **SMALL, name: value}))
    if refused is not None:
        assert name in refused
        return
    env.reset(seed=1)
    env.step(env.action_space.sample())
    test_invariants.check(inner(env))


cells = st.sampled_from("#..oA x\n")
rows = st.integers(1, 9).flatmap(lambda width: st.lists(st.text("#.oA", min_size=width, max_size=width), max_size=9))
maps = st.one_of(st.text(cells, max_size=40), rows.map("\n".join), arrays_of_any_kind)


@fuzz
@given(map=st.one_of(maps, st.lists(st.one_of(maps, odd), max_size=3)), agents=st.integers(1, 6))
def test_any_map(map, agents):
    sim, refused = outcome(lambda: registry.simulation("Forage", True, map=map, agents=agents, horizon=5))
    if refused is not None:
        assert len(refused) > 15
        return
    sim.seed(1)
    sim.reset()
    random = np.random.default_rng(1)
    test_invariants.play(sim, lambda tick: random_actions(True, sim.rows, random), 8)


@fuzz
@given(data=st.data())
@pytest.mark.parametrize("id", DISCRETE)
def test_any_bytes_of_a_state(id, data):
    sim = begun(id, worlds=2)
    state = sim.get_state()
    for _ in range(data.draw(st.integers(1, 6))):
        # A field first, since most bytes are of the map.
        field = state["blocks"][1, sim.layout.offsets[data.draw(st.sampled_from([*sim.layout.offsets]))] :]
        place = data.draw(st.integers(0, min(len(field) - 1, 2**10)))
        field[place] = data.draw(st.sampled_from([0, 1, 2, 3, 16, 63, 64, 127, 128, 255]))
    if not succeeds(sim, lambda: sim.set_state(sealed(state))):
        return
    random = np.random.default_rng(0)
    # What a task remembers may be anything, also NaN or near overflow: plain Python would warn as it reckons with it.
    with np.errstate(over="ignore", invalid="ignore"):
        for tick in range(SMALL["horizon"] + 5):
            observations = sim.observe()
            choices = sim.scripted_actions(observations) if tick % 2 else random_actions(True, sim.rows, random)
            sim.step(choices if sim.twin else MOTIONS[choices])
    assert (sim.view("episode")[:, 0] != np.int64(0)).any()


@fuzz
@given(
    parts=st.dictionaries(
        st.sampled_from(["version", "layout", "blocks", "begun", "checksum"]), st.one_of(odd, arrays_of_any_kind)
    )
)
def test_any_parts_of_a_state(parts):
    sim = begun(worlds=2)
    if succeeds(sim, lambda: sim.set_state({**sim.get_state(), **parts})):
        assert parts in ({}, {"version": 1})


headers = st.builds(
    "{{'descr': {}, 'fortran_order': {}, 'shape': {}, }}{}\\n".format,
    st.one_of(
        st.sampled_from(["'|u1'", "'<i8'", "'|b1'", "'<U9'", "'|O'"]), st.text("'<>|iufcOSUVMm0123456789[]", max_size=9)
    ),
    st.sampled_from(["False", "True", "None", "0"]),
    st.one_of(st.text("(),-0123456789 ", max_size=30), st.lists(st.integers(-1, 10**20), max_size=4).map(tuple)),
    st.text(" ", max_size=40),
)
members = st.tuples(
    st.sampled_from(
        ["version", "layout", "blocks", "begun", "checksum", "package", "configuration", "actions", "hash"]
    ).flatmap(lambda name: st.sampled_from([f"{name}.npy"] * 9 + [name, f"{name}.npy.npy", f"/{name}.npy"])),
    st.one_of(
        st.sampled_from(list(HEADERS.values())),
        st.builds(lambda header, data: headed(header.encode(), data), headers, st.binary(max_size=64)),
        arrays_of_any_kind.map(npy),
        st.binary(max_size=30),
    ),
)


@fuzz
@given(
    changed=st.lists(members, max_size=4),
    dropped=st.sets(st.integers(0, 4), max_size=2),
    method=st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA]),
    size=st.one_of(st.none(), st.integers(0, 2**40)),
)
def test_any_archive(changed, dropped, method, size, tmp_path):
    """Members of any names, headers and sizes, in place of a state's or a replay's own or beside them."""

    def lie(listed):
        if size is not None and listed:
            listed[-1].file_size = size

    sim = begun(worlds=2)
    file = tmp_path / "episode.npz"
    Recording(FORAGE[0], num_envs=6, **SMALL).save(file)
    with np.load(file) as saved:
        for arrays_of_file, read in ((sim.get_state(), sim.set_state), (dict(saved), lambda _: replay(file))):
            own = [(f"{name}.npy", npy(array)) for name, array in arrays_of_file.items()]
            kept = [member for place, member in enumerate(own) if place not in dropped]
            content = zipped([*kept, *changed], method, lie)
            file.write_bytes(content)
            opened = np.load(io.BytesIO(content), allow_pickle=False)
            with little_memory(1 << 24):
                assert succeeds(sim, lambda: read(opened)) in ((False,) if changed or dropped else (True, False))  # noqa: B023


@fuzz
@given(place=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255), cut=st.booleans())
def test_any_file_of_a_replay(place, byte, cut, tmp_path):
    recording = Recording(FORAGE[0], num_envs=6, **SMALL)
    for _ in range(3):
        recording.step(np.ones(6, dtype=np.int64))
    file = tmp_path / "episode.npz"
    recording.save(file)
    content = bytearray(file.read_bytes())
    content[int(place * len(content))] = byte
    file.write_bytes(content[: int(place * len(content))] if cut else content)
    again, refused = outcome(lambda: replay(file))
    assert len(refused) > 15 if refused else again.hash() == recording.hash()


small_or_odd = st.one_of(st.integers(0, 12), odd, arrays_of_any_kind)
EDITS = {
    "place_agent": 4,
    "place_agents": 1,
    "set_kind": 2,
    "place_food": 2,
    "remove_food": 2,
    "place_wall": 2,
    "remove_wall": 2,
    "code_at": 2,
    "agent_at": 2,
    "cell_of": 1,
}
NAMES = ["basket", "bump_cost", "pace", "time_limit", "kind", "cells", "row", "numbers", "clock", "nothing"]


@fuzz
@given(data=st.data())
def test_any_edit(data):
    sim = begun("Sakana/FillBasket-Discrete-v0", ticks=2)
    numbers = ["bump_cost", "basket_size", "speed", "lifespan"]

    def edit():
        with sim.edit(1, numbers) as world:
            for _ in range(data.draw(st.integers(1, 6))):
                name = data.draw(st.sampled_from([*EDITS, "set", "get"]))
                if name in EDITS:
                    arguments = [data.draw(small_or_odd) for _ in range(EDITS[name])]
                    if name == "place_agents":
                        cells = st.one_of(st.tuples(small_or_odd, small_or_odd), small_or_odd)
                        arguments = [data.draw(st.dictionaries(st.one_of(st.integers(-1, 6), st.text()), cells))]
                else:
                    arguments = [data.draw(st.one_of(st.sampled_from([*NAMES, *numbers]), odd))]
                    arguments += [data.draw(small_or_odd) for _ in range(2 if name == "set" else 1)]
                try:
                    getattr(world, name)(*arguments)
                except LookupError as error:
                    raise ValueError(str(error)) from None

    if succeeds(sim, edit):
        test_invariants.check(sim)
        for _ in range(3):
            sim.step(np.full(sim.rows, 3))
            test_invariants.check(sim)


@fuzz
@given(
    given=st.dictionaries(
        st.sampled_from(["observations", "rewards", "terminated", "truncated"]),
        st.one_of(odd, arrays_of_any_kind, arrays.arrays(st.sampled_from([np.float32, np.bool_, np.uint8]), (12,))),
    )
)
def test_any_arrays_to_write_into(given):
    env = vector(FORAGE[0], obs="bytes")
    env.reset(seed=1)
    if succeeds(inner(env), lambda: env.unwrapped.write_into(**given)):
        step = env.step(np.ones(12, dtype=np.int64))
        for returned, name in zip(step, ("observations", "rewards", "terminated", "truncated"), strict=False):
            assert given.get(name) is None or np.shares_memory(returned, given[name])
