"""A world in which a person acts for one agent, and a policy for the others."""

from collections.abc import Collection
from typing import Any

import numpy as np

from sakana_envs.core import cpu
from sakana_envs.core.scalars import is_whole, plain
from sakana_envs.render.scene import Scene, scene
from sakana_envs.tasks import registry
from sakana_envs.tasks.ids import read_id
from sakana_envs.wrappers.others import Acting, Others
from sakana_envs.wrappers.seats import Seats

_TURNS = ("spin", "turn")
AXES = {
    "row": (1.0, 0.0),
    "col": (0.0, 1.0),
    **dict.fromkeys(("push_x", "go_x"), (0.0, 1.0)),
    **dict.fromkeys(("push_y", "go_y", "speed", "push_ahead"), (-1.0, 0.0)),
    **dict.fromkeys(_TURNS, (0.0, -1.0)),
}
"""What coordinates of an action make of a motion (row, col): so much of each. Up is ahead, and left turns left."""
_DIAGONAL = 0.4
"""A direction whose smaller part is at least this share of the larger one is a diagonal: tan 22.5 degrees."""


class Game:
    """One world of an id such as ``"Forage-Continuous"``; ``agent`` is the person's.

    ``others`` act for the others, see :mod:`sakana_envs.wrappers.others`; ``settings`` are the world's, as
    ``gymnasium.make`` takes them. Raises ``ValueError`` or ``TypeError`` for what isn't right.
    """

    def __init__(self, id: str, *, seed: int = 0, agent: int = 0, others: Others = "scripted", **settings: Any) -> None:
        task, twin = read_id(id)
        twin = twin or "Discrete"
        self.title = f"{task}-{twin}"
        self._seats = Seats(task, registry.twin(task, twin), mode=cpu.DISABLED, **settings)
        self.simulation = self._seats.simulation
        self.agents = self.simulation.agents
        if not is_whole(plain(agent), 0, self.agents - 1):
            raise ValueError(f"agent must be a whole number from 0 to {self.agents - 1}, got {agent!r}")
        self.agent: int = plain(agent)
        # Whoever it is, for the person may change places with anybody.
        self._acting = Acting(self._seats, others, np.ones(self.agents, dtype=np.bool_))
        self._terms = [name for name in self.simulation.program.structure.fields if name.startswith("reward_")]
        self.restart(seed)

    def restart(self, seed: int) -> None:
        """Begin the first episode of a seed."""
        self._acting.begin(seed)
        self._seats.reset(seed, np.random.default_rng(seed))
        self.seed = seed
        self._sums_before = {name: np.zeros(self.agents) for name in self._terms}

    @property
    def tick(self) -> int:
        """Ticks since the episode began."""
        return int(self.simulation.view("clock")[0, 0])

    @property
    def over(self) -> bool:
        """Whether the episode has ended; then only a restart goes on."""
        return bool(self.simulation.view("over")[0, 0])

    def scene(self) -> Scene:
        """What there is to see now."""
        return scene(self.simulation)

    @property
    def buttons(self) -> tuple[str, ...]:
        """Names of what the agent can do beside moving."""
        return tuple(self.simulation.actions.coordinates[2:])

    @property
    def turns(self) -> bool:
        """Whether the agent goes where its heading points, and turns."""
        return self.simulation.actions.coordinates[1] in _TURNS

    def step(self, motion: tuple[float, float], pressed: Collection[str] = ()) -> None:
        """One tick in which the agent makes a motion (row, col), each -1 to 1; nothing once the episode is over.

        An agent that turns goes ahead for up, and turns for left and right, see ``AXES``. Coordinates of the names that
        are ``pressed`` are as high as they can be, other buttons as near to 0. The twins that choose take what is
        nearest to that; unless their agents turn, a direction of eight instead of the motion.
        """
        if self.over:
            return
        self._sums_before = self._sums()
        actions = self._acting.actions()
        made, twin = self.simulation.actions, self.simulation.twin
        vector = np.zeros(len(made.low))
        vector[:2] = np.dot(
            [AXES[name] for name in made.coordinates[:2]], direction(motion) if twin and not self.turns else motion
        )
        vector = np.clip(vector, made.low, made.high)
        for place, name in enumerate(made.coordinates):
            if name in pressed:
                vector[place] = made.high[place]
        actions[self.agent] = made.nearest(vector, twin)
        self._seats.step(actions)

    def _sums(self) -> dict[str, np.ndarray]:
        """Each reward term's sum over the episode; the sums of the last one stay until the first tick."""
        return {name: self.simulation.view(name)[0] * bool(self.tick) for name in self._terms}

    def _mine(self, name: str) -> float:
        return self.simulation.view(name)[0, self.agent].item()

    def group(self) -> str:
        """The name of the agent's group, such as ``"predator"``."""
        return self._seats.task.group_of(self.agent, self.agents)

    def reward(self) -> float:
        """The agent's reward of the last tick."""
        return self._mine("reward")

    def terms(self) -> dict[str, float]:
        """The terms of that reward, by name; none if the task has only one."""
        sums = self._sums()
        return {
            name.removeprefix("reward_"): float(sums[name][self.agent] - self._sums_before[name][self.agent])
            for name in self._terms
        }

    def episode_return(self) -> float:
        """The agent's rewards since the episode began."""
        return self._mine("episode_return") if self.tick else 0.0

    def scores(self) -> tuple[float, float] | None:
        """The agent's score and the mean of all; None until the episode is over."""
        return (self._mine("score"), float(self.simulation.view("score")[0].mean())) if self.over else None


def direction(motion: tuple[float, float]) -> tuple[int, int]:
    """Of the eight directions (row, col), and none, the one that is nearest to a motion."""
    largest = max(abs(motion[0]), abs(motion[1]))
    row, col = (int(np.sign(part)) if abs(part) >= _DIAGONAL * largest else 0 for part in motion)
    return row, col
