"""Write a task: Gap, with three blanks to fill in and a check that says when they are right.

    python examples/learn_gap.py

Two cells, of which one is blocked in each tick. The agent is to be in the other one, and is told which comes next.
"""

import gymnasium
import numpy as np

import sakana_envs
from sakana_envs.rules import *


def init(world):
    """Agents at random cells; a random row will be blocked."""
    spawn_uniform(world)
    world.blocked_next[0] = below(world, 0, 0, world.height)


def update(world):
    """The row that was announced is blocked, and another announced."""
    world.blocked[0] = world.blocked_next[0]
    world.blocked_next[0] = below(world, 0, 0, world.height)


def reward(world, agent):
    """-1 in the row that is blocked. The agent's row is int(world.row[agent]), the blocked one world.blocked[0]."""
    hit = 0  # blank 1: 1 if they are the same, else 0
    world.hits[agent] += hit
    return -1.0 * hit


def features(world, agent, out):
    """What the agent is told: a byte, which learners see divided by 255."""
    out[0] = 0  # blank 2: 0 if row 0 is blocked next, 255 if it is row 1


def score(world, agent):
    """1 if it was never hit, 0 if in half of the ticks, as whoever doesn't look. world.tick ticks have passed."""
    return 0.0  # blank 3


TASK = Task(
    name="MyGap",
    init=init,
    update=update,
    reward=reward,
    features=features,
    feature_names=("blocked_next",),
    score=score,
    memory={
        "blocked": Field("world", np.int32, "row that is blocked"),
        "blocked_next": Field("world", np.int32, "row that is blocked in the next tick"),
        "hits": Field("agent", np.int32, "ticks in the row that was blocked"),
    },
    presets={"default": {"agents": 1, "height": 2, "width": 1, "radius": 1, "horizon": 64}},
)
sakana_envs.register(TASK)


def played(env_id, actions):
    """Rewards, the feature and the scores of an episode of 32 worlds, played by these actions."""
    envs = gymnasium.make_vec(env_id, worlds=32, obs="bytes")
    envs.reset(seed=0)
    steps = [envs.step(action) for action in actions]
    observations, rewards, _, _, infos = zip(*steps, strict=True)
    return np.array(rewards), np.array(observations)[..., -1], infos[-1]["score"]


if __name__ == "__main__":
    random_actions = np.random.default_rng(0).integers(0, 9, (64, 32))
    yours, right = (played(f"Sakana/{name}-Discrete-v0", random_actions) for name in ("MyGap", "Gap"))
    for blank, (what, mine, wanted) in enumerate(zip(("reward", "feature", "score"), yours, right, strict=True), 1):
        wrong = mine != wanted
        if wrong.any():
            example = f"{mine[wrong][0] + 0.0:g} where {wanted[wrong][0]:g} is right"
            example += f", in {wrong.mean():.0%} of all cases"
        print(f"blank {blank}, {what}: {f'not yet: {example}' if wrong.any() else 'right'}")
