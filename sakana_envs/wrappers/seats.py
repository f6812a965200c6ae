"""What all faces share: a simulation, and who sits in which seat."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from sakana_envs.core import cpu
from sakana_envs.core.actions import Twin
from sakana_envs.core.allowed import check_actions, clip
from sakana_envs.core.program import Transition
from sakana_envs.core.start import Start
from sakana_envs.tasks import registry
from sakana_envs.tasks.effect import numbers_with_effect
from sakana_envs.tasks.ids import id_of
from sakana_envs.tasks.names import RUNNING
from sakana_envs.wrappers.arguments import check_choice, check_flag, check_seeds, count_rows
from sakana_envs.wrappers.deaths import Deaths
from sakana_envs.wrappers.hand_over import HandOver
from sakana_envs.wrappers.images import read_source
from sakana_envs.wrappers.information import INFORMATION, Information
from sakana_envs.wrappers.others import POLICIES, Acting, Others, learning
from sakana_envs.wrappers.rendering import RENDER_FPS, RENDER_MODES, Rendering
from sakana_envs.wrappers.views import Views, action_space


class Seats:
    """A simulation, some or all of whose agents are learners.

    Parameters
    ----------
    task, twin : which task, and the form of its actions; True is the discrete twin's, and False the continuous one's.
    rows, worlds : how many learners and worlds; one of the two decides, and both must fit. Neither: one world.
    others : who acts for the agents that aren't learners, see :mod:`sakana_envs.wrappers.others`; or one of these for
        each group, ``{"predator": model, "prey": "still"}``. None: all are learners.
    learners : the group of agents that learn, for example ``"predator"``; the others are then scripted unless
        ``others`` says otherwise. None: with ``others``, the first agent of each world.
    single : whether only the first agent of ``learners`` learns.
    obs : ``"flat"``, ``"planes"`` or ``"bytes"``.
    info : when ``info`` has the episode's statistics, the score among them: in its last step (``"end"``), or in every
        step and reset, up to then (``"always"``).
    clip_actions : whether actions of the continuous twin that lie outside of its box are brought to its border, instead
        of being an error; NaN stays one. Other twins refuse it, since no action is nearest to a wrong one.
    render_mode : ``"rgb_array"``, ``"ansi"``, ``"human"`` or None.
    camera : what pictures show, by parameters of :class:`sakana_envs.render.painter.Painter`, for example
        ``{"follow": 0, "trails": 20, "size": (720, 1080)}``.
    settings : sizes and numbers of the world, ``preset``, ``map``, ``levels``, ``split``, ``mode``, ``threads``,
        ``stagger``, ``copy`` and ``debug``. A number is one value, one for each world, or ``("uniform", low, high)``:
        each episode draws its own, and one of a list of maps. ``levels`` is how many fixed levels to draw from, or a
        :class:`sakana_envs.Curriculum`, ``split`` is ``"train"``, ``"validation"`` or ``"test"``, each with others.
    """

    def __init__(
        self,
        task: str,
        twin: Twin | bool,
        *,
        rows: int | None = None,
        worlds: int | None = None,
        others: Others = None,
        learners: str | None = None,
        single: bool = False,
        obs: str = "flat",
        info: str = "end",
        clip_actions: bool = False,
        render_mode: str | None = None,
        camera: Mapping[str, Any] | None = None,
        **settings: Any,
    ) -> None:
        check_choice(task, "info", info, INFORMATION)
        check_choice(task, "render_mode", render_mode, (None, *RENDER_MODES))
        self.clips = check_flag(task, "clip_actions", clip_actions)
        if clip_actions and twin:
            raise ValueError(
                f"{task}: clip_actions is for the continuous twin: no action is nearest to a wrong discrete one"
            )
        self.task = registry.get(task)
        for name in ("map", *self.task.pictures):
            if name in settings:
                settings[name] = read_source(settings[name])
        running = {name: settings.pop(name) for name in ("mode", *RUNNING) if name in settings}
        chosen = registry.settings(self.task, **settings)
        agents = chosen.sizes["agents"]
        groups = [self.task.group_of(agent, agents) for agent in range(agents)]
        check_choice(task, "learners", learners, (None, *dict.fromkeys(groups)))
        learns = learning(groups, others, learners, single)
        count = self.learners_per_world = int(learns.sum())
        self.rows = count_rows(task, rows, worlds, count)
        worlds = self.rows // count
        if others is None and learners is not None:
            others = "scripted"
        self.simulation = registry.simulation(task, twin, worlds=worlds, chosen=chosen, **running)
        program = self.simulation.program
        check_choice(task, "obs", obs, tuple(program.views))
        twins = registry.twins(self.task).items()
        self.twin_name = next(name for name, each in twins if each == self.simulation.twin)
        self.id = id_of(task, self.twin_name)
        self.rendering = Rendering(self.simulation, f"{task}-{self.twin_name}", render_mode, camera)
        views = Views(program, obs)
        self.view, self.view_of = views.of_all, views.of_one
        self.observation_space = views.space
        self.obs = obs
        self._all_learn = bool(learns.all())
        self.learners = slice(None) if self._all_learn else np.flatnonzero(np.tile(learns, worlds))
        self.handed = HandOver(self.simulation, views, None if isinstance(self.learners, slice) else self.learners)
        self.learners_of, self.seen = self.handed.learners_of, self.handed.seen
        self._seen: np.ndarray | None = None
        self.information = Information(self.simulation, self.learners, count, info == "always")
        self._deaths = Deaths(self.simulation, self.learners, count)
        self.actions = program.actions
        self.action_space = action_space(self.actions, self.simulation.twin)
        self._others = Acting(self, others, ~learns)

    def reset(
        self, seeds: Any, random: np.random.Generator, mask: np.ndarray | None = None, start: Start | None = None
    ) -> np.ndarray:
        """Begin episodes in the worlds of ``mask``, as ``start`` says; the learners' observations.

        ``seeds``, an int for the batch or one per world, go to the worlds of ``mask`` and to all that have none yet;
        without seeds, these get some from ``random``. In a copy by pickle, whose ``random`` is copied too, those of
        ``mask`` get some that no other copy has.
        """
        unseeded = self.simulation.unseeded
        borrowed = self.simulation.borrowed if mask is None else self.simulation.borrowed & mask
        if borrowed.any():
            unseeded, random = unseeded | borrowed, np.random.default_rng()
        seeded = None if mask is None else mask | unseeded
        if seeds is not None:
            check_seeds(seeds)
        elif unseeded.any():
            seeds, seeded = int(random.integers(2**62)), unseeded
        self._forget()
        self._others.begin(seeds)
        self._seen = self.simulation.reset(mask, start, seeds, seeded)
        self._deaths.forget(mask)
        self._show()
        return self.handed.first_seen(self._seen)

    def step(self, actions: Any) -> Transition:
        """Step with the learners' actions (rows, ...); observations of all agents, see :class:`Transition`."""
        if self.clips:
            actions = clip(actions, self.actions, self.rows)
        if not self._all_learn:
            actions = self._with_others(actions)
        self._seen = None
        self.information.note_levels()
        transition = self._deaths.settle(self.simulation.step(actions))
        self._seen = transition.observations
        self.information.count_levels(transition)
        self._show()
        return transition

    def seen_by_all(self) -> np.ndarray:
        """What all agents saw last; after an interrupt nobody knows what that was, and they look again.

        With learners only, the caller owns what was seen last, and may have written into it.
        """
        if self._seen is None or self._all_learn:
            self._seen = self.simulation.observe()
        return self._seen

    def _forget(self) -> None:
        self._seen = None
        self.information.forget_levels()

    def _show(self) -> None:
        if self.rendering.mode == "human":
            self.rendering.show()

    def _with_others(self, actions: Any) -> np.ndarray:
        actions = check_actions(actions, self.actions, self.simulation.twin, self.rows)
        everyone = self._others.actions()
        everyone[self.learners] = actions
        return everyone

    def policy_actions(self, name: str | None) -> np.ndarray:
        """Actions of all agents by the policy ``"scripted"``, ``"random"`` or ``"still"``, in the twin's own form.

        Raises ``ValueError`` for another name.
        """
        check_choice(self.task.name, "policy", name, POLICIES)
        simulation = self.simulation
        if name == "random":
            return simulation.random_actions()
        if name == "scripted":
            choices = simulation.scripted_actions(self.seen_by_all())
        else:
            choices = np.full(simulation.rows, self.actions.still, dtype=np.int64)
        return self.actions.of_rows(choices, simulation.twin)

    def still(self) -> Any:
        """One agent's action that does nothing, in the twin's own form."""
        return self.actions.of_rows(np.array([self.actions.still]), self.simulation.twin)[0]

    @property
    def over(self) -> bool:
        """Whether no episode is running in the first world."""
        return bool(self.simulation.view("over")[0, 0])

    def observe(self) -> np.ndarray:
        """The learners' observations as the worlds stand."""
        return self.view(self.learners_of(self.simulation.observe()))

    def set_state(self, state: Mapping[str, Any], worlds: Any = None) -> np.ndarray:
        """Put a state back, see :meth:`Simulation.set_state`; the learners' observations (all rows)."""
        self._forget()
        self.simulation.set_state(state, worlds)
        self._deaths.forget(worlds)
        self._others.replace(worlds)
        return self.observe()

    @contextmanager
    def edit(self, world: Any = None) -> Iterator[Any]:
        """A block in which a world may be edited, see :meth:`Simulation.edit`."""
        before = self.simulation.alive()
        try:
            with self.simulation.edit(world, numbers_with_effect(self.task)) as editor:
                yield editor
        finally:
            self._seen = None
        self._deaths.note(before)

    def clone(self, source: int, targets: Any) -> np.ndarray:
        """Copy a world over others, see :meth:`Simulation.clone`; the learners' observations (all rows)."""
        self._forget()
        self.simulation.clone(source, targets)
        self._deaths.forget(targets)
        self._others.replace(targets)
        return self.observe()

    def summary(self, face: str) -> str:
        """What ``repr`` of a face shows: its id, its rows, the worlds and their sizes, and the form of observations."""
        sizes = {"rows": self.rows, "worlds": self.simulation.worlds, **self.simulation.sizes}
        sizes |= self.simulation.program.structure.constants
        return f"{face}({self.id}, {', '.join(f'{name}={size}' for name, size in sizes.items())}, obs={self.obs!r})"

    def frame(self, world: int = 0) -> np.ndarray:
        """A picture of a world, (height, width, 3) uint8, whatever the render mode."""
        return self.rendering.frame(world)

    def render(self, world: int = 0) -> Any:
        """A world as the render mode has it: an array (height, width, 3) uint8, text, or None and a window."""
        return self.rendering.render(world)

    def close(self) -> None:
        """Close the window, if there is one."""
        self.rendering.close()


__all__ = ["POLICIES", "RENDER_FPS", "RENDER_MODES", "Others", "Seats", "cpu"]
