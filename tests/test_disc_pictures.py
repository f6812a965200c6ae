"""Worlds of discs as pictures, text, videos, pages, replays and games: what is where, and what a person makes it do."""

import json
import re
import shutil
import subprocess
from importlib.resources import files

import imageio.v3 as imageio
import numpy as np
import pygame
import pytest
import worlds
from test_page import Page

import sakana_envs
from sakana_envs.grid.tiles import AGENT, EMPTY, WALL
from sakana_envs.render.colours import KIND_COLOURS, PALETTE
from sakana_envs.render.painter import Painter
from sakana_envs.render.scene import Scene, scene
from sakana_envs.render.text import text
from sakana_envs.rules.discs import *  # noqa: F403
from sakana_envs.rules.discs import DISCS, UNICYCLE, Task, look_at, nearest, own, place_block, place_disc
from sakana_envs.tools.page import write_page
from sakana_envs.tools.play import controls
from sakana_envs.tools.play.game import Game
from sakana_envs.tools.play.player import Player
from sakana_envs.tools.record import record
from sakana_envs.tools.record.replay import Recording, replay
from sakana_envs.tools.record.rollout import Rollout

GROUND = tuple(PALETTE[EMPTY].tolist())
GREY = tuple(PALETTE[WALL].tolist())
SPREAD = [id for id in worlds.ALL_IDS if worlds.task_of(id) == "Spread"]
SMALL = {"agents": 3, "discs": 6, "horizon": 12}


def init(world):
    """Agents on wheels in a row, a block, and one still disc."""
    place_block(world, 3, 0)
    for disc in range(world.discs):
        world.radius[disc] = 0.2
        place_disc(world, disc, 0.5 + disc, 1.5)
    world.inverse_mass[world.discs - 1] = 0.0
    for agent in range(world.agents):
        look_at(world, agent, 0.5 * np.pi * agent)


WHEELS = Task(
    name="Wheels",
    engine=DISCS,
    init=init,
    reward=lambda world, agent: 0.0,
    senses=(own("heading"), nearest(0, 1, reach=4.0, ahead=True), nearest(1, 1, reach=4.0)),
    actions=UNICYCLE,
    presets={"default": {"agents": 2, "discs": 3, "height": 3, "width": 4, "horizon": 40}},
)
sakana_envs.register(WHEELS)


def made(things, agents=None, shape=(2, 3), blocks=(), tick=0, **more):
    """A scene of things (x, y, radius, kind) in a world of ``shape`` metres."""
    x, y, sizes, kind = np.array(things, dtype=np.float32).reshape(-1, 4).T
    agents = len(x) if agents is None else agents
    cells = np.zeros(shape, dtype=np.uint8)
    for col, row in blocks:
        cells[shape[0] - 1 - row, col] = WALL
    return Scene(
        tick=tick,
        cells=cells,
        row=np.float32(shape[0]) - y,
        col=x,
        kind=kind.astype(np.uint8),
        reward=np.zeros(agents, dtype=np.float32),
        layer=None,
        radius=0,
        discrete=more.pop("discrete", True),
        sizes=sizes,
        paces=more.pop("paces", np.full(len(x), 10.0, dtype=np.float32)),
        **more,
    )


def pixel(frame, x, y, shape=(2, 3)):
    """The colour at a place, in metres, of a frame of the whole world."""
    return tuple(frame[int((1 - y / shape[0]) * frame.shape[0]), int(x / shape[1] * frame.shape[1])].tolist())


def test_what_is_where():
    seen = made([(0.5, 1.5, 0.3, 0), (2.25, 0.5, 0.1, 6)], blocks=[(2, 1)])
    frame = Painter(zoom=100).paint(seen)
    assert frame.shape == (200, 300, 3)
    for x, y, radius, kind in ((0.5, 1.5, 0.3, 0), (2.25, 0.5, 0.1, 6)):
        for dx, dy in ((1, 0), (0, 1), (-1, 0), (0, -1)):
            assert pixel(frame, x + 0.8 * radius * dx, y + 0.8 * radius * dy) == KIND_COLOURS[kind]
            assert pixel(frame, x + 1.1 * radius * dx, y + 1.1 * radius * dy) == GROUND
    assert pixel(frame, 2.5, 1.5) == GREY, "a block"
    assert pixel(frame, 0.5, 0.5) == GROUND
    for x, y in ((0.005, 1.0), (2.995, 1.0), (1.5, 0.005), (1.5, 1.995)):
        assert pixel(frame, x, y) == GREY, "walls round the world"
    open_world = Painter(zoom=100).paint(seen._replace(bounded=False))
    assert pixel(open_world, 0.005, 1.0) == GROUND
    assert len({GROUND, GREY, *KIND_COLOURS}) == 10, "all kinds look different"


