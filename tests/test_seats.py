"""Who sits in the seats that don't learn."""

from itertools import pairwise

import gymnasium
import numpy as np
import pytest
from worlds import IDS, SMALL, inner, observe, parallel, random_actions, simulation, single, split, vector

import sakana_envs
from sakana_envs.grid.motion import MOTIONS

AGENTS = SMALL["agents"]
HUNT = ["Sakana/PredatorPrey-Discrete-v0", "Sakana/PredatorPrey-Continuous-v0"]


@pytest.mark.parametrize("id", HUNT)
def test_all_faces_say_alike_what_they_are(id):
    sizes = "agents=6, height=12, width=10, horizon=20, radius=5, sense_offset=0"
    envs = {
        f"SingleEnv({id}, rows=1, worlds=1, {sizes}, obs='planes')": single(id, obs="planes").unwrapped,
        f"VectorEnv({id}, rows=12, worlds=2, {sizes}, obs='flat')": vector(id, worlds=2),
        f"VectorEnv({id}, rows=2, worlds=2, {sizes}, obs='bytes')": vector(id, worlds=2, others="still", obs="bytes"),
        f"ParallelEnv({id}, rows=6, worlds=1, {sizes}, obs='flat')": parallel(id),
        f"ParallelEnv({id}, rows=3, worlds=1, {sizes}, obs='flat')": parallel(id, learners="prey"),
    }
    for text, env in envs.items():
        assert repr(env) == text
    assert f"<SingleEnv<{id}>>" in str(single(id)) and str(parallel(id)) == id.removeprefix("Sakana/")


def learner_rows(worlds):
    return np.arange(worlds) * AGENTS


@pytest.mark.parametrize("others", ["scripted", "random", "still"])
@pytest.mark.parametrize("id", IDS)
def test_others_do_what_their_policy_says(id, others, random):
    discrete = split(id)[1]
    env = vector(id, worlds=3, others=others, obs="bytes")
    sim = simulation(id, worlds=3)
    observations, _ = env.reset(seed=1)
    sim.seed(1)
    assert (sim.reset()[learner_rows(3)] == observations).all()
    for _ in range(30):
        own = random_actions(discrete, 3, random)
        if others == "random":
            actions = sim.random_actions()
        else:
            still = np.zeros(sim.rows, dtype=np.int64)
            choices = sim.scripted_actions(observe(sim)) if others == "scripted" else still
            actions = choices if discrete else MOTIONS[choices].copy()
        actions[learner_rows(3)] = own
        expected = sim.step(actions)
        observations, rewards, terminated, truncated, _ = env.step(own)
        assert (observations == expected.observations[learner_rows(3)]).all()
        assert (rewards == expected.rewards[learner_rows(3)]).all()
        assert (terminated == expected.terminated[learner_rows(3)]).all()
        assert (truncated == expected.truncated[learner_rows(3)]).all()
        assert inner(env).blocks.tobytes() == sim.blocks.tobytes()


@pytest.mark.parametrize("id", IDS)
def test_the_single_face_is_the_first_row(id, random):
    alone, rows = single(id), vector(id, worlds=1, others="scripted")
    first = alone.reset(seed=4)[0], rows.reset(seed=4)[0][0]
    assert (first[0] == first[1]).all()
    for _ in range(SMALL["horizon"]):
        action = random_actions(split(id)[1], 1, random)
        left, right = alone.step(action[0]), rows.step(action)
        assert (left[0] == right[0][0]).all()
        assert left[1:4] == (right[1][0], right[2][0], right[3][0])
        if left[2] or left[3]:
            break


@pytest.mark.parametrize("obs", ["flat", "planes", "bytes"])
@pytest.mark.parametrize("id", IDS)
def test_a_function_gets_a_batch_and_acts(id, obs):
    discrete, seen = split(id)[1], []

    def everybody_north(observations):
        seen.append(observations)
        return np.full(len(observations), 1) if discrete else np.tile(MOTIONS[1], (len(observations), 1))

    for env, worlds in (
        (single(id, others=everybody_north, obs=obs), 1),
        (vector(id, 2, others=everybody_north, obs=obs), 2),
    ):
        env.reset(seed=2)
        sim = inner(env)
        before = sim.view("row").copy()
        env.step(env.action_space.sample())
        space = getattr(env, "single_observation_space", env.observation_space)
        assert seen[-1].shape == (worlds * (AGENTS - 1), *space.shape) and seen[-1].dtype == space.dtype
        moved = before - sim.view("row")
        assert ((moved > 0) | (sim.view("bumped") == 1) | (sim.view("pace") == 0))[:, 1:].all()


