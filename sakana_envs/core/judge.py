"""What a tick is worth, and whether it is the episode's last: rewards, ends, the episode's sums."""

from collections.abc import Callable, Mapping

import numpy as np

from sakana_envs.core import compose, faults
from sakana_envs.core.inner import inner
from sakana_envs.core.lives import has_died, lives


@inner
def clip_score(score):
    """A task's score, brought into [0, 1]."""
    return min(max(score, 0.0), 1.0)


def compile_judge(
    rule: Mapping[str, Callable],
    number: Mapping[str, int],
    terms: Callable | Mapping[str, Callable],
    events: Mapping[str, str],
    inspect: Callable,
) -> Callable:
    """Compose the phase from rules and their numbers.

    ``terms`` are a reward's, by the fields that add them up, if it has several; ``events`` are an engine's; and
    ``inspect`` is its as well, in debugging.
    """
    terminated, score = rule.get("terminated", compose.never), rule["score"]
    named = {name: rule[name] for name in terms} if isinstance(terms, Mapping) else {}
    reward = compose.sum_of(named) if named else rule["reward"]
    count = compose.add_up(events)
    clear_sums = compose.zero_all(("episode_return", *events, *named))
    of_score = number["score"]
    of_reward = number[next(iter(named), "reward")]

    @inner
    def judge(world):
        """Rewards, ends and the episode's sums. Returns whether the episode is over."""
        if world.tick == 1:
            clear_sums(world)
        ended = 0
        wrong = 0
        living = 0
        for agent in range(world.agents):
            paid = lives(world, agent) or has_died(world, agent)
            world.reward[agent] = compose.as_float(reward(world, agent)) if paid else 0.0
        for agent in range(world.agents):
            alive, died = lives(world, agent), has_died(world, agent)
            wrong |= np.int64(not abs(world.reward[agent]) < np.inf)
            living += alive
            if died:
                world.terminated[agent] = 1
            elif alive and terminated(world, agent):
                world.terminated[agent] = 1
                ended += 1
        world.episode_length[0] = world.tick
        for agent in range(world.agents):
            world.episode_return[agent] += world.reward[agent]
            count(world, agent)
        if wrong != 0:
            faults.note_rewards(world, of_reward)
        inspect(world, of_reward)
        if ended == 0 and living > 0 and world.tick < world.horizon:
            return False
        world.over[0] = 1
        for agent in range(world.agents):
            world.score[agent] = score(world, agent)
            if not abs(world.score[agent]) < np.inf:
                faults.note(world, faults.SCORE, agent, of_score)
            else:
                world.score[agent] = clip_score(world.score[agent])
        return True

    return judge
