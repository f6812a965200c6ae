"""The command that plays a task to find out why nothing learns it: ``sakana check``."""

from typing import Annotated

import typer

from sakana_envs.tools.watching import Id, Settings, named, read_settings

_FOUND = 1


def check(
    id: Id,
    settings: Settings = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, with all that was measured.")] = False,
) -> None:
    """Look for what keeps agents from learning a task. Seconds, no training; exit code 1 if something is found."""
    id = named(id)
    given = read_settings(id, settings, ("as_json",))
    from sakana_envs.tools.check import check as play_and_judge
    from sakana_envs.tools.check import text
    from sakana_envs.tools.tables import as_json as as_text
    from sakana_envs.tools.tables import print_line

    report = play_and_judge(id, **given)
    if as_json:
        typer.echo(as_text(report))
    else:
        for line in (*text.lines(report), *text.found(report)):
            print_line(line)
    if report.findings:
        raise typer.Exit(_FOUND)
