"""What each task pays, term by term, and how it scores, computed again from what shows in a world after each tick.

Written from the description of the tasks, in plain Python, over positions, kinds, events and maps; a judge adds up an
episode of one world and then gives every agent's score.
"""

import math

import gymnasium
import numpy as np
import pytest
from reference_games import SCORES
from worlds import kind_of, radius_of

from sakana_envs.tasks import registry

HORIZON = 41  # odd: the second half has 21 ticks, those after tick 20
SECOND_HALF = range(21, 42)
SIZES = {
    "cells": {"worlds": 3, "agents": 20, "height": 19, "width": 16, "horizon": HORIZON, "speed": 0.8, "obs": "bytes"},
    "discs": {"worlds": 12, "agents": 4, "discs": 8, "horizon": HORIZON},
}


class Seen:
    """One world of cells after a tick."""

    def __init__(self, simulation, index):
        def field(name):
            return simulation.view(name)[index].tolist()

        radius = radius_of(simulation)
        self.tick = field("clock")[0]
        self.height, self.width = simulation.sizes["height"], simulation.sizes["width"]
        self.positions = list(zip(field("row"), field("col"), strict=True))
        self.cells = [(math.floor(row), math.floor(col)) for row, col in self.positions]
        self.kinds = field("kind")
        self.ate = field("ate")
        self.bumps = [wall + agent for wall, agent in zip(field("wall_bumps"), field("agent_bumps"), strict=True)]
        self.announced = field("blocked_next") if "blocked_next" in simulation.program.structure.fields else None
        self.agents = range(len(self.kinds))
        self.number = dict(zip(simulation.program.numbers, field("numbers"), strict=True))
        self.byte_maps = {
            name: simulation.view(name)[index, radius:-radius, radius:-radius].tolist()
            for name in (*simulation.program.senses.layers, *simulation.program.pictures)
        }
        self.radius = radius

    def in_view(self, agent):
        """The other agents in the square around an agent, found by comparing positions, not by looking at the map."""
        row, col = self.cells[agent]
        return [
            other
            for other in self.agents
            if other != agent
            and abs(self.cells[other][0] - row) <= self.radius
            and abs(self.cells[other][1] - col) <= self.radius
        ]

    def distance_to_centre(self, agent):
        row, col = self.positions[agent]
        return math.sqrt((row - self.height / 2) ** 2 + (col - self.width / 2) ** 2)


class SeenDiscs:
    """One world of discs after a tick."""

    def __init__(self, simulation, index):
        def field(name):
            return simulation.view(name)[index].tolist()

        self.tick = field("clock")[0]
        self.places = list(zip(field("x"), field("y"), strict=True))
        self.velocities = list(zip(field("vx"), field("vy"), strict=True))
        self.headings = list(zip(field("hx"), field("hy"), strict=True))
        self.kinds, self.bumped, self.power = field("kind"), field("bumped"), field("power")
        self.radius, self.pushes = field("radius"), list(zip(field("push_x"), field("push_y"), strict=True))
        memory = ("reached", "touches", "fed", "poisoned", "goal")
        self.memory = {name: field(name) for name in memory if name in simulation.layout.shapes}
        self.width, self.height = simulation.sizes["width"], simulation.sizes["height"]
        self.blocks = [(col, row) for row, col in np.argwhere(simulation.view("block")[index]).tolist()]
        self.agents = range(simulation.agents)
        self.number = dict(zip(simulation.program.numbers, field("numbers"), strict=True))

    def of_kind(self, kind):
        return [disc for disc, each in enumerate(self.kinds) if each == kind]

    def away(self, disc, other):
        return math.dist(self.places[disc], self.places[other])

    def nearest(self, disc, kind):
        """Metres to the nearest other disc of a kind."""
        return min((self.away(disc, other) for other in self.of_kind(kind) if other != disc), default=math.inf)


class Judge:
    """Adds up what a task's score needs; ``terms`` gives the reward of this tick by term, ``score`` the episode's."""

    def __init__(self, seen):
        self.total = [0.0] * len(seen.agents)

    def add(self, seen, agent, value):
        """Count ``value`` if the tick is in the second half."""
        if seen.tick in SECOND_HALF:
            self.total[agent] += value

    def score(self, seen, agent):
        return self.total[agent] / len(SECOND_HALF)


