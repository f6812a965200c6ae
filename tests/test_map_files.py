"""Maps and pictures: from files of any kind, read once, and as fast for large maps as for small ones."""

import os
import re
import struct
import zlib

import numpy as np
import pytest
from crafted import little_memory
from hypothesis import given, settings
from hypothesis import strategies as st

import sakana_envs
from sakana_envs.core.files import open_file
from sakana_envs.grid import picture, terrain
from sakana_envs.grid.flood import OPEN, REACHED, flood
from sakana_envs.grid.picture import read_picture
from sakana_envs.grid.terrain import read_map
from sakana_envs.tools.play.game import Game
from sakana_envs.wrappers import images
from sakana_envs.wrappers.images import read_source, write_picture

DRAWN = "AA.\n#.o\n"
CODES = [[3, 3, 0], [2, 0, 1]]


def make(task="Forage", **arguments):
    return sakana_envs.parallel_env(f"Sakana/{task}-Discrete-v0", **{"agents": 2, **arguments})


@pytest.mark.parametrize(
    "content",
    [
        DRAWN.encode(),
        DRAWN.strip().encode(),
        DRAWN.replace("\n", "\r\n").encode(),
        DRAWN.replace("\n", "\r").encode(),
        ("\n\n" + DRAWN + "\n\n").encode(),
        b"\xef\xbb\xbf" + DRAWN.encode(),
        b"\xff\xfe" + DRAWN.encode("utf-16-le"),
        b"\xfe\xff" + DRAWN.encode("utf-16-be"),
    ],
)
@pytest.mark.parametrize("name", ["map.txt", "MAP.TXT", "map.Txt"])
def test_text_of_any_writing(name, content, tmp_path):
    (tmp_path / name).write_bytes(content)
    for path in (tmp_path / name, str(tmp_path / name)):
        assert read_map(read_source(path)).codes.tolist() == CODES


@pytest.mark.parametrize("name", ["map.png", "MAP.PNG"])
def test_pictures_of_any_suffix(name, tmp_path):
    colours = {0: (0, 0, 0), 1: (0, 255, 0), 2: (128, 128, 128), 3: (255, 165, 0)}
    pixels = np.array([[colours[code] for code in row] for row in CODES], dtype=np.uint8)
    write_picture(tmp_path / "map.png", pixels)
    os.rename(tmp_path / "map.png", tmp_path / name)
    assert read_map(read_source(tmp_path / name)).codes.tolist() == CODES


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            "ä..\n...\n".encode("latin-1"),
            "is no text in UTF-8, nor in UTF-16 with its mark: .* byte 0xe4 in position 0",
        ),
        (b"\xff\xfe.", "is no text in UTF-8, nor in UTF-16"),
        (bytes(range(256)), "is no text in UTF-8"),
        (DRAWN.encode("utf-16-le"), "row 1 of the map has 7 cells, row 0 has 6"),
        ("AA".encode("utf-16-le"), r"the map has '\\x00' at row 0, column 1"),
        (b"\x1b[2J\n....", r"the map has '\\x1b' at row 0, column 0"),
        ("..\n.\N{FISH}\n".encode(), "the map has '\N{FISH}' at row 1, column 1"),
        (b"", r"must have 1 to 8192 rows and columns, got \(1, 0\)"),
        (b"\n" * 9000 + b"." + b"\n" * 9000 + b".", r"rows and columns, got \(9001, 1\)"),
        (b"." * 9000, r"rows and columns, got \(1, 9000\)"),
    ],
)
def test_text_that_is_no_map(content, says, tmp_path):
    (tmp_path / "map.txt").write_bytes(content)
    with pytest.raises(ValueError, match=says) as caught:
        make(map=tmp_path / "map.txt")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("suffix", ["txt", "png", "TXT"])
