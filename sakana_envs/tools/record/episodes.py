"""Episodes that a policy plays, as a video, a GIF, a strip of pictures, or a page that plays in a browser."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sakana_envs.render.painter import Painter
from sakana_envs.render.scene import Scene
from sakana_envs.tools.record.rollout import Outcome, Rollout, check_whole
from sakana_envs.tools.record.video import Video, check_path
from sakana_envs.wrappers.others import Others

PAGE = ".html"

Progress = Callable[..., Iterable[Any]]


def record(
    path: str | Path,
    id_or_task: str,
    *,
    policy: Others = "scripted",
    worlds: int = 1,
    ticks: int | None = None,
    episodes: int = 1,
    seed: int = 0,
    fps: float = 15,
    deterministic: bool = False,
    camera: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> list[Outcome]:
    """Let a policy play, and write what is to be seen into a file; the episodes that ended, with their scores.

    Parameters
    ----------
    path : the file, ``.mp4``, ``.gif``, ``.png`` (six frames in a row) or ``.html`` (one world's episode).
    id_or_task, policy, worlds, seed, deterministic, settings : as for
        :class:`sakana_envs.tools.record.rollout.Rollout`. Several worlds are shown side by side.
    ticks, episodes : how long: this many ticks, or until every world has ended this many episodes.
    fps : frames, which are ticks, per second.
    camera : parameters of :class:`sakana_envs.render.painter.Painter`, for example ``{"size": (720, 1080)}``.
    progress : is called with the frames and ``total=``, how many there are at most, and returns them, as ``tqdm`` does.

    Raises ``ValueError``, ``TypeError``, ``OSError`` or ``ImportError`` that says what is wrong; no file is left then.
    """
    path = check_path(path, more=[PAGE])
    check_whole("the number of episodes", episodes, 1)
    if ticks is not None:
        check_whole("the number of ticks", ticks, 1)
        if episodes != 1:
            raise ValueError(f"say how many ticks or how many episodes, not both: got {ticks} and {episodes}")
    if path.suffix == PAGE and (worlds != 1 or episodes != 1):
        raise ValueError(f"a page shows one episode of one world, got {worlds} worlds and {episodes} episodes")
    camera = dict(camera or {})
    rollout = Rollout(
        id_or_task, policy=policy, worlds=worlds, seed=seed, deterministic=deterministic, camera=camera, **settings
    )
    seen: Iterable[list[Scene]] = rollout.ticks(ticks, episodes)
    if progress is not None:
        most = ticks + 1 if ticks is not None else episodes * (rollout.simulation.sizes["horizon"] + 1)
        seen = progress(seen, total=most)
    if path.suffix == PAGE:
        _write_page(path, rollout, policy, (scenes[0] for scenes in seen))
    else:
        painter = Painter(**camera)
        with Video(path, fps) as video:
            for scenes in seen:
                video.add(painter.paint(scenes))
    return rollout.outcomes


def _write_page(path: Path, rollout: Rollout, policy: Others, scenes: Iterable[Scene]) -> None:
    from sakana_envs.tools.page import write_page

    def score() -> float | None:
        """None for several groups: what one gains another may lose."""
        means = list(rollout.outcomes[0].scores.values()) if rollout.outcomes else []
        return means[0] if len(means) == 1 else None

    groups = _groups_by_kind(rollout)
    names = {**rollout.seats.task.kinds, **groups}
    scores: dict[str, list[float]] = {}
    write_page(
        path,
        _scored(scenes, rollout, list(groups.values()), scores),
        title=f"{rollout.task}-{rollout.twin}",
        description=rollout.seats.task.description,
        score=score,
        policy=policy if isinstance(policy, str) else getattr(policy, "__name__", str(policy)),
        seed=rollout.seed,
        settings=rollout.simulation.sizes,
        kinds=[names.get(kind, f"kind {kind}") for kind in range(max(names, default=-1) + 1)],
        curves={"Score so far": scores},
    )


def _scored(
    scenes: Iterable[Scene], rollout: Rollout, named: list[str], scores: dict[str, list[float]]
) -> Iterator[Scene]:
    """The scenes as they come; ``scores`` gets the mean score up to each, of each group if kinds are the groups."""
    groups = np.array(rollout.groups)
    for scene in scenes:
        each = rollout.simulation.scores_so_far()
        means = {name: each[groups == name].mean() for name in named} or {"mean": each.mean()}
        for name, mean in means.items():
            scores.setdefault(name, []).append(float(mean))
        yield scene


def _groups_by_kind(rollout: Rollout) -> dict[int, str]:
    """The group of which each kind is, if kinds are the groups."""
    groups = rollout.groups
    kinds = next(rollout.ticks(0))[0].kind[: len(groups)]
    pairs = sorted(set(zip(kinds.tolist(), groups, strict=True)))
    one_to_one = len(pairs) == len(set(groups)) == len(set(kinds.tolist())) and len(pairs) > 1
    return dict(pairs) if one_to_one else {}
