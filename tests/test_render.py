"""Pictures: what is where, at which zoom, the same every time, and without touching a world or any graphics library."""

import hashlib
import os
import re
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
from worlds import IDS, simulation, single

from sakana_envs.core import cpu
from sakana_envs.grid.picture import LEVEL
from sakana_envs.grid.tiles import AGENT, EMPTY, FOOD, KIND_COLOURS, WALL
from sakana_envs.render.colours import GAP, PALETTE, shades_of
from sakana_envs.render.painter import Painter
from sakana_envs.render.scene import Scene, scene
from sakana_envs.render.text import text

GROUND = tuple(PALETTE[EMPTY].tolist())


def made(cells, agents=(), tick=0, discrete=True, radius=2, layer=None, of_kinds=False):
    """A scene of rows of codes, with agents (row, col, kind)."""
    cells = np.array(cells, dtype=np.uint8)
    row, col, kind = np.array(agents, dtype=np.float32).reshape(-1, 3).T
    for at in zip(row.astype(int), col.astype(int), kind.astype(int), strict=True):
        cells[at[:2]] = AGENT + at[2]
    return Scene(
        tick=tick,
        cells=cells,
        row=row,
        col=col,
        kind=kind.astype(np.uint8),
        reward=np.zeros(len(row), dtype=np.float32),
        layer=None if layer is None else np.array(layer, dtype=np.uint8),
        radius=radius,
        discrete=discrete,
        layer_of_kinds=of_kinds,
    )


def pixel(frame, zoom, row, col):
    """The colour of what is at a position, in cells, of a frame of the whole map."""
    return tuple(frame[int(row * zoom), int(col * zoom)].tolist())


def empty(height, width):
    return np.zeros((height, width), dtype=np.uint8)


def test_what_is_where():
    cells = empty(4, 5)
    cells[0, 0], cells[3, 4] = WALL, FOOD
    frame = Painter(zoom=16).paint(made(cells, [(1.5, 2.5, 1), (2.5, 0.5, 3)]))
    assert frame.shape == (64, 80, 3) and frame.dtype == np.uint8
    assert pixel(frame, 16, 0.5, 0.5) == tuple(PALETTE[WALL])
    assert pixel(frame, 16, 3.5, 4.5) == tuple(PALETTE[FOOD])
    assert pixel(frame, 16, 1.5, 2.5) == KIND_COLOURS[1]
    assert pixel(frame, 16, 2.5, 0.5) == KIND_COLOURS[3]
    assert pixel(frame, 16, 0.5, 4.5) == GROUND
    assert pixel(frame, 16, 3.02, 4.02) == GROUND, "food is round"
    assert pixel(frame, 16, 1.02, 2.02) == GROUND, "agents are round"


def test_agents_are_drawn_where_they_are_in_their_cell():
    def centre(col):
        frame = Painter(zoom=16).paint(made(empty(3, 8), [(1.5, col, 0)])).astype(int)
        drawn = np.abs(frame - GROUND).sum(axis=2)[:, :]
        return (drawn * (np.arange(frame.shape[1]) + 0.5)).sum() / drawn.sum() / 16

    for col in (3.1, 3.5, 3.78125):
        assert centre(col) == pytest.approx(col, abs=0.02)


def test_the_continuous_twin_shows_where_agents_come_from():
    painter = Painter(zoom=16)
    painter.paint(made(empty(5, 9), [(2.5, 3.5, 0)], tick=0, discrete=False))
    frame = painter.paint(made(empty(5, 9), [(2.5, 4.5, 0)], tick=1, discrete=False))
    assert pixel(frame, 16, 2.5, 4.5 - 0.6) == KIND_COLOURS[0]
    assert pixel(frame, 16, 2.5, 4.5 + 0.6) == GROUND
    still = painter.paint(made(empty(5, 9), [(2.5, 4.5, 0)], tick=2, discrete=False))
    assert (still == frame).all(), "an agent that stays keeps its heading"
    far = painter.paint(made(empty(5, 9), [(2.5, 7.5, 0)], tick=3, discrete=False))
    assert pixel(far, 16, 2.5, 7.5 - 0.6) == KIND_COLOURS[0], "a rebirth is no motion"
    discrete = Painter(zoom=16)
    discrete.paint(made(empty(5, 9), [(2.5, 3.5, 0)], tick=0))
    assert pixel(discrete.paint(made(empty(5, 9), [(2.5, 4.5, 0)], tick=1)), 16, 2.5, 4.5 - 0.6) == GROUND


