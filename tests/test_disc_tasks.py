"""What is special to each task of discs: what pays, what moves, and who is faster."""

import gymnasium
import numpy as np
import pytest

from sakana_envs.tasks.tag import OBSTACLE, PREY, PURSUER
from sakana_envs.tasks.transport import GOAL, LOAD


def begun(task, **sizes):
    """One world of a task, seeded and begun: the environment, and its fields by name."""
    env = gymnasium.make_vec(f"Sakana/{task}-Discrete-v0", worlds=1, **sizes)
    env.reset(seed=5)
    return env, lambda name: env.unwrapped.seats.simulation.view(name)[0].copy()


def arrange(env, places, **values):
    """Put all discs at places, at rest, and set other fields."""
    with env.unwrapped.edit(0) as world:
        for disc, (x, y) in enumerate(places):
            world.set("x", x, disc)
            world.set("y", y, disc)
        for name, value in values.items():
            world.set(name, value)


def gap(field, disc, other):
    """Metres between two discs' edges."""
    x, y, radius = field("x"), field("y"), field("radius")
    return np.hypot(x[disc] - x[other], y[disc] - y[other]) - radius[disc] - radius[other]


class TestTargets:
    def test_a_goal_that_is_reached_pays_all_who_reach_it_once_and_is_elsewhere(self):
        env, field = begun("Targets", agents=3, discs=5)
        arrange(env, [(1.0, 1.0), (1.8, 1.0), (5.0, 5.0), (1.4, 1.0), (3.0, 5.0)])
        rewards = env.step(np.zeros(3, int))[1]
        assert rewards.tolist() == [1.0, 1.0, 0.0]
        assert (field("x")[4], field("y")[4]) == (3.0, 5.0)
        assert all(gap(field, 3, other) >= 0.0 for other in (0, 1, 2, 4))
        assert env.step(np.zeros(3, int))[1].tolist() == [0.0, 0.0, 0.0]

    def test_freshness_is_lost_in_as_many_ticks_as_patience_says(self):
        env, field = begun("Targets", agents=1, discs=2, patience=4.0)
        arrange(env, [(1.0, 1.0), (1.3, 1.0)])
        seen = []
        for _ in range(6):
            env.step(np.zeros(1, int))
            seen.append(float(field("freshness")[0]))
        assert seen == [1.0, 0.75, 0.5, 0.25, 0.0, 0.0]


class TestTag:
    def test_a_touch_pays_pursuers_and_costs_prey_which_is_then_elsewhere(self):
        env, field = begun("Tag", agents=4, discs=5, neighbours=4, distance_weight=0.0)
        assert field("kind").tolist() == [PURSUER, PURSUER, PREY, PREY, OBSTACLE]
        arrange(env, [(1.0, 1.0), (1.2, 1.0), (1.1, 1.0), (2.5, 2.5), (2.0, 0.5)])
        assert env.step(np.zeros(4, int))[1].tolist() == [1.0, 1.0, -1.0, 0.0]
        assert all(gap(field, 2, other) >= 0.0 for other in (0, 1, 3, 4))
        assert np.hypot(field("x")[2] - 1.1, field("y")[2] - 1.0) > 0.3
        assert env.step(np.zeros(4, int))[1].tolist() == [0.0, 0.0, 0.0, 0.0]

    def test_those_of_a_side_may_touch(self):
        env, _ = begun("Tag", agents=4, discs=5, neighbours=4, distance_weight=0.0)
        arrange(env, [(1.0, 1.0), (1.1, 1.0), (2.5, 2.5), (2.56, 2.5), (2.0, 0.5)])
        assert env.step(np.zeros(4, int))[1].tolist() == [0.0, 0.0, 0.0, 0.0]

    def test_distance_is_what_one_side_pays_and_the_other_gains(self):
        env, _ = begun("Tag", agents=2, discs=2, neighbours=4, distance_weight=0.5)
        arrange(env, [(1.0, 1.0), (1.0, 2.0)])
        assert env.step(np.zeros(2, int))[1] == pytest.approx([-0.5, 0.5])

    def test_prey_is_faster_and_obstacles_stay(self):
        env, field = begun("Tag", agents=2, discs=3, neighbours=4, width=30)
        arrange(env, [(1.0, 1.0), (1.0, 2.0), (20.0, 1.0)])
        for _ in range(60):
            env.step(np.ones(2, int))
        assert field("vx")[:2] == pytest.approx([1.0, 1.3], abs=1e-5)
        arrange(env, [(19.0, 1.0), (19.0, 2.0), (20.0, 1.0)])
        for _ in range(30):
            env.step(np.ones(2, int))
        assert (field("x")[2], field("y")[2]) == (20.0, 1.0)
        assert gap(field, 0, 2) >= -1e-5 and field("x")[0] < 20.0 < field("x")[1]


