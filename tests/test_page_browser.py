"""Pages in a real browser, without a window: they load, draw what happened, and every control does what it says.

The browser is a Chromium in the path or named by SAKANA_CHROMIUM; CONTRIBUTING.md says how to get one.
"""

import re

import numpy as np
import pytest
import worlds
from test_disc_pictures import wandering
from test_page import HOSTILE, random_scenes

from sakana_envs.grid.tiles import AGENT, EMPTY, WALL
from sakana_envs.render.colours import PALETTE
from sakana_envs.render.scene import Scene, scene
from sakana_envs.tools.page import write_page

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def visit(chromium, tmp_path):
    """Writes a page of scenes and opens it; at the end nothing may have gone wrong or been loaded."""
    contexts, complaints = [], []

    def open_page(scenes, size=DESKTOP, frame=None, hash="", context=None, **arguments):
        path = tmp_path / f"page{len(contexts)}.html"
        write_page(path, scenes, **{"title": "Title", **arguments})
        contexts.append(chromium.new_context(viewport=size, **(context or {})))
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: complaints.append(request.url) if request.url[:5] != "file:" else None)
        address = path.as_uri() + hash
        if frame is not None:
            host = tmp_path / "host.html"
            host.write_text(f'<iframe src="{address}" width="{frame[0]}" height="{frame[1]}"></iframe>')
            page.goto(host.as_uri())
            page.wait_for_selector("iframe")
            inner = page.frames[1]
        else:
            page.goto(address)
            inner = page
        inner.wait_for_selector("main:not([hidden])")
        drawn(inner)
        return inner

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints


