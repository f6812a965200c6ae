"""Puts an encoded episode and the player's files together into one page."""

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.resources import files
from itertools import chain
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from sakana_envs.grid.tiles import AGENT, EMPTY, FOOD, KINDS, WALL
from sakana_envs.render import colours
from sakana_envs.render.scene import Scene
from sakana_envs.tools.destination import check_destination
from sakana_envs.tools.page.embed import Page
from sakana_envs.tools.page.encode import Encoder, pack

Curve = Sequence[float] | Mapping[str, Sequence[float]]

_SCRIPTS = ("episode", "terrain", "camera", "picture", "discs", "view", "charts", "keys", "pointer", "player")
_CURVE = (240, 228, 66)
"""Colour of curves that are of no kind: the yellow of Okabe and Ito, which no kind has."""


def write_page(
    path: str | PathLike[str],
    scenes: Iterable[Scene],
    *,
    title: str,
    description: str = "",
    score: float | Callable[[], float | None] | None = None,
    policy: str | None = None,
    seed: int | None = None,
    settings: Mapping[str, Any] | None = None,
    kinds: Sequence[str] = (),
    curves: Mapping[str, Curve] | None = None,
) -> Page:
    """Write an HTML file that plays the scenes of one world in a browser; in a notebook, what is returned shows it.

    Parameters
    ----------
    path : of the file; one that is there is overwritten.
    scenes : one world's, in order, as :func:`sakana_envs.render.scene.scene` makes them; read one by one.
    title, description : plain text.
    score : the episode's, in [0, 1], or a function that gives it, called after the last scene.
    policy, seed : what played, and the world's seed, to be shown.
    settings : sizes and numbers of the world, to be shown.
    kinds : names of the agents' kinds, in the plural, kind 0 first; "kind 0" and so on without them.
    curves : more to draw over time: names, and a number for each scene, NaN for none; or several such lines by name, of
        which those that are called like a kind have its colour. Read after the last scene, so that they may be
        collected while scenes are made.

    Raises ``ValueError`` for no scenes, for scenes of different worlds, and for a reward or score that isn't finite;
    before any scene is taken, ``FileNotFoundError`` or ``IsADirectoryError`` if a file can't be at ``path``.
    """
    page = Page(Path(path).absolute())
    check_destination(page.path)
    encoder = _encoder(scenes)
    if callable(score):
        score = score()
    if score is not None and not np.isfinite(score):
        raise ValueError(f"score must be a finite number or None, got {score!r}")
    charts, values = _charts(encoder, kinds, curves or {})
    table, data = pack([*encoder.arrays(), ("curves", values.view(np.uint32))])
    first = encoder.first
    facts = {"policy": policy, "seed": seed, "score": None if score is None else f"{score:.3f}"}
    header = {
        "title": title,
        "description": description,
        "facts": [[name, str(value)] for name, value in facts.items() if value is not None],
        "settings": [[name, _plain(value)] for name, value in (settings or {}).items()],
        "height": first.cells.shape[0],
        "width": first.cells.shape[1],
        "agents": first.agents,
        "things": len(first.kind),
        "disc": first.disc,
        "bounded": first.bounded,
        "sights": 0 if first.sights is None else first.sights.shape[1],
        "radius": first.radius,
        "discrete": first.discrete,
        "unit": encoder.unit,
        "codes": {"empty": EMPTY, "food": FOOD, "wall": WALL, "agent": AGENT},
        "colours": _colours(encoder),
        "legend": _legend(encoder, kinds),
        "charts": charts,
        "shown": ["Reward per tick", next(iter(curves or {}), "Return so far")],
        "arrays": table,
    }
    page.path.write_bytes(_assemble(header, data))
    return page


def _encoder(scenes: Iterable[Scene]) -> Encoder:
    remaining = iter(scenes)
    first = next(remaining, None)
    if first is None:
        raise ValueError("there are no scenes: a page needs at least one")
    encoder = Encoder(first)
    for scene in chain([first], remaining):
        encoder.add(scene)
    return encoder


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _kind_name(kind: int, kinds: Sequence[str], alone: bool) -> str:
    if kind < len(kinds):
        return kinds[kind]
    return "agents" if alone else f"kind {kind}"


