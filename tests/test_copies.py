"""Copies of environments, by ``copy.deepcopy`` and ``pickle``: they go on as the original does, apart from it."""

import copy
import pickle

import numpy as np
import pytest
from test_buffers import arrays, make
from worlds import SMALL, USER_IDS, inner

IDS = ["Sakana/Forage-Discrete-v0", "Sakana/PredatorPrey-Continuous-v0", USER_IDS[0]]
FACES = ["single", "parallel", "SB3", "NextStep", "SameStep", "Disabled"]
COPIES = {"deepcopy": copy.deepcopy, "pickle": lambda env: pickle.loads(pickle.dumps(env))}


def simulation(env):
    """The simulation inside of an environment, those of Stable-Baselines3 included."""
    return inner(getattr(env, "env", env))


def course(env, face, act, ticks):
    """All that an environment returns; where it doesn't begin episodes by itself, resets without a seed do."""
    random, seen = np.random.default_rng(1), []
    for _ in range(ticks):
        over = face in ("single", "parallel", "Disabled") and simulation(env).view("over").any()
        seen += arrays(env.reset() if over else env.step(act(random)))
    return [array.tobytes() for array in seen if array.dtype != object]


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("id", IDS)
def test_a_copy_goes_on_as_the_original(id, face, way):
    env, _, act = make(face, id, "flat")
    env.seed(1) if face == "SB3" else env.reset(seed=1)
    env.reset()
    course(env, face, act, 5)
    twin = COPIES[way](env)
    expected = course(env, face, act, 2 * SMALL["horizon"])
    after = simulation(env).blocks.tobytes()
    assert len(expected) >= 2 * SMALL["horizon"]
    assert course(twin, face, act, 2 * SMALL["horizon"]) == expected
    assert simulation(env).blocks.tobytes() == simulation(twin).blocks.tobytes() == after
    course(twin, face, act, 1)
    assert simulation(env).blocks.tobytes() == after


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("face", FACES)
def test_copies_that_were_never_reset_differ(face, way):
    env, _, act = make(face, IDS[0], "flat")
    twin = COPIES[way](env)
    env.reset()
    twin.reset()
    assert course(env, face, act, 5) != course(twin, face, act, 5)
