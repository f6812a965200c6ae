"""The commands that show worlds: ``sakana play`` and ``sakana record``."""

import re
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from sakana_envs.tasks import registry
from sakana_envs.tasks.ids import read_id, short_ids
from sakana_envs.tasks.names import ARGUMENTS, RUNNING, nearest


def _complete_id(incomplete: str) -> list[str]:
    return [id for id in short_ids() if id.casefold().startswith(incomplete.casefold())]


def _complete_setting(context: typer.Context, incomplete: str) -> list[str]:
    from sakana_envs.tools.describe import describe

    try:
        task = describe(read_id(context.params.get("id") or "")[0])
    except ValueError:
        return []
    words = [*(f"preset={preset}" for preset in task.presets), *(f"{name}=" for name in task.quantities), "map="]
    return [word for word in words if word.startswith(incomplete)]


Id = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        autocompletion=_complete_id,
        help="Such as Forage-Continuous; Forage is its discrete twin. For a sakana_envs.Task of your own its place, "
        "such as worlds/mine.py:COVER-Continuous.",
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="NAME=VALUE",
        autocompletion=_complete_setting,
        help="Sizes and numbers of the world, such as agents=64 preset=large map=maze.txt; see sakana describe.",
    ),
]
Seed = Annotated[int, typer.Option(help="The same seed shows the same.")]


_OPTIONS_OF_PLAY = ("seed", "agent", "others", "fps", "folder")
_OPTIONS_OF_RECORD = (
    *("out", "policy", "deterministic", "worlds", "ticks", "episodes", "seed", "fps"),
    *("size", "zoom", "follow", "view", "trails"),
)


def play(
    id: Id,
    settings: Settings = None,
    seed: Seed = 0,
    agent: Annotated[int, typer.Option(help="The one that you are.")] = 0,
    others: Annotated[
        str,
        typer.Option(
            help="trained, scripted, random, still, a policy .npz, or a .zip of Stable-Baselines3, which can run any "
            "code; SIDE:POLICY,SIDE:POLICY for each side one."
        ),
    ] = "scripted",
    fps: Annotated[int, typer.Option(help="Ticks per second to begin with.")] = 15,
    folder: Annotated[Path, typer.Option(help="For screenshots and recordings.")] = Path("."),
) -> None:
    """Be one of the agents. In a window, by keyboard, mouse or gamepad; others act for the other agents."""
    id = named(id)
    given = read_settings(id, settings, _OPTIONS_OF_PLAY)
    from sakana_envs.tools.play import play as open_window

    sides = by_side(others, registry.get(read_id(id)[0]).agent_names)
    try:
        open_window(id, seed=seed, agent=agent, others=sides, fps=fps, folder=folder, **given)
    except RuntimeError as error:  # no display
        raise OSError(f"{error}; sakana record needs no display") from error


def record(
    id: Id,
    settings: Settings = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="A .mp4 or .gif; a .png for six frames in a row; a .html to play in a browser. ID.mp4 unless given.",
        ),
    ] = None,
    policy: Annotated[
        str,
        typer.Option(
            "--policy",
            "-p",
            help="scripted, random, still, trained, a policy .npz, or a .zip of Stable-Baselines3: can run any code as "
            "it is loaded, so take only files that you trust.",
        ),
    ] = "scripted",
    deterministic: Annotated[
        bool, typer.Option("--deterministic", help="Likeliest actions of a .zip, instead of drawn ones.")
    ] = False,
    worlds: Annotated[int, typer.Option(help="How many, side by side.")] = 1,
    ticks: Annotated[int | None, typer.Option(help="How many, instead of whole episodes.")] = None,
    episodes: Annotated[int, typer.Option(help="How many, one after the other.")] = 1,
    seed: Seed = 0,
    fps: Annotated[float, typer.Option(help="Frames, which are ticks, per second.")] = 15,
    size: Annotated[
        str | None, typer.Option(metavar="HEIGHTxWIDTH", help="Pixels that a frame has at most, such as 720x1080.")
    ] = None,
    zoom: Annotated[float | None, typer.Option(help="Pixels per cell or metre; as many as fit unless given.")] = None,
    follow: Annotated[int | None, typer.Option(metavar="AGENT", help="Keep this agent in the middle.")] = None,
    view: Annotated[
        bool, typer.Option("--view", help="Show what one agent sees: the followed one, or agent 0.")
    ] = False,
    trails: Annotated[int, typer.Option(metavar="TICKS", help="For which agents leave a trail.")] = 0,
) -> None:
    """Write a video of agents that play. Or a GIF, a strip of pictures, a page; a file that is there is replaced."""
    id = named(id)
    given = read_settings(id, settings, _OPTIONS_OF_RECORD, ("obs", "others", "learners"))
    from sakana_envs.tools.progress import track
    from sakana_envs.tools.record import record as write

    path = out or Path(f"{id}.mp4")
    outcomes = write(
        path,
        id,
        policy=policy,
        deterministic=deterministic,
        worlds=worlds,
        ticks=ticks,
        episodes=episodes,
        seed=seed,
        fps=fps,
        camera=_camera(size, zoom=zoom, follow=follow, show_view=view, trails=trails),
        progress=partial(track, what=f"recording {path.name}"),
        **given,
    )
    said = [str(path), _size_of(path)]
    for group in outcomes[0].scores if outcomes else ():
        mean = sum(outcome.scores[group] for outcome in outcomes) / len(outcomes)
        said.append(f"{group} score {mean:.3f}" if len(outcomes[0].scores) > 1 else f"score {mean:.3f}")
    typer.echo(", ".join(said))


