"""What figures mean for whoever wants to learn: faults, and remarks on what may be meant so.

Each rule looks at the report of one task, whatever its subject. What is on purpose in one task and a fault in another
is told apart by what was seen, such as by whether a plan made beforehand does well.
"""

from collections.abc import Iterator

from sakana_envs.tools.check.policies import OPEN_LOOP, SIMPLE
from sakana_envs.tools.check.report import Finding, Group, Report

_AT_CLIP = 0.95
_STUCK = 0.05
_WELL, _SOLVED = 0.8, 0.9
_CLEAR = 0.1
"""Difference of two scores that says something about a reward."""
_NOTHING = 0.1
"""Share of what a group's return depends on that is as good as none."""
_ENDLESS = 20_000


def judge(report: Report) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Findings and remarks."""
    findings: list[Finding] = []
    remarks: list[Finding] = []
    for rule in (_rewards, _senses, _room, _endings, _maps, _teams, _scores):
        for finding, is_fault in rule(report):
            (findings if is_fault else remarks).append(finding)
    return tuple(findings), tuple(remarks)


_Found = Iterator[tuple[Finding, bool]]


def _of(group: Group, report: Report) -> str:
    return f" of group {group.name!r}" if len(report.groups) > 1 else ""


def _rewards(report: Report) -> _Found:
    for group in report.groups:
        random = group.pay["random"]
        low, high = group.range
        if not random.varies:
            others = "so is that of all other policies"
            if low < high:
                most = max(group.pay, key=lambda policy: group.pay[policy].highest)
                others = f"{most} play gets up to {group.pay[most].highest:.4g}"
            yield (
                Finding(
                    "reward-unreachable",
                    f"in {random.steps:,} agent-steps of random play the reward{_of(group, report)} was "
                    f"{random.lowest:.4g} each time; {others}",
                    "a learner begins by acting at random: what is never paid then can't be learned from",
                    "make the rule that pays reachable: begin agents nearer to it, pay for steps towards it, or check "
                    "that reward reads what update and init write; a constant that isn't 0 may be a clip",
                ),
                True,
            )
            continue
        graded = max(pay.distinct for pay in group.pay.values()) >= 3
        for bound, value in (("lowest", low), ("highest", high)):
            share = getattr(random, f"at_{bound}") if getattr(random, bound) == value else 0.0
            if graded and share >= _AT_CLIP and abs(value) >= 0.5 * max(abs(low), abs(high)):
                yield (
                    Finding(
                        "reward-at-clip",
                        f"the reward{_of(group, report)} is {value:.4g}, its {bound}, in {share:.1%} of the steps of "
                        "random play, and takes other values elsewhere",
                        "at a bound better and worse actions are paid the same, so nothing tells them apart",
                        "divide what is added up by more before it is clipped, or begin with agents less crowded",
                    ),
                    True,
                )


def _needs_no_sight(report: Report) -> bool:
    """Whether in every group somebody does well without looking: then inputs that say nothing are no fault.

    Where nobody sees anything, the scripted policy doesn't look either.
    """
    blind = (*SIMPLE, OPEN_LOOP, *(["scripted"] if report.senses.changing == 0 else []))
    return all(
        max(group.scores[policy].score for policy in blind) >= _WELL or group.blind_share >= _SOLVED
        for group in report.groups
    )


def _senses(report: Report) -> _Found:
    fault = not _needs_no_sight(report)
    if report.senses.changing == 0:
        yield (
            Finding(
                "constant-observation",
                "all agents saw the same in all worlds and ticks",
                "a policy can't react to what it doesn't see: it learns one fixed mixture of actions",
                "add what an agent must know by features, layers or kinds, or a radius that reaches it",
            ),
            fault,
        )
        return
    for name in report.senses.dead:
        yield (
            Finding(
                "dead-input",
                f"{name} had the same value for all agents in all worlds and ticks",
                "it tells nothing; what it was meant to tell is missing",
                "look at the rule that writes it: does it run, and does what it reads change? A byte is 0 to 255: a "
                "float such as 0.3 becomes 0, unless feature_names gives ranges",
            ),
            fault,
        )


def _room(report: Report) -> _Found:
    room = report.room
    share = max(room.stuck, room.walled_in)
    if share < _STUCK:
        return
    how = f"{room.stuck:.0%} of agents never moved in an episode of random play, however often they tried"
    if room.walled_in > room.stuck:
        how = f"{room.walled_in:.0%} of agents begin with walls on all sides"
    whole = report.ticks >= report.sizes["horizon"]
    yield (
        Finding(
            "boxed-in",
            f"{how}; {room.boxed_in:.0%} begin boxed in",
            "what such agents do changes nothing, so a learner gets samples that teach it nothing",
            "begin with fewer agents or a larger map, spread them (spawn_uniform, spawn_lattice), or open the walls",
        ),
        whole and not report.reads_actions,
    )


def _endings(report: Report) -> _Found:
    ends, horizon = report.endings, report.sizes["horizon"]
    count = ends.by_rule + ends.by_death + ends.by_time
    if count == 0 and (report.ticks >= horizon or horizon > _ENDLESS):
        yield (
            Finding(
                "never-ending",
                f"no episode ended within {report.ticks:,} ticks; the horizon is {horizon:,}",
                "score and return are told as an episode ends, and a learner may sit in a hopeless world for ever",
                "give a horizon= of some hundred ticks, or a terminated rule that agents can reach",
            ),
            True,
        )
    elif report.has_end and ends.by_rule == 0:
        yield (
            Finding(
                "never-ending",
                f"terminated was never true: of {count:,} episodes by {len(report.groups[0].scores)} policies "
                f"{ends.by_time:,} ran into the time limit",
                "an end that nobody reaches teaches nothing, and an episode that should be over goes on",
                "check that terminated reads what update writes, or end what agents do reach; without it the horizon "
                "alone ends episodes",
            ),
            report.ticks >= horizon,
        )


def _maps(report: Report) -> _Found:
    maps = report.maps
    if maps.ghosts > 0 or maps.without_cell > 0:
        seen = (
            f"a map shows agents in {maps.ghosts} cells where none is, and {maps.without_cell} agents have no cell "
            "that shows them"
        )
        name = "ghosts"
    elif maps.wrong:
        seen, name = f"a world contradicts itself: {maps.wrong}", "map"
    else:
        return
    yield (
        Finding(
            name,
            seen,
            "agents avoid, count and bump into what isn't there, and are paid for it",
            "change the world by place_agent, move_agent, remove_agent, place_food, place_wall and clear_cell, not by "
            "writing into world.cells, world.row or world.food",
        ),
        True,
    )


def _teams(report: Report) -> _Found:
    for group in report.groups:
        gain = group.gain
        if gain is None or gain.score < _CLEAR or gain.score_interval[0] <= 0.0:
            continue
        low, high = gain.return_interval
        against, unmoved = high < 0.0, low <= 0.0 and high <= _NOTHING * group.spread and group.spread > 0.0
        if against or unmoved:
            best, worst = group.scores[gain.best], group.scores[gain.worst]
            yield (
                Finding(
                    "wrong-pay",
                    f"{gain.best} play{_of(group, report)} has the better score, {best.score:.2f} against "
                    f"{worst.score:.2f} of {gain.worst} play, and {'less' if against else 'no more'} reward, "
                    f"{best.episode_return:.4g} against {worst.episode_return:.4g} an episode",
                    "who maximises this reward gets worse at what is wanted, or doesn't get better",
                    "check the reward's sign, and whom it pays: groups go by agent_names, equal parts of the indices, "
                    "and kinds are what init sets",
                ),
                True,
            )


def _scores(report: Report) -> _Found:
    for group in report.groups:
        scripted = group.scores["scripted"].score
        blind = max((*SIMPLE, OPEN_LOOP), key=lambda policy: group.scores[policy].score)
        reached = group.scores[blind].score
        if report.has_scripted and reached >= _SOLVED * scripted > 0.0:
            yield (
                Finding(
                    "easy-score",
                    f"{blind} play{_of(group, report)}, which doesn't look, has the score {reached:.2f}; scripted play "
                    f"has {scripted:.2f}",
                    "such a score hardly tells who learned from who didn't",
                    "take a score at which a random walker does badly, unless this task is about something else",
                ),
                False,
            )
