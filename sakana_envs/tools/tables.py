"""Tasks as text: tables for a terminal, lines for a pipe, JSON for programs."""

import json
from collections.abc import Collection, Iterable
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sakana_envs.grid.motion import MOVES
from sakana_envs.tasks import registry
from sakana_envs.tasks.references import Reference, References
from sakana_envs.tools.describe import Action, Description, describe
from sakana_envs.tools.runs import in_runs

_PIPED_WIDTH = 120
_WIDE = 96
_GAP = 3
_LEAST_FLOW = 20
"""Columns that running text in a table has at least."""
_OF_FEW = ("blind", "open-loop")
"""Policies that were measured in default presets only."""
_COMPASS = ((8, 1, 2), (7, 0, 3), (6, 5, 4))
"""The actions as they lie around an agent."""


def as_json(value: Any) -> str:
    """Named tuples and what they hold as JSON text, with their names."""

    def plain(value: Any) -> Any:
        if hasattr(value, "_asdict"):
            return {name: plain(item) for name, item in value._asdict().items()}
        if isinstance(value, dict):
            return {str(name): plain(item) for name, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [plain(item) for item in value]
        return value

    return json.dumps(plain(value), indent=1)


def print_line(text: str) -> None:
    """A line of text; in a terminal that is narrower, broken between words."""
    console = _console()
    console.print(Text(text), soft_wrap=not console.is_terminal)


def print_tasks() -> None:
    """All tasks: a table in a terminal, else a line for each id with tabs between its columns."""
    console = _console()
    every = [describe(name) for name in registry.names()]
    if not console.is_terminal:
        for task in every:
            for twin, id in task.ids.items():
                scores = [" / ".join(_scores(task, twin, policy)) or "-" for policy in ("random", "scripted")]
                print(id, ",".join(task.presets), *scores, task.description, sep="\t")
        return
    wide = console.width >= _WIDE
    rows = []
    for task in every:
        sizes = {name: f"{each.default:g}" for name, each in task.quantities.items()}
        rows.append(
            (
                task.name,
                task.description,
                sizes["agents"] + (f" on {sizes['height']}x{sizes['width']}" if "height" in sizes else ""),
                *(["\n".join(task.presets)] if wide else []),
                *("\n".join(_scores(task, "Discrete", policy)) or "-" for policy in ("random", "scripted")),
            )
        )
    titles = ["task", "what is wanted", "agents", *(["presets"] if wide else []), "random", "scripted"]
    console.print(_rows(console, titles, rows, flowing=1))
    console.print(
        "Every task is two environments, [bold]Sakana/<Task>-Discrete-v0[/] and [bold]Sakana/<Task>-Continuous-v0[/]. "
        "Scores are those of random and scripted agents in the discrete twin with the default preset, one for each "
        "group of agents. More: [bold]sakana describe TASK[/]"
    )
    console.print(f"For trainers, see [bold]sakana probe --help[/]: {', '.join(registry.probe_names())}")


def _scores(task: Description, twin: str, policy: str) -> list[str]:
    """A policy's mean score on the default preset, of each group that was measured."""
    groups = task.references.get("default", {})
    return [f"{twins[twin][policy].score:.2f}" for twins in groups.values()]


def print_task(name: str, obs: str) -> None:
    """All about a task; ``obs`` is the kind of observation whose parts are shown."""
    console = _console()
    task = describe(name)
    console.print(Text(task.name, style="bold cyan"))
    for paragraph in filter(None, (task.description, *task.about)):
        console.print(_plain(paragraph), highlight=False)
    _heading(console, "Environments")
    for twin, id in task.ids.items():
        console.print(f"{id}  actions {task.action_spaces[twin]}", highlight=False)
    if len(task.groups) > 1:
        console.print(f"Groups of agents: {', '.join(task.groups)}", highlight=False)
    coordinates = ", ".join(task.coordinates)
    _heading(console, "Actions", f"number and ({coordinates}); the continuous twin takes any in between")
    console.print(_compass(console, task.actions, coordinates))
    _heading(console, "Observations", f"obs={obs!r} in detail")
    console.print(_rows(console, ["obs", "space"], [(kind, each.space) for kind, each in task.observations.items()]))
    parts = [(_span(part.start, part.stop), part.meaning) for part in in_runs(task.observations[obs].parts)]
    console.print(_rows(console, ["at", "what"], parts))
    _heading(console, "Episode")
    facts = {
        "begins": task.beginning,
        "changes": task.changes,
        "ends early": task.ends,
        "score": task.score,
        "scripted": task.scripted,
        **{f"{picture}=": meaning for picture, meaning in task.pictures.items()},
    }
    console.print(_rows(console, ["", ""], [(fact, text) for fact, text in facts.items() if text], header=False))
    _heading(console, "Reward", "the sum of" if len(task.rewards) > 1 else "")
    console.print(_rows(console, ["term", "what"], list(task.rewards.items()), header=len(task.rewards) > 1))
    _heading(console, "Sizes and numbers", "NAME=VALUE for play and record, keyword arguments of gymnasium.make")
    numbers = sorted(task.quantities.items(), key=lambda item: not item[1].own)
    console.print(
        _rows(
            console,
            ["name", "default", "range", "what"],
            [(name, f"{q.default:g}", f"{q.low:,.10g} to {q.high:,.10g}", q.meaning) for name, q in numbers],
        )
    )
    console.print(
        "A number may be one for each world, or drawn by each episode: ('uniform', low, high).", highlight=False
    )
    _heading(console, "Presets", "preset=NAME")
    presets = [(name, ", ".join(f"{n}={value:g}" for n, value in sets.items())) for name, sets in task.presets.items()]
    console.print(_rows(console, ["preset", "sets"], presets))
    if task.references:
        note = "means with 95 % intervals; below them (score - random) / (scripted - random)"
        _heading(console, "Reference scores", note)
        console.print(_references(console, task))
    policies = [
        (name, group, twin, card.get("command", ""), f"{card['score']:.3f}" if "score" in card else "")
        for twin, groups in task.policies.items()
        for group, cards in groups.items()
        for name, card in cards.items()
    ]
    if policies:
        _heading(console, "Policies in files", "others=NAME, --policy NAME")
        console.print(_rows(console, ["name", "group", "twin", "made by", "score"], policies))


def _references(console: Console, task: Description) -> RenderableType:
    """The policies that all presets have, and below them those that few have, which would make the table too wide."""
    every = [policy for twins in next(iter(task.references.values())).values() for policy in twins["Discrete"]]
    both = [[policy for policy in dict.fromkeys(every) if (policy in _OF_FEW) == few] for few in (False, True)]
    return Group(*(_scores_of(console, task, policies) for policies in both))


def _scores_of(console: Console, task: Description, policies: list[str]) -> RenderableType:
    """A row for each preset and group that has all of them, a column for each policy, and each twin if they differ."""
    shown = [(policy, twin) for policy in policies for twin in _twins_of(policy)]
    titles = [policy if _twins_of(policy) == ["Discrete"] else f"{policy}\n{twin}" for policy, twin in shown]
    rows = []
    for preset, groups in task.references.items():
        for group, twins in groups.items():
            if twins["Discrete"].keys() >= {*policies}:
                cells = [_interval(twins[twin][policy], twins[twin]) for policy, twin in shown]
                rows.append((f"{preset} {group}" if len(task.groups) > 1 else preset, *cells))
    return _rows(console, ["preset", *titles], rows, flowing=None)


def _twins_of(policy: str) -> list[str]:
    """Those whose figures are shown: only random actions differ between twins."""
    return [*registry.TWINS] if policy == "random" else ["Discrete"]


def _interval(reference: Reference, scale: References) -> str:
    """A score with its interval, and below it the normalised one."""
    interval = f"{reference.score:.3f} ±{reference.score_interval[1] - reference.score:.3f}"
    return f"{interval}\n{scale.normalised(reference.score):z.2f}"


def _compass(console: Console, actions: list[Action], coordinates: str) -> RenderableType:
    vectors = [", ".join(f"{each:g}" for each in action.vector) for action in actions]
    texts = [f"{action.number} {action.name}\n({vector})" for action, vector in zip(actions, vectors, strict=True)]
    rows = _rows(console, ["action", f"({coordinates})"], [tuple(text.split("\n")) for text in texts])
    if tuple(action.name for action in actions) != MOVES.names:
        return rows
    table = _table(console, box.SQUARE)
    table.show_header, table.show_lines = False, True
    for _ in range(3):
        table.add_column(justify="center")
    for numbers in _COMPASS:
        table.add_row(*(texts[number] for number in numbers))
    if console.measure(table, options=console.options.update(width=_PIPED_WIDTH)).maximum <= console.width:
        return table
    return rows


def _span(start: int, stop: int) -> str:
    return str(start) if stop == start + 1 else f"{start} to {stop - 1}"


def _rows(
    console: Console,
    titles: list[str],
    rows: Collection[tuple[str, ...]],
    header: bool = True,
    flowing: int | None = -1,
) -> RenderableType:
    """A table whose column ``flowing`` alone is broken into lines; where it is too wide all the same, paragraphs."""
    widths = [max(map(_width, column)) for column in zip(titles, *rows, strict=True)]
    flows = None if flowing is None else flowing % len(titles)
    if flows is not None:
        widths[flows] = min(widths[flows], _LEAST_FLOW)
    if sum(widths) + _GAP * len(widths) > console.width:
        return _paragraphs(titles, rows, header)
    table = _table(console, box.SIMPLE_HEAD)
    table.show_header = header
    for index, title in enumerate(titles):
        table.add_column(title, style="cyan" if index == 0 else None, no_wrap=index != flows)
    for row in rows:
        table.add_row(*map(_plain, row))
    return table


def _width(text: str) -> int:
    """Columns that a text takes if it isn't broken."""
    return max(map(len, text.replace("``", "").split("\n")))


def _paragraphs(titles: list[str], rows: Iterable[tuple[str, ...]], header: bool) -> RenderableType:
    """A row's first cell on a line of its own, and below it the others, each behind its title."""
    paragraphs: list[RenderableType] = []
    for first, *others in rows:
        paragraphs.append(Text(first, style="cyan"))
        for title, cell in zip(titles[1:], others, strict=True):
            label = " ".join(title.split())
            text = Text.assemble(f"{label}: " if header and label else "", _plain(", ".join(cell.split("\n"))))
            paragraphs.append(Padding(text, (0, 0, 0, 2)))
    return Group("", *paragraphs, "")


def _table(console: Console, edges: box.Box) -> Table:
    return Table(box=edges if console.is_terminal else None, pad_edge=False)


def _heading(console: Console, title: str, note: str = "") -> None:
    console.print()
    console.print(Text.assemble((title, "bold"), (f"  {note}" if note else "", "dim")))


def _plain(text: str) -> Text:
    """A docstring's text, what is code in it set apart."""
    pieces = text.split("``")
    return Text.assemble(*((piece, "green" if index % 2 else "") for index, piece in enumerate(pieces)))


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(width=_PIPED_WIDTH, highlight=False)