def test_small_ones_lie_on_large_ones_and_who_is_gone_isnt_drawn():
    both = [(1.5, 1.0, 0.1, 1), (1.5, 1.0, 0.5, 0)]
    for things in (both, both[::-1]):
        frame = Painter(zoom=100, agent=0).paint(made(things))
        assert pixel(frame, 1.5, 1.0) == KIND_COLOURS[1] and pixel(frame, 1.8, 1.0) == KIND_COLOURS[0]
    gone = Painter(zoom=100).paint(made([(1.5, 1.0, 0.1, 1), (1.5, 1.0, 0.0, 0)]))
    assert pixel(gone, 1.8, 1.0) == GROUND and pixel(gone, 1.5, 1.0) == KIND_COLOURS[1]


def test_every_disc_is_seen_from_afar():
    frame = Painter(zoom=2).paint(made([(30.0, 40.0, 0.05, 2)], shape=(60, 80)))
    assert pixel(frame, 30.0, 40.0, (60, 80)) == KIND_COLOURS[2]


def test_headings():
    headings = np.float32([(0.0, 1.0), (-1.0, 0.0)])
    frame = Painter(zoom=100).paint(made([(0.6, 1.0, 0.4, 0), (2.0, 1.0, 0.4, 0)], headings=headings, discrete=False))
    assert pixel(frame, 0.9, 1.0) == GROUND, "to the right"
    assert pixel(frame, 2.0, 1.3) == GROUND, "up"
    for x, y in ((0.3, 1.0), (0.6, 1.3), (2.3, 1.0), (2.0, 0.7)):
        assert pixel(frame, x, y) == KIND_COLOURS[0]


def test_tails_and_trails():
    painter = Painter(zoom=100, trails=8)
    for tick, x in enumerate((0.3, 0.8, 1.5)):
        seen = made([(x, 1.0, 0.2, 0), (1.5, x, 0.1, 3)], agents=1, tick=tick, discrete=False)
        frame = painter.paint(seen)
    assert pixel(frame, 1.5 - 0.27, 1.0) == KIND_COLOURS[0], "a tail, in the continuous twin"
    trail = pixel(frame, 0.6, 1.0)
    assert trail not in (GROUND, KIND_COLOURS[0]) and pixel(frame, 1.5, 0.4) not in (GROUND, KIND_COLOURS[3])
    assert pixel(Painter(zoom=100).paint(seen), 1.5 - 0.27, 1.0) == GROUND
    elsewhere = made([(2.7, 0.3, 0.2, 0), (1.5, 1.5, 0.1, 3)], agents=1, tick=3, paces=np.float32([0.2, 0.2]))
    painter.paint(seen._replace(paces=np.float32([0.2, 0.2])))
    painter.paint(seen._replace(tick=3, paces=np.float32([0.2, 0.2])))
    put = painter.paint(elsewhere._replace(tick=4))
    assert pixel(put, 2.1, 0.65) == GROUND, "no trail to where it was put"


def test_what_an_agent_senses():
    sights = np.full((2, 2, 2), np.nan, dtype=np.float32)
    sights[0, 1] = (0.0, 1.0)
    seen = made([(0.5, 1.0, 0.2, 0), (1.5, 0.3, 0.2, 1)], sights=sights)
    plain, shown, other = (
        Painter(zoom=100, **options).paint(seen)
        for options in ({"agent": 0}, {"show_view": True}, {"agent": 1, "show_view": True})
    )
    assert pixel(plain, 1.0, 1.0) == GROUND
    assert min(pixel(shown, 1.0, 1.0)) > 60 and min(pixel(shown, 1.5, 1.0)) > 150, "a line, and a dot at its end"
    assert pixel(other, 1.0, 1.0) == GROUND
    assert pixel(shown, 0.6, 1.0) == pixel(plain, 0.6, 1.0), "lines begin at its edge, and don't hide it"
    assert min(pixel(shown, 0.75, 1.0)) > 60


