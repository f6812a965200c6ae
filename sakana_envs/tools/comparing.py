"""The command that lets policies play against each other: ``sakana versus``."""

import json
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from sakana_envs.tasks import registry
from sakana_envs.tasks.ids import read_id
from sakana_envs.tools.watching import Id, Settings, by_side, named, read_settings

_OPTIONS = ("players", "worlds", "seed", "json")


def versus(
    id: Id,
    settings: Settings = None,
    players: Annotated[
        list[str] | None,
        typer.Option(
            help="Such as scripted random mine.npz; NAME=POLICY gives one a name, NAME=predator:a.npz,prey:b.npz a "
            "policy for each side. A .zip of Stable-Baselines3 can run any code: take only files that you trust. "
            "scripted, random and still by default.",
        ),
    ] = None,
    worlds: Annotated[int, typer.Option(help="Matches of each pair, in as many worlds.")] = 32,
    seed: Annotated[int, typer.Option(help="Of the worlds: the same makes the same matches.")] = 0,
    json_: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="For all that came of it.")] = None,
) -> None:
    """Let players of a task with two sides play matches. Says who beats whom, and rates them."""
    id = named(id)
    given = read_settings(id, settings, _OPTIONS, ("obs",))
    from sakana_envs.tools.destination import check_destination
    from sakana_envs.tools.progress import track
    from sakana_envs.tools.versus import versus as play

    if json_ is not None:
        check_destination(json_)
    sides = registry.get(read_id(id)[0]).agent_names
    chosen = read_players(players or ["scripted", "random", "still"], sides)
    result = play(id, chosen, worlds=worlds, seed=seed, progress=partial(track, what="playing"), **given)
    typer.echo(str(result))
    if json_ is not None:
        json_.write_text(json.dumps(result.as_json(), indent=1) + "\n")


def read_players(words: list[str], sides: tuple[str, ...]) -> dict[str, Any]:
    """Players by name. Raises ``ValueError`` for a name that comes twice, and for a side that isn't the task's."""
    players: dict[str, Any] = {}
    for word in words:
        name, equals, policy = word.partition("=")
        if not equals:
            policy = name
        if not name or not policy:
            raise ValueError(f"a player is POLICY, NAME=POLICY or NAME=SIDE:POLICY,SIDE:POLICY, got {word!r}")
        if name in players:
            raise ValueError(f"there are two players {name!r}: give them names, such as first={policy}")
        players[name] = by_side(policy, sides) if equals else policy
    return players
