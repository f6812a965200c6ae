"""The PettingZoo face: one world, every agent a learner, unless others act for some."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from copy import copy
from typing import Any

import numpy as np
from gymnasium import spaces
from pettingzoo import ParallelEnv as PettingZooParallelEnv

from sakana_envs.core.actions import Twin
from sakana_envs.core.allowed import wrong_single_action
from sakana_envs.core.levels import Levels
from sakana_envs.tasks.names import nearest
from sakana_envs.tasks.task import Task
from sakana_envs.wrappers.arguments import check_one_world, check_seed, limit_horizon
from sakana_envs.wrappers.options import check_options, read_start
from sakana_envs.wrappers.seats import RENDER_FPS, RENDER_MODES, Seats, cpu

_PROBE = {"options": 1}
"""Options that PettingZoo's own tests of environments pass, and want taken."""


class ParallelEnv(PettingZooParallelEnv):
    """A world as a ``pettingzoo.ParallelEnv``; parameters as for :class:`sakana_envs.wrappers.seats.Seats`.

    ``max_cycles`` ends episodes earlier than ``horizon``, if smaller.

    Agents are named by their group, ``agent_0`` and so on; with ``others`` or ``learners``, only those that learn are
    agents of this environment. All stay until the episode's end, unless the task's agents die for good: these leave. In
    a task that revives agents the dead stay too, since PettingZoo knows no return: they see zeros, and ``alive`` in
    their info says so. In its last step every agent's info has
    ``score``, ``episode_return``, ``episode_length``, ``meals``, ``wall_bumps``, ``agent_bumps`` and ``respawns``, all
    ``np.float64``, of one that leaves those up to then; with ``info="always"`` in every step.

    ``state()`` is a map for critics, (7, 16, 16) float32 in [0, 1]: the share of cells with each code in 16 x 16 equal
    regions. Its size doesn't depend on the number of agents.
    """

    metadata = {"render_modes": list(RENDER_MODES), "render_fps": RENDER_FPS, "is_parallelizable": True}

    def __init__(
        self,
        task: str,
        twin: Twin | bool,
        *,
        obs: str = "flat",
        render_mode: str | None = None,
        max_cycles: int | None = None,
        **settings: Any,
    ) -> None:
        check_one_world(task, settings)
        limit_horizon(task, "max_cycles", max_cycles, settings)
        self.seats = Seats(task, twin, obs=obs, render_mode=render_mode, mode=cpu.DISABLED, **settings)
        self.metadata = {**self.metadata, "name": self.seats.id.removeprefix("Sakana/")}
        self.render_mode = render_mode
        names = _names(self.seats.task, self.seats.simulation.agents)
        learners = self.seats.learners
        self.possible_agents = names if isinstance(learners, slice) else [names[agent] for agent in learners]
        self.agents: list[str] = []
        self._leave = self.seats.simulation.mortal and not self.seats.task.revives
        self.observation_spaces = _OwnSpaces(self.possible_agents, self.seats.observation_space)
        self.action_spaces = _OwnSpaces(self.possible_agents, self.seats.action_space)
        summary = self._summary = self.seats.simulation.program.engine.summary
        self.state_space = spaces.Box(summary.low, summary.high, summary.shape, summary.dtype)

    def observation_space(self, agent: str) -> spaces.Space:
        """The observation space of an agent; all are equal, and each draws its own samples."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> spaces.Space:
        """The action space of an agent; all are equal, and each draws its own samples."""
        return self.action_spaces[agent]

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, np.ndarray], dict[str, dict[str, Any]]]:
        """Begin an episode; with a seed, the first of that seed's episodes.

        ``options`` are those of :meth:`.VectorEnv.reset` but ``"reset_mask"``.
        """
        chosen = {} if isinstance(options, Mapping) and options == _PROBE else check_options(options)
        start = read_start(self.seats.task, self.seats.simulation, chosen)
        seed = None if seed is None else check_seed(seed)
        observations = self.seats.reset(seed, np.random.default_rng(), start=start)
        self.agents = self._living()
        infos = self._infos()
        return self._by_name(observations), {agent: infos[agent] for agent in self.agents}

    def _infos(self, ended: np.ndarray | None = None) -> dict[str, dict[str, Any]]:
        """What there is to tell of every learner, of episodes that ended or always; and who lives, where agents die."""
        told: list[dict[str, Any]] = [{} for _ in self.possible_agents]
        if ended is not None or self.seats.information.always:
            told = self.seats.information.dicts(ended)
        if self.seats.simulation.mortal:
            alive = self.seats.information.living()["alive"].tolist()
            told = [{**each, "alive": lives} for each, lives in zip(told, alive, strict=True)]
        return dict(zip(self.possible_agents, told, strict=True))

    def step(self, actions: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
        """One tick with an action for every agent.

        Raises ``KeyError`` that names an agent without one, or a name that is no agent's, and ``ValueError`` or
        ``TypeError`` that names an agent whose action isn't allowed; nothing moves then. Raises ``RuntimeError`` after
        an episode's end, until ``reset``.
        """
        agents = self.agents
        if not agents:
            raise RuntimeError("no episode is running: call reset() before step()")
        if not isinstance(actions, Mapping) or len(actions) != len(agents):
            raise self._wrong_names(actions)
        try:
            transition = self.seats.step(np.array(self._actions_of_all(actions)))
        except (KeyError, TypeError, ValueError):
            wrong = self._wrong_actions(actions)
            if wrong is None:
                raise
            raise wrong from None
        every = self.possible_agents
        observations = dict(zip(every, self.seats.seen(transition), strict=True))
        rewards = dict(zip(every, self.seats.learners_of(transition.rewards).tolist(), strict=True))
        terminations, truncations = dict.fromkeys(every, False), dict.fromkeys(every, False)
        infos = self._infos(transition.outcome == cpu.ENDED if transition.ended else None)
        if transition.ended or self._leave:
            terminations = dict(zip(every, self.seats.learners_of(transition.terminated).tolist(), strict=True))
            truncations = dict(zip(every, self.seats.learners_of(transition.truncated).tolist(), strict=True))
            self.agents = [] if transition.ended else self._living()
            left = set() if transition.ended else set(agents) - set(self.agents)
            if left:
                so_far = dict(zip(every, self.seats.information.dicts(so_far=True), strict=True))
                infos |= {agent: so_far[agent] | infos[agent] for agent in left}
        told = observations, rewards, terminations, truncations, infos
        if not self._leave:
            return told
        shown = dict.fromkeys([*agents, *self.agents])
        return tuple({agent: values[agent] for agent in shown} for values in told)

    def _actions_of_all(self, actions: Mapping[str, Any]) -> list[Any]:
        """An action for every learner; dead ones do nothing."""
        if len(self.agents) == len(self.possible_agents):
            return [actions[agent] for agent in self.agents]
        living, still = set(self.agents), self.seats.still()
        return [actions[agent] if agent in living else still for agent in self.possible_agents]

    def _living(self) -> list[str]:
        """Agents that are in the environment now: those that live, or all if dead ones may come back."""
        if not self._leave:
            return self.possible_agents.copy()
        alive = self.seats.information.living()["alive"].tolist()
        return [agent for agent, lives in zip(self.possible_agents, alive, strict=True) if lives]

    def _wrong_names(self, actions: Any) -> Exception:
        """What to say of actions whose names aren't those of the agents."""
        if not isinstance(actions, Mapping):
            return TypeError(f"actions must be a dictionary with an action for every agent, got {actions!r}")
        unknown = [name for name in actions if name not in self.agents]
        if unknown:
            which = ", ".join(map(repr, unknown[:5]))
            return KeyError(f"actions for {which}{nearest(unknown[0], self.agents)}; agents are those in env.agents")
        missing = [agent for agent in self.agents if agent not in actions]
        return KeyError(f"no action for {', '.join(missing[:5])}: every agent in env.agents needs one")

    def _wrong_actions(self, actions: Mapping[str, Any]) -> Exception | None:
        """What is wrong with the actions, in names of agents; None if nothing is."""
        if actions.keys() != set(self.agents):
            return self._wrong_names(actions)
        twin = self.seats.simulation.twin
        for agent in self.agents:
            wrong = wrong_single_action(actions[agent], self.seats.actions, twin, self.seats.clips)
            if wrong is not None:
                return type(wrong)(f"{agent}: {wrong}")
        return None

    @property
    def levels(self) -> Levels | None:
        """From which levels episodes begin, and what became of them; None without ``levels=`` or a list of maps."""
        return self.seats.simulation.levels

    def get_state(self) -> dict[str, np.ndarray]:
        """The world as plain arrays, random numbers and clock included; ``numpy.savez`` keeps it in a file."""
        return self.seats.simulation.get_state()

    def set_state(self, state: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Put a state back; the observations then. Raises ``ValueError`` for one that doesn't fit, or is damaged."""
        observations = self.seats.set_state(state)
        self.agents = [] if self.seats.over else self._living()
        return self._by_name(observations)

    def edit(self) -> AbstractContextManager[Any]:
        """``with env.edit() as world:`` is a block in which ``world`` may be changed, all or nothing.

        ``world`` is a :class:`sakana_envs.grid.editing.CellEditor`. As the block ends, what it has become is checked
        and takes the world's place. Raises ``ValueError`` for what can't be, and ``RuntimeError`` if no episode is
        running or the world changed meanwhile; it is then as it was.
        """
        return self.seats.edit()

    def observe(self) -> dict[str, np.ndarray]:
        """The observations of the world as it stands, such as after an edit."""
        return self._by_name(self.seats.observe())

    def _by_name(self, observations: np.ndarray) -> dict[str, np.ndarray]:
        """The learners' observations: of those that are agents now, or of all while no episode is running."""
        seen = dict(zip(self.possible_agents, observations, strict=True))
        return {agent: seen[agent] for agent in self.agents} if self.agents else seen

    def state(self) -> np.ndarray:
        """The share of cells with each code in 16 x 16 equal regions of the map, (7, 16, 16) float32."""
        simulation = self.seats.simulation
        out: np.ndarray = np.empty(self._summary.shape, dtype=self._summary.dtype)
        assert self._summary.write is not None
        self._summary.write(simulation.view, 0, simulation.program.structure.constants, out)
        return out

    def render(self, *_: Any) -> np.ndarray | str | None:
        """The world as (height, width, 3) uint8 or as text; None with the mode ``"human"``, which draws by itself."""
        return self.seats.render()

    def __repr__(self) -> str:
        return self.seats.summary(type(self).__name__)

    def close(self) -> None:
        """Close the window, if there is one."""
        self.seats.close()


class _OwnSpaces(Mapping[str, spaces.Space]):
    """A space for each agent, copied when it is first asked for: thousands of spaces take longer than their world."""

    def __init__(self, agents: list[str], space: spaces.Space) -> None:
        self._space = space
        self._spaces: dict[str, spaces.Space | None] = dict.fromkeys(agents)

    def __getitem__(self, agent: str) -> spaces.Space:
        space = self._spaces[agent]
        if space is None:
            space = self._spaces[agent] = copy(self._space)
        return space

    def __iter__(self) -> Iterator[str]:
        return iter(self._spaces)

    def __len__(self) -> int:
        return len(self._spaces)


def _names(task: Task, agents: int) -> list[str]:
    """``<group>_<number>`` for each agent."""
    names = []
    counts = dict.fromkeys(task.agent_names, 0)
    for agent in range(agents):
        group = task.group_of(agent, agents)
        names.append(f"{group}_{counts[group]}")
        counts[group] += 1
    return names
