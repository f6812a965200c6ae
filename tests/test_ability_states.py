"""States and edits of worlds in which agents die, come back, act by more than moves, and stand where rules ask."""

import numpy as np
import pytest
from abilities import MORTAL, TASKS, actions_of, course, simulation, vector
from test_state import refuse, sealed
from worlds import through_a_file

from sakana_envs.core import cpu


def begun(name="Everything", ticks=12, **arguments):
    """Worlds in which some live and some don't."""
    sim = simulation(name, **arguments)
    random = np.random.default_rng(3)
    for _ in range(ticks):
        sim.step(actions_of(sim, random))
    return sim


@pytest.mark.parametrize("mode", [cpu.NEXT_STEP, cpu.SAME_STEP])
@pytest.mark.parametrize("name", TASKS)
def test_worlds_go_on_as_they_would_have(name, mode):
    sim = begun(name, mode=mode)
    state = sim.get_state()
    expected = course(sim, 200)
    sim.set_state(through_a_file(state))
    assert course(sim, 200) == expected
    other = simulation(name, worlds=2, mode=mode)
    other.set_state(state)
    assert course(other, 200) == expected


@pytest.mark.parametrize("mode", [cpu.NEXT_STEP, cpu.SAME_STEP, cpu.DISABLED])
@pytest.mark.parametrize("name", TASKS)
def test_every_state_of_play_is_taken(name, mode, random):
    sim = simulation(name, worlds=3, mode=mode, stagger=True)
    revived = 0
    for _ in range(100):
        over = sim.view("over")[:, 0] != 0
        if mode == cpu.DISABLED and over.any():
            sim.reset(over)
            sim.set_state(sim.get_state())
        before = sim.alive()
        sim.step(actions_of(sim, random))
        revived += (sim.alive() & ~before).sum()
        sim.set_state(sim.get_state())
    assert revived > 0 or name in ("Battle", "Hold")


def changed(sim, name, index, value):
    """A state with one entry of world 1 changed, and a checksum that fits."""
    state = sim.get_state()
    sim.layout.view(state["blocks"], name)[1][index] = value
    return sealed(state)


@pytest.fixture(scope="module")
def worlds():
    """Worlds of which the second has a living agent, one that died before this tick, and one that died in it."""
    sim = begun()
    random = np.random.default_rng(4)
    while True:
        sim.step(actions_of(sim, random))
        alive, died, over = (sim.view(name)[1] != 0 for name in ("alive", "died", "over"))
        if alive.any() and died.any() and (~alive & ~died).any() and not over:
            return sim, alive.argmax(), (~alive & ~died).argmax(), died.argmax()


@pytest.mark.parametrize(
    ("who", "name", "value", "says"),
    [
        ("living", "alive", 0, "dead agents that were terminated|agents not where|goes on"),
        ("living", "alive", 2, "alive is outside of its range"),
        ("living", "died", 1, "agents that live and died"),
        ("living", "died", 255, "died is outside of its range"),
        ("living", "row", -1.0, "agents not where the cells show them"),
        ("dead", "alive", 1, "agents not where the cells show them"),
        ("dead", "row", 0.5, "agents not where the cells show them"),
        ("dead", "col", 3.5, "agents not where the cells show them"),
        ("dead", "row", -0.5, "agents not where the cells show them"),
        ("dead", "cell", 40, "agents not where the cells show them"),
        ("dead", "kind", 4, "agents not where the cells show them"),
        ("dead", "died", 1, "dead agents that were terminated at another time"),
        ("dead", "terminated", 1, "dead agents that were terminated at another time"),
        ("dead", "by_place", 99, "by_place doesn't name every agent once"),
        ("dead", "wanted", 2**31, "wanted is outside of its range"),
        ("dead", "target_row", np.nan, "target_row is outside of its range"),
        ("died", "terminated", 0, "dead agents that were terminated at another time"),
        ("died", "died", 0, "dead agents that were terminated at another time"),
        ("living", "action", (0, 1.5), "an action that can't be"),
        ("living", "action", (2, -2.5), "an action that can't be"),
        ("living", "action", (3, -0.25), "an action that can't be"),
        ("living", "action", (4, np.nan), "an action that can't be"),
        ("living", "velocity_row", np.inf, "velocity_row is outside of its range"),
        ("living", "velocity_col", np.nan, "velocity_col is outside of its range"),
    ],
)
def test_crafted_agents(worlds, who, name, value, says):
    sim, living, dead, died = worlds
    agent = {"living": living, "dead": dead, "died": died}[who]
    index = (agent, value[0]) if isinstance(value, tuple) else agent
    refuse(sim, changed(sim, name, index, value[1] if isinstance(value, tuple) else value), says)


@pytest.mark.parametrize("wrong", [-1, 12, 10**6, -(10**6)])
def test_a_crafted_occupant(worlds, wrong):
    sim, _, _, _ = worlds
    assert sim.view("occupant").shape[1:] == (12, 4)
    refuse(sim, changed(sim, "occupant", (5, 2), wrong), "occupants that aren't agents")


