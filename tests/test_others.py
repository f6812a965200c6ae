"""Other players that remember, that answer in another form than the learners, and that are one of several."""

import pickle
from copy import deepcopy

import gymnasium
import numpy as np
import pytest
from worlds import SMALL, inner, single, vector

import sakana_envs
from sakana_envs.grid.motion import MOTIONS

ID = "Sakana/PredatorPrey-Discrete-v0"
OTHERS = SMALL["agents"] - 1
STAY = np.zeros(2, np.int64)


class Counter:
    """Remembers for how many ticks each row's episode has gone on, and what it was told."""

    def __init__(self):
        self.ticks, self.told = None, []

    def __call__(self, observations, begins):
        if self.ticks is None:
            self.ticks = np.full(len(observations), -7)
        self.ticks = np.where(begins, 0, self.ticks + 1)
        self.told.append(begins.copy())
        return self.ticks % 9


def per_world(rows):
    """What rows of all but the first agent say, a number for each world."""
    rows = rows.reshape(-1, OTHERS)
    assert (rows == rows[:, :1]).all()
    return rows[:, 0].tolist()


@pytest.mark.parametrize("mode", ["NextStep", "SameStep", "Disabled"])
def test_who_remembers_is_told_whose_episode_begins(mode):
    counter = Counter()
    env = vector(ID, worlds=2, others=counter, autoreset_mode=mode, stagger=True, horizon=6)
    env.reset(seed=1)  # the first episode of world 0 has half the length
    clocks = []
    for _ in range(14):
        clocks.append(inner(env).view("clock")[:, 0].tolist())
        *_, terminated, truncated, _ = env.step(STAY)
        over = terminated | truncated
        if mode == "Disabled" and over.any():
            env.reset(options={"reset_mask": over})
    told = [per_world(begins) for begins in counter.told]
    assert told == [[clock == 0 for clock in each] for each in clocks]
    assert told[0] == [True, True] and [True, False] in told and [False, True] in told
    assert per_world(counter.ticks) == clocks[-1]


def test_another_world_in_the_place_of_one_is_a_beginning():
    counter = Counter()
    env = vector(ID, worlds=3, others=counter)
    env.reset(seed=1)

    def told():
        env.step(np.zeros(3, np.int64))
        return per_world(counter.told[-1])

    assert [told(), told()] == [[True] * 3, [False] * 3]
    state = env.unwrapped.get_state([0])
    env.unwrapped.set_state(state, [2])
    assert [told(), told()] == [[False, False, True], [False] * 3]
    env.unwrapped.clone(0, [1, 2])
    assert [told(), told()] == [[False, True, True], [False] * 3]
    env.unwrapped.set_state(env.unwrapped.get_state())
    assert [told(), told()] == [[True] * 3, [False] * 3]


def test_the_single_environment_tells_too():
    counter = Counter()
    env = single(ID, others=counter, horizon=3)
    for _ in range(2):
        env.reset(seed=1)
        for _ in range(3):
            env.step(0)
    assert [begins.all() for begins in counter.told] == [True, False, False] * 2


class Recurrent:
    """What Stable-Baselines3's recurrent models are: handed their state, and where episodes begin."""

    def predict(self, observations, state=None, episode_start=None, deterministic=False):
        ticks = np.zeros(len(observations), int) if state is None else state[0] + 1
        ticks[episode_start] = 0
        return ticks % 9, (ticks,)


def course(others, ticks=12, **arguments):
    env = vector(ID, worlds=2, others=others, stagger=True, horizon=6, **arguments)
    env.reset(seed=1)
    for _ in range(ticks):
        env.step(STAY)
    return inner(env).blocks.tobytes()


def test_states_of_models_are_kept():
    assert course(Recurrent()) == course(Counter())
    each = {"predator": Recurrent(), "prey": Recurrent()}
    assert course(each) == course({"predator": Counter(), "prey": Counter()})


def test_a_memory_that_cannot_be_told():
    class Resets(Counter):
        def __call__(self, observations):
            return super().__call__(observations, np.zeros(len(observations), bool))

        def reset(self):
            self.ticks = None

    policy = Resets()
    env = vector(ID, others=policy, horizon=3)
    env.reset(seed=1)
    for _ in range(6):
        env.step(STAY)
    with pytest.raises(ValueError, match=r"others: Resets, for predator and prey, has reset, .* it must take begins="):
        course(Resets())


@pytest.fixture(scope="module")
def model():
    sb3 = pytest.importorskip("stable_baselines3")
    envs = sakana_envs.SB3VecEnv(ID, num_envs=6, **SMALL)
    return sb3.PPO("MlpPolicy", envs, n_steps=2, batch_size=12, seed=3, device="cpu", policy_kwargs={"net_arch": [8]})


def greedy(model):
    return lambda observations: model.predict(observations, deterministic=True)[0]


class Greedy:
    """A model's policy that always takes the likeliest action, with the model's spaces."""

    def __init__(self, model):
        self.predict = greedy(model)
        self.observation_space, self.action_space = model.observation_space, model.action_space


