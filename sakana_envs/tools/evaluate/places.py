"""Policies that the command line is given."""

import inspect
from typing import Any

from sakana_envs.tasks import registry
from sakana_envs.tasks.ids import read_id
from sakana_envs.tasks.names import nearest
from sakana_envs.tools.own_tasks import find_object
from sakana_envs.wrappers.others import names
from sakana_envs.wrappers.policy_files import SUFFIXES

_NAME = "policy"


def find_policy(word: str, id: str, group: str | None = None) -> Any:
    """The policy that a word names: ``scripted``, ``trained`` and the like, a policy file, or a place.

    A place is a Python file or a module, a colon, and what there is a policy: ``mine.py:act``; without a name it is the
    one called ``policy``. Of a class an object is made. ``id`` says in which worlds it acts, ``group`` for whom, where
    the task has several. Raises ``FileNotFoundError`` or ``ValueError`` that says what
    is wrong with the word or the module.
    """
    task, twin = read_id(id)
    known = names(task, twin or "Discrete", [group] if group else list(registry.get(task).agent_names))
    if word in known or word.endswith(SUFFIXES):
        return word
    if ":" not in word and not word.endswith(".py"):
        hint = "; settings of the world come before --policy" if "=" in word else ""
        raise ValueError(
            f"--policy must be {', '.join(known)}, a policy file .npz, or .zip of Stable-Baselines3, or a place as "
            f"mine.py:act is; got {word!r}{nearest(word, known)}{hint}"
        )
    found = find_object(word, _NAME, "a policy is a function from observations to actions, or has predict")
    policy = found() if inspect.isclass(found) else found
    if not callable(getattr(policy, "predict", policy)):
        raise ValueError(f"{word} is no policy, a function from observations to actions, but {policy!r}")
    return policy
