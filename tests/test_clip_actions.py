"""``clip_actions=True``: what lies outside of the box is brought to its border, on every face; NaN isn't."""

import numpy as np
import pytest
from worlds import SMALL, inner, parallel, single, vector

import sakana_envs

ID = "Sakana/Forage-Continuous-v0"
WILD = np.array([[3.0, -0.5], [-np.inf, 0.25], [1e300, -1.5]])
TAME = np.array([[1.0, -0.5], [-1.0, 0.25], [1.0, -1.0]], np.float32)


def one_row(env, actions):
    return env.step(actions[0])


def every_agent(env, actions):
    rows = dict(zip(env.agents, actions, strict=True))
    return env.step(rows)


def rows(env, actions):
    return env.step(actions)


def sb3(**arguments):
    pytest.importorskip("stable_baselines3")
    return sakana_envs.SB3VecEnv(ID, worlds=1, **{**SMALL, **arguments})


FACES = {
    "single": (lambda **a: single(ID, **a), one_row),
    "one per world": (lambda **a: vector(ID, worlds=3, others="random", **a), rows),
    "parallel": (lambda **a: parallel(ID, agents=3, **a), every_agent),
    "vector": (lambda **a: vector(ID, worlds=1, agents=3, **a), rows),
    "SB3": (lambda **a: sb3(agents=3, **a), rows),
}


def seeded(make, **arguments):
    env = make(**arguments)
    if hasattr(env, "env_is_wrapped"):
        env.seed(1)
        env.reset()
        return env, inner(env.env)
    env.reset(seed=1)
    return env, inner(env)


@pytest.mark.parametrize("face", FACES)
def test_clipped_on_every_face(face):
    make, step = FACES[face]
    wild, moved = seeded(make, clip_actions=True)
    tame, expected = seeded(make)
    given = WILD.copy()
    for _ in range(3):
        step(wild, given)
        step(tame, TAME)
    assert (given == WILD).all()
    assert (moved.blocks == expected.blocks).all()


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    "wrong", [[[np.nan, 0.0]] * 3, np.zeros((3, 3)), np.full((3, 2), "a"), np.zeros((3, 2), complex)]
)
def test_what_clipping_does_not_mend(face, wrong):
    make, step = FACES[face]
    env, simulation = seeded(make, clip_actions=True)
    before = simulation.blocks.tobytes()
    with pytest.raises((ValueError, TypeError), match="action"):
        step(env, wrong)
    assert simulation.blocks.tobytes() == before


@pytest.mark.parametrize("face", FACES)
def test_an_error_unless_asked_for(face):
    make, step = FACES[face]
    env, _ = seeded(make)
    with pytest.raises(ValueError, match=r"clip_actions=True"):
        step(env, WILD)


def test_others_are_clipped_too():
    env = vector(ID, others=lambda seen: np.full((len(seen), 2), 7.0), clip_actions=True)
    tame = vector(ID, others=lambda seen: np.ones((len(seen), 2)))
    for each in (env, tame):
        each.reset(seed=1)
        each.step(np.zeros((2, 2), np.float32))
    assert (inner(env).blocks == inner(tame).blocks).all()


@pytest.mark.parametrize("make", [single, parallel])
def test_who_is_clipped_is_not_blamed_for_others(make):
    def answers_wrongly(seen):
        return np.full((len(seen), 2), np.nan)

    group = {} if make is single else {"learners": "predator"}
    env = make("Sakana/PredatorPrey-Continuous-v0", others=answers_wrongly, clip_actions=True, **group)
    env.reset(seed=1)
    action = np.array([1.5, 0.0])
    actions = action if make is single else dict.fromkeys(env.agents, action)
    with pytest.raises(ValueError, match="others: answers_wrongly, for"):
        env.step(actions)


def test_the_discrete_twin_refuses():
    for make in (single, parallel, vector):
        with pytest.raises(ValueError, match=r"clip_actions is for the continuous twin"):
            make("Sakana/Forage-Discrete-v0", clip_actions=True)
        make("Sakana/Forage-Discrete-v0", clip_actions=False)
    with pytest.raises(ValueError, match=r"clip_actions must be True or False, got 'yes'"):
        vector(ID, clip_actions="yes")