def _colours(encoder: Encoder) -> dict[str, Any]:
    scene = encoder.first
    kinds = max(KINDS, int(encoder.kinds.max(initial=0)) + 1)
    layer = colours.SHADES_OF_KINDS if scene.layer_of_kinds else colours.SHADES_OF_HEIGHT
    return {
        "codes": colours.PALETTE[: AGENT + kinds].tolist(),
        "layer": None if scene.layer is None else layer.tolist(),
        "gap": colours.GAP,
        "mark": colours.WHITE,
        "curve": _CURVE,
    }


def _legend(encoder: Encoder, kinds: Sequence[str]) -> list[tuple[str, list[int], int]]:
    """Names, colours and codes of what is to be seen."""
    acting = np.unique(encoder.kinds[:, : encoder.first.agents]).tolist()
    present = np.unique(encoder.kinds).tolist()
    named = [(_kind_name(kind, kinds, acting == [kind]), AGENT + kind) for kind in present]
    named += [(name, code) for name, code in (("food", FOOD), ("walls", WALL)) if encoder.codes_seen[code]]
    return [(name, colours.PALETTE[code].tolist(), code) for name, code in named]


def _charts(
    encoder: Encoder, kinds: Sequence[str], curves: Mapping[str, Curve]
) -> tuple[list[dict[str, Any]], np.ndarray]:
    """Charts as names, each with lines of a name and the code that colours it, and all lines' values in a row."""
    charts: list[tuple[str, list[tuple[str, int | None, np.ndarray]]]] = [
        ("Reward per tick", _mean_rewards(encoder, kinds))
    ]
    scenes = len(encoder.ticks)
    codes = {kind: AGENT + index for index, kind in enumerate(kinds)}
    for name, curve in curves.items():
        lines = curve if isinstance(curve, Mapping) else {name: curve}
        for label, values in lines.items():
            if np.shape(values) != (scenes,):
                raise ValueError(
                    f"curve {label!r} must have a number for each of {scenes} scenes, got {np.shape(values)}"
                )
        charts.append((name, [(label, codes.get(label), np.asarray(values)) for label, values in lines.items()]))
    if encoder.codes_seen[FOOD]:
        charts.append(("Food on the map", [("cells with food", FOOD, np.array(encoder.food))]))
    described = [{"name": name, "lines": [line[:2] for line in lines]} for name, lines in charts]
    return described, np.concatenate([line[2] for _, lines in charts for line in lines]).astype(np.float32)


def _mean_rewards(encoder: Encoder, kinds: Sequence[str]) -> list[tuple[str, int | None, np.ndarray]]:
    """Mean reward of all agents and of each kind in every scene; NaN as an episode begins, and for no agents."""
    rewards = np.where(encoder.ticks[:, None] > 0, encoder.rewards.astype(np.float64), np.nan)
    lines: list[tuple[str, int | None, np.ndarray]] = [("mean", None, rewards.mean(axis=1))]
    of_agents = encoder.kinds[:, : encoder.first.agents]
    present = np.unique(of_agents).tolist()
    for kind in present if len(present) > 1 else ():
        has = of_agents == kind
        count = has.sum(axis=1)
        mean = np.where(has, rewards, 0.0).sum(axis=1) / np.maximum(count, 1)
        lines.append((_kind_name(kind, kinds, alone=False), AGENT + kind, np.where(count > 0, mean, np.nan)))
    return lines


def _assemble(header: Mapping[str, Any], data: bytes) -> bytes:
    """The page: its markup with style, scripts, header and data in their places."""
    folder = files("sakana_envs.tools.page")
    parts = {
        "style": (folder / "style.css").read_text("utf-8"),
        "script": "\n".join((folder / f"{name}.js").read_text("utf-8") for name in _SCRIPTS),
        # No text can end the script element that holds it, nor begin a comment.
        "header": json.dumps(header, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c"),
        "data": base64.b64encode(data).decode("ascii"),
    }
    template = (folder / "page.html").read_text("utf-8")
    # In one pass, so that nothing is replaced in what was put in.
    return re.sub(r"@(style|script|header|data)@", lambda match: parts[match[1]], template).encode("utf-8")
