"""What is compared with what: a rival's world, and ours with the same worlds, agents per world and, where it has cells,
the same map. A rival's world that has a counterpart among our worlds of discs is beside that one."""

from dataclasses import dataclass
from typing import Any

from sakana_envs.tools.measure.bench import SHAPES


@dataclass(frozen=True)
class Pair:
    rival: str
    """A module of ``systems``."""
    title: str
    world: dict[str, Any]
    """What the rival's ``make`` takes."""
    ours: dict[str, Any]
    """What ours takes."""


def ours(worlds: int, agents: int, height: int, width: int, task: str = "Forage", **more: Any) -> dict[str, Any]:
    """A world of cells."""
    size = {"worlds": worlds, "agents": agents, "height": height, "width": width}
    return {"task": task, "twin": "Discrete", "obs": "bytes", **size, **more}


def discs(task: str, worlds: int, agents: int, **more: Any) -> dict[str, Any]:
    """A world of discs."""
    return {"task": task, "twin": "Continuous", "worlds": worlds, "agents": agents, **more}


def _spread(worlds: int, agents: int, **more: Any) -> dict[str, Any]:
    """Spread in which everyone senses all landmarks and all others, as the rivals' agents do."""
    everything = {"discs": 2 * agents, "neighbours": agents}
    return discs("Spread", worlds, agents, **{**everything, **more})


ALONE = [ours(**shape) for shape in SHAPES.values()]
"""Ours at the shapes of ``python -m sakana_envs bench``; measured alone where no rival is installed."""


def _of_shape(shape: dict[str, int]) -> list[Pair]:
    name = f"{shape['height']} x {shape['width']}"
    return [
        Pair("pufferlib", f"snake, {name}", {"name": "snake", **shape}, ours(**shape)),
        Pair("magent2", f"walkers, {name}", {"name": "walkers", **shape}, ours(**shape)),
    ]


def _vmas(scenario: str, worlds: int, agents: int, side: int) -> Pair:
    world = {"scenario": scenario, "worlds": worlds, "agents": agents}
    return Pair("vmas", scenario, world, ours(worlds, agents, side, side, twin="Continuous"))


def _jaxmarl(name: str, worlds: int, agents: int, side: int) -> Pair:
    return Pair("jaxmarl", name, {"name": name, "worlds": worlds}, ours(worlds, agents, side, side))


def _dictionaries(rival: str, title: str, world: dict[str, Any], mine: dict[str, Any]) -> Pair:
    return Pair(rival, title, world, {**mine, "face": "parallel"})


def _jaxmarl_spread(title: str, worlds: int, agents: int, **more: Any) -> Pair:
    world = {"name": "MPE_simple_spread_v3", "worlds": worlds, "num_agents": agents, "num_landmarks": agents}
    return Pair("jaxmarl", title, world, _spread(worlds, agents, twin="Discrete", **more))


_JAXNAV = {"name": "jaxnav", "act_type": "Discrete", "worlds": 16, "num_agents": 1}
_ROBOT = discs("Navigate", 16, 1, preset="single", twin="Discrete")
_PURSUIT = {"name": "pursuit", "n_pursuers": 8, "x_size": 64, "y_size": 64, "obs_range": 11}

