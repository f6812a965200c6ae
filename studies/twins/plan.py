"""What the study runs: tasks with their budgets, arms, seeds, and the search that each arm of a task begins with."""

from dataclasses import dataclass, field

ARMS = {
    "discrete": ("Discrete", "categorical"),
    "gaussian": ("Continuous", "gaussian"),
    "beta": ("Continuous", "beta"),
    "snapped": ("Discrete", "snapped"),
}
"""An arm is a twin and the head of its policy. A Gaussian is clipped at the bounds of the box. ``snapped`` draws from
the same Gaussian, but what it draws becomes the nearest action of the discrete twin."""


@dataclass(frozen=True)
class Problem:
    """A task as all arms train it.

    ``steps`` are agent-steps of a run; ``settings`` are more of :class:`ppo_fast.Settings`; ``name`` is what tables
    call it if that isn't the task. With ``chosen`` nothing is searched: all runs have these settings.
    """

    task: str
    steps: int
    settings: dict = field(default_factory=dict)
    name: str = ""
    arms: tuple = tuple(ARMS)
    chosen: dict | None = None

    @property
    def label(self):
        return self.name or self.task


PROBLEMS = (
    Problem("Assemble", 8_000_000),
    Problem("Center", 10_000_000),
    Problem("Forage", 6_000_000),
    Problem("Group", 8_000_000),
    Problem("Optimize", 6_000_000),
    Problem("PredatorPrey", 6_000_000, {"group": "predator"}),
    Problem("Scatter", 10_000_000),
    Problem("Navigate", 6_000_000, {"preset": "rays32", "worlds": 512}),
    Problem("Spread", 6_000_000, {"worlds": 170}),
    Problem("Targets", 2_000_000, {"worlds": 64}),
    Problem("Waterworld", 4_000_000, {"worlds": 256}),
    Problem("ProbeSteady", 300_000, {"worlds": 128, "ticks": 16, "minibatch": 256, "gamma": 0.95}),
    Problem("Forage", 6_000_000, {"set": ("inertia=0.5",)}, "Forage, inertia 0.5"),
    Problem("Forage", 6_000_000, {"set": ("inertia=0.9",)}, "Forage, inertia 0.9"),
    Problem("Forage", 6_000_000, {"set": ("sense_offset=1",)}, "Forage, offset sensed"),
)
HIDDEN = 64
"""Units of both layers, in every arm."""

CHOSEN = {"learning_rate": 1e-3, "entropy": 0.01}
BOTH = ("discrete", "gaussian")
LONE = {"worlds": 128, "ticks": 16, "minibatch": 256, "gamma": 0.95}
SCORES = (
    Problem("Battle", 4_000_000, {"group": "red"}, "Battle, red", BOTH, CHOSEN),
    Problem("Battle", 4_000_000, {"group": "blue"}, "Battle, blue", BOTH, CHOSEN),
    Problem("Commons", 3_000_000, {}, "", BOTH, CHOSEN),
    Problem("Convert", 6_000_000, {}, "", BOTH, CHOSEN),
    Problem("Flock", 3_000_000, {}, "", BOTH, CHOSEN),
    Problem("Gap", 200_000, LONE, "", BOTH, CHOSEN),
    Problem("Herd", 6_000_000, {"group": "shepherd"}, "Herd, shepherd", BOTH, CHOSEN),
    Problem("Herd", 3_000_000, {"group": "sheep"}, "Herd, sheep", BOTH, CHOSEN),
    Problem("PredatorPrey", 6_000_000, {"group": "prey"}, "PredatorPrey, prey", BOTH, CHOSEN),
    Problem("Snake", 6_000_000, {}, "", BOTH, CHOSEN),
    Problem("Squared", 200_000, LONE, "", BOTH, CHOSEN),
    Problem("Tag", 3_000_000, {"group": "pursuer"}, "Tag, pursuer", BOTH, CHOSEN),
    Problem("Tag", 3_000_000, {"group": "prey"}, "Tag, prey", BOTH, CHOSEN),
    Problem("Transport", 3_000_000, {}, "", BOTH, CHOSEN),
)
"""What ``docs/scores.md`` has besides: the other tasks and sides, with settings that were found by hand."""
SEEDS = (1, 2, 3, 4, 5)
SEARCH_SEED = 100
SEARCH_SHARE = 0.25
SEARCH = tuple({"learning_rate": rate, "entropy": entropy} for rate in (5e-4, 2e-3) for entropy in (0.0, 0.01))
"""Each arm of each problem tries these, one seed and a share of the steps each; its runs have what scored best."""
