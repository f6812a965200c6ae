"""A report in words: ten lines of figures, then what was found."""

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

from sakana_envs.tasks.references import Reference
from sakana_envs.tools.check.report import Report


def lines(report: Report) -> Iterator[str]:
    """The figures of a report, ten lines."""
    sizes, senses, room, ends, maps = report.sizes, report.senses, report.room, report.endings, report.maps
    rows, cols = sizes["height"], sizes["width"]
    ground = f"{cols:g} x {rows:g} metres" if "discs" in sizes else f"{rows} x {cols}"
    yield (
        f"{report.id}, preset {report.preset}: {sizes['agents']} agents on {ground}, "
        f"{sizes['horizon']} ticks; {report.worlds} worlds of each policy"
    )
    yield _line("score", _by_group(report, lambda each: f"{each.score:.2f}"))
    yield _line("return", _by_group(report, lambda each: f"{each.episode_return:.4g}"))
    yield _line("reward", "; ".join(_reward(report)))
    dead = f"never: {', '.join(senses.dead)}" if senses.dead else "each sense, layer and feature among them"
    yield _line("inputs", f"{senses.changing} of {senses.length} values change, {dead}")
    yield _line("alike", f"{senses.alike:.0%} of different states look like another one to their agent")
    yield _line("room", f"{room.boxed_in:.0%} begin boxed in, {room.stuck:.0%} never move")
    bumps = ", ".join(f"{name.replace('_', ' ')} {share:.1%}" for name, share in room.bumps.items())
    yield _line("bumps", f"{bumps} of steps, at random")
    count = ends.by_rule + ends.by_death + ends.by_time
    yield _line(
        "ends",
        f"{count} episodes: {ends.by_rule} by the task, {ends.by_death} as nobody lived, {ends.by_time} by the time "
        f"limit; {ends.length:.4g} ticks on average"
        if count
        else f"none within {report.ticks} ticks",
    )
    state = f"{maps.ghosts} ghosts, {maps.without_cell} agents without a cell{f', {maps.wrong}' if maps.wrong else ''}"
    yield _line("maps", f"{state}, on {maps.looked_at}; {report.speed / 1e6:.3g} million agent-steps per second")


def found(report: Report) -> Iterator[str]:
    """What was found: a line each; below those of a sort why it matters and what to do; then remarks."""
    for name, several in groupby(report.findings, lambda finding: finding.name):
        findings = list(several)
        for finding in findings:
            yield f"FOUND   {name}: {finding.seen}"
        yield f"        why it matters: {findings[0].matters}"
        yield f"        what to do: {findings[0].do}"
    for remark in report.remarks:
        yield f"remark  {remark.name}: {remark.seen}"
    if not report.findings:
        yield "nothing found"


def _line(title: str, text: str) -> str:
    return f"{title:8}{text}"


def _by_group(report: Report, figure: Callable[[Reference], str]) -> str:
    def of(scores: Mapping[str, Reference]) -> str:
        return ", ".join(f"{policy} {figure(each)}" for policy, each in scores.items())

    several = len(report.groups) > 1
    return "; ".join(f"{group.name}: {of(group.scores)}" if several else of(group.scores) for group in report.groups)


def _reward(report: Report) -> Iterator[str]:
    for group in report.groups:
        random = group.pay["random"]
        name = f"{group.name}: " if len(report.groups) > 1 else ""
        yield (
            f"{name}random play pays {random.paid:.0%} of agents, {random.lowest:.4g} ({random.at_lowest:.1%} of steps)"
            f" to {random.highest:.4g} ({random.at_highest:.1%})"
        )
