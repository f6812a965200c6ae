"""Compiling ahead, so that the first step of later processes is quick."""

import time
from collections.abc import Iterable
from typing import Any

from sakana_envs.core import disk_cache
from sakana_envs.tasks import registry


def warmup(names: Iterable[str] | None = None, radius: int | None = None) -> None:
    """Compile the kernels of tasks (all by default) in both twins and keep them on disk, for later processes.

    ``names`` are tasks, such as ``"Forage"``; ``radius`` is the view radius for which to compile, by
    default each task's own.
    """
    sizes: dict[str, Any] = {} if radius is None else {"radius": radius}
    for name in registry.names() if names is None else names:
        known = registry.settings(registry.get(name)).sizes
        small: dict[str, Any] = {"agents": 4, "height": 8, "width": 8} if "height" in known else {}
        for twin, discrete in registry.TWINS.items():
            start = time.perf_counter()
            worlds = registry.simulation(name, discrete, **small, **sizes)
            worlds.seed(0)
            observations = worlds.reset()
            actions = worlds.scripted_actions(observations)
            worlds.step(actions if discrete else worlds.random_actions())
            worlds.random_actions()
            obstacle = disk_cache.obstacle()
            kept = f"not kept, since {obstacle}" if obstacle else f"kept in {disk_cache.folder()}"
            print(f"{name}-{twin}: {time.perf_counter() - start:.1f} s, {kept}", flush=True)
