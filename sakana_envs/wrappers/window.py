"""Windows: the only module that opens any. It loads pygame when the first one opens, and not before.

pygame has one window per process; a new :class:`Window` takes it over from the one before.
"""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

_FONT_HEIGHT = 20
_LINE = 21
_MARGIN = 9
_TEXT = (222, 226, 234)
_FAINT = (142, 150, 162)
_PANEL = (30, 34, 42)
_DEAD_ZONE = 0.25
_LOOK_EVERY = 0.015
"""Seconds between two looks at what the user does."""

_owner: "Window | None" = None


class Event(NamedTuple):
    """What the user did.

    ``kind`` is ``"key"`` (``value``: its name), ``"button"`` of a gamepad (its number), ``"wheel"`` (its steps away
    from the user), ``"size"`` (the window has another size) or ``"close"``.
    """

    kind: str
    value: Any = None


class Window:
    """A window for frames and, below them, lines of text.

    ``room`` (height, width) in pixels is for frames, in a window that the user may resize; without it, it has the size
    of its frames. ``lines`` is how many lines of text there are.
    Raises ``RuntimeError`` where there is no display. With ``SDL_VIDEODRIVER=dummy`` in the environment nobody sees it.
    """

    def __init__(self, title: str, room: tuple[int, int] | None = None, lines: int = 0) -> None:
        global _owner
        import pygame

        self._pygame = pygame
        try:
            with _runtime_folder():
                pygame.display.init()
            pygame.font.init()
            pygame.joystick.init()
        except pygame.error as error:
            raise RuntimeError(_no_display(error)) from None
        driver = pygame.display.get_driver()
        if driver in ("dummy", "offscreen") and driver != os.environ.get("SDL_VIDEODRIVER"):
            # SDL takes one of these when it finds no display, and would let the user wait for a window.
            pygame.display.quit()
            raise RuntimeError(_no_display(f"only SDL's driver {driver!r}"))
        self._title = title
        self._panel = _LINE * lines + 2 * _MARGIN if lines else 0
        self._resizable = room is not None
        self._surface: Any = None
        self._corner = (0, 0)
        self._held: set[str] = set()
        self._tapped: set[str] = set()
        self._pointing = False
        self._axes = {0: 0.0, 1: 0.0}
        self._gamepads: dict[int, Any] = {}
        self._clock = pygame.time.Clock()
        self._font = pygame.font.Font(None, _FONT_HEIGHT)
        _owner = self
        if room is not None:
            self._set_room(room)

    def _set_room(self, room: tuple[int, int]) -> None:
        pygame = self._pygame
        size = (room[1], room[0] + self._panel)
        self._surface = pygame.display.set_mode(size, pygame.RESIZABLE if self._resizable else 0)
        pygame.display.set_caption(self._title)

    @property
    def is_open(self) -> bool:
        """Whether it is there: neither closed, nor another one in its place."""
        return _owner is self

    @property
    def room(self) -> tuple[int, int]:
        """Height and width in pixels that a frame has in it."""
        width, height = self._surface.get_size()
        return max(height - self._panel, 2), max(width, 2)

    def show(self, frame: np.ndarray, lines: Sequence[str] = (), notes: Sequence[str] = ()) -> None:
        """Show a frame (height, width, 3) uint8 in the middle, ``lines`` below it, ``notes`` in a box upon it.

        Does nothing once the window is closed.
        """
        if not self.is_open:
            return
        height, width = frame.shape[:2]
        if not self._resizable and (self._surface is None or self.room != (height, width)):
            self._set_room((height, width))
        surface = self._surface
        room = self.room
        self._corner = ((room[0] - height) // 2, (room[1] - width) // 2)
        surface.fill(_PANEL)
        picture = self._pygame.image.frombuffer(frame.tobytes(), (width, height), "RGB")
        surface.blit(picture, self._corner[::-1])
        for number, line in enumerate(lines):
            self._write(line, room[0] + _MARGIN + _LINE * number, _MARGIN, _FAINT if number else _TEXT)
        if notes:
            self._show_notes(notes)
        self._pygame.display.flip()

    def _write(self, text: str, top: int, left: int, colour: tuple[int, int, int]) -> None:
        """Write columns of text that are separated by tabs."""
        for column, part in enumerate(text.split("\t")):
            self._surface.blit(self._font.render(part, True, colour), (left + 150 * column, top))

    def _show_notes(self, notes: Sequence[str]) -> None:
        widths = [150 * (note.count("\t")) + self._font.size(note.split("\t")[-1])[0] for note in notes]
        box = self._pygame.Surface((max(widths) + 4 * _MARGIN, _LINE * len(notes) + 3 * _MARGIN), self._pygame.SRCALPHA)
        box.fill((*_PANEL, 225))
        self._surface.blit(box, (_MARGIN, _MARGIN))
        for number, note in enumerate(notes):
            self._write(note, 3 * _MARGIN + _LINE * number, 3 * _MARGIN, _TEXT)

    def events(self, wait: float = 0.0) -> list[Event]:
        """What the user did since the last call; ``wait`` is for how many seconds to sleep at most if that is nothing.

        Once the window is closed there is nothing more.
        """
        if not self.is_open:
            return []
        end = time.monotonic() + wait
        while True:
            translated = [self._translate(event) for event in self._pygame.event.get()]
            found = [event for event in translated if event is not None]
            left = end - time.monotonic()
            if found or left <= 0.0:
                return found
            # pygame's own waiting looks a thousand times per second, which takes ten times as much.
            time.sleep(min(left, _LOOK_EVERY))

    def _translate(self, event: Any) -> Event | None:
        pygame = self._pygame
        if event.type == pygame.QUIT:
            return Event("close")
        if event.type == pygame.VIDEORESIZE:
            self._surface = pygame.display.get_surface()
            return Event("size")
        if event.type == pygame.KEYDOWN:
            name = pygame.key.name(event.key)
            self._held.add(name)
            self._tapped.add(name)
            return Event("key", name)
        if event.type == pygame.KEYUP:
            self._held.discard(pygame.key.name(event.key))
        elif event.type == pygame.WINDOWFOCUSLOST:
            self._held.clear()
            self._pointing = False
        elif event.type in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP) and event.button == 1:
            self._pointing = event.type == pygame.MOUSEBUTTONDOWN
        elif event.type == pygame.MOUSEWHEEL:
            return Event("wheel", event.y)
        elif event.type == pygame.WINDOWEXPOSED:
            return Event("size")
        elif event.type == pygame.JOYDEVICEADDED:
            self._gamepads[event.device_index] = pygame.joystick.Joystick(event.device_index)
        elif event.type == pygame.JOYAXISMOTION and event.axis in self._axes:
            self._axes[event.axis] = event.value if abs(event.value) > _DEAD_ZONE else 0.0
        elif event.type == pygame.JOYBUTTONDOWN:
            return Event("button", event.button)
        return None

    def keys(self) -> set[str]:
        """Names of the keys that are held, and of those pressed since the last call."""
        keys = self._held | self._tapped
        self._tapped.clear()
        return keys

    def pointer(self) -> tuple[int, int] | None:
        """Where in the frame (row, col), in pixels, the mouse points, while its left button is held."""
        if not self._pointing:
            return None
        col, row = self._pygame.mouse.get_pos()
        return row - self._corner[0], col - self._corner[1]

    def stick(self) -> tuple[float, float]:
        """Where a gamepad's left stick points: (row, col), each -1 to 1."""
        return self._axes[1], self._axes[0]

    def tick(self, per_second: float) -> None:
        """Sleep until it is time for the next frame."""
        self._clock.tick(per_second)

    def close(self) -> None:
        """Close the window; closing it twice is fine."""
        global _owner
        if self.is_open:
            _owner = None
            self._pygame.display.quit()


@contextlib.contextmanager
def _runtime_folder() -> Iterator[None]:
    """Where the environment names none, an empty one: Wayland's library would complain on standard error."""
    given = os.environ.get("XDG_RUNTIME_DIR")
    if given is not None and os.path.isabs(given):
        yield
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder
        try:
            yield
        finally:
            if given is None:
                del os.environ["XDG_RUNTIME_DIR"]
            else:
                os.environ["XDG_RUNTIME_DIR"] = given


def _no_display(reason: object) -> str:
    return (
        f"there is no display to open a window on ({reason}); run this where there is one, or use "
        'render_mode="rgb_array" for pictures and render_mode="ansi" for text'
    )
