"""Crafted files of states and replays: a ``ValueError`` in words, the worlds as they were, and no memory taken."""

import io
import os
import subprocess
import sys
import zipfile
from collections import UserDict

import numpy as np
import pytest
from crafted import HEADERS, call_encrypted, grow, headed, little_memory, members_of, npy, swapped, zipped
from test_state import begun, course
from worlds import SMALL

from sakana_envs.core.archive import read_array
from sakana_envs.tools.record.replay import Recording, replay


def load(content):
    return np.load(io.BytesIO(content), allow_pickle=False)


def refuses_state(content, message):
    sim = begun(worlds=2)
    before = sim.blocks.tobytes()
    file = load(content)
    with little_memory(), pytest.raises(ValueError, match=message):
        sim.set_state(file)
    assert sim.blocks.tobytes() == before


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """The arrays of a replay that plays."""
    path = tmp_path_factory.mktemp("replays") / "episode.npz"
    recording = Recording("Sakana/Forage-Discrete-v0", num_envs=6, **SMALL)
    for _ in range(3):
        recording.step(np.ones(6, dtype=np.int64))
    recording.save(path)
    with np.load(path) as file:
        return dict(file)


def refuses_replay(path, content, message):
    path.write_bytes(content)
    with little_memory(), pytest.raises(ValueError, match=message):
        replay(path)


@pytest.mark.parametrize("part", ["version", "layout", "blocks", "begun", "checksum"])
@pytest.mark.parametrize("content", HEADERS.values(), ids=HEADERS)
def test_headers_of_a_state(content, part):
    state = begun(worlds=2).get_state()
    refuses_state(zipped(swapped(state, part, content)), rf"damaged: {part} can't be read|bytes of {part}; at most")


@pytest.mark.parametrize("part", ["version", "package", "configuration", "actions", "hash"])
@pytest.mark.parametrize("content", HEADERS.values(), ids=HEADERS)
def test_headers_of_a_replay(content, part, recorded, tmp_path):
    content = zipped(swapped(recorded, part, content))
    refuses_replay(tmp_path / "a.npz", content, rf"damaged: {part} can't be read|bytes of {part}; at most")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ([("steps.npy", npy(3))], "it also has 'steps'"),
        ([("blocks.npy", npy(3)), ("hash.npy", npy(3))], "it (also has|has more than once) "),
        ([("version", npy(1))], "it also has 'version without .npy'"),
        ([("version.npy", npy(1))], "it has more than once version"),
        ([("\x1b[2J\n.npy", b"")], r"it also has '\\x1b\[2J\\n'"),
        ([("x" * 9000, b"")], "it also has 'xxxx.{90,120}$"),
        ([(f"{number}.npy", b"") for number in range(20_000)], "it also has '0', '1', '2', '3', '4'$"),
    ],
)
def test_members_beside_the_known_ones(more, says, recorded, tmp_path):
    state = begun(worlds=2).get_state()
    path = tmp_path / "a.npz"
    path.write_bytes(zipped([*members_of(recorded), *more]))
    with pytest.raises(ValueError, match=rf"is not a replay: it must have version, .*{says}"):
        replay(path)
    sim = begun(worlds=2)
    for content in (zipped([*members_of(state), *more]), zipped([*more, *members_of(state)])):
        with pytest.raises(ValueError, match=rf"no state: it must have version, .*{says}"):
            sim.set_state(load(content))
    with pytest.raises(ValueError, match=r"no state: .* also has 'steps'"):
        sim.set_state({**state, "steps": 3})


@pytest.mark.parametrize("lie", [grow, call_encrypted])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_file_that_lies(method, lie, recorded, tmp_path):
    state = begun(worlds=2).get_state()
    refuses_state(zipped(members_of(state), method, lie), "version can't be read")
    refuses_replay(tmp_path / "a.npz", zipped(members_of(recorded), method, lie), "version can't be read")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_have_no_limit(method):
    state = begun(worlds=2).get_state()
    refuses_state(zipped(members_of(state), method), "compressed by a method that numpy.savez doesn't use")


def test_a_small_file_of_gigabytes(recorded, tmp_path):
    """As large as they say, and compressed to a thousandth."""
    zeros = npy(np.zeros(1 << 26, np.uint8))
    for part in ("version", "blocks", "begun"):
        content = zipped(swapped(begun(worlds=2).get_state(), part, zeros), zipfile.ZIP_DEFLATED)
        refuses_state(content, f"has 67108864 bytes of {part}; at most")
    for part in ("package", "hash"):
        content = zipped(swapped(recorded, part, zeros), zipfile.ZIP_DEFLATED)
        refuses_replay(tmp_path / "a.npz", content, f"has 67108864 bytes of {part}; at most")


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_what_numpy_writes_is_read(save):
    sim = begun(worlds=2)
    state = sim.get_state()
    file = io.BytesIO()
    save(file, **{**state, "blocks": np.asfortranarray(state["blocks"])})
    expected = course(sim, 20)
    sim.set_state(load(file.getvalue()))
    assert course(sim, 20) == expected


