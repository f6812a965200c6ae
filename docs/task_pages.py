"""Pages of the documentation that are made from the package itself: one for each task, one for each example."""

import ast
import inspect
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sakana_envs import rules
from sakana_envs.grid.tiles import MEANINGS
from sakana_envs.tasks import registry
from sakana_envs.tools.describe import Description, Quantity, describe
from sakana_envs.tools.runs import in_runs

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = [*sorted((ROOT / "examples").glob("*.py")), *sorted((ROOT / "examples" / "clients").glob("*.py"))]
REPLAY = {"agents": 64, "height": 48, "width": 48, "horizon": 128}
"""The world that a task's live replay shows, where not one of these does."""
REPLAYS = {
    "Flock": {"agents": 32, "discs": 32, "height": 16, "width": 16, "horizon": 256},
    "Gap": {"agents": 12, "height": 2, "width": 12, "horizon": 64},
    "Navigate": {"agents": 4, "discs": 8, "height": 9, "width": 9, "horizon": 500},
    "Spread": {"agents": 6, "discs": 12, "height": 3, "width": 3, "horizon": 100},
    "Squared": {"agents": 1, "height": 11, "width": 11, "horizon": 33},
    "Tag": {"agents": 8, "discs": 10, "height": 3, "width": 3, "horizon": 256},
    "Targets": {"agents": 8, "discs": 12, "height": 6, "width": 6, "horizon": 256},
    "Transport": {"agents": 4, "discs": 6, "height": 3, "width": 3, "horizon": 200},
    "Waterworld": {"agents": 2, "discs": 18, "height": 1, "width": 1, "horizon": 500},
}
VERSIONS = {"v0": "the first version"}
"""What changed in the results of a task's ids, for all tasks alike."""
POLICIES = ("still", "spinning", "corner", "random", "blind", "open-loop", "scripted")
_NOTES = {
    "flat": "the default, which every trainer takes",
    "planes": "channels first, for convolutions",
    "bytes": "the fastest; one-hot or embed the codes in the policy",
}
_PICTURE = "text with the digits of kinds, the path of a `.png` file, or pixels (height, width, 3 or 4) uint8"


def task_uri(task: str) -> str:
    """The page of a task: ``tasks/predator_prey.md`` for PredatorPrey."""
    return f"tasks/{_snake(task)}.md"


def replay_uri(task: str) -> str:
    """The live replay in the page of a task."""
    return f"replays/{_snake(task)}.html"


def replay_world(task: str) -> dict[str, int]:
    """The world that it shows."""
    return REPLAYS.get(task, REPLAY)


def _snake(task: str) -> str:
    return "_".join(re.findall("[A-Z][^A-Z]*", task)).lower()


def picture(task: str, twin: str, policy: str = "") -> str:
    """The moving picture of a twin, from the documentation's root; of scripted agents, or ``"trained"`` ones."""
    return f"images/{task}-{twin}{policy and '-'}{policy}.gif"


def cards(root: str = "") -> str:
    """A card with a picture for each task; ``root`` leads from the page to the documentation's root."""
    links = [
        f"[![A world of {task}]({root}{picture(task, 'Discrete')}) **{task}** {registry.get(task).description}]"
        f"({root}{task_uri(task)})"
        for task in registry.names()
    ]
    return "\n\n".join(['<div class="cards">', *links, "</div>\n"])


def example_uri(example: Path) -> str:
    """The page of an example."""
    return f"examples/{example.stem}.md"


def example_page(example: Path) -> str:
    """The page of an example: what its docstring says first, then the file."""
    text = example.read_text(encoding="utf-8")
    path = example.relative_to(ROOT).as_posix()
    return f'# {example.name}\n\n{summary(example)}\n\n```python title="{path}"\n{text}```\n'


def summary(example: Path) -> str:
    """The first line of an example's docstring."""
    return (ast.get_docstring(ast.parse(example.read_text(encoding="utf-8"))) or "").split("\n")[0]


