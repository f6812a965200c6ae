"""How well trained policies do, in worlds that nobody trained in: ``sakana evaluate``."""

from sakana_envs.tools.evaluate.evaluation import Evaluation
from sakana_envs.tools.evaluate.evaluations import over_tasks, to_json
from sakana_envs.tools.evaluate.run import evaluate

__all__ = ["Evaluation", "evaluate", "over_tasks", "to_json"]
