"""Probes for trainers: does one learn what one without fault learns in seconds, and what is wrong if it doesn't?"""

from sakana_envs.tools.probe.bars import BARS
from sakana_envs.tools.probe.evaluate import SEED, WORLDS, evaluate
from sakana_envs.tools.probe.probes import Result, probe
from sakana_envs.tools.probe.trainer import find_trainer

__all__ = ["BARS", "SEED", "WORLDS", "Result", "evaluate", "find_trainer", "probe"]
