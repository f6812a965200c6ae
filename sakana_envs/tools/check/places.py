"""Where agents are: boxed in, stuck, bumping; and whether worlds are such as can be."""

import numpy as np

from sakana_envs.core import cpu
from sakana_envs.core.possible import check_begun_worlds
from sakana_envs.core.program import Transition
from sakana_envs.core.simulation import Simulation
from sakana_envs.grid.tiles import AGENT, WALL

_ENOUGH_BUMPS = 8
"""An agent that never moved is stuck if it was blocked so often."""
_MAPS_EVERY = 16


class Places:
    """Notes who can't move as an episode begins, who never moved in one, and what blocked agents."""

    def __init__(self) -> None:
        self.boxed_in = self.walled_in = 0.0
        self._steps = 0
        self._counts: dict[str, int] = {}
        self._stuck = self._lives = 0

    def begin(self, simulation: Simulation, observations: np.ndarray) -> None:
        """Note where all agents are, and, where there are cells, look at those around them."""
        if "cells" in simulation.layout.shapes:
            self._look_around(simulation)
        self._last = self._where(simulation)
        shape = simulation.worlds, simulation.agents
        self._moved = np.zeros(shape, dtype=np.bool_)
        self._bumps = np.zeros(shape, dtype=np.int64)

    def _look_around(self, simulation: Simulation) -> None:
        columns = simulation.view("cells").shape[2]
        codes = simulation.view("cells").reshape(simulation.worlds, -1)
        cells = simulation.view("cell").astype(np.int64)
        alive = simulation.alive().reshape(cells.shape)
        steps = np.unique(np.sign(simulation.actions.table[:, :2]).astype(np.int64), axis=0)
        around = [
            np.take_along_axis(codes, cells + row * columns + col, axis=1)[alive] for row, col in steps if row or col
        ]
        if around and alive.any():
            self.boxed_in = float((np.min(around, axis=0) >= WALL).mean())
            self.walled_in = float(((np.min(around, axis=0) == WALL) & (np.max(around, axis=0) == WALL)).mean())

    @staticmethod
    def _where(simulation: Simulation) -> np.ndarray:
        """Where all agents are, (worlds, agents, n)."""
        names = simulation.program.engine.whereabouts
        return np.stack([simulation.view(name)[:, : simulation.agents] for name in names], axis=-1)

    def see(self, simulation: Simulation, transition: Transition, stepped: np.ndarray) -> None:
        """Follow all agents through a tick."""
        now = self._where(simulation)
        took_part = stepped.reshape(self._moved.shape)
        self._moved |= (now != self._last).any(axis=-1) & took_part
        self._bumps += simulation.view("bumped") & took_part
        self._last = now
        self._steps += int(took_part.sum())
        ended = transition.outcome == cpu.ENDED
        if ended.any():
            self._close(simulation, ended)

    def finish(self, simulation: Simulation) -> None:
        """Take what is still running as it is."""
        self._close(simulation, (simulation.view("over")[:, 0] == 0) & (simulation.view("clock")[:, 0] > 0))

    def _close(self, simulation: Simulation, worlds: np.ndarray) -> None:
        tried = self._bumps[worlds] >= _ENOUGH_BUMPS
        self._stuck += int((tried & ~self._moved[worlds]).sum())
        self._lives += int((tried | self._moved[worlds]).sum())
        for name in simulation.program.engine.statistics:
            if name.endswith("bumps"):
                self._counts[name] = self._counts.get(name, 0) + int(simulation.view(name)[worlds].sum())
        self._moved[worlds] = False
        self._bumps[worlds] = 0

    @property
    def stuck(self) -> float:
        """The share of agents that never moved in an episode, of those that did or were blocked often."""
        return self._stuck / max(1, self._lives)

    @property
    def bumps(self) -> dict[str, float]:
        """Shares of agent-steps in which something was in the way, by the statistics that count them."""
        return {name: count / max(1, self._steps) for name, count in self._counts.items()}


class Maps:
    """Compares maps with agents."""

    def __init__(self) -> None:
        self.looked_at = self.ghosts = self.without_cell = 0
        self.wrong = ""

    def begin(self, simulation: Simulation, observations: np.ndarray) -> None:
        """Look at all maps."""
        self._tick = 0
        self._look(simulation)

    def see(self, simulation: Simulation, transition: Transition, stepped: np.ndarray) -> None:
        """Look at them now and then, and at those of episodes that end."""
        self._tick += 1
        if self._tick < 4 or self._tick % _MAPS_EVERY == 0 or transition.ended:
            self._look(simulation)

    def _look(self, simulation: Simulation) -> None:
        self.looked_at += simulation.worlds
        if "cells" in simulation.layout.shapes:
            self._compare(simulation)
        try:
            check_begun_worlds(simulation.program, simulation.layout, simulation.blocks)
        except ValueError as error:
            self.wrong = self.wrong or str(error)

    def _compare(self, simulation: Simulation) -> None:
        codes = simulation.view("cells").reshape(simulation.worlds, -1)
        cells = simulation.view("cell").astype(np.int64)
        alive = simulation.alive().reshape(cells.shape)
        shown = alive & (np.take_along_axis(codes, cells, axis=1) == AGENT + simulation.view("kind"))
        ghosts = (codes >= AGENT).sum(axis=1) - shown.sum(axis=1)
        lost = (alive & ~shown).sum(axis=1)
        self.ghosts, self.without_cell = max(self.ghosts, int(ghosts.max())), max(self.without_cell, int(lost.max()))