def by_side(word: str, sides: tuple[str, ...]) -> Any:
    """The policy that a word names, or one for each side: ``predator:a.npz,prey:scripted``."""
    parts = [part.partition(":") for part in word.split(",")]
    if len(parts) == 1 and parts[0][0] not in sides:
        return word
    wrong = next((side for side, _, each in parts if side not in sides or not each), None)
    if wrong is not None:
        raise ValueError(
            f"{word!r} must have SIDE:POLICY for each side, {' and '.join(sides)}, got {wrong!r}{nearest(wrong, sides)}"
        )
    return {side: each for side, _, each in parts}


def _size_of(path: Path) -> str:
    size = path.stat().st_size
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.1f} kB"


def named(word: str) -> str:
    """The short id of what a word names, a task's discrete twin if it names none."""
    from sakana_envs.tools.own_tasks import find

    task, twin = find(word)
    return f"{task}-{twin or 'Discrete'}"


def read_settings(
    id: str, words: list[str] | None, options: tuple[str, ...], faces: tuple[str, ...] = ()
) -> dict[str, Any]:
    """``NAME=VALUE`` words as keyword arguments; ``options`` are what the command takes in another form.

    Names are those of the world's sizes, numbers and pictures, ``preset``, ``map``, ``levels``, ``split``, how worlds
    are run, and ``faces``. Raises ``ValueError`` for other words and names, and for names that are options or come
    twice.
    """
    if not words:
        return {}
    from sakana_envs.tools.describe import describe

    task = describe(id)
    known = [*task.quantities, *task.pictures, "preset", "map", "levels", "split", *faces, *RUNNING]
    settings: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if word.startswith("-"):
            _refuse_option(name, options, known)
        if not equals or not name.isidentifier():
            raise ValueError(f"settings of the world are NAME=VALUE, such as agents=64, got {word!r}")
        if name in options:
            raise ValueError(f"{name} is an option: --{name} {value}")
        if name not in known:
            near = "" if name in ARGUMENTS else nearest(name, known)
            raise ValueError(f"{task.name} has no argument {name!r} here{near}; arguments: {', '.join(known)}")
        if name in settings:
            raise ValueError(f"{name} is given twice: {settings[name]!r} and {value!r}")
        settings[name] = _value(value)
    return settings


def _refuse_option(option: str, options: tuple[str, ...], settings: list[str]) -> NoReturn:
    name = option.lstrip("-")
    known = [f"--{option}" for option in options]
    hint = f" - {name} is a number of the world: {name}=VALUE" if name in settings else nearest(option, known)
    raise ValueError(
        f"there is no option {option}{hint}; options: {', '.join(known)}; numbers of the world: {', '.join(settings)}"
    )


def _value(text: str) -> Any:
    constants = {"true": True, "false": False, "none": None}
    if text.casefold() in constants:
        return constants[text.casefold()]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


def _camera(size: str | None, **options: Any) -> dict[str, Any]:
    if size is not None:
        match = re.fullmatch(r"(\d+)(?:x(\d+))?", size)
        if match is None:
            raise ValueError(f"--size must be HEIGHTxWIDTH in pixels, such as 720x1080, got {size!r}")
        options["size"] = (int(match[1]), int(match[2] or match[1]))
    return options
