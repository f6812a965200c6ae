"""All tasks of sakana_envs for BenchMARL, as ``SakanaTask.TARGETS`` and in its registry as ``sakana/targets``.

    from benchmarl_pack import SakanaTask

    task = SakanaTask.TARGETS.get_task({"preset": "large"})

The twin is the continuous one where the experiment prefers continuous actions. A configuration
has arguments of ``sakana_envs.parallel_env``.
"""

from benchmarl import environments
from benchmarl.environments.common import Task
from benchmarl.environments.pettingzoo.common import PettingZooClass
from torchrl.envs import PettingZooWrapper

import sakana_envs
from sakana_envs.tasks import registry


class SakanaClass(PettingZooClass):
    """A task with its configuration."""

    def get_env_fun(self, num_envs, continuous_actions, seed, device):
        id = f"Sakana/{NAMES[self.name]}-{'Continuous' if continuous_actions else 'Discrete'}-v0"

        def make():
            world = sakana_envs.parallel_env(id, info="always", **self.config)
            return PettingZooWrapper(world, categorical_actions=True, seed=seed, device=device)

        return make

    def supports_continuous_actions(self):
        return True

    def supports_discrete_actions(self):
        return True

    def has_state(self):
        return False

    def max_steps(self, env):
        decides = {key: self.config[key] for key in ("preset", "horizon") if key in self.config}
        return registry.settings(registry.get(NAMES[self.name]), **decides).sizes["horizon"]

    @staticmethod
    def env_name():
        return "sakana"

    @staticmethod
    def log_info(batch):
        """The mean score of the episodes that ended, for each group."""
        following = batch["next"]
        ended = following["done"].squeeze(-1)
        if not ended.any():
            return {}
        groups = [group for group, told in following.items() if "info" in getattr(told, "keys", tuple)()]
        return {f"score/{group}": following[group, "info", "score"][ended].mean().item() for group in groups}


class _Tasks(Task):
    @staticmethod
    def associated_class():
        return SakanaClass

    def get_task(self, config=None):
        """Without a configuration, the preset ``default``; BenchMARL's own tasks read theirs from a file."""
        return SakanaClass(name=self.name, config={} if config is None else config)


NAMES = {name.upper(): name for name in registry.names()}
SakanaTask = _Tasks("SakanaTask", dict.fromkeys(NAMES))
environments.tasks.append(SakanaTask)
environments.task_config_registry.update({f"sakana/{task.name.lower()}": task for task in SakanaTask})