@pytest.mark.parametrize(
    "answer",
    [lambda o: np.zeros(len(o) + 1, int), lambda o: 0, lambda o: np.full(len(o), 1.7), lambda o: np.full(len(o), 9)],
)
def test_a_function_that_answers_wrongly(answer):
    env = vector("Sakana/Forage-Discrete-v0", others=answer)
    env.reset(seed=1)
    before = inner(env).blocks.tobytes()
    with pytest.raises(ValueError, match=r"others: <lambda>, for agent, must return an action for each observation: a"):
        env.step(np.zeros(2, dtype=np.int64))
    assert inner(env).blocks.tobytes() == before


def test_one_agent_needs_no_others():
    for others in (None, "scripted", "still"):
        env = gymnasium.make_vec("Sakana/Forage-Discrete-v0", num_envs=3, others=others, **{**SMALL, "agents": 1})
        env.reset(seed=1)
        assert env.step(np.ones(3, dtype=np.int64))[1].shape == (3,)


GROUPS = {"predator": np.arange(3), "prey": np.arange(3, 6)}
"""The groups' agents in a world of six."""


def hunt(face, id, **arguments):
    """A face on two small worlds where it takes several, else on one; and the number of its worlds."""
    if face is not vector:
        return face(id, obs="bytes", **arguments), 1
    learners = arguments.get("learners")
    rows = 2 * (len(GROUPS[learners]) if learners else 1)
    return gymnasium.make_vec(id, num_envs=rows, obs="bytes", **SMALL, **arguments), 2


def act(face, env, actions):
    """One step with actions (learners, ...) in the form that the face takes."""
    if face is parallel:
        return env.step(dict(zip(env.agents, actions, strict=True)))
    return env.step(actions[0] if face is single else actions)


@pytest.mark.parametrize("learners", [None, "predator", "prey"])
@pytest.mark.parametrize("face", [single, vector, parallel])
@pytest.mark.parametrize("id", HUNT)
def test_a_policy_for_each_group(id, face, learners, random):
    discrete, seen, answers = split(id)[1], {}, {}

    def policy(group):
        def act_for_group(observations):
            seen[group] = observations
            answers[group] = random_actions(discrete, len(observations), random)
            return answers[group]

        return act_for_group

    env, worlds = hunt(face, id, learners=learners, others={group: policy(group) for group in GROUPS})
    learning = GROUPS[learners or "predator"]
    learning = learning if learners and face is not single else learning[:1]
    env.reset(seed=3)
    sim = inner(env)
    twin = simulation(id, worlds=worlds)
    for _ in range(5):
        twin.set_state(sim.get_state())
        now = observe(sim)
        own_rows = (np.arange(worlds)[:, None] * 6 + learning).reshape(-1)
        own = random_actions(discrete, len(own_rows), random)
        result = act(face, env, own)
        expected = np.zeros(sim.rows, np.int64) if discrete else np.zeros((sim.rows, 2), np.float32)
        for group, agents in GROUPS.items():
            rows = (np.arange(worlds)[:, None] * 6 + np.setdiff1d(agents, learning)).reshape(-1)
            assert (group in seen) == (len(rows) > 0)
            if len(rows):
                assert (seen[group] == now[rows]).all()
                expected[rows] = answers[group]
        expected[own_rows] = own
        twin.step(expected)
        assert twin.blocks.tobytes() == sim.blocks.tobytes()
        if face is parallel:
            assert list(result[0]) == env.possible_agents == [name_of(agent) for agent in learning]


def name_of(agent):
    return f"predator_{agent}" if agent < 3 else f"prey_{agent - 3}"


@pytest.mark.parametrize(
    "others", [{"predator": "random", "prey": "scripted"}, {"predator": "still", "prey": "random"}]
)
@pytest.mark.parametrize("id", HUNT)
def test_named_policies_for_groups(id, others, random):
    env, discrete = vector(id, worlds=2, others=others, obs="bytes"), split(id)[1]
    env.reset(seed=4)
    sim, twin = inner(env), simulation(id, worlds=2)
    for _ in range(10):
        twin.set_state(sim.get_state())
        actions = env.unwrapped.seats.policy_actions(others["predator"]).copy()
        prey = np.r_[3:6, 9:12]
        actions[prey] = env.unwrapped.seats.policy_actions(others["prey"])[prey]
        actions[[0, 6]] = own = random_actions(discrete, 2, random)
        assert (env.step(own)[0] == twin.step(actions).observations[[0, 6]]).all()
        assert sim.blocks.tobytes() == twin.blocks.tobytes()


