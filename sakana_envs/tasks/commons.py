"""Commons: harvest what grows back only where enough is left.

Food grows in orchards, the faster the more is left within two cells, and never again where none is. So who eats the
last takes it from all, and is marked for a while, by its kind. Any agent may stop and press its button to sanction one
beside it, which has to pay a fine and stand still for a while.
"""

from sakana_envs.grid.vocabulary import *
from sakana_envs.tasks.task import LARGE, Task

GOOD, GREEDY, SANCTIONED = range(3)  # kinds; who is of the last two is good again with a probability of 0.1 a tick
ENOUGH, TURNS = 4, 8  # other food within two cells of what may be eaten unmarked; ticks until a cell may bear again
BARE = {"food_regrowth": 0.0}  # outside of orchards


def init(world):
    """Agents at random empty cells; orchards are random squares of five cells, at an edge partly at the other."""
    spawn_uniform(world)
    for orchard in range(round(world.orchard_density * world.height * world.width)):
        top, left = below(world, 0, orchard, world.height), below(world, 1, orchard, world.width)
        for cell in range(25):
            row, col = (top + cell // 5) % world.height, (left + cell % 5) % world.width
            world.orchard[row + world.radius, col + world.radius] |= place_food(world, row, col)


def update(world):
    """Sanctions take effect, after all have chosen; then food grows."""
    world.fined[:] = 0
    for agent in range(world.agents):
        other = agent_beside(world, 2, agent) if presses(world, agent) and world.kind[agent] != SANCTIONED else -1
        if other >= 0:
            world.fined[other] = 1
    for agent in range(world.agents):
        greedy = world.ate[agent] > 0 and count_near(world, *cell_of(world, agent), 2, FOOD) < ENOUGH
        if world.fined[agent] or greedy or uniform(world, 3, agent) < 0.1:
            set_kind(world, agent, SANCTIONED if world.fined[agent] else GREEDY if greedy else GOOD)
        world.pace[agent] = world.kind[agent] != SANCTIONED
    for turn in range(world.height * world.width // TURNS):
        row, col = below(world, 4, turn, world.height), below(world, 5, turn, world.width)
        chance = TURNS * world.growth * world.orchard[row + world.radius, col + world.radius]
        if chance > 0.0 and uniform(world, 6, turn) < chance * count_near(world, row, col, 2, FOOD):
            place_food(world, row, col)


def reward(world, agent):
    """0.1 for each food eaten, -0.2 for being sanctioned."""
    return 0.1 * world.ate[agent] - 0.2 * world.fined[agent]


def scripted(view, window, wander, draw):
    """Sanction who is marked; step to the nearest food, or wait if too little is left around it."""
    if count_seen(view, window, 0, 0, 1, AGENT + GREEDY) > (own_kind(view, window) == GREEDY):
        return BUTTON
    row, col = nearest(view, window, FOOD, draw)
    thin = count_seen(view, window, row, col, 2, FOOD) <= ENOUGH + 2  # besides itself two may go in this tick
    if (row, col) != (0, 0) and thin and draw & 15 > 0:
        return STAY
    return steer_or_wander(view, window, row, col, wander, draw)


TASK = Task(
    name="Commons",
    description="Harvest orchards that grow back only where enough is left, and sanction who takes the last.",
    init=init,
    update=update,
    reward=reward,
    score=meals_score,
    scripted=scripted,
    numbers={
        "orchard_density": Number(0.0025, 0.0, 0.1, "orchards per cell of the map"),
        "growth": Number(0.03, 0.0, 0.1, "probability per tick that food grows, for each food within two cells"),
        "reference_meals": Number(0.1, 1e-6, 1.0, "food per tick of the scripted harvesters: a score of 0.5"),
    },
    memory={
        "orchard": Field("cell", bool, "whether food grows there"),
        "fined": Field("agent", bool, "whether it was sanctioned in this tick"),
    },
    presets={"default": {"agents": 64, "height": 64, "width": 64, **BARE}, "large": {**LARGE, **BARE}},
    actions=MOVES.with_button("use"),
)