def test_files_without_an_end(suffix, tmp_path):
    os.mkfifo(tmp_path / f"pipe.{suffix}")
    (tmp_path / f"folder.{suffix}").mkdir()
    os.symlink("/dev/zero", tmp_path / f"zero.{suffix}")
    for name, says in (("pipe", "a device or a pipe"), ("zero", "a device or a pipe"), ("folder", "a folder")):
        for arguments in ({"map": tmp_path / f"{name}.{suffix}"}, {"picture": str(tmp_path / f"{name}.{suffix}")}):
            with pytest.raises(ValueError, match=says):
                make("Assemble", **arguments)
        with pytest.raises(ValueError, match=says):
            Game("Forage", map=str(tmp_path / f"{name}.{suffix}"))
    with pytest.raises(FileNotFoundError, match=re.escape(f"nowhere.{suffix}'")):
        make(map=tmp_path / f"nowhere.{suffix}")


def test_files_of_another_name(tmp_path):
    for path in (tmp_path / "map.jpg", str(tmp_path / "map.jpg")):
        with pytest.raises(ValueError, match=r"a file must be named \.txt or \.png"):
            make(map=path)


def png(height, width, rows, more=b""):
    """A picture of one bit for a pixel."""

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    parts = [chunk(b"IHDR", header), more, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(
    "content",
    [
        png(3, 3, b""),
        png(3, 3, bytes(6))[:50],
        png(3, 3, bytes(6)).replace(b"IHDR", b"IHDX"),
        png(3, 3, bytes(6), more=b"\x00\x00\x00\x04\x1b[2J????\x00\x00\x00\x00"),
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 40,
        b"GIF89a" + bytes(40),
    ],
)
def test_a_picture_that_cannot_be_read(content, tmp_path):
    (tmp_path / "map.png").write_bytes(content)
    with pytest.raises(ValueError, match=r"map\.png' is not a PNG picture") as caught:
        read_source(tmp_path / "map.png")
    assert str(caught.value).isprintable()


def test_what_is_measured_is_what_is_read(tmp_path, monkeypatch):
    """A file that is exchanged meanwhile changes nothing: it is opened once."""
    path = tmp_path / "map.png"
    path.write_bytes(png(8, 9, bytes(24)))
    opened = []

    def once(path):
        opened.append(path)
        file = open_file(path)
        os.unlink(path)
        return file

    monkeypatch.setattr(images, "open_file", once)
    assert read_source(path).shape == (8, 9, 4) and len(opened) == 1


@pytest.mark.parametrize("face", [make, lambda **arguments: Game("Forage", agent=0, **arguments)])
def test_a_map_is_read_once(face, monkeypatch):
    floods = []
    monkeypatch.setattr(terrain, "flood", lambda *arguments: floods.append(flood(*arguments)))
    face(map=DRAWN, agents=2)
    assert len(floods) == 1


def test_a_picture_is_read_once(monkeypatch):
    reads = []
    monkeypatch.setattr(picture, "read_picture", lambda *given: reads.append(given) or read_picture(*given))
    make("Assemble", picture="01\n10\n", height=9, width=9)
    assert len(reads) == 1


def slowly_reached(free, start):
    """Cells reached by widening what is reached, all of it at a time, until nothing more is."""
    reached = np.zeros_like(free)
    reached[start] = True
    while True:
        padded = np.pad(reached, 1)
        height, width = free.shape
        near = [padded[r : r + height, c : c + width] for r in range(3) for c in range(3)]
        wider = free & np.any(near, axis=0)
        if (wider == reached).all():
            return reached
        reached = wider


@settings(max_examples=300, deadline=None)
@given(data=st.data(), height=st.integers(1, 12), width=st.integers(1, 12))
def test_what_is_reached(data, height, width):
    free = np.array(data.draw(st.lists(st.booleans(), min_size=height * width, max_size=height * width)))
    free = free.reshape(height, width)
    if not free.any():
        return
    places = np.argwhere(free)
    start = tuple(places[data.draw(st.integers(0, len(places) - 1))].tolist())
    marks = free.astype(np.uint8)
    flood(marks, *start)
    assert ((marks == REACHED) == slowly_reached(free, start)).all()
    assert ((marks == OPEN) == free & ~slowly_reached(free, start)).all()


def test_winding_ways_combs_and_boards():
    """Ways that are long, that branch, and that are cells of their own along diagonals."""
    winding = np.zeros((301, 300), dtype=np.uint8)
    winding[1::4, :-1] = winding[3::4, 1:] = 2
    comb = np.zeros((300, 301), dtype=np.uint8)
    comb[:-1, 1::2] = 2
    board = (np.indices((300, 301)).sum(axis=0) % 2).astype(np.uint8) * 2
    for codes in (winding, comb, board):
        for turned in (codes, codes[::-1].copy(), codes.T.copy(), codes[:, ::-1].T.copy()):
            assert (read_map(turned).codes == turned).all()
            cut = turned.copy()
            cut[150] = 2
            with pytest.raises(ValueError, match=r"the map's free cell at row \d+, column \d+ can't be reached"):
                read_map(cut)


COLOURS = st.sampled_from([*(c for colours in terrain.COLOURS.values() for c in colours), (40, 40, 40), (128, 168, 88)])


@settings(max_examples=200, deadline=None)
@given(data=st.data(), channels=st.sampled_from([3, 4]))
def test_colours_mean_the_first_that_is_near(data, channels):
    pixel = tuple(min(max(part + data.draw(st.integers(-45, 45)), 0), 255) for part in data.draw(COLOURS))
    alpha = data.draw(st.sampled_from([0, 1, 255]))
    pixels = np.array([[[*pixel, alpha][:channels], (0, 0, 0, 255)[:channels]]], dtype=np.uint8)
    meant = [
        code
        for code, colours in terrain.COLOURS.items()
        for colour in colours
        if max(abs(a - b) for a, b in zip(pixel, colour, strict=True)) <= 40
    ]
    if channels == 4 and alpha == 0:
        meant = [0]
    if not meant:
        with pytest.raises(ValueError, match=re.escape(f"has the colour {tuple(pixels[0, 0].tolist())}, which")):
            read_map(pixels)
    else:
        assert read_map(pixels).codes[0].tolist() == [meant[0], 0]


def test_a_large_map_takes_little_memory(tmp_path):
    """A file of a few hundred bytes: some times the four million cells that it draws, and no more."""
    read_map("..")  # what is compiled takes memory once
    side = 2000
    row = bytes(1 + side // 8)
    (tmp_path / "map.png").write_bytes(png(side, side, row * side))
    assert os.path.getsize(tmp_path / "map.png") < 2000
    with little_memory(14 * side * side):
        assert read_map(read_source(tmp_path / "map.png")).codes.shape == (side, side)
    text = "\n".join(["." * side] * side)
    with little_memory(8 * side * side):
        assert read_map(text).codes.shape == (side, side)
    pixels = np.full((side, side, 3), 230, dtype=np.uint8)
    with little_memory(8 * side * side):
        read_picture(pixels, (side, side), 4)


def test_the_largest_map():
    assert read_map("\n".join(["." * 8192] * 8192)).codes.shape == (8192, 8192)


@pytest.mark.parametrize(
    ("drawn", "says"),
    [
        ("1\n" * 20_000, "the picture is 20000 x 1, larger than the map, 9 x 9"),
        ("1" * 20_000 + "\n", "the picture is 1 x 20000, larger than the map, 9 x 9"),
        (np.zeros((9, 10, 3), np.uint8), "the picture is 9 x 10, larger than the map, 9 x 9"),
    ],
)
def test_pictures_are_measured_before_they_are_read(drawn, says):
    with little_memory(), pytest.raises(ValueError, match=says):
        make("Assemble", height=9, width=9, picture=drawn)


def test_digits_of_a_picture_are_kinds():
    levels = read_picture("\n01\r\n x3\n4\n", (3, 5), 4)
    assert levels.tolist() == [[0, 63, 126, 0, 0], [0, 0, 0, 252, 0], [0, 0, 0, 0, 0]]
