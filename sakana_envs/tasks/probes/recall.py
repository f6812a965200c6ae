"""Recall: the cue of the bandit, which is to be done three ticks after it was shown.

A policy that fails here, and passes the bandit, has no memory: it acts on one observation. A recurrent policy passes,
and so does one that is shown the last four observations. Without that, half of the score is what a guess gets.
"""

from sakana_envs.tasks.probes.bandit import MEMORY, give_cues, pay_answer, show_cue, was_right
from sakana_envs.tasks.probes.choices import EAST, LONE
from sakana_envs.tasks.task import Task


def go_east(view, window, wander, draw):
    """East, always: a policy that sees one observation can only guess."""
    return EAST


TASK = Task(
    name="ProbeRecall",
    description="Choose the side that was shown three ticks ago and isn't any more.",
    init=give_cues,
    reward=pay_answer,
    score=was_right,
    features=show_cue,
    feature_names={"cue": (-1.0, 1.0)},
    scripted=go_east,
    memory=MEMORY,
    presets={"default": {**LONE, "horizon": 4}},
)
