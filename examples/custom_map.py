"""A map of your own, from text and from a picture: walls, food, and the cells where agents may appear.

    python examples/custom_map.py --out runs

In text ``#`` is a wall, ``o`` food, ``A`` a cell where agents may appear, and ``.`` empty. In a picture a pixel is a
cell: grey walls, green food, orange where agents may appear, black or white empty. Any task takes either as ``map=``.
"""

import argparse
from pathlib import Path

import gymnasium
import imageio
import numpy as np

import sakana_envs

TWO_ROOMS = """
######################
#AAA......#..........#
#AAA......#...oooo...#
#AAA..........oooo...#
#AAA......#...oooo...#
#AAA......#..........#
######################
"""

GREY, GREEN, ORANGE = (128, 128, 128), (0, 255, 0), (255, 165, 0)


def maze(side):
    """A picture, (side, side, 3) uint8: corridors with food in the middle, joined at the left and right in turn."""
    pixels = np.zeros((side, side, 3), dtype=np.uint8)
    for number, row in enumerate(range(3, side, 4)):
        pixels[row - 2, side // 4 : -side // 4] = GREEN
        pixels[row] = GREY
        pixels[row, slice(3) if number % 2 else slice(-3, None)] = 0
    pixels[:3, :3] = ORANGE
    return pixels


def run(drawn, path, agents):
    """An episode of scripted foragers on a map, with its last frame as a picture."""
    worlds = gymnasium.make_vec(
        "Sakana/Forage-Discrete-v0",
        num_envs=agents,
        agents=agents,
        map=drawn,
        food_density=0.0,  # only the map's own food, which grows again anywhere
        horizon=200,
        render_mode="rgb_array",
    )
    worlds.reset(seed=0)
    info = {}
    while "score" not in info:
        info = worlds.step(worlds.policy_actions("scripted"))[-1]
    imageio.imwrite(path, worlds.render()[0])
    print(f"{path.name}: {info['meals'].sum()} meals of {agents} agents")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("runs"))
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    run(TWO_ROOMS, out / "two_rooms.png", agents=8)

    imageio.imwrite(out / "maze_map.png", maze(25))
    run(out / "maze_map.png", out / "maze.png", agents=8)

    # A map that can't work is refused, with the reason and the place.
    try:
        sakana_envs.parallel_env("Sakana/Forage-Discrete-v0", map="AA.#.o\nAA.#..\n", agents=4)
    except ValueError as error:
        print(error)


if __name__ == "__main__":
    main()