def task_page(task: str) -> str:
    """The page of a task, Markdown."""
    about = describe(task)
    size = about.quantities
    return _template("task.md.j2").render(
        task=about,
        agents=int(size["agents"].default),
        side=2 * int(size["radius"].default) + 1 if about.kind == "cells" else 0,
        facts=_facts(about),
        pictures={twin: picture(task, twin) for twin in about.ids},
        trained=_trained_policies(about),
        replay={"uri": replay_uri(task), **replay_world(task)},
        actions=[
            (action.number, action.name, f"({', '.join(f'{each:g}' for each in action.vector)})")
            for action in about.actions
        ],
        coordinates=", ".join(about.coordinates),
        codes=[meaning.removeprefix("a ") for meaning in MEANINGS.values()],
        code_numbers=list(MEANINGS),
        features=" and ".join(_code(about.features)),
        notes=_NOTES,
        parts={
            obs: [(_range(part.start, part.stop), part.meaning) for part in in_runs(seen.parts)]
            for obs, seen in about.observations.items()
        },
        rewards=_named(about.rewards),
        info=_named(about.info),
        presets=_presets(about),
        references=_references(about),
        own=[_argument(name, value) for name, value in size.items() if value.own]
        + [(f"`{name}`", "the package's own", "", _PICTURE) for name in about.pictures],
        every=[_argument(name, value) for name, value in size.items() if not value.own],
        source=_source(task),
        versions=VERSIONS,
    )


def list_page(name: str) -> str:
    """A page that lists the others of its folder: ``"tasks"`` or ``"examples"``."""
    uris = {"tasks": map(task_uri, registry.names()), "examples": map(example_uri, EXAMPLES)}
    examples = [(f"[{path.name}]({path.stem}.md)", summary(path)) for path in EXAMPLES]
    return _template(f"{name}.md.j2").render(cards=cards("../"), examples=examples, pages=map("/{}".format, uris[name]))


def rules_page() -> str:
    """The reference of what rules are written with: the functions of ``sakana_envs.rules`` by their modules."""
    functions = [word for name in rules.__all__ if hasattr(word := getattr(rules, name), "__code__")]
    functions.sort(key=lambda function: function.__code__.co_firstlineno)
    words: dict[str, list[Callable]] = {}
    for function in functions:
        words.setdefault(function.__module__, []).append(function)
    return _template("rules.md.j2").render(words=words)


