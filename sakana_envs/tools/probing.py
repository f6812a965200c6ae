"""The command that tests trainers: ``sakana probe``."""

from typing import Annotated

import typer

from sakana_envs.tasks.names import nearest
from sakana_envs.tasks.registry import TWINS

_FAILED = 1
_PREFIX = "Probe"


def probe(
    trainer: Annotated[
        str,
        typer.Argument(
            metavar="MODULE:FUNCTION",
            help="A function train(env_id, seed) that returns a policy, such as trainers/mine.py:train.",
        ),
    ],
    only: Annotated[list[str] | None, typer.Option(help="Such as Bandit Recall; all probes by default.")] = None,
    twins: Annotated[list[str] | None, typer.Option(help="Discrete, Continuous; both by default.")] = None,
    seed: Annotated[int, typer.Option(help="That the trainer is given.")] = 0,
) -> None:
    """Test a trainer in seconds. Trains it on each probe and says what failures mean; exit code 1 if any fails."""
    from sakana_envs.tools.probe import BARS, find_trainer
    from sakana_envs.tools.probe import probe as run
    from sakana_envs.tools.tables import print_line

    short = [name.removeprefix(_PREFIX) for name in BARS]
    chosen = [_PREFIX + _one_of("probe", name.removeprefix(_PREFIX), short) for name in only or short]
    chosen_twins = [_one_of("twin", name, TWINS) for name in twins or TWINS]
    function = find_trainer(trainer)
    failures = []
    typer.echo(_line("probe", "twin", "score", "bar", "CPU s", ""))
    for result in run(function, chosen, chosen_twins, seed):
        figures = (f"{result.score:.2f}", f"{result.bar:.2f}", f"{result.cpu_seconds:.1f}")
        said = "passed" if result.passed else "FAILED"
        typer.echo(_line(result.probe.removeprefix(_PREFIX), result.twin, *figures, said))
        failures += [] if result.passed else [result]
    for name in dict.fromkeys(result.probe for result in failures):
        failed = [result for result in failures if result.probe == name]
        print_line(f"\n{' and '.join(f'{name}-{result.twin}' for result in failed)}: {failed[0].meaning}")
    if failures:
        raise typer.Exit(_FAILED)


def _line(probe: str, twin: str, score: str, bar: str, seconds: str, said: str) -> str:
    return f"{probe:<10}{twin:<12}{score:>6}{bar:>6}{seconds:>8}  {said}".rstrip()


def _one_of(what: str, name: str, known: list[str] | dict[str, bool]) -> str:
    spelt = {each.casefold(): each for each in known}
    if name.casefold() not in spelt:
        raise ValueError(f"there is no {what} {name!r}{nearest(name, known)}; {what}s: {', '.join(known)}")
    return spelt[name.casefold()]
