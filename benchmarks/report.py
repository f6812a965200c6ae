"""The table and the plot of what ``rivals.py`` measured."""

from itertools import groupby
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- written by benchmarks/rivals.py -->", "<!-- end -->"
NAMES = {
    "ours": "sakana_envs",
    "pufferlib": "PufferLib",
    "magent2": "MAgent2",
    "vmas": "VMAS",
    "jaxmarl": "JaxMARL",
    "pettingzoo": "PettingZoo",
    "sisl": "PettingZoo SISL",
    "mpe2": "MPE2",
}
DISCS = "Worlds of discs"
ONE_WORLD = "One world, dictionaries on both sides"
QUIET = 0.97
"""Share of the core that a process has when nothing disturbs it."""


def group(row: dict[str, Any]) -> str:
    """The heading that a row stands under."""
    mine = row["ours"]
    if mine.get("face") == "parallel":
        return ONE_WORLD
    if not _of_cells(mine):
        return DISCS
    return _shape(mine) if mine["worlds"] * mine["agents"] == 4096 else "Other shapes"


def label(row: dict[str, Any]) -> str:
    """The rival's world, with its shape where the heading doesn't say it."""
    rival, heading = row["rival"], group(row)
    shape = f"{rival['agents']} agents" if heading == ONE_WORLD else _shape(rival)
    return f"{NAMES[rival['system']]} {rival['title']}" + (f", {shape}" if shape != heading else "")


def in_groups(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with those of one heading together, otherwise in their order."""
    headings = list(dict.fromkeys(map(group, rows)))
    return sorted(rows, key=lambda row: headings.index(group(row)))


def million(speed: dict[str, float]) -> str:
    """The median with the lowest and the highest, in millions."""
    median, lowest, highest = (_short(speed[which] / 1e6) for which in ("median", "lowest", "highest"))
    return f"{median} ({lowest} to {highest})"


def _short(value: float) -> str:
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"


def _times(ratio: float) -> str:
    return f"{float(f'{ratio:.3g}'):,.0f}" if ratio >= 20 else f"{ratio:.1f}"


def _shape(side: dict[str, Any]) -> str:
    worlds = "1 world" if side["worlds"] == 1 else f"{side['worlds']} worlds"
    return f"{worlds} of {side['agents']} agent{'s' if side['agents'] > 1 else ''}"


def _of_cells(mine: dict[str, Any]) -> bool:
    return "obs" in mine


def _world(mine: dict[str, Any]) -> str:
    place = f"{mine['height']} x {mine['width']}" if _of_cells(mine) else _shape(mine)
    bytes_ = "" if mine["observation_bytes"] == 121 else f", {mine['observation_bytes']:.0f} B"
    return f"{mine['task']}-{mine['twin']}, {place}{bytes_}"


def line(row: dict[str, Any]) -> str:
    """A row for the terminal."""
    mine, rival = row["ours"], row["rival"]
    text = f"{_shape(mine)}: ours {million(mine['wall'])} M/s"
    if rival:
        text += f", {label(row)} {million(rival['wall'])} M/s"
        text += f": {_times(row['ratio']['median'])} times"
    if row["share_of_core"] < QUIET:
        text += f" [the core was shared: {row['share_of_core']:.0%}]"
    return text


def table(results: dict[str, Any]) -> str:
    """The rows as Markdown tables, one for each shape."""
    systems = results["systems"].items()
    versions = [f"{NAMES[name]} {found['version']}" for name, found in systems if "version" in found]
    lines = [
        f"{results['machine']['processor']}, one core; median of {results['repeats']} measurements of "
        f"{results['seconds']:g} s (lowest to highest), in millions of agent-steps per second.",
        f"Versions: {', '.join(versions)}.",
    ]
    shared = sum(row["share_of_core"] < QUIET for row in results["rows"])
    if shared:
        lines.append(f"In {shared} of {len(results['rows'])} rows something else ran on the core now and then.")
    for heading, members in groupby(in_groups(results["rows"]), group):
        lines += ["", f"**{heading}**", ""]
        lines += ["| rival | it sees | it makes | ours | ours makes | ours / rival |"]
        lines += ["|---|---|---|---|---|---|"]
        for row in members:
            mine, rival = row["ours"], row["rival"]
            if rival:
                sees = f"{rival['observation']}, {rival['observation_bytes']:.0f} B"
                median, lowest, highest = (_times(row["ratio"][which]) for which in ("median", "lowest", "highest"))
                ratio = f"**{median}** ({lowest} to {highest})"
                cells = [label(row), sees, million(rival["wall"]), _world(mine), million(mine["wall"]), ratio]
            else:
                cells = ["none", "", "", f"{_world(mine)}", million(mine["wall"]), ""]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def plot(results: dict[str, Any], path: Path) -> None:
    """A line for each row from the rival's speed to ours, under headings of shapes."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    ours, theirs = "#e8630a", "#5b6770"
    rows = [row for row in in_groups(results["rows"]) if row["rival"]]
    figure, axes = plt.subplots(figsize=(9, 0.27 * len(rows) + 3), layout="constrained")
    height, ticks, labels = 0.0, [], []
    for heading, members in groupby(rows, group):
        height += 0.5
        axes.text(-0.01, height, heading, transform=axes.get_yaxis_transform(), ha="right", va="center", weight="bold")
        for row in members:
            height += 1
            mine, rival = row["ours"]["wall"], row["rival"]["wall"]
            axes.plot([rival["median"], mine["median"]], [height] * 2, color="0.85", linewidth=3, zorder=1)
            for speed, colour in ((rival, theirs), (mine, ours)):
                axes.plot([speed["lowest"], speed["highest"]], [height] * 2, color=colour, linewidth=1.5, zorder=2)
                axes.scatter(speed["median"], height, s=34, color=colour, zorder=3)
            text = f" {_times(row['ratio']['median'])} times"
            axes.text(1, height, text, transform=axes.get_yaxis_transform(), va="center", color=ours)
            ticks.append(height)
            labels.append(label(row))
        height += 1.2
    axes.set_yticks(ticks, labels)
    axes.set_ylim(height - 0.6, -0.2)
    axes.tick_params(axis="y", length=0)
    axes.set_xscale("log")
    axes.set_xlabel("agent-steps per second on one core")
    axes.grid(axis="x", color="0.92")
    axes.set_axisbelow(True)
    axes.spines[["left", "top", "right"]].set_visible(False)
    for name, colour in (("rival", theirs), ("sakana_envs", ours)):
        axes.scatter([], [], s=34, color=colour, label=name)
    figure.legend(loc="outside upper center", ncols=2, frameon=False)
    figure.savefig(path, dpi=150)
    plt.close(figure)


def write(results: dict[str, Any], docs: Path) -> None:
    """Put the table into ``benchmarks.md`` and the plot beside it."""
    page = docs / "benchmarks.md"
    before, _, rest = page.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n\n{table(results)}\n\n{END}{after}")
    plot(results, docs / "images" / "rivals.png")