def test_the_camera_follows():
    alone = made([(90.0, 5.0, 0.1, 0)], shape=(100, 100))
    near = Painter(size=(200, 200), follow=0).camera(alone)
    assert near.zoom > 20 and near.col + 100 / near.zoom <= 100.0
    beyond = made([(-50.0, 5.0, 0.1, 0)], shape=(100, 100), bounded=False)
    frame = Painter(size=(200, 200), follow=0).paint(beyond)
    assert tuple(frame[100, 100]) == KIND_COLOURS[0] and tuple(frame[10, 10]) == GROUND
    small = made([(-50.0, 0.5, 0.2, 0)], shape=(1, 1), bounded=False)
    assert tuple(Painter(size=(200, 200), follow=0).paint(small)[100, 100]) == KIND_COLOURS[0]


def test_text():
    seen = made([(0.5, 1.5, 0.25, 1), (2.9, 0.1, 0.01, 7)], blocks=[(1, 0)])
    lines = text(seen, coloured=False).splitlines()
    assert len(lines) == 8 and {len(line) for line in lines} == {24}, "characters are twice as high as wide"
    assert lines[1][2:6] == lines[2][2:6] == "BBBB" and lines[7][23] == "H"
    assert lines[4][8:16] == "########" and lines[0] == "." * 24
    assert sum(line.count("B") for line in lines) == 8
    far = made([(500.0, 20.0, 0.1, 0)], shape=(40, 1000))
    lines = text(far, coloured=False).splitlines()
    assert len(lines) <= 64 and len(lines[0]) == 128 and "".join(lines).count("A") == 1
    assert "\x1b[38;2;86;180;233m" in text(seen)


@pytest.mark.parametrize("id", SPREAD)
def test_drawing_changes_nothing(id):
    seen, unseen = (worlds.simulation(id, worlds=2) for _ in range(2))
    painter = Painter(size=(64, 64), follow=2, show_view=True, trails=3)
    for each in (seen, unseen):
        each.seed(8)
        each.reset()
    for _ in range(25):
        painter.paint([scene(seen, world) for world in range(2)])
        text(scene(seen, 1))
        for each in (seen, unseen):
            each.step(each.random_actions())
        assert (seen.blocks == unseen.blocks).all()


def test_a_scene_is_what_the_world_is():
    simulation = worlds.simulation(SPREAD[0], worlds=3, **SMALL, height=3, width=5)
    simulation.seed(4)
    simulation.reset()
    for _ in range(3):
        simulation.step(simulation.random_actions())
    shown = scene(simulation, 1)
    kept = [np.copy(part) for part in shown]
    x, y = (simulation.view(name)[1] for name in ("x", "y"))
    assert shown.tick == 3 and shown.cells.shape == (3, 5) and shown.agents == 3 and not shown.cells.any()
    assert (shown.col == x).all() and (shown.row == 3 - y).all() and shown.bounded
    assert (shown.sizes == np.float32([0.15] * 3 + [0.05] * 3)).all() and shown.kind.tolist() == [0, 0, 0, 1, 1, 1]
    assert shown.headings is None and shown.layer is None
    places = np.stack([shown.row, shown.col], axis=1)
    for agent in range(3):
        seen = places[agent] + shown.sights[agent][~np.isnan(shown.sights[agent][:, 0])]
        # As far as the sense reaches, 2 metres along each axis.
        wanted = places[agent] + np.clip(np.delete(places, agent, axis=0) - places[agent], -2.0, 2.0)
        assert seen[np.lexsort(seen.T)] == pytest.approx(wanted[np.lexsort(wanted.T)], abs=1e-4)
    simulation.step(simulation.random_actions())
    for now, then in zip(shown, kept, strict=True):
        if isinstance(now, np.ndarray):
            assert np.array_equal(now, then, equal_nan=now.dtype == np.float32), "it stays as it is"


def test_a_world_before_its_first_episode():
    simulation = worlds.simulation(SPREAD[0], **SMALL)
    seen = scene(simulation)
    frame = Painter(size=(64, 64), follow=0, show_view=True, trails=3).paint(seen)
    assert not seen.sizes.any() and (frame[4:-4, 4:-4] == GROUND).all()
    assert set(text(seen, coloured=False)) == {".", "\n"}