def test_trails():
    def at(col, tick):
        return made(empty(5, 12), [(2.5, col, 0)], tick=tick)

    painter = Painter(zoom=16, trails=3)
    for tick in range(6):
        frame = painter.paint(at(1.5 + tick, tick)).astype(int)
    share = [abs(frame[40, int(16 * col)] - GROUND).sum() for col in (5.7, 4.7, 3.7, 2.7)]
    assert share[0] > share[1] > share[2] > 0 == share[3]
    jumped = painter.paint(at(11.5, 6))
    assert pixel(jumped, 16, 2.5, 9.0) == GROUND, "no trail where nobody went"
    begun = painter.paint(at(1.5, 0))
    assert (begun == Painter(zoom=16).paint(at(1.5, 0))).all(), "a new episode has no trails"


def test_layers():
    heights = made(empty(2, 2), [(0.5, 0.5, 0)], layer=[[255, 0], [128, 200]])
    frame = Painter(zoom=16).paint(heights)
    for row, col in ((0, 1), (1, 0), (1, 1)):
        assert pixel(frame, 16, row + 0.5, col + 0.5) == tuple(shades_of(heights)[heights.layer[row, col]])
    brightness = shades_of(heights).astype(int).sum(axis=1)
    assert (np.diff(brightness) >= 0).all() and brightness[255] > brightness[0]
    kinds = made(empty(1, 2), layer=[[LEVEL * 2, 0]], of_kinds=True)
    frame = Painter(zoom=16).paint(kinds)
    dim = np.array(pixel(frame, 16, 0.5, 0.5)) - GROUND
    assert pixel(frame, 16, 0.5, 1.5) == GROUND
    assert dim == pytest.approx(0.4 * (np.array(KIND_COLOURS[1]) - GROUND), abs=1), "a dim version of the kind's colour"


