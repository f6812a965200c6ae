"""The command ``sakana``, also ``python -m sakana_envs``.

What takes time to import is imported by the command that needs it, so that help and completion are quick.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from sakana_envs._version import __version__
from sakana_envs.tasks import registry
from sakana_envs.tasks.names import nearest
from sakana_envs.tools import checking, comparing, evaluating, probing, training, watching
from sakana_envs.tools.progress import track

_SAID = (ImportError, LookupError, MemoryError, OSError, TypeError, ValueError, ArithmeticError, RuntimeError)
"""What is said in words: wrong input, and what rules of one's own may raise."""

_FAILED = 1
_WRONG_INPUT = 2


class _Commands(TyperGroup):
    """Says what was wrong in a line or two, without a traceback, unless that is asked for."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (BrokenPipeError, typer.Abort, typer.Exit):
            raise
        except _SAID as error:
            if ctx.params["traceback"]:
                raise
            _fail(_words(error), _WRONG_INPUT)


class _Lists(TyperCommand):
    """Options that take several values may have them in a row: ``--tasks Forage Group``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        lists = {name for option in self.params if getattr(option, "multiple", False) for name in option.opts}
        spread: list[str] = []
        name = ""
        for word in args:
            if word.startswith("-"):
                name = word if word in lists else ""
                spread.append(word)
            else:
                spread += [name, word] if name and spread[-1] != name else [word]
        return super().parse_args(ctx, spread)


