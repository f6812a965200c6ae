"""What a check saw: figures, and findings made of them."""

from typing import NamedTuple

from sakana_envs.tasks.references import Reference


class Finding(NamedTuple):
    """One thing that was found, in words: what was seen, why it matters, what to do first.

    ``name`` is the same for all findings of a sort, such as ``"dead-input"``.
    """

    name: str
    seen: str
    matters: str
    do: str


class Pay(NamedTuple):
    """Rewards of a group's agents in one policy's play.

    ``steps`` agent-steps; the ``lowest`` and ``highest`` reward and the shares of steps with exactly these;
    ``distinct`` values in a sample; ``paid``, the share of agents that ever got more than the lowest; ``varies``,
    whether rewards or whole episodes' returns differ at all.
    """

    steps: int
    lowest: float
    highest: float
    at_lowest: float
    at_highest: float
    distinct: int
    paid: float
    varies: bool


class Gain(NamedTuple):
    """What the policy ``best`` by its score has over ``worst`` in the same worlds: means, with 95 % intervals."""

    best: str
    worst: str
    score: float
    score_interval: tuple[float, float]
    episode_return: float
    return_interval: tuple[float, float]


class Group(NamedTuple):
    """A group of agents; the others are scripted. ``scores`` and ``pay`` by policy."""

    name: str
    scores: dict[str, Reference]
    pay: dict[str, Pay]
    gain: Gain | None
    spread: float
    """How far its mean returns lie apart, over all plays of all groups."""
    blind_share: float
    """The best blind policy's return, as a share of the way from the worst to the best that any agent ever got."""

    @property
    def range(self) -> tuple[float, float]:
        """The lowest and the highest reward, whatever was played."""
        return min(pay.lowest for pay in self.pay.values()), max(pay.highest for pay in self.pay.values())


class Senses(NamedTuple):
    """Inputs: values of a row, how many of them ever change, named ones that don't; and states that look ``alike``."""

    length: int
    changing: int
    dead: tuple[str, ...]
    alike: float


class Room(NamedTuple):
    """Shares: of agents ``boxed_in`` as episodes begin, ``walled_in`` by walls alone, and ``stuck`` in one place for a
    whole episode; of agent-steps in which something was in the way, by statistic. All in random play."""

    boxed_in: float
    walled_in: float
    stuck: float
    bumps: dict[str, float]


class Endings(NamedTuple):
    """Episodes that ended in all plays: by the task's rule, because nobody lived, by the time limit; mean ticks."""

    by_rule: int
    by_death: int
    by_time: int
    length: float


class MapState(NamedTuple):
    """Maps that were looked at: cells that show an agent where none is, agents that no cell shows, what else is wrong.

    The counts are those of the worst map.
    """

    looked_at: int
    ghosts: int
    without_cell: int
    wrong: str


class Report(NamedTuple):
    """What a check of a task saw.

    ``findings`` are faults. ``remarks`` are of the same form, and may be meant so.
    """

    id: str
    preset: str
    sizes: dict[str, int]
    worlds: int
    ticks: int
    has_scripted: bool
    has_end: bool
    reads_actions: bool
    groups: tuple[Group, ...]
    senses: Senses
    room: Room
    endings: Endings
    maps: MapState
    speed: float
    """Agent-steps per second of random play, observations written as bytes."""
    findings: tuple[Finding, ...] = ()
    remarks: tuple[Finding, ...] = ()