def test_headings_and_blocks_of_a_world():
    simulation = worlds.simulation("Sakana/Wheels-Continuous-v0", agents=2, discs=3, height=3, width=4)
    simulation.seed(1)
    simulation.reset()
    shown = scene(simulation)
    assert shown.headings == pytest.approx(np.array([(0.0, 1.0), (-1.0, 0.0)]), abs=1e-6)
    assert np.argwhere(shown.cells == WALL).tolist() == [[2, 3]], "rows count from the top"
    # Ahead and to the left of the agent are turned back to where that is in the picture.
    assert shown.sights[0] == pytest.approx(np.array([(0.0, 1.0), (0.0, 2.0)]), abs=1e-5)
    assert shown.sights[1] == pytest.approx(np.array([(0.0, -1.0), (0.0, 1.0)]), abs=1e-5)


@pytest.mark.parametrize("id", SPREAD)
def test_render_modes(id):
    env = worlds.single(id, render_mode="rgb_array", camera={"size": (120, 160), "show_view": True, "trails": 4})
    env.reset(seed=1)
    before = env.render()
    for _ in range(3):
        env.step(env.action_space.sample())
    assert before.shape[2] == 3 and (env.render() != before).any()
    env = worlds.single(id, render_mode="ansi", **SMALL, height=2, width=2)
    env.reset(seed=1)
    said = re.sub(r"\x1b\[[0-9;]*m", "", env.render())
    assert said.count("\n") == 13 and said.count("A") > 12 and "B" in said
    many = worlds.vector(id, worlds=3, render_mode="human")
    many.reset(seed=1)
    assert pygame.display.get_init()
    many.close()


def check(page, scenes):
    """A page has what the scenes have: radii and kinds exactly, the rest to the steps that it says."""
    unit = page.header["unit"]
    columns = {name: page.arrays[name].reshape(-1, len(scenes)).T.astype(np.int64) for name in ("kind", "size", "jump")}
    assert page.header["things"] == len(scenes[0].kind) and page.header["agents"] == scenes[0].agents
    for name in ("row", "col"):
        steps = page.arrays[name].reshape(-1, len(scenes)).T.astype(np.int64)
        places = np.cumsum((steps >> 1) ^ -(steps & 1), axis=0)
        assert np.array_equal(places, np.floor([unit * getattr(shown, name).astype(float) for shown in scenes]))
    assert np.array_equal(np.cumsum(columns["kind"], axis=0) % 256, [shown.kind for shown in scenes])
    sizes = (np.cumsum(columns["size"], axis=0) % 2**32).astype(np.uint32).view(np.float32)
    assert np.array_equal(sizes, [shown.sizes for shown in scenes])
    assert unit >= 16 / min(shown.sizes[shown.sizes > 0].min() for shown in scenes)
    return columns["jump"]


def wandering(random, ticks=9, agents=3, others=4, **more):
    """Scenes of discs that move a little, and of which one is put elsewhere in frame 5 and is gone in frame 7."""
    things = random.uniform(0.5, 1.5, (agents + others, 4))
    things[:, 2] *= 0.1
    things[:, 3] = random.integers(0, 8, len(things))
    for tick in range(ticks):
        things[:, :2] += random.uniform(-0.05, 0.05, (len(things), 2))
        if tick == 5:
            things[0, :2] = 2.9, 1.9
        shown = things.copy()
        if tick == 7:
            shown[1, 2] = 0.0
        angle = random.uniform(-np.pi, np.pi, agents)
        yield made(
            shown,
            agents=agents,
            tick=tick,
            headings=np.stack([-np.sin(angle), np.cos(angle)], axis=1).astype(np.float32),
            paces=np.full(len(things), 0.06, dtype=np.float32),
            sights=np.where(random.random((agents, 2, 1)) < 0.3, np.nan, random.uniform(-1, 1, (agents, 2, 2))).astype(
                np.float32
            ),
            **more,
        )