def test_a_model_sees_the_form_that_it_was_trained_with(model):
    assert (
        course(Greedy(model), obs="bytes") == course(Greedy(model), obs="planes") == course(greedy(model), obs="flat")
    )


def test_a_model_of_the_discrete_twin_plays_in_the_continuous_one(model):
    def table(observations):
        return MOTIONS[greedy(model)(observations)]

    blocks = []
    for others in (Greedy(model), table, "still"):
        env = gymnasium.make_vec(ID.replace("Discrete", "Continuous"), worlds=2, others=others, **SMALL)
        env.reset(seed=1)
        for _ in range(5):
            env.step(np.zeros((2, 2), np.float32))
        blocks.append(inner(env).blocks.tobytes())
    assert blocks[0] == blocks[1] != blocks[2]


def test_a_saved_model_takes_seats_by_its_path(model, tmp_path):
    model.save(tmp_path / "model.zip")
    assert course(tmp_path / "model.zip") == course(str(tmp_path / "model.zip"))
    assert course({"predator": tmp_path / "model.zip", "prey": "still"}) != course("still")
    loaded = sakana_envs.load_policy(tmp_path / "model.zip", deterministic=True)
    assert course(loaded) == course(Greedy(model))
    with pytest.raises(FileNotFoundError, match="no policy file 'nowhere"):
        vector(ID, others="nowhere.zip")


def always(action):
    def policy(observations):
        policy.asked.append(len(observations))
        return np.full(len(observations), action)

    policy.asked = []
    return policy


def taken(env, ticks, actions=None):
    """What the others of each world do in so many ticks, (ticks, worlds), where they all do the same."""
    simulation, seen = inner(env), []
    step = simulation.step
    simulation.step = lambda given: seen.append(given.copy()) or step(given)
    for _ in range(ticks):
        env.step(np.zeros_like(env.action_space.sample()))
    simulation.step = step
    return [per_world(each.reshape(-1, SMALL["agents"])[:, 1:].reshape(-1)) for each in seen]


def test_each_episode_of_each_world_draws_one_of_a_pool():
    pool = sakana_envs.Pool([always(1), always(2), always(3)])
    env = vector(ID, worlds=6, others=pool, horizon=6, autoreset_mode="SameStep", stagger=True)
    env.reset(seed=5)
    begins, seen = [], []
    for _ in range(600):
        begins.append(inner(env).view("clock")[:, 0] == 0)
        seen += taken(env, 1)
    begins, seen = np.array(begins), np.array(seen)
    changes = seen[1:] != seen[:-1]
    assert not (changes & ~begins[1:]).any(), "it plays to the end of the episode"
    assert begins[1:].sum(axis=1).max() < 6, "they end at different times"
    for action in (1, 2, 3):
        assert 0.25 < (seen[begins] == action).mean() < 0.42
    assert (seen != seen[:, :1]).any(), "each world draws for itself"


@pytest.mark.parametrize(
    ("choose", "ratings", "shares"),
    [
        ("latest", [9, 0, 0], [0, 0, 1]),
        ("uniform", [9, 0, 0], [1 / 3, 1 / 3, 1 / 3]),
        ("rating", [25 / 6, 0, 0], [np.e / (np.e + 2), 1 / (np.e + 2), 1 / (np.e + 2)]),
        ("rating", [1e6, -1e6, 1e6], [0.5, 0, 0.5]),
    ],
)
def test_how_a_pool_draws(choose, ratings, shares):
    pool = sakana_envs.Pool(["still", "random", "scripted"], choose=choose, seed=2)
    pool.ratings = ratings
    np.testing.assert_allclose(pool.shares, shares)
    drawn = pool.draw(3000)
    np.testing.assert_allclose(np.bincount(drawn, minlength=3) / 3000, shares, atol=0.04)
    pool.seed(2)
    assert (pool.draw(3000) == drawn).all()


def test_a_pool_may_grow_while_it_is_used():
    pool = sakana_envs.Pool([always(1)], choose="latest")
    env = vector(ID, others=pool, horizon=3, autoreset_mode="SameStep")
    env.reset(seed=5)
    before = taken(env, 2)
    pool.add(always(2))
    assert before + taken(env, 4) == [[1, 1]] * 3 + [[2, 2]] * 3


def test_a_pool_keeps_what_a_model_was(model):
    from stable_baselines3 import PPO

    learner = PPO("MlpPolicy", model.get_env(), n_steps=2, batch_size=12, seed=3, device="cpu", learning_rate=0.1)
    pool = sakana_envs.Pool([learner])
    seen = np.random.default_rng(0).random((20, 847), dtype=np.float32)
    before = greedy(learner)(seen)
    learner.learn(600)
    pool.add(learner)  # which has just learned: its last step can't be copied as such
    kept = [each.predict(seen, deterministic=True)[0] for each in pool.policies]
    assert (kept[0] == before).all() and (kept[1] == greedy(learner)(seen)).all() and (kept[0] != kept[1]).any()


