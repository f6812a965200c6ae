"""The core of the promises on every task there is, a new one at once: in few steps, of one compiled program each.

Nothing here says what worlds consist of. What more is promised, and in which settings, the other files say, on tasks
that tell much; the rules of cells are in ``test_reference.py`` and ``test_invariants.py``, for every task too.
"""

import json

import golden
import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode
from pettingzoo.test import parallel_api_test
from worlds import (
    ALL_IDS,
    ALL_TASKS,
    CROWD_OF,
    FORMS_OF,
    SMALL_OF,
    actions_of,
    agent_fields,
    kind_of,
    task_of,
    tasks_of,
    through_a_file,
    vectors_of,
)

import sakana_envs
from sakana_envs.core import cpu
from sakana_envs.core.rng import world_seed
from sakana_envs.tasks import registry
from sakana_envs.tasks.effect import _names, numbers_with_effect

every_task = pytest.mark.parametrize("task", ALL_TASKS, scope="module")
"""Task by task, so that two processes that share the tests seldom compile the same one."""

LIVELY = {"lifespan": 9.0, "inertia": 0.4, "speed": 0.9}
"""Numbers that make more happen, of tasks that take them."""
TICKS = 45
"""Two ends of episodes, in every mode."""


def goes_by_index(task):
    """Whether rules draw, for an agent by its index, after the beginning, or ask for the index of who stands where."""
    functions = registry.get(task).functions()
    if task == "ProbeSplit":  # partners are those whose indices are neighbours, and which pair it is matters to nobody
        return True
    asked = _names(tuple(rule for name, rule in functions.items() if name not in ("init", "scripted")), texts=False)
    return bool({"key", "occupant", "occupants"} & asked)


def lively(task):
    """Settings of a crowd, and of what makes more happen."""
    taken, kind = numbers_with_effect(registry.get(task)), kind_of(task)
    more = {name: value for name, value in LIVELY.items() if name in taken}
    return {**SMALL_OF[kind], **CROWD_OF[kind], **more}


def begun(task, twin, worlds=3, seed=5, **arguments):
    """Crowded worlds that have begun."""
    settings = {**lively(task), "worlds": worlds, **arguments}
    sim = registry.simulation(task, registry.twin(task, twin), **settings)
    sim.seed(seed)
    sim.reset()
    return sim


def returned(transition):
    """What a step returned, as bytes; last observations only where an episode ended, nothing else is written."""
    parts = [np.asarray(part) for name, part in transition._asdict().items() if name != "final_observations"]
    if transition.final_observations.size:
        ended = transition.outcome == cpu.ENDED
        parts.append(transition.final_observations.reshape(len(ended), -1)[ended])
    return [part.tobytes() for part in parts]


def course(sim, actions):
    """All that comes out of steps with these actions, and the worlds after them."""
    return [returned(sim.step(action)) for action in actions], sim.blocks.tobytes()


def actions_for(sim, random, ticks=TICKS):
    return [actions_of(sim, random) for _ in range(ticks)]


def twins_of(task):
    return list(registry.twins(registry.get(task)))


def ids_of(task):
    return [id for id in ALL_IDS if task_of(id) == task]


@every_task
def test_twins_are_equal(task, random):
    for twin in twins_of(task):
        chosen, continuous = begun(task, twin), begun(task, "Continuous")
        for action in actions_for(chosen, random):
            assert returned(chosen.step(action)) == returned(continuous.step(vectors_of(chosen, action)))
            assert chosen.blocks.tobytes() == continuous.blocks.tobytes()


@pytest.mark.parametrize("task", [task for task in tasks_of("cells") if not goes_by_index(task)], scope="module")
def test_no_index_is_favoured(task, random):
    plain, permuted = (begun(task, "Continuous", worlds=1, mode=cpu.DISABLED) for _ in range(2))
    permutation = random.permutation(plain.agents)
    fields = agent_fields(plain)
    for name in fields:
        permuted.view(name)[:] = plain.view(name)[:, permutation]
    while not plain.view("over").any():
        action = actions_of(plain, random)
        left, right = plain.step(action), permuted.step(action[permutation])
        for name, field in plain.program.structure.fields.items():
            if name in fields:
                assert (plain.view(name)[:, permutation] == permuted.view(name)).all(), name
            elif field.per != "agent":
                assert (plain.view(name) == permuted.view(name)).all(), name
        assert (left.observations[permutation] == right.observations).all()
        assert (left.rewards[permutation] == right.rewards).all()


