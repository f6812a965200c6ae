"""Play: what keys, mouse and gamepad do to a game, without a window and in one that nobody sees."""

import re
import threading
from pathlib import Path

import numpy as np
import pygame
import pytest
from abilities import SMALL as CROWD
from worlds import SMALL

from sakana_envs.core.actions import Twin
from sakana_envs.grid.motion import MOTIONS, MOVES
from sakana_envs.tools.play import controls, loop
from sakana_envs.tools.play.game import Game, direction
from sakana_envs.tools.play.player import Player
from sakana_envs.wrappers.window import Event, Window

DOCS = Path(__file__).resolve().parent.parent / "docs" / "watching.md"
MAP = "\n".join([*["." * 12] * 5, ".A...A...A..", *["." * 12] * 6])


@pytest.fixture
def player(tmp_path):
    """A player on a small map with ten pixels per cell, away from its edges and from the other agents."""
    game = Game("Forage-Continuous", seed=3, agents=3, map=MAP, food_density=0.0, horizon=20)
    return Player(game, 15, (120, 120), tmp_path)


def press(player, *keys):
    for key in keys:
        controls.handle(player, Event("key", key))


def place(player):
    scene = player.game.scene()
    return scene.row[player.game.agent], scene.col[player.game.agent]


def test_the_person_moves_one_agent_and_the_task_the_others():
    game, alone = (Game("Forage-Discrete", seed=2, **SMALL) for _ in range(2))
    for _ in range(5):
        game.step((0.0, 1.0))
        alone._seats.step(np.where(np.arange(6) == 0, 3, alone._seats.policy_actions("scripted")))
    assert (game.simulation.blocks == alone.simulation.blocks).all()


@pytest.mark.parametrize("twin", ["Discrete", "Continuous", "MultiDiscrete"])
def test_tasks_with_actions_of_their_own_are_played(twin):
    """By motions alone: what else an action may do stays off."""
    game = Game(f"Everything-{twin}", seed=1, **{**CROWD, "horizon": 500})
    for motion in MOTIONS.tolist():
        game.step(tuple(motion))
        done = game.simulation.view("action")[0, 0]
        assert not done[2:].any()
        if twin == "Continuous" or 0 in motion:
            assert done[:2].tolist() == motion
    assert game.tick == len(MOTIONS) or game.over


@pytest.mark.parametrize("action", range(9))
def test_discrete_directions(action):
    def toward(motion):
        return MOVES.nearest(np.array(direction(motion)), Twin.DISCRETE)

    assert toward(tuple(MOTIONS[action])) == action
    assert toward(tuple(0.3 * MOTIONS[action] + (0.05, -0.05) * (MOTIONS[action] != 0))) == action
    assert toward((0.3, 1.0)) == 3 and toward((-1.0, 0.5)) == 2


@pytest.mark.parametrize(
    ("id", "keys", "vector"),
    [
        ("Battle-Discrete", {"right"}, (0, 1, 0)),
        ("Battle-Discrete", {"right", "1"}, (0, 0, 1)),  # the table's row that presses
        ("Battle-Continuous", {"right", "1"}, (0, 1, 1)),
        ("Hold-Discrete", {"up"}, (-1, 0)),
        ("Hold-Continuous", {"up", "right", "1"}, (-1, 1)),
        ("Everything-Discrete", {"down", "1"}, (0.25, -0.75, 1.5, 0, 0)),
        ("Everything-Discrete", {"down", "2"}, (0, 0, 0, 1, 0)),
        ("Everything-Continuous", {"down", "1", "3"}, (1, 0, 2, 0, 1)),
        ("Everything-MultiDiscrete", {"up", "left", "1", "3"}, (-1, -1, 1.5, 0, 1)),
    ],
)
def test_buttons(id, keys, vector):
    """What the task's own agents can do, in every form."""
    player = Player(Game(id, seed=2, agent=1, **CROWD), 15, (120, 120))
    player.step(controls.motion(player, keys), controls.pressed(player, keys))
    assert player.game.simulation.view("action")[0, 1].tolist() == list(vector)


