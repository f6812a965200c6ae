"""The PettingZoo face: one world, every agent a learner."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from gymnasium import spaces
from pettingzoo import ParallelEnv as PettingZooParallelEnv

from sakana_envs.grid.sensors import coarse_map
from sakana_envs.grid.tiles import CODES
from sakana_envs.tasks.task import Task
from sakana_envs.wrappers.arguments import check_count, check_one_world
from sakana_envs.wrappers.seats import RENDER_FPS, RENDER_MODES, Seats, cpu

_STATE_SIDE = 16


class ParallelEnv(PettingZooParallelEnv):
    """A world as a ``pettingzoo.ParallelEnv``; parameters as for :class:`sakana_envs.wrappers.seats.Seats`.

    Agents are named by their group, ``agent_0`` and so on, and all live until the episode's end. In its last step
    every agent's info has ``score``, ``episode_return``, ``episode_length``, ``meals``, ``bumps`` and ``respawns``, all
    ``np.float64``; with ``info="always"`` in every step.

    ``state()`` is a map for critics, (7, 16, 16) float32 in [0, 1]: the share of cells with each code in 16 x 16 equal
    regions. Its size doesn't depend on the number of agents.
    """

    metadata = {"render_modes": list(RENDER_MODES), "render_fps": RENDER_FPS, "is_parallelizable": True}

    def __init__(
        self,
        task: str,
        discrete: bool,
        *,
        obs: str = "flat",
        render_mode: str | None = None,
        max_cycles: int | None = None,
        **settings: Any,
    ) -> None:
        check_one_world(task, settings)
        if max_cycles is not None:
            check_count(task, "max_cycles", max_cycles)
            settings["horizon"] = max_cycles
        self.seats = Seats(task, discrete, obs=obs, render_mode=render_mode, mode=cpu.DISABLED, **settings)
        self.metadata = {**self.metadata, "name": f"{task}-{'Discrete' if discrete else 'Continuous'}-v0"}
        self.render_mode = render_mode
        self.possible_agents = _names(self.seats.task, self.seats.simulation.agents)
        self.agents: list[str] = []
        self.observation_spaces = dict.fromkeys(self.possible_agents, self.seats.observation_space)
        self.action_spaces = dict.fromkeys(self.possible_agents, self.seats.action_space)
        self.state_space = spaces.Box(0.0, 1.0, (CODES, _STATE_SIDE, _STATE_SIDE), np.float32)

    def observation_space(self, agent: str) -> spaces.Space:
        """The observation space of an agent; all have the same."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> spaces.Space:
        """The action space of an agent; all have the same."""
        return self.action_spaces[agent]

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, np.ndarray], dict[str, dict[str, Any]]]:
        """Begin an episode; with a seed, the first of that seed's episodes."""
        observations = self.seats.reset(seed, np.random.default_rng())
        self.agents = self.possible_agents.copy()
        infos = self._infos() if self.seats.information.always else {agent: {} for agent in self.agents}
        return dict(zip(self.agents, observations, strict=True)), infos

    def _infos(self, ended: np.ndarray | None = None) -> dict[str, dict[str, Any]]:
        return dict(zip(self.agents, self.seats.information.dicts(ended), strict=True))

    def step(self, actions: dict[str, Any]) -> tuple[dict[str, Any], ...]:
        """One tick with an action for every agent. Raises ``KeyError`` that names an agent without one."""
        agents = self.agents
        if not agents:
            raise RuntimeError("the episode is over: call reset() before step()")
        try:
            rows = np.array([actions[agent] for agent in agents])
        except KeyError:
            missing = [agent for agent in agents if agent not in actions]
            raise KeyError(f"no action for {', '.join(missing[:5])}: every agent in env.agents needs one") from None
        transition = self.seats.step(rows)
        observations = dict(zip(agents, self.seats.seen(transition), strict=True))
        rewards = dict(zip(agents, transition.rewards.tolist(), strict=True))
        terminations, truncations = dict.fromkeys(agents, False), dict.fromkeys(agents, False)
        if transition.ended or self.seats.information.always:
            infos = self._infos(transition.outcome == cpu.ENDED)
        else:
            infos = {agent: {} for agent in agents}
        if transition.ended:
            terminations = dict(zip(agents, transition.terminated.tolist(), strict=True))
            truncations = dict(zip(agents, transition.truncated.tolist(), strict=True))
            self.agents = []
        return observations, rewards, terminations, truncations, infos

    def get_state(self) -> dict[str, np.ndarray]:
        """The world as plain arrays, random numbers and clock included; ``numpy.savez`` keeps it in a file."""
        return self.seats.simulation.get_state()

    def set_state(self, state: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Put a state back; the observations then. Raises ``ValueError`` for one that doesn't fit, or is damaged."""
        observations = self.seats.set_state(state)
        over = bool(self.seats.simulation.view("over")[0, 0])
        self.agents = [] if over else self.possible_agents.copy()
        return dict(zip(self.possible_agents, observations, strict=True))

    def state(self) -> np.ndarray:
        """The share of cells with each code in 16 x 16 equal regions of the map, (7, 16, 16) float32."""
        out = np.zeros((CODES, _STATE_SIDE, _STATE_SIDE), dtype=np.float32)
        coarse_map(self.seats.simulation.view("cells")[0], self.seats.simulation.program.radius, out)
        return out

    def render(self, *_: Any) -> np.ndarray | str | None:
        """The world as (height, width, 3) uint8 or as text; None with the mode ``"human"``, which draws by itself."""
        return self.seats.render()

    def close(self) -> None:
        """Close the window, if there is one."""
        self.seats.close()


def _names(task: Task, agents: int) -> list[str]:
    """``<group>_<number>`` for each agent."""
    names = []
    counts = dict.fromkeys(task.agent_names, 0)
    for agent in range(agents):
        group = task.group_of(agent, agents)
        names.append(f"{group}_{counts[group]}")
        counts[group] += 1
    return names
