"""Where agents were in the frames before."""

from collections import deque

import numpy as np

from sakana_envs.render.scene import Scene


class Track:
    """Where the agents of one world were in the frames before."""

    def __init__(self) -> None:
        self.ticks: deque[int] = deque()
        self.positions: deque[np.ndarray] = deque()
        self.heading = np.zeros((0, 2), dtype=np.float32)

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
        if not self.ticks:
            self.heading = np.zeros_like(positions)
        else:
            moved = positions - self.positions[-1]
            moves = ((moved[:, 0] != 0) | (moved[:, 1] != 0)) & ~self.jumped(moved, scene.tick - self.ticks[-1])
            self.heading[moves] = moved[moves] / np.linalg.norm(moved[moves], axis=1, keepdims=True)
        self.ticks.append(scene.tick)
        self.positions.append(positions)
        while self.ticks[0] < scene.tick - length:
            self.ticks.popleft()
            self.positions.popleft()

    @staticmethod
    def jumped(moved: np.ndarray, ticks: int) -> np.ndarray:
        """Who came farther than moves can: it was born again."""
        return (np.abs(moved[:, 0]) > ticks) | (np.abs(moved[:, 1]) > ticks)
