"""A kind of world as a record: all that the core must ask about what a world consists of."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sakana_envs.core.actions import Actions
from sakana_envs.core.fields import optional_fields
from sakana_envs.core.structure import Axis, Field, Number, Structure


class Phases(NamedTuple):
    """What a world of the kind does, compiled. ``rule`` is the number of the task's rule that ran before.

    ``begin(world)`` makes a bare world; ``settle(world, rule)`` sees to it that the task laid it out to the end;
    ``check(world, rule)`` notes what a rule has set that can't be, ``inspect(world, rule)`` finds more and takes long.
    ``intend(world, twin, choices, vectors, row)``, ``resolve(world)`` and ``perceive(world, row, observations)`` are
    phases of a tick; ``row`` is where the world's agents begin. ``choose(world, agent, view)`` is the scripted policy's
    row of the table, and ``fetch(world)`` has what ``perceive`` will read brought near.
    """

    begin: Callable
    settle: Callable
    check: Callable
    inspect: Callable
    intend: Callable
    resolve: Callable
    perceive: Callable
    choose: Callable
    fetch: Callable


class Senses(NamedTuple):
    """What a task's agents sense beside what all agents of the engine's worlds do.

    ``layers`` maps fields to how many categories they have, 0 for values as they are; ``features`` names values that a
    rule writes: bytes, unless ``ranges`` has a pair (low, high) for each, then float32. ``parts`` are what an engine
    whose observations are put together by the task puts them together of, in that order.
    """

    layers: Mapping[str, int]
    features: tuple[str, ...]
    ranges: tuple[tuple[float, float], ...]
    parts: tuple[Any, ...] = ()


class Stretch(NamedTuple):
    """A stretch ``[start, stop)`` of an observation's first axis, and what it means."""

    start: int
    stop: int
    meaning: str


class View(NamedTuple):
    """A form of observations: one agent's bounds, shape and dtype.

    ``write(rows, out)`` fills ``out`` (n, *shape) from rows as ``perceive`` writes them; None if they are as they are.
    ``parts`` say what is where; those of a row are what a task added, each of which ought to change now and then.
    """

    low: Any
    high: Any
    shape: tuple[int, ...]
    dtype: type
    write: Callable[..., None] | None = None
    parts: tuple[Stretch, ...] = ()


class Engine(NamedTuple):
    """A kind of world.

    Parameters
    ----------
    name : of the kind of world, such as ``"cells"``.
    vocabulary : the module whose ``__all__`` are the words that rules of such worlds have.
    sizes : whole numbers that decide what is allocated, ``agents`` first, ``horizon`` among them.
    constants : those of the sizes that the compiler must know.
    numbers : real numbers of every world; they never cause a recompilation.
    dimensions : from the constants to the axes of arrays that are per agent, and so on.
    slack : bytes that may be read behind an array, by dimension.
    lists : names of lists of integers that all worlds of a level share.
    rows : names under which arrays of several axes are also one row.
    fields : the arrays of every world, those of :mod:`sakana_envs.core.fields` among them, in the order of memory.
    optional : more fields, by the attribute of a world that rules read if they need them.
    whereabouts : fields per agent that say where it is.
    surroundings : fields that say what a world looks like.
    changes : functions for rules that change a world for all its agents, which only ``init`` and ``update`` may.
    events : which field per agent adds up which event of a tick over an episode.
    statistics : fields that describe an agent's episode; they stay readable until the next one's first tick.
    actions : what an agent can do: the first, unless its task says so. The first coordinates of a task's are those of
        one of them, within its bounds.
    policy : what agents do whose task has no scripted policy; others are handed the same arguments.
    compile_phases : from a task's rules, its actions and the worlds' structure to :class:`Phases`.
    faults : what to say of what the phases note, by its number, see :mod:`sakana_envs.core.faults`.
    row : from a task's :class:`Senses` and the constants to the form in which ``perceive`` writes. Raises
        ``ValueError`` for senses that there aren't in such worlds.
    views : from the same to the forms of observations for learners, by name.
    read_maps : from what a user gives as ``map=``, one or several, and what else was given by name, to maps of the same
        ``sizes``, which are those of the worlds; each has ``lists(sizes)``. None if there are no maps of such worlds.
    check_room : ``check_room(task, sizes, lists, which)`` raises ``ValueError`` for worlds that can't be begun.
    check_any, check_begun : raise ``ValueError`` for what can't be in any world, or in one whose episode has begun.
    editor : the kind's words for changing a world by hand, a subclass of :class:`sakana_envs.core.editing.Editor`.
    summary : what a whole world looks like in a form whose size doesn't depend on its own; ``write(view, world,
        constants, out)`` is given a function that returns a field of all worlds.
    """

    name: str
    vocabulary: str
    sizes: Mapping[str, Number]
    constants: tuple[str, ...]
    numbers: Mapping[str, Number]
    dimensions: Callable[[Mapping[str, int]], Mapping[str, tuple[Axis, ...]]]
    slack: Mapping[str, int]
    lists: tuple[str, ...]
    rows: Mapping[str, str]
    fields: Mapping[str, Field]
    optional: Mapping[str, Mapping[str, Field]]
    whereabouts: tuple[str, ...]
    surroundings: tuple[str, ...]
    changes: tuple[Callable, ...]
    events: Mapping[str, str]
    statistics: tuple[str, ...]
    actions: tuple[Actions, ...]
    policy: Callable
    compile_phases: Callable[..., Phases]
    faults: Mapping[int, str]
    row: Callable[[Senses, Mapping[str, int]], View]
    views: Callable[[Senses, Mapping[str, int]], Mapping[str, View]]
    read_maps: Callable | None
    check_room: Callable
    check_any: Callable
    check_begun: Callable
    editor: Callable
    summary: View

    def optional_of(self, actions: Actions) -> dict[str, Mapping[str, Field]]:
        """All fields that only some worlds have, those of every kind among them, by what rules read if they do."""
        return {**optional_fields(actions), **self.optional}

    @property
    def default_constants(self) -> dict[str, int]:
        """What the compiler must know of worlds whose sizes nobody chose."""
        return {name: int(self.sizes[name].default) for name in self.constants}

    @property
    def owners(self) -> tuple[str, ...]:
        """What arrays can be per."""
        return ("world", *self.dimensions(self.default_constants))

    def structure(
        self, fields: Mapping[str, Field], numbers: tuple[str, ...], constants: Mapping[str, int]
    ) -> Structure:
        """What the compiler must know of worlds with these fields, numbers and constants."""
        sizes = tuple(name for name in self.sizes if name not in self.constants)
        dimensions = self.dimensions(constants)
        rows = {name: field for name, field in self.rows.items() if field in fields}
        return Structure(sizes, self.lists, constants, dimensions, self.slack, rows, fields, numbers)