class Center(Judge):
    def terms(self, seen, agent):
        distance = seen.distance_to_centre(agent)
        self.add(seen, agent, distance <= math.sqrt(2 * len(seen.agents) / math.pi))
        return {"": -0.2 * distance / math.sqrt(seen.height**2 + seen.width**2)}


class Scatter(Judge):
    def terms(self, seen, agent):
        others = len(seen.in_view(agent))
        self.add(seen, agent, others == 0)
        return {"": -min(others, 10) / 10}


class Forage(Judge):
    def terms(self, seen, agent):
        self.total[agent] += seen.ate[agent]
        return {"": seen.number["food_reward"] * seen.ate[agent]}

    def score(self, seen, agent):
        return min(0.5 * self.total[agent] / HORIZON / seen.number["reference_meals"], 1.0)


class PredatorPrey(Judge):
    def terms(self, seen, agent):
        opponents = sum(seen.kinds[other] != seen.kinds[agent] for other in seen.in_view(agent))
        predator = agent < len(seen.agents) / 2
        self.add(seen, agent, (opponents > 0) == predator)
        return {"": min(opponents, 10) / 10 * (1 if predator else -1)}


class Group(Judge):
    def terms(self, seen, agent):
        others = [seen.kinds[other] for other in seen.in_view(agent)]
        own = others.count(seen.kinds[agent])
        self.add(seen, agent, own / len(others) if others else 0)
        return {"": max(-1.0, min(1.0, (own - (len(others) - own)) / 10))}


