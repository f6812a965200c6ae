"""Shows a tiny world tick by tick, and says whether the compiled one does the same.

python -m sakana_envs.reference Forage
"""

import argparse

import gymnasium
import numpy as np

from sakana_envs.reference.tasks import TASKS
from sakana_envs.reference.world import AGENT, MOTIONS, World

SHOWN = {0: ".", 1: "*", 2: "#"}
NAMES = ("stay", "N", "NE", "E", "SE", "S", "SW", "W", "NW")


def picture(world: World) -> str:
    """The map as lines of text: ``.`` empty, ``*`` food, ``#`` a wall, agents by their number's last digit."""
    agents = {world.cell(agent): str(agent % 10) for agent in range(world.agents)}
    codes = world.cells.items()
    shown = {cell: agents[cell] if code >= AGENT else SHOWN[code] for cell, code in codes}
    return "\n".join(" ".join(shown[row, col] for col in range(world.width)) for row in range(world.height))


def play(name: str, seed: int) -> bool:
    """Print an episode that is played at random; whether the compiled world returned the same arrays."""
    task = TASKS[name]
    world = task(**task.small, seed=seed)
    world.begin()
    envs = gymnasium.make_vec(f"Sakana/{name}-Discrete-v0", worlds=1, obs="bytes", **task.small)
    observations, _ = envs.reset(seed=seed)
    same = observations.tolist() == world.observations()
    print(picture(world))
    random = np.random.default_rng(seed)
    over = False
    while not over:
        actions = random.integers(0, len(MOTIONS), world.agents)
        rewards, terminated, truncated = world.act(actions)
        over = terminated[0] or truncated[0]
        print(f"\ntick {world.tick}: {', '.join(NAMES[action] for action in actions)}")
        print(picture(world))
        print("rewards", *(f"{reward + 0.0:g}" for reward in rewards), *["terminated"] * terminated[0])
        observations, *compiled = envs.step(actions)[:4]
        slow = [np.float32(rewards), terminated, truncated]
        same &= observations.tolist() == world.observations() and all(
            np.array_equal(one, other) for one, other in zip(compiled, slow, strict=True)
        )
    return same


def main() -> None:
    """Play the task that the command line names."""
    parser = argparse.ArgumentParser("python -m sakana_envs.reference", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    if not play(arguments.task, arguments.seed):
        raise SystemExit("the compiled world did something else")
    print("\nThe compiled world returned the same observations, rewards and ends in every tick.")


if __name__ == "__main__":
    main()
