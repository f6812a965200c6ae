"""Render modes: what ``render()`` of every face returns, and the window of mode ``"human"``."""

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sakana_envs.core.simulation import Simulation
from sakana_envs.render.painter import Painter
from sakana_envs.render.scene import scene
from sakana_envs.render.text import text
from sakana_envs.tasks.names import nearest

if TYPE_CHECKING:
    from sakana_envs.wrappers.window import Window

RENDER_MODES = ("human", "rgb_array", "ansi")
RENDER_FPS = 15

_MOST_TILES = 64
_WINDOW = {"size": (720, 1080)}


class Rendering:
    """Shows the worlds of a simulation, and never changes them.

    ``mode`` is one of ``RENDER_MODES`` or None; ``camera`` has parameters of
    :class:`sakana_envs.render.painter.Painter`, such as ``{"follow": 0, "trails": 20}``. Raises ``TypeError`` and
    ``ValueError`` for those that aren't right.
    """

    def __init__(
        self, simulation: Simulation, title: str, mode: str | None, camera: Mapping[str, Any] | None = None
    ) -> None:
        if not isinstance(camera, (Mapping, type(None))):
            raise TypeError(f"camera must be a dict such as {{'follow': 0}}, got {camera!r}")
        self.mode = mode
        self._simulation = simulation
        self._title = title
        self._camera = {**(_WINDOW if mode == "human" else {}), **(camera or {})}
        known = list(inspect.signature(Painter).parameters)
        for name in self._camera:
            if name not in known:
                raise TypeError(f"camera has no option {name!r}{nearest(name, known)}; options: {', '.join(known)}")
        self._painters: dict[int, Painter] = {}
        self._tiles = self._painter()
        self._window: Window | None = None

    def _painter(self) -> Painter:
        painter = Painter(**self._camera)
        for name in ("follow", "agent"):
            agent = getattr(painter, name)
            if agent is not None and agent >= self._simulation.agents:
                raise ValueError(
                    f"camera: {name} must be an agent from 0 to {self._simulation.agents - 1}, got {agent!r}"
                )
        return painter

    def frame(self, world: int = 0) -> np.ndarray:
        """A picture of a world, (height, width, 3) uint8."""
        if world not in self._painters:
            self._painters[world] = self._painter()
        return self._painters[world].paint(scene(self._simulation, world))

    def render(self, world: int = 0) -> np.ndarray | str | None:
        """A world's picture in mode ``"rgb_array"``, its text in ``"ansi"``; else None, and in ``"human"`` a window."""
        if self.mode == "rgb_array":
            return self.frame(world)
        if self.mode == "ansi":
            return text(scene(self._simulation, world))
        if self.mode == "human":
            self.show()
        return None

    def show(self) -> None:
        """Show the worlds in the window, at most 64 of them, and wait until the frame has been seen long enough.

        A window that the user closed stays closed until :meth:`close`; the worlds go on without it.
        """
        if self._window is None:
            from sakana_envs.wrappers.window import Window

            self._window = Window(self._title)
        if not self._window.is_open:
            return
        shown = range(min(self._simulation.worlds, _MOST_TILES))
        self._window.show(self._tiles.paint([scene(self._simulation, world) for world in shown]))
        if any(event.kind == "close" for event in self._window.events()):
            self._window.close()
        self._window.tick(RENDER_FPS)

    def close(self) -> None:
        """Close the window, if there is one."""
        if self._window is not None:
            self._window.close()
            self._window = None