class Assemble(Judge):
    def __init__(self, seen):
        super().__init__(seen)
        self.picture = [[level // 63 - 1 for level in row] for row in seen.byte_maps["picture"]]
        self.before = [self.away(seen, agent) for agent in seen.agents]

    def away(self, seen, agent):
        return 2 * seen.distance_to_centre(agent) / math.sqrt(seen.height**2 + seen.width**2)

    def terms(self, seen, agent):
        row, col = seen.cells[agent]
        matched = self.picture[row][col] == seen.kinds[agent]
        self.add(seen, agent, matched)
        before, self.before[agent] = self.before[agent], self.away(seen, agent)
        return {
            "matched": matched,
            "distance": -seen.number["distance_weight"] * self.before[agent],
            "shaping": seen.number["shaping_weight"] * (before - self.before[agent]),
        }

    def score(self, seen, agent):
        kind = seen.kinds[agent]
        pixels = sum(row.count(kind) for row in self.picture)
        could = min(pixels, seen.kinds.count(kind)) / seen.kinds.count(kind)
        return min(super().score(seen, agent) / could, 1.0) if could else 0.0


class Optimize(Judge):
    def __init__(self, seen):
        super().__init__(seen)
        self.landscape = seen.byte_maps["landscape"]
        highest = sorted((value for row in self.landscape for value in row), reverse=True)
        self.best = sum(highest[: len(seen.agents)]) / len(seen.agents)

    def terms(self, seen, agent):
        if agent == 0:  # everybody wears the ground down before anybody is paid
            for row, col in seen.cells:
                self.landscape[row][col] = int(self.landscape[row][col] * (1 - seen.number["consumption"]))
        row, col = seen.cells[agent]
        self.total[agent] += self.landscape[row][col]
        return {"": 0.1 * self.landscape[row][col] / 255}

    def score(self, seen, agent):
        return self.total[agent] / HORIZON / max(self.best, 1)


class Squared(Judge):
    def __init__(self, seen):
        super().__init__(seen)
        self.before = seen.bumps

    def terms(self, seen, agent):
        if agent == 0:
            self.bumps = [now - then for now, then in zip(seen.bumps, self.before, strict=True)]
            self.before = seen.bumps
        self.total[agent] += seen.ate[agent]
        return {"": seen.ate[agent] - self.bumps[agent]}

    def score(self, seen, agent):
        return min(self.total[agent] / seen.number["enough"], 1.0)


class Gap(Judge):
    def __init__(self, seen):
        super().__init__(seen)
        self.announced = seen.announced

    def terms(self, seen, agent):
        if agent == 0:
            self.blocked, self.announced = self.announced, seen.announced
        hit = [seen.cells[agent][0]] == self.blocked
        self.total[agent] += hit
        return {"": -hit}

    def score(self, seen, agent):
        return max(0.0, 1 - 2 * self.total[agent] / HORIZON)


class Spread(Judge):
    def terms(self, seen, agent):
        away = [
            min(math.dist(seen.places[landmark], seen.places[other]) for other in seen.agents)
            for landmark in seen.of_kind(1)
        ]
        self.add(seen, agent, sum(each < 0.15 for each in away) / len(away))
        return {"distances": -sum(away) / len(away), "bumps": -seen.number["bump_cost"] * seen.bumped[agent]}


class Fading(Judge):
    """Of scores by how long ago something happened, 1 at once and 0 from ``patience`` ticks after it on."""

    def fade(self, seen, agent, happened):
        if seen.tick == 1:
            self.since = {**getattr(self, "since", {}), agent: math.inf}
        self.since[agent] = 0 if happened else self.since[agent] + 1
        return max(0.0, 1 - self.since[agent] / seen.number["patience"])


class Targets(Fading):
    def terms(self, seen, agent):
        reached = seen.memory["reached"][agent]
        self.add(seen, agent, self.fade(seen, agent, reached > 0))
        return {"": reached}


class Tag(Fading):
    def terms(self, seen, agent):
        prey, touches = seen.kinds[agent] == 1, seen.memory["touches"][agent]
        recency = self.fade(seen, agent, touches > 0)
        self.add(seen, agent, 1 - recency if prey else recency)
        away = min(seen.nearest(agent, 0 if prey else 1), 3) * seen.number["distance_weight"]
        return {"touches": -touches if prey else touches, "distances": away if prey else -away}


class Flock(Judge):
    def terms(self, seen, agent):
        sight, count = seen.number["sight"], len(seen.agents)
        company = {
            one: [two for two in seen.agents if two != one and seen.away(one, two) < sight] for one in seen.agents
        }
        if agent == 0:
            mean = [sum(seen.velocities[one][axis] / seen.power[one] for one in seen.agents) / count for axis in (0, 1)]
            together = sum(len(near) >= 3 for near in company.values()) / count
            clear = sum(bumped == 0 for bumped in seen.bumped) / count
            self.flocked = min(1, math.hypot(*mean)) * together * clear
        self.add(seen, agent, self.flocked)
        near = company[agent]
        alike = [sum(v * h for v, h in zip(seen.velocities[agent], seen.headings[two], strict=True)) for two in near]
        middle = [sum(seen.places[two][axis] for two in near) / max(1, len(near)) for axis in (0, 1)]
        far = math.dist(seen.places[agent], middle) / sight if near else 1
        return {
            "alignment": 0.2 * sum(alike) / max(1, len(near)) / seen.power[agent],
            "cohesion": -0.1 * far,
            "separation": -0.1 * seen.bumped[agent],
        }


class Transport(Judge):
    def __init__(self, seen):
        super().__init__(seen)
        goal = len(seen.kinds) - 1
        self.start = {load: seen.away(load, goal) for load in seen.of_kind(1)}
        self.far = dict(self.start)

    def terms(self, seen, agent):
        goal = len(seen.kinds) - 1
        if agent == 0:
            moving = [load for load in self.start if self.far[load] >= 0.1]
            now = {load: seen.away(load, goal) for load in moving}
            self.nearer = sum(self.far[load] - now[load] for load in moving)
            self.arrivals = sum(now[load] < 0.1 for load in moving)
            self.far |= now
        away = min(seen.nearest(agent, 1), 3)
        weight = seen.number["approach_weight"]
        return {"progress": 5 * self.nearer, "arrival": self.arrivals, "approach": -weight * away}

    def score(self, seen, agent):
        each = [1 if far < 0.1 else max(0, 1 - far / max(self.start[load], 0.1)) / 2 for load, far in self.far.items()]
        return sum(each) / len(each)


class Waterworld(Judge):
    def terms(self, seen, agent):
        number = seen.number
        touched = sum(
            seen.away(agent, food) <= seen.radius[agent] + seen.radius[food] + 1e-9 for food in seen.of_kind(1)
        )
        terms = {
            "food": number["food_reward"] * seen.memory["fed"][agent],
            "touch": number["touch_reward"] * touched,
            "poison": -number["poison_cost"] * seen.memory["poisoned"][agent],
            "thrust": -number["thrust_cost"] * math.hypot(*seen.pushes[agent]),
        }
        self.total[agent] += terms["food"] + terms["poison"]
        return terms

    def score(self, seen, agent):
        return min(1, max(0, self.total[agent] / (seen.number["reference"] * seen.tick)))


class Navigate(Judge):
    ORDER = ("goal", "progress", "crash", "time", "near")

    def __init__(self, seen):
        super().__init__(seen)
        self.far = {agent: seen.away(agent, seen.memory["goal"][agent]) for agent in seen.agents}
        self.done = {}

    def room(self, seen, agent):
        """Metres from a robot's edge to the nearest thing."""
        x, y = seen.places[agent]
        away = [x, y, seen.width - x, seen.height - y]
        away += [seen.away(agent, other) - seen.radius[other] for other in seen.agents if other != agent]
        for col, row in seen.blocks:
            away.append(math.hypot(max(col - x, 0, x - col - 1), max(row - y, 0, y - row - 1)))
        return min(away) - seen.radius[agent]

    def happened(self, seen, agent):
        """Of one robot in this tick: it arrives, comes nearer, crashes, takes a tick, is too near to something."""
        if agent in self.done:
            return [0] * 5
        before, self.far[agent] = self.far[agent], seen.away(agent, seen.memory["goal"][agent])
        crashes = seen.bumped[agent] > 0
        arrives = not crashes and self.far[agent] <= seen.number["goal_radius"]
        if crashes or arrives:
            self.done[agent] = arrives
        near = self.room(seen, agent) <= seen.number["margin"]
        return [arrives, before - self.far[agent], crashes, 1, near]

    def terms(self, seen, agent):
        if agent == 0:
            self.own = [self.happened(seen, each) for each in seen.agents]
        number = seen.number
        share, means = number["own_share"], [sum(term) / len(self.own) for term in zip(*self.own, strict=True)]
        mixed = [share * own + (1 - share) * mean for own, mean in zip(self.own[agent], means, strict=True)]
        prices = [number["goal_reward"], number["progress_weight"]]
        prices += [-number["crash_cost"], -number["time_cost"], -number["near_cost"]]
        return {term: price * each for term, price, each in zip(self.ORDER, prices, mixed, strict=True)}

    def score(self, seen, agent):
        return int(self.done.get(agent, False))


JUDGES = {judge.__name__: judge for judge in (*Judge.__subclasses__(), Targets, Tag) if judge is not Fading}
SETTINGS = {
    "Assemble": {"shaping_weight": 3.0, "distance_weight": 0.3, "agents": 30},
    "Optimize": {"consumption": 0.05, "hill_width": 3.0},
    "Scatter": {"agents": 10, "height": 30, "width": 30},
    "Forage": {"food_reward": 0.3},
    "Squared": {"enough": 20.0, "lives": 1e6, "agents": 6, "height": 6, "width": 6},
    "Gap": {"height": 3, "width": 16},
    "Flock": {"agents": 8, "height": 4, "width": 4},
    "Navigate": {"agents": 8, "discs": 16, "width": 18, "height": 18, "fill": 0.2, "own_share": 0.8},
    "Tag": {"agents": 8, "discs": 9, "height": 2, "width": 2},
    "Targets": {"height": 3, "width": 3},
    "Transport": {"discs": 12, "load_mass": 1.0},
    "Waterworld": {"agents": 4, "discs": 60},
}
FEW = {"Targets": ("",), "Tag": ("touches",), "Transport": ("arrival",), "Waterworld": ("food", "touch", "poison")}
FEW["Navigate"] = ("goal", "crash")
"""Terms that pay for things that are counted on one hand: these differ in fewer ways."""
YES_OR_NO = ("Navigate",)
"""Tasks in which an agent's score is 0 or 1."""


def test_every_shipped_task_has_a_judge():
    assert set(registry._builtin()) == {*JUDGES, *SCORES}, "here, or in reference_games.py"


def play(task, twin, policy, settings, random):
    """An episode of some worlds, judged at every tick; every row's sums by term, and its score."""
    sizes = SIZES[kind_of(task)] | settings
    see = {"cells": Seen, "discs": SeenDiscs}[kind_of(task)]
    near = {"cells": 1e-6, "discs": 1e-5}[kind_of(task)]  # discs are float32 throughout
    worlds = range(sizes["worlds"])
    env = gymnasium.make_vec(f"Sakana/{task}-{twin}-v0", **sizes)
    env.reset(seed=5)
    simulation = env.unwrapped.seats.simulation
    judges = [JUDGES[task](see(simulation, index)) for index in worlds]
    sums = [{} for _ in range(env.num_envs)]
    for _ in range(HORIZON):
        actions = env.policy_actions("scripted")
        strays = random.random(env.num_envs) < {"scripted": 0.1, "random": 1.0}[policy]
        actions[strays] = env.policy_actions("random")[strays]
        _, rewards, _, _, info = env.step(actions)
        seen = [see(simulation, index) for index in worlds]
        for row in range(env.num_envs):
            world, agent = divmod(row, sizes["agents"])
            terms = judges[world].terms(seen[world], agent)
            assert rewards[row] == pytest.approx(sum(terms.values()), abs=near)
            for name, value in terms.items():
                sums[row][name] = sums[row].get(name, 0.0) + value
    for row, terms in enumerate(sums):
        world, agent = divmod(row, sizes["agents"])
        assert info["episode_return"][row] == pytest.approx(sum(terms.values()), abs=1e-4)
        assert info["score"][row] == pytest.approx(judges[world].score(seen[world], agent), abs=1e-5)
        named = {name for name in terms if name}
        assert {name for name in info if name.startswith("reward_")} == {f"reward_{name}" for name in named}
        for name in named:
            assert info[f"reward_{name}"][row] == pytest.approx(terms[name], abs=10 * near), name
    return sums, info["score"]


@pytest.mark.parametrize("twin", registry.TWINS)
@pytest.mark.parametrize("task", JUDGES)
def test_rewards_terms_and_scores(task, twin, random):
    sums, scores = [], []
    for policy in ("scripted", "random"):
        more_sums, more_scores = play(task, twin, policy, SETTINGS.get(task, {}), random)
        sums += more_sums
        scores += more_scores.tolist()
    # The comparison means something only if agents were paid differently and score differently.
    for name in sums[0]:
        assert len({round(terms[name], 6) for terms in sums}) > (1 if name in FEW.get(task, ()) else 10), name
    assert len(set(scores)) == 2 if task in YES_OR_NO else len(set(scores)) > 5


def test_a_weight_that_is_set_in_the_middle_of_an_episode_pays_for_no_tick_before():
    env = gymnasium.make_vec("Sakana/Assemble-Discrete-v0", num_envs=20, obs="bytes", agents=20, height=19, width=16)
    env.reset(seed=5)
    for _ in range(10):
        env.step(env.policy_actions("random"))
    before = env.step(env.policy_actions("still"))[1]
    with env.unwrapped.edit(0) as world:
        world.set("shaping_weight", 3.0)
    assert (env.step(env.policy_actions("still"))[1] == before).all(), "nobody moved, so nobody came nearer"


@pytest.mark.parametrize("task", ["Scatter", "Group", "PredatorPrey"])
def test_rewards_are_clipped_where_it_is_crowded(task, random):
    """So many in view that every clip is reached."""
    settings = {"agents": 60, "height": 9, "width": 9, "speed": 1.0}
    sums, _ = play(task, "Discrete", "random", settings, random)
    assert max(abs(terms[""]) for terms in sums) > 0.5 * HORIZON or task == "Group"
