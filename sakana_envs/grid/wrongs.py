"""What a task's rules can do wrong in a world of cells, see :mod:`sakana_envs.core.faults`."""

from typing import Any

import numpy as np

from sakana_envs.core.faults import FIRST_OF_ENGINE, note
from sakana_envs.core.inner import inner, seldom
from sakana_envs.core.lives import lives
from sakana_envs.grid.tiles import AGENT, CODES, KINDS
from sakana_envs.grid.world import MOST_PACE

UNPLACED, KIND, PACE, CODE, DISPLACED, GHOSTS = map(np.int64, range(FIRST_OF_ENGINE, FIRST_OF_ENGINE + 6))

SAID: dict[Any, str] = {
    UNPLACED: "left {agent} agents without a place in world {world}; place each on an empty cell; if there is no "
    "room, pass fewer agents or a larger map",
    KIND: "gave agent {agent} of world {world} the kind {kind}; kinds are 0 to 3",
    PACE: "gave agent {agent} of world {world} the pace {pace:g}; a pace is a finite number",
    CODE: "left a cell of world {world} with the code {agent}; codes are 0 to 6",
    DISPLACED: "left agent {agent} of world {world} where the map shows something else; place_agent moves agents, "
    "and set_kind changes their kind",
    GHOSTS: "left a map of world {world} that shows {agent:+d} agents too many; place_agent moves agents",
}
"""What to say of each, by the names of fields too."""


@inner
def check_agents(world, rule):
    """Note a kind or a pace that can't be, which ``rule`` must have set."""
    wrong = 0
    for agent in range(world.agents):  # without a branch: such a loop becomes wide
        wrong |= np.int64(world.kind[agent] >= KINDS) | np.int64(not abs(world.pace[agent]) <= MOST_PACE)
    if wrong != 0:
        for agent in range(world.agents):
            if world.kind[agent] >= KINDS:
                note(world, KIND, agent, rule)
            if not abs(world.pace[agent]) <= MOST_PACE:
                note(world, PACE, agent, rule)


@seldom
def check_map(world, rule):
    """Note where the map and the agents disagree, after ``rule``; it looks at every cell."""
    columns = world.width + 2 * world.radius
    living = 0
    for agent in range(world.agents):
        if not lives(world, agent):
            continue
        living += 1
        row, col = world.row[agent], world.col[agent]
        inside = row >= 0.0 and row < world.height and col >= 0.0 and col < world.width
        if not inside or world.cell[agent] != (int(row) + world.radius) * columns + int(col) + world.radius:
            note(world, DISPLACED, agent, rule)
            return
        if world.codes[world.cell[agent]] != AGENT + world.kind[agent]:
            note(world, DISPLACED, agent, rule)
            return
    shown = 0
    for cell in range(world.codes.size):
        shown += world.codes[cell] >= AGENT
        if world.codes[cell] >= CODES:
            note(world, CODE, world.codes[cell], rule)
    if shown != living:
        note(world, GHOSTS, shown - living, rule)
