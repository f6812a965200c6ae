"""The command that says how well trained policies do: ``sakana evaluate``."""

from typing import Annotated

import typer

from sakana_envs.tools.watching import Id, Seed, Settings, named, read_settings

_OPTIONS = ("policy", "episodes", "levels", "split", "seed", "deterministic", "name", "steps", "json")


def evaluate(
    id: Id,
    settings: Settings = None,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            "--policy",
            "-p",
            help="scripted, random, still, trained, a policy .npz, a .zip of Stable-Baselines3, or MODULE:FUNCTION; "
            "several are runs of one training, each with another seed. All but .npz can run any code: take only those "
            "that you trust.",
        ),
    ] = None,
    episodes: Annotated[int, typer.Option(help="Of each run.")] = 128,
    levels: Annotated[int | None, typer.Option(help="From which they begin; one for each unless given.")] = None,
    split: Annotated[str, typer.Option(help="Of the levels: test, validation or train.")] = "test",
    seed: Seed = 0,
    deterministic: Annotated[
        bool, typer.Option("--deterministic", help="Likeliest actions of a .zip, instead of drawn ones.")
    ] = False,
    name: Annotated[str | None, typer.Option(help="What the policies are called.")] = None,
    steps: Annotated[int, typer.Option(help="Agent-steps of their training, for --json.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="All episodes, in the form of marl-eval.")] = False,
) -> None:
    """Say how well trained policies do. Held-out levels, intervals over runs, scores normalised."""
    id = named(id)
    given = read_settings(id, settings, _OPTIONS, ("obs", "others", "learners", "clip_actions"))
    from sakana_envs.tools.evaluate import evaluate as play
    from sakana_envs.tools.evaluate.places import find_policy

    evaluation = play(
        [find_policy(word, id, given.get("learners")) for word in policy or ["scripted"]],
        id,
        episodes=episodes,
        levels=levels,
        split=split,
        seed=seed,
        deterministic=deterministic,
        name=name,
        **given,
    )
    typer.echo(evaluation.to_json(steps) if as_json else str(evaluation))
