"""Pages that play an episode: what they hold is what was given, and text in them stays text."""

import base64
import html.parser
import json
import os
import re
import shutil
import subprocess
import zlib
from importlib.resources import files

import numpy as np
import pytest
import worlds
from hypothesis import given, settings
from hypothesis import strategies as st

from sakana_envs.grid.tiles import AGENT, EMPTY, FOOD, WALL
from sakana_envs.render.colours import PALETTE
from sakana_envs.render.scene import Scene, scene
from sakana_envs.tools.page import write_page

PER_CELL = 16


def random_scenes(random, height=8, width=9, agents=5, ticks=6, layer="none", rewards="few", first_tick=0, dead=0.0):
    """Scenes of agents that walk or jump, on ground that changes anywhere; not what a world would do, but its form."""
    ground = random.choice([EMPTY, FOOD, WALL], (height, width), p=[0.7, 0.2, 0.1]).astype(np.uint8)
    field = random.integers(0, 256, (height, width)).astype(np.uint8)
    for tick in range(first_tick, first_tick + ticks):
        places = random.choice(height * width, agents, replace=False)
        kind = random.integers(0, 4, agents).astype(np.uint8)
        lives = random.random(agents) >= dead if dead else np.ones(agents, dtype=np.bool_)
        cells = ground.copy()
        cells.reshape(-1)[places[lives]] = AGENT + kind[lives]
        fraction = random.integers(0, 1024, (2, agents)) / 1024
        given_rewards = {
            "none": np.zeros(agents),
            "few": random.choice([0.0, 0.1, -1.0], agents),
            "many": random.normal(size=agents) * 10.0 ** random.integers(-6, 6),
        }
        yield Scene(
            tick=tick,
            cells=cells,
            row=np.where(lives, places // width + fraction[0], -1.0).astype(np.float32),
            col=np.where(lives, places % width + fraction[1], -1.0).astype(np.float32),
            kind=kind,
            reward=given_rewards[rewards].astype(np.float32),
            layer=None if layer == "none" else field.copy(),
            radius=5,
            discrete=False,
        )
        ground[random.random((height, width)) < 0.1] = random.choice([EMPTY, FOOD, WALL])
        if layer == "changing":
            field[random.random((height, width)) < 0.2] //= 2


class Page(html.parser.HTMLParser):
    """The scripts of a page by id, and whatever a browser would run or load."""

    def __init__(self, path):
        super().__init__()
        self.texts = {}
        self.tags = []
        self._id = None
        self.feed(path.read_text("utf-8"))
        self.header = json.loads(self.texts["header"])
        self.arrays = self._unpack()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag == "script":
            self._id = dict(attributes).get("id", "code")
            self.texts[self._id] = ""

    def handle_endtag(self, tag):
        self._id = None

    def handle_data(self, text):
        if self._id:
            self.texts[self._id] += text

    def _unpack(self):
        data = np.frombuffer(zlib.decompress(base64.b64decode(self.texts["data"])), dtype=np.uint8)
        arrays, start = {}, 0
        for name, length, width in self.header["arrays"]:
            planes = data[start : start + length * width].reshape(width, length).astype(np.uint32)
            arrays[name] = sum(
                (plane << (8 * index) for index, plane in enumerate(planes)), np.zeros(length, np.uint32)
            )
            start += length * width
        assert start == len(data)
        return arrays

    def by_tick(self, name):
        """What is stored agent by agent, as (ticks, agents)."""
        return self.arrays[name].reshape(self.header["agents"], -1).T.astype(np.int64)

    def positions(self, name):
        steps = self.by_tick(name)
        return np.cumsum((steps >> 1) ^ -(steps & 1), axis=0)

    def maps(self, name, emptied=None):
        """The ground or the layer of each tick."""
        now = self.arrays[f"{name}_first"].astype(np.uint8)
        shape = (self.header["height"], self.header["width"])
        ends = np.cumsum(self.arrays[f"{name}_counts"])
        for index, (start, end) in enumerate(zip([0, *ends], ends, strict=False)):
            if emptied is not None:
                now[emptied[index]] = EMPTY
            now[np.cumsum(self.arrays[f"{name}_gaps"][start:end])] = self.arrays[f"{name}_codes"][start:end]
            yield now.reshape(shape).copy()


def write(path, scenes, **arguments):
    write_page(path, scenes, **{"title": "Title", **arguments})
    return Page(path)


def check(page, scenes):
    """A page has what the scenes have: all exactly, but fractions of cells, and rewards of which there are many."""
    assert page.arrays["tick"].tolist() == [scene.tick for scene in scenes]
    rows, cols = page.positions("row"), page.positions("col")
    assert np.array_equal(rows, np.floor([PER_CELL * scene.row.astype(float) for scene in scenes]))
    assert np.array_equal(cols, np.floor([PER_CELL * scene.col.astype(float) for scene in scenes]))
    assert np.array_equal(np.cumsum(page.by_tick("kind"), axis=0) % 256, [scene.kind for scene in scenes])
    rewards = np.array([scene.reward for scene in scenes], dtype=np.float32)
    stored = page.arrays["levels"].view(np.float32)[page.by_tick("reward")]
    if len(np.unique(rewards)) <= 256:
        assert np.array_equal(stored, rewards)
    else:
        spread = float(rewards.max()) - float(rewards.min())
        assert np.abs(stored.astype(float) - rewards).max() <= spread / 510 * (1 + 1e-4)
    cells = rows // PER_CELL * page.header["width"] + cols // PER_CELL
    places = [cells[tick, alive] for tick, alive in enumerate(rows >= 0)]
    for ground, shown in zip(page.maps("ground", places), scenes, strict=True):
        assert np.array_equal(ground, np.where(shown.cells >= AGENT, EMPTY, shown.cells))
    if scenes[0].layer is None:
        assert "layer_first" not in page.arrays and page.header["colours"]["layer"] is None
    else:
        for layer, shown in zip(page.maps("layer"), scenes, strict=True):
            assert np.array_equal(layer, shown.layer)


@given(
    seed=st.integers(0, 2**32 - 1),
    height=st.integers(1, 30),
    width=st.integers(1, 300),
    share=st.floats(0.0, 1.0),
    ticks=st.integers(1, 12),
    layer=st.sampled_from(["none", "still", "changing"]),
    rewards=st.sampled_from(["none", "few", "many"]),
    first_tick=st.integers(0, 70000),
    dead=st.sampled_from([0.0, 0.3, 1.0]),
)
@settings(max_examples=60, deadline=None)
def test_a_page_has_what_the_scenes_have(tmp_path_factory, seed, height, width, share, **form):
    agents = max(1, min(round(share * height * width), 50))
    scenes = list(random_scenes(np.random.default_rng(seed), height, width, agents, **form))
    page = write(tmp_path_factory.mktemp("page") / "episode.html", scenes)
    assert (page.header["height"], page.header["width"], page.header["agents"]) == (height, width, agents)
    check(page, scenes)


@pytest.mark.parametrize("id", worlds.IDS)
def test_a_page_has_what_a_world_did(tmp_path, id):
    simulation = worlds.simulation(id, lifespan=5.0)
    simulation.seed(3)
    simulation.reset()
    scenes = [scene(simulation)]
    for _ in range(12):
        simulation.step(simulation.random_actions())
        scenes.append(scene(simulation))
    check(write(tmp_path / "episode.html", iter(scenes)), scenes)


def test_curves(tmp_path, random):
    scenes = list(random_scenes(random, ticks=4))
    collected = []

    def watched():
        for shown in scenes:
            yield shown
            collected.append(10.0 * shown.tick)

    curves = {"Tens": collected, "Both": {"dogs": [1.0] * 4, "all": [np.nan] * 4}}
    page = write(tmp_path / "p.html", watched(), kinds=["cats", "dogs"], curves=curves, score=lambda: 0.25)
    assert page.header["charts"][2] == {"name": "Both", "lines": [["dogs", AGENT + 1], ["all", None]]}
    assert ["score", "0.250"] in page.header["facts"]
    values = page.arrays["curves"].view(np.float32).reshape(-1, 4)
    lines = {
        (chart["name"], name): next(rows)
        for rows in [iter(values)]
        for chart in page.header["charts"]
        for name, _ in chart["lines"]
    }
    rewards = np.array([shown.reward for shown in scenes])
    kinds = np.array([shown.kind for shown in scenes])
    means = lines["Reward per tick", "mean"]
    assert np.isnan(means[0])  # nothing has happened yet
    assert np.allclose(means[1:], rewards[1:].mean(axis=1), atol=1e-6)
    for kind, name in enumerate(["cats", "dogs", "kind 2", "kind 3"]):
        of_kind = [rewards[tick][kinds[tick] == kind] for tick in range(1, 4)]
        expected = [reward.mean() if len(reward) else np.nan for reward in of_kind]
        assert np.allclose(lines["Reward per tick", name][1:], expected, atol=1e-6, equal_nan=True)
    assert lines["Tens", "Tens"].tolist() == [0.0, 10.0, 20.0, 30.0]
    assert lines["Food on the map", "cells with food"].tolist() == [np.sum(shown.cells == FOOD) for shown in scenes]


HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]> & &lt; \" ' `${alert(1)}` \\u003c \\",
    "@data@ @header@ \\1 \\g<0>",
    "\u2028\u2029\x00\ud800 ünï",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text(tmp_path, random, text):
    scenes = list(random_scenes(random))
    plain = write(tmp_path / "plain.html", scenes)
    page = write(
        tmp_path / "page.html",
        scenes,
        title=text,
        description=text,
        policy=text,
        settings={text: text},
        kinds=[text] * 4,
        curves={text: [0.0] * len(scenes)},
    )
    assert page.header["title"] == page.header["description"] == text
    assert page.header["settings"] == [[text, text]] and page.header["charts"][1]["name"] == text
    assert page.tags == plain.tags and page.texts["code"] == plain.texts["code"]


