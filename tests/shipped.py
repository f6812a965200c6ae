"""The tasks that come with the package, as they were before any test registered one of its own."""

import sakana_envs

SHIPPED = tuple(sakana_envs.task_names())
SHIPPED_IDS = tuple(sakana_envs.task_ids())
