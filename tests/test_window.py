"""Windows: mode "human" of every face, on SDL's dummy display."""

import os
import subprocess
import sys

import numpy as np
import pygame
import pytest
from worlds import inner, parallel, single, vector

from sakana_envs.wrappers.window import Event, Window

FORAGE = "Sakana/Forage-Continuous-v0"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """Windows don't wait for the next frame, and none is left open."""
    monkeypatch.setattr(Window, "tick", lambda self, per_second: None)
    yield
    pygame.display.quit()


def shown():
    """What the window shows, (height, width, 3)."""
    return pygame.surfarray.array3d(pygame.display.get_surface()).swapaxes(0, 1)


@pytest.mark.parametrize("make", [single, vector, parallel])
def test_human_mode_draws_by_itself(make):
    env = make(FORAGE, render_mode="human")
    assert "human" in env.metadata["render_modes"] and env.metadata["render_fps"] > 0
    assert not pygame.display.get_init(), "no window before there is anything to see"
    env.reset(seed=1)
    begun = shown()
    assert begun.any()
    for _ in range(3):
        if make is parallel:
            env.step({agent: np.ones(2, dtype=np.float32) for agent in env.agents})
        else:
            env.step(np.ones(env.action_space.shape, dtype=np.float32))
    assert shown().shape == begun.shape and (shown() != begun).any()
    assert env.render() is None
    env.close()
    assert not pygame.display.get_init()
    env.close()


def test_the_worlds_of_a_vector_environment_are_tiles():
    env = vector(FORAGE, worlds=6, render_mode="human", camera={"size": (300, 400)})
    env.reset(seed=1)
    assert shown().shape[0] <= 300 and shown().shape[1] <= 400
    colours = [tuple(colour) for colour in np.unique(shown().reshape(-1, 3), axis=0).tolist()]
    assert (48, 54, 64) in colours, "a gap between tiles"
    env.close()


def test_a_closed_window_stays_closed_and_the_world_goes_on():
    env = single(FORAGE, render_mode="human")
    env.reset(seed=1)
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    env.step(env.action_space.sample())
    assert not pygame.display.get_init()
    env.step(env.action_space.sample())
    assert not pygame.display.get_init() and inner(env).view("clock")[0, 0] == 2
    env.close()


def test_a_second_window_takes_the_place_of_the_first():
    first, second = Window("first"), Window("second")
    frame = np.full((40, 60, 3), 200, dtype=np.uint8)
    second.show(frame)
    first.show(np.zeros((90, 90, 3), dtype=np.uint8))
    assert not first.is_open and second.is_open and shown().shape == (40, 60, 3)
    first.close()
    assert second.is_open and pygame.display.get_init()
    second.close()


def test_frames_lines_and_notes():
    window = Window("lines", room=(100, 200), lines=2)
    assert window.room == (100, 200)
    window.show(np.full((60, 80, 3), 77, dtype=np.uint8), ["one", "two"])
    below = shown()[100:]
    assert shown().shape[1] == 200 and (shown()[20:80, 60:140] == 77).all()
    assert len(np.unique(below.reshape(-1, 3), axis=0)) > 2, "text"
    window.show(np.full((60, 80, 3), 77, dtype=np.uint8), ["one", "two"], ["a key\twhat it does"])
    assert not (shown()[20:80, 60:140] == 77).all(), "a box upon the picture"
    window.close()
    window.show(np.zeros((9, 9, 3), dtype=np.uint8))
    assert window.events() == []


def post(kind, **values):
    pygame.event.post(pygame.event.Event(kind, **values))


def test_what_the_user_does():
    window = Window("events", room=(100, 200))
    window.events()
    post(pygame.KEYDOWN, key=pygame.K_LEFT)
    post(pygame.KEYUP, key=pygame.K_LEFT)
    post(pygame.KEYDOWN, key=pygame.K_w)
    assert window.events() == [Event("key", "left"), Event("key", "w")]
    assert window.keys() == {"left", "w"}, "a key that was tapped between two looks counts"
    assert window.keys() == {"w"}
    post(pygame.WINDOWFOCUSLOST)
    window.events()
    assert window.keys() == set()
    post(pygame.MOUSEWHEEL, x=0, y=-2)
    post(pygame.JOYBUTTONDOWN, button=3, joy=0, instance_id=0)
    post(pygame.JOYAXISMOTION, axis=0, value=-0.8, joy=0, instance_id=0)
    post(pygame.JOYAXISMOTION, axis=1, value=0.1, joy=0, instance_id=0)
    post(pygame.QUIT)
    assert window.events(wait=5.0) == [Event("wheel", -2), Event("button", 3), Event("close")]
    assert window.stick() == (0.0, -0.8), "small deflections are none"
    assert window.pointer() is None
    post(pygame.MOUSEBUTTONDOWN, button=1, pos=(0, 0))
    window.events()
    assert window.pointer() is not None
    post(pygame.MOUSEBUTTONUP, button=1, pos=(0, 0))
    window.events()
    assert window.pointer() is None
    window.close()


_WITHOUT_DISPLAY = """
import sys
import gymnasium, sakana_envs
env = gymnasium.make("Sakana/Forage-Discrete-v0", agents=6, height=12, width=10, render_mode="human")
assert "pygame" not in sys.modules, "only a window loads pygame"
import os
before = os.environ.copy()
try:
    env.reset(seed=1)
except RuntimeError as error:
    print(error)
assert os.environ == before
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is a display, or nobody to look")
@pytest.mark.parametrize("runtime_folder", [{}, {"XDG_RUNTIME_DIR": "nowhere"}])
def test_without_a_display(runtime_folder):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("SDL", "DISPLAY", "WAYLAND", "XDG_RUN"))}
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_DISPLAY], env=environment | runtime_folder, capture_output=True, text=True
    )
    assert "XDG_RUNTIME_DIR" not in done.stderr, "of a library that SDL asks"
    assert "there is no display to open a window on" in done.stdout, done.stderr
    assert 'render_mode="rgb_array"' in done.stdout