@pytest.mark.parametrize("name", ["scripted", "random", "still"])
def test_names_in_a_pool(name):
    assert course(sakana_envs.Pool([name])) == course(name)


def test_a_pool_keeps_what_can_be_called_whatever_it_is_made_of():
    """As the policies of the fast trainer, which have a network named ``policy`` within."""
    east = always(3)
    east.policy = "nobody"
    env = vector(ID, others=sakana_envs.Pool([east]))
    env.reset(seed=3)
    assert taken(env, 1) == [[3, 3]]


def test_who_remembers_in_a_pool_and_who_does_not():
    """Each of those that remember sees all rows in every tick in which it plays; others see theirs alone."""
    plain = always(1)
    pool = sakana_envs.Pool([Counter(), plain], seed=1)
    assert pool.policies[0] is not None
    env = vector(ID, worlds=4, others=pool, horizon=5, autoreset_mode="SameStep")
    env.reset(seed=3)
    seen = np.array(taken(env, 40)).reshape(8, 5, 4)
    counts = seen[:, 2] == 2
    assert 0 < counts.mean() < 1
    assert (seen[counts[:, None] & np.ones((8, 5, 4), bool)].reshape(-1) < 5).all()
    for episode, world in np.ndindex(8, 4):
        assert seen[episode, :, world].tolist() in ([0, 1, 2, 3, 4], [1] * 5)
    rows = [len(begins) for begins in pool.policies[0].told]
    assert set(rows) == {4 * OTHERS} and set(pool.policies[1].asked) <= {OTHERS * worlds for worlds in range(1, 5)}


def test_a_seed_begins_a_pools_draws_anew():
    def drawn(env):
        env.reset(seed=9)
        return taken(env, 40)

    env = vector(ID, worlds=4, others=sakana_envs.Pool([always(1), always(2)]), horizon=2, autoreset_mode="SameStep")
    first = drawn(env)
    assert drawn(env) == first
    env.reset()
    assert taken(env, 40) != first


def test_pools_are_copied():
    pool = sakana_envs.Pool(["still", "random"], choose="rating", seed=4)
    pool.ratings = [1, 2]
    for copy in (deepcopy(pool), pickle.loads(pickle.dumps(pool))):
        assert copy.policies == pool.policies and copy.ratings == [1, 2]
        assert (copy.draw(50) == deepcopy(pool).draw(50)).all()


def test_a_pool_for_each_side():
    pools = {"predator": sakana_envs.Pool([always(1)]), "prey": sakana_envs.Pool([always(5)])}
    env = vector(ID, worlds=1, others=pools)
    env.reset(seed=1)
    simulation, seen = inner(env), []
    step = simulation.step
    simulation.step = lambda given: seen.append(given.copy()) or step(given)
    env.step(np.array([0]))
    assert seen[0].tolist() == [0, 1, 1, 5, 5, 5]


def test_wrong_pools(model):
    with pytest.raises(ValueError, match="others is a pool without policies: add one"):
        vector(ID, others=sakana_envs.Pool())
    with pytest.raises(
        ValueError, match=r"a policy of the pool others\['prey'\] must be one of .*, got 'scriptd' - did"
    ):
        vector(ID, others={"predator": "still", "prey": sakana_envs.Pool(["scriptd"])})
    with pytest.raises(ValueError, match="choose must be one of 'latest', 'uniform', 'rating', got 'lates' - did you"):
        sakana_envs.Pool(["still"], choose="lates")
    with pytest.raises(TypeError, match="policies must be a list of policies, got 'still'"):
        sakana_envs.Pool("still")
    pool = sakana_envs.Pool(["still", "random"])
    for ratings in ([1.0], [1.0, np.nan], "ab", None, [[1, 2]]):
        with pytest.raises(ValueError, match="ratings must be 2 finite numbers, got"):
            pool.ratings = ratings
    with pytest.raises(ValueError, match=r"others: ActorCriticPolicy, for predator and prey, was trained with"):
        vector(ID, others=sakana_envs.Pool([model]), radius=4)


def test_what_joins_a_pool_later_and_does_not_fit_changes_nothing(model):
    stranger = always(1)
    stranger.observation_space, stranger.action_space = gymnasium.spaces.Discrete(3), model.action_space
    pool = sakana_envs.Pool(["still"])
    env = vector(ID, others=pool)
    env.reset(seed=1)
    before = inner(env).blocks.tobytes()
    pool.add(stranger)
    with pytest.raises(ValueError, match="was trained with"):
        env.step(STAY)
    assert inner(env).blocks.tobytes() == before


def test_worlds_that_act_for_nobody_ask_nobody():
    """With one agent there are no others, whoever they are."""
    for others in (Counter(), sakana_envs.Pool(["still"]), {"predator": "still", "prey": "still"}):
        env = vector(ID, worlds=3, others=others, agents=1)
        env.reset(seed=1)
        env.step(np.zeros(3, np.int64))