def test_a_page_has_what_the_scenes_have(tmp_path, random):
    scenes = list(wandering(random, blocks=[(1, 1)]))
    write_page(tmp_path / "page.html", scenes, title="Discs")
    page = Page(tmp_path / "page.html")
    jumps = check(page, scenes)
    assert jumps[5, 0] == 1 and jumps.sum() == 1
    assert next(page.maps("ground")).tolist() == scenes[0].cells.tolist()
    names = [name for name, *_ in page.header["legend"]]
    assert names[-1] == "walls" and len(names) == len(np.unique(scenes[0].kind)) + 1
    assert (
        page.header["colours"]["codes"][AGENT:]
        == PALETTE[AGENT : AGENT + len(page.header["colours"]["codes"]) - AGENT].tolist()
    )


def test_the_page_reads_it_as_we_do(tmp_path, random):
    """The page's own decoder, run by Node."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node to run the page's script with")
    scenes = list(wandering(random, bounded=False))
    scenes = [shown._replace(row=shown.row - 5.0) for shown in scenes]  # beyond the map, where rows are below 0
    write_page(tmp_path / "page.html", scenes, title="Discs")
    page = Page(tmp_path / "page.html")
    script = (files("sakana_envs.tools.page") / "episode.js").read_text("utf-8")
    script += """
        inflate(process.argv[2]).then((bytes) => {
          const plain = (key, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
          const episode = decode(JSON.parse(process.argv[1]), bytes);
          const walks = Array.from(episode.kind, (kind, index) => Boolean(walked(episode, index)));
          console.log(JSON.stringify({ ...episode, walks }, plain));
        });
    """
    command = [node, "-e", script, page.texts["header"], page.texts["data"]]
    read = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    step = 1.0 / page.header["unit"]
    for name in ("row", "col"):
        assert read[name] == pytest.approx(np.concatenate([getattr(shown, name) for shown in scenes]), abs=step)
    assert np.array_equal(np.float32(read["size"]), np.concatenate([shown.sizes for shown in scenes]))
    lives = np.array(read["lives"]).reshape(len(scenes), -1)
    assert lives.sum() == lives.size - 1 and not lives[7, 1]
    walks = np.array(read["walks"]).reshape(lives.shape)
    assert not walks[0].any() and not walks[5, 0] and not walks[7:9, 1].any()
    assert walks.sum() == walks.size - len(walks[0]) - 3
    angles = np.array(read["heading"]).reshape(len(scenes), -1) / 128 * np.pi
    wanted = np.array([shown.headings for shown in scenes])
    assert np.stack([-np.sin(angles), np.cos(angles)], axis=2) == pytest.approx(wanted, abs=np.pi / 250)
    sights = np.array(read["sight"]).reshape(len(scenes), 3, 2, 2)
    assert sights == pytest.approx(np.nan_to_num([shown.sights for shown in scenes]), abs=step)


def test_wrong_scenes(tmp_path, random):
    scenes = list(wandering(random))
    for wrong, message in [
        (scenes[1]._replace(col=scenes[1].col * np.nan), "agent 0 at col nan"),
        (scenes[1]._replace(row=scenes[1].row + np.float32([0] * 6 + [np.inf])), "disc 6 at row inf"),
        (scenes[1]._replace(sizes=None), "sizes of shape"),
        (scenes[1]._replace(headings=scenes[1].headings[:2]), "headings of shape"),
    ]:
        with pytest.raises(ValueError, match=message):
            write_page(tmp_path / "page.html", [scenes[0], wrong], title="Discs")


def test_a_page_names_groups_and_other_kinds(tmp_path):
    record(tmp_path / "tag.html", "Tag-Discrete", ticks=2)
    page = Page(tmp_path / "tag.html")
    assert [name for name, *_ in page.header["legend"]] == ["pursuer", "prey", "obstacle"]
    assert [name for name, *_ in page.header["charts"][-1]["lines"]] == ["pursuer", "prey"], "scores are of groups"


@pytest.mark.parametrize("name", ["a.gif", "a.mp4", "a.png", "a.html"])
def test_record(tmp_path, name):
    outcomes = record(tmp_path / name, "Spread-Continuous", seed=2, camera={"size": (96, 96), "trails": 3}, **SMALL)
    assert len(outcomes) == 1 and outcomes[0].length == 12
    if name == "a.html":
        scenes = [each[0] for each in Rollout("Spread-Continuous", seed=2, **SMALL).ticks()]
        page = Page(tmp_path / name)
        check(page, scenes)
        assert page.header["title"] == "Spread-Continuous" and page.header["sights"] == 6
        assert [name for name, *_ in page.header["legend"]] == ["agent", "landmark"]
    elif name != "a.png":
        read = imageio.imread(tmp_path / name, **({"plugin": "FFMPEG"} if name == "a.mp4" else {}))
        assert len(read) == 13 and (read[0] != read[-1]).any()


@pytest.mark.parametrize("id", SPREAD)
def test_replay(tmp_path, id):
    recording = Recording(id, seed=7, num_envs=6, **SMALL)
    for _ in range(5):
        recording.step(recording.env.policy_actions("random"))
    recording.save(tmp_path / "episode.npz")
    assert replay(tmp_path / "episode.npz").hash() == recording.hash()
    with pytest.raises(ValueError, match="too large to replay"):
        Recording(id, num_envs=2**16 * 10**9, agents=2**16, discs=2**16)


@pytest.fixture(params=SPREAD)
def spread(request, tmp_path):
    """A player of Spread, agent 1."""
    return Player(Game(request.param, seed=3, agent=1, **SMALL), 15, (120, 120), tmp_path)


def act(player, keys=(), **given):
    player.step(controls.motion(player, set(keys), **given), ())
    simulation = player.game.simulation
    return [
        simulation.view(name)[0, player.game.agent] / simulation.view("power")[0, player.game.agent]
        for name in ("push_x", "push_y")
    ]


@pytest.mark.parametrize(
    ("keys", "push"),
    [(["right"], (1, 0)), (["up"], (0, 1)), (["down", "a"], (-1, -1)), (["[9]"], (1, 1)), ([], (0, 0))],
)
def test_keys_push(spread, keys, push):
    assert act(spread, keys) == pytest.approx(push)


def test_a_stick_and_the_pointer_push(spread):
    continuous = "Continuous" in spread.game.title
    assert act(spread, stick=(-0.5, 0.25)) == pytest.approx((0.25, 0.5) if continuous else (1, 1))
    seen = spread.game.scene()
    zoom = spread.painter.camera(seen).zoom
    at = int((seen.row[1] - 0.1) * zoom), int(seen.col[1] * zoom)
    wanted = spread.way_to(at)
    assert wanted == pytest.approx((-0.28, 0.0), abs=0.05), "an agent's radius is not half the way"
    assert act(spread, pointer=at) == pytest.approx((wanted[1], -wanted[0]) if continuous else (0, 1), abs=0.05)


def test_a_game_of_discs(spread, tmp_path):
    whole = spread.painter.camera(spread.game.scene()).zoom
    assert spread.painter.follow is None
    controls.handle(spread, pressed("page up"))
    assert spread.painter.zoom >= whole, "nearer is never farther"
    for key in ("v", "t", "tab", "p"):
        controls.handle(spread, pressed(key))
    assert spread.game.agent == 2 and len(list(tmp_path.glob("*.png"))) == 1
    assert "agent 2 of 3" in spread.lines()[1]
    far = Player(Game("Spread", height=200, width=200), 15, (400, 400))
    assert far.painter.follow == 0, "where discs are tiny the camera begins at the agent"


def pressed(key):
    return controls.Event("key", key)


@pytest.mark.parametrize("twin", ["Discrete", "Continuous"])
def test_who_has_a_heading_goes_ahead_and_turns(twin):
    def driven(keys=(), **given):
        player = Player(Game(f"Wheels-{twin}", agent=1), 15, (240, 320))
        for _ in range(3):
            player.step(controls.motion(player, set(keys), **given))
        shown = player.game.scene()
        return 2.0 - shown.row[1] - 0.5, shown.col[1] - 1.5, -shown.headings[1, 1]

    up, right, left = driven(["up"])
    assert up > 0.02 and (right, left) == pytest.approx((0.0, 0.0), abs=1e-6)
    assert driven(["left"])[2] > 0.02 and driven(["d"])[2] < -0.02
    assert driven()[0] == 0.0
    both = driven(["up", "right"])
    assert both[0] > 0.02 and both[2] < -0.02
    assert driven(stick=(-0.5, 0.0))[0] > 0.02
    # The pointer: towards it, ahead only as far as it looks there.
    assert driven(pointer=(0, 120))[0] > 0.02
    aside = driven(pointer=(120, 300))
    assert aside[2] < -0.02 and aside[0] == pytest.approx(0.0, abs=1e-6)
    assert driven(pointer=(120, 5))[2] > 0.02