@pytest.mark.parametrize(
    "array",
    [np.array(1), np.array("täxt"), np.zeros((0, 5), np.int64), np.array([True]), np.arange(6.0).reshape(2, 3).T],
)
def test_an_array_is_what_was_written(array):
    with zipfile.ZipFile(io.BytesIO(zipped([("a.npy", npy(array))]))) as archive:
        found = read_array(archive, "a", 100)
    assert found.dtype == array.dtype and found.shape == array.shape and (found == array).all()


def test_big_endian_numbers_are_read():
    with zipfile.ZipFile(io.BytesIO(zipped([("a.npy", npy(np.arange(5, dtype=">i4")))]))) as archive:
        assert read_array(archive, "a", 100).tolist() == [0, 1, 2, 3, 4]


def test_a_closed_file():
    sim = begun(worlds=2)
    file = load(zipped(members_of(sim.get_state())))
    file.close()
    with pytest.raises(ValueError, match="file is closed"):
        sim.set_state(file)


class Awkward:
    """Raises whatever is done with it."""

    def __array__(self, *_, **__):
        raise SystemError("no array")

    def __str__(self):
        raise SystemError("no text")

    __repr__ = __eq__ = __len__ = __str__
    __hash__ = object.__hash__


BOXED = np.full((), None, dtype=object)
BOXED[()] = Awkward()


class Torn(UserDict):
    """A state of someone's own making, whose parts can't be had."""

    def __getitem__(self, name):
        raise SystemError("\x1b[2J torn")


@pytest.mark.parametrize("part", ["version", "layout", "blocks", "begun", "checksum"])
@pytest.mark.parametrize(
    "value",
    [Awkward(), BOXED, [[[]]] * 3, [1, [2]], range(10**9), {}, None, b"x", 1j, np.datetime64(0, "s")],
    ids=lambda value: type(value).__name__,
)
def test_parts_that_are_no_arrays(value, part):
    sim = begun(worlds=2)
    with little_memory(), pytest.raises(ValueError, match=part if part != "layout" else "layout|state is of"):
        sim.set_state({**sim.get_state(), part: value})


def test_a_mapping_that_fails():
    sim = begun(worlds=2)
    with pytest.raises(ValueError, match=r"can't be read: SystemError: '\\x1b\[2J torn'"):
        sim.set_state(Torn(sim.get_state()))


def test_files_that_are_none(tmp_path):
    os.mkfifo(tmp_path / "pipe.npz")
    for path, says in ((tmp_path / "pipe.npz", "device or a pipe"), (tmp_path, "folder"), ("/dev/zero", "device")):
        with pytest.raises(ValueError, match=says):
            replay(path)
    with pytest.raises(FileNotFoundError, match=r"no file '.*nowhere\.npz'"):
        replay(tmp_path / "nowhere.npz")
    huge = tmp_path / "huge.npy"
    huge.write_bytes(headed(b"{'descr': '|u1', 'fortran_order': False, 'shape': (1099511627776,), }\n"))
    with little_memory(), pytest.raises(ValueError, match=r"is not a replay: it must be an \.npz file, and whole"):
        replay(huge)


FOREIGN = """
import sys, types, warnings
for name in ("torch", "stable_baselines3", "stable_baselines3.common", "stable_baselines3.common.save_util"):
    sys.modules[name] = types.ModuleType(name)

def load_from_zip_file(path, device):
    warnings.warn("Could not deserialize object \\x1b[2J")
    raise AttributeError("no attribute \\x1b[31m" + "y" * 9000)

sys.modules["stable_baselines3.common.save_util"].load_from_zip_file = load_from_zip_file
from sakana_envs.wrappers.sb3_policy import SB3Policy
try:
    SB3Policy(sys.argv[1])
except ValueError as error:
    print(error)
"""
"""A library that fails with words from a file, in place of the real one, which is large and may not be there."""


def test_what_a_policy_says_reaches_the_terminal_as_its_repr(tmp_path):
    (tmp_path / "policy.zip").write_bytes(zipped([("data", b"{}")]))
    command = [sys.executable, "-c", FOREIGN, str(tmp_path / "policy.zip")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    said = done.stdout.rstrip("\n")
    assert "is not a model of Stable-Baselines3" in said and r"\x1b[31m" in said and r"object \x1b[2J" in said
    assert said.isprintable() and len(said) < 500 and not done.stderr
