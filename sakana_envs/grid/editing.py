"""A world of cells that is edited: agents, food and walls by the words that rules have for them.

Rows and columns are those of the map, without its border: (0, 0) is the first cell inside it.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sakana_envs.core.editing import Editor
from sakana_envs.core.scalars import is_whole, plain
from sakana_envs.grid.dynamics import STEPS_PER_CELL
from sakana_envs.grid.tiles import AGENT, EMPTY, FOOD, KINDS, WALL
from sakana_envs.grid.world import MOST_PACE

_CALLED = {EMPTY: "empty", FOOD: "food", WALL: "a wall"}
_PLACE = "place_agent or place_agents"


class CellEditor(Editor):
    """A copy of a world of cells, until the block of ``edit()`` ends; see :meth:`get`, :meth:`set` and ``names`` too.

    All methods check bounds, and none overwrites. Rows and columns are whole numbers, (0, 0) is the map's first cell.
    """

    RANGES = {"pace": (-MOST_PACE, MOST_PACE)}
    INSTEAD = {
        **dict.fromkeys(("row", "col", "cell", "occupant"), _PLACE),
        **dict.fromkeys(("alive", "died"), "remove_agent or revive_agent"),
        "kind": "set_kind",
        "food": "place_food or remove_food",
        "cells": "place_agent, place_food, remove_food, place_wall or remove_wall",
    }

    def set(self, name: str, value: Any, at: Any = None) -> None:
        """Give a number of the world, or values of a field, other values; ``names`` says which.

        ``at`` is an index, such as an agent, or a tuple with one for each axis; without it, ``value`` is one for all of
        the array, or an array of its shape. Agents begin at rest where there was no inertia. Raises ``KeyError`` for a
        name that isn't among ``names``, ``IndexError`` for a wrong index, ``TypeError`` for what are no numbers, and
        ``ValueError`` for those out of range.
        """
        at_rest = name == "inertia" and self.get(name) == 0
        super().set(name, value, at)
        if at_rest:
            self._field("velocity_row")[:] = self._field("velocity_col")[:] = 0.0
        if name == "lifespan" and self.get(name) == 0:
            self._field("respawned")[:] = 0  # nobody looks at it any more

    def code_at(self, row: int, col: int) -> int:
        """The code of the cell (row, col); cells outside the map are ``WALL``."""
        cells = self._field("cells")
        inside = is_whole(plain(row), 0, len(cells) - 1) and is_whole(plain(col), 0, cells.shape[1] - 1)
        return int(cells[row, col]) if inside else WALL

    def agent_at(self, row: int, col: int) -> int:
        """The agent in the cell (row, col); -1 if none is there, as outside of the map."""
        if self.code_at(row, col) < AGENT:
            return -1
        found = np.flatnonzero((self._cells_of_agents() == (row, col)).all(axis=1))
        return int(found[0])

    def cell_of(self, agent: int) -> tuple[int, int]:
        """The cell (row, col) in which an agent is; (-1, -1) for a dead one."""
        row, col = self._cells_of_agents()[self._agent(agent)].tolist()
        return row, col

    def place_agent(self, agent: int, row: int, col: int, within: tuple[float, float] = (0.5, 0.5)) -> None:
        """Move an agent into the cell (row, col), which must be empty or its own.

        ``within`` is where in the cell (row, col), in cells from its corner: multiples of 1/1024 from 0 to 1023/1024.
        """
        self._move([agent], [(row, col)], _offset(within))

    def place_agents(self, cells: Mapping[int, tuple[int, int]]) -> None:
        """Move several agents at once, each into the middle of its cell (row, col), ``{agent: (row, col)}``.

        The cells must differ, and be empty once all these agents have left theirs.
        """
        if not isinstance(cells, Mapping):
            raise TypeError(f"place_agents takes a dictionary, {{agent: (row, col)}}, got {cells!r}")
        self._move(list(cells), list(cells.values()), _offset((0.5, 0.5)))

    def set_kind(self, agent: int, kind: int) -> None:
        """Give an agent another kind (0..3), which its cell shows from now on."""
        agent = self._living(agent, "can't change its kind")
        if not is_whole(plain(kind), 0, KINDS - 1):
            raise ValueError(f"a kind must be a whole number from 0 to {KINDS - 1}, got {kind!r}")
        self._field("kind")[agent] = kind
        self._field("cells")[self.cell_of(agent)] = AGENT + kind

    def remove_agent(self, agent: int) -> None:
        """Let an agent die, which must live, in a task whose agents can die."""
        agent = self._living(agent, "can't be removed")
        if not self._can_die():
            raise ValueError(f"agent {agent} can't be removed: agents of {self._program.name} can't die")
        self._field("cells")[self.cell_of(agent)] = EMPTY
        self._field("alive")[agent] = 0
        self._field("row")[agent] = self._field("col")[agent] = -1.0
        self._field("velocity_row")[agent] = self._field("velocity_col")[agent] = 0.0
        radius = self._layout.structure.constants["radius"]
        self._field("cell")[agent] = radius * (self._field("cells").shape[1] + 2 * radius) + radius

    def revive_agent(self, agent: int, row: int, col: int) -> None:
        """Let a dead agent live again, in the middle of the cell (row, col), which must be empty."""
        agent = self._agent(agent)
        if not self._can_die() or self._field("alive")[agent] != 0:
            raise ValueError(f"agent {agent} can't be revived: it lives")
        self._expect(f"agent {agent} can't be revived", self._cell(row, col), EMPTY, self._field("cells"))
        self._field("alive")[agent] = 1
        self._field("died")[agent] = self._field("terminated")[agent] = 0
        self._put(agent, self._cell(row, col), _offset((0.5, 0.5)))

    def place_food(self, row: int, col: int) -> None:
        """Put food in the cell (row, col), which must be empty."""
        self._change("food can't be placed", row, col, EMPTY, FOOD)
        self._field("food")[0] += 1

    def remove_food(self, row: int, col: int) -> None:
        """Empty the cell (row, col), which must have food. It doesn't grow again elsewhere."""
        self._change("no food can be removed", row, col, FOOD, EMPTY)
        self._field("food")[0] -= 1

    def place_wall(self, row: int, col: int) -> None:
        """Put a wall in the cell (row, col), which must be empty."""
        self._change("no wall can be placed", row, col, EMPTY, WALL)

    def remove_wall(self, row: int, col: int) -> None:
        """Empty the cell (row, col), which must be a wall; the border is none of the map's cells, and stays."""
        self._change("no wall can be removed", row, col, WALL, EMPTY)

    def _field(self, name: str) -> np.ndarray:
        """A field of the world, writable; one that is per cell without the border."""
        field = super()._field(name)
        declared = self._layout.structure.fields.get(name)
        if declared is None or declared.per != "cell":
            return field
        radius = self._layout.structure.constants["radius"]
        return field[radius:-radius, radius:-radius]

    def _agent(self, agent: Any) -> int:
        last = self._layout.size("agents") - 1
        if not is_whole(plain(agent), 0, last):
            raise IndexError(f"an agent must be a whole number from 0 to {last}, got {agent!r}")
        return plain(agent)

    def _can_die(self) -> bool:
        return "alive" in self._layout.shapes

    def _living(self, agent: Any, what: str) -> int:
        """The agent, as an int. Raises ``ValueError`` for one that is dead."""
        agent = self._agent(agent)
        if self._can_die() and not self._field("alive")[agent]:
            raise ValueError(f"agent {agent} {what}: it is dead; revive_agent lets it live again")
        return agent

    def _cell(self, row: Any, col: Any) -> tuple[int, int]:
        height, width = self._field("cells").shape
        if not (is_whole(plain(row), 0, height - 1) and is_whole(plain(col), 0, width - 1)):
            raise IndexError(f"a cell must be (row, col) from (0, 0) to {(height - 1, width - 1)}, got {(row, col)!r}")
        return plain(row), plain(col)

    def _cells_of_agents(self) -> np.ndarray:
        """(row, col) of all agents, (agents, 2) int64."""
        return np.floor(np.stack([self._field("row"), self._field("col")], axis=1)).astype(np.int64)

    def _move(self, agents: list[Any], cells: list[Any], offset: np.ndarray) -> None:
        agents = [self._living(agent, "can't be placed") for agent in agents]
        targets: dict[tuple[int, int], int] = {}
        for agent, cell in zip(agents, cells, strict=True):
            if not isinstance(cell, (tuple, list, np.ndarray)) or len(cell) != 2:
                raise TypeError(f"agent {agent} must be placed in a cell (row, col), got {cell!r}")
            target = self._cell(*cell)
            if target in targets:
                raise ValueError(f"agents {targets[target]} and {agent} can't both be placed at {target}")
            targets[target] = agent
        shown = self._field("cells").copy()
        shown[tuple(self._cells_of_agents()[agents].T)] = EMPTY
        for target, agent in targets.items():
            self._expect(f"agent {agent} can't be placed", target, EMPTY, shown)
        self._field("cells")[:] = shown
        for cell, agent in targets.items():
            self._put(agent, cell, offset)

    def _put(self, agent: int, cell: tuple[int, int], offset: np.ndarray) -> None:
        """Put an agent into a cell that is known to be empty; its old one is, already."""
        radius, (row, col) = self._layout.structure.constants["radius"], cell
        cells = self._field("cells")
        cells[cell] = AGENT + self._field("kind")[agent]
        self._field("row")[agent], self._field("col")[agent] = np.add(cell, offset, dtype=np.float32)
        self._field("cell")[agent] = (row + radius) * (cells.shape[1] + 2 * radius) + col + radius
        self._field("velocity_row")[agent] = self._field("velocity_col")[agent] = 0.0

    def _change(self, what: str, row: Any, col: Any, expected: int, code: int) -> None:
        cell = self._cell(row, col)
        self._expect(what, cell, expected, self._field("cells"))
        self._field("cells")[cell] = code

    def _expect(self, what: str, cell: tuple[int, int], code: int, shown: np.ndarray) -> None:
        """Raise ``ValueError`` unless a cell shows a code."""
        found = int(shown[cell])
        if found != code:
            there = {EMPTY: "nothing", FOOD: "food", WALL: "a wall"}.get(found) or f"agent {self.agent_at(*cell)}"
            fitting = np.argwhere(shown == code)
            near = "there is none"
            if len(fitting):
                near = f"the nearest is {tuple(fitting[np.abs(fitting - cell).max(axis=1).argmin()].tolist())}"
            raise ValueError(f"{what} at {cell}, where {there} is: it must be {_CALLED[code]}; {near}")


def _offset(within: Any) -> np.ndarray:
    """Where in a cell an agent is, (2,) float32."""
    try:
        given = np.asarray(within, dtype=np.float64)
    except (TypeError, ValueError):
        given = np.empty(0)
    if given.shape != (2,) or not np.isfinite(given).all():
        raise TypeError(f"within must be two numbers (row, col), got {within!r}")
    steps = np.clip(np.rint(given * STEPS_PER_CELL), 0, STEPS_PER_CELL - 1)
    if (steps != given * STEPS_PER_CELL).any():
        near = tuple((steps / STEPS_PER_CELL).tolist())
        raise ValueError(f"within must be multiples of 1/1024 from 0 to 1023/1024; the nearest to {within!r} is {near}")
    return (steps / STEPS_PER_CELL).astype(np.float32)
