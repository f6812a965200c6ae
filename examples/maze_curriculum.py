"""Does a curriculum by learnability beat uniform levels? PPO of Stable-Baselines3 in mazes, a task made here.

    python examples/maze_curriculum.py                                     # 2 x 5 trainings of some minutes each
    python examples/maze_curriculum.py --arms uniform --seeds 0 1          # some of them: share them among processes
    python examples/maze_curriculum.py --arms --plot                       # train nothing, plot what was trained

A level's number decides its maze: how many walls, which, and where agent and goal are. Few walls make an easy maze,
many one without a way. Both arms have the same budget, policy and parameters, and are measured on mazes that neither
saw.
"""

import argparse
import json
from pathlib import Path

import gymnasium
import numpy as np
import torch
from matplotlib.figure import Figure
from numba import njit
from stable_baselines3 import PPO

import sakana_envs
from sakana_envs.rules import (
    AGENT,
    FOOD,
    WALL,
    Field,
    Number,
    Task,
    below,
    place_agent_near,
    place_food,
    place_wall,
    uniform,
)

GAPS, ROOMS = 0, 1  # purposes of random numbers


@njit
def room(world, index):
    """A random room; rooms are in even rows and columns."""
    row = below(world, ROOMS, 2 * index, (world.height + 1) // 2)
    return 2 * row, 2 * below(world, ROOMS, 2 * index + 1, (world.width + 1) // 2)


def init(world):
    for row in range(world.height):
        for col in range(world.width):
            odd = row % 2 + col % 2  # 0: a room, 1: a gap between two rooms, 2: a pillar
            if odd == 2 or (odd == 1 and uniform(world, GAPS, row * world.width + col) < world.walls):
                place_wall(world, row, col)
    row, col = room(world, 0)
    place_food(world, row, col)
    world.goal[0], world.goal[1] = row, col
    for agent in range(world.agents):
        row, col = room(world, 1 + agent)
        place_agent_near(world, agent, row, col)


def found(world, agent):
    return world.ate[agent] > 0


def compass(world, agent, out):
    out[0] = (world.goal[0] - int(world.row[agent])) / world.height
    out[1] = (world.goal[1] - int(world.col[agent])) / world.width


maze = Task(
    name="Maze",
    init=init,
    reward=found,
    terminated=found,
    score=lambda world, agent: world.meals[agent],
    features=compass,
    feature_names={"goal_row": (-1.0, 1.0), "goal_col": (-1.0, 1.0)},
    numbers={"walls": Number(0.4, 0.0, 1.0, "probability of a wall between two neighbouring rooms")},
    memory={"goal": Field("world", np.int32, "row and column of the goal", 2)},
    presets={"default": {"agents": 1, "height": 17, "width": 17, "radius": 4, "horizon": 96}},
)
sakana_envs.register(maze)

ID = "Sakana/Maze-Discrete-v0"
WORLD = {"walls": ("uniform", 0.0, 1.0)}
ARMS = {
    "uniform": ("#0072b2", 4096),
    "curriculum": ("#d55e00", sakana_envs.Curriculum(candidates=256, keep=64, fresh=0.5, every=1024)),
}
EVERY = 98_304  # steps between two tests


def solvable(cells):
    """Whether a way leads to the goal in each of some maps (maps, rows, columns), which have a border of walls."""
    reached, before = cells >= AGENT, None
    while not np.array_equal(reached, before):
        before = reached
        neighbours = [np.roll(reached, step, axis) for step in (-1, 1) for axis in (1, 2)]
        reached = np.logical_or.reduce([reached, *neighbours]) & (cells != WALL)
    return (reached & (cells == FOOD)).any(axis=(1, 2))


def measure(act, levels=1000):
    """The share of the solvable test levels that is solved, an episode on each, and the share that is solvable."""
    envs = gymnasium.make_vec(ID, worlds=levels, levels=levels, split="test", **WORLD)
    observations, _ = envs.reset(seed=0, options={"level": envs.unwrapped.levels.numbers})
    can = solvable(envs.unwrapped.seats.simulation.view("cells"))
    solved, running = np.zeros(levels, bool), np.ones(levels, bool)
    while running.any():
        observations, _, terminated, truncated, _ = envs.step(act(envs.unwrapped, observations))
        solved |= running & terminated
        running &= ~(terminated | truncated)
    assert not (solved & ~can).any()
    return solved[can].mean(), can.mean()


def train(arm, seed, steps):
    """Steps, and the share of test levels solved then; and how many levels there were."""
    env = sakana_envs.SB3VecEnv(ID, num_envs=128, levels=ARMS[arm][1], **WORLD)
    model = PPO("MlpPolicy", env, 5e-4, n_steps=64, batch_size=1024, n_epochs=4, ent_coef=0.01, seed=seed, device="cpu")
    curve = []
    while True:
        curve.append((model.num_timesteps, measure(lambda _, observations: model.predict(observations)[0])[0]))
        print(f"{arm}, seed {seed}: after {curve[-1][0]:7} steps {curve[-1][1]:.3f} solved", flush=True)
        if model.num_timesteps >= steps:
            return {"arm": arm, "seed": seed, "curve": curve, "levels": int(env.env.levels.numbers.max()) + 1}
        model.learn(min(EVERY, steps - model.num_timesteps), reset_num_timesteps=False)


def mean_and_interval(curves):
    """The mean over seeds (seeds, points), and its 95 % interval by 10,000 bootstrap samples of the seeds."""
    samples = np.random.default_rng(0).integers(len(curves), size=(10_000, len(curves)))
    return np.vstack([curves.mean(axis=0), np.percentile(curves[samples].mean(axis=1), (2.5, 97.5), axis=0)])


def plot(out):
    """Put the runs in a folder together, as ``maze_curriculum.json`` and as a picture."""
    runs = [json.loads(path.read_text()) for path in sorted(out.glob("maze-*.json"))]
    random, can = measure(lambda env, _: env.policy_actions("random"))
    results = {"solvable": can, "random": random, "mean, low, high": {}, "runs": runs}
    figure = Figure(figsize=(9, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.5))
    envs = gymnasium.make_vec(ID, worlds=9, levels=9, render_mode="rgb_array", **WORLD)
    envs.reset(options={"level": list(range(9))})
    frames = np.pad(np.array(envs.render()), ((0, 0), (20, 20), (20, 20), (0, 0)), constant_values=255)
    left.imshow(np.vstack([np.hstack(frames[first : first + 3]) for first in (0, 3, 6)]))
    left.axis("off")
    for arm, (colour, _) in ARMS.items():
        curves = np.array([run["curve"] for run in runs if run["arm"] == arm])  # (seeds, points, 2)
        if len(curves):
            mean, low, high = summary = mean_and_interval(curves[:, :, 1])
            results["mean, low, high"][arm] = summary.round(4).tolist()
            right.plot(curves[0, :, 0] / 1000, mean, color=colour, label=arm)
            right.fill_between(curves[0, :, 0] / 1000, low, high, color=colour, alpha=0.2, linewidth=0)
    right.axhline(random, color="grey", linestyle=":", label="random walk")
    right.set(xlabel="thousand steps", ylabel="solvable test mazes solved", xlim=(0, None), ylim=(0, 1))
    right.spines[["top", "right"]].set_visible(False)
    right.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 0.14))
    figure.savefig(out / "maze_curriculum.png", dpi=110)
    (out / "maze_curriculum.json").write_text(json.dumps(results) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--arms", nargs="*", default=list(ARMS), choices=list(ARMS))
    parser.add_argument("--seeds", nargs="*", type=int, default=list(range(5)))
    parser.add_argument("--steps", type=int, default=10 * EVERY)
    parser.add_argument("--plot", action="store_true", help="plot the runs in the folder")
    parser.add_argument("--out", type=Path, default=Path("runs"))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    for seed in arguments.seeds:
        for arm in arguments.arms:
            run = train(arm, seed, arguments.steps)
            (arguments.out / f"maze-{arm}-{seed}.json").write_text(json.dumps(run))
    if arguments.plot:
        plot(arguments.out)


if __name__ == "__main__":
    main()