@pytest.mark.parametrize(
    ("keys", "motion"),
    [
        ({"up"}, (-1, 0)),
        ({"s", "d"}, (1, 1)),
        ({"left", "right"}, (0, 0)),
        ({"left", "a"}, (0, -1)),
        ({"[9]"}, (-1, 1)),
        ({"space"}, (0, 0)),
        (set(), (0, 0)),
    ],
)
def test_keys_that_move(player, keys, motion):
    assert controls.motion(player, keys) == motion
    before = place(player)
    player.step(controls.motion(player, keys))
    moved = np.subtract(place(player), before)
    assert (moved == motion).all()


def test_stick_and_pointer(player):
    assert controls.motion(player, {"up"}, stick=(0.5, -0.25)) == (0.5, -0.25)
    row, col = place(player)
    zoom = player.painter.camera(player.game.scene()).zoom
    target = int((row + 0.3) * zoom), int((col - 5) * zoom)
    motion = controls.motion(player, {"up"}, (1.0, 1.0), pointer=target)
    assert motion[0] == pytest.approx(0.3, abs=0.1) and motion[1] == -1.0
    press(player, "f", "page up")
    here = player.painter.camera(player.game.scene())
    pixel = int((row - here.row) * here.zoom), int((col - here.col) * here.zoom)
    assert controls.motion(player, set(), pointer=pixel) == pytest.approx((0.0, 0.0), abs=0.1)


def test_time(player):
    assert player.running
    press(player, "space")
    assert player.paused and not player.running and player.take_steps() == 0
    press(player, "n", "n")
    assert player.take_steps() == 2 and player.take_steps() == 0
    press(player, "space", "+", "+", "+")
    assert player.running and player.fps == 60
    press(player, "-", "-")
    assert player.fps == 15
    press(player, *["-"] * 9)
    assert player.fps == 1


def test_an_episode_ends_and_the_next_seed_follows(player):
    for _ in range(25):
        player.step((0.0, 0.0))
    assert player.game.tick == 20 and player.game.over and not player.running
    assert "score" in player.lines()[0] and "R begins" in player.lines()[0]
    press(player, "r")
    assert player.game.seed == 4 and player.game.tick == 0 and player.running
    begun = place(player)
    player.step((1.0, 1.0))
    press(player, "backspace")
    assert player.game.seed == 4 and player.game.tick == 0 and place(player) == begun


def test_camera(player):
    whole = player.frame().shape
    press(player, "page up")
    near = player.painter.camera(player.game.scene())
    assert player.painter.follow == 0 and near.zoom == pytest.approx(12.5)
    controls.handle(player, Event("wheel", 2))
    assert player.painter.zoom == pytest.approx(12.5 * 1.25**2)
    press(player, *["page up"] * 30)
    assert player.painter.zoom == 64.0
    press(player, "tab")
    assert player.game.agent == player.painter.follow == player.painter.agent == 1
    press(player, "b", "b")
    assert player.game.agent == 2
    press(player, "0")
    assert player.painter.follow is None and player.frame().shape == whole
    press(player, "f")
    assert player.painter.follow == 2
    plain = player.frame()
    press(player, "v")
    assert (player.frame() != plain).any()
    press(player, "t")
    assert player.painter.trails > 0


def test_a_large_map_begins_at_the_agent(tmp_path):
    game = Game("Group-Discrete", agents=8, height=300, width=300, agent=5)
    assert Player(game, 15, (400, 400), tmp_path).painter.follow == 5