def test_nothing_is_loaded_from_anywhere(tmp_path, random):
    page = write(tmp_path / "page.html", random_scenes(random))
    for tag, attributes in page.tags:
        assert tag not in {"img", "iframe", "object", "embed"}
        assert all(attributes.get(name, "#")[0] == "#" or tag == "link" for name in ("src", "href"))
    assert [attributes["href"] for tag, attributes in page.tags if tag == "link"] == ["data:,"]
    policy = next(each for tag, each in page.tags if each.get("http-equiv") == "Content-Security-Policy")
    assert policy["content"].startswith("default-src 'none';") and "http" not in policy["content"]


def test_colours_are_those_of_pictures(tmp_path, random):
    page = write(tmp_path / "page.html", random_scenes(random))
    assert page.header["colours"]["codes"] == PALETTE[: AGENT + 4].tolist()


def test_a_large_episode_is_a_small_file(tmp_path):
    """4096 agents that move at random, with 256 different rewards, and as much food as they eat at best."""
    random = np.random.default_rng(0)
    height, width, agents, ticks = 720, 1080, 4096, 513
    cells = np.zeros((height, width), dtype=np.uint8)
    row, col = random.uniform(1, height - 1, agents), random.uniform(1, width - 1, agents)

    def scenes():
        for tick in range(ticks):
            for position, length in ((row, height), (col, width)):
                position += random.integers(-1024, 1025, agents) / 1024
                np.clip(position, 0, length - 1, out=position)
            cells[random.integers(0, height, agents), random.integers(0, width, agents)] = random.integers(0, 2)
            reward = random.integers(0, 256, agents).astype(np.float32)
            positions = row.astype(np.float32), col.astype(np.float32)
            yield Scene(tick, cells, *positions, np.zeros(agents, np.uint8), reward, None, 5, False)

    write_page(tmp_path / "page.html", scenes(), title="Large")
    assert (tmp_path / "page.html").stat().st_size < 10_000_000