@pytest.mark.parametrize("id", HUNT)
def test_parallel_agents_are_those_that_learn(id):
    env, rows = parallel(id, learners="prey"), gymnasium.make_vec(id, num_envs=3, learners="prey", **SMALL)
    observations, first = env.reset(seed=6)[0], rows.reset(seed=6)[0]
    assert list(observations) == env.agents == ["prey_0", "prey_1", "prey_2"]
    assert (np.stack(list(observations.values())) == first).all()
    while env.agents:
        actions = {agent: env.action_space(agent).sample() for agent in env.agents}
        left, right = env.step(actions), rows.step(np.stack(list(actions.values())))
        for mine, theirs in zip(left[:4], right[:4], strict=True):
            assert (np.stack(list(mine.values())) == theirs).all()
    assert left[4]["prey_2"]["score"] == right[4]["score"][2]


@pytest.mark.parametrize("learners", GROUPS)
@pytest.mark.parametrize("id", HUNT)
def test_the_single_face_is_the_first_of_its_group(id, learners):
    env, row = single(id, learners=learners, obs="bytes"), GROUPS[learners][0]
    observation, _ = env.reset(seed=1)
    sim, paid = inner(env), 0
    while True:
        assert (observation == observe(sim)[row]).all()
        observation, reward, terminated, truncated, info = env.step(env.action_space.sample())
        assert reward == sim.view("reward")[0, row]
        paid += reward * (1 if learners == "predator" else -1)
        if terminated or truncated:
            break
    assert paid > 0.0 and info["episode_return"] == pytest.approx(sim.view("episode_return")[0, row])


@pytest.mark.parametrize("id", IDS)
def test_a_function_sees_the_worlds_as_they_stand(id, random):
    discrete, seen = split(id)[1], []

    def others(observations):
        seen.append(observations)
        return random_actions(discrete, len(observations), random)

    env = vector(id, worlds=3, others=others, obs="bytes")
    sim, rows = inner(env), np.setdiff1d(np.arange(18), learner_rows(3))

    def step():
        expected = observe(sim)[rows]
        env.step(random_actions(discrete, 3, random))
        assert (seen[-1] == expected).all()
        return expected

    env.reset(seed=1)
    shown = [step(), step()]
    state = sim.get_state()
    shown.append(step())
    env.unwrapped.clone(0, [1, 2])
    shown.append(step())
    env.unwrapped.set_state(state)
    shown.append(step())
    env.reset(options={"reset_mask": np.array([False, True, False])})
    shown.append(step())
    assert all((left != right).any() for left, right in pairwise(shown))


class Model:
    """What is used of a model: always the same action, and the number of observations that it was asked about."""

    def __init__(self, action, state=None):
        self.action, self.state, self.asked = action, state, []

    def predict(self, observations, deterministic=False):
        self.asked.append(len(observations))
        return np.repeat(np.array(self.action)[None], len(observations), axis=0), self.state


@pytest.mark.parametrize("id", [id for id in IDS if "Forage" in id])
def test_a_function_sees_what_an_interrupted_step_led_to(id, monkeypatch):
    seen = []

    def watch(rows):
        seen.append(rows.copy())
        return np.full(len(rows), 3) if "Discrete" in id else np.ones((len(rows), 2), np.float32)

    env = vector(id, worlds=2, others=watch, obs="bytes")
    env.reset(seed=0)
    simulation = inner(env)
    stand = np.zeros(2, int) if "Discrete" in id else np.zeros((2, 2), np.float32)
    step = simulation.step

    def interrupted(actions):
        step(actions)
        raise KeyboardInterrupt

    env.step(stand)
    with monkeypatch.context() as patched:
        patched.setattr(simulation, "step", interrupted)
        with pytest.raises(KeyboardInterrupt):
            env.step(stand)
    expected = simulation.observe().reshape(2, 6, -1)[:, 1:].reshape(10, -1)
    env.step(stand)
    assert (seen[-1] == expected).all() and (seen[-1] != seen[-2]).any()


@pytest.mark.parametrize("id", HUNT)
def test_an_answer_with_a_state(id):
    action = 1 if split(id)[1] else MOTIONS[1]
    model = Model(action)
    for others in (model, model.predict, {"predator": model, "prey": model}):
        env, plain = (vector(id, worlds=2, others=o) for o in (others, lambda o: model.predict(o)[0]))
        for each in (env, plain):
            each.reset(seed=1)
            each.step(np.zeros_like(each.action_space.sample()))
        assert inner(env).blocks.tobytes() == inner(plain).blocks.tobytes()
    assert model.asked == [10, 10, 10, 10, 4, 6, 10]
    env = vector(id, worlds=2, others=Model(action, state="memory"))
    env.reset(seed=1)
    before = inner(env).blocks.tobytes()
    with pytest.raises(ValueError, match=r"others: Model, for predator and prey, .*a state beside the actions"):
        env.step(np.zeros_like(env.action_space.sample()))
    assert inner(env).blocks.tobytes() == before