class TestFlock:
    @pytest.mark.parametrize(
        ("headings", "expected"), [((1, 1, 1, 1), 1.0), ((1, -1, 1, -1), 0.0), ((1, 1, 1, -1), 0.5)]
    )
    def test_polarisation(self, headings, expected):
        env, field = begun("Flock", agents=4, discs=4)
        arrange(env, [(8.0, 4.0), (8.0, 5.0), (8.0, 6.0), (8.0, 7.0)], vx=2.0 * np.array(headings), vy=np.zeros(4))
        with env.unwrapped.edit(0) as world:
            for agent, heading in enumerate(headings):
                world.look_at(agent, 0.0 if heading > 0 else np.pi)
        rewards = env.step(np.full(4, 12))[1]
        assert field("polarisation")[0] == pytest.approx(expected, abs=1e-5)
        assert field("company").tolist() == [1, 2, 2, 1]
        assert (rewards > 0.0).all() == (expected == 1.0)

    def test_polarisation_is_a_share_whatever_is_done(self, random):
        env, field = begun("Flock", agents=6, discs=6, width=4, height=4)
        for _ in range(100):
            env.step(random.integers(0, 15, 6))
            assert 0.0 <= field("polarisation")[0] <= 1.0
            assert (field("far") <= 1.0).all()

    def test_who_is_alone_pays_as_for_the_farthest_neighbours(self):
        env, _ = begun("Flock", agents=2, discs=2)
        arrange(env, [(2.0, 2.0), (12.0, 12.0)], spin=np.zeros(2))
        assert env.step(np.full(2, 2))[1] == pytest.approx([-0.1, -0.1])


class TestTransport:
    AT_REST = ((0.5, 1.0), (0.5, 2.0), (1.5, 1.0), (2.5, 1.0))

    def begun(self, **sizes):
        env, field = begun("Transport", agents=2, discs=4, approach_weight=0.0, **sizes)
        assert field("kind").tolist() == [0, 0, LOAD, GOAL]
        arrange(env, self.AT_REST, far=np.array([0.0, 0.0, 1.0, 0.0]), start=np.array([0.0, 0.0, 1.0, 0.0]))
        return env, field

    def test_the_load_moves_only_by_pushing(self):
        env, field = self.begun()
        for _ in range(20):
            assert env.step(np.array([0, 3]))[1].tolist() == [0.0, 0.0]
        assert (field("x")[2], field("y")[2]) == (1.5, 1.0)
        for _ in range(40):
            env.step(np.array([1, 0]))
        assert field("x")[2] > 1.6 and field("y")[2] == pytest.approx(1.0, abs=1e-3)

    def test_two_push_twice_as_fast(self):
        speeds = []
        for pushing in (1, 2):
            env, field = self.begun(width=9)
            arrange(env, [(1.25, 0.94), (1.25, 1.06), (1.5, 1.0), (8.0, 2.0)])
            for _ in range(80):
                env.step(np.array([1, 1 if pushing == 2 else 0]))
            speeds.append(field("vx")[2])
        assert speeds[1] == pytest.approx(2.0 * speeds[0], rel=0.1)

    def test_progress_pays_all_alike(self):
        env, field = self.begun()
        total = np.zeros(2)
        for _ in range(60):
            total += env.step(np.array([1, 0]))[1]
        assert total == pytest.approx(2 * [5.0 * (1.0 - field("far")[2])], abs=1e-4) and total[0] > 0.5

    def test_a_load_that_arrives_stays_and_ends_the_episode(self):
        env, field = self.begun()
        arrange(env, [(0.5, 1.0), (0.5, 2.0), (2.45, 1.0), (2.5, 1.0)], far=np.array([0.0, 0.0, 0.05, 0.0]))
        _, rewards, terminated, _, info = env.step(np.zeros(2, int))
        assert rewards == pytest.approx([1.0, 1.0], abs=1e-5) and terminated.all() and (info["score"] == 1.0).all()
        assert field("kind")[2] == GOAL and field("inverse_mass")[2] == 0.0

    def test_the_episode_goes_on_until_all_have_arrived(self):
        env, field = begun("Transport", agents=1, discs=4, approach_weight=0.0)
        arrange(env, [(0.3, 0.3), (1.45, 1.5), (2.5, 2.5), (1.5, 1.5)], far=np.array([0.0, 0.05, 1.4, 0.0]))
        _, rewards, terminated, _, _ = env.step(np.zeros(1, int))
        assert rewards == pytest.approx([1.0], abs=0.1) and not terminated.any()
        assert field("kind").tolist() == [0, GOAL, LOAD, GOAL]
        assert env.step(np.zeros(1, int))[1] == pytest.approx([0.0], abs=1e-5)


@pytest.mark.parametrize("sizes", [{"agents": 8, "discs": 65537}, {"agents": 1_000_000, "discs": 1_000_000}])
def test_a_world_whose_every_tick_would_take_minutes_is_refused(sizes):
    with pytest.raises(ValueError, match="must be a whole number from 1 to 65536"):
        gymnasium.make_vec("Sakana/Flock-Discrete-v0", worlds=1, **sizes)
