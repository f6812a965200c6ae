"""MAgent2: C++ worlds, each an object of its own.

``walkers`` drives the engine by whole groups, which leaves out the dictionaries of its PettingZoo face: agents with an
11 x 11 view that walk and don't fight. ``pursuit`` and ``battle`` are environments that it ships, through that face.
"""

from importlib.metadata import version as installed_version
from itertools import cycle

import numpy as np
from magent2 import GridWorld, gridworld
from magent2.environments import adversarial_pursuit_v4, battle_v4

from systems import ACTION_SETS, Batch, dictionaries

BATTLE_TICKS = 40
"""Of a battle from its start: later few are alive, which would only be slower for each of them."""


def version() -> str:
    return installed_version("magent2")


def make(name: str, worlds: int = 1, agents: int = 0, height: int = 0, width: int = 0) -> Batch:
    if name == "walkers":
        return _walkers(worlds, agents, height, width)
    if name == "pursuit":
        return dictionaries.batch(adversarial_pursuit_v4.parallel_env(map_size=height, max_cycles=2**31 - 1))
    return dictionaries.batch(battle_v4.parallel_env(map_size=height, max_cycles=2**31 - 1), BATTLE_TICKS)


def _walkers(worlds: int, agents: int, height: int, width: int) -> Batch:
    engines = []
    for seed in range(worlds):
        config = gridworld.Config()
        config.set({"map_height": height, "map_width": width, "embedding_size": 10, "seed": seed})
        body = {"width": 1, "length": 1, "hp": 1, "speed": 1}
        sight = {"view_range": gridworld.CircleRange(5), "attack_range": gridworld.CircleRange(0)}
        config.add_group(config.register_agent_type("walker", {**body, **sight}))
        engine = GridWorld(config)
        engine.reset()
        engine.add_agents(engine.get_handles()[0], method="random", n=agents)
        engines.append((engine, engine.get_handles()[0]))
    engine, handle = engines[0]
    shape = (ACTION_SETS, worlds, agents)
    actions = cycle(np.random.default_rng(0).integers(0, engine.get_action_space(handle)[0], shape).astype(np.int32))

    def run(ticks: int) -> int:
        for _ in range(ticks):
            for (engine, handle), chosen in zip(engines, next(actions), strict=True):
                engine.set_action(handle, chosen)
                engine.step()
                engine.get_reward(handle)
                engine.clear_dead()
                engine.get_observation(handle)
        return ticks * worlds * agents

    view, features = engine.get_observation(handle)
    if len(view) != agents:
        raise RuntimeError(f"MAgent2 placed {len(view)} of {agents} agents")
    seen = f"{' x '.join(map(str, view.shape[1:]))} + {features.shape[1]} float32"
    return Batch(run, worlds, agents, seen, view[0].nbytes + features[0].nbytes)
