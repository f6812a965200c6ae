"""Go-Explore with saved states: find the way out of a maze that a random walk never leaves.

    python examples/go_explore.py

Go-Explore (Ecoffet and others, "First return, then explore", Nature, 2021) keeps a state of the world for every place
that it has seen, returns to one that it has seen seldom, and explores from there. Returning is ``set_state``: the clock
and the random numbers come back with the world. A random walk gets as many ticks, and what was found is played again
from its seed to show that it is a way and no trick of the states.
"""

import argparse
import time

import numpy as np

import sakana_envs

SEED = 1
EXPLORE = 12
"""Ticks of random moves from each state that is returned to."""


def maze(cells, random):
    """A maze of ``cells`` x ``cells`` rooms as lines of text: begin (A) at one corner, food (o) at the opposite one."""
    size = 2 * cells + 1
    text = np.full((size, size), "#")
    text[1, 1] = "."
    path = [(1, 1)]
    while path:
        row, col = path[-1]
        ahead = [(row + 2 * r, col + 2 * c) for r, c in ((0, 1), (1, 0), (0, -1), (-1, 0))]
        ahead = [(r, c) for r, c in ahead if 0 < r < size and 0 < c < size and text[r, c] == "#"]
        if not ahead:
            path.pop()
            continue
        to = ahead[random.integers(len(ahead))]
        text[to] = text[(row + to[0]) // 2, (col + to[1]) // 2] = "."
        path.append(to)
    text[1, 1], text[-2, -2] = "A", "o"
    return "\n".join("".join(line) for line in text)


def make(text):
    """One agent in the maze, whose reward is 1 for the food at the end."""
    return sakana_envs.parallel_env(
        "Sakana/Forage-Discrete-v0",
        map=text,
        agents=1,
        horizon=100_000,
        food_reward=1.0,
        food_density=0.0,
        food_regrowth=0.0,
        obs="bytes",
    )


def place(env):
    """The agent's cell, (row, col)."""
    world = env.seats.simulation
    return int(world.view("row")[0, 0]), int(world.view("col")[0, 0])


def walk(env, actions):
    """Play actions; after each one the cell, whether food was found, and the action."""
    for action in actions:
        _, rewards, *_ = env.step({"agent_0": action})
        yield place(env), rewards["agent_0"] > 0.0, action


def go_explore(env, ticks, random):
    """Explore for ``ticks``: a state, visits and a way for each cell, and the shortest way found to the food."""
    env.reset(seed=SEED)
    archive = {place(env): [env.get_state(), 1, []]}
    found = None
    for _ in range(ticks // EXPLORE):
        cells = list(archive)
        weights = np.array([archive[cell][1] for cell in cells]) ** -1.0
        state, _, way = archive[cells[random.choice(len(cells), p=weights / weights.sum())]]
        env.set_state(state)
        way = way.copy()
        for cell, ate, action in walk(env, random.integers(9, size=EXPLORE)):
            way.append(int(action))
            if ate and (found is None or len(way) < len(found)):
                found = way.copy()
            if cell not in archive or len(way) < len(archive[cell][2]):
                visits = archive[cell][1] if cell in archive else 0
                archive[cell] = [env.get_state(), visits, way.copy()]
            archive[cell][1] += 1
    return archive, found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=12, help="rooms along a side of the maze")
    parser.add_argument("--ticks", type=int, default=40_000, help="ticks that each may spend")
    arguments = parser.parse_args()
    random = np.random.default_rng(0)
    text = maze(arguments.cells, random)
    env = make(text)
    free = sum(line.count(symbol) for line in text.split("\n") for symbol in ".Ao")

    env.reset(seed=SEED)
    walked = {place(env)}
    walked |= {cell for cell, _, _ in walk(env, random.integers(9, size=arguments.ticks))}
    print(f"random walk: {len(walked)} of {free} cells in {arguments.ticks} ticks")

    start = time.perf_counter()
    archive, found = go_explore(env, arguments.ticks, random)
    print(f"Go-Explore: {len(archive)} of {free} cells in as many, {time.perf_counter() - start:.1f} s")
    for row, line in enumerate(text.split("\n")):
        print("".join("*" if (row, col) in archive and symbol == "." else symbol for col, symbol in enumerate(line)))
    if found is None:
        print("the food wasn't found; give it more --ticks")
        return
    env.reset(seed=SEED)
    rewards = [ate for _, ate, _ in walk(env, found)]
    print(f"the food is {len(found)} ticks away; played again from the seed, the last tick eats it: {rewards[-1]}")


if __name__ == "__main__":
    main()