def test_what_is_wrong_is_said(tmp_path, random):
    path = tmp_path / "page.html"
    scenes = list(random_scenes(random))
    refused = [
        ([], {}, "at least one"),
        ([*scenes, next(random_scenes(random, agents=6))], {}, r"scene 6 \(tick 0\) has row of shape \(6,\)"),
        ([*scenes, next(random_scenes(random, width=10))], {}, "one world"),
        ([*scenes, next(random_scenes(random, layer="still"))], {}, "layer of shape"),
        ([scenes[0]._replace(row=scenes[0].row + 100)], {}, "agent 0 at row 1"),
        ([scenes[0]._replace(col=scenes[0].col * np.nan)], {}, "agent 0 at col nan"),
        ([scenes[0]._replace(reward=scenes[0].reward + np.inf)], {}, "reward inf for agent 0"),
        (scenes, {"score": np.nan}, "score must be"),
        (scenes, {"curves": {"short": [1.0]}}, "curve 'short' must have a number for each of 6 scenes"),
    ]
    for wrong, arguments, message in refused:
        with pytest.raises(ValueError, match=message):
            write_page(path, wrong, title="Title", **arguments)
    assert not path.exists()


def test_where_no_page_can_be(tmp_path):
    def scenes():
        raise AssertionError("no scene is made in vain")
        yield

    with pytest.raises(FileNotFoundError, match=r"there is no folder '.*nowhere'"):
        write_page(tmp_path / "nowhere" / "page.html", scenes(), title="Title")
    with pytest.raises(IsADirectoryError, match="is a folder, and a file is to be written"):
        write_page(tmp_path, scenes(), title="Title")