def test_small_zoom_shows_every_agent_and_the_mean_of_cells():
    random = np.random.default_rng(1)
    places = random.choice(720 * 1080, size=4096, replace=False)
    agents = [(place // 1080 + 0.5, place % 1080 + 0.5, 0) for place in places]
    seen = made(empty(720, 1080), agents)
    frame = Painter(size=(512, 512)).paint(seen)
    assert frame.shape == (342, 512, 3)
    zoom = 512 / 1080
    rows, cols = (seen.row * zoom).astype(int), (seen.col * zoom).astype(int)
    assert (frame[rows, cols].astype(int).sum(axis=1) > 0.7 * sum(KIND_COLOURS[0])).all()
    half = empty(64, 64)
    half[:, ::2] = WALL
    mean = (PALETTE[WALL].astype(int) + GROUND) // 2
    assert (Painter(zoom=0.5).paint(made(half)) == mean).all()


@pytest.mark.parametrize("size", [(512, 512), (720, 1080), (97, 301), (16, 16)])
@pytest.mark.parametrize("shape", [(12, 10), (75, 131), (300, 7), (1, 1)])
def test_frames_have_even_sides_within_the_size(shape, size):
    seen = made(empty(*shape), [(0.5, 0.5, 0)])
    for zoom in (None, 0.3, 1.0, 2.7, 64.0):
        for follow in (None, 0):
            frame = Painter(zoom=zoom, size=size, follow=follow).paint(seen)
            assert all(0 < side <= limit and side % 2 == 0 for side, limit in zip(frame.shape[:2], size, strict=True))


def test_the_camera_follows_and_stays_on_the_map():
    def middle(row, col):
        frame = Painter(zoom=16, size=(160, 160), follow=0).paint(made(empty(60, 60), [(row, col, 2)]))
        hits = np.argwhere((frame == KIND_COLOURS[2]).all(axis=2))
        return hits.mean(axis=0)

    assert middle(30.5, 30.5) == pytest.approx((80, 80), abs=1.5)
    assert middle(30.25, 17.75) == pytest.approx((80, 80), abs=1.5)
    assert middle(0.5, 59.5) == pytest.approx((8, 152), abs=1.5)


def test_the_view_of_an_agent_is_framed_and_the_rest_darker():
    seen = made(np.full((40, 40), WALL), [(20.5, 20.5, 0)], radius=2)
    plain = Painter(zoom=8).paint(seen).astype(int)
    framed = Painter(zoom=8, show_view=True).paint(seen).astype(int)
    assert (framed[19 * 8 : 20 * 8, 19 * 8 : 20 * 8] == plain[19 * 8 : 20 * 8, 19 * 8 : 20 * 8]).all()
    assert (framed[:100, :100] < plain[:100, :100]).all()
    edge = framed[18 * 8 - 1 : 18 * 8 + 1, 20 * 8]
    assert (edge.sum(axis=1) > plain[100, 100].sum()).any(), "a bright frame two cells away"


def test_many_worlds_are_tiles():
    scenes = [made(empty(10, 10), [(index + 0.5, 2.5, index % 4)]) for index in range(5)]
    frame = Painter(size=(200, 300)).paint(scenes)
    alone = [Painter(size=(98, 97)).paint(each) for each in scenes]
    height, width = alone[0].shape[:2]
    for index, expected in enumerate(alone):
        top, left = index // 3 * (height + 4), index % 3 * (width + 4)
        assert (frame[top : top + height, left : left + width] == expected).all()
    assert (frame[height : height + 4] == GAP).all() and (frame[-height:, -width:] == GAP).all()


def test_every_world_has_its_own_history():
    painter = Painter(zoom=16, size=(600, 600), trails=4)
    for tick in range(4):
        moving = made(empty(5, 9), [(2.5, 1.5 + tick, 0)], tick=tick)
        resting = made(empty(5, 9), [(2.5, 1.5, 0)], tick=tick)
        both = painter.paint([moving, resting])
    tile = (both.shape[0] - 4) // 2
    assert (both[tile + 4 :] == Painter(zoom=16).paint(resting)).all()
    assert (both[:tile] != Painter(zoom=16).paint(moving)).any()


def frames_hash(id, ticks=12):
    """A hash of an episode's frames, with all that a picture can show."""
    worlds = simulation(id, mode=cpu.NEXT_STEP, lifespan=20)
    worlds.seed(5)
    worlds.reset()
    painter = Painter(size=(96, 128), follow=1, show_view=True, trails=5)
    total = hashlib.sha256()
    for _ in range(ticks):
        total.update(painter.paint(scene(worlds)).tobytes())
        worlds.step(worlds.random_actions())
    return total.hexdigest()


_WITHOUT_LIBRARIES = """
import os, sys
import gymnasium, sakana_envs
from test_render import frames_hash
env = gymnasium.make("Sakana/Forage-Continuous-v0", render_mode="rgb_array")
env.reset(seed=1)
assert env.render().any()
assert "pygame" not in sys.modules and "OpenGL" not in sys.modules
if os.path.exists("/proc/self/maps"):
    loaded = open("/proc/self/maps").read()
    assert not any(name in loaded for name in ("libSDL", "libGL", "libEGL", "libX11")), loaded
print(frames_hash("Sakana/Optimize-Continuous-v0"))
"""


def test_frames_are_the_same_in_another_process_without_display_and_graphics_libraries():
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("SDL", "DISPLAY", "WAYLAND"))}
    environment["PYTHONPATH"] = os.pathsep.join([os.path.dirname(__file__), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_LIBRARIES], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == frames_hash("Sakana/Optimize-Continuous-v0")


@pytest.mark.parametrize("id", IDS)
def test_drawing_changes_nothing(id):
    seen, unseen = simulation(id, worlds=2), simulation(id, worlds=2)
    painter = Painter(size=(64, 64), follow=2, show_view=True, trails=3)
    for worlds in (seen, unseen):
        worlds.seed(8)
        worlds.reset()
    for _ in range(25):
        painter.paint([scene(seen, world) for world in range(2)])
        text(scene(seen, 1))
        for worlds in (seen, unseen):
            worlds.step(worlds.random_actions())
        assert (seen.blocks == unseen.blocks).all()


def test_a_scene_is_a_copy():
    worlds = simulation("Sakana/Optimize-Discrete-v0", consumption=0.5)
    worlds.seed(1)
    worlds.reset()
    before = scene(worlds)
    kept = Scene(*(np.copy(part) if isinstance(part, np.ndarray) else part for part in before))
    for _ in range(5):
        worlds.step(worlds.random_actions())
    assert all(np.array_equal(now, then) for now, then in zip(before, kept, strict=True))
    assert scene(worlds).tick == 5 and (scene(worlds).row != before.row).any()
    assert before.layer is not None and not before.layer_of_kinds
    assert scene(simulation("Sakana/Assemble-Discrete-v0")).layer_of_kinds
    with pytest.raises(IndexError, match="world must be from 0 to 0, got 1"):
        scene(worlds, 1)


def test_memory_stays_flat():
    worlds = simulation("Sakana/Forage-Continuous-v0")
    worlds.seed(1)
    worlds.reset()
    painter = Painter(size=(64, 64), trails=8)

    def paint(frames):
        for _ in range(frames):
            painter.paint(scene(worlds))
            worlds.step(worlds.random_actions())

    paint(60)
    tracemalloc.start()
    try:
        paint(60)
        before = tracemalloc.get_traced_memory()[0]
        paint(400)
        assert tracemalloc.get_traced_memory()[0] - before < 20_000
    finally:
        tracemalloc.stop()


def plain(coloured):
    return re.sub(r"\x1b\[[0-9;]*m", "", coloured)


def test_text():
    cells = empty(3, 4)
    cells[0, 0], cells[1, 1] = WALL, FOOD
    seen = made(cells, [(2.5, 3.5, 1), (2.5, 0.5, 0)])
    assert text(seen, coloured=False) == plain(text(seen)) == "#...\n.o..\nA..B\n"
    assert text(seen).count("\x1b[38;2;86;180;233m") == 1, "kind 1 in its own colour"
    assert text(seen, size=(2, 2), coloured=False) == "o.\nAB\n", "agents before food before walls"
    wall = made(np.full((3, 4), WALL))
    assert text(wall, size=(3, 2), coloured=False) == "##\n##\n"
    shaded = made(empty(1, 2), layer=[[255, 0]])
    assert "\x1b[48;2;" in text(shaded) and plain(text(shaded)) == "..\n"


def test_ansi_mode():
    env = single("Sakana/Assemble-Discrete-v0", render_mode="ansi")
    env.reset(seed=1)
    lines = plain(env.render()).splitlines()
    assert len(lines) == 12 and {len(line) for line in lines} == {10}
    assert sum(line.count("A") + line.count("B") for line in lines) == 6


def test_camera_of_an_environment():
    env = single(
        "Sakana/Forage-Discrete-v0", render_mode="rgb_array", camera={"size": (60, 80), "follow": 1, "zoom": 20}
    )
    env.reset(seed=1)
    assert env.render().shape == (60, 80, 3)


def test_a_painter_says_what_is_wrong():
    with pytest.raises(ValueError, match="an agent from 0 to 0, got 1"):
        Painter(follow=1).paint(made(empty(3, 3), [(0.5, 0.5, 0)]))
    with pytest.raises(ValueError, match="at least one scene"):
        Painter().paint([])
    with pytest.raises(ValueError, match=r"64 worlds don't fit into \(32, 32\) pixels"):
        Painter(size=(32, 32)).paint([made(empty(3, 3))] * 64)