def test_a_pair_of_actions_is_no_action_with_a_state():
    env = vector(HUNT[0], worlds=1, agents=3, others=lambda observations: (3, 5))
    env.reset(seed=1)
    env.step(np.array([0]))
    moved = inner(env).view("target_col")[0, 1:] - inner(env).view("col")[0, 1:]
    assert len(moved) == 2


@pytest.mark.parametrize("id", HUNT)
def test_a_model_of_stable_baselines3_takes_seats(id):
    sb3 = pytest.importorskip("stable_baselines3")
    model = sb3.PPO("MlpPolicy", sakana_envs.SB3VecEnv(id, num_envs=6, **SMALL), n_steps=2, batch_size=12, device="cpu")
    for face in (single, vector, parallel):
        blocks = []
        for others in (
            model,
            lambda observations: model.predict(observations)[0],
            {"predator": "still", "prey": model},
        ):
            sb3.common.utils.set_random_seed(1)
            env = face(id, others=others)
            env.reset(seed=1)
            space = env.action_space("predator_0") if face is parallel else env.action_space
            space.seed(1)
            for _ in range(5):
                env.step({"predator_0": space.sample()} if face is parallel else space.sample())
            blocks.append(inner(env).blocks.tobytes())
        assert blocks[0] == blocks[1] != blocks[2]
    with pytest.raises(ValueError, match=r"others: PPO, for prey, was trained with observations .*radius="):
        single(id, learners="predator", others={"prey": model, "predator": "still"}, radius=4)


@pytest.mark.parametrize(
    ("others", "message"),
    [
        (
            {"predator": "still", "pray": "still"},
            "others has 'pray', which is no group - did you mean 'prey'.*predator, prey",
        ),
        ({"predator": "still"}, "others has no policy for 'prey', only for predator"),
        ({}, "others has no policy for 'predator', only for nobody"),
        (
            {"predator": "still", "prey": "scriptd"},
            r"others\['prey'\] must be one of .*got 'scriptd' - did you mean 'scripted'",
        ),
        ({"predator": "still", "prey": None}, r"others\['prey'\] must be one of .*a function or a model, got None"),
        ({"predator": "still", "prey": {"prey": "still"}}, r"others\['prey'\] must be one of"),
        ({3: "still"}, "others has 3, which is no group"),
        (3, "others must be one of .*a function or a model, or a dictionary with one of these for each group, got 3"),
    ],
)
@pytest.mark.parametrize("face", [single, vector, parallel])
def test_wrong_others(face, others, message):
    with pytest.raises(ValueError, match=message):
        face(HUNT[0], others=others)


def test_a_group_that_learns_needs_no_policy_and_may_have_one():
    for others in ({"prey": "still"}, {"prey": "still", "predator": "random"}):
        env = gymnasium.make_vec(HUNT[0], num_envs=3, learners="predator", others=others, **SMALL)
        env.reset(seed=1)
        env.step(np.zeros(3, dtype=np.int64))
        assert not np.diff([inner(env).view(name)[0, 3:] % 1 for name in ("row", "col")]).any()


@pytest.mark.parametrize("id", HUNT)
def test_a_wrong_action_of_a_learner_names_its_row_before_others_are_asked(id):
    asked = []
    env = vector(id, AGENTS, learners="prey", others=asked.append)
    env.reset(seed=1)
    actions = np.zeros_like(env.action_space.sample())
    actions[3] = 9
    with pytest.raises(ValueError, match=r"action .*9.* of row 3 is not allowed"):
        env.step(actions)
    assert not asked


@pytest.mark.parametrize("id", HUNT)
def test_a_wrong_answer_names_the_function_and_its_group(id):
    discrete = split(id)[1]

    def chase(observations):
        return np.zeros(len(observations), np.int64) if discrete else np.zeros((len(observations), 2))

    def flee(observations):
        answer = chase(observations)
        answer[2] = 9
        return answer

    env = vector(id, worlds=2, others={"predator": chase, "prey": flee})
    env.reset(seed=1)
    before = inner(env).blocks.tobytes()
    with pytest.raises(
        ValueError, match=r"others: flee, for prey, must return an action for each observation: action .*9"
    ):
        env.step(np.zeros_like(env.action_space.sample()))
    assert inner(env).blocks.tobytes() == before