def test_lines_name_terms_groups_and_keys():
    game = Game("Assemble-Discrete", seed=1, agent=2, **SMALL)
    player = Player(game, 15, (120, 120))
    total = 0.0
    for _ in range(20):
        player.step((1.0, 0.0))
        assert sum(game.terms().values()) == pytest.approx(game.reward(), abs=1e-6)
        total += game.reward()
        assert game.episode_return() == pytest.approx(total, abs=1e-5)
    assert {"matched", "distance", "shaping"} == game.terms().keys()
    assert re.search(r"matched [+-]\d\.\d{3}, distance [+-]", player.lines()[0])
    assert game.scores() is not None and 0.0 <= game.scores()[0] <= 1.0
    game.restart(2)
    assert game.scores() is None and game.episode_return() == 0.0 and set(game.terms().values()) == {0.0}
    hunter = Player(Game("PredatorPrey-Continuous", agent=5, **SMALL), 15, (120, 120))
    assert "prey 5 of 6" in hunter.lines()[1]


def test_screenshots_and_recordings(player, tmp_path):
    imageio = pytest.importorskip("imageio.v3")
    pytest.importorskip("imageio_ffmpeg")
    press(player, "p", "p")
    pictures = sorted(tmp_path.glob("*.png"))
    assert len(pictures) == 2 and (imageio.imread(pictures[0]) == player.frame()).all()
    assert str(pictures[1].name) in player.message or str(pictures[0].name) in player.message
    press(player, "m")
    for _ in range(4):
        player.step((0.0, 1.0))
        press(player, "f")
    assert "recording, 5 frames" in player.lines()[1]
    press(player, "escape")
    assert player.closed
    (video,) = tmp_path.glob("*.mp4")
    assert len(imageio.imread(video)) == 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"id": "Forage-Contnuous"}, "no id 'Forage-Contnuous' - did you mean 'Forage-Continuous'"),
        ({"id": "Forage-Discrete", "agent": 128}, "agent must be a whole number from 0 to 127, got 128"),
        ({"id": "Forage-Discrete", "fps": 0}, "fps must be ticks per second from 1 to 1000, got 0"),
        ({"id": "Forage-Discrete", "folder": "/nowhere"}, "there is no folder '/nowhere'"),
        ({"id": "Forage-Discrete", "agnts": 3}, "no argument 'agnts' - did you mean 'agents'"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises((ValueError, TypeError, FileNotFoundError), match=message):
        loop.play(**arguments)
    assert not pygame.display.get_init(), "no window for a mistake"


def test_no_key_does_two_things():
    keys = [key for command in controls.COMMANDS for key in command.keys] + list(controls.DIRECTIONS)
    assert len(keys) == len(set(keys))
    pygame.display.init()
    for key in keys:
        assert pygame.key.key_code(key), key
    pygame.display.quit()


def test_the_documentation_has_every_key():
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", DOCS.read_text(), flags=re.MULTILINE)
    for line in controls.all_keys():
        assert tuple(line.split("\t")) in rows


def test_in_a_window(player, tmp_path):
    pygame.display.quit()
    window = Window("play", (120, 400), 3)
    post = pygame.event.post

    def person():
        for key in (pygame.K_n, pygame.K_n, pygame.K_h, pygame.K_v, pygame.K_p, pygame.K_ESCAPE):
            post(pygame.event.Event(pygame.KEYDOWN, key=key))

    timer = threading.Timer(0.3, person)
    timer.start()
    loop.run(player, window)
    timer.join()
    assert player.closed and player.paused and player.shows_keys and player.painter.show_view
    assert player.game.tick >= 2 and len(list(tmp_path.glob("*.png"))) == 1
    window.close()


def test_closing_the_window_ends_the_game(monkeypatch):
    seen = []

    def run(player, window):
        seen.append(window.room)
        pygame.event.post(pygame.event.Event(pygame.QUIT))
        play_run(player, window)

    play_run = loop.run
    monkeypatch.setattr(loop, "run", run)
    loop.play("Forage-Discrete", seed=1, **SMALL)
    assert seen and not pygame.display.get_init()
