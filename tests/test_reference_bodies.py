"""The compiled world of bodies and the slow one, written from the rules' page, agree to the last bit at every tick."""

import re
from pathlib import Path

import numpy as np
import pytest
from body_tasks import simulation
from reference_bodies import OF_BODY, OF_JOINT, World

from sakana_envs.bodies.drives import DRIVE
from sakana_envs.bodies.possible import RANGES
from sakana_envs.bodies.world import FIELDS
from sakana_envs.core.fields import AGENT_FIELDS, START_FIELDS, WORLD_FIELDS

PAGE = (Path(__file__).parent.parent / "docs" / "rules_bodies.md").read_text(encoding="utf-8")


def same(sim, reference, tick):
    for name in (*OF_BODY, *OF_JOINT):
        if name != "radius":  # of polygons it is the engine's own business
            ours, slow = sim.view(name)[0], np.array(getattr(reference, name))
            assert ours.tobytes() == slow.astype(ours.dtype).tobytes(), (name, tick, ours, slow)
    assert sim.view("radius")[0, reference.polygons :].tolist() == reference.radius[reference.polygons :]
    for one in range(4):
        for other in range(4):
            assert sim.view("met")[0, 4 * one + other] == reference.met.get((one, other), 0), tick


@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize("settings", [{}, {"gravity": 0.3, "frames": 3}], ids=["usual", "light"])
def test_the_slow_world_agrees_to_the_last_bit(seed, settings, random):
    sim = simulation(worlds=1, seed=seed, **settings)
    reference = World(sim)
    for tick in range(30):
        action = random.uniform(-1, 1, 6).astype(np.float32) if tick % 3 else np.zeros(6, np.float32)
        transition = sim.step(action[None])
        reference.step(action)
        same(sim, reference, tick)
        assert transition.observations[0, :-1].tobytes() == reference.row().tobytes()


def test_the_page_has_every_field_and_its_range():
    assert all(f"`{name}`" in PAGE for name in set(FIELDS) - {*WORLD_FIELDS, *START_FIELDS, *AGENT_FIELDS})
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| (-?\d+) to (\d+)", PAGE, flags=re.MULTILINE)
    said = {name: (float(low), float(high)) for names, low, high in rows for name in re.findall(r"\w+", names)}
    assert said == RANGES


def test_the_page_has_every_action():
    for motor in range(4):
        assert DRIVE.table[2 * motor].tolist() == [-float(slot == motor) for slot in range(6)]
        assert DRIVE.table[2 * motor + 1].tolist() == [float(slot == motor) for slot in range(6)]
    assert not DRIVE.table[8].any() and DRIVE.still == 8
    assert DRIVE.table[9:].tolist() == [[0, 0, 0, 0, 1, 0], [0, 0, 0, 0, 0, 1]]
    assert [values.tolist() for values in DRIVE.tables] == [[0, 1, -1]] * 4 + [[0, 1]] * 2
    assert (DRIVE.low == -1).all() and (DRIVE.high == 1).all()