@pytest.mark.parametrize("task", [task for task in tasks_of("discs") if not goes_by_index(task)], scope="module")
def test_no_index_of_an_agent_is_favoured_among_discs(task, random):
    """But for roundings: sums of forces go by index."""
    plain, permuted = (begun(task, "Continuous", worlds=1, mode=cpu.DISABLED) for _ in range(2))
    groups = [registry.get(task).group_of(agent, plain.agents) for agent in range(plain.agents)]
    permutation = np.arange(plain.agents)
    for group in set(groups):
        members = np.flatnonzero([each == group for each in groups])
        permutation[members] = random.permutation(members)
    fields = plain.program.structure.fields
    order = {"agent": permutation, "disc": np.append(permutation, np.arange(plain.agents, plain.sizes["discs"]))}
    told = [name for name, field in fields.items() if field.per in order and "scratch" not in field.meaning]
    for name in told:
        permuted.view(name)[:] = plain.view(name)[:, order[fields[name].per]]
    while not plain.view("over").any():
        action = actions_of(plain, random)
        left, right = plain.step(action), permuted.step(action[permutation])
        for name in told:
            expected = plain.view(name)[:, order[fields[name].per]]
            np.testing.assert_allclose(permuted.view(name), expected, atol=1e-4, rtol=1e-4, err_msg=name)
        np.testing.assert_allclose(left.rewards[permutation], right.rewards, atol=1e-4)


@every_task
@pytest.mark.parametrize("mode", [cpu.NEXT_STEP, cpu.SAME_STEP])
def test_a_seed_is_a_course_in_any_batch_and_on_any_number_of_threads(task, mode, random, monkeypatch):
    monkeypatch.setattr("sakana_envs.core.threads.ROWS_PER_THREAD", 1)
    for twin in twins_of(task):
        sim = begun(task, twin, worlds=16, mode=mode, threads=1)
        actions = actions_for(sim, random)
        expected = course(sim, actions)
        assert len({block.tobytes() for block in sim.blocks}) == 16
        assert course(begun(task, twin, worlds=16, mode=mode, threads=1, seed=6), actions) != expected
        assert course(begun(task, twin, worlds=16, mode=mode, threads=3), actions) == expected
        sim.seed(5)  # in use, and as good as new
        sim.reset()
        again = course(sim, actions)
        assert again[0] == expected[0]
        alone = begun(task, twin, worlds=1, mode=mode, seed=world_seed(5, 7))
        rows = slice(7 * sim.agents, 8 * sim.agents)
        course(alone, [action[rows] for action in actions])
        assert alone.blocks[0].tobytes() == sim.blocks[7].tobytes()


@every_task
def test_golden_hash(task):
    stored = json.loads(golden.FILE.read_text())
    for id in ids_of(task):
        assert id in stored, f"{id} has no golden hash: run python tests/golden.py --update"
        assert golden.digest(id) == stored[id], f"the rules of {id} have changed"


@every_task
@pytest.mark.parametrize("mode", [cpu.NEXT_STEP, cpu.SAME_STEP])
def test_states_of_play_are_taken_and_go_on(task, mode, random):
    for twin in twins_of(task):
        sim = begun(task, twin, mode=mode, stagger=True)
        actions = actions_for(sim, random)
        for action in actions[:12]:
            sim.step(action)
            sim.set_state(sim.get_state())  # which looks at everything
        state = sim.get_state()
        expected = course(sim, actions)
        for other in (sim, begun(task, twin, mode=mode, seed=6)):
            other.set_state(through_a_file(state))
            assert course(other, actions) == expected


@pytest.mark.parametrize("mode", list(AutoresetMode))
@pytest.mark.parametrize(("task", "obs"), [(task, obs) for task in ALL_TASKS for obs in FORMS_OF[kind_of(task)]])
def test_what_a_learner_gets_is_in_its_range(task, mode, obs):
    for id in ids_of(task):
        env = gymnasium.make_vec(id, worlds=3, autoreset_mode=mode, obs=obs, **lively(task))
        env.action_space.seed(1)
        observations, _ = env.reset(seed=3)
        ends = 0
        for tick in range(TICKS):
            assert env.observation_space.contains(observations)
            scripted = env.unwrapped.policy_actions("scripted") if tick % 3 else env.action_space.sample()
            assert env.action_space.contains(scripted)
            observations, rewards, terminated, truncated, info = env.step(scripted)
            assert np.isfinite(rewards).all()
            ended = info.get("_score", np.zeros(len(rewards), bool))
            assert (terminated | truncated)[ended].all() and not (terminated & truncated).any()
            if ended.any():
                ends += ended.sum()
                assert ((info["score"][ended] >= 0.0) & (info["score"][ended] <= 1.0)).all()
                if mode == AutoresetMode.DISABLED:
                    observations, _ = env.reset(options={"reset_mask": ended})
        assert ends >= 2 * len(rewards)


@every_task
@pytest.mark.filterwarnings("error")
@pytest.mark.filterwarnings("default:.*pkg_resources.*:DeprecationWarning")  # PettingZoo's own import
def test_every_face(task):
    """As the ecosystem's own checkers have it."""
    for id in ids_of(task):
        small = SMALL_OF[kind_of(task)]
        check_env(gymnasium.make(id, render_mode="rgb_array", **small).unwrapped)
        parallel_api_test(sakana_envs.parallel_env(id, **small), num_cycles=60)