PAIRS = [
    *_of_shape(SHAPES["1x4096"]),
    *_of_shape(SHAPES["8x512"]),
    Pair(
        "magent2",
        "walkers, 256 x 256; ours in floats",
        {"name": "walkers", **SHAPES["8x512"]},
        ours(**SHAPES["8x512"], obs="flat"),
    ),
    *_of_shape(SHAPES["64x64"]),
    _vmas("dispersion", 64, 64, 128),
    *_of_shape(SHAPES["512x8"]),
    Pair(
        "pufferlib", "target", {"name": "target", "worlds": 512, "agents": 8}, ours(512, 8, 64, 64, twin="Continuous")
    ),
    Pair("pufferlib", "rware, 10 x 20", {"name": "rware", "worlds": 512, "agents": 8}, ours(512, 8, 64, 64)),
    _vmas("dispersion", 512, 8, 64),
    Pair("pettingzoo", "SISL pursuit, 64 x 64", _PURSUIT, ours(512, 8, 64, 64, "PredatorPrey")),
    *_of_shape(SHAPES["4096x1"]),
    Pair(
        "pufferlib",
        "grid, mazes up to 31 x 31",
        {"name": "grid", "worlds": 4096, "agents": 1, "side": 31},
        ours(4096, 1, 31, 31),
    ),
    Pair(
        "pufferlib",
        "grid, mazes up to 9 x 9",
        {"name": "grid", "worlds": 4096, "agents": 1, "side": 9},
        ours(4096, 1, 9, 9),
    ),
    _vmas("dispersion", 4096, 1, 32),
    # Where each was fastest when its sizes were varied, and what other worlds it is known for.
    Pair(
        "pufferlib",
        "snake, 246 x 246",
        {"name": "snake", "worlds": 1, "agents": 1024, "height": 246, "width": 246},
        ours(1, 1024, 246, 246),
    ),
    _vmas("dispersion", 32768, 4, 32),
    _jaxmarl("coin_game", 4096, 2, 32),
    _jaxmarl("overcooked", 1024, 2, 32),
    # Worlds of discs, with the batch at which each rival was fastest, or near it.
    Pair("sisl", "waterworld", {}, discs("Waterworld", 512, 2, preset="sisl")),
    Pair("vmas", "simple_spread", {"scenario": "simple_spread", "worlds": 16384, "agents": 3}, _spread(16384, 3)),
    _jaxmarl_spread("MPE_simple_spread_v3", 1024, 3),
    _jaxmarl_spread("MPE_simple_spread_v3", 512, 8, width=3, height=3),
    _jaxmarl_spread("MPE_simple_spread_v3", 4, 100, width=12, height=12),
    _jaxmarl_spread("MPE_simple_spread_v3; ours senses three of each", 4, 100, width=12, height=12, neighbours=3),
    Pair(
        "vmas",
        "navigation",
        {"scenario": "navigation", "worlds": 2048, "agents": 4},
        discs("Navigate", 2048, 4, preset="team", rays=12),
    ),
    Pair("jaxmarl", "JaxNav", _JAXNAV, _ROBOT),
    Pair("jaxmarl", "JaxNav without resets", {**_JAXNAV, "resets": False}, _ROBOT),
    # One world, and a dictionary of all agents in each step, on both sides.
    _dictionaries(
        "magent2",
        "adversarial_pursuit, 328 x 328",
        {"name": "pursuit", "height": 328},
        ours(1, 4033, 328, 328, "PredatorPrey"),
    ),
    _dictionaries("magent2", "battle, 225 x 225", {"name": "battle", "height": 225}, ours(1, 4050, 225, 225, "Group")),
    _dictionaries("pettingzoo", "SISL pursuit, 64 x 64", _PURSUIT, ours(1, 8, 64, 64, "PredatorPrey")),
    _dictionaries(
        "pettingzoo",
        "Butterfly knights_archers_zombies",
        {"name": "knights_archers_zombies"},
        ours(1, 4, 64, 64, "PredatorPrey"),
    ),
    _dictionaries("sisl", "waterworld", {}, discs("Waterworld", 1, 2, preset="sisl")),
    _dictionaries(
        "mpe2",
        "simple_spread",
        {"name": "simple_spread", "N": 8},
        _spread(1, 8, twin="Discrete", width=3, height=3),
    ),
    _dictionaries(
        "mpe2",
        "simple_tag",
        {"name": "simple_tag"},
        discs("Tag", 1, 4, twin="Discrete", discs=6, width=2, height=2, neighbours=3),
    ),
]
