"""Where agents and other things were in the frames before."""

from collections import deque

import numpy as np

from sakana_envs.render.scene import Scene


class Track:
    """Where the things of one world were in the frames before."""

    def __init__(self) -> None:
        self.ticks: deque[int] = deque()
        self.positions: deque[np.ndarray] = deque()
        self.jumps: deque[np.ndarray] = deque()
        """Who came to a frame farther than moves can."""
        self.heading = np.zeros((0, 2), dtype=np.float32)
        self._paces: np.ndarray | None = None

    def add(self, scene: Scene, length: int) -> None:
        """Remember a scene, and forget what is more than ``length`` ticks past, or was another episode."""
        positions = np.stack([scene.row, scene.col], axis=1)
        if self.ticks:
            same = positions.shape == self.positions[-1].shape
            if same and scene.tick == self.ticks[-1] and (positions == self.positions[-1]).all():
                return
            if not same or scene.tick <= self.ticks[-1]:
                self.ticks.clear()
                self.positions.clear()
                self.jumps.clear()
        if not self.ticks:
            self.heading = np.zeros_like(positions)
            jumps = np.zeros(len(positions), dtype=np.bool_)
        else:
            moved = positions - self.positions[-1]
            jumps = jumped(moved, scene.tick - self.ticks[-1], self._paces, scene.paces)
            moves = ((moved[:, 0] != 0) | (moved[:, 1] != 0)) & ~jumps
            moves[scene.agents :] = False
            self.heading[moves] = moved[moves] / np.linalg.norm(moved[moves], axis=1, keepdims=True)
        self.ticks.append(scene.tick)
        self.positions.append(positions)
        self.jumps.append(jumps)
        self._paces = scene.paces
        while self.ticks[0] < scene.tick - length:
            self.ticks.popleft()
            self.positions.popleft()
            self.jumps.popleft()


def jumped(moved: np.ndarray, ticks: int, before: np.ndarray | None, after: np.ndarray | None) -> np.ndarray:
    """Who moved (things, 2) farther than it can: it was put elsewhere. ``before``, ``after`` are the scenes' paces."""
    reach = np.float32(ticks) if before is None or after is None else ticks * np.maximum(before, after)
    return (np.abs(moved[:, 0]) > reach) | (np.abs(moved[:, 1]) > reach)