@pytest.mark.parametrize("name", ["Everything", "Battle"])
def test_whatever_the_table_of_occupants_holds_rules_are_told_the_same(name, random):
    sim = begun(name, worlds=2)
    sim.clone(1, 0)
    fields = [field for field in sim.layout.shapes if field != "occupant"]
    for tick in range(40):
        table = sim.view("occupant")[0]
        table[:] = random.integers(0, sim.sizes["agents"], table.shape) if tick % 2 else 0
        actions = actions_of(sim, random)
        half = len(actions) // 2
        sim.step(np.concatenate([actions[:half], actions[:half]]))
        for field in fields:
            assert sim.view(field)[0].tobytes() == sim.view(field)[1].tobytes(), field


def test_crafted_maps(worlds):
    sim, living, _, _ = worlds
    radius = sim.program.structure.constants["radius"]
    cells = sim.view("cells")[1]
    empty = tuple(np.argwhere(cells[radius:-radius, radius:-radius] == 0)[0] + radius)
    taken = np.unravel_index(sim.view("cell")[1, living], cells.shape)
    refuse(sim, changed(sim, "cells", empty, 3), "agents not where the cells show them")  # a ghost
    refuse(sim, changed(sim, "cells", taken, 0), "agents not where the cells show them")


def test_an_episode_in_which_nobody_lives_is_over():
    sim = begun()
    state = sim.get_state()
    for name, value in {"alive": 0, "died": 1, "terminated": 1, "row": -1.0, "col": -1.0}.items():
        sim.layout.view(state["blocks"], name)[1] = value
    refuse(sim, sealed(state), "an episode that has an end and goes on")


def test_an_edit_removes_and_revives(random):
    """With the bytes that the rules' own words make, on the map and in the map of who stands where."""
    env = vector("Battle", worlds=2)
    env.reset(seed=1)
    sim = env.unwrapped.seats.simulation
    with env.unwrapped.edit(1) as world:
        place = world.cell_of(5)
        world.remove_agent(5)
        assert world.cell_of(5) == (-1, -1) and world.agent_at(*place) == -1 and world.code_at(*place) == 0
        assert world.agent_at(-1, -1) == -1
        with pytest.raises(ValueError, match="agent 5 can't be removed: it is dead; revive_agent"):
            world.remove_agent(5)
        for act in (lambda: world.set_kind(5, 1), lambda: world.place_agent(5, *place)):
            with pytest.raises(ValueError, match=r"agent 5 can't .*: it is dead"):
                act()
    before = sim.blocks[1].copy()
    assert env.unwrapped.observe()[12 + 5].max() == 0 and not sim.alive()[12 + 5] and sim.alive().sum() == 23
    with env.unwrapped.edit(1) as world:
        with pytest.raises(ValueError, match="agent 4 can't be revived: it lives"):
            world.revive_agent(4, *place)
        with pytest.raises(ValueError, match=r"agent 5 can't be revived at .*, where agent 4 is: it must be empty"):
            world.revive_agent(5, *world.cell_of(4))
        world.revive_agent(5, *place)
        assert world.agent_at(*place) == 5
    assert (sim.blocks[1] != before).any() and sim.alive().all()
    for _ in range(70):
        env.step(env.action_space.sample())
        sim.set_state(sim.get_state())


def test_an_edit_lets_nobody_die_where_nobody_can():
    env = vector("Hold", worlds=1)
    env.reset(seed=1)
    before = env.unwrapped.seats.simulation.blocks.tobytes()
    with pytest.raises(ValueError, match="can't be removed: agents of Hold can't die"), env.unwrapped.edit(0) as world:
        world.remove_agent(0)
    with pytest.raises(ValueError, match="can't be revived: it lives"), env.unwrapped.edit(0) as world:
        world.revive_agent(0, 0, 0)
    assert env.unwrapped.seats.simulation.blocks.tobytes() == before


@pytest.mark.parametrize("name", MORTAL)
@pytest.mark.parametrize("field", ["alive", "died", "row", "occupant"])
def test_fields_of_the_engine_are_set_by_their_words(name, field):
    env = vector(name, worlds=1)
    env.reset(seed=1)
    with (
        pytest.raises(
            (ValueError, KeyError), match=r"can't be set by itself: use (place_agent|remove_agent or revive_agent)"
        ),
        env.unwrapped.edit(0) as world,
    ):
        world.set(field, 0)


def test_who_died_in_this_tick_can_be_revived_by_an_edit(worlds):
    sim, _, _, died = worlds
    state = sim.get_state()
    with sim.edit(1, ()) as world:
        assert "action" not in world.names and "purse" in world.names
        empty = np.argwhere(world.get("cells") == 0)[0].tolist()
        world.revive_agent(int(died), *empty)
    assert sim.view("alive")[1, died] == 1 and sim.view("terminated")[1, died] == 0
    sim.set_state(sim.get_state())
    sim.set_state(state)