def _template(name: str):
    environment = Environment(
        loader=FileSystemLoader(ROOT / "docs" / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["table"] = _table
    environment.filters["lower_first"] = _lower_first
    return environment.get_template(name)


def _table(header: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    header = list(header)
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _code(names: Iterable[str]) -> list[str]:
    return [f"`{name}`" for name in names]


def _named(meanings: dict[str, str]) -> list[tuple[str, str]]:
    return [(f"`{name}`", meaning) for name, meaning in meanings.items()]


def _range(start: int, stop: int) -> str:
    return str(start) if stop == start + 1 else f"{start} to {stop - 1}"


def _facts(about: Description) -> list[tuple[str, str]]:
    agents, height, width, horizon = (
        _value(about.quantities[name]) for name in ("agents", "height", "width", "horizon")
    )
    others = [f"`{obs}` {seen.shape}" for obs, seen in about.observations.items() if obs != "flat"]
    unit = {"cells": "cells", "discs": "metres"}[registry.get(about.name).engine.name]
    return [
        ("Actions", f"`{about.action_spaces['Discrete']}` or `{about.action_spaces['Continuous']}`"),
        ("Observation", f"`{about.observations['flat'].space}`"),
        *([("Other observations", " or ".join(others))] if others else []),
        ("Agents", f"{agents}, called {' and '.join(_code(f'{group}_0' for group in about.groups))} and so on"),
        ("World", f"{height} x {width} {unit}, {horizon} ticks"),
        *((twin, f'`gymnasium.make("{id}")`') for twin, id in about.ids.items()),
    ]


def _presets(about: Description) -> tuple[list[str], list[list[str]]]:
    """The head and the rows of a table: sizes, and the numbers that any preset sets."""
    record = registry.get(about.name)
    chosen = [registry.settings(record, preset=preset) for preset in about.presets]
    names = [name for name in ("agents", "height", "width", "radius", "horizon") if name in about.quantities]
    names += dict.fromkeys(name for preset in about.presets.values() for name in preset if name not in names)
    rows = [[f"`{name}`", *(f"{(each.sizes | each.numbers)[name]:g}" for each in chosen)] for name in names]
    return ["", *_code(about.presets)], rows


def _references(about: Description) -> list[tuple[str, ...]]:
    rows = []
    for preset, groups in about.references.items():
        for group, twins in groups.items():
            what = preset if len(groups) == 1 else f"{preset}, {group}"
            for policy in (each for each in POLICIES if each in twins["Discrete"]):
                figures = {twin: _figures(measured[policy], measured) for twin, measured in twins.items()}
                if len({(score, total) for score, _, total in figures.values()}) == 1:
                    score, _, total = figures["Discrete"]
                    scales = dict.fromkeys(normalised for _, normalised, _ in figures.values())
                    figures = {"both": (score, " / ".join(scales), total)}
                rows += [(what, policy, twin, *shown) for twin, shown in figures.items()]
            if preset == "default":
                rows += [(what, "PPO", twin, *shown) for twin, shown in _trained(about.name, group, twins).items()]
    return rows


def _figures(reference, scale) -> tuple[str, str, str]:
    def interval(mean, bounds, digits):
        return f"{mean:.{digits}f} ± {(bounds[1] - bounds[0]) / 2:.{digits}f}"

    score = interval(reference.score, reference.score_interval, 3)
    total = interval(reference.episode_return, reference.return_interval, 1)
    return score, f"{scale.normalised(reference.score):z.2f}", total


def _trained_policies(about: Description) -> dict[str, tuple[str, str]]:
    """For each twin that has trained policies of its own, their picture and scores."""
    found = {}
    for twin, id in about.ids.items():
        cards = {group: named["trained"] for group, named in about.policies[twin].items() if "trained" in named}
        own = {group: card for group, card in cards.items() if card["id"] == id}
        scores = [f"{group + ' ' if len(about.groups) > 1 else ''}{card['score']:.3f}" for group, card in own.items()]
        if own and (ROOT / "docs" / picture(about.name, twin, "trained")).exists():
            found[twin] = picture(about.name, twin, "trained"), f"score {' and '.join(scores)}"
    return found


def _trained(task: str, group: str, scales: dict) -> dict[str, tuple[str, str, str]]:
    runs = json.loads((ROOT / "docs" / "scores.json").read_text(encoding="utf-8"))
    figures = {}
    for twin in registry.TWINS:
        chosen = [run for run in runs if (run["task"], run["group"], run["twin"]) == (task, group, twin)]
        if chosen:
            score, total = (sum(run[name] for run in chosen) / len(chosen) for name in ("score", "episode_return"))
            figures[twin] = (f"{score:.3f}", f"{scales[twin].normalised(score):z.2f}", f"{total:.1f}")
    return figures


def _argument(name: str, quantity: Quantity) -> tuple[str, str, str, str]:
    low, high = (f"{bound:,.0f}" if quantity.whole else f"{bound:g}" for bound in (quantity.low, quantity.high))
    return f"`{name}`", _value(quantity), f"{low} to {high}", quantity.meaning


def _value(quantity: Quantity) -> str:
    return f"{quantity.default:,.0f}" if quantity.whole else f"{quantity.default:g}"


def _source(task: str) -> str:
    function = registry.get(task).scripted
    return inspect.getsource(getattr(function, "py_func", function)).strip()
