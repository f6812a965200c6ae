"""Play: a window in which a person acts for one agent of a world."""

import time
from pathlib import Path
from typing import Any

from sakana_envs.tools.play import controls
from sakana_envs.tools.play.game import Game
from sakana_envs.tools.play.player import Player
from sakana_envs.wrappers.others import Others
from sakana_envs.wrappers.window import Window

_ROOM = (640, 1000)
"""Height and width in pixels that the picture takes at most as the window opens."""
_LEAST = (480, 800)
_LINES = 3
_IDLE = 1.0
"""Seconds to sleep at most while nothing moves; what the user does ends it."""


def play(
    id: str,
    *,
    seed: int = 0,
    agent: int = 0,
    others: Others = "scripted",
    fps: int = 15,
    folder: str | Path = ".",
    **settings: Any,
) -> None:
    """Act for one agent of a world by keyboard, mouse or gamepad.

    ``id`` is one such as ``"Forage-Continuous"``, ``others`` who acts for the others, see
    :mod:`sakana_envs.wrappers.others`, ``fps`` ticks per second, ``folder`` for screenshots and recordings,
    ``settings`` the world's. Returns when the window is closed. Raises ``ValueError`` or ``TypeError`` for what isn't
    right, and ``RuntimeError`` where there is no display.
    """
    player = Player(Game(id, seed=seed, agent=agent, others=others, **settings), fps, _ROOM, folder)
    height, width = player.frame().shape[:2]
    window = Window(player.game.title, (max(height, _LEAST[0]), max(width, _LEAST[1])), _LINES)
    try:
        run(player, window)
    finally:
        window.close()


def run(player: Player, window: Window) -> None:
    """Play in a window until the player is through."""
    due = time.monotonic()
    changed = True
    while not player.closed:
        if changed:
            player.painter.size = window.room
            notes = controls.all_keys() if player.shows_keys else []
            window.show(player.frame(), [*player.lines(), player.message or controls.SHORT_HELP], notes)
        events = window.events(max(due - time.monotonic(), 0.0) if player.running else _IDLE)
        for event in events:
            controls.handle(player, event)
        changed = bool(events)
        now = time.monotonic()
        ticks = player.take_steps() or int(player.running and now >= due)
        if ticks:
            keys = window.keys()
            motion = controls.motion(player, keys, window.stick(), window.pointer())
            for _ in range(ticks):
                player.step(motion, controls.pressed(player, keys))
            due = max(due + 1.0 / player.fps, now)
            changed = True
