"""What a person at a game can do, and is shown: pictures and lines of text, without any window."""

import math
from collections.abc import Collection
from pathlib import Path

import numpy as np

from sakana_envs.core.scalars import plain
from sakana_envs.render.painter import Painter
from sakana_envs.render.scene import CELL_DISC
from sakana_envs.tools.play.game import Game
from sakana_envs.tools.record.video import Video
from sakana_envs.wrappers.images import write_picture

SPEEDS = (1, 2, 4, 8, 15, 30, 60)
"""Ticks per second to choose from."""

_ZOOM_STEP = 1.25
_ZOOMS = (0.25, 64.0)
_FOLLOW_BELOW = 4.0
"""If the whole map has fewer pixels per cell, play begins with the camera at the agent. As cells count discs' sizes."""
_TURN_BY_POINTER = 2.0
"""Turn for each radian between where an agent looks and the pointer."""
_TRAIL = 16


class Player:
    """A game, and how it is watched.

    ``fps`` are ticks per second; ``size`` (height, width) in pixels is that of its frames at most; ``folder`` is for
    screenshots and recordings.
    """

    def __init__(self, game: Game, fps: int, size: tuple[int, int], folder: str | Path = ".") -> None:
        if isinstance(plain(fps), bool) or not 1 <= fps <= 1000:
            raise ValueError(f"fps must be ticks per second from 1 to 1000, got {fps!r}")
        self.game = game
        self.fps = fps
        self.folder = Path(folder)
        if not self.folder.is_dir():
            raise FileNotFoundError(f"there is no folder {str(folder)!r} for screenshots and recordings")
        self.paused = False
        self.closed = False
        self.shows_keys = False
        self.message = ""
        self._steps_asked = 0
        self.painter = Painter(size=size, agent=game.agent)
        self._video: Video | None = None
        self._video_size = size
        seen = game.scene()
        if self.painter.camera(seen).zoom * seen.disc < _FOLLOW_BELOW * CELL_DISC:
            self.follow()

    @property
    def running(self) -> bool:
        """Whether time goes on by itself."""
        return not (self.paused or self.game.over)

    def take_steps(self) -> int:
        """How many single ticks were asked for since the last call."""
        asked, self._steps_asked = self._steps_asked, 0
        return asked

    def step(self, motion: tuple[float, float], pressed: Collection[str] = ()) -> None:
        """Let a tick pass."""
        self.game.step(motion, pressed)
        if self._video is not None:
            self._video.add(_on_canvas(self.frame(), self._video_size))

    def frame(self) -> np.ndarray:
        """The picture as it is now, (height, width, 3) uint8."""
        return self.painter.paint(self.game.scene())

    def lines(self) -> list[str]:
        """What is said below the picture: how the episode goes, and who and what is being watched."""
        game = self.game
        terms = ", ".join(f"{name} {value:+.3f}" for name, value in game.terms().items())
        going = [
            f"tick {game.tick} of {game.simulation.sizes['horizon']}",
            f"reward {game.reward():+.3f}" + (f" ({terms})" if terms else ""),
            f"return {game.episode_return():+.2f}",
        ]
        scores = game.scores()
        if scores is not None:
            going += [f"score {scores[0]:.2f}, mean of all {scores[1]:.2f}", "over: R begins the next one"]
        running = [
            f"{game.title}, seed {game.seed}",
            f"{game.group()} {game.agent} of {game.agents}",
            "paused" if self.paused else f"{self.fps} ticks per second",
        ]
        if self._video is not None:
            running.append(f"recording, {self._video.frames} frames")
        return ["    ".join(going), "    ".join(running)]

    def way_to(self, pixel: tuple[int, int]) -> tuple[float, float]:
        """The motion (row, col) from the agent to what a pixel (row, col) of the frame shows, 1 for a cell.

        Among discs an agent's size takes the place of a cell's. One that turns goes faster, the less it has to turn.
        """
        place, agent = self.game.scene(), self.game.agent
        view = self.painter.camera(place)
        row = view.row + (pixel[0] + 0.5) / view.zoom - float(place.row[agent])
        col = view.col + (pixel[1] + 0.5) / view.zoom - float(place.col[agent])
        row, col = row * CELL_DISC / place.disc, col * CELL_DISC / place.disc
        if place.headings is None:
            return row, col
        down, right = place.headings[agent].tolist()
        ahead, left = row * down + col * right, col * down - row * right
        turn = math.atan2(left, ahead) * _TURN_BY_POINTER
        return -max(ahead, 0.0) * max(1.0 - abs(turn), 0.0), -turn

    def pause(self) -> None:
        """Stop time, or let it go on."""
        self.paused = not self.paused

    def single_step(self) -> None:
        """Stop time, and let one tick pass."""
        self.paused = True
        self._steps_asked += 1

    def change_speed(self, by: int) -> None:
        """Take the next higher or lower one of ``SPEEDS``."""
        others = [speed for speed in SPEEDS if (speed - self.fps) * by > 0]
        if others:
            self.fps = min(others) if by > 0 else max(others)

    def zoom(self, steps: float) -> None:
        """Come nearer to the agent, or go away from it; the camera then follows it."""
        seen = self.game.scene()
        now = self.painter.camera(seen).zoom
        least, most = (limit * CELL_DISC / seen.disc for limit in _ZOOMS)
        self.painter.zoom = min(max(now * _ZOOM_STEP**steps, least), max(most, now))
        self.painter.follow = self.game.agent

    def show_all(self) -> None:
        """Show the whole map."""
        self.painter.zoom = None
        self.painter.follow = None

    def follow(self) -> None:
        """Let the camera follow the agent, or show the whole map again."""
        self.painter.zoom = None
        self.painter.follow = self.game.agent if self.painter.follow is None else None

    def switch(self, by: int) -> None:
        """Act for another agent: the next one, or with -1 the one before."""
        self.game.agent = (self.game.agent + by) % self.game.agents
        self.painter.agent = self.game.agent
        if self.painter.follow is not None:
            self.painter.follow = self.game.agent

    def toggle_view(self) -> None:
        """Show what the agent sees, or not."""
        self.painter.show_view = not self.painter.show_view

    def toggle_trails(self) -> None:
        """Show where agents came from, or not."""
        self.painter.trails = 0 if self.painter.trails else _TRAIL

    def restart(self, by: int) -> None:
        """Begin an episode of the seed that is ``by`` further on."""
        self.game.restart(self.game.seed + by)

    def screenshot(self) -> None:
        """Write the picture into a file."""
        path = self._free_path("png")
        write_picture(path, self.frame())
        self.message = f"wrote {path}"

    def record(self) -> None:
        """Begin to record what is shown, or stop."""
        if self._video is not None:
            video, self._video = self._video, None
            video.close()
            self.message = f"wrote {video.path}"
            return
        try:
            self._video = Video(self._free_path("mp4"), self.fps)
        except ImportError as error:
            self.message = str(error)
            return
        self._video_size = self.painter.size
        self._video.add(_on_canvas(self.frame(), self._video_size))

    def _free_path(self, ending: str) -> Path:
        name = f"{self.game.title}-seed{self.game.seed}-tick{self.game.tick}"
        numbered = (self.folder / f"{name}{suffix}.{ending}" for suffix in ("", *(f"-{n}" for n in range(2, 10_000))))
        return next(path for path in numbered if not path.exists())

    def toggle_keys(self) -> None:
        """Show all keys, or not."""
        self.shows_keys = not self.shows_keys

    def close(self) -> None:
        """End the game; a recording that is under way is written."""
        if self._video is not None:
            self.record()
        self.closed = True


def _on_canvas(frame: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A frame in the middle of a picture of a given size; what is larger is cut off. A video's frames have one size."""
    canvas = np.zeros((*size, 3), dtype=np.uint8)
    height, width = min(size[0], frame.shape[0]), min(size[1], frame.shape[1])
    top, left = (size[0] - height) // 2, (size[1] - width) // 2
    canvas[top : top + height, left : left + width] = frame[:height, :width]
    return canvas
