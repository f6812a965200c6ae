"""What is special to each task of discs: what pays, what moves, and who is faster."""

import gymnasium
import numpy as np
import pytest

from sakana_envs.tasks.navigate import CRASHED, HOME
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


class TestNavigate:
    RUN, STAND, LEFT = 12, 2, 4

    def begun(self, places, goals, blocks=(), **numbers):
        """Robots at places, all looking to the right, and their goals, on a map of these blocks alone."""
        agents = len(places)
        env, field = begun("Navigate", agents=agents, discs=2 * agents, **{"fill": 0.0, "own_share": 1.0, **numbers})
        arrange(env, [*places, *goals])
        with env.unwrapped.edit(0) as world:
            for agent, (place, goal) in enumerate(zip(places, goals, strict=True)):
                world.look_at(agent, 0.0)
                world.set("far", np.hypot(*np.subtract(place, goal)), agent)
            for col, row in blocks:
                world.place_block(col, row)
        return env, field

    @staticmethod
    def rooms(open_squares):
        """The sets of squares that can be reached from each other, by sides."""
        left, found = set(open_squares), []
        while left:
            room, waiting = set(), [left.pop()]
            while waiting:
                row, col = waiting.pop()
                room.add((row, col))
                near = {(row + 1, col), (row - 1, col), (row, col + 1), (row, col - 1)} & left
                left -= near
                waiting += near
            found.append(room)
        return found

    @pytest.mark.parametrize("fill", [0.0, 0.3, 0.6, 1.0])
    def test_every_start_is_connected_to_its_goal(self, fill):
        sizes = {"agents": 4, "discs": 8, "width": 7, "height": 11}
        env = gymnasium.make_vec("Sakana/Navigate-Discrete-v0", worlds=200, fill=fill, **sizes)
        env.reset(seed=3)
        view = env.unwrapped.seats.simulation.view
        counts, several = [], 0
        for world in range(200):
            block, x, y = view("block")[world], view("x")[world], view("y")[world]
            rooms = self.rooms(zip(*np.nonzero(block == 0), strict=True))
            squares = set(zip(y.astype(int), x.astype(int), strict=True))
            assert len(squares) == 8, "two begin on the same square metre"
            assert [len(room) for room in rooms if squares <= room] == [max(map(len, rooms))]
            assert max(np.abs(x - np.floor(x) - 0.5).max(), np.abs(y - np.floor(y) - 0.5).max()) <= 0.1 + 1e-5
            counts.append(int(block.sum()))
            several += len(rooms) > 1
        assert max(counts) <= int(fill * 77) and (max(counts) >= 0.9 * int(fill * 77) or fill > 0.3)
        assert len(set(counts)) > 20 * (fill > 0.0) and (several > 20) == (fill > 0.0)
        if fill == 0.3:  # drawn evenly
            assert np.mean(counts) == pytest.approx(int(0.3 * 77) / 2, abs=2.0)

    def test_a_world_without_room_for_all_begins_all_the_same(self):
        _, field = begun("Navigate", agents=5, discs=10, width=2, height=1, fill=1.0)
        assert not field("block").any() and set(field("x").astype(int)) == {0, 1}

    def test_an_arrival_pays_once_and_the_robot_stays(self):
        env, field = self.begun([(1.0, 1.0), (1.0, 4.0)], [(2.0, 1.0), (8.0, 4.0)])
        rewards = np.array([env.step(np.array([self.RUN, self.STAND]))[1] for _ in range(20)])
        assert field("kind")[:2].tolist() == [HOME, 0]
        assert rewards[:, 0].sum() == pytest.approx(
            4.0 + 0.25 * (1.0 - field("far")[0]) - 0.01 * (rewards[:, 0] != 0.0).sum(), abs=1e-4
        )
        assert (rewards[:, 0] > 3.0).sum() == 1 and rewards[-1, 0] == 0.0
        assert 1.5 <= field("x")[0] < 1.6 and field("vx")[0] == 0.0
        assert rewards[:, 1] == pytest.approx(np.full(20, -0.01))

    @pytest.mark.parametrize("blocks", [(), ((2, 1),)])
    def test_a_crash_costs_and_ends_it(self, blocks):
        """Into a block; and into a robot that has arrived, which stays home."""
        places, goals = [(1.5, 1.5), (2.4, 1.5)], [(5.0, 1.5), (2.4, 1.5)]
        if blocks:
            places[1] = goals[1] = (8.0, 8.0)
        env, field = self.begun(places, goals, blocks)
        for _ in range(20):
            _, rewards, terminated, _, info = env.step(np.array([self.RUN, self.RUN]))
            if terminated.any():
                break
        assert field("kind")[:2].tolist() == [CRASHED, HOME] and terminated.all()
        assert rewards[0] < -4.0 and info["score"].tolist() == [0.0, 1.0]

    def test_a_crash_at_the_goal_is_no_arrival(self):
        env, field = self.begun([(0.25, 1.5)], [(0.5, 1.5)])
        assert env.step(np.array([self.STAND]))[4]["score"].tolist() == [0.0] and field("kind")[0] == CRASHED

    def test_two_that_meet_both_crash(self):
        env, field = self.begun([(1.5, 1.5), (2.2, 1.5)], [(5.0, 5.0), (7.0, 5.0)])
        while not (ended := env.step(np.array([self.RUN, self.STAND]))[2]).any():
            pass
        assert field("kind")[:2].tolist() == [CRASHED, CRASHED] and ended.all()

    def test_own_share_is_what_a_robot_keeps_of_its_own(self):
        for share, expected in ((1.0, [4.0, 0.0, 0.0, 0.0]), (0.5, [2.5, 0.5, 0.5, 0.5]), (0.0, [1.0, 1.0, 1.0, 1.0])):
            places = [(1.5, 1.5), (4.5, 1.5), (4.5, 4.5), (1.5, 7.5)]
            goals = [(1.7, 1.5), (8.0, 8.0), (8.0, 5.0), (8.0, 3.0)]
            env, _ = self.begun(places, goals, own_share=share, time_cost=0.0, progress_weight=0.0)
            assert env.step(np.full(4, self.STAND))[1] == pytest.approx(expected)

    @pytest.mark.parametrize(
        ("gap", "place"),
        [
            (0.05, (0.35, 4.5)),
            (0.2, (0.5, 4.5)),
            (0.05, (3.65, 4.5)),
            (0.2, (3.5, 4.5)),
            (0.06, (3.755, 3.735)),
            (0.12, (3.7, 3.7)),
        ],
    )
    def test_what_is_too_near_costs(self, gap, place):
        env, _ = self.begun([place], [(8.0, 8.0)], [(4, 4)], time_cost=0.0, progress_weight=0.0)
        near = gap <= 0.1
        assert env.step(np.array([self.STAND]))[1] == pytest.approx([-0.1 if near else 0.0], abs=1e-6)

    def test_robots_that_stand_are_seen_and_the_goal_is_told_from_the_nose(self):
        env, field = self.begun([(2.0, 2.0), (5.0, 2.0)], [(2.0, 5.0), (5.0, 2.0)], goal_radius=0.2)
        seen = env.step(np.array([self.STAND, self.STAND]))[0]
        assert field("kind")[1] == HOME
        assert seen[0, 0] == pytest.approx((3.0 - 0.3) / 6.0, abs=1e-5)
        assert seen[0, -4:] == pytest.approx([0.0, 1.0, 0.5, 0.0], abs=1e-5)
        assert seen[1, -2:] == pytest.approx([0.0, 1.0], abs=1e-5)

    def test_a_scripted_robot_goes_round_a_wall(self):
        env, field = self.begun([(2.5, 4.5)], [(6.5, 4.5)], [(4, 3), (4, 4), (4, 5)])
        for _ in range(499):
            terminated = env.step(env.unwrapped.policy_actions("scripted"))[2]
            if terminated.any():
                break
        assert field("kind")[0] == HOME


@pytest.mark.parametrize("sizes", [{"agents": 8, "discs": 65537}, {"agents": 1_000_000, "discs": 1_000_000}])
def test_a_world_whose_every_tick_would_take_minutes_is_refused(sizes):
    with pytest.raises(ValueError, match="must be a whole number from 1 to 65536"):
        gymnasium.make_vec("Sakana/Flock-Discrete-v0", worlds=1, **sizes)