def drawn(page):
    """Wait until the browser has drawn what was asked for."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def world_scenes(id="Sakana/Forage-Continuous-v0", ticks=20, policy="random", observations=None, **settings):
    simulation = worlds.simulation(id, **settings)
    simulation.seed(5)
    seen = simulation.reset()
    for tick in range(ticks + 1):
        if tick:
            actions = simulation.random_actions() if policy == "random" else simulation.scripted_actions(seen)
            seen = simulation.step(actions).observations
        if observations is not None:
            observations.append(seen.copy())
        yield scene(simulation)


def tick(page):
    return int(page.inner_text("#tick").split()[1])


def colour_at(page, row, col):
    """The colour that the map has at a position in cells, as it is drawn."""
    return tuple(
        page.evaluate(
            """([row, col]) => {
                const { canvas, scale, ratio, ...camera } = player.picture;
                const x = ((col - camera.col) * scale + canvas.clientWidth / 2) * ratio;
                const y = ((row - camera.row) * scale + canvas.clientHeight / 2) * ratio;
                const copy = document.createElement("canvas");
                copy.width = copy.height = 1;
                const once = copy.getContext("2d", { willReadFrequently: true });
                once.drawImage(canvas, -Math.round(x), -Math.round(y));
                return Array.from(once.getImageData(0, 0, 1, 1).data.slice(0, 3));
            }""",
            [float(row), float(col)],
        )
    )


def code_colour(code):
    return tuple(PALETTE[code].tolist())


def picture(page, canvas="map"):
    """Something that changes whenever the canvas does."""
    drawn(page)
    return page.evaluate(f"() => document.getElementById('{canvas}').toDataURL()")


def camera(page):
    drawn(page)
    return page.evaluate("() => [player.picture.row, player.picture.col, player.picture.scale]")


def test_the_map_is_drawn(visit, random):
    scenes = list(random_scenes(random, height=10, width=12, agents=6, ticks=5))
    page = visit(scenes)
    for number in (0, 3, 4, 1):
        page.evaluate("(frame) => player.seek(frame)", number)
        drawn(page)
        shown = scenes[number]
        for agent in range(6):
            assert colour_at(page, shown.row[agent], shown.col[agent]) == code_colour(AGENT + shown.kind[agent])
        near_agents = {
            (int(row) + i, int(col) + j)
            for row, col in zip(shown.row, shown.col, strict=True)
            for i in (-1, 0, 1)
            for j in (-1, 0, 1)
        }
        alone = [cell for cell in np.ndindex(shown.cells.shape) if cell not in near_agents]
        for row, col in alone:
            assert colour_at(page, row + 0.5, col + 0.5) == code_colour(shown.cells[row, col])
        assert alone


def pixel_of(page, canvas, x, y):
    """The colour of a pixel of the screen on a canvas."""
    return tuple(
        page.evaluate(
            """([id, x, y]) => {
                const copy = document.createElement("canvas");
                copy.width = copy.height = 1;
                const once = copy.getContext("2d", { willReadFrequently: true });
                once.drawImage(document.getElementById(id), -Math.round(x), -Math.round(y));
                return Array.from(once.getImageData(0, 0, 1, 1).data.slice(0, 3));
            }""",
            [canvas, float(x), float(y)],
        )
    )


def test_discs_are_drawn(visit, random):
    """Each at its place in its size, the smaller ones upon the larger; blocks, and who is gone not at all."""
    scenes = list(wandering(random, blocks=[(2, 1)]))
    page = visit(scenes)
    page.evaluate("() => player.seek(7)")
    drawn(page)
    shown = scenes[7]
    places = np.stack([shown.row, shown.col], axis=1)
    checked = 0
    for thing, (place, size) in enumerate(zip(places, shown.sizes, strict=True)):
        for share, inside in ((0.75, True), (1.15, False)):
            for row, col in place + share * size * np.array([(0, 1), (1, 0), (0, -1), (-1, 0)]):
                away = np.hypot(*(places - (row, col)).T)
                others = [
                    other for other in range(len(places)) if other != thing and away[other] < 1.3 * shown.sizes[other]
                ]
                on_heading = thing < shown.agents and np.dot((row, col) - place, shown.headings[thing]) > 0
                if others or (inside and on_heading) or size == 0 or row < 1.05:
                    continue
                expected = code_colour(AGENT + shown.kind[thing] if inside else EMPTY)
                assert colour_at(page, row, col) == expected, (thing, share)
                checked += 1
    assert checked > 10
    assert colour_at(page, 0.5, 2.5) == code_colour(WALL)
    agent = int(np.argmax(shown.sizes[:3]))
    there = places[agent] + 0.6 * shown.sizes[agent] * shown.headings[agent]
    assert colour_at(page, *there) == code_colour(EMPTY), "where it looks"


def test_an_agent_among_discs_is_followed(visit, random):
    scenes = list(wandering(random, agents=3))
    page = visit(scenes)
    assert re.search("3 agents on 3 . 2 metres$", page.inner_text("#facts"))
    without = picture(page)
    box = page.locator("#map").bounding_box()
    x, y = page.evaluate("() => [player.picture.x[2], player.picture.y[2]]")
    page.mouse.click(box["x"] + x, box["y"] + y)
    drawn(page)
    assert page.input_value("#agent") == "2"
    assert f"{scenes[0].col[2]:.2f}, {2 - scenes[0].row[2]:.2f}" in page.inner_text("#about-agent")
    framed = picture(page)
    assert framed != without
    page.keyboard.press("v")
    assert picture(page) not in (framed, without), "lines to what it senses"
    pixels = page.evaluate("() => document.getElementById('view').width")
    before = picture(page, "view")
    assert pixel_of(page, "view", 1, 1) in (code_colour(WALL), code_colour(EMPTY)) and pixels > 50
    page.keyboard.press("ArrowRight")
    assert picture(page, "view") != before
    page.keyboard.press("t")
    half = page.evaluate("() => [0, 1].map((thing) => player.picture._position(thing, 4, 0.5))")
    assert half[0] == pytest.approx([scenes[4].row[0], scenes[4].col[0]], abs=0.01), "who is put elsewhere jumps"
    middle = (scenes[4].row[1] + scenes[5].row[1]) / 2, (scenes[4].col[1] + scenes[5].col[1]) / 2
    assert half[1] == pytest.approx(middle, abs=0.01)


@pytest.mark.parametrize("id", ["Sakana/Spread-Discrete-v0", "Sakana/Spread-Continuous-v0"])
def test_a_world_of_discs_plays(visit, id):
    scenes = list(world_scenes(id, ticks=6, agents=3, discs=6, height=2, width=2))
    page = visit(scenes)
    whole = camera(page)[2]
    assert 2 * whole > 300, "a small world is shown large"
    for key in ("]", "+", "t", "Space", "End", "0", "Escape"):
        page.keyboard.press(key)
        drawn(page)
    assert tick(page) == 6 and camera(page)[2] == whole
    for thing in range(3, 6):
        assert colour_at(page, scenes[6].row[thing], scenes[6].col[thing]) == code_colour(AGENT + 1)


def test_any_moment_is_reached_from_any_other(visit, random):
    scenes = list(random_scenes(random, height=7, width=11, ticks=100, layer="changing"))
    page = visit(scenes)
    jumps = [99, 0, 1, 2, 9, 31, 32, 33, 40, 64, 63, 98, 50, *random.integers(0, 100, 40).tolist()]
    for number in jumps:
        ground, layer, painted = page.evaluate(
            """(frame) => {
                const { terrain } = player;
                terrain.seek(frame);
                const pixels = terrain.pixels.slice();
                terrain._paintAll();
                const painted = terrain.pixels.every((pixel, cell) => pixel === pixels[cell]);
                return [Array.from(terrain.ground), Array.from(terrain.layer), painted];
            }""",
            number,
        )
        assert ground == np.where(scenes[number].cells >= AGENT, 0, scenes[number].cells).reshape(-1).tolist()
        assert layer == scenes[number].layer.reshape(-1).tolist()
        assert painted


@pytest.mark.parametrize(
    "id", ["Sakana/Forage-Discrete-v0", "Sakana/Optimize-Continuous-v0", "Sakana/Group-Continuous-v0"]
)
def test_the_view_is_what_the_agent_perceives(visit, id):
    observations = []
    scenes = list(world_scenes(id, observations=observations, ticks=8))
    page = visit(scenes)
    for number, rows in enumerate(observations):
        for agent in (0, 3, 5):
            seen = page.evaluate(
                "([frame, agent]) => { player.terrain.seek(frame);"
                " return Array.from(windowCodes(player.episode, player.terrain, agent, frame).seen); }",
                [number, agent],
            )
            assert seen == rows[agent, :121].tolist()


def test_playing_stepping_and_scrubbing(visit):
    page = visit(world_scenes())
    assert tick(page) == 0 and page.inner_text("#tick") == "tick 0 of 20"
    assert page.get_attribute("#play", "aria-label") == "Play"
    page.select_option("#speed", "160")
    page.click("body", position={"x": 3, "y": 3})
    page.keyboard.press("Space")
    page.wait_for_selector('#play[aria-label="Play"]')  # at the end it stops
    assert tick(page) == 20
    page.select_option("#speed", "1")
    page.click("#play")  # from the start again
    assert page.get_attribute("#play", "aria-label") == "Pause"
    drawn(page)
    assert tick(page) < 3
    page.keyboard.press("Space")  # pauses, though the button was pressed last
    assert page.get_attribute("#play", "aria-label") == "Play"
    page.keyboard.press("Home")
    for keys, expected in [
        (["ArrowRight", "ArrowRight"], 2),
        (["Shift+ArrowRight"], 12),
        (["ArrowLeft"], 11),
        (["Shift+ArrowLeft", "Shift+ArrowLeft"], 0),
        (["End", "ArrowRight"], 20),
        (["Home"], 0),
    ]:
        for key in keys:
            page.keyboard.press(key)
        drawn(page)
        assert tick(page) == expected
    page.click("#forward")
    page.click("#forward")
    page.click("#back")
    drawn(page)
    assert tick(page) == 1
    page.fill("#scrub", "17")
    drawn(page)
    assert tick(page) == 17 and page.get_attribute("#scrub", "aria-valuetext") == "tick 17 of 20"
    page.focus("#scrub")
    page.keyboard.press("ArrowLeft")
    drawn(page)
    assert tick(page) == 16


def test_speed(visit):
    page = visit(world_scenes())
    times = {}
    for speed in ("2", "20"):
        page.select_option("#speed", speed)
        times[speed] = page.evaluate(
            """() => {
                player.seek(0);
                player.play();
                player.before = 0;
                player._next(100);  // as if a tenth of a second had passed
                player.pause();
                return player.time;
            }"""
        )
    assert times == {"2": pytest.approx(0.2), "20": pytest.approx(2.0)}


def test_zooming_and_moving(visit):
    page = visit(world_scenes())
    middle = [6, 5]
    row, col, whole = camera(page)
    assert [row, col] == middle
    page.click("#zoom-in")
    assert camera(page) == [*middle, pytest.approx(1.5 * whole)]
    page.click("#zoom-out")
    assert camera(page) == [*middle, whole]
    page.keyboard.press("+")
    page.keyboard.press("+")
    assert camera(page)[2] == pytest.approx(min(2.25 * whole, max(96, whole)))
    page.keyboard.press("-")
    page.keyboard.press("0")
    assert camera(page) == [*middle, whole]
    page.keyboard.press("ArrowRight")
    before = picture(page)
    box = page.locator("#map").bounding_box()
    x, y = box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2 + 40
    page.mouse.move(x, y)
    page.mouse.wheel(0, -300)
    row, col, scale = camera(page)
    assert scale > whole and picture(page) != before
    # What is under the pointer stays there.
    at = [row + 40 / scale, col + 60 / scale]
    assert at == pytest.approx([6 + 40 / whole, 5 + 60 / whole], abs=0.05)
    page.mouse.down()
    page.mouse.move(x - 80, y - 30, steps=4)
    page.mouse.up()
    assert camera(page) == [pytest.approx(row + 30 / scale), pytest.approx(col + 80 / scale), scale]
    assert page.input_value("#agent") == ""  # to drag is not to click
    page.mouse.wheel(0, 3000)
    page.mouse.wheel(0, 3000)
    page.mouse.wheel(0, 3000)
    page.mouse.wheel(0, 3000)
    assert camera(page) == [*middle, whole]
    page.click("#show-all")
    assert camera(page) == [*middle, whole]


def test_fingers_pinch(visit):
    page = visit(world_scenes(), PHONE, context={"has_touch": True, "is_mobile": True})
    whole = camera(page)[2]
    page.evaluate(
        """() => {
            const canvas = document.getElementById("map");
            canvas.setPointerCapture = () => {};  // there are no such pointers
            const { left, top } = canvas.getBoundingClientRect();
            const send = (type, pointerId, x, y) => {
                const place = { clientX: left + x, clientY: top + y };
                canvas.dispatchEvent(new PointerEvent(type, { pointerId, pointerType: "touch", ...place }));
            };
            send("pointerdown", 1, 100, 100);
            send("pointerdown", 2, 200, 100);
            send("pointermove", 2, 300, 100);
            send("pointerup", 2, 300, 100);
            send("pointerup", 1, 100, 100);
        }"""
    )
    assert camera(page)[2] == pytest.approx(min(2 * whole, 96))
    assert page.input_value("#agent") == ""


def test_following_an_agent(visit):
    scenes = list(world_scenes())
    page = visit(scenes)
    empty = picture(page, "view")
    assert page.is_visible("#hint") and page.is_disabled("#nobody")
    box = page.locator("#map").bounding_box()
    x, y = page.evaluate("() => [player.picture.x[4], player.picture.y[4]]")
    page.mouse.click(box["x"] + x, box["y"] + y)
    drawn(page)
    assert page.input_value("#agent") == "4"
    assert picture(page, "view") != empty and page.is_hidden("#hint")
    assert f"{scenes[0].row[4]:.1f}, {scenes[0].col[4]:.1f}" in page.inner_text("#about-agent")
    page.keyboard.press("]")
    page.keyboard.press("]")
    assert page.input_value("#agent") == "0"
    page.keyboard.press("[")
    assert page.input_value("#agent") == "5"
    for typed, taken in [("2", "2"), ("77", "5"), ("-3", "0"), ("", "")]:
        page.fill("#agent", typed)
        page.press("#agent", "Enter")
        assert page.input_value("#agent") == taken
    page.fill("#agent", "3")
    page.press("#agent", "Tab")
    page.click("#zoom-in")
    for number in (5, 6, 11):
        page.evaluate("(frame) => player.seek(frame)", number)
        row, col, _ = camera(page)
        assert [row, col] == pytest.approx([scenes[number].row[3], scenes[number].col[3]], abs=1 / 16)
    page.keyboard.press("c")
    page.evaluate("() => player.seek(0)")
    assert camera(page)[:2] == [row, col]
    assert not page.is_checked("#centred")
    framed = picture(page)
    page.keyboard.press("v")
    assert picture(page) != framed and not page.is_checked("#show-view")
    page.keyboard.press("Escape")
    assert page.input_value("#agent") == "" and picture(page, "view") == empty


def test_trails(visit):
    page = visit(world_scenes())
    page.keyboard.press("End")
    before = picture(page)
    page.click("#trails")
    assert picture(page) != before
    page.keyboard.press("t")
    assert picture(page) == before


def test_agents_walk_between_ticks_but_reappear_at_once(visit):
    cells = np.zeros((20, 20), dtype=np.uint8)
    places = [([2.5, 10.5], [2.5, 10.5]), ([3.25, 18.5], [3.0, 1.5])]
    scenes = [
        Scene(number, cells, np.float32(rows), np.float32(cols), np.uint8([0, 1]), np.float32([0, 0]), None, 2, False)
        for number, (rows, cols) in enumerate(places)
    ]
    page = visit(scenes)
    half = page.evaluate("() => [0, 1].map((agent) => player.picture._position(agent, 0, 0.5))")
    assert half[0] == pytest.approx([2.875, 2.75], abs=1 / 16)
    assert half[1] == pytest.approx([10.5, 10.5], abs=1 / 16)


def test_curves(visit):
    page = visit(world_scenes("Sakana/PredatorPrey-Discrete-v0"), kinds=["cats", "mice"], curves={"Mine": [*range(21)]})
    first, second = page.locator("figure").all()
    options = first.locator("option").all_inner_texts()
    assert options == ["Reward per tick", "Return so far", "Mine"]
    assert [figure.locator("select").input_value() for figure in (first, second)] == [options[0], "Mine"]
    assert first.locator(".lines span").count() == 3 and "cats" in first.locator(".lines").inner_text()
    page.fill("#agent", "1")
    page.press("#agent", "Enter")
    assert "agent 1" in first.locator(".lines").inner_text()
    second.locator("select").select_option("Mine")
    box = second.locator("canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 10)
    drawn(page)
    assert tick(page) == 10 and second.locator("output").inner_text() == "10"
    page.mouse.click(box["x"] + box["width"] - 1, box["y"] + 10)
    drawn(page)
    assert tick(page) == 20 and second.locator("output").inner_text() == "20"


ODD = {
    "one agent, one tick": {"agents": 1, "ticks": 1},
    "a row": {"height": 1, "width": 40, "agents": 3},
    "a column": {"height": 200, "width": 1, "agents": 3},
    "one cell": {"height": 1, "width": 1, "agents": 1},
    "a layer": {"layer": "changing", "rewards": "many"},
    "no reward": {"rewards": "none", "first_tick": 5},
}


@pytest.mark.parametrize("form", ODD.values(), ids=ODD)
def test_odd_worlds(visit, random, form):
    page = visit(random_scenes(random, **form))
    last = form.get("ticks", 6) - 1
    assert page.is_disabled("#play") == (last == 0)
    for key in ["]", "+", "+", "t", "Space", "End", "Space", "Space", "0"]:
        page.keyboard.press(key)
        drawn(page)
    assert page.input_value("#agent") == "0"


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text(visit, random, text):
    scenes = list(random_scenes(random))
    given = {"title": text, "description": text, "policy": text, "kinds": [text] * 4, "settings": {text: text}}
    page = visit(scenes, **given, curves={text: [0.0] * len(scenes)})
    page.keyboard.press("]")
    shown = page.evaluate("() => document.getElementById('title').textContent")
    assert shown == text.replace("\ud800", "\ufffd") or shown == text


CONTROLS = (
    "button, input, select, summary, #title, #description, #facts, #tick, #view, figure canvas, .lines span, #legend"
)
BOXES = """(selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility()).map((each) => {
    const { left, top, right, bottom } = each.getBoundingClientRect();
    return [each.id || each.textContent, left, top, right, bottom];
})"""


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize(
    ("size", "frame"),
    [
        (DESKTOP, None),
        (PHONE, None),
        ({"width": 844, "height": 390}, None),
        ({"width": 1920, "height": 1080}, None),
        ({"width": 320, "height": 600}, None),
        ({"width": 800, "height": 700}, (700, 560)),
        ({"width": 390, "height": 844}, (350, 520)),
    ],
)
def test_nothing_overlaps_or_is_cut_off(visit, size, frame, scheme):
    scenes = list(world_scenes("Sakana/Group-Continuous-v0", agents=24))
    text = {"title": "Group-Continuous", "description": "Four kinds mix at the start; each wants its own in view."}
    settings = {"height": 12, "width": 10, "food_density": 0.1}
    page = visit(scenes, size, frame, context={"color_scheme": scheme}, **text, settings=settings, seed=1, score=0.5)
    page.evaluate("() => { player.seek(20); player.changeAgent(7); }")
    drawn(page)
    width = page.evaluate("() => document.documentElement.clientWidth")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    boxes = page.evaluate(BOXES, CONTROLS)
    assert len(boxes) > 15
    for name, left, top, right, bottom in boxes:
        assert left >= 0 and right <= width and top >= 0, name
        assert right - left >= 10 and bottom - top >= 10, name
    for index, (name, left, top, right, bottom) in enumerate(boxes):
        for other, *there in boxes[:index]:
            apart = (
                left >= there[2] - 0.5 or right <= there[0] + 0.5 or top >= there[3] - 0.5 or bottom <= there[1] + 0.5
            )
            assert apart, f"{name} overlaps {other}"
    if frame or size["height"] > 600 < size["width"]:
        figures = page.evaluate(BOXES, "figure")
        assert max(bottom for *_, bottom in figures) <= (frame or (0, size["height"]))[1], (
            "it takes scrolling to see the curves"
        )
    background = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    brightness = sum(int(part) for part in background.removeprefix("rgb(").removesuffix(")").split(","))
    assert (brightness > 384) == (scheme == "light")
    assert camera(page)[2] == page.evaluate("() => player.picture.fit")


def test_every_control_is_reached_by_the_tab_key(visit):
    page = visit(world_scenes(), settings={"agents": 6})
    page.keyboard.press("]")
    wanted = set(
        page.evaluate("() => [...document.querySelectorAll('button, input, select, #map')].map((each) => each.id)")
    )
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("() => document.activeElement.id"))
    assert wanted <= reached


def test_in_a_frame(visit):
    page = visit(world_scenes(), {"width": 800, "height": 700}, (700, 560), hash="#play")
    assert page.get_attribute("#play", "aria-label") == "Pause"
    whole = camera(page)[2]
    box = page.locator("#map").bounding_box()
    page.page.mouse.move(box["x"] + 50, box["y"] + 50)
    page.page.mouse.wheel(0, -300)
    assert camera(page)[2] == whole  # the wheel belongs to the page around, until the map was clicked
    page.page.mouse.click(box["x"] + 50, box["y"] + 50)
    page.page.mouse.wheel(0, -300)
    page.wait_for_timeout(100)
    assert camera(page)[2] > whole


def test_in_a_notebook(chromium, tmp_path, random):
    title = " ".join(HOSTILE)
    page = write_page(tmp_path / "page.html", random_scenes(random), title=title)
    (tmp_path / "host.html").write_text(f"<div>{page._repr_html_()}</div>", encoding="utf-8")
    complaints = []
    with chromium.new_context(viewport=DESKTOP) as context:
        host = context.new_page()
        host.on("console", lambda message: complaints.append(f"console: {message.text}"))
        host.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        host.goto((tmp_path / "host.html").as_uri())
        inner = host.wait_for_selector("iframe").content_frame()
        inner.wait_for_selector("main:not([hidden])")
        drawn(inner)
        assert inner.text_content("#title") == title and host.inner_text("div") == ""
        inner.click("#forward")
        drawn(inner)
        assert tick(inner) == 1
    assert not complaints