class Frame(html.parser.HTMLParser):
    """The tags of some markup, with their attributes as a browser reads them."""

    def __init__(self, markup):
        super().__init__()
        self.tags = []
        self.feed(markup)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))


def test_what_is_returned_shows_itself_in_a_notebook(tmp_path, random, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = write_page("page.html", random_scenes(random), title=" ".join(HOSTILE))
    assert os.fspath(page) == str(page.path) == str(tmp_path / "page.html")
    monkeypatch.chdir("/")
    ((tag, attributes),) = Frame(page._repr_html_()).tags
    assert tag == "iframe" and attributes["srcdoc"] == (tmp_path / "page.html").read_text("utf-8")
    assert attributes["sandbox"] == "allow-scripts", "as another origin than the notebook's"


def test_the_page_reads_it_as_we_do(tmp_path, random):
    """The page's own decoder, run by Node."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node to run the page's script with")
    scenes = list(random_scenes(random, width=300, ticks=9, layer="changing", rewards="many"))
    page = write(tmp_path / "page.html", scenes)
    script = (
        (files("sakana_envs.tools.page") / "episode.js").read_text("utf-8")
        + """
        const header = JSON.parse(process.argv[1]);
        inflate(process.argv[2]).then((bytes) => {
          const plain = (key, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
          console.log(JSON.stringify(decode(header, bytes), plain));
        });
    """
    )
    command = [node, "-e", script, page.texts["header"], page.texts["data"]]
    read = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    rows, cols = page.positions("row"), page.positions("col")
    assert np.allclose(read["row"], (rows.reshape(-1) + 0.5) / PER_CELL)
    assert np.allclose(read["col"], (cols.reshape(-1) + 0.5) / PER_CELL)
    assert read["kind"] == [kind for shown in scenes for kind in shown.kind]
    levels = page.arrays["levels"].view(np.float32)
    assert np.allclose(np.array(read["levels"])[read["reward"]], levels[page.by_tick("reward")].reshape(-1))
    assert read["tick"] == [shown.tick for shown in scenes]
    assert np.array_equal(
        np.nan_to_num(np.array(read["curves"], dtype=float)), np.nan_to_num(page.arrays["curves"].view(np.float32))
    )
    for name in ("ground", "layer"):
        ends = np.cumsum(page.arrays[f"{name}_counts"])
        gaps = np.split(page.arrays[f"{name}_gaps"], ends[:-1])
        assert read[name]["first"] == page.arrays[f"{name}_first"].tolist()
        assert read[name]["starts"] == [0, *ends]
        assert read[name]["cells"] == np.concatenate([np.cumsum(each) for each in gaps]).tolist()
        assert read[name]["codes"] == page.arrays[f"{name}_codes"].tolist()


def test_every_control_has_a_name():
    markup = (files("sakana_envs.tools.page") / "page.html").read_text("utf-8")
    labelled = set(re.findall(r'<label for="([\w-]+)"', markup))
    for tag, attributes in re.findall(r"<(button|input|select|canvas)\b([^>]*)>", markup):
        inside_label = re.search(rf"<label[^>]*><{tag}{re.escape(attributes)}>", markup)
        assert "aria-label=" in attributes or inside_label or set(re.findall(r'id="([\w-]+)"', attributes)) & labelled
