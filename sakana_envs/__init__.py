"""Multi-agent particle worlds for reinforcement learning, compiled by Numba.

Importing registers ``Sakana/<Task>-Discrete-v0`` and ``Sakana/<Task>-Continuous-v0`` with Gymnasium and PettingZoo, and
loads nothing heavy.
"""

from typing import TYPE_CHECKING, Any

from sakana_envs._version import __version__
from sakana_envs.registration import parallel_env, register, register_ids
from sakana_envs.tasks.ids import task_ids
from sakana_envs.tasks.registry import all_names as _all_names
from sakana_envs.tasks.registry import names as task_names
from sakana_envs.tasks.registry import probe_names

if TYPE_CHECKING:
    from sakana_envs.bodies.level import Level
    from sakana_envs.core.levels import Curriculum
    from sakana_envs.core.structure import Field, Number
    from sakana_envs.tasks.task import Task
    from sakana_envs.tools.check.references import references
    from sakana_envs.tools.check.run import check
    from sakana_envs.tools.evaluate import Evaluation, evaluate
    from sakana_envs.tools.versus.matches import versus
    from sakana_envs.tools.warmup import warmup
    from sakana_envs.wrappers.policy_files import load_policy, save_policy
    from sakana_envs.wrappers.pool import Pool
    from sakana_envs.wrappers.sb3_vec_env import SB3VecEnv

__all__ = [
    "Curriculum",
    "Evaluation",
    "Field",
    "Level",
    "Number",
    "Pool",
    "SB3VecEnv",
    "Task",
    "__version__",
    "check",
    "evaluate",
    "load_policy",
    "parallel_env",
    "probe_names",
    "references",
    "register",
    "save_policy",
    "task_ids",
    "task_names",
    "versus",
    "warmup",
]

_LAZY = {
    "check": "sakana_envs.tools.check.run",
    "Curriculum": "sakana_envs.core.levels",
    "Evaluation": "sakana_envs.tools.evaluate.evaluation",
    "evaluate": "sakana_envs.tools.evaluate.run",
    "Field": "sakana_envs.core.structure",
    "Level": "sakana_envs.bodies.level",
    "Number": "sakana_envs.core.structure",
    "Pool": "sakana_envs.wrappers.pool",
    "Task": "sakana_envs.tasks.task",
    "load_policy": "sakana_envs.wrappers.policy_files",
    "references": "sakana_envs.tools.check.references",
    "SB3VecEnv": "sakana_envs.wrappers.sb3_vec_env",
    "save_policy": "sakana_envs.wrappers.policy_files",
    "versus": "sakana_envs.tools.versus.matches",
    "warmup": "sakana_envs.tools.warmup",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'sakana_envs' has no attribute {name!r}")


for _name in _all_names():
    register_ids(_name)
