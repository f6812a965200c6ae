"""What a cell can show. The only place where the codes are written."""

EMPTY = 0
FOOD = 1
WALL = 2
AGENT = 3
"""Code of an agent of kind 0; an agent of kind ``k`` shows ``AGENT + k``."""

KINDS = 4
"""Number of agent kinds (colours)."""

CODES = AGENT + KINDS
"""Number of different codes, the length of a one-hot cell."""

KIND_COLOURS = [(230, 159, 0), (86, 180, 233), (213, 94, 0), (204, 121, 167)]
"""How kinds look in pictures: four of Okabe and Ito's colours, which colour-blind people tell apart."""

MEANINGS = {
    EMPTY: "empty",
    FOOD: "food",
    WALL: "a wall",
    **{code: f"an agent of kind {code - AGENT}" for code in range(AGENT, CODES)},
}
"""What the codes in a window of cells mean."""

MARK_SHIFT = 4
"""While moves are resolved, the bits above this one hold an agent's intended move."""

CODE_MASK = (1 << MARK_SHIFT) - 1
"""Selects the code of a cell and hides the mark above it."""