app = typer.Typer(
    name="sakana",
    cls=_Commands,
    help="Multi-agent particle worlds for reinforcement learning: look at them, play them, record them, measure them.",
    no_args_is_help=True,
    rich_markup_mode="rich" if sys.stdout.isatty() else None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command given on the command line."""
    app()


def _fail(message: str, code: int) -> None:
    """Say what is wrong and end with an exit code."""
    typer.secho("Error: ", fg="red", bold=True, err=True, nl=False)
    typer.echo(message, err=True)
    raise typer.Exit(code)


def _words(error: Exception) -> str:
    """What an error says, in words where the system's has a number."""
    if isinstance(error, OSError) and error.strerror:
        file = repr(str(error.filename)) if error.filename else "a file"
        known = {
            FileNotFoundError: f"there is no file {file}",
            IsADirectoryError: f"{file} is a folder, and a file is wanted",
            PermissionError: f"{file} can't be read or written by this user",
        }
        return known.get(type(error), f"{file} can't be read or written: {error.strerror}")
    if isinstance(error, MemoryError):
        return f"there isn't enough memory: {error}"
    return str(error.args[0] if isinstance(error, KeyError) else error)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sakana_envs {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
    traceback: Annotated[bool, typer.Option("--traceback", help="Show where in the code an error arose.")] = False,
) -> None:
    pass


def _complete_task(incomplete: str) -> list[str]:
    return [name for name in registry.all_names() if name.casefold().startswith(incomplete.casefold())]


def _task(word: str) -> str:
    """The task that a word names; raises as :func:`sakana_envs.tools.own_tasks.find`."""
    from sakana_envs.tools.own_tasks import find

    return find(word)[0]


_TASK = "Such as Forage, or worlds/mine.py:COVER for a sakana_envs.Task of your own."
Task = Annotated[str, typer.Argument(metavar="TASK", autocompletion=_complete_task, help=_TASK)]
Tasks = Annotated[
    list[str] | None,
    typer.Argument(metavar="TASK", autocompletion=_complete_task, help=f"{_TASK} All by default."),
]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, with all there is to know.")]


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Show all tasks. Piped, a line for each id: presets, scores of random and scripted agents, with tabs between."""
    from sakana_envs.tools import tables

    if as_json:
        from sakana_envs.tools.describe import describe

        typer.echo(tables.as_json([describe(name) for name in registry.names()]))
    else:
        tables.print_tasks()


@app.command()
def describe(
    task: Task,
    obs: Annotated[str, typer.Option(help="Observations to show in detail: flat, planes or bytes.")] = "flat",
    as_json: AsJson = False,
) -> None:
    """Show all about a task. Actions, observations, rewards, score, numbers, presets, reference scores."""
    from sakana_envs.tools import tables
    from sakana_envs.tools.describe import describe as facts

    name = _task(task)
    kinds = facts(name).observations
    if obs not in kinds:
        raise ValueError(f"--obs must be {', '.join(kinds)}, got {obs!r}{nearest(obs, kinds)}")
    if as_json:
        typer.echo(tables.as_json(facts(name)))
    else:
        tables.print_task(name, obs)


# What looks like an unknown option may be meant as a number of the world: they say so themselves.
for _command in (watching.play, watching.record, training.train, checking.check):
    app.command(context_settings={"ignore_unknown_options": True})(_command)
app.command(cls=_Lists, context_settings={"ignore_unknown_options": True})(evaluating.evaluate)


@app.command()
def warmup(tasks: Tasks = None) -> None:
    """Compile tasks ahead. What is compiled is kept on disk, so that first steps are quick later."""
    from sakana_envs.tools.warmup import warmup as compile_tasks

    names = [_task(name) for name in tasks or registry.names()]
    for name in track(names, "compiling"):
        compile_tasks([name])


@app.command()
def doctor() -> None:
    """Show versions, and what is wrong. Cache, threads, display and what to do; exit code 1 if something is wrong."""
    from sakana_envs.tools.doctor import report

    said = report()
    typer.echo(said)
    if any(line.startswith("->") for line in said.splitlines()):
        raise typer.Exit(_FAILED)


app.command(cls=_Lists)(probing.probe)
app.command(cls=_Lists, context_settings={"ignore_unknown_options": True})(comparing.versus)


@app.command(cls=_Lists)
def bench(
    tasks: Tasks = None,
    twins: Annotated[list[str] | None, typer.Option(help="Discrete, Continuous; both by default.")] = None,
    shapes: Annotated[
        list[str] | None, typer.Option(help="Such as 8x512 64x64 (worlds x agents), or presets; all by default.")
    ] = None,
    repeats: Annotated[int, typer.Option(min=1, help="Of which the median is shown.")] = 7,
    ticks: Annotated[int, typer.Option(min=1, help="In a repeat.")] = 64,
    speeds_only: Annotated[bool, typer.Option("--speeds-only", help="Leave out phases, faces and start.")] = False,
    json_: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="For all that was measured.")] = None,
) -> None:
    """Measure agent-steps per second."""
    from sakana_envs.tools.destination import check_destination
    from sakana_envs.tools.measure import bench as measure
    from sakana_envs.tools.own_tasks import find

    named = [find(word) for word in tasks or registry.names()]
    chosen_twins = [_one_of("twin", name, registry.TWINS) for name in twins or registry.TWINS]
    pairs = [(task, each) for task, twin in named for each in ([twin] if twin else chosen_twins)]
    known = dict.fromkeys(shape for task, _ in pairs for shape in measure.shapes_of(task))
    chosen_shapes = [_one_of("shape", name, known) for name in shapes] if shapes else None
    if json_ is not None:
        check_destination(json_)
    measured = measure.run(pairs, chosen_shapes, repeats, ticks, not speeds_only)
    if json_ is not None:
        json_.write_text(json.dumps(measured, indent=1) + "\n")


def _one_of(what: str, name: str, known: Iterable[str]) -> str:
    known = list(known)
    if name not in known:
        raise ValueError(f"there is no {what} {name!r}{nearest(name, known)}; {what}s: {', '.join(known)}")
    return name


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What sakana_envs.tools.record.replay saved.")],
    task: Annotated[
        str | None, typer.Option(metavar="TASK", help="Of your own, if it was recorded, such as worlds/mine.py:COVER.")
    ] = None,
) -> None:
    """Check a replay file. Does again what it recorded; exit code 1 if anything comes out differently."""
    from sakana_envs.tools.record.replay import replay as play_again

    if not file.is_file():
        raise FileNotFoundError(f"there is no file {str(file)!r}" if not file.exists() else f"{str(file)!r} is no file")
    if task is not None:
        _task(task)
    try:
        recording = play_again(file)
    except ValueError as error:
        _fail(str(error), _FAILED)
    typer.echo(f"{file} comes out the same, byte for byte: {recording.hash()}")
